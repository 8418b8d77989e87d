/* Scan codes of a PC's keys: set 2, which keyboards send, and set 1. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_INPUT_SCANCODE_H
#define VMWP_INPUT_SCANCODE_H

#include <stdint.h>

/* What a controller's translation makes of a byte of set 2. */
uint8_t scancode_to_1(uint8_t code);
/* The code of set 2 that becomes this one of set 1, 1 to 0x7f. */
uint8_t scancode_to_2(uint8_t code);

#endif
