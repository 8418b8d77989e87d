/* What a PS/2 device has to send: a few bytes, as a real one has room for. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_INPUT_PS2_QUEUE_H
#define VMWP_INPUT_PS2_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "stream.h"

#define PS2_QUEUE	32u
/* Of these, what events may fill; the rest is for answers. */
#define PS2_EVENTS	16u

struct ps2_queue {
	uint8_t byte[PS2_QUEUE];	/* the first is sent next */
	unsigned int count;
	uint8_t last;		/* that was sent */
};

/* What there is no room for is lost. */
void ps2_queue_put(struct ps2_queue *queue, uint8_t byte);
/* false: there is none. */
bool ps2_queue_take(struct ps2_queue *queue, uint8_t *byte);
/* Whether an event of so many bytes may come. */
bool ps2_queue_room(const struct ps2_queue *queue, unsigned int size);

void ps2_queue_save(const struct ps2_queue *queue, struct stream *to);
/* false: it cannot be so. */
bool ps2_queue_load(struct ps2_queue *queue, struct stream *from);

#endif
