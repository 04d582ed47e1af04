// Package webui is the local page of the box: what an installer sees in a browser
// on the branch LAN.
//
// Pages are made on the server and work without a script. Nothing is asked of
// another host, which the Content-Security-Policy enforces. A page that changes
// something is reached with a session only; a session comes from the password, and
// the password from the claim code, which only the box itself shows. Requests from
// other origins change nothing. What a page cannot do it says in the reader's
// language, with what to do about it.
//
// The templates (*.templ) are compiled by `make generate`.
package webui
