/* Whether a machine answers a ping: ICMP (RFC 792) and ICMPv6 (RFC 4443). */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_ECHO_H
#define HOST_ECHO_H

#include "probe.h"

/* Makes it the question to an address; interface as probe_open() takes it. */
void echo_open(struct probe *probe, const char *address,
	const char *interface, uint16_t id);
/* Its take(); bytes of IPv4 begin with the packet's header. */
bool echo_take(struct probe *probe, const uint8_t *bytes, size_t size);
bool echo_take6(struct probe *probe, const uint8_t *bytes, size_t size);

#endif
