/* A VM's keyboard and pointer: one of each, whichever device the guest uses. */
/* SPDX-License-Identifier: MIT */
#include "input/input.h"

#include <limits.h>
#include <stddef.h>

#define WHEEL_MAX	127

static const struct input_sink none = { .key = NULL };

void input_keyboard(struct input *input, enum input_sink_kind kind,
	const struct input_sink *sink)
{
	input->keyboard[kind] = sink ? *sink : none;
}

void input_pointer(struct input *input, enum input_sink_kind kind,
	const struct input_sink *sink)
{
	input->pointer[kind] = sink ? *sink : none;
}

void input_use_keyboard(
	struct input *input, enum input_sink_kind kind, bool use)
{
	input->keyboard_active[kind] = use;
}

void input_use_pointer(
	struct input *input, enum input_sink_kind kind, bool use)
{
	input->pointer_active[kind] = use;
}

/* Make codes are 1 to 0x7f; 0xe0 0x2a and 0xe0 0x36 are no keys, but what a
 * keyboard sends around some. */
static bool is_key(unsigned int key)
{
	unsigned int code = key & ~INPUT_E0;

	if (key == INPUT_PAUSE)
		return true;
	if (key == (INPUT_E0 | 0x2a) || key == (INPUT_E0 | 0x36))
		return false;
	return code >= 1 && code <= 0x7f;
}

void input_key(struct input *input, unsigned int key, bool down)
{
	unsigned int kind = INPUT_SINKS;
	const struct input_sink *sink;

	if (!is_key(key))
		return;
	while (kind--) {
		sink = &input->keyboard[kind];
		if (!input->keyboard_active[kind] || !sink->key)
			continue;
		sink->key(sink->context, key, down);
		return;
	}
}

unsigned int input_key_room(const struct input *input)
{
	unsigned int kind = INPUT_SINKS;
	const struct input_sink *sink;

	while (kind--) {
		sink = &input->keyboard[kind];
		if (input->keyboard_active[kind] && sink->key)
			return sink->room ? sink->room(sink->context) :
				UINT_MAX;
	}
	return UINT_MAX;
}

static unsigned int position(unsigned int value)
{
	return value < INPUT_POSITION_MAX ? value : INPUT_POSITION_MAX;
}

static int step(int wheel)
{
	if (wheel > WHEEL_MAX)
		return WHEEL_MAX;
	return wheel < -WHEEL_MAX ? -WHEEL_MAX : wheel;
}

void input_move(struct input *input, unsigned int x, unsigned int y,
	unsigned int buttons, int wheel)
{
	unsigned int kind = INPUT_SINKS;
	const struct input_sink *sink;

	while (kind--) {
		sink = &input->pointer[kind];
		if (!input->pointer_active[kind] || !sink->pointer)
			continue;
		sink->pointer(sink->context, position(x), position(y),
			buttons & (INPUT_LEFT | INPUT_RIGHT | INPUT_MIDDLE),
			step(wheel));
		return;
	}
}
