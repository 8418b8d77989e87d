/* What viewers type: symbols and keys, to one keyboard. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_TYPING_H
#define VMWP_DISPLAY_TYPING_H

#include "input/input.h"

#define TYPING_KEYS	0x201u	/* codes of input.h */

/* Keys that one viewer holds down. */
struct typing_held {
	uint8_t keys[(TYPING_KEYS + 7) / 8];
};

/* Of all viewers together. */
struct typing {
	struct input *input;
	unsigned int left, right;	/* how often shift is down */
	bool caps;		/* Caps Lock, as far as it came by here */
};

/* A symbol: shift is pressed or let go around it where the character needs
 * that. Unknown ones are dropped. Device lock held, as for all below. */
void typing_symbol(struct typing *typing, struct typing_held *held,
	uint32_t symbol, bool down);
void typing_key(struct typing *typing, struct typing_held *held,
	unsigned int key, bool down);
/* The viewer goes: nothing stays pressed. */
void typing_release(struct typing *typing, struct typing_held *held);

#endif
