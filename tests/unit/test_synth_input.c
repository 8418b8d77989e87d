/* Keyboard and pointer on VMBus: a guest as Linux, and one that lies. */
/* SPDX-License-Identifier: MIT */
#include "fake_synth.h"
#include "input/synthkbd.h"
#include "input/synthmouse.h"

enum { KEYBOARD = 1, MOUSE };	/* relids: the order of init */

static struct input input;
static struct synthkbd keyboard;
static struct synthmouse mouse;

static void fresh(void)
{
	fresh_bus();
	memset(&input, 0, sizeof(input));
	CHECK(!synthkbd_init(&keyboard, &vmbus, &input));
	CHECK(!synthmouse_init(&mouse, &vmbus, &input));
	connect_guest();
	open_channel(KEYBOARD);
	open_channel(MOUSE);
}

static void keyboard_up(void)
{
	const uint32_t request[2] = { 1, 0x10000 };
	uint32_t answer[2];

	put_raw(KEYBOARD, request, sizeof(request));
	CHECK(get_raw(KEYBOARD, answer, sizeof(answer)) == 8);
	CHECK(answer[0] == 2 && answer[1] == 1);
	CHECK(keyboard.ready && input.keyboard_active[INPUT_SYNTHETIC]);
}

static void mouse_up(void)
{
	const uint32_t request[3] = { 0, 4, 0x20000 };
	const uint32_t ack[3] = { 3, 1 };
	uint8_t got[256];
	uint16_t size;

	put_framed(MOUSE, request, sizeof(request));
	CHECK(get_framed(MOUSE, got, sizeof(got)) == 13);
	CHECK(got[0] == 1 && got[4] == 5 && got[12] == 1);
	CHECK(get_framed(MOUSE, got, sizeof(got)) > 60 && got[0] == 2);
	/* As Linux looks at it. */
	CHECK(got[8] == 32 && got[40] == 9 && got[41] == 0x21 &&
		got[46] == 0x22);
	memcpy(&size, got + 47, 2);
	CHECK(got[49] == 5 && got[49 + 14] == 0x29 &&
		got[49 + size - 1] == 0xc0);
	CHECK(!input.pointer_active[INPUT_SYNTHETIC]);
	put_framed(MOUSE, ack, 9);
	CHECK(mouse.state == SYNTHMOUSE_READY &&
		input.pointer_active[INPUT_SYNTHETIC]);
}

struct keystroke {
	uint32_t type;
	uint16_t code, reserved;
	uint32_t flags;
	uint32_t padding;
};

static void expect_key(unsigned int code, unsigned int flags)
{
	struct keystroke got;

	CHECK(get_raw(KEYBOARD, &got, sizeof(got)) == 16);
	CHECK(got.type == 3 && got.code == code && got.flags == flags);
}

static void expect_none(uint32_t relid)
{
	uint8_t got[256];

	CHECK(get_raw(relid, got, sizeof(got)) == -1);
}

static void test_keyboard(void)
{
	fresh();
	input_key(&input, 0x1e, true);
	expect_none(KEYBOARD);
	keyboard_up();
	input_key(&input, 0x1e, true);
	input_key(&input, 0x1e, false);
	input_key(&input, INPUT_E0 | 0x48, true);
	input_key(&input, INPUT_E0 | 0x48, false);
	input_key(&input, INPUT_PAUSE, true);
	input_key(&input, INPUT_PAUSE, false);
	expect_key(0x1e, 0);
	expect_key(0x1e, 2);
	expect_key(0x48, 4);
	expect_key(0x48, 6);
	expect_key(0x1d, 8);
	expect_key(0x45, 0);
	expect_key(0x1d, 10);
	expect_key(0x45, 2);
	close_channel(KEYBOARD);
	CHECK(!keyboard.ready && !input.keyboard_active[INPUT_SYNTHETIC]);
	input_key(&input, 0x1e, true);
	open_channel(KEYBOARD);
	keyboard_up();
	expect_none(KEYBOARD);
}

static void test_versions(void)
{
	const uint32_t key_request[2] = { 1, 0x20000 };
	const uint32_t mouse_request[3] = { 0, 4, 0x30000 };
	uint8_t got[64];
	uint32_t answer[2];

	fresh();
	put_raw(KEYBOARD, key_request, sizeof(key_request));
	CHECK(get_raw(KEYBOARD, answer, sizeof(answer)) == 8);
	CHECK(answer[0] == 2 && !answer[1] && !keyboard.ready);
	keyboard_up();
	put_framed(MOUSE, mouse_request, sizeof(mouse_request));
	CHECK(get_framed(MOUSE, got, sizeof(got)) == 13 && !got[12]);
	expect_none(MOUSE);
	mouse_up();
	mouse_up();
}

