/* A keyboard controller with its keyboard and mouse. usage: test_i8042 ROUNDS
 * [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"

#include "input/i8042.h"
#include "input/scancode.h"

static struct machine machine[2];
static struct i8042 controller[2];
static struct input input[2];
static struct screen screen;
static unsigned int pulls;

static void pull(void *context)
{
	(void)context;
	pulls++;
}

static void begin(unsigned int i)
{
	struct line irq[2];

	machine_init(&machine[i]);
	memset(&input[i], 0, sizeof(input[i]));
	irq[0] = machine_input(&machine[i], 1);
	irq[1] = machine_input(&machine[i], 12);
	screen.picture.width = 640;
	screen.picture.height = 480;
	CHECK(!i8042_init(&controller[i], &machine[i].ports,
		&machine[i].clock, irq, &input[i], &screen, pull, NULL));
}

static void end(unsigned int i)
{
	controller[i].device.ops->exit(&controller[i].device);
	CHECK(machine[i].wake == UINT64_MAX && !machine[i].ports.count);
	bus_free(&machine[i].ports);
	input_key(&input[i], 1, true);
	input_move(&input[i], 1, 1, 0, 0);
}

static uint8_t status(void)
{
	return in(&machine[0], 0x64);
}

static void command(uint8_t value)
{
	out(&machine[0], 0x64, value);
}

static void data(uint8_t value)
{
	out(&machine[0], 0x60, value);
}

static void to_mouse(uint8_t value)
{
	command(0xd4);
	data(value);
}

/* What comes, from the device that was meant, and no more. */
static void expect(bool mouse, unsigned int count, const uint8_t *bytes)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		CHECK((status() & 0x21) == (mouse ? 0x21 : 0x01));
		CHECK(in(&machine[0], 0x60) == bytes[i]);
		machine_pass(&machine[0], 20 * MS);
	}
	CHECK(!(status() & 1));
}

#define EXPECT(mouse, ...) \
	expect(mouse, sizeof((uint8_t[]){ __VA_ARGS__ }), \
		(uint8_t[]){ __VA_ARGS__ })

static void set_config(uint8_t value)
{
	command(0x60);
	data(value);
	command(0x20);
	EXPECT(false, value);
}

/* As Linux' and SeaBIOS' drivers look for it. */
static void test_controller(void)
{
	begin(0);
	CHECK(status() == 0x18);
	command(0xaa);
	EXPECT(false, 0x55);
	CHECK(status() & 0x04);
	command(0xab);
	EXPECT(false, 0x00);
	command(0xa9);
	EXPECT(false, 0x00);
	command(0xa4);
	EXPECT(false, 0xf1);
	set_config(0x77);
	set_config(0x30);
	command(0xa8);
	command(0x20);
	EXPECT(false, 0x10);
	command(0xae);
	command(0x20);
	EXPECT(false, 0x00);
	command(0xa7);
	command(0xad);
	command(0x20);
	EXPECT(false, 0x30);
	command(0xd3);
	data(0xa5);
	EXPECT(true, 0xa5);
	command(0xd2);
	data(0x5a);
	EXPECT(false, 0x5a);
	CHECK(!machine[0].rises[1] || !machine[0].level[1]);
	end(0);
}

static void test_lines(void)
{
	begin(0);
	command(0xd0);
	EXPECT(false, 0xcf);
	command(0xd1);
	data(0xcd);
	command(0xd0);
	EXPECT(false, 0xcd);
	command(0xdf);
	command(0xd0);
	EXPECT(false, 0xcf);
	command(0xdd);
	command(0xd0);
	EXPECT(false, 0xcd);
	pulls = 0;
	command(0xff);
	command(0xf1);
	CHECK(!pulls);
	command(0xfe);
	CHECK(pulls == 1);
	command(0xd1);
	data(0xfe);
	CHECK(pulls == 2);
	command(0xd1);
	data(0xff);
	CHECK(pulls == 2);
	end(0);
}

static void key(unsigned int code, bool down)
{
	input_key(&input[0], code, down);
}

