/* The I/O ports that the parent reaches through us only: what would put the
 * machine to sleep, reset its processors, or bend its addresses. */
/* SPDX-License-Identifier: MIT */
#include "parent_io.h"

#include "../core/log.h"
#include "../core/machine.h"
#include "../lib/asm.h"
#include "power.h"

/* The A20 gate and a fast reset, of chip sets of old. */
#define SYSTEM_CONTROL	0x92
#define FAST_RESET	0x01
#define A20_OPEN	0x02

/* The keyboard controller's commands. Its status is read at the same port, a
 * few times for each key. */
#define KEYBOARD	0x64
#define WRITE_OUTPUT	0xd1	/* the next data byte: A20, reset */
#define A20_OFF		0xdd	/* of some controllers, not of all */
#define PULSE		0xf0	/* and above: each clear bit is a line */
#define PULSE_RESET	0x01
#define PULSE_NONE	0xff

void parent_io_each(void (*found)(uint16_t port))
{
	unsigned int i;

	found(SYSTEM_CONTROL);
	found(KEYBOARD);
	for (i = 0; i < 2; i++) {
		uint16_t port = power_control(i);

		if (port) {
			found(port);
			found((uint16_t)(port + 1));
		}
	}
}

/* Whether a port is one of PM1 control's two bytes; which block's. */
static bool is_control(uint16_t port, bool *is_b)
{
	for (*is_b = false;; *is_b = true) {
		uint16_t at = power_control(*is_b);

		if (at && (port == at || port == at + 1))
			return true;
		if (*is_b)
			return false;
	}
}

static void write_keyboard(uint8_t value)
{
	if (value >= PULSE && value != PULSE_NONE) {
		if (!(value & PULSE_RESET))
			machine_reset();
		log_parent("The parent's keyboard command %x is dropped.",
			value);
		return;
	}
	/* The byte that follows WRITE_OUTPUT goes to the keyboard then. */
	if (value == WRITE_OUTPUT || value == A20_OFF)
		log_parent("The parent's keyboard command %x is dropped.",
			value);
	else
		outb(KEYBOARD, value);
}

static void write_byte(uint16_t port, uint8_t value)
{
	switch (port) {
	case SYSTEM_CONTROL:
		if (value & FAST_RESET)
			machine_reset();
		outb(port, value | A20_OPEN);
		break;
	case KEYBOARD:
		write_keyboard(value);
		break;
	default:
		outb(port, value);
	}
}

/* The bytes of PM1 control that an access has, with the others as they are. */
static void write_control(bool is_b, uint16_t port, unsigned int size,
	uint32_t value)
{
	uint16_t at = power_control(is_b), word = inw(at);
	unsigned int i;

	for (i = 0; i < size; i++) {
		unsigned int shift = 8 * (uint16_t)(port + i - at);

		if (shift <= 8)
			word = (uint16_t)((word & ~(0xffu << shift)) |
				(value >> 8 * i & 0xff) << shift);
	}
	if (power_may_sleep(is_b, word))
		outw(at, word);
}

uint32_t parent_io_read(uint16_t port, unsigned int size)
{
	return size == 1 ? inb(port) : size == 2 ? inw(port) : inl(port);
}

void parent_io_write(uint16_t port, unsigned int size, uint32_t value)
{
	bool is_b, done[2] = {false, false};
	unsigned int i;

	for (i = 0; i < size; i++) {
		uint16_t at = (uint16_t)(port + i);

		if (!is_control(at, &is_b)) {
			write_byte(at, (uint8_t)(value >> 8 * i));
			continue;
		}
		/* Both bytes of a block at once. */
		if (!done[is_b])
			write_control(is_b, port, size, value);
		done[is_b] = true;
	}
}
