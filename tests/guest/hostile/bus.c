/* Hostile guests: a small client of VMBus. */
/* SPDX-License-Identifier: MIT */
#include "bus.h"

#include "random.h"

#define VECTOR		96
#define PATIENCE	(60000 * MS)
#define HEAD_MOST	26u	/* pages in the first message */
/* The first number of the GUID of SCSI controllers (include/linux/hyperv.h). */
#define CONTROLLER	0xba6163d9u
#define ADAPTER		0xf8615163u	/* the same, of network adapters */
#define VIDEO		0xda0a7802u
#define KEYBOARD	0xf912ad6du
#define MOUSE		0xcfa8b69eu
#define IDE		0x32412632u
#define BODY_MOST	28u	/* pages in another message */

uint32_t bus_relids[BUS_CHANNELS], bus_connections[BUS_CHANNELS];
struct bus_disk bus_disk, bus_nic, bus_video;
static uint32_t connection = VMBUS_CONNECTION_5;

void bus_init(void)
{
	CHECK(hv_write(HV_MSR_SINT0 + VMBUS_SINT, VECTOR));
}

uint16_t bus_post(uint32_t to, const void *bytes, uint32_t size)
{
	static struct hv_post_message_in in __attribute__((aligned(256)));
	const uint8_t *from = bytes;
	uint8_t *at = (uint8_t *)in.payload;
	uint32_t i;

	in.connection_id = to;
	in.type = VMBUS_MESSAGE_TYPE;
	in.size = size;
	for (i = 0; i < size && i < sizeof(in.payload); i++)
		at[i] = from[i];
	return STATUS(hv_call(HVCALL_POST_MESSAGE, quad_of(&in), 0));
}

void bus_send(const void *bytes, uint32_t size)
{
	uint16_t status;

	while ((status = bus_post(connection, bytes, size)) ==
	    HV_STATUS_INSUFFICIENT_BUFFERS)
		hv_pause();
	CHECK(status == HV_STATUS_SUCCESS);
}

/* TLFS 11.8.3: empty it, then look whether another one waits. */
static void take(volatile struct hv_message *slot, struct letter *letter)
{
	uint32_t i;

	letter->size = slot->size;
	CHECK(letter->size <= sizeof(letter->bytes));
	for (i = 0; i < sizeof(letter->bytes); i++)
		letter->bytes[i] = ((volatile uint8_t *)slot->payload)[i];
	slot->type = 0;
	__asm__ volatile("lock orl $0, (%%esp)" : : : "memory");
	if (slot->flags & HV_MESSAGE_PENDING)
		wrmsr(HV_MSR_EOM, 0);
}

bool bus_take(struct letter *letter)
{
	volatile struct hv_message *slot = hv_messages;
	unsigned int i;

	for (i = 0; i < 16; i++, slot++) {
		if (slot->type != VMBUS_MESSAGE_TYPE)
			continue;
		take(slot, letter);
		return true;
	}
	return false;
}

static void wait(struct letter *letter)
{
	uint64_t end = hv_time() + PATIENCE;

	while (!bus_take(letter)) {
		CHECK(hv_time() < end);
		hv_pause();
	}
}

void bus_expect(uint32_t type, struct letter *letter)
{
	wait(letter);
	if (letter->header.type == type)
		return;
	say("guest: message of type ");
	say_number(letter->header.type);
	say(", not ");
	say_number(type);
	say("\n");
	CHECK(!"the message that should come");
}

void bus_await(uint32_t type, struct letter *letter)
{
	do
		wait(letter);
	while (letter->header.type != type);
}

static void contact(uint32_t version)
{
	struct vmbus_initiate_contact initiate = {
		.header.type = VMBUS_INITIATE_CONTACT,
		.version = version,
		.sint = VMBUS_SINT,
	};
	struct letter letter;

	connection = version < VMBUS_VERSION_5_0 ?
		VMBUS_CONNECTION : VMBUS_CONNECTION_5;
	bus_send(&initiate, sizeof(initiate));
	/* One that says no is from before. */
	do
		bus_await(VMBUS_VERSION_RESPONSE, &letter);
	while (!letter.version.supported);
}

