/* Wrong guests, row by row of what must be refused: messages (N15), lists of
 * pages (N16 to N18), rings (N19). SOCLE_TEST_OPERATIONS of each. */
/* SPDX-License-Identifier: MIT */
#include "fake_echo.h"

#include <pthread.h>
#include <stdatomic.h>

/* Numbers at which something ends, and others. */
static uint32_t odd(void)
{
	static const uint32_t ends[] = { 0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 24,
		0x7f, 0xff, 0x100, 0x101, 0xff8, 0xfff, 0x1000, 0x1001,
		0x3000, 0xfff8, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
		0xfffff000, 0xfffffff8, 0xffffffff };

	switch (any() % 4) {
	case 0: return any();
	case 1: return any() % 8;
	case 2: return RING_PAGE + any() % 64;
	default: return ends[any() % (sizeof(ends) / sizeof(ends[0]))];
	}
}

/* A packet there and back. */
static void echoes(uint32_t relid)
{
	struct fake_ring out = fake_ring(RING_PAGE + relid * 8, 4);
	struct fake_ring in = fake_ring(RING_PAGE + relid * 8 + 4, 4);
	uint64_t transaction, data;

	fake_gpadl(&vmbus, relid, 0xe1e00 + relid, RING_PAGE + relid * 8, 8);
	CHECK(created(relid, 0xe1e00 + relid) == VMBUS_GOOD);
	fake_open(&vmbus, relid, 0xe1e00 + relid, 3, 4);
	CHECK(open_result(relid) == VMBUS_GOOD);
	CHECK(fake_send(&out, relid, "a packet", 8) == 1);
	CHECK(!channel_rang(&echo[relid - 1].channel));
	CHECK(fake_receive(&in, &transaction, &data, 8) == 8);
	CHECK(transaction == relid && !memcmp(&data, "a packet", 8));
}

/* Whatever was before, and whatever still waits to be told: a new contact, and
 * all is as at first. */
static void check_anew(void)
{
	fake.slot_full = false;
	fake.taken = fake.count;
	connected(VMBUS_VERSION_5_3);
	offered();
	CHECK(!vmbus.gpadls.count && !vmbus.gpadls.pages);
	echoes(1 + any() % 4);
}

/* Bytes that a message of a guest's must have; 0: no guest sends it. */
static uint32_t least(uint32_t type)
{
	static const uint8_t bytes[VMBUS_TYPES] = { [3] = 8, [5] = 148,
		[7] = 12, [8] = 20, [9] = 16, [11] = 16, [13] = 12, [14] = 40,
		[16] = 8, [22] = 16 };

	return type < VMBUS_TYPES ? bytes[type] : 0;
}

/* It cannot be meant: nothing is said, or changed. */
static void check_ignored(const uint32_t *words, uint32_t size)
{
	uint32_t told = fake.count + vmbus.outbox.count;
	struct stream before, after;

	save(&vmbus.device, &before);
	CHECK(!vmbus_message(&vmbus, 4, words, size));
	save(&vmbus.device, &after);
	CHECK(told == fake.count + vmbus.outbox.count);
	CHECK(before.size == after.size &&
		!memcmp(before.data, after.data, before.size));
	stream_free(&before);
	stream_free(&after);
}

/* Messages of any type and size, in whichever state the last one has left. */
static void n15(unsigned int count)
{
	uint32_t words[80], connection, size, i;
	uint16_t status;

	ready();
	for (; count; count--) {
		for (i = 0; i < 80; i++)
			words[i] = odd();
		if (any() % 8)
			words[0] = any() % (VMBUS_TYPES + 2);
		if (words[0] == VMBUS_INITIATE_CONTACT && any() % 2)
			words[2] = VMBUS_VERSION(3 + any() % 4, any() % 5);
		connection = any() % 16 ? 1 + any() % 2 * 3 : odd();
		size = any() % 8 ? any() % 241 : odd() % sizeof(words);
		if (any() % 128 == 0)
			fake.slot_full = !fake.slot_full;
		if (size < 8 || (size <= 240 && (!least(words[0]) ||
		    size < least(words[0]))))
			check_ignored(words, size);
		status = vmbus_message(&vmbus, connection, words, size);
		if (connection != 1 && connection != 4)
			CHECK(status == HV_STATUS_INVALID_CONNECTION_ID);
		else if (size > 240)
			CHECK(status == HV_STATUS_INVALID_PARAMETER);
		else
			CHECK(!status ||
				status == HV_STATUS_INSUFFICIENT_BUFFERS);
		check_rules();
		CHECK(vmbus.outbox.count <= 64 + CHANNELS + 2);
		if (any() % 4 == 0)
			vmbus_room(&vmbus);
		if (any() % 512 == 0)
			check_anew();
	}
	check_anew();
}

