/* What is asked of a worker process about screen, keyboard and pointer. */
/* SPDX-License-Identifier: MIT */
#include "console.h"

#include "call.h"
#include "control.h"
#include "descriptor.h"
#include "keys.h"
#include "say.h"
#include "storage.h"

#define AGAIN	(-11)
#define TRIES	600		/* of 50 ms */
#define BATCH	16u		/* events at once */

static struct control_screen screen;
static struct control_keys_request keys;
static char text[65536];

static void show(int from)
{
	long size = call(CALL_READ, from, (long)text, sizeof(text), 0, 0);

	if (size > 0)
		call(CALL_WRITE, 1, (long)text, size, 0, 0);
}

static bool look(long file)
{
	static const struct control_request request = { CONTROL_MAGIC,
		CONTROL_VERSION, CONTROL_SCREEN, 0 };
	int from;

	if (call(CALL_WRITE, file, (long)&request, sizeof(request), 0, 0) < 0)
		return false;
	if (descriptor_receive(file, &screen, sizeof(screen), &from) !=
	    sizeof(screen) || screen.reply.error)
		return false;
	say(screen.text ? "text " : "graphics ", number(screen.width), " x ",
		number(screen.height), NULL);
	if (screen.cursor)
		say("cursor ", number(screen.cursor_column), ", ",
			number(screen.cursor_row), NULL);
	if (from >= 0)
		show(from);
	return true;
}

static int ask(long file, const void *request, size_t size)
{
	struct control_reply reply;

	if (call(CALL_WRITE, file, (long)request, size, 0, 0) < 0 ||
	    call(CALL_READ, file, (long)&reply, sizeof(reply), 0, 0) !=
		sizeof(reply))
		return -1;
	return reply.error;
}

/* Those that are together; the guest may still be at those before. */
static bool send_keys(long file)
{
	const struct { long seconds, ns; } wait = { 0, 50000000 };
	int error = 0, tries;

	keys.request = (struct control_request){ CONTROL_MAGIC,
		CONTROL_VERSION, CONTROL_KEYS, 0 };
	for (tries = 0; keys.count && tries < TRIES; tries++) {
		error = ask(file, &keys, sizeof(keys));
		if (error != AGAIN)
			break;
		call(CALL_SLEEP, (long)&wait, 0, 0, 0, 0);
	}
	keys.count = 0;
	return !error;
}

static void add(unsigned int key)
{
	if (keys.count < CONTROL_KEYS_MAX)
		keys.key[keys.count++] = key;
}

/* Pressed in this order, and let go in the other. */
static bool press(long file, const char *names)
{
	uint16_t held[8];
	unsigned int count = 0;

	while (*names) {
		if (count == 8)
			return false;
		held[count] = key_named(&names);
		if (!held[count])
			return false;
		add(held[count++]);
	}
	while (count)
		add(held[--count] | CONTROL_KEY_UP);
	return send_keys(file);
}

static bool type(long file, const char *from)
{
	bool shift;
	unsigned int key;

	for (; *from; from++) {
		key = key_of(*from, &shift);
		if (!key)
			return false;
		if (shift)
			add(KEY_SHIFT);
		add(key);
		add(key | CONTROL_KEY_UP);
		if (shift)
			add(KEY_SHIFT | CONTROL_KEY_UP);
		if (keys.count >= BATCH && !send_keys(file))
			return false;
	}
	return send_keys(file);
}

static uint32_t value_of(const char *word)
{
	uint32_t value = 0;

	for (; *word >= '0' && *word <= '9'; word++)
		value = value * 10 + (uint32_t)(*word - '0');
	return value;
}

static bool point(long file, char **words, long count)
{
	const struct control_pointer_request request = {
		.request = { CONTROL_MAGIC, CONTROL_VERSION, CONTROL_POINTER,
			0 },
		.x = value_of(words[0]), .y = value_of(words[1]),
		.buttons = count > 2 ? value_of(words[2]) : 0,
		.wheel = count > 3 ? (int8_t)value_of(words[3]) : 0,
	};

	return !ask(file, &request, sizeof(request));
}

bool console_run(long file, char **words, long count, bool *good)
{
	long i;

	if (same(words[0], "screen") && count == 1) {
		*good = look(file);
	} else if (same(words[0], "type") && count == 2) {
		*good = type(file, words[1]);
	} else if (same(words[0], "pointer") && count >= 3) {
		*good = point(file, words + 1, count - 1);
	} else if (same(words[0], "keys") && count >= 2) {
		*good = true;
		for (i = 1; *good && i < count; i++)
			*good = press(file, words[i]);
	} else {
		return false;
	}
	return true;
}
