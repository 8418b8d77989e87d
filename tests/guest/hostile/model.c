/* Hostile guests, N17: lists and channels in every order: names that are taken,
 * teardown of what is open, or is gone. */
/* SPDX-License-Identifier: MIT */
#include "bus.h"
#include "rows.h"

#define NAMES		3u	/* of lists */
#define WHOLE		4u	/* pages */
#define LONG		30u	/* these need two messages */
#define HEAD_MOST	26u
#define AGAIN		256	/* steps of a connection */

/* What the other side should have. */
static struct {
	enum { NONE, FILLING, READY, LEAVING } list[NAMES];
	enum { CLOSED, OPEN, RELEASED } state;
	uint32_t used;		/* while it is open */
} model[BUS_CHANNELS + 1];	/* the last one is never offered */

static uint8_t memory[BUS_CHANNELS + 1][LONG][PAGE]
	__attribute__((aligned(4096)));

static void begin(void)
{
	unsigned int i, name;

	bus_init();
	bus_connect(VMBUS_VERSION_5_2);
	for (i = 0; i <= BUS_CHANNELS; i++) {
		model[i].state = i < BUS_CHANNELS ? CLOSED : RELEASED;
		for (name = 0; name < NAMES; name++)
			model[i].list[name] = NONE;
	}
}

static uint32_t relid(uint32_t channel)
{
	return channel < BUS_CHANNELS ? bus_relids[channel] : 77;
}

static uint32_t first(uint32_t channel)
{
	return quad_of(memory[channel]) / PAGE;
}

/* The channel that fills a list of this name. */
static uint32_t filling(uint32_t name)
{
	uint32_t i;

	for (i = 0; i < BUS_CHANNELS; i++)
		if (model[i].list[name] == FILLING)
			return i;
	return BUS_CHANNELS;
}

static void count(bool good)
{
	if (good)
		taken++;
	else
		refused++;
}

static void expect_created(uint32_t channel, uint32_t name, bool good)
{
	struct letter letter;

	bus_expect(VMBUS_GPADL_CREATED, &letter);
	CHECK(letter.created.relid == relid(channel));
	CHECK(letter.created.gpadl == name + 1);
	CHECK(!letter.created.status == good);
	count(good);
}

static void create(uint32_t channel, uint32_t name, bool is_long)
{
	bool good = model[channel].state != RELEASED &&
		model[channel].list[name] == NONE &&
		(!is_long || filling(name) == BUS_CHANNELS);

	bus_create(relid(channel), name + 1, first(channel),
		is_long ? LONG : WHOLE);
	if (good && is_long) {
		model[channel].list[name] = FILLING;
		return;
	}
	if (good)
		model[channel].list[name] = READY;
	expect_created(channel, name, good);
}

static void fill(uint32_t name)
{
	struct {
		struct vmbus_gpadl_body header;
		uint64_t page[LONG - HEAD_MOST];
	} body = {
		.header.header.type = VMBUS_GPADL_BODY,
		.header.gpadl = name + 1,
	};
	uint32_t channel = filling(name), i;

	for (i = 0; i < LONG - HEAD_MOST; i++)
		body.page[i] = first(channel) + HEAD_MOST + i;
	bus_send(&body, sizeof(body));
	if (channel == BUS_CHANNELS)
		return;
	model[channel].list[name] = READY;
	expect_created(channel, name, true);
}

static void clear(uint32_t channel)
{
	uint64_t *at = (uint64_t *)memory[channel];
	unsigned int i;

	for (i = 0; i < WHOLE * PAGE / 8; i++)
		at[i] = 0;
}

static void open(uint32_t channel, uint32_t name)
{
	bool good = model[channel].state == CLOSED &&
		model[channel].list[name] == READY;
	struct letter letter;

	if (model[channel].state != OPEN)
		clear(channel);
	bus_open(relid(channel), name + 1, 2, 0);
	bus_expect(VMBUS_OPEN_RESULT, &letter);
	CHECK(letter.opened.relid == relid(channel));
	CHECK(!letter.opened.status == good);
	count(good);
	if (!good)
		return;
	model[channel].state = OPEN;
	model[channel].used = name;
}

static void expect_torndown(uint32_t channel, uint32_t name)
{
	struct letter letter;

	bus_expect(VMBUS_GPADL_TORNDOWN, &letter);
	CHECK(letter.torndown.gpadl == name + 1);
	model[channel].list[name] = NONE;
	taken++;
}

static void close(uint32_t channel)
{
	bus_relid(VMBUS_CLOSE, relid(channel));
	if (model[channel].state != OPEN)
		return;
	model[channel].state = CLOSED;
	if (model[channel].list[model[channel].used] == LEAVING)
		expect_torndown(channel, model[channel].used);
}

/* What is in use leaves when it is not any more. */
static void teardown(uint32_t channel, uint32_t name)
{
	bus_teardown(relid(channel), name + 1);
	if (model[channel].list[name] != READY)
		return;
	if (model[channel].state == OPEN && model[channel].used == name)
		model[channel].list[name] = LEAVING;
	else
		expect_torndown(channel, name);
}

static void release(uint32_t channel)
{
	uint32_t name;

	bus_relid(VMBUS_RELID_RELEASED, relid(channel));
	if (model[channel].state != CLOSED)
		return;
	model[channel].state = RELEASED;
	for (name = 0; name < NAMES; name++)
		model[channel].list[name] = NONE;
}

static void step(void)
{
	uint32_t channel = below(BUS_CHANNELS + 1), name = below(NAMES);

	switch (below(16)) {
	case 0 ... 3: create(channel, name, false); break;
	case 4: case 5: create(channel, name, true); break;
	case 6: case 7: fill(name); break;
	case 8: case 9: case 10: open(channel, name); break;
	case 11: case 12: close(channel); break;
	case 13: case 14: teardown(channel, name); break;
	default:
		if (one_in(8))
			release(channel);
	}
	if (guest_step % AGAIN == AGAIN - 1) {
		if (one_in(2))
			bus_unload();
		begin();
	}
}

const struct row row_model = { "n17", begin, step, bus_unload };
