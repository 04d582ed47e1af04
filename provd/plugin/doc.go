// Package plugin loads and runs the plugin packages that know phones
// (spec/plugins.md, spec/ident.md section 13).
//
// A package is a folder in wazo-provd's format: plugin-info, entry.py and what it
// pulls in, Jinja2 templates, static files. Load runs it in the sandbox of
// provd/python; what it imports is provd/plugin/host; what it writes goes to
// provd/plugin/layer, where the file servers find it.
//
// Every package is loaded into interpreters that share nothing but compiled code
// and files. One does the work a change causes (configure, deconfigure, settings),
// one answers while a phone waits (extract, score, sensitive, trigger, preprocess),
// one, started when it is first needed, synchronizes, which may wait for a phone or
// the central stack. Each runs one call at a time, so neither a slow configure nor
// a slow phone delays a request, and objects are never shared between goroutines.
//
// Promises:
//
//   - A package cannot harm anything but itself: time, steps, memory, depth,
//     output and files of a call are bounded (Limits), and whatever goes wrong in
//     it is an error that names the plugin, the file and the line.
//   - The files of a device change all at once or not at all.
//   - Opening a file never waits for a call into the package, except for the few
//     packages that rewrite paths.
//   - A package that cannot be loaded is reported and skipped; the others load.
package plugin