/* A head with a range, and page numbers as room is. */
struct form {
	struct vmbus_gpadl_header header;
	uint32_t size, offset;
	uint64_t pages[26];
} __attribute__((packed));
#define FORM_HEAD	28u

static uint32_t right_pages(const struct form *form)
{
	return ((uint64_t)form->offset + form->size + 4095) / 4096;
}

/* By the words of the interface alone. */
static bool form_good(const struct form *form)
{
	return form->header.ranges == 1 && form->offset < 4096 &&
		form->size && form->size % 4096 == 0 &&
		form->header.bytes == 8 + (uint64_t)right_pages(form) * 8;
}

static void fill_form(struct form *form, uint32_t id)
{
	uint32_t pages = 1 + any() % 60, i;

	*form = (struct form){
		.header = { { VMBUS_GPADL_HEADER, 0 }, 1 + any() % 4, id,
			8 + pages * 8, 1 },
		.size = pages * 4096,
	};
	if (any() % 4 == 0) {
		form->offset = any() % 4096;
		form->size -= 4096;
	}
	for (i = 0; i < 26; i++)
		form->pages[i] = any() % 0x60;
	switch (any() % 8) {
	case 0: form->header.ranges = odd(); break;
	case 1: form->header.bytes = odd(); break;
	case 2: form->size = odd(); break;
	case 3: form->offset = odd(); break;
	}
}

/* The rest of a list, with bodies in between that are nobody's. */
static void fill_rest(uint32_t relid, uint32_t id, uint32_t left)
{
	uint32_t words[60], some;

	while (left) {
		memset(words, 0, sizeof(words));
		words[0] = VMBUS_GPADL_BODY;
		words[2] = odd();
		words[3] = ~id;
		fake_say(&vmbus, words, 16 + any() % 224);
		fake_nothing(&fake);
		words[3] = id;
		some = any() % 28;
		if (some > left)
			some = left;
		left -= some;
		/* Half a number counts for none. */
		fake_say(&vmbus, words, 16 + some * 8 +
			(left ? any() % 8 : 0));
		if (left)
			fake_nothing(&fake);
	}
	CHECK(created(relid, id) == VMBUS_GOOD);
}

/* Heads without bodies: so many, and no more. */
static void heads(uint32_t pages, uint32_t most)
{
	struct form form = {
		.header = { { VMBUS_GPADL_HEADER, 0 }, 1, 0, 8 + pages * 8,
			1 },
		.size = pages * 4096,
	};
	uint32_t i;

	ready();
	for (i = 0; i < most + 100; i++) {
		form.header.gpadl = i;
		fake_say(&vmbus, &form, FORM_HEAD);
		CHECK(vmbus.gpadls.count == (i < most ? i + 1 : most));
		if (i >= most)
			CHECK(created(1, i) == VMBUS_BAD);
	}
	check_anew();
}

static void n16(unsigned int count)
{
	struct form form;
	uint32_t id, carried, pages;

	ready();
	for (id = 1; id <= count; id++) {
		fill_form(&form, id);
		carried = any() % 27;
		fake_say(&vmbus, &form, FORM_HEAD + carried * 8);
		CHECK(vmbus.gpadls.pages <= GPADL_PAGES_MAX);
		if (!form_good(&form)) {
			CHECK(created(form.header.relid, id) == VMBUS_BAD);
			continue;
		}
		pages = right_pages(&form);
		if (carried < pages)
			fill_rest(form.header.relid, id, pages - carried);
		else
			CHECK(created(form.header.relid, id) == VMBUS_GOOD);
		CHECK(vmbus.gpadls.count == 1 && vmbus.gpadls.pages == pages);
		FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, form.header.relid, id);
		torndown(id);
	}
	heads(8000, GPADL_PAGES_MAX / 8000);
	heads(1, GPADL_COUNT_MAX);
}

