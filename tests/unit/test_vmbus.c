/* VMBus: a guest that behaves, guests that do not, and saved states. */
/* SPDX-License-Identifier: MIT */
#include "fake_echo.h"

static void test_versions(void)
{
	static const struct {
		uint32_t version;
		bool good;
	} cases[] = {
		{ VMBUS_VERSION(6, 0), false }, { VMBUS_VERSION_5_3, true },
		{ VMBUS_VERSION_5_2, true }, { VMBUS_VERSION_5_1, true },
		{ VMBUS_VERSION_5_0, true }, { VMBUS_VERSION_4_1, true },
		{ VMBUS_VERSION_4_0, true }, { VMBUS_VERSION_3_0, true },
		{ VMBUS_VERSION(2, 4), false }, { VMBUS_VERSION(1, 1), false },
		{ VMBUS_VERSION(0, 13), false }, { 0, false },
		{ UINT32_MAX, false }, { VMBUS_VERSION(5, 4), false },
		{ VMBUS_VERSION(4, 2), false }, { VMBUS_VERSION(3, 1), false },
		{ 0x00050003 << 8, false },
	};
	const struct vmbus_version_response *response;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fresh();
		fake_contact(&vmbus, cases[i].version, 1, 2);
		response = fake_expect(&fake, VMBUS_VERSION_RESPONSE);
		CHECK(response->supported == cases[i].good);
		CHECK(fake.last_vp == 1 && fake.last_sint == 2);
		fake_nothing(&fake);
		FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS);
		CHECK(!!fake_take(&fake) == cases[i].good);
	}
	/* Where our messages go. */
	fresh();
	fake_contact(&vmbus, VMBUS_VERSION_5_3, 3, 7);
	fake_expect(&fake, VMBUS_VERSION_RESPONSE);
	CHECK(fake.last_vp == 3 && fake.last_sint == 7);
	/* The interrupt page of an old one is no SINT. */
	fake_contact(&vmbus, VMBUS_VERSION_4_1, 2, 7);
	CHECK(fake_expect(&fake, VMBUS_VERSION_RESPONSE));
	CHECK(fake.last_vp == 2 && fake.last_sint == 2);
}

/* HOSTILE N8: what cannot be reached is not answered there. */
static void test_wrong_targets(void)
{
	static const struct {
		uint32_t vp;
		unsigned int sint;
	} cases[] = { { FAKE_VPS, 2 }, { UINT32_MAX, 2 }, { 0, 0 }, { 0, 16 },
		{ 0, 255 } };
	const struct vmbus_version_response *response;
	unsigned int i;

	fresh();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_contact(&vmbus, VMBUS_VERSION_5_3, cases[i].vp,
			cases[i].sint);
		response = fake_expect(&fake, VMBUS_VERSION_RESPONSE);
		CHECK(!response->supported);
		CHECK(fake.last_vp == 0 && fake.last_sint == 2);
	}
	ready();
	fake_gpadl(&vmbus, 1, 5, RING_PAGE, 8);
	CHECK(created(1, 5) == VMBUS_GOOD);
	fake_open(&vmbus, 1, 5, FAKE_VPS, 4);
	CHECK(open_result(1) == VMBUS_BAD);
	fake_open(&vmbus, 1, 5, VMBUS_NO_VP - 1, 4);
	CHECK(open_result(1) == VMBUS_BAD && !echo[0].opened);
}

static void test_offers(void)
{
	const struct vmbus_offer *offer;
	const struct vmbus_relid *rescind;
	uint32_t i;

	fresh();
	connected(VMBUS_VERSION_5_3);
	FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS);
	for (i = 0; i < 4; i++) {
		offer = fake_expect(&fake, VMBUS_OFFER);
		CHECK(offer->relid == i + 1 && offer->dedicated == 1);
		CHECK(offer->connection == VMBUS_FIRST_CONNECTION + i + 1);
		CHECK(offer->type.a == 0x1000 + i);
		CHECK(!offer->monitor_allocated && offer->user[0] == 4);
	}
	fake_expect(&fake, VMBUS_OFFERS_DELIVERED);
	/* Once. */
	FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS);
	fake_nothing(&fake);
	/* A device comes, goes, and comes before the guest has let it go. */
	vmbus_offer(&echo[4].channel);
	offer = fake_expect(&fake, VMBUS_OFFER);
	CHECK(offer->relid == 5);
	opened(5);
	vmbus_rescind(&echo[4].channel);
	rescind = fake_expect(&fake, VMBUS_RESCIND);
	CHECK(rescind->relid == 5 && echo[4].closed == 1);
	vmbus_rescind(&echo[4].channel);
	vmbus_offer(&echo[4].channel);
	fake_nothing(&fake);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 5);
	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, 5);
	fake_expect(&fake, VMBUS_OFFER);
	opened(5);
	/* What the guest releases by itself it does not get again. */
	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, 3);
	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, 3);
	fake_nothing(&fake);
	fake_open(&vmbus, 3, 0, 0, 4);
	CHECK(open_result(3) == VMBUS_BAD);
	vmbus_rescind(&echo[2].channel);
	fake_nothing(&fake);
	/* Open ones are not released. */
	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, 5);
	CHECK(echo[4].channel.state == CHANNEL_OPEN);
}

