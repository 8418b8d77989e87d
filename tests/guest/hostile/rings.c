/* Hostile guests, N19: indices and packets that are garbage, and change while
 * they are read. */
/* SPDX-License-Identifier: MIT */
#include "bus.h"
#include "rows.h"

#define GPADL		9u
#define SPLIT		3u
#define PAGES		6u
#define SIZE		((SPLIT - 1) * PAGE)	/* of a ring's data */
#define LIFE		16	/* steps of an open channel */
/* Words of a ring's first page. */
enum { WRITE, READ, MASK, PENDING };

static uint32_t memory[PAGES][PAGE / 4] __attribute__((aligned(4096)));
static volatile uint32_t *const out = memory[0], *const in = memory[SPLIT];
static uint32_t channel;
static bool is_open, is_race;

/* Another processor, at any time. */
static void scribble(void)
{
	static const uint32_t list[] = { 0, 8, 16, 24, 4, SIZE - 8, SIZE,
		SIZE + 8, ~0u, 0x80000000, 4096, 32, 40, 48, 56, 64 };
	volatile uint32_t *const pages[] = { out, in };
	uint32_t state = 4711;

	for (;;) {
		state = state * 1664525 + 1013904223;
		pages[state >> 31][state >> 28 & 3] =
			list[(state >> 8) % (sizeof(list) / sizeof(list[0]))];
	}
}

static void begin(void)
{
	struct letter letter;

	bus_init();
	bus_connect(VMBUS_VERSION_5_2);
	for (channel = 0; channel < BUS_CHANNELS; channel++) {
		bus_create(bus_relids[channel], GPADL, quad_of(memory) / PAGE,
			PAGES);
		bus_expect(VMBUS_GPADL_CREATED, &letter);
		CHECK(!letter.created.status);
	}
	channel = 0;
}

static void begin_race(void)
{
	begin();
	is_race = hv_processors() > 1;
	if (is_race)
		hv_start(1, scribble);
}

static void clear(void)
{
	volatile uint32_t *at = memory[0];
	unsigned int i;

	for (i = 0; i < PAGES * PAGE / 4; i++)
		at[i] = 0;
}

/* A worker that lives says hello: its service begins with a packet. Who has
 * another processor writing there cannot tell. */
static void open(void)
{
	uint64_t end = hv_time() + 60000 * MS;
	struct letter letter;

	channel = below(BUS_CHANNELS);
	clear();
	bus_open(bus_relids[channel], GPADL, SPLIT, 0);
	bus_expect(VMBUS_OPEN_RESULT, &letter);
	is_open = !letter.opened.status;
	if (is_race)
		return;
	CHECK(is_open);
	while (!in[WRITE]) {
		CHECK(hv_time() < end);
		hv_pause();
	}
}

static void close(void)
{
	bus_relid(VMBUS_CLOSE, bus_relids[channel]);
	is_open = false;
}

static uint32_t index(void)
{
	switch (below(4)) {
	case 0: return odd();
	case 1: return SIZE + below(3) * 8;
	case 2: return below(SIZE);
	default: return below(SIZE / 8) * 8;
	}
}

static void write_indices(void)
{
	static const uint32_t words[] = { WRITE, READ, MASK, PENDING };

	if (one_in(2))
		out[PICK(words)] = index();
	if (one_in(2))
		in[PICK(words)] = index();
}

/* A descriptor that nearly adds up. */
static void write_packet(void)
{
	static const uint16_t types[] = { 0, 6, 7, 9, 11, 0xffff };
	uint32_t place = out[WRITE] % (SIZE - 80) & ~7u;
	volatile uint32_t *at = out + (PAGE + place) / 4;

	at[0] = PICK(types) | (one_in(2) ? 2 : below(8)) << 16;
	at[1] = (one_in(4) ? (uint32_t)odd() : 2 + below(20)) |
		below(2) << 16;
	odd_fill((void *)(at + 2), 64);
	out[WRITE] = (place + 8 * below(24)) % SIZE;
}

static void step(void)
{
	if (!is_open)
		open();
	if (one_in(3))
		write_indices();
	else
		write_packet();
	bus_signal(bus_connections[channel]);
	taken++;
	if (one_in(LIFE))
		close();
}

const struct row row_rings = { "n19", begin_race, step, bus_unload };
