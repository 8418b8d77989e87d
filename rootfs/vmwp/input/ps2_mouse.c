/* A mouse as the IBM PS/2 has it, with a wheel as Microsoft's IntelliMouse. */
/* SPDX-License-Identifier: MIT */
#include "input/ps2_mouse.h"

#include <string.h>

#include "input/input.h"

#define MOST		127	/* counts of a packet */
#define MOST_WHEEL	7
#define UNSENT		32767	/* counts that wait, at most */
#define PLACE		32767

#define ONE_TO_ONE	0xe6
#define TWO_TO_ONE	0xe7
#define SET_RESOLUTION	0xe8
#define STATUS		0xe9
#define STREAM		0xea
#define READ		0xeb
#define UNWRAP		0xec
#define WRAP		0xee
#define REMOTE		0xf0
#define IDENTIFY	0xf2
#define SET_RATE	0xf3
#define ENABLE		0xf4
#define DISABLE		0xf5
#define DEFAULTS	0xf6
#define RESEND		0xfe
#define RESET		0xff
#define ACK		0xfa
#define AGAIN		0xfe
#define PASSED		0xaa
#define WHEEL		3	/* an id */

static void put(struct ps2_mouse *mouse, uint8_t byte)
{
	ps2_queue_put(&mouse->queue, byte);
}

static int limit(int value, int most)
{
	if (value > most)
		return most;
	return value < -most ? -most : value;
}

/* Part of what waits; up is positive there, but for the wheel. */
static void send_packet(struct ps2_mouse *mouse)
{
	int dx = limit(mouse->dx, MOST), dy = limit(mouse->dy, MOST);
	int dz = limit(mouse->dz, MOST_WHEEL);

	put(mouse, 0x08 | mouse->buttons | (dx < 0 ? 0x10 : 0) |
		(dy > 0 ? 0x20 : 0));
	put(mouse, dx);
	put(mouse, -dy);
	if (mouse->id == WHEEL)
		put(mouse, dz);
	mouse->dx -= dx;
	mouse->dy -= dy;
	mouse->dz = mouse->id == WHEEL ? mouse->dz - dz : 0;
	mouse->sent = mouse->buttons;
}

static bool has_news(const struct ps2_mouse *mouse)
{
	return mouse->dx || mouse->dy || mouse->dz ||
		mouse->buttons != mouse->sent;
}

/* While there is room; what waits longer is put together. */
static void feed(struct ps2_mouse *mouse)
{
	while (mouse->streaming && !mouse->remote && !mouse->wrap &&
	       has_news(mouse) && ps2_queue_room(&mouse->queue, 4))
		send_packet(mouse);
}

void ps2_mouse_move(struct ps2_mouse *mouse, unsigned int x, unsigned int y,
	unsigned int buttons, int wheel)
{
	mouse->dx = limit(mouse->dx + (int)x - mouse->x, UNSENT);
	mouse->dy = limit(mouse->dy + (int)y - mouse->y, UNSENT);
	mouse->dz = limit(mouse->dz - wheel, UNSENT);
	mouse->x = x;
	mouse->y = y;
	mouse->buttons = buttons;
	if (!mouse->streaming && !mouse->remote)
		mouse->dx = mouse->dy = mouse->dz = 0;
	feed(mouse);
	mouse->ready(mouse->context);
}

bool ps2_mouse_read(struct ps2_mouse *mouse, uint8_t *byte)
{
	if (!mouse->queue.count)
		feed(mouse);
	return ps2_queue_take(&mouse->queue, byte);
}

static void forget(struct ps2_mouse *mouse)
{
	mouse->queue.count = 0;
	mouse->dx = mouse->dy = mouse->dz = 0;
	mouse->sent = mouse->buttons;
}

static void defaults(struct ps2_mouse *mouse)
{
	forget(mouse);
	mouse->streaming = mouse->remote = mouse->wrap = mouse->twice = false;
	mouse->rate = 100;
	mouse->resolution = 2;
	memset(mouse->knocks, 0, sizeof(mouse->knocks));
}

static void send_status(struct ps2_mouse *mouse)
{
	uint8_t b = mouse->buttons;

	put(mouse, (mouse->remote ? 0x40 : 0) | (mouse->streaming ? 0x20 : 0) |
		(mouse->twice ? 0x10 : 0) | (b & INPUT_LEFT ? 4 : 0) |
		(b & INPUT_MIDDLE ? 2 : 0) | (b & INPUT_RIGHT ? 1 : 0));
	put(mouse, mouse->resolution);
	put(mouse, mouse->rate);
}

static void set_rate(struct ps2_mouse *mouse, uint8_t rate)
{
	static const uint8_t wheel[3] = { 200, 100, 80 };

	mouse->rate = rate;
	memmove(mouse->knocks, mouse->knocks + 1, 2);
	mouse->knocks[2] = rate;
	if (!memcmp(mouse->knocks, wheel, sizeof(wheel)))
		mouse->id = WHEEL;
}

static void take_argument(struct ps2_mouse *mouse, uint8_t byte)
{
	if (mouse->command == SET_RATE)
		set_rate(mouse, byte);
	else
		mouse->resolution = byte & 3;
	mouse->command = 0;
	put(mouse, ACK);
}

