// Package session decides who may use the local page.
//
// A box that nobody has claimed has a code, which only the box itself shows; whoever
// has the code sets the password. The password opens sessions. Guesses are slowed
// down for each host, passwords are kept as argon2id (RFC 9106) alone, and sessions
// as the hash of their token, in memory: a restart ends them. What is stored is
// stored before it holds. A document that cannot be understood opens nothing.
package session
