/* Serial port and VGA text screen, for what is said before the parent starts
 * and in a panic. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_CONSOLE_H
#define X86_CONSOLE_H

#include <stdint.h>

/* Must come before page 0 is unmapped: it looks at the BIOS's data. */
void console_init(void);

/* The cursor of the screen, for the parent. */
void console_cursor(uint8_t *x, uint8_t *y);

#endif
