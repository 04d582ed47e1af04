// Package provd is the core of the provisioning service: devices, configs, raw
// configs, operations, and the Manager that holds the use cases the REST API,
// the file servers and the DHCP server drive.
//
// The names are wazo-provd's. A device is one phone; a config is a document
// whose raw_config, merged over its parents', says how a phone shall be set up;
// a plugin turns a device and its raw config into the files the phone fetches.
//
// Promises: a write that was answered is on disk; a raw config that does not
// render never replaces the files that did; nothing here waits for the central
// services.
package provd
