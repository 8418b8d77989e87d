/* Address translation for internal switches: the table "ip socle". */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_NAT_H
#define SWITCH_NAT_H

#include "define.h"
#include "nft.h"

/*
 * Replaces the rules of all switches at once; those without nat are passed
 * over. The host forwards while there is one with. 0 or -errno.
 */
int nat_apply(const struct vswitch *switches, int count);

/* The messages of that; returns how many switches have nat. */
int nat_build(struct nft *nft, const struct vswitch *switches, int count);

/* "192.0.2.1/24" to the network and its mask, in host order. */
void nat_network(const char *address, uint32_t *network, uint32_t *mask);

#endif
