/* The keyboard controller of a PC (Intel 8042), with a PS/2's second port. */
/* SPDX-License-Identifier: MIT */
#include "input/i8042.h"

#include <errno.h>
#include <string.h>

#include "input/scancode.h"

#define DATA_PORT	0x60
#define COMMAND_PORT	0x64

#define STATUS_FULL	0x01
#define STATUS_PASSED	0x04
#define STATUS_COMMAND	0x08
#define STATUS_UNLOCKED	0x10
#define STATUS_MOUSE	0x20

#define CONFIG_KEYBOARD_IRQ 0x01
#define CONFIG_MOUSE_IRQ 0x02
#define CONFIG_PASSED	0x04
#define CONFIG_NO_KEYBOARD 0x10
#define CONFIG_NO_MOUSE	0x20
#define CONFIG_TRANSLATE 0x40
#define CONFIG_KEPT	0x77

#define LINE_RUN	0x01	/* low: the processor's reset */
#define LINE_A20	0x02
#define LINES_START	0xcf

#define READ_CONFIG	0x20
#define WRITE_CONFIG	0x60
#define PASSWORD	0xa4
#define MOUSE_OFF	0xa7
#define MOUSE_ON	0xa8
#define TEST_MOUSE	0xa9
#define SELF_TEST	0xaa
#define TEST_KEYBOARD	0xab
#define KEYBOARD_OFF	0xad
#define KEYBOARD_ON	0xae
#define READ_INPUT	0xc0
#define READ_LINES	0xd0
#define WRITE_LINES	0xd1
#define LOOP_KEYBOARD	0xd2
#define LOOP_MOUSE	0xd3
#define WRITE_MOUSE	0xd4
#define A20_OFF		0xdd
#define A20_ON		0xdf
#define READ_TEST	0xe0
#define PULSE		0xf0	/* the low bits: lines that are not pulsed */
#define NO_PASSWORD	0xf1
#define PASSED		0x55
#define BREAK		0xf0	/* set 2's prefix */

/* A screen that nobody has drawn yet. */
#define SOME_WIDTH	1024u
#define SOME_HEIGHT	768u

/* Set 2 to set 1; false: a prefix, nothing comes of it. */
static bool translate(struct i8042 *controller, uint8_t *byte)
{
	if (!(controller->configuration & CONFIG_TRANSLATE))
		return true;
	if (*byte == BREAK) {
		controller->broke = true;
		return false;
	}
	*byte = scancode_to_1(*byte) | (controller->broke ? 0x80 : 0);
	controller->broke = false;
	return true;
}

static bool read_keyboard(struct i8042 *controller, uint8_t *byte)
{
	if (controller->configuration & CONFIG_NO_KEYBOARD)
		return false;
	while (ps2_keyboard_read(&controller->keyboard, byte))
		if (translate(controller, byte))
			return true;
	return false;
}

static bool read_mouse(struct i8042 *controller, uint8_t *byte)
{
	return !(controller->configuration & CONFIG_NO_MOUSE) &&
		ps2_mouse_read(&controller->mouse, byte);
}

static void fill(struct i8042 *controller)
{
	struct i8042_byte *output = &controller->output;

	if (output->full)
		return;
	if (controller->held.full) {
		*output = controller->held;
		controller->held.full = false;
	} else if (read_keyboard(controller, &output->value)) {
		output->full = true;
		output->mouse = output->own = false;
	} else if (read_mouse(controller, &output->value)) {
		output->full = output->mouse = true;
		output->own = false;
	}
}

static void update(struct i8042 *controller)
{
	const struct i8042_byte *output = &controller->output;
	uint8_t configuration = controller->configuration;

	fill(controller);
	line_set(&controller->irq[0], output->full && !output->mouse &&
		configuration & CONFIG_KEYBOARD_IRQ);
	line_set(&controller->irq[1], output->full && output->mouse &&
		configuration & CONFIG_MOUSE_IRQ);
}

static void ready(void *context)
{
	update(context);
}

/* The next byte is to be another edge. */
static void lower(struct i8042 *controller)
{
	line_set(&controller->irq[0], false);
	line_set(&controller->irq[1], false);
}

/* The controller's own byte comes before a device's; one that nobody has read
 * is lost. */
static void answer(struct i8042 *controller, uint8_t value, bool mouse)
{
	if (controller->output.full && !controller->output.own)
		controller->held = controller->output;
	lower(controller);
	controller->output = (struct i8042_byte){ true, mouse, true, value };
}

static void set_lines(struct i8042 *controller, uint8_t value)
{
	controller->lines = value | LINE_RUN;
	if (!(value & LINE_RUN))
		controller->pull(controller->context);
}

static void self_test(struct i8042 *controller)
{
	controller->passed = true;
	controller->configuration |= CONFIG_PASSED;
	answer(controller, PASSED, false);
}