static void test_packets(void)
{
	struct fake_ring out, in;
	uint64_t transaction, data[30];
	unsigned int sent, got, i;
	int result;

	ready();
	opened(2);
	out = fake_ring(RING_PAGE + 16, 4);
	in = fake_ring(RING_PAGE + 20, 4);
	CHECK(fake_send(&out, 17, "a packet", 8) == 1);
	CHECK(!channel_rang(&echo[1].channel));
	CHECK(fake.signals[2] == 1 && !out.control[FAKE_MASK]);
	CHECK(fake_receive(&in, &transaction, data, 8) == 8);
	CHECK(transaction == 17 && !memcmp(data, "a packet", 8));
	/* More than it does at once; the bell is masked meanwhile. */
	for (sent = 0; fake_send(&out, sent, data, 104) >= 0; sent++)
		;
	CHECK(sent > 32);
	CHECK(channel_rang(&echo[1].channel) && out.control[FAKE_MASK]);
	for (got = 0; got < sent;) {
		channel_rang(&echo[1].channel);
		while ((result = fake_receive(&in, &transaction, data,
			sizeof(data))) >= 0)
			CHECK(transaction == got++ && result == 104);
	}
	CHECK(!out.control[FAKE_MASK]);
	/* Too long for the device: skipped. */
	CHECK(fake_send(&out, 1, fake_memory, 1024) == 1);
	CHECK(fake_send(&out, 2, data, 8) == 0);
	for (i = 0; i < 3; i++)
		channel_rang(&echo[1].channel);
	CHECK(fake_receive(&in, &transaction, data, 8) == 8);
	CHECK(transaction == 2);
	/* No interrupts are wanted. */
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 2);
	fake_ring(RING_PAGE + 16, 4);
	fake_ring(RING_PAGE + 20, 4);
	fake_open(&vmbus, 2, 0xe1e02, VMBUS_NO_VP, 4);
	CHECK(open_result(2) == VMBUS_GOOD);
	sent = fake.signals[2];
	CHECK(fake_send(&out, 3, data, 8) == 1);
	channel_rang(&echo[1].channel);
	CHECK(fake_receive(&in, &transaction, data, 8) == 8);
	CHECK(fake.signals[2] == sent);
	/* The bell of a closed one. */
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 2);
	CHECK(!channel_rang(&echo[1].channel));
	CHECK(!channel_rang(&echo[0].channel) && !echo[0].rung);
}

static void test_broken_ring(void)
{
	struct fake_ring out;

	ready();
	opened(2);
	opened(3);
	out = fake_ring(RING_PAGE + 16, 4);
	fake_store(&out, FAKE_WRITE, 12);
	CHECK(!channel_rang(&echo[1].channel));
	CHECK(echo[1].closed == 1);
	/* The other lives; this one comes back when it was closed. */
	CHECK(!channel_rang(&echo[1].channel) && echo[1].rung == 1);
	out = fake_ring(RING_PAGE + 24, 4);
	CHECK(fake_send(&out, 17, "a packet", 8) == 1);
	CHECK(!channel_rang(&echo[2].channel) && fake.signals[3] == 1);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 2);
	CHECK(echo[1].closed == 1);
	fake_ring(RING_PAGE + 16, 4);
	fake_open(&vmbus, 2, 0xe1e02, 0, 4);
	CHECK(open_result(2) == VMBUS_GOOD && echo[1].opened == 2);
	/* Its indices are wrong from the beginning. */
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 2);
	out = fake_ring(RING_PAGE + 16, 4);
	fake_store(&out, FAKE_READ, 3);
	fake_open(&vmbus, 2, 0xe1e02, 0, 4);
	CHECK(open_result(2) == VMBUS_BAD && echo[1].opened == 2);
}

