/* Whether a time server answers: one question of RFC 5905. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_NTP_H
#define HOST_NTP_H

#include "probe.h"

/*
 * The answer: code is its stratum (1 to 15; others: it has no time itself),
 * behind how far this host's clock is.
 */
void ntp_open(struct probe *probe, const char *address, int port);
/* Its take(). */
bool ntp_take(struct probe *probe, const uint8_t *bytes, size_t size);

#endif