/* What the guest has done, by rules of its own: lists of each channel by id,
 * and channels. */
enum list_is { NONE, FILLING, READY, LEAVING };
#define IDS	3u
static struct {
	struct list {
		enum list_is is;
		uint32_t pages, filled;
	} lists[IDS];
	enum channel_state is;
	bool present;
	uint32_t used;		/* the open one's list */
} model[CHANNELS];

/* A list with that id that is not whole; its channel. */
static uint32_t filling(uint32_t id)
{
	uint32_t relid;

	for (relid = 1; relid <= CHANNELS; relid++)
		if (model[relid - 1].lists[id].is == FILLING)
			return relid;
	return 0;
}

static void do_create(uint32_t relid, uint32_t id)
{
	static const uint32_t sizes[] = { 1, 4, 8, 30, 60 };
	struct list *list = &model[relid - 1].lists[id];
	uint32_t pages = sizes[any() % 5], carried = pages < 26 ? pages : 26;
	struct form form = {
		.header = { { VMBUS_GPADL_HEADER, 0 }, relid, id,
			8 + pages * 8, 1 },
		.size = pages * 4096,
	};
	bool whole;

	carried = any() % 2 ? carried : any() % (carried + 1);
	whole = carried == pages;
	fake_say(&vmbus, &form, FORM_HEAD + carried * 8);
	if (model[relid - 1].is == CHANNEL_HIDDEN || list->is ||
	    (!whole && filling(id))) {
		CHECK(created(relid, id) == VMBUS_BAD);
		return;
	}
	*list = (struct list){ whole ? READY : FILLING, pages, carried };
	if (whole)
		CHECK(created(relid, id) == VMBUS_GOOD);
}

static void do_body(uint32_t id)
{
	uint32_t words[60] = { VMBUS_GPADL_BODY, 0, any(), id };
	uint32_t relid = filling(id), some = any() % 29;
	struct list *list;

	fake_say(&vmbus, words, 16 + some * 8);
	if (!relid)
		return;
	list = &model[relid - 1].lists[id];
	list->filled += some;
	if (list->filled < list->pages)
		return;
	list->is = READY;
	CHECK(created(relid, id) == VMBUS_GOOD);
}

static bool in_use(uint32_t relid, uint32_t id)
{
	return model[relid - 1].is == CHANNEL_OPEN &&
		model[relid - 1].used == id;
}

static void do_teardown(uint32_t relid, uint32_t id)
{
	struct list *list = &model[relid - 1].lists[id];

	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, relid, id);
	if (list->is != READY)
		return;
	list->is = in_use(relid, id) ? LEAVING : NONE;
	if (list->is == NONE)
		torndown(id);
}

static void do_open(uint32_t relid, uint32_t id)
{
	bool good = model[relid - 1].is == CHANNEL_CLOSED &&
		model[relid - 1].lists[id].is == READY &&
		model[relid - 1].lists[id].pages >= 4;

	fake_open(&vmbus, relid, id, 0, 2);
	if (model[relid - 1].is == CHANNEL_REVOKED)
		return;
	CHECK(open_result(relid) == (good ? VMBUS_GOOD : VMBUS_BAD));
	if (!good)
		return;
	model[relid - 1].is = CHANNEL_OPEN;
	model[relid - 1].used = id;
}

/* The list that only the open channel has kept goes with its use. */
static void left(uint32_t relid, enum channel_state to)
{
	struct list *list = &model[relid - 1].lists[model[relid - 1].used];

	if (model[relid - 1].is == CHANNEL_OPEN && list->is == LEAVING) {
		torndown(model[relid - 1].used);
		list->is = NONE;
	}
	model[relid - 1].is = to;
}

static void do_close(uint32_t relid)
{
	FAKE_SAY(&vmbus, VMBUS_CLOSE, relid);
	if (model[relid - 1].is == CHANNEL_OPEN)
		left(relid, CHANNEL_CLOSED);
}