static void set_config(struct i8042 *controller, uint8_t value)
{
	controller->configuration = value & CONFIG_KEPT;
	controller->passed = value & CONFIG_PASSED;
}

/* Commands that read something. */
static bool obey_read(struct i8042 *controller, uint8_t command)
{
	switch (command) {
	case READ_CONFIG:
		answer(controller, controller->configuration, false);
		return true;
	case PASSWORD:
		answer(controller, NO_PASSWORD, false);
		return true;
	case TEST_MOUSE: case TEST_KEYBOARD: case READ_TEST:
		answer(controller, 0, false);
		return true;
	case SELF_TEST:
		self_test(controller);
		return true;
	case READ_INPUT:
		answer(controller, 0x80, false);
		return true;
	case READ_LINES:
		answer(controller, controller->lines, false);
		return true;
	default:
		return false;
	}
}

static void obey(struct i8042 *controller, uint8_t command)
{
	controller->command = 0;
	if (obey_read(controller, command))
		return;
	switch (command) {
	case WRITE_CONFIG: case WRITE_LINES: case LOOP_KEYBOARD:
	case LOOP_MOUSE: case WRITE_MOUSE:
		controller->command = command;
		break;
	case MOUSE_OFF: controller->configuration |= CONFIG_NO_MOUSE; break;
	case MOUSE_ON: controller->configuration &= ~CONFIG_NO_MOUSE; break;
	case KEYBOARD_OFF:
		controller->configuration |= CONFIG_NO_KEYBOARD;
		break;
	case KEYBOARD_ON:
		controller->configuration &= ~CONFIG_NO_KEYBOARD;
		break;
	case A20_OFF: controller->lines &= ~LINE_A20; break;
	case A20_ON: controller->lines |= LINE_A20; break;
	default:
		if ((command & PULSE) == PULSE && !(command & LINE_RUN))
			controller->pull(controller->context);
		break;
	}
}

/* A byte for a device lets it send, too. */
static void take_data(struct i8042 *controller, uint8_t value)
{
	uint8_t command = controller->command;

	controller->command = 0;
	switch (command) {
	case WRITE_CONFIG: set_config(controller, value); break;
	case WRITE_LINES: set_lines(controller, value); break;
	case LOOP_KEYBOARD: answer(controller, value, false); break;
	case LOOP_MOUSE: answer(controller, value, true); break;
	case WRITE_MOUSE:
		controller->configuration &= ~CONFIG_NO_MOUSE;
		ps2_mouse_write(&controller->mouse, value);
		break;
	default:
		controller->configuration &= ~CONFIG_NO_KEYBOARD;
		ps2_keyboard_write(&controller->keyboard, value);
		break;
	}
}

static uint8_t status(const struct i8042 *controller)
{
	return STATUS_UNLOCKED |
		(controller->output.full ? STATUS_FULL : 0) |
		(controller->output.full && controller->output.mouse ?
			STATUS_MOUSE : 0) |
		(controller->after_command ? STATUS_COMMAND : 0) |
		(controller->passed ? STATUS_PASSED : 0);
}

static uint8_t i8042_read(void *context, unsigned int port)
{
	struct i8042 *controller = context;
	uint8_t value = controller->output.value;

	if (port == COMMAND_PORT)
		return status(controller);
	controller->output.full = false;
	lower(controller);
	update(controller);
	return value;
}

static void i8042_write(void *context, unsigned int port, uint8_t value)
{
	struct i8042 *controller = context;

	controller->after_command = port == COMMAND_PORT;
	if (port == COMMAND_PORT)
		obey(controller, value);
	else
		take_data(controller, value);
	update(controller);
}

static const struct isa_ops port_ops = { i8042_read, i8042_write };

static void key(void *context, unsigned int code, bool down)
{
	struct i8042 *controller = context;

	ps2_keyboard_key(&controller->keyboard, code, down);
}

static unsigned int room(void *context)
{
	const struct i8042 *controller = context;

	return ps2_keyboard_room(&controller->keyboard);
}

/* Over the screen, in its dots: a count is one. */
static void pointer(void *context, unsigned int x, unsigned int y,
	unsigned int buttons, int wheel)
{
	struct i8042 *controller = context;
	unsigned int width = SOME_WIDTH, height = SOME_HEIGHT;

	if (controller->screen && controller->screen->picture.width) {
		width = controller->screen->picture.width;
		height = controller->screen->picture.height;
	}
	ps2_mouse_move(&controller->mouse, x * width / INPUT_POSITION_MAX,
		y * height / INPUT_POSITION_MAX, buttons, wheel);
}

