/* A keyboard as the IBM PS/2 has it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_INPUT_PS2_KEYBOARD_H
#define VMWP_INPUT_PS2_KEYBOARD_H

#include "clock.h"
#include "input/ps2_queue.h"

#define PS2_BACKLOG	128u

struct ps2_keyboard {
	struct ps2_queue queue;
	/* Events that wait: a key's code, and PS2_UP. One comes after the
	 * other, as from fingers, for the queue is short. */
	uint16_t backlog[PS2_BACKLOG];
	unsigned int count;
	struct clock *clock;
	struct timer timer;	/* no event before it */
	bool scanning;
	uint8_t set;		/* of scan codes: 1 or 2 */
	uint8_t command;	/* that waits for its argument; 0: none */
	uint8_t leds;		/* bit 0 scroll, 1 num, 2 caps */
	/* There is something to read. */
	void (*ready)(void *context);
	void *context;
};

void ps2_keyboard_init(struct ps2_keyboard *keyboard, struct clock *clock,
	void (*ready)(void *context), void *context);
void ps2_keyboard_exit(struct ps2_keyboard *keyboard);
void ps2_keyboard_reset(struct ps2_keyboard *keyboard);

/* key: as input.h has it. */
void ps2_keyboard_key(
	struct ps2_keyboard *keyboard, unsigned int key, bool down);

/* How many events it can take now; those that it drops are not counted. */
unsigned int ps2_keyboard_room(const struct ps2_keyboard *keyboard);

/* The controller's side. ready() is not called from within. */
void ps2_keyboard_write(struct ps2_keyboard *keyboard, uint8_t byte);
bool ps2_keyboard_read(struct ps2_keyboard *keyboard, uint8_t *byte);

void ps2_keyboard_save(const struct ps2_keyboard *keyboard, struct stream *to);
/* false: it cannot be so. */
bool ps2_keyboard_load(struct ps2_keyboard *keyboard, struct stream *from);

#endif