static void test_modify(void)
{
	const struct vmbus_modify_response *response;

	ready();
	opened(1);
	FAKE_SAY(&vmbus, VMBUS_MODIFY, 1, 2);
	response = fake_expect(&fake, VMBUS_MODIFY_RESPONSE);
	CHECK(response->status == VMBUS_GOOD && response->relid == 1);
	CHECK(echo[0].channel.vp == 2);
	FAKE_SAY(&vmbus, VMBUS_MODIFY, 1, FAKE_VPS);
	FAKE_SAY(&vmbus, VMBUS_MODIFY, 1, VMBUS_NO_VP);
	FAKE_SAY(&vmbus, VMBUS_MODIFY, 2, 1);
	FAKE_SAY(&vmbus, VMBUS_MODIFY, 0, 1);
	FAKE_SAY(&vmbus, VMBUS_MODIFY, UINT32_MAX, 1);
	while ((response = (const void *)fake_take(&fake)))
		CHECK(response->status == VMBUS_BAD);
	CHECK(echo[0].channel.vp == 2);
	/* No answer before 5.3, and no such message before 4.1. */
	fresh();
	connected(VMBUS_VERSION_5_2);
	offered();
	opened(1);
	FAKE_SAY(&vmbus, VMBUS_MODIFY, 1, 2);
	fake_nothing(&fake);
	CHECK(echo[0].channel.vp == 2);
	fresh();
	connected(VMBUS_VERSION_4_0);
	offered();
	opened(1);
	FAKE_SAY(&vmbus, VMBUS_MODIFY, 1, 2);
	fake_nothing(&fake);
	CHECK(echo[0].channel.vp == 3);
}

/* HOSTILE N15: messages of every type in every state. */
static void test_wrong_states(void)
{
	unsigned int i;

	fresh();
	fake_open(&vmbus, 1, 1, 0, 4);
	FAKE_SAY(&vmbus, VMBUS_UNLOAD);
	FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS);
	fake_gpadl(&vmbus, 1, 1, RING_PAGE, 8);
	fake_nothing(&fake);
	connected(VMBUS_VERSION_5_3);
	/* Before it has been told of any channel. */
	fake_open(&vmbus, 1, 1, 0, 4);
	CHECK(open_result(1) == VMBUS_BAD);
	fake_gpadl(&vmbus, 1, 1, RING_PAGE, 8);
	CHECK(created(1, 1) == VMBUS_BAD);
	offered();
	opened(1);
	/* Again, and others that are not open. */
	fake_open(&vmbus, 1, 0xe1e01, 0, 4);
	CHECK(open_result(1) == VMBUS_BAD);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 2);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 0);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, UINT32_MAX);
	fake_nothing(&fake);
	CHECK(echo[0].opened == 1 && !echo[0].closed);
	/* The types that only we send, and those that nobody does. */
	for (i = 0; i < 64; i++) {
		if (i == VMBUS_INITIATE_CONTACT || i == VMBUS_UNLOAD ||
		    i == VMBUS_OPEN || i == VMBUS_MODIFY ||
		    i == VMBUS_GPADL_HEADER)
			continue;
		FAKE_SAY(&vmbus, i, UINT32_MAX, UINT32_MAX, UINT32_MAX);
		fake_nothing(&fake);
	}
	FAKE_SAY(&vmbus, UINT32_MAX, 0);
	/* Contact anew: everything is as at first. */
	fake_gpadl(&vmbus, 1, 9, RING_PAGE, 20);
	CHECK(created(1, 9) == VMBUS_GOOD);
	connected(VMBUS_VERSION_4_0);
	CHECK(echo[0].closed == 1 && !vmbus.gpadls.count);
	fake_nothing(&fake);
	offered();
	opened(1);
	FAKE_SAY(&vmbus, VMBUS_UNLOAD);
	fake_expect(&fake, VMBUS_UNLOAD_RESPONSE);
	CHECK(echo[0].closed == 2 && !vmbus.gpadls.count);
	FAKE_SAY(&vmbus, VMBUS_UNLOAD);
	FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS);
	fake_nothing(&fake);
	connected(VMBUS_VERSION_5_0);
	offered();
}