static void do_release(uint32_t relid)
{
	bool comes = model[relid - 1].is == CHANNEL_REVOKED &&
		model[relid - 1].present;

	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, relid);
	if (model[relid - 1].is == CHANNEL_OPEN ||
	    model[relid - 1].is == CHANNEL_HIDDEN)
		return;
	memset(model[relid - 1].lists, 0, sizeof(model[relid - 1].lists));
	model[relid - 1].is = comes ? CHANNEL_CLOSED : CHANNEL_HIDDEN;
	if (comes)
		fake_expect(&fake, VMBUS_OFFER);
}

static void do_rescind(uint32_t relid)
{
	vmbus_rescind(&echo[relid - 1].channel);
	model[relid - 1].present = false;
	if (model[relid - 1].is == CHANNEL_HIDDEN ||
	    model[relid - 1].is == CHANNEL_REVOKED)
		return;
	left(relid, CHANNEL_REVOKED);
	fake_expect(&fake, VMBUS_RESCIND);
}

static void do_offer(uint32_t relid)
{
	vmbus_offer(&echo[relid - 1].channel);
	model[relid - 1].present = true;
	if (model[relid - 1].is != CHANNEL_HIDDEN)
		return;
	model[relid - 1].is = CHANNEL_CLOSED;
	fake_expect(&fake, VMBUS_OFFER);
}

/* Names used twice, by others, too early, too late. */
static void n17(unsigned int count)
{
	uint32_t relid, id;

	ready();
	memset(fake_memory, 0, sizeof(fake_memory));
	memset(model, 0, sizeof(model));
	for (relid = 1; relid <= 4; relid++) {
		model[relid - 1].is = CHANNEL_CLOSED;
		model[relid - 1].present = true;
	}
	for (; count; count--) {
		relid = 1 + any() % CHANNELS;
		id = any() % IDS;
		switch (any() % 16) {
		case 0: do_rescind(relid); break;
		case 1: do_offer(relid); break;
		case 2: do_release(relid); break;
		case 3: case 4: do_close(relid); break;
		case 5: case 6: case 7: do_open(relid, id); break;
		case 8: case 9: do_body(id); break;
		case 10: case 11: do_teardown(relid, id); break;
		default: do_create(relid, id); break;
		}
		fake_nothing(&fake);
		CHECK(echo[relid - 1].channel.state == model[relid - 1].is);
		check_rules();
	}
}

static uint64_t any_page(bool *ram)
{
	static const uint64_t none[] = { 0xa0, 0xbf, FAKE_PAGES, 0xfec00,
		0xfee00, 0xfffff, 0x100000, 1ull << 40, 1ull << 52,
		1ull << 63, UINT64_MAX };

	if (any() % 64 == 0) {
		*ram = false;
		return none[any() % (sizeof(none) / sizeof(none[0]))];
	}
	return any() % 2 ? 0xc0 + any() % 4 : 0xc0 + any() % 0x300;
}

/* Pages that are no RAM, and pages that are in a list more than once: rings
 * in them are wrong as soon as they are used. */
static void n18(unsigned int count)
{
	struct form form;
	uint32_t pages, i;
	bool ram;

	ready();
	for (; count; count--) {
		pages = 1 + any() % 26;
		form = (struct form){
			.header = { { VMBUS_GPADL_HEADER, 0 }, 1, 7,
				8 + pages * 8, 1 },
			.size = pages * 4096,
		};
		ram = true;
		for (i = 0; i < pages; i++)
			form.pages[i] = any_page(&ram);
		fake_say(&vmbus, &form, FORM_HEAD + pages * 8);
		CHECK(created(1, 7) == (ram ? VMBUS_GOOD : VMBUS_BAD));
		if (!ram)
			continue;
		for (i = 0; i < pages; i++)
			memset(fake_memory + form.pages[i] * FAKE_PAGE, 0, 128);
		fake_open(&vmbus, 1, 7, any() % FAKE_VPS, any() % (pages + 2));
		open_result(1);
		for (i = any() % 8; i; i--) {
			((uint32_t *)fake_memory)[form.pages[any() % pages] *
				1024 + any() % 24] = odd();
			channel_rang(&echo[0].channel);
		}
		check_rules();
		FAKE_SAY(&vmbus, VMBUS_CLOSE, 1);
		FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 1, 7);
		torndown(7);
		fake_nothing(&fake);
		CHECK(!vmbus.gpadls.count);
	}
	memset(fake_memory, 0, sizeof(fake_memory));
	check_anew();
}

