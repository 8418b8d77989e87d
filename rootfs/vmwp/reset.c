/* The ways by which a PC's software resets it: 0xcf9, 0x92, 0x64. */
/* SPDX-License-Identifier: MIT */
#include "reset.h"

#include <errno.h>
#include <string.h>

/* Ports 0xcf8-0xcfb are PCI's address when all four are accessed at once. Its
 * second byte must not be taken for the reset register, so this device has all
 * of them where there is no PCI bus. */
#define CONTROL_PORT	0xcf8
#define CONTROL_OFFSET	1
#define CONTROL_CPU	0x04	/* resets when it rises */
#define CONTROL_KEPT	0x0e

#define SYSTEM_PORT	0x92
#define SYSTEM_RESET	0x01	/* when it rises */
#define SYSTEM_A20	0x02	/* kept; address line 20 is always on */

/*
 * Where there is no keyboard controller, only its reset command is. The status
 * says "not busy" to who waits before that command (bit 1 clear), and is else
 * all ones: one byte after the other to be read, as where no controller is, so
 * that a probe gives up soon.
 */
#define KEYBOARD_PORT	0x64
#define KEYBOARD_STATUS	0xfd
#define KEYBOARD_PULSE	0xf0	/* the low bits: lines that are not pulsed */
#define KEYBOARD_LINE	0x01	/* the processor's reset */

uint8_t reset_control(const struct reset *reset)
{
	return reset->control;
}

void reset_set_control(struct reset *reset, uint8_t value)
{
	bool before = reset->control & CONTROL_CPU;

	reset->control = value & CONTROL_KEPT;
	if (!before && value & CONTROL_CPU)
		reset->pull(reset->context);
}

static uint64_t control_read(void *context, uint64_t offset, unsigned int size)
{
	if (size != 1 || offset != CONTROL_OFFSET)
		return UINT64_MAX;
	return reset_control(context);
}

static void control_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	if (size == 1 && offset == CONTROL_OFFSET)
		reset_set_control(context, value);
}

static uint64_t system_read(void *context, uint64_t offset, unsigned int size)
{
	struct reset *reset = context;

	(void)offset, (void)size;
	return reset->system;
}

static void system_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	struct reset *reset = context;
	bool before = reset->system & SYSTEM_RESET;

	(void)offset, (void)size;
	reset->system = value & (SYSTEM_RESET | SYSTEM_A20);
	if (!before && value & SYSTEM_RESET)
		reset->pull(reset->context);
}

static uint64_t keyboard_read(
	void *context, uint64_t offset, unsigned int size)
{
	(void)context, (void)offset, (void)size;
	return KEYBOARD_STATUS;
}

static void keyboard_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	struct reset *reset = context;

	(void)offset, (void)size;
	if ((value & KEYBOARD_PULSE) == KEYBOARD_PULSE &&
			!(value & KEYBOARD_LINE))
		reset->pull(reset->context);
}

static const struct bus_ops control_ops = {control_read, control_write};
static const struct bus_ops system_ops = {system_read, system_write};
static const struct bus_ops keyboard_ops = {keyboard_read, keyboard_write};

static void reset_reset(struct device *device)
{
	struct reset *reset = (struct reset *)device;

	reset->control = 0;
	reset->system = SYSTEM_A20;
}

static void reset_save(const struct device *device, struct stream *to)
{
	const struct reset *reset = (const struct reset *)device;

	stream_put(to, reset->control, 1);
	stream_put(to, reset->system, 1);
}

static int reset_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct reset *reset = (struct reset *)device;

	reset->control = stream_get(from, 1);
	reset->system = stream_get(from, 1);
	if (version == device->ops->version && !from->failed &&
			!(reset->control & ~CONTROL_KEPT) &&
			!(reset->system & ~(SYSTEM_RESET | SYSTEM_A20)))
		return 0;
	reset_reset(device);
	return -EINVAL;
}

static void reset_exit(struct device *device)
{
	struct reset *reset = (struct reset *)device;

	bus_remove(reset->bus, SYSTEM_PORT);
	if (reset->pc)
		return;
	bus_remove(reset->bus, CONTROL_PORT);
	bus_remove(reset->bus, KEYBOARD_PORT);
}

static const struct device_ops reset_ops = {
	.name = "reset",
	.version = 1,
	.reset = reset_reset,
	.save = reset_save,
	.load = reset_load,
	.exit = reset_exit,
};

int reset_init(struct reset *reset, struct bus *ports, bool pc,
	void (*pull)(void *context), void *context)
{
	int error;

	memset(reset, 0, sizeof(*reset));
	reset->device.ops = &reset_ops;
	reset->bus = ports;
	reset->pull = pull;
	reset->context = context;
	reset->pc = pc;
	reset_reset(&reset->device);
	error = bus_add(ports, SYSTEM_PORT, 1, &system_ops, reset);
	if (error || pc)
		return error;
	error = bus_add(ports, CONTROL_PORT, 4, &control_ops, reset);
	if (error)
		goto system;
	error = bus_add(ports, KEYBOARD_PORT, 1, &keyboard_ops, reset);
	if (!error)
		return 0;
	bus_remove(ports, CONTROL_PORT);
system:
	bus_remove(ports, SYSTEM_PORT);
	return error;
}
