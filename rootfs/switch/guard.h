/* What a port may send: its rules in nf_tables' table "bridge socle". */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_GUARD_H
#define SWITCH_GUARD_H

#include "define.h"
#include "nft.h"

/* Replaces the rules of all ports at once. 0 or -errno. */
int guard_apply(const struct port *ports, int count);

/* The messages of that. */
void guard_build(struct nft *nft, const struct port *ports, int count);

#endif