/* Each message shorter by all numbers of bytes, and longer. */
static void test_truncated(void)
{
	uint8_t bytes[VMBUS_MESSAGE_MAX + 16];
	uint32_t type, size;

	for (type = 0; type < VMBUS_TYPES + 2; type++) {
		for (size = 0; size <= VMBUS_MESSAGE_MAX; size++) {
			ready();
			memset(bytes, size % 2 ? 0 : 0xff, sizeof(bytes));
			memcpy(bytes, &type, size < 4 ? size : 4);
			fake_say(&vmbus, bytes, size);
		}
	}
	ready();
	memset(bytes, 0, sizeof(bytes));
	CHECK(vmbus_message(&vmbus, 4, bytes, VMBUS_MESSAGE_MAX + 1) ==
		HV_STATUS_INVALID_PARAMETER);
	CHECK(vmbus_message(&vmbus, 4, bytes, UINT32_MAX) ==
		HV_STATUS_INVALID_PARAMETER);
	CHECK(vmbus_message(&vmbus, 1, bytes, 8) == HV_STATUS_SUCCESS);
	for (type = 0; type < 70; type++)
		if (type != 1 && type != 4)
			CHECK(vmbus_message(&vmbus, type, bytes, 8) ==
				HV_STATUS_INVALID_CONNECTION_ID);
}

/* A form with one page number behind it. */
static uint32_t odd_gpadl(uint32_t size, uint32_t offset, uint16_t bytes,
	uint16_t ranges, uint64_t page, unsigned int pages)
{
	struct {
		struct vmbus_gpadl_header header;
		uint32_t size, offset;
		uint64_t pages[26];
	} __attribute__((packed)) message = {
		.header = { { VMBUS_GPADL_HEADER, 0 }, 1, 33, bytes, ranges },
		.size = size, .offset = offset,
	};
	unsigned int i;

	for (i = 0; i < pages; i++)
		message.pages[i] = page;
	fake_say(&vmbus, &message, 28 + pages * 8);
	if (fake.count == fake.taken)
		return UINT32_MAX;
	return created(1, 33);
}

/* HOSTILE N16, N18. */
static void test_gpadl_forms(void)
{
	ready();
	CHECK(odd_gpadl(4096, 0, 16, 0, 0x100, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 0, 16, 2, 0x100, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 0, 16, 0xffff, 0x100, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 4096, 24, 1, 0x100, 2) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, UINT32_MAX, 24, 1, 0x100, 2) == VMBUS_BAD);
	CHECK(odd_gpadl(0, 0, 8, 1, 0x100, 0) == VMBUS_BAD);
	CHECK(odd_gpadl(0, 0, 16, 1, 0x100, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(UINT32_MAX, 0, 16, 1, 0x100, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4097, 0, 24, 1, 0x100, 2) == VMBUS_BAD);
	CHECK(odd_gpadl(0xfffff000, 0, 16, 1, 0x100, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(0xfffff000, 4095, 8, 1, 0x100, 1) == VMBUS_BAD);
	/* The length and the pages do not agree. */
	CHECK(odd_gpadl(8192, 0, 16, 1, 0x100, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 0, 24, 1, 0x100, 2) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 1, 16, 1, 0x100, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 0, 15, 1, 0x100, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 0, 0, 1, 0x100, 1) == VMBUS_BAD);
	/* Pages that are no RAM. */
	CHECK(odd_gpadl(4096, 0, 16, 1, FAKE_PAGES, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 0, 16, 1, 0xa0, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 0, 16, 1, 0xfec00, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 0, 16, 1, 1ull << 52, 1) == VMBUS_BAD);
	CHECK(odd_gpadl(4096, 0, 16, 1, UINT64_MAX, 1) == VMBUS_BAD);
	CHECK(!vmbus.gpadls.count && !vmbus.gpadls.pages);
	/* Good ones: the same page twice; with an offset; and more bytes. */
	CHECK(odd_gpadl(8192, 0, 24, 1, 0x100, 2) == VMBUS_GOOD);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, 33);
	torndown(33);
	CHECK(odd_gpadl(4096, 4095, 24, 1, 0x100, 2) == VMBUS_GOOD);
	/* Rings do not begin in the middle of a page. */
	fake_open(&vmbus, 1, 33, 0, 1);
	CHECK(open_result(1) == VMBUS_BAD);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, 33);
	torndown(33);
	CHECK(odd_gpadl(4096, 0, 16, 1, 0x100, 26) == VMBUS_GOOD);
}

