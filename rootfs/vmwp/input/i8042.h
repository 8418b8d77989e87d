/* The keyboard controller of a PC (Intel 8042), with a PS/2's second port. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_INPUT_I8042_H
#define VMWP_INPUT_I8042_H

#include "device.h"
#include "display/screen.h"
#include "input/input.h"
#include "input/ps2_keyboard.h"
#include "input/ps2_mouse.h"
#include "isa.h"

struct i8042_byte {
	bool full, mouse;
	bool own;		/* the controller's, not a device's */
	uint8_t value;
};

struct i8042 {
	struct device device;
	struct bus *bus;
	struct isa_ports isa[2];
	struct line irq[2];	/* of keyboard and mouse */
	struct input *input;
	const struct screen *screen;	/* NULL: of some size */
	void (*pull)(void *context);
	void *context;
	struct ps2_keyboard keyboard;
	struct ps2_mouse mouse;
	/* What port 0x60 gives; what comes after it: a device's byte makes
	 * room for an answer of the controller. */
	struct i8042_byte output, held;
	uint8_t configuration;	/* the command byte */
	uint8_t lines;		/* the output port */
	uint8_t command;	/* that waits for its byte; 0: none */
	bool after_command;	/* status: the last write was one */
	bool passed;		/* status: the self test */
	bool broke;		/* translation: the next code is a release */
};

/*
 * It is the input's PS/2 keyboard and pointer then. irq: 1 and 12, edges.
 * screen: its size is what the pointer moves over, in dots; may be NULL.
 * pull(): the guest wants a reset, from within a bus_write(). Address line 20
 * is always on, whatever the guest asks. 0 or -errno.
 */
int i8042_init(struct i8042 *controller, struct bus *ports,
	struct clock *clock, const struct line irq[2], struct input *input,
	const struct screen *screen, void (*pull)(void *context),
	void *context);

#endif
