/* Serial port and VGA text screen. */
/* SPDX-License-Identifier: MIT */
#include "console.h"

#include "../core/machine.h"
#include "../lib/asm.h"
#include "../lib/string.h"

#include <stdbool.h>

/* 16550 at COM1 */
#define COM1		0x3f8
#define LINE_STATUS	(COM1 + 5)
#define EMPTY		0x20
#define SPINS		100000	/* a port that never gets ready is not there */

/* VGA text, 80 by 25 */
#define SCREEN		((volatile uint16_t *)0xb8000)
#define COLUMNS		80
#define LINES		25
#define GREY		0x0700
#define CRTC		0x3d4
#define START_HIGH	12
#define START_LOW	13
#define CURSOR_HIGH	14
#define CURSOR_LOW	15

static bool has_serial, has_screen;

static void serial_init(void)
{
	/* A scratch register that keeps what is written: something is there. */
	outb(COM1 + 7, 0x5a);
	if (inb(COM1 + 7) != 0x5a)
		return;
	has_serial = true;
	outb(COM1 + 1, 0);		/* no interrupts */
	outb(COM1 + 3, 0x80);		/* divisor: 115200 */
	outb(COM1, 1);
	outb(COM1 + 1, 0);
	outb(COM1 + 3, 0x03);		/* 8N1 */
	outb(COM1 + 2, 0x07);		/* FIFO on and empty */
	outb(COM1 + 4, 0x03);		/* DTR, RTS */
}

void console_init(void)
{
	/* BIOS data area: the video mode. */
	uint8_t mode = *(volatile uint8_t *)0x449;

	has_screen = mode == 2 || mode == 3;
	serial_init();
}

static void serial_put(char byte)
{
	unsigned int spins = SPINS;

	while (!(inb(LINE_STATUS) & EMPTY)) {
		if (!spins--) {
			has_serial = false;
			return;
		}
	}
	outb(COM1, (uint8_t)byte);
}

static unsigned int cursor(void)
{
	unsigned int at;

	outb(CRTC, CURSOR_HIGH);
	at = (unsigned int)inb(CRTC + 1) << 8;
	outb(CRTC, CURSOR_LOW);
	return at | inb(CRTC + 1);
}

static void set_cursor(unsigned int at)
{
	outb(CRTC, CURSOR_HIGH);
	outb(CRTC + 1, (uint8_t)(at >> 8));
	outb(CRTC, CURSOR_LOW);
	outb(CRTC + 1, (uint8_t)at);
}

static void scroll(void)
{
	unsigned int i;

	for (i = 0; i < COLUMNS * (LINES - 1); i++)
		SCREEN[i] = SCREEN[i + COLUMNS];
	for (; i < COLUMNS * LINES; i++)
		SCREEN[i] = GREY | ' ';
}

static void screen_put(char byte)
{
	unsigned int at = cursor();

	if (at >= COLUMNS * LINES)
		at = COLUMNS * (LINES - 1);
	if (byte == '\n')
		at += COLUMNS - at % COLUMNS;
	else
		SCREEN[at++] = (uint16_t)(GREY | (uint8_t)byte);
	if (at >= COLUMNS * LINES) {
		scroll();
		at -= COLUMNS;
	}
	set_cursor(at);
}

/* The parent scrolls by moving the start of what is shown. */
void machine_take_screen(void)
{
	unsigned int i;

	if (!has_screen)
		return;
	outb(CRTC, START_HIGH);
	outb(CRTC + 1, 0);
	outb(CRTC, START_LOW);
	outb(CRTC + 1, 0);
	for (i = 0; i < COLUMNS * LINES; i++)
		SCREEN[i] = GREY | ' ';
	set_cursor(0);
}

void machine_print(const char *text)
{
	for (; *text; text++) {
		if (has_serial && *text == '\n')
			serial_put('\r');
		if (has_serial)
			serial_put(*text);
		if (has_screen)
			screen_put(*text);
	}
}

void console_cursor(uint8_t *x, uint8_t *y)
{
	unsigned int at = has_screen ? cursor() : 0;

	if (at >= COLUMNS * LINES)
		at = COLUMNS * (LINES - 1);
	*x = (uint8_t)(at % COLUMNS);
	*y = (uint8_t)(at / COLUMNS);
}