static void test_gpadl_bodies(void)
{
	uint32_t i;

	ready();
	/* Without a header, and with another one's number. */
	FAKE_SAY(&vmbus, VMBUS_GPADL_BODY, 0, 5, 0x100, 0);
	CHECK(odd_gpadl(12288, 0, 32, 1, 0x100, 1) == UINT32_MAX);
	FAKE_SAY(&vmbus, VMBUS_GPADL_BODY, 0, 34, 0x100, 0);
	FAKE_SAY(&vmbus, VMBUS_GPADL_BODY, 0, 33);
	FAKE_SAY(&vmbus, VMBUS_GPADL_BODY, 0, 33, 0x100);
	fake_nothing(&fake);
	/* It is not ready. */
	fake_open(&vmbus, 1, 33, 0, 1);
	CHECK(open_result(1) == VMBUS_BAD);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, 33);
	fake_nothing(&fake);
	/* The same again, while it is not complete; also by another channel,
	 * unless it is whole at once. */
	CHECK(odd_gpadl(12288, 0, 32, 1, 0x100, 1) == VMBUS_BAD);
	FAKE_SAY(&vmbus, VMBUS_GPADL_HEADER, 2, 33, 1 << 16 | 24, 8192, 0);
	CHECK(created(2, 33) == VMBUS_BAD);
	fake_gpadl(&vmbus, 2, 33, 0x100, 8);
	CHECK(created(2, 33) == VMBUS_GOOD);
	FAKE_SAY(&vmbus, VMBUS_GPADL_BODY, 7, 33, 0x101, 0, 0x102, 0, 9, 9);
	CHECK(created(1, 33) == VMBUS_GOOD);
	FAKE_SAY(&vmbus, VMBUS_GPADL_BODY, 0, 33, 0x101, 0);
	fake_nothing(&fake);
	/* A page that is wrong ends it. */
	fake_gpadl(&vmbus, 3, 44, FAKE_PAGES - 29, 30);
	CHECK(created(3, 44) == VMBUS_BAD);
	FAKE_SAY(&vmbus, VMBUS_GPADL_BODY, 0, 44, 0x101, 0);
	CHECK(vmbus.gpadls.count == 2);
	/* A channel that is released takes what it had begun with it. */
	CHECK(odd_gpadl(12288, 0, 32, 1, 0x100, 1) == VMBUS_BAD);
	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, 1);
	CHECK(vmbus.gpadls.count == 1);
	fake_gpadl(&vmbus, 1, 33, 0x100, 8);
	CHECK(created(1, 33) == VMBUS_BAD);
	/* Many, and large ones: there is an end. */
	for (i = 0; i < GPADL_COUNT_MAX + 10; i++) {
		fake_gpadl(&vmbus, 4, 0x1000 + i, 0x100, 4);
		CHECK(created(4, 0x1000 + i) ==
			(i < GPADL_COUNT_MAX - 1 ? VMBUS_GOOD : VMBUS_BAD));
	}
	ready();
	for (i = 0; i < 700; i++)
		fake_gpadl(&vmbus, 1, i, 0x100, 500);
	CHECK(vmbus.gpadls.pages == GPADL_PAGES_MAX / 500 * 500);
}

