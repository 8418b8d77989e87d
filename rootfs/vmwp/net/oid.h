/* OIDs: what of a NIC can be asked and set. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_OID_H
#define VMWP_NET_OID_H

#include "net/nic.h"

/* Both give a status of NDIS. The value that came with the question; an answer
 * fits into a letter, and its length is written. Device lock held. */
uint32_t oid_query(struct nic *nic, uint32_t oid, const uint8_t *value,
	uint32_t length, uint8_t *to, uint32_t *answer);
/* And the lanes stand still. */
uint32_t oid_set(struct nic *nic, uint32_t oid, const uint8_t *value,
	uint32_t length);
/* As before anything was set. The lanes stand still. */
void oid_reset(struct nic *nic);

/* One OID each, or a few: value in, answer out. */
uint32_t offload_describe(const struct nic *nic, uint32_t length,
	const uint8_t *value, uint8_t *to, uint32_t *answer);
uint32_t offload_set(struct nic *nic, const uint8_t *value, uint32_t length);
uint32_t rss_describe(const struct nic *nic, uint8_t *to, uint32_t *answer);
uint32_t rss_show(const struct nic *nic, uint8_t *to, uint32_t *answer);
uint32_t rss_set(struct nic *nic, const uint8_t *value, uint32_t length);
uint32_t address_set(struct nic *nic, const uint8_t *value, uint32_t length);

#endif
