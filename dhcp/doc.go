// Package dhcp is the DHCPv4 server of the box (RFC 2131) and hands what it
// sees of phones to identification.
//
// Promises:
//   - An ACK leaves only after the lease is durable. Binds are written in
//     groups, so that syncing does not limit how many phones start at once.
//   - A DISCOVER writes nothing. What strangers can make the server hold is
//     bounded: offers, queues, tables of misbehaving clients.
//   - Deciding is a pure function from packet, settings, address book and time
//     to an answer and its effects; it cites the RFC beside each branch.
//   - Observers and the journal are told through bounded queues; losing them
//     changes no answer and delays none.
//   - Other DHCP servers on the LAN are looked for without taking a lease; in
//     observe mode nothing at all is ever sent.
//   - A FORCERENEW leaves only for clients that can tell that it is ours.
//   - A packet cannot stop the server: malformed ones are counted and dropped,
//     a panic is counted and ends that packet only.
//
// The parts are in the sub-packages: message (the packets), lease (the address
// book), option (the vendor rules) and wire (the sockets).
package dhcp
