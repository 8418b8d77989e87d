/* A keyboard as the IBM PS/2 has it. */
/* SPDX-License-Identifier: MIT */
#include "input/ps2_keyboard.h"

#include <string.h>

#include "container.h"
#include "input/input.h"
#include "input/scancode.h"

#define PACE		5000000ull	/* ns from one event to the next */
#define UP		0x8000u		/* of an event: the key is let go */
#define KEY		0x03ffu
/* A key that cannot be let go is not pressed. */
#define PRESSES		96u

#define PREFIX		0xe0
#define BREAK		0xf0		/* set 2; in set 1 it is a bit */
#define RELEASED	0x80
#define FAKE_SHIFT	0x2a

/* IBM PS/2 technical reference, keyboard: commands and answers. */
#define SET_LEDS	0xed
#define ECHO		0xee
#define SCAN_SET	0xf0
#define IDENTIFY	0xf2
#define SET_RATE	0xf3
#define ENABLE		0xf4
#define DISABLE		0xf5
#define DEFAULTS	0xf6
#define KEYS_FIRST	0xf7		/* of set 3 */
#define KEYS_LAST	0xfa
#define RESEND		0xfe
#define RESET		0xff
#define ACK		0xfa
#define AGAIN		0xfe		/* not understood */
#define PASSED		0xaa

static void put(struct ps2_keyboard *keyboard, uint8_t byte)
{
	ps2_queue_put(&keyboard->queue, byte);
}

/* A code with its prefix, 3 bytes at most. */
static void send_code(
	struct ps2_keyboard *keyboard, unsigned int key, bool down)
{
	uint8_t code = key & 0x7f;

	if (key & INPUT_E0)
		put(keyboard, PREFIX);
	if (keyboard->set == 1) {
		put(keyboard, down ? code : code | RELEASED);
		return;
	}
	if (!down)
		put(keyboard, BREAK);
	put(keyboard, scancode_to_2(code));
}

/* It is pressed and let go at once. */
static void send_pause(struct ps2_keyboard *keyboard)
{
	static const uint8_t codes[2][8] = {
		{ 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5 },
		{ 0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77 },
	};
	unsigned int i, count = keyboard->set == 1 ? 6 : 8;

	for (i = 0; i < count; i++)
		put(keyboard, codes[keyboard->set - 1][i]);
}

static void send(struct ps2_keyboard *keyboard, unsigned int key, bool down)
{
	if (key == INPUT_PAUSE) {
		if (down)
			send_pause(keyboard);
		return;
	}
	if (key == INPUT_PRINT && down)
		send_code(keyboard, INPUT_E0 | FAKE_SHIFT, true);
	send_code(keyboard, key, down);
	if (key == INPUT_PRINT && !down)
		send_code(keyboard, INPUT_E0 | FAKE_SHIFT, false);
}

/* Where all is read and the time has come, the next event. */
static void feed(struct ps2_keyboard *keyboard)
{
	uint16_t event = keyboard->backlog[0];

	if (!keyboard->count || keyboard->queue.count || keyboard->timer.armed)
		return;
	memmove(keyboard->backlog, keyboard->backlog + 1,
		--keyboard->count * sizeof(event));
	send(keyboard, event & KEY, !(event & UP));
	clock_arm(keyboard->clock, &keyboard->timer,
		keyboard->clock->now(keyboard->clock) + PACE);
}

static void expired(struct timer *timer)
{
	struct ps2_keyboard *keyboard =
		container_of(timer, struct ps2_keyboard, timer);

	feed(keyboard);
	keyboard->ready(keyboard->context);
}

void ps2_keyboard_key(
	struct ps2_keyboard *keyboard, unsigned int key, bool down)
{
	unsigned int most = down ? PRESSES : PS2_BACKLOG;

	if (!keyboard->scanning || keyboard->count >= most)
		return;
	keyboard->backlog[keyboard->count++] = key | (down ? 0 : UP);
	feed(keyboard);
	keyboard->ready(keyboard->context);
}

unsigned int ps2_keyboard_room(const struct ps2_keyboard *keyboard)
{
	return keyboard->count < PRESSES ? PRESSES - keyboard->count : 0;
}

bool ps2_keyboard_read(struct ps2_keyboard *keyboard, uint8_t *byte)
{
	feed(keyboard);
	return ps2_queue_take(&keyboard->queue, byte);
}

static void forget(struct ps2_keyboard *keyboard)
{
	keyboard->queue.count = 0;
	keyboard->count = 0;
}

static void defaults(struct ps2_keyboard *keyboard, bool scanning)
{
	forget(keyboard);
	keyboard->scanning = scanning;
	keyboard->set = 2;
}

