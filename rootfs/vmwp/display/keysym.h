/* From X11's symbols of keys, which RFB names, to keys of a US keyboard. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_DISPLAY_KEYSYM_H
#define VMWP_DISPLAY_KEYSYM_H

#include <stdbool.h>
#include <stdint.h>

enum keysym_shift {
	KEYSYM_ANY,		/* no character: shift changes nothing */
	KEYSYM_PLAIN,
	KEYSYM_SHIFTED,
};

struct keysym {
	uint16_t key;		/* input.h */
	uint8_t shift;		/* enum keysym_shift */
	bool letter;		/* Caps Lock turns shift around */
};

/* false: no key has it. */
bool keysym_find(uint32_t symbol, struct keysym *found);

#endif