/* Those that ACK is the whole answer to. */
static bool obey_simple(struct ps2_mouse *mouse, uint8_t command)
{
	switch (command) {
	case ONE_TO_ONE: case TWO_TO_ONE:
		mouse->twice = command == TWO_TO_ONE;
		return true;
	case SET_RESOLUTION: case SET_RATE:
		mouse->command = command;
		return true;
	case STREAM: case REMOTE:
		forget(mouse);
		mouse->remote = command == REMOTE;
		return true;
	case WRAP: case UNWRAP:
		forget(mouse);
		mouse->wrap = command == WRAP;
		return true;
	case ENABLE:
		forget(mouse);
		mouse->streaming = true;
		return true;
	case DISABLE:
		forget(mouse);
		mouse->streaming = false;
		return true;
	case DEFAULTS:
		defaults(mouse);
		return true;
	default:
		return false;
	}
}

static void obey(struct ps2_mouse *mouse, uint8_t command)
{
	if (obey_simple(mouse, command)) {
		put(mouse, ACK);
		return;
	}
	switch (command) {
	case STATUS:
		put(mouse, ACK);
		send_status(mouse);
		break;
	case READ:
		put(mouse, ACK);
		if (mouse->queue.count + 4 <= PS2_QUEUE)
			send_packet(mouse);
		break;
	case IDENTIFY:
		put(mouse, ACK);
		put(mouse, mouse->id);
		break;
	case RESEND:
		put(mouse, mouse->queue.last);
		break;
	case RESET:
		ps2_mouse_reset(mouse);
		put(mouse, ACK);
		put(mouse, PASSED);
		put(mouse, mouse->id);
		break;
	default:
		put(mouse, AGAIN);
		break;
	}
}

void ps2_mouse_write(struct ps2_mouse *mouse, uint8_t byte)
{
	if (mouse->wrap && byte != RESET && byte != UNWRAP)
		put(mouse, byte);
	else if (mouse->command && !mouse->wrap)
		take_argument(mouse, byte);
	else
		obey(mouse, byte);
}

void ps2_mouse_reset(struct ps2_mouse *mouse)
{
	defaults(mouse);
	mouse->id = 0;
	mouse->command = 0;
}

void ps2_mouse_save(const struct ps2_mouse *mouse, struct stream *to)
{
	ps2_queue_save(&mouse->queue, to);
	stream_put(to, mouse->streaming, 1);
	stream_put(to, mouse->remote, 1);
	stream_put(to, mouse->wrap, 1);
	stream_put(to, mouse->twice, 1);
	stream_put(to, mouse->id, 1);
	stream_put(to, mouse->rate, 1);
	stream_put(to, mouse->resolution, 1);
	stream_put_bytes(to, mouse->knocks, sizeof(mouse->knocks));
	stream_put(to, mouse->command, 1);
	stream_put(to, mouse->x, 4);
	stream_put(to, mouse->y, 4);
	stream_put(to, mouse->dx, 4);
	stream_put(to, mouse->dy, 4);
	stream_put(to, mouse->dz, 4);
	stream_put(to, mouse->buttons, 1);
	stream_put(to, mouse->sent, 1);
}

static bool is_within(int value)
{
	return value >= -UNSENT && value <= UNSENT;
}

static bool sane(const struct ps2_mouse *mouse)
{
	return (mouse->id == 0 || mouse->id == WHEEL) &&
		mouse->resolution < 4 && mouse->buttons < 8 &&
		mouse->sent < 8 && (!mouse->command ||
			mouse->command == SET_RATE ||
			mouse->command == SET_RESOLUTION) &&
		mouse->x >= 0 && mouse->x <= PLACE &&
		mouse->y >= 0 && mouse->y <= PLACE &&
		is_within(mouse->dx) && is_within(mouse->dy) &&
		is_within(mouse->dz);
}

bool ps2_mouse_load(struct ps2_mouse *mouse, struct stream *from)
{
	if (!ps2_queue_load(&mouse->queue, from))
		return false;
	mouse->streaming = stream_get(from, 1);
	mouse->remote = stream_get(from, 1);
	mouse->wrap = stream_get(from, 1);
	mouse->twice = stream_get(from, 1);
	mouse->id = stream_get(from, 1);
	mouse->rate = stream_get(from, 1);
	mouse->resolution = stream_get(from, 1);
	stream_get_bytes(from, mouse->knocks, sizeof(mouse->knocks));
	mouse->command = stream_get(from, 1);
	mouse->x = stream_get(from, 4);
	mouse->y = stream_get(from, 4);
	mouse->dx = stream_get(from, 4);
	mouse->dy = stream_get(from, 4);
	mouse->dz = stream_get(from, 4);
	mouse->buttons = stream_get(from, 1);
	mouse->sent = stream_get(from, 1);
	if (!from->failed && sane(mouse))
		return true;
	mouse->x = mouse->y = 0;
	mouse->buttons = 0;
	return false;
}

void ps2_mouse_init(struct ps2_mouse *mouse, void (*ready)(void *context),
	void *context)
{
	memset(mouse, 0, sizeof(*mouse));
	mouse->ready = ready;
	mouse->context = context;
	ps2_mouse_reset(mouse);
}
