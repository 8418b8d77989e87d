/* The keyboard of guests that know VMBus. */
/* SPDX-License-Identifier: MIT */
#include "input/synthkbd.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define VERSION		0x00010000u	/* 1.0; the only one there is */

/* Linux drivers/input/serio/hyperv-keyboard.c. */
enum { REQUEST = 1, RESPONSE = 2, EVENT = 3 };
#define ACCEPTED	1u

#define IS_BREAK	2u
#define IS_E0		4u
#define IS_E1		8u

/* Both REQUEST, which has the version, and RESPONSE. */
struct negotiation {
	uint32_t type, value;
};
static_assert(sizeof(struct negotiation) == 8, "negotiation");

struct keystroke {
	uint32_t type;
	uint16_t code, reserved;
	uint32_t flags;
};
static_assert(sizeof(struct keystroke) == 12, "keystroke");

static void stroke(struct synthkbd *keyboard, unsigned int code,
	uint32_t flags)
{
	const struct keystroke message = { EVENT, code, 0, flags };

	pipe_post(&keyboard->pipe, &message, sizeof(message));
}

#define LETTERS		2u	/* of a key's going down or up, at most */
/* Room for keys that come up: none stays pressed. */
#define KEPT		64u

static unsigned int key_room(void *context)
{
	const struct synthkbd *keyboard = context;
	unsigned int room = pipe_room(&keyboard->pipe);

	return room > KEPT ? (room - KEPT) / LETTERS : 0;
}

static void key(void *context, unsigned int code, bool down)
{
	struct synthkbd *keyboard = context;
	uint32_t flags = down ? 0 : IS_BREAK;

	if (down && pipe_room(&keyboard->pipe) < KEPT)
		return;
	if (code == INPUT_PAUSE) {
		/* 0xe1 0x1d 0x45 */
		stroke(keyboard, 0x1d, flags | IS_E1);
		stroke(keyboard, 0x45, flags);
		return;
	}
	if (code & INPUT_E0)
		flags |= IS_E0;
	stroke(keyboard, code & 0x7f, flags);
}

static void set_ready(struct synthkbd *keyboard, bool ready)
{
	keyboard->ready = ready;
	input_use_keyboard(keyboard->input, INPUT_SYNTHETIC, ready);
}

/* A guest's new driver asks anew. Its lights are nobody's. */
static void take(struct pipe *pipe, const uint8_t *bytes, size_t size)
{
	struct synthkbd *keyboard = (struct synthkbd *)pipe;
	struct negotiation message;

	if (size < sizeof(message))
		return;
	memcpy(&message, bytes, sizeof(message));
	if (message.type != REQUEST)
		return;
	set_ready(keyboard, message.value == VERSION);
	message.type = RESPONSE;
	message.value = keyboard->ready ? ACCEPTED : 0;
	pipe_send(pipe, &message, sizeof(message));
}

static void closed(struct pipe *pipe)
{
	set_ready((struct synthkbd *)pipe, false);
}

static void save(const struct pipe *pipe, struct stream *to)
{
	const struct synthkbd *keyboard = (const struct synthkbd *)pipe;

	stream_put(to, keyboard->ready, 1);
}

static int load(struct pipe *pipe, struct stream *from)
{
	uint32_t ready = stream_get(from, 1);

	if (from->failed || ready > 1)
		return -EINVAL;
	set_ready((struct synthkbd *)pipe, ready);
	return 0;
}

static const struct pipe_ops ops = {
	.take = take,
	.closed = closed,
	.save = save,
	.load = load,
};

int synthkbd_init(
	struct synthkbd *keyboard, struct vmbus *vmbus, struct input *input)
{
	static const struct pipe_identity identity = {
		.type = { 0xf912ad6d, 0x2b17, 0x48ea,
			{ 0xbd, 0x65, 0xf9, 0x27, 0xa6, 0x1c, 0x76, 0x84 } },
		.instance = { 0xd34b2567, 0xb9b6, 0x42b9,
			{ 0x87, 0x78, 0x0a, 0x4e, 0xc0, 0xb9, 0x55, 0xbf } },
	};
	const struct input_sink sink = { .key = key, .room = key_room,
		.context = keyboard };

	*keyboard = (struct synthkbd){ .input = input };
	input_keyboard(input, INPUT_SYNTHETIC, &sink);
	return pipe_init(&keyboard->pipe, vmbus, &ops, &identity);
}
