/* Whether a name server answers: one question of RFC 1035. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_DNS_H
#define HOST_DNS_H

#include "probe.h"

/*
 * Makes it the question for a name's IPv4 address. False: that is no name. The
 * answer: code is its RCODE (0: good, 3: there is no such name), host the first
 * IPv4 address that it has, or 0.
 */
bool dns_open(struct probe *probe, const char *server, int port,
	const char *name, uint16_t id);
/* Its take(). */
bool dns_take(struct probe *probe, const uint8_t *bytes, size_t size);

#endif