/* The pages of channel 1's rings. */
static uint32_t *ring_words(void)
{
	return (uint32_t *)(fake_memory + (RING_PAGE + 8) * FAKE_PAGE);
}
#define RING_WORDS	(8u * FAKE_PAGE / 4)

static atomic_bool scribbles;

/* Another processor of the guest's, that writes while we read. */
static void *scribble(void *seed)
{
	uint64_t state = (uintptr_t)seed | 1;
	uint32_t *words = ring_words(), at;

	while (atomic_load(&scribbles)) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		at = state >> 8 & 1 ? state >> 16 & 3 :
			state >> 16 & (RING_WORDS - 1);
		if (state & 64)
			at = (at & 3) | RING_WORDS / 2;
		__atomic_store_n(&words[at], state & 128 ? state >> 40 & 0xfff8 :
			state >> 32, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void write_anything(void)
{
	uint32_t *words = ring_words(), value = odd();

	if (any() % 2)
		value = any() % (3 * FAKE_PAGE) & ~7u;
	switch (any() % 4) {
	case 0: words[any() % 4] = value; break;
	case 1: words[RING_WORDS / 2 + any() % 4] = value; break;
	case 2: words[any() % RING_WORDS] = value; break;
	default: words[1024 + any() % 64] = 2 << 16 | any() % 16; break;
	}
}

/* Our own side, whatever the guest's is. */
static void check_ring(const struct ring *ring)
{
	CHECK(ring->size == 3 * FAKE_PAGE);
	CHECK(ring->read < ring->size && ring->read % 8 == 0);
	CHECK(ring->write < ring->size && ring->write % 8 == 0);
}

static void rings(unsigned int count)
{
	unsigned int breaks = 0, i;

	for (i = 0; i < count; i++) {
		write_anything();
		channel_rang(&echo[0].channel);
		check_ring(&echo[0].channel.in);
		check_ring(&echo[0].channel.out);
		CHECK(echo[0].opened == echo[0].closed +
			!echo[0].channel.broken);
		if (!echo[0].channel.broken)
			continue;
		/* It stays silent until the guest closes it. */
		breaks++;
		CHECK(!channel_rang(&echo[0].channel));
		CHECK(channel_send(&echo[0].channel, &echo[0].packet, "", 0) ==
			-ENOTCONN);
		FAKE_SAY(&vmbus, VMBUS_CLOSE, 1);
		do {
			memset(ring_words(), 0, RING_WORDS * 4);
			fake_open(&vmbus, 1, 0xe1e01, 3, 4);
		} while (open_result(1) != VMBUS_GOOD);
		if (breaks % 64)
			continue;
		/* The others live. */
		echoes(2);
		FAKE_SAY(&vmbus, VMBUS_CLOSE, 2);
		FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, 2, 0xe1e02);
		torndown(0xe1e02);
	}
	CHECK(breaks > count / 1000);
}

/* Indices, masks, descriptors, first between our looks, then at any moment. */
static void n19(unsigned int count)
{
	pthread_t thread;

	ready();
	opened(1);
	rings(count);
	atomic_store(&scribbles, true);
	CHECK(!pthread_create(&thread, NULL, scribble,
		(void *)(uintptr_t)any()));
	rings(count);
	atomic_store(&scribbles, false);
	pthread_join(thread, NULL);
	check_anew();
}

int main(int count, char **arguments)
{
	static const struct {
		const char *name;
		void (*run)(unsigned int count);
	} rows[] = { { "N15", n15 }, { "N16", n16 }, { "N17", n17 },
		{ "N18", n18 }, { "N19", n19 } };
	unsigned int i;

	start("test_hostile", count, arguments);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		rows[i].run(fake_operations(rows[i].name));
	vmbus.device.ops->exit(&vmbus.device);
	return 0;
}
