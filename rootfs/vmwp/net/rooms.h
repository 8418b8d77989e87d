/* Places in a guest's receive buffer: which of them the guest has. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_ROOMS_H
#define VMWP_NET_ROOMS_H

#include <stdbool.h>
#include <stdint.h>

#include "stream.h"

#define ROOMS_MAX	16384u	/* of a receive buffer */
#define ROOMS_NONE	UINT32_MAX

struct room {
	uint8_t state;		/* enum room_state */
	uint16_t span;		/* rooms in a row that belong to this one */
	uint32_t next;		/* of what was given with it */
};

enum room_state {
	ROOM_FREE,
	ROOM_OURS,		/* something is being put there */
	ROOM_HEAD,		/* the guest has it: the first of a packet */
	ROOM_GIVEN,		/* the guest has it with another one */
	ROOM_STATES,
};

/* A lane's own, or those for answers. */
struct rooms {
	struct room *rooms;	/* owned; NULL: none */
	uint32_t first, count;	/* of the buffer's */
	uint32_t at;		/* where to look first */
	uint32_t given;		/* packets that the guest has */
};

/* 0 or -ENOMEM. */
int rooms_init(struct rooms *rooms, uint32_t first, uint32_t count);
void rooms_exit(struct rooms *rooms);
/* All are free. */
void rooms_forget(struct rooms *rooms);
/* As many in a row, which are ours then; ROOMS_NONE: there are none now. The
 * number counts within these. */
uint32_t rooms_take(struct rooms *rooms, uint32_t span);
/* Only that many of them are used; 0: none. */
void rooms_trim(struct rooms *rooms, uint32_t room, uint32_t span);
/* A packet for the guest begins with one; others are given with it. */
void rooms_give(struct rooms *rooms, uint32_t head);
void rooms_give_with(struct rooms *rooms, uint32_t last, uint32_t room);
/* It was not given after all. */
void rooms_take_back(struct rooms *rooms, uint32_t head);
/* The guest is done with a packet. false: it has none of that number. */
bool rooms_return(struct rooms *rooms, uint64_t head);

/* What the guest has. */
void rooms_save(const struct rooms *rooms, struct stream *to);
bool rooms_load(struct rooms *rooms, struct stream *from);

#endif