/* HOSTILE N17. */
static void test_teardown(void)
{
	ready();
	opened(1);
	/* While it is used: later, once, and not for new uses. */
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, 0xe1e01);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, 0xe1e01);
	fake_nothing(&fake);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 1);
	torndown(0xe1e01);
	fake_nothing(&fake);
	fake_open(&vmbus, 1, 0xe1e01, 0, 4);
	CHECK(open_result(1) == VMBUS_BAD);
	/* Twice, of another channel, of none. */
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, 0xe1e01);
	opened(1);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 1);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 2, 0xe1e01);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 77, 0xe1e01);
	fake_nothing(&fake);
	/* Another channel's list is not for this one. */
	fake_open(&vmbus, 2, 0xe1e01, 0, 4);
	CHECK(open_result(2) == VMBUS_BAD);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, 0xe1e01);
	torndown(0xe1e01);
	/* A list for a channel that is rescinded must be made, and unmade. */
	vmbus_rescind(&echo[1].channel);
	fake_expect(&fake, VMBUS_RESCIND);
	fake_gpadl(&vmbus, 2, 0x55, 0x100, 60);
	CHECK(created(2, 0x55) == VMBUS_GOOD);
	fake_open(&vmbus, 2, 0x55, 0, 4);
	fake_nothing(&fake);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 2, 0x55);
	torndown(0x55);
	/* Rescinded while its list was torn down, in use. */
	opened(3);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 3, 0xe1e03);
	vmbus_rescind(&echo[2].channel);
	torndown(0xe1e03);
	fake_expect(&fake, VMBUS_RESCIND);
	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, 3);
	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, 3);
	fake_nothing(&fake);
	CHECK(!vmbus.gpadls.count);
}

static void test_open_forms(void)
{
	static const uint32_t splits[] = { 0, 1, 7, 8, 9, 0x80000000,
		UINT32_MAX };
	unsigned int i;

	ready();
	fake_ring(RING_PAGE, 4);
	fake_ring(RING_PAGE + 4, 4);
	fake_gpadl(&vmbus, 1, 5, RING_PAGE, 8);
	CHECK(created(1, 5) == VMBUS_GOOD);
	for (i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
		fake_open(&vmbus, 1, 5, 0, splits[i]);
		CHECK(open_result(1) == VMBUS_BAD);
	}
	fake_open(&vmbus, 1, 6, 0, 4);
	CHECK(open_result(1) == VMBUS_BAD);
	echo[0].refuse = true;
	fake_open(&vmbus, 1, 5, 0, 4);
	CHECK(open_result(1) == VMBUS_BAD && !echo[0].closed);
	CHECK(!vmbus.gpadls.first->users);
	echo[0].refuse = false;
	fake_open(&vmbus, 1, 5, 0, 6);
	CHECK(open_result(1) == VMBUS_GOOD);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 1);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 1);
	CHECK(echo[0].opened == 1 && echo[0].closed == 1);
}

/* The guest takes no messages: they wait, and some are not taken of it. */
static void test_full_slot(void)
{
	uint8_t bytes[16] = { VMBUS_GPADL_TEARDOWN };
	unsigned int i, refused = 0;

	ready();
	fake.slot_full = true;
	for (i = 0; i < 100; i++) {
		if (vmbus.outbox.count < 64) {
			fake_gpadl(&vmbus, 1, i, 0x100, 4);
			continue;
		}
		refused++;
		CHECK(vmbus_message(&vmbus, 4, bytes, sizeof(bytes)) ==
			HV_STATUS_INSUFFICIENT_BUFFERS);
	}
	CHECK(refused == 36 && vmbus_waits(&vmbus));
	fake_nothing(&fake);
	fake.slot_full = false;
	vmbus_room(&vmbus);
	CHECK(!vmbus_waits(&vmbus));
	for (i = 0; i < 64; i++)
		fake_expect(&fake, VMBUS_GPADL_CREATED);
	fake_nothing(&fake);
	/* Who ends or begins anew is heard, and hears nothing old. */
	fake.slot_full = true;
	for (i = 0; i < 64; i++)
		fake_gpadl(&vmbus, 1, 1000 + i, 0x100, 4);
	FAKE_SAY(&vmbus, VMBUS_UNLOAD);
	fake.slot_full = false;
	vmbus_room(&vmbus);
	fake_expect(&fake, VMBUS_UNLOAD_RESPONSE);
	fake_nothing(&fake);
}

static void fill_state(void)
{
	ready();
	opened(1);
	opened(2);
	fake_gpadl(&vmbus, 3, 0x99, 0x100, 60);
	created(3, 0x99);
	fake_gpadl(&vmbus, 3, 0x98, 0x100, 2);
	created(3, 0x98);
	CHECK(odd_gpadl(12288, 0, 32, 1, 0x100, 1) == UINT32_MAX);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 2, 0xe1e02);
	vmbus_rescind(&echo[3].channel);
	fake_expect(&fake, VMBUS_RESCIND);
	fake.slot_full = true;
	vmbus_offer(&echo[4].channel);
}