static void i8042_reset(struct device *device)
{
	struct i8042 *controller = (struct i8042 *)device;
	const struct i8042_byte none = { .full = false };

	controller->output = controller->held = none;
	controller->configuration = CONFIG_KEYBOARD_IRQ | CONFIG_MOUSE_IRQ;
	controller->lines = LINES_START;
	controller->command = 0;
	controller->after_command = true;
	controller->passed = controller->broke = false;
	ps2_keyboard_reset(&controller->keyboard);
	ps2_mouse_reset(&controller->mouse);
	update(controller);
}

static void save_byte(const struct i8042_byte *byte, struct stream *to)
{
	stream_put(to, byte->full, 1);
	stream_put(to, byte->mouse, 1);
	stream_put(to, byte->own, 1);
	stream_put(to, byte->value, 1);
}

static void load_byte(struct i8042_byte *byte, struct stream *from)
{
	byte->full = stream_get(from, 1);
	byte->mouse = stream_get(from, 1);
	byte->own = stream_get(from, 1);
	byte->value = stream_get(from, 1);
}

static void i8042_save(const struct device *device, struct stream *to)
{
	const struct i8042 *controller = (const struct i8042 *)device;

	save_byte(&controller->output, to);
	save_byte(&controller->held, to);
	stream_put(to, controller->configuration, 1);
	stream_put(to, controller->lines, 1);
	stream_put(to, controller->command, 1);
	stream_put(to, controller->after_command, 1);
	stream_put(to, controller->passed, 1);
	stream_put(to, controller->broke, 1);
	ps2_keyboard_save(&controller->keyboard, to);
	ps2_mouse_save(&controller->mouse, to);
}

static bool takes_data(uint8_t command)
{
	return !command || command == WRITE_CONFIG || command == WRITE_LINES ||
		command == LOOP_KEYBOARD || command == LOOP_MOUSE ||
		command == WRITE_MOUSE;
}

static int i8042_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct i8042 *controller = (struct i8042 *)device;

	load_byte(&controller->output, from);
	load_byte(&controller->held, from);
	controller->configuration = stream_get(from, 1);
	controller->lines = stream_get(from, 1);
	controller->command = stream_get(from, 1);
	controller->after_command = stream_get(from, 1);
	controller->passed = stream_get(from, 1);
	controller->broke = stream_get(from, 1);
	if (version == device->ops->version &&
	    ps2_keyboard_load(&controller->keyboard, from) &&
	    ps2_mouse_load(&controller->mouse, from) && !from->failed &&
	    !(controller->configuration & ~CONFIG_KEPT) &&
	    controller->lines & LINE_RUN && takes_data(controller->command)) {
		update(controller);
		return 0;
	}
	i8042_reset(device);
	return -EINVAL;
}

static void i8042_exit(struct device *device)
{
	struct i8042 *controller = (struct i8042 *)device;

	input_use_keyboard(controller->input, INPUT_PS2, false);
	input_use_pointer(controller->input, INPUT_PS2, false);
	input_keyboard(controller->input, INPUT_PS2, NULL);
	input_pointer(controller->input, INPUT_PS2, NULL);
	ps2_keyboard_exit(&controller->keyboard);
	isa_remove(controller->bus, controller->isa, 2);
}

static const struct device_ops i8042_ops = {
	.name = "i8042",
	.version = 1,
	.reset = i8042_reset,
	.save = i8042_save,
	.load = i8042_load,
	.exit = i8042_exit,
};

static void attach(struct i8042 *controller)
{
	const struct input_sink sink = { key, room, pointer, controller };

	input_keyboard(controller->input, INPUT_PS2, &sink);
	input_pointer(controller->input, INPUT_PS2, &sink);
	input_use_keyboard(controller->input, INPUT_PS2, true);
	input_use_pointer(controller->input, INPUT_PS2, true);
}

int i8042_init(struct i8042 *controller, struct bus *ports,
	struct clock *clock, const struct line irq[2], struct input *input,
	const struct screen *screen, void (*pull)(void *context),
	void *context)
{
	int error;

	memset(controller, 0, sizeof(*controller));
	controller->device.ops = &i8042_ops;
	controller->bus = ports;
	controller->irq[0] = irq[0];
	controller->irq[1] = irq[1];
	controller->input = input;
	controller->screen = screen;
	controller->pull = pull;
	controller->context = context;
	controller->isa[0] = (struct isa_ports){
		DATA_PORT, 1, &port_ops, controller };
	controller->isa[1] = (struct isa_ports){
		COMMAND_PORT, 1, &port_ops, controller };
	error = isa_add(ports, controller->isa, 2);
	if (error)
		return error;
	ps2_keyboard_init(&controller->keyboard, clock, ready, controller);
	ps2_mouse_init(&controller->mouse, ready, controller);
	i8042_reset(&controller->device);
	attach(controller);
	return 0;
}