/* The guest's driver wants it (VMBus' packets say so). */
static void test_completion(void)
{
	const uint32_t request[2] = { 1, 0x10000 };
	struct fake_ring ring;
	uint64_t transaction, answer;

	fresh();
	put_packet(KEYBOARD, PACKET_IN_BAND, 1, 4711, request, 8);
	ring = ring_of(KEYBOARD, true);
	CHECK(fake_receive(&ring, &transaction, &answer, 8) == 8);
	CHECK(fake_receive(&ring, &transaction, &answer, 8) == 0);
	CHECK(transaction == 4711);
}

/* The guest reads nothing: what is pressed comes up in the end. */
static void test_full(void)
{
	struct keystroke got;
	int down = 0;
	unsigned int i;

	fresh();
	keyboard_up();
	for (i = 0; i < 2000; i++)
		input_key(&input, 0x10 + i % 16, true);
	for (i = 0; i < 16; i++)
		input_key(&input, 0x10 + i, false);
	CHECK(pipe_room(&keyboard.pipe) == 64 - 17);
	CHECK(!input_key_room(&input));
	for (i = 0; i < 1000; i++) {
		while (get_raw(KEYBOARD, &got, sizeof(got)) == 16)
			down = got.flags ? down + 1 : 0;
		ring_bell(KEYBOARD);
	}
	CHECK(down == 16 && pipe_room(&keyboard.pipe) == PIPE_LETTERS);
	/* As many as one request on the control socket may have. */
	CHECK(input_key_room(&input) >= 64);
}

struct report {
	uint8_t head[8], buttons;
	uint16_t x, y;
	int8_t wheel;
} __attribute__((packed));

static struct report report(void)
{
	struct report got;

	CHECK(get_framed(MOUSE, &got, sizeof(got)) == sizeof(got));
	CHECK(got.head[0] == 4 && got.head[4] == 6);
	return got;
}

static void test_mouse(void)
{
	struct report got;
	unsigned int i, count;

	fresh();
	mouse_up();
	input_move(&input, 1, 32767, INPUT_LEFT | INPUT_MIDDLE, -1);
	got = report();
	CHECK(got.x == 1 && got.y == 32767 && got.buttons == 5 &&
		got.wheel == -1);
	/* Nobody reads: of places only the last stays, no click is lost. */
	for (i = 0; i < 5000; i++)
		input_move(&input, i, i, 0, 0);
	CHECK(pipe_room(&mouse.pipe) == PIPE_LETTERS - 1);
	input_move(&input, 6000, 6000, INPUT_LEFT, 0);
	input_move(&input, 6001, 6001, INPUT_LEFT, 0);
	input_move(&input, 6001, 6001, 0, 0);
	CHECK(pipe_room(&mouse.pipe) == PIPE_LETTERS - 3);
	for (i = 0, count = 0; i < 10; i++) {
		while (get_framed(MOUSE, &got, sizeof(got)) > 0)
			count++;
		ring_bell(MOUSE);
	}
	CHECK(count > 200 && got.x == 6001 && !got.buttons);
	expect_none(MOUSE);
}

static void test_saved(unsigned int rounds)
{
	unsigned int i;

	fresh();
	copy_state(&vmbus.device, &vmbus.device);
	keyboard_up();
	mouse_up();
	for (i = 0; i < 700; i++) {
		input_key(&input, 0x1e, true);
		input_move(&input, i, i, i & 7, i & 1);
	}
	CHECK(pipe_room(&mouse.pipe) < PIPE_LETTERS);
	copy_state(&vmbus.device, &vmbus.device);
	CHECK(keyboard.ready && mouse.state == SYNTHMOUSE_READY);
	CHECK(input.keyboard_active[INPUT_SYNTHETIC]);
	check_bad_loads(&vmbus.device, rounds / 10);
}

/* Messages of any bytes: those that it must know, and others (N33). */
static void test_hostile(unsigned int rounds)
{
	uint32_t words[64], relid;
	unsigned int i, size;

	fresh();
	for (; rounds; rounds--) {
		relid = 1 + any() % 2;
		for (i = 0; i < 64; i++)
			words[i] = any() % 4 ? any() % 8 : any();
		size = any() % sizeof(words);
		if (any() % 8 == 0)
			words[2] = 0x20000;
		if (any() % 8 == 0)
			words[1] = 0x10000;
		if (any() % 2)
			put_framed(relid, words, size);
		else
			put_packet(relid, any() % 12, any() % 2, any(), words,
				size);
		input_key(&input, any() % 0x200, any() % 2);
		input_move(&input, any() % 40000, any() % 40000, any() % 8,
			(int)(any() % 300) - 150);
		if (any() % 4)
			while (get_raw(relid, words, sizeof(words)) >= 0)
				;
		CHECK(input.keyboard_active[INPUT_SYNTHETIC] ==
			keyboard.ready);
		if (any() % 64 == 0)
			fresh();
	}
	fresh();
	keyboard_up();
	mouse_up();
}

int main(int argc, char **argv)
{
	unsigned int rounds = start("synth input", argc, argv);

	test_keyboard();
	test_versions();
	test_completion();
	test_full();
	test_mouse();
	test_saved(rounds);
	test_hostile(rounds);
	vmbus.device.ops->exit(&vmbus.device);
	return 0;
}
