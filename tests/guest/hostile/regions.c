/* Hostile guests, N31: PCI's configuration by all sizes; regions over memory,
 * over the processor's devices and over each other, and what is read there. */
/* SPDX-License-Identifier: MIT */
#include "ide.h"
#include "rows.h"
#include "screen.h"

#define ADDRESS		0xcf8u
#define DATA		0xcfcu
#define RESET		0xcf9u	/* a byte there may end the VM */
#define ENABLE		0x80000000u
#define BARS		6u
#define DECODED		7u	/* ports, memory, master */
#define PORTS		1u
#define NOT_PORTS	0x3u
#define NOT_MEMORY	0xfu
#define CHIPS		0xfec00000u	/* the processor's side */
#define SHADOW		0xc0000u	/* firmware's RAM */
#define LAST		0xfffffffcu	/* of what segments have */
#define CHECK_EACH	1024u	/* steps */
/* Of a network adapter: its table of groups, where writing starts nothing. */
#define NIC_GROUPS	0x5200u

static const uint32_t functions[] = { PC_IDE, PC_VGA, PC_NIC };
#define FUNCTIONS (sizeof(functions) / sizeof(functions[0]))
static struct {
	uint32_t command, bar[BARS];
} before[FUNCTIONS];

/* Where it is none of firmware's business. */
static const uint32_t places[] = { 0, 0x1000, 0xa0000, 0xb8000, SHADOW, 0xf0000,
	PC_OWN, PC_FREE, PC_RAM - PAGE, PC_RAM, PC_RAM + 0x1000000,
	0x80000000, 0xbffff000, 0xc0000000, 0xe0000000, 0xf7fff000, 0xf8000000,
	0xfb000000, 0xfc000000, 0xfd000000, 0xfe000000, 0xfebf0000, 0xfebff000,
	CHIPS, 0xfed00000, 0xfee00000, 0xfffc0000, 0xfffff000, 0x1f1, 0x3c1,
	0x3f9, 0x601, 0xcf9, 0x1001, 0xc001, 0xff01, 0xfff1, 0xffff0001 };

static void begin(void)
{
	uint32_t i, bar;

	pc_begin();
	ide_begin();
	for (i = 0; i < FUNCTIONS; i++) {
		before[i].command = pc_config(functions[i], PC_COMMAND);
		for (bar = 0; bar < BARS; bar++)
			before[i].bar[bar] =
				pc_config(functions[i], PC_BAR(bar));
	}
	screen_begin();
}

/* Nothing is decoded while it goes back. */
static void restore(void)
{
	uint32_t i, bar;

	for (i = 0; i < FUNCTIONS; i++)
		pc_set_config(functions[i], PC_COMMAND, 0);
	for (i = 0; i < FUNCTIONS; i++) {
		for (bar = 0; bar < BARS; bar++)
			pc_set_config(functions[i], PC_BAR(bar),
				before[i].bar[bar]);
		pc_set_config(functions[i], PC_COMMAND, before[i].command);
	}
}

static void check(void)
{
	restore();
	screen_works();
	ide_begin();
	ide_works(0);
}

static uint32_t any_place(void)
{
	uint32_t i = below(FUNCTIONS);

	switch (below(4)) {
	case 0: return odd();
	case 1: return before[i].bar[below(BARS)] + (odd() & ~0xfffu);
	default: return PICK(places);
	}
}

static void count(bool good)
{
	if (good)
		taken++;
	else
		refused++;
}

static void move(void)
{
	uint32_t i = below(FUNCTIONS), bar = below(BARS), at = any_place();

	if (one_in(2))
		bar = functions[i] == PC_IDE ? 4 : 0;
	pc_set_config(functions[i], PC_BAR(bar), at);
	count(pc_config(functions[i], PC_BAR(bar)) == at);
}

static void decode(void)
{
	pc_set_config(PICK(functions), PC_COMMAND,
		one_in(4) ? odd() : one_in(4) ? below(8) : DECODED);
}

/* Any function, whether it is there or not. */
static void any_config(void)
{
	static const uint32_t there[] = { PC_HOST, PC_BRIDGE, PC_IDE, 10, 11,
		PC_VGA, PC_NIC, PC_NIC + 1, PC_NIC + 8 };
	uint32_t function = one_in(4) ? odd() : PICK(there);
	uint32_t size = pc_size(), offset = below(4);

	outl(ADDRESS, ENABLE | function << 8 | below(256));
	if (one_in(2))
		pc_out(DATA + offset, size, odd());
	else
		count(pc_in(DATA + offset, size) != ~0u);
}

static void any_address(void)
{
	uint32_t size = pc_size(), port = ADDRESS + below(4);

	if (size == 1 && port == RESET)
		return;
	pc_out(port, size, odd());
	pc_in(port, pc_size());
}

/* The guest's own memory is there, whatever was put over it; of the chips'
 * nothing is written. */
static void touch_memory(uint32_t function, uint32_t at)
{
	uint32_t offset = one_in(2) ? below(PAGE) : below(1 << 24);
	uint32_t value = random32();

	at += function == PC_NIC ? NIC_GROUPS + offset % 512 / 4 * 4 : offset;
	if (at > LAST)
		at = LAST;
	if (at >= PC_FREE && at < PC_RAM - 4) {
		pc_store(at, 4, value);
		CHECK(pc_load(at, 4) == value);
		return;
	}
	pc_load(at, pc_size());
	if (at >= PC_RAM && at < CHIPS - 4)
		pc_store(at, pc_size(), value);
}

static void touch(void)
{
	uint32_t function = PICK(functions), at;

	at = pc_config(function, PC_BAR(function == PC_IDE ? 4 : below(3)));
	if (at & PORTS)
		pc_in((at & ~NOT_PORTS) + below(64), pc_size());
	else
		touch_memory(function, at & ~NOT_MEMORY);
}

static void step(void)
{
	switch (below(8)) {
	case 0: case 1: move(); break;
	case 2: decode(); break;
	case 3: any_config(); break;
	case 4: any_address(); break;
	case 5: screen_enable(below(2)); break;
	default: touch(); break;
	}
	if (guest_step % CHECK_EACH == CHECK_EACH - 1)
		check();
}

const struct row row_regions = { "n31", begin, step, check };
