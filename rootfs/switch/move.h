/* The host's addresses go from an adapter to its switch, and back. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_MOVE_H
#define SWITCH_MOVE_H

#include "address.h"
#include "rtnl.h"
#include "trouble.h"

enum { MOVE_PAIRS = 16 };

/* An interface, or one on a VLAN of it, and where its addresses go. */
struct move_pair {
	struct link from, to;
	struct addresses addresses;
	bool made; /* to was made for it */
};

struct move {
	int socket, count;
	struct link from, to;
	struct move_pair pairs[MOVE_PAIRS];
};

/*
 * Gives to the addresses of from, those of its VLANs to VLANs of to. Both have
 * them then: what comes in by either is taken. to is up. 0 or -errno; nothing
 * has changed then.
 */
int move_begin(struct move *move, int socket, const struct link *from,
	const struct link *to, struct trouble *why);
/* from has them no more. */
void move_commit(struct move *move);
/* to has them no more. */
void move_undo(struct move *move);

#endif
