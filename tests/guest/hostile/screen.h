/* Hostile guests: a small driver of the VGA. */
/* SPDX-License-Identifier: MIT */
#ifndef HOSTILE_SCREEN_H
#define HOSTILE_SCREEN_H

#include "pc.h"

#define SCREEN_MEMORY	(16u << 20)
#define SCREEN_INDEX	0x1ceu	/* of Bochs' registers */
#define SCREEN_DATA	0x1cfu
enum { SCREEN_ID, SCREEN_WIDTH, SCREEN_HEIGHT, SCREEN_BITS, SCREEN_ENABLE,
	SCREEN_BANK, SCREEN_REGISTERS = 11 };
#define SCREEN_LINEAR	0x41u	/* of SCREEN_ENABLE */

/* Where it is; firmware has put it there. */
extern uint32_t screen_memory;
void screen_begin(void);

void screen_set(uint32_t index, uint16_t value);
uint16_t screen_get(uint32_t index);
/* A linear mode, or what there was before. */
void screen_enable(bool on);

/* After whatever was: a mode is set and its memory is there, then text. */
void screen_works(void);

#endif