static void test_states(unsigned int rounds)
{
	struct stream stream, other;
	struct fake_ring out, in;
	uint64_t transaction, data;

	fill_state();
	save(&vmbus.device, &stream);
	CHECK(!vmbus.device.ops->load(&vmbus.device, &stream, 1));
	CHECK(stream.at == stream.size && echo[0].loaded == 1);
	save(&vmbus.device, &other);
	CHECK(stream.size == other.size);
	CHECK(!memcmp(stream.data, other.data, stream.size));
	stream_free(&stream);
	stream_free(&other);
	/* It goes on. */
	fake.slot_full = false;
	vmbus_room(&vmbus);
	fake_expect(&fake, VMBUS_OFFER);
	out = fake_ring(RING_PAGE + 8, 4);
	in = fake_ring(RING_PAGE + 12, 4);
	CHECK(fake_send(&out, 17, "a packet", 8) == 1);
	CHECK(!channel_rang(&echo[0].channel));
	CHECK(fake_receive(&in, &transaction, &data, 8) == 8);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, 2);
	torndown(0xe1e02);
	FAKE_SAY(&vmbus, VMBUS_GPADL_BODY, 0, 33, 0x101, 0, 0x102, 0);
	CHECK(created(1, 33) == VMBUS_GOOD);
	/* Of a guest that has nothing, too. */
	fresh();
	save(&vmbus.device, &stream);
	CHECK(!vmbus.device.ops->load(&vmbus.device, &stream, 1));
	stream_free(&stream);
	fill_state();
	check_bad_loads(&vmbus.device, rounds);
}

/* A guest that says anything: no crash, and the machine's own rules hold. */
static void say_anything(void)
{
	static const uint8_t types[] = { 3, 5, 7, 8, 9, 11, 13, 14, 16, 22 };
	uint32_t words[60];
	uint32_t i, size = 2 + any() % 59;

	for (i = 0; i < 60; i++)
		words[i] = any() % 4 ? any() % 6 : any() % 3 ?
			0x100 + any() % 64 : any();
	words[0] = types[any() % sizeof(types)];
	if ((words[0] == 14 || words[0] == 16) && any() % 16)
		words[0] = 8;
	if (words[0] == 14)
		words[2] = VMBUS_VERSION_5_3;
	if (words[0] == 8 && any() % 2) {
		i = 1 + any() % 8;
		words[4] = (8 + i * 8) | 1 << 16;
		words[5] = i * 4096;
		words[6] = 0;
		for (i = 8; i < 60; i += 2)
			words[i] = 0;
		size = 60;
	}
	vmbus_message(&vmbus, 1 + any() % 2 * 3, words, size * 4);
}

static void test_anything(unsigned int rounds)
{
	unsigned int i;

	ready();
	memset(fake_memory, 0, sizeof(fake_memory));
	for (i = 0; i < rounds; i++) {
		fake.slot_full = any() % 8 == 0;
		if (any() % 4 == 0)
			vmbus_room(&vmbus);
		say_anything();
		switch (any() % 16) {
		case 0: vmbus_rescind(&echo[any() % 5].channel); break;
		case 1: vmbus_offer(&echo[any() % 5].channel); break;
		case 2: channel_rang(&echo[any() % 5].channel); break;
		case 3: FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS); break;
		case 4: fake_memory[any() % FAKE_RAM] = any(); break;
		case 5: memset(fake_memory, 0, sizeof(fake_memory)); break;
		}
		if (!vmbus.connected)
			fake_contact(&vmbus, VMBUS_VERSION_5_3, 0, 2);
		check_rules();
	}
}

static void test_reset(void)
{
	fill_state();
	vmbus.device.ops->reset(&vmbus.device);
	CHECK(!vmbus_waits(&vmbus) && !vmbus.gpadls.count);
	CHECK(echo[0].closed == 1 && echo[1].closed == 1);
	fake.slot_full = false;
	fake_nothing(&fake);
	connected(VMBUS_VERSION_3_0);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_vmbus", count, arguments);

	test_versions();
	test_wrong_targets();
	test_offers();
	test_packets();
	test_broken_ring();
	test_modify();
	test_wrong_states();
	test_truncated();
	test_gpadl_forms();
	test_gpadl_bodies();
	test_teardown();
	test_open_forms();
	test_full_slot();
	test_states(rounds);
	test_reset();
	test_anything(rounds * 20);
	vmbus.device.ops->exit(&vmbus.device);
	return 0;
}
