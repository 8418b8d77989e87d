/* Hostile guests, N16: lists of pages that do not add up. N18: of pages that
 * are none. */
/* SPDX-License-Identifier: MIT */
#include "bus.h"
#include "rows.h"

#define PAGES_MOST	300u
#define HEAD_MOST	26u	/* in the first message */
#define BODY_MOST	28u
#define AGAIN		512	/* steps of a connection */
#define MEMORY		(64u << 20)	/* this VM's, at least */

static uint32_t id;

static void begin(void)
{
	bus_init();
	bus_connect(VMBUS_VERSION_5_2);
}

struct create {
	struct vmbus_gpadl_header header;
	uint32_t bytes, offset;
	uint64_t page[HEAD_MOST];
} __attribute__((packed));

struct body {
	struct vmbus_gpadl_body header;
	uint64_t page[BODY_MOST];
};

static uint64_t good_page(void)
{
	return 0x200 + below(0x1000);
}

static uint64_t bad_page(void)
{
	static const uint64_t list[] = { 0xa0, 0xbf, 0xfee00, 0xfec00, 0xfebf0,
		0xd0000, 0xfffff, 0x100000, 1ull << 40, (1ull << 52) - 1,
		1ull << 52, ~0ull, ~0ull >> 12, 1ull << 63 };

	return PICK(list);
}

/* A header as it should be. */
static void prepare(struct create *create, uint32_t count)
{
	uint32_t i;

	*create = (struct create){
		.header.header.type = VMBUS_GPADL_HEADER,
		.header.relid = bus_relids[below(BUS_CHANNELS)],
		.header.gpadl = ++id,
		.header.bytes = 8 + 8 * count,
		.header.ranges = 1,
		.bytes = count * PAGE,
	};
	for (i = 0; i < HEAD_MOST; i++)
		create->page[i] = good_page();
}

/* One thing that is wrong. */
static void spoil(struct create *create, uint32_t *count)
{
	static const uint16_t ranges[] = { 0, 2, 255, 0xffff };
	static const uint32_t bytes[] = { 0, ~0u, 1, 4095, 4097, 0xfffff000,
		0x80000000, 0x7fffffff };
	static const uint32_t offsets[] = { 4096, 4097, ~0u, 0x80000000 };

	switch (below(7)) {
	case 0: create->header.ranges = PICK(ranges); break;
	case 1: create->bytes = PICK(bytes); break;
	case 2: create->offset = PICK(offsets); break;
	case 3: create->header.bytes += 8 * (1 + below(1000)); break;
	case 4: create->header.bytes -= 1 + below(8); break;
	case 5: create->header.relid = 100 + below(10000); break;
	default:
		create->page[below(*count < HEAD_MOST ? *count : HEAD_MOST)] =
			bad_page();
	}
}

static uint32_t size_of(uint32_t count)
{
	return sizeof(struct create) -
		8 * (HEAD_MOST - (count < HEAD_MOST ? count : HEAD_MOST));
}

static void expect(uint32_t relid, bool good)
{
	struct letter letter;

	bus_expect(VMBUS_GPADL_CREATED, &letter);
	CHECK(letter.created.relid == relid && letter.created.gpadl == id);
	CHECK(!letter.created.status == good);
	if (good)
		taken++;
	else
		refused++;
	if (!good)
		return;
	bus_teardown(relid, id);
	bus_expect(VMBUS_GPADL_TORNDOWN, &letter);
	CHECK(letter.torndown.gpadl == id);
}

/* The rest of the pages, some for a list that there is not. False: one of them
 * is no page. */
static bool send_bodies(uint32_t count, bool bad)
{
	struct body body = { .header.header.type = VMBUS_GPADL_BODY };
	uint32_t i, now, left = count - HEAD_MOST;

	for (; left; left -= now) {
		now = 1 + below(left < BODY_MOST ? left : BODY_MOST);
		for (i = 0; i < BODY_MOST; i++)
			body.page[i] = good_page();
		body.header.gpadl = id + 1 + below(1000);
		if (one_in(2))
			bus_send(&body, sizeof(body.header) + 8 * now);
		body.header.gpadl = id;
		if (bad && (left == now || one_in(4))) {
			body.page[below(now)] = bad_page();
			left = now;
		}
		bus_send(&body, sizeof(body.header) + 8 * now);
		if (bad && left == now)
			return false;
	}
	return true;
}

static void step(void)
{
	struct create create;
	uint32_t count = one_in(2) ? 1 + below(HEAD_MOST) :
		1 + below(PAGES_MOST);

	prepare(&create, count);
	if (one_in(2)) {
		spoil(&create, &count);
		bus_send(&create, size_of(count));
		expect(create.header.relid, false);
	} else {
		bus_send(&create, size_of(count));
		/* The pages of some never come. */
		if (count > HEAD_MOST && one_in(8))
			refused++;
		else
			expect(create.header.relid, count <= HEAD_MOST ||
				send_bodies(count, one_in(2)));
	}
	if (guest_step % AGAIN == AGAIN - 1)
		begin();
}

const struct row row_lists = { "n16", begin, step, bus_unload };

/* N18: pages twice, pages under pages of the hypervisor's, rings that are one
 * another, with whatever is in them. */
static uint8_t memory[8][PAGE] __attribute__((aligned(4096)));

static void place_begin(void)
{
	begin();
	CHECK(hv_write(HV_MSR_VP_ASSIST_PAGE, quad_of(memory[6]) | 1));
	CHECK(hv_write(HV_MSR_REFERENCE_TSC, quad_of(memory[7]) | 1));
}

static uint64_t place(bool *good)
{
	if (one_in(24)) {
		*good = false;
		return bad_page();
	}
	if (one_in(12))
		return quad_of(hv_messages) / PAGE;
	return quad_of(memory[below(8)]) / PAGE;
}

static void scribble(void)
{
	odd_fill(memory[below(6)], one_in(16) ? PAGE : 64);
}

static void zero(void)
{
	uint64_t *at = (uint64_t *)memory;
	unsigned int i;

	for (i = 0; i < 6 * PAGE / 8; i++)
		at[i] = 0;
}

/* Whether it can be opened depends on what lies in the pages; the answer comes
 * in any case. */
static void use(uint32_t channel)
{
	struct letter letter;
	unsigned int i;

	if (one_in(2))
		zero();
	bus_open(bus_relids[channel], id, 1 + below(6), 0);
	bus_expect(VMBUS_OPEN_RESULT, &letter);
	for (i = below(3); i; i--) {
		scribble();
		bus_signal(bus_connections[channel]);
	}
	if (!letter.opened.status)
		bus_relid(VMBUS_CLOSE, bus_relids[channel]);
}

static void place_step(void)
{
	uint32_t channel = below(BUS_CHANNELS), count = 1 + below(8), i;
	bool good = true;
	struct create create;
	struct letter letter;

	prepare(&create, count);
	create.header.relid = bus_relids[channel];
	for (i = 0; i < count; i++)
		create.page[i] = place(&good);
	bus_send(&create, size_of(count));
	bus_expect(VMBUS_GPADL_CREATED, &letter);
	CHECK(!letter.created.status == good);
	if (good)
		taken++;
	else
		refused++;
	if (!good)
		return;
	if (one_in(2))
		use(channel);
	bus_teardown(bus_relids[channel], id);
	bus_expect(VMBUS_GPADL_TORNDOWN, &letter);
}

const struct row row_places = { "n18", place_begin, place_step, bus_unload };