static void test_keys(void)
{
	unsigned int code;

	begin(0);
	set_config(0x01);
	key(0x1e, true);
	CHECK(machine[0].level[1] && machine[0].rises[1] == 2);
	EXPECT(false, 0x1c);
	CHECK(!machine[0].level[1]);
	key(0x1e, false);
	EXPECT(false, 0xf0, 0x1c);
	CHECK(machine[0].rises[1] == 4);
	key(INPUT_E0 | 0x48, true);
	key(INPUT_E0 | 0x48, false);
	EXPECT(false, 0xe0, 0x75, 0xe0, 0xf0, 0x75);
	key(INPUT_PAUSE, true);
	key(INPUT_PAUSE, false);
	EXPECT(false, 0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77);
	key(INPUT_PRINT, true);
	key(INPUT_PRINT, false);
	EXPECT(false, 0xe0, 0x12, 0xe0, 0x7c, 0xe0, 0xf0, 0x7c, 0xe0, 0xf0,
		0x12);
	/* Translated, each key is its own code again. */
	set_config(0x41);
	for (code = 1; code < 0x80; code++) {
		key(code, true);
		EXPECT(false, code);
		key(code, false);
		EXPECT(false, code | 0x80);
	}
	key(INPUT_PAUSE, true);
	EXPECT(false, 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5);
	key(INPUT_E0 | 0x53, false);
	EXPECT(false, 0xe0, 0xd3);
	/* Codes that no key has. */
	key(0, true);
	key(0x80, true);
	key(INPUT_E0 | 0x2a, true);
	key(0x300, true);
	key(~0u, true);
	CHECK(!(status() & 1));
	end(0);
}

static void test_keyboard(void)
{
	begin(0);
	set_config(0x01);
	data(0xff);
	EXPECT(false, 0xfa, 0xaa);
	data(0xf2);
	EXPECT(false, 0xfa, 0xab, 0x83);
	data(0xfe);
	EXPECT(false, 0x83);
	data(0xed);
	EXPECT(false, 0xfa);
	data(0x05);
	EXPECT(false, 0xfa);
	CHECK(controller[0].keyboard.leds == 5);
	data(0xee);
	EXPECT(false, 0xee);
	data(0xf3);
	data(0x20);
	EXPECT(false, 0xfa, 0xfa);
	data(0xf0);
	data(0x00);
	EXPECT(false, 0xfa, 0xfa, 0x02);
	data(0xf0);
	data(0x03);
	EXPECT(false, 0xfa, 0xfe);
	data(0xf0);
	data(0x01);
	EXPECT(false, 0xfa, 0xfa);
	key(INPUT_E0 | 0x48, false);
	EXPECT(false, 0xe0, 0xc8);
	data(0x12);
	EXPECT(false, 0xfe);
	/* A command in place of an argument; the keyboard off. */
	data(0xed);
	data(0xf5);
	EXPECT(false, 0xfa, 0xfa);
	key(0x1e, true);
	CHECK(!(status() & 1));
	data(0xf4);
	EXPECT(false, 0xfa);
	key(0x1e, true);
	EXPECT(false, 0x1c);
	/* Translated: set 2 is 0x41, the identity 0x41, too. */
	set_config(0x41);
	data(0xf2);
	EXPECT(false, 0xfa, 0xab, 0x41);
	end(0);
}

/* One event after the other: who empties the buffer does so soon. */
static void test_pace(void)
{
	unsigned int i, bytes = 0;

	begin(0);
	set_config(0x01);
	for (i = 0; i < 300; i++) {
		key(0x1e, true);
		key(0x1e, false);
	}
	CHECK(controller[0].keyboard.count <= PS2_BACKLOG);
	for (; status() & 1; bytes++)
		in(&machine[0], 0x60);
	CHECK(bytes && bytes <= 3);
	for (i = 0; i < 1000; i++) {
		machine_pass(&machine[0], MS);
		for (; status() & 1; bytes++)
			in(&machine[0], 0x60);
	}
	CHECK(bytes > 100 && bytes <= 3 * PS2_BACKLOG);
	CHECK(machine[0].wake == UINT64_MAX);
	/* An answer comes before a byte that waits. */
	key(0x1e, true);
	command(0x20);
	EXPECT(false, 0x01, 0x1c);
	/* Off, the keyboard keeps what it has. */
	command(0xad);
	key(0x1e, true);
	CHECK(!(status() & 1));
	command(0xae);
	EXPECT(false, 0x1c);
	end(0);
}

static void move(
	unsigned int x, unsigned int y, unsigned int buttons, int wheel)
{
	input_move(&input[0], x, y, buttons, wheel);
}