static void choose_set(struct ps2_keyboard *keyboard, uint8_t set)
{
	if (set > 2) {
		put(keyboard, AGAIN);
		return;
	}
	put(keyboard, ACK);
	if (set)
		keyboard->set = set;
	else
		put(keyboard, keyboard->set);
}

static void take_argument(struct ps2_keyboard *keyboard, uint8_t byte)
{
	uint8_t command = keyboard->command;

	keyboard->command = 0;
	if (command == SCAN_SET) {
		choose_set(keyboard, byte);
		return;
	}
	if (command == SET_LEDS)
		keyboard->leds = byte & 7;
	put(keyboard, ACK);
}

static void obey(struct ps2_keyboard *keyboard, uint8_t command)
{
	switch (command) {
	case SET_LEDS: case SCAN_SET: case SET_RATE:
		keyboard->command = command;
		put(keyboard, ACK);
		break;
	case ECHO:
		put(keyboard, ECHO);
		break;
	case IDENTIFY:
		put(keyboard, ACK);
		put(keyboard, 0xab);
		put(keyboard, 0x83);
		break;
	case ENABLE:
		keyboard->scanning = true;
		put(keyboard, ACK);
		break;
	case DISABLE: case DEFAULTS:
		defaults(keyboard, command == DEFAULTS);
		put(keyboard, ACK);
		break;
	case RESEND:
		put(keyboard, keyboard->queue.last);
		break;
	case RESET:
		ps2_keyboard_reset(keyboard);
		put(keyboard, ACK);
		put(keyboard, PASSED);
		break;
	default:
		put(keyboard, command >= KEYS_FIRST && command <= KEYS_LAST ?
			ACK : AGAIN);
		break;
	}
}

/* A command in place of an argument is one. */
void ps2_keyboard_write(struct ps2_keyboard *keyboard, uint8_t byte)
{
	if (keyboard->command && byte < SET_LEDS) {
		take_argument(keyboard, byte);
		return;
	}
	keyboard->command = 0;
	obey(keyboard, byte);
}

void ps2_keyboard_reset(struct ps2_keyboard *keyboard)
{
	defaults(keyboard, true);
	clock_disarm(keyboard->clock, &keyboard->timer);
	keyboard->command = 0;
	keyboard->leds = 0;
}

void ps2_keyboard_save(const struct ps2_keyboard *keyboard, struct stream *to)
{
	unsigned int i;

	ps2_queue_save(&keyboard->queue, to);
	stream_put(to, keyboard->count, 1);
	for (i = 0; i < keyboard->count; i++)
		stream_put(to, keyboard->backlog[i], 2);
	stream_put(to, keyboard->scanning, 1);
	stream_put(to, keyboard->set, 1);
	stream_put(to, keyboard->command, 1);
	stream_put(to, keyboard->leds, 1);
}

bool ps2_keyboard_load(struct ps2_keyboard *keyboard, struct stream *from)
{
	unsigned int i;

	ps2_keyboard_reset(keyboard);
	if (!ps2_queue_load(&keyboard->queue, from))
		return false;
	keyboard->count = stream_get(from, 1);
	if (keyboard->count > PS2_BACKLOG)
		return false;
	for (i = 0; i < keyboard->count; i++) {
		keyboard->backlog[i] = stream_get(from, 2);
		if (keyboard->backlog[i] & ~(KEY | UP))
			return false;
	}
	keyboard->scanning = stream_get(from, 1);
	keyboard->set = stream_get(from, 1);
	keyboard->command = stream_get(from, 1);
	keyboard->leds = stream_get(from, 1);
	if (keyboard->count && keyboard->queue.count == 0)
		clock_arm(keyboard->clock, &keyboard->timer,
			keyboard->clock->now(keyboard->clock) + PACE);
	return !from->failed && (keyboard->set == 1 || keyboard->set == 2) &&
		(!keyboard->command || keyboard->command == SET_LEDS ||
			keyboard->command == SCAN_SET ||
			keyboard->command == SET_RATE) && keyboard->leds < 8;
}

void ps2_keyboard_init(struct ps2_keyboard *keyboard, struct clock *clock,
	void (*ready)(void *context), void *context)
{
	memset(keyboard, 0, sizeof(*keyboard));
	keyboard->clock = clock;
	keyboard->timer.expired = expired;
	keyboard->ready = ready;
	keyboard->context = context;
	ps2_keyboard_reset(keyboard);
}

void ps2_keyboard_exit(struct ps2_keyboard *keyboard)
{
	clock_disarm(keyboard->clock, &keyboard->timer);
}
