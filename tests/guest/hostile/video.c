/* Hostile guests, N33: the VGA's registers and memory, modes that cannot be. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"
#include "screen.h"

#define FIRST_PORT	0x3b0u
#define PORTS		0x30u
#define WINDOW		0xa0000u
#define WINDOW_SIZE	0x20000u
#define PALETTE		0x3c8
#define CHECK_EACH	1024u	/* steps */

static void begin(void)
{
	pc_begin();
	screen_begin();
}

static void port(void)
{
	uint16_t number = FIRST_PORT + below(PORTS);

	if (one_in(2))
		pc_in(number, pc_size());
	else
		pc_out(number, pc_size(), odd());
}

/* Index and value. */
static void pair(void)
{
	static const uint16_t ports[] = { 0x3c4, 0x3ce, 0x3d4, 0x3b4 };

	if (one_in(4)) {
		inb(0x3da);
		outb(0x3c0, random32());
		outb(0x3c0, random32());
		return;
	}
	outw(PICK(ports), below(one_in(8) ? 256 : 32) | random32() << 8);
}

static void bochs(void)
{
	static const uint16_t values[] = { 0, 1, 2, 4, 7, 8, 9, 15, 16, 24, 32,
		0x41, 0x61, 0xc1, 255, 256, 640, 1024, 1920, 4088, 4095, 4096,
		4097, 8192, 0x7fff, 0x8000, 0xb0c4, 0xfff8, 0xffff };
	uint32_t index = below(SCREEN_REGISTERS + 2);
	uint16_t value = one_in(4) ? random32() : PICK(values);

	if (one_in(4))
		index = SCREEN_ENABLE;
	screen_set(index, value);
	if (screen_get(index) == value)
		taken++;
	else
		refused++;
}

static uint32_t any_address(void)
{
	switch (below(4)) {
	case 0: return WINDOW + below(WINDOW_SIZE);
	case 1: return WINDOW + below(4) * 0x8000 - 2;
	case 2: return screen_memory + below(SCREEN_MEMORY);
	default:
		return screen_memory + below(2) * SCREEN_MEMORY - 3 + below(6);
	}
}

static void memory(void)
{
	uint32_t at = any_address(), i;

	for (i = below(16); i; i--, at += pc_size())
		if (one_in(2))
			pc_store(at, pc_size(), random32());
		else
			pc_load(at, pc_size());
}

/* Moves within, out of and into video memory, past its end. */
static void block(void)
{
	static uint8_t own[PAGE];
	uint32_t from = one_in(2) ? any_address() : quad_of(own);
	uint32_t to = one_in(2) ? any_address() : quad_of(own);
	uint32_t count = below(one_in(16) ? PAGE / 4 : 32);

	__asm__ volatile("rep movsl" : "+S" (from), "+D" (to), "+c" (count)
		: : "memory");
}

static void palette(void)
{
	static uint8_t colours[1024];

	colours[below(1024)] = random32();
	outb(PALETTE - one_in(2), random32());
	pc_outs(PALETTE + 1, 1, colours, below(one_in(16) ? 1024 : 64));
}

static void step(void)
{
	switch (below(8)) {
	case 0: port(); break;
	case 1: case 2: pair(); break;
	case 3: bochs(); break;
	case 4: case 5: memory(); break;
	case 6: block(); break;
	default: palette(); break;
	}
	if (guest_step % CHECK_EACH == CHECK_EACH - 1)
		screen_works();
}

const struct row row_video = { "n33", begin, step, screen_works };