static void test_mouse(void)
{
	begin(0);
	set_config(0x03);
	to_mouse(0xff);
	EXPECT(true, 0xfa, 0xaa, 0x00);
	move(0, 0, 0, 0);
	CHECK(!(status() & 1));
	to_mouse(0xf2);
	EXPECT(true, 0xfa, 0x00);
	to_mouse(0xf4);
	EXPECT(true, 0xfa);
	CHECK(machine[0].rises[12] == 6 && !machine[0].level[12]);
	/* 10 dots right and down, of 640 x 480. */
	move(512, 683, 0, 0);
	EXPECT(true, 0x28, 10, 0xf6);
	move(0, 0, INPUT_LEFT, 5);
	EXPECT(true, 0x19, 0xf6, 10);
	/* Far, in more than one packet; then nothing new. */
	move(INPUT_POSITION_MAX, 0, INPUT_LEFT | INPUT_RIGHT, 0);
	EXPECT(true, 0x0b, 127, 0, 0x0b, 127, 0, 0x0b, 127, 0, 0x0b, 127, 0,
		0x0b, 127, 0, 0x0b, 5, 0);
	move(INPUT_POSITION_MAX, 0, INPUT_LEFT | INPUT_RIGHT, 0);
	CHECK(!(status() & 1));
	/* The wheel, after its knock. */
	to_mouse(0xf3);
	to_mouse(200);
	to_mouse(0xf3);
	to_mouse(100);
	to_mouse(0xf3);
	to_mouse(80);
	EXPECT(true, 0xfa, 0xfa, 0xfa, 0xfa, 0xfa, 0xfa);
	to_mouse(0xf2);
	EXPECT(true, 0xfa, 0x03);
	move(INPUT_POSITION_MAX, 0, 0, 1);
	EXPECT(true, 0x08, 0, 0, 0xff);
	end(0);
}

static void test_mouse_modes(void)
{
	begin(0);
	to_mouse(0xe9);
	EXPECT(true, 0xfa, 0x00, 0x02, 0x64);
	to_mouse(0xe8);
	to_mouse(0x03);
	to_mouse(0xe7);
	EXPECT(true, 0xfa, 0xfa, 0xfa);
	to_mouse(0xf0);
	EXPECT(true, 0xfa);
	move(512, 0, INPUT_MIDDLE, 0);
	CHECK(!(status() & 1));
	to_mouse(0xeb);
	EXPECT(true, 0xfa, 0x0c, 10, 0);
	to_mouse(0xe9);
	EXPECT(true, 0xfa, 0x52, 0x03, 0x64);
	to_mouse(0xee);
	EXPECT(true, 0xfa);
	to_mouse(0xf4);
	to_mouse(0x12);
	EXPECT(true, 0xf4, 0x12);
	to_mouse(0xec);
	EXPECT(true, 0xfa);
	to_mouse(0x01);
	EXPECT(true, 0xfe);
	to_mouse(0xf6);
	EXPECT(true, 0xfa);
	end(0);
}

static void some_writes(void)
{
	static const uint8_t commands[] = { 0x20, 0x60, 0xa7, 0xa8, 0xad, 0xae,
		0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xaa, 0xfe };

	switch (any() % 6) {
	case 0:
		command(any());
		break;
	case 1:
		command(commands[any() % sizeof(commands)]);
		break;
	case 2:
		to_mouse(any() % 2 ? any() : 0xe6 + any() % 26);
		break;
	case 3:
		bus_write(&machine[0].ports, 0x5f + any() % 7, 1 << any() % 4,
			any());
		break;
	default:
		data(any() % 2 ? any() : 0xed + any() % 19);
		break;
	}
}

static void some_input(void)
{
	if (any() % 2)
		key(any() % 2 ? any() : any() % 0x80, any() % 2);
	else
		move(any() % 2 ? any() : any() % 0x8000, any(), any(), any());
}

/* N30: floods of commands, of keys, of moves; bounded, and the same again from
 * a saved state. */
static void hostile(unsigned int rounds)
{
	const struct i8042 *now = &controller[0];
	unsigned int i;

	begin(0);
	begin(1);
	for (i = 0; i < rounds * 8; i++) {
		if (any() % 2)
			some_writes();
		else if (any() % 2)
			some_input();
		else if (any() % 3)
			in(&machine[0], any() % 2 ? 0x60 : 0x64);
		else
			machine_pass(&machine[0], any() % (20 * MS));
		CHECK(now->keyboard.queue.count <= PS2_QUEUE &&
			now->mouse.queue.count <= PS2_QUEUE &&
			now->keyboard.count <= PS2_BACKLOG);
		CHECK(!machine[0].level[1] || !machine[0].level[12]);
		if (any() % 64 == 0)
			copy_state(&controller[0].device,
				&controller[1].device);
	}
	check_bad_loads(&controller[0].device, rounds);
	end(0);
	end(1);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_i8042", count, arguments);

	test_controller();
	test_lines();
	test_keys();
	test_keyboard();
	test_pace();
	test_mouse();
	test_mouse_modes();
	hostile(rounds);
	return 0;
}
