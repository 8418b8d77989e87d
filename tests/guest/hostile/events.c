/* Hostile guests, N8: SINTs, flags, vectors, VPs that there are not. */
/* SPDX-License-Identifier: MIT */
#include "bus.h"
#include "rows.h"

#define VERSION		VMBUS_VERSION_5_3
#define GPADL		5
#define RING_PAGES	4

static uint8_t rings[RING_PAGES][PAGE] __attribute__((aligned(4096)));
static uint32_t processors;

static void begin(void)
{
	struct letter letter;

	processors = hv_processors();
	bus_init();
	bus_connect(VERSION);
	bus_create(bus_relids[0], GPADL, quad_of(rings) / PAGE, RING_PAGES);
	bus_expect(VMBUS_GPADL_CREATED, &letter);
	CHECK(!letter.created.status);
}

static bool is_bell(uint32_t connection)
{
	unsigned int i;

	for (i = 0; i < BUS_CHANNELS; i++)
		if (bus_connections[i] == connection)
			return true;
	return false;
}

static void count(bool good)
{
	if (good)
		taken++;
	else
		refused++;
}

/* A bell has no flags. */
static void signal(void)
{
	static struct hv_signal_event_in in __attribute__((aligned(8)));
	uint16_t status;

	in.connection_id = one_in(2) ? below(64) : odd();
	in.flag = odd();
	in.reserved = one_in(4) ? odd() : 0;
	if (one_in(2))
		status = STATUS(hv_call(HVCALL_SIGNAL_EVENT | HVCALL_FAST,
			in.connection_id | (uint64_t)in.flag << 32 |
			(uint64_t)in.reserved << 48, 0));
	else
		status = STATUS(hv_call(HVCALL_SIGNAL_EVENT, quad_of(&in), 0));
	if (in.reserved)
		CHECK(status == HV_STATUS_INVALID_PARAMETER);
	else if (is_bell(in.connection_id))
		CHECK(status == HV_STATUS_SUCCESS);
	else
		CHECK(status == HV_STATUS_INVALID_CONNECTION_ID);
	count(!status);
}

static void post(void)
{
	static struct hv_post_message_in in __attribute__((aligned(256)));
	uint16_t status;

	odd_fill(&in, sizeof(in));
	in.reserved = one_in(4) ? odd() : 0;
	while (in.connection_id == VMBUS_CONNECTION ||
	    in.connection_id == VMBUS_CONNECTION_5)
		in.connection_id = odd();
	status = STATUS(hv_call(HVCALL_POST_MESSAGE, quad_of(&in), 0));
	if (in.reserved || !in.type || in.type & 1u << 31 || in.size > 240)
		CHECK(status == HV_STATUS_INVALID_PARAMETER);
	else
		CHECK(status == HV_STATUS_INVALID_CONNECTION_ID);
	count(!status);
}

/* Not the SINT that our messages come by. Vectors below 16 only masked. */
static void sint(void)
{
	uint32_t number = below(16);
	uint64_t value = one_in(2) ? below(32) : odd(), now;
	bool good;

	if (number == VMBUS_SINT)
		return;
	good = hv_write(HV_MSR_SINT0 + number, value);
	if ((value & 0xff) < 16 &&
	    !(value & (HV_SINT_MASKED | HV_SINT_POLLING)))
		CHECK(!good);
	else if (value < 256)
		CHECK(good);
	CHECK(hv_read(HV_MSR_SINT0 + number, &now));
	CHECK((now & 0xff) >= 16 || now & (HV_SINT_MASKED | HV_SINT_POLLING) ||
		!now);
	count(good);
}

/* There are 16 of them. */
static void far_sint(void)
{
	uint32_t number = HV_MSR_SINT15 + 1 + below(16);
	uint64_t value;

	hv_write(number, odd());
	if (hv_read(number, &value))
		CHECK(!value);
	refused++;
}

static uint32_t no_vp(void)
{
	uint32_t vp = odd();

	return vp < processors || vp == VMBUS_NO_VP ? processors : vp;
}

static void zero(void *page)
{
	uint64_t *at = page;
	unsigned int i;

	for (i = 0; i < PAGE / 8; i++)
		at[i] = 0;
}

static void open(uint32_t vp)
{
	struct letter letter;

	zero(rings[0]);
	zero(rings[2]);
	bus_open(bus_relids[0], GPADL, 2, vp);
	bus_expect(VMBUS_OPEN_RESULT, &letter);
	CHECK(!letter.opened.status == (vp < processors));
	count(!letter.opened.status);
}

static void modify(void)
{
	bool bad = one_in(2);
	struct vmbus_modify message = {
		.header.type = VMBUS_MODIFY,
		.relid = bus_relids[0],
		.vp = bad ? no_vp() : below(processors),
	};
	struct letter letter;

	bus_send(&message, sizeof(message));
	bus_expect(VMBUS_MODIFY_RESPONSE, &letter);
	CHECK(!letter.modified.status == !bad);
	count(!bad);
}

/* For a VP that there is not, for one that there is, given to another. */
static void channel(void)
{
	open(no_vp());
	open(below(processors));
	modify();
	bus_relid(VMBUS_CLOSE, bus_relids[0]);
}

/* No VP, or no SINT: nobody is connected. */
static void contact(void)
{
	bool bad_vp = one_in(2);
	struct vmbus_initiate_contact initiate = {
		.header.type = VMBUS_INITIATE_CONTACT,
		.version = VERSION,
		.vp = bad_vp ? no_vp() : 0,
		.sint = bad_vp ? VMBUS_SINT : 16 + below(240),
	};
	struct letter letter;

	if (initiate.vp == VMBUS_NO_VP)
		initiate.vp--;
	bus_send(&initiate, sizeof(initiate));
	bus_expect(VMBUS_VERSION_RESPONSE, &letter);
	CHECK(!letter.version.supported);
	refused++;
	begin();
}

static void step(void)
{
	switch (below(32)) {
	case 0: contact(); break;
	case 1: case 2: channel(); break;
	case 3: far_sint(); break;
	case 4 ... 11: sint(); break;
	case 12 ... 21: post(); break;
	default: signal(); break;
	}
}

const struct row row_events = { "n8", begin, step, NULL };
