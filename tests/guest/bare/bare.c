/* A guest of our own: its serial port, its end. */
/* SPDX-License-Identifier: MIT */
#include "bare.h"

#define SERIAL		0x3f8
#define PM1_CONTROL	0x604
#define PM1_OFF		(1 << 13)	/* S5 is type 0 */

uint32_t guest_step;

static void put(char letter)
{
	while (!(inb(SERIAL + 5) & 0x20))
		;
	outb(SERIAL, letter);
}

void say(const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			put('\r');
		put(*text);
	}
}

void say_number(uint32_t value)
{
	char digits[11], *at = digits + 10;

	*at = 0;
	do
		*--at = '0' + value % 10;
	while (value /= 10);
	say(at);
}

void off(void)
{
	outw(PM1_CONTROL, PM1_OFF);
	for (;;)
		__asm__ volatile("cli; hlt");
}

void fail(const char *file, int line, const char *what)
{
	say("guest: not ok: ");
	say(file);
	say(":");
	say_number(line);
	say(": ");
	say(what);
	say(" (last exception ");
	say_number(trap_vector);
	say(", code ");
	say_number(trap_code);
	say(", step ");
	say_number(guest_step);
	say(")\n");
	off();
}

bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}