/* False: it is one of the integration services. */
static bool keep(const struct vmbus_offer *offer)
{
	const struct bus_disk channel = { offer->relid, offer->connection };

	switch (offer->type.a) {
	case CONTROLLER: bus_disk = channel; return true;
	case ADAPTER: bus_nic = channel; return true;
	case VIDEO: bus_video = channel; return true;
	case KEYBOARD: case MOUSE: case IDE: return true;
	default: return false;
	}
}

void bus_connect(uint32_t version)
{
	struct vmbus_header request = { .type = VMBUS_REQUEST_OFFERS };
	struct letter letter;
	uint32_t count = 0;

	contact(version);
	bus_disk.relid = bus_nic.relid = bus_video.relid = 0;
	bus_send(&request, sizeof(request));
	for (;;) {
		do
			wait(&letter);
		while (letter.header.type == VMBUS_VERSION_RESPONSE);
		if (letter.header.type == VMBUS_OFFERS_DELIVERED)
			break;
		CHECK(letter.header.type == VMBUS_OFFER);
		if (keep(&letter.offer))
			continue;
		CHECK(count < BUS_CHANNELS);
		bus_relids[count] = letter.offer.relid;
		bus_connections[count++] = letter.offer.connection;
	}
	CHECK(count == BUS_CHANNELS);
}

void bus_unload(void)
{
	struct vmbus_header unload = { .type = VMBUS_UNLOAD };
	struct letter letter;

	bus_send(&unload, sizeof(unload));
	bus_await(VMBUS_UNLOAD_RESPONSE, &letter);
}

static void send_body(uint32_t gpadl, uint32_t first, uint32_t count)
{
	struct {
		struct vmbus_gpadl_body body;
		uint64_t page[BODY_MOST];
	} __attribute__((packed)) more = {
		.body.header.type = VMBUS_GPADL_BODY,
		.body.gpadl = gpadl,
	};
	uint32_t there, i;

	for (; count; count -= there, first += there) {
		there = count < BODY_MOST ? count : BODY_MOST;
		for (i = 0; i < there; i++)
			more.page[i] = first + i;
		bus_send(&more, sizeof(more) - 8 * (BODY_MOST - there));
	}
}

/* The pages from one on. */
void bus_create(
	uint32_t relid, uint32_t gpadl, uint32_t first, uint32_t count)
{
	struct {
		struct vmbus_gpadl_header header;
		uint32_t bytes, offset;
		uint64_t page[HEAD_MOST];
	} __attribute__((packed)) create = {
		.header.header.type = VMBUS_GPADL_HEADER,
		.header.relid = relid,
		.header.gpadl = gpadl,
		.header.bytes = 8 + 8 * count,
		.header.ranges = 1,
		.bytes = count * PAGE,
	};
	uint32_t i, there = count < HEAD_MOST ? count : HEAD_MOST;

	for (i = 0; i < there; i++)
		create.page[i] = first + i;
	bus_send(&create, sizeof(create) - 8 * (HEAD_MOST - there));
}

void bus_create_whole(
	uint32_t relid, uint32_t gpadl, uint32_t first, uint32_t count)
{
	bus_create(relid, gpadl, first, count);
	if (count > HEAD_MOST)
		send_body(gpadl, first + HEAD_MOST, count - HEAD_MOST);
}

void bus_open(uint32_t relid, uint32_t gpadl, uint32_t split, uint32_t vp)
{
	struct vmbus_open open = {
		.header.type = VMBUS_OPEN,
		.relid = relid,
		.id = relid,
		.gpadl = gpadl,
		.split = split,
		.vp = vp,
	};

	bus_send(&open, sizeof(open));
}

void bus_relid(uint32_t type, uint32_t relid)
{
	struct vmbus_relid message = {
		.header.type = type,
		.relid = relid,
	};

	bus_send(&message, sizeof(message));
}

void bus_teardown(uint32_t relid, uint32_t gpadl)
{
	struct vmbus_gpadl_teardown teardown = {
		.header.type = VMBUS_GPADL_TEARDOWN,
		.relid = relid,
		.gpadl = gpadl,
	};

	bus_send(&teardown, sizeof(teardown));
}

void bus_signal(uint32_t to)
{
	CHECK(STATUS(hv_call(HVCALL_SIGNAL_EVENT | HVCALL_FAST, to, 0)) ==
		HV_STATUS_SUCCESS);
}
