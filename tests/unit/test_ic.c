/* Integration services against a guest: one that answers, one that lies. */
/* SPDX-License-Identifier: MIT */
#include "fake_vmbus.h"
#include "integration.h"

#define RING_PAGE	0x100u
#define S		NS_PER_S

/* As struct head of ic.c, by the guest's definitions. */
struct message {
	uint32_t pipe, pipe_size;
	uint16_t framework[2], type, version[2], size;
	uint32_t status;
	uint8_t transaction, flags, reserved[2];
	uint8_t body[4000];
} __attribute__((packed));
#define HEAD 28u

static struct fake fake;
static struct machine machine;
static struct vmbus vmbus;
static struct integration services;
static int64_t wall;
static uint64_t reference;
static bool no_times;

enum { BEAT = 1, DOWN, TIME, KVP };	/* relids: the order of init */

static bool times(void *context, int64_t *now, uint64_t *guest)
{
	CHECK(context == &fake);
	*now = wall;
	*guest = reference;
	return !no_times;
}

static void open_all(void)
{
	uint32_t relid;

	fake_contact(&vmbus, VMBUS_VERSION_5_3, 1, 2);
	FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS);
	for (relid = 1; relid <= 4; relid++) {
		fake_ring(RING_PAGE + relid * 8, 4);
		fake_ring(RING_PAGE + relid * 8 + 4, 4);
		fake_gpadl(&vmbus, relid, relid, RING_PAGE + relid * 8, 8);
		fake_open(&vmbus, relid, relid, 0, 4);
	}
	fake.taken = fake.count;
}

static void fresh(void)
{
	if (vmbus.device.ops) {
		vmbus.device.ops->exit(&vmbus.device);
		integration_exit(&services);
		CHECK(!machine.clock.first);
	}
	fake_init(&fake);
	machine_init(&machine);
	wall = 1800000000ll * (int64_t)S;
	reference = 777;
	no_times = false;
	CHECK(!vmbus_init(&vmbus, &fake.ram, FAKE_VPS, &fake_host, &fake));
	CHECK(!integration_init(&services, &vmbus, &machine.clock, times,
		&fake));
	open_all();
}

static struct fake_ring ring_to(uint32_t relid)
{
	return (struct fake_ring){
		.control = (void *)(fake_memory +
			(RING_PAGE + relid * 8 + 4) * FAKE_PAGE),
		.data = fake_memory + (RING_PAGE + relid * 8 + 5) * FAKE_PAGE,
		.size = 3 * FAKE_PAGE,
	};
}

static struct fake_ring ring_from(uint32_t relid)
{
	return (struct fake_ring){
		.control = (void *)(fake_memory +
			(RING_PAGE + relid * 8) * FAKE_PAGE),
		.data = fake_memory + (RING_PAGE + relid * 8 + 1) * FAKE_PAGE,
		.size = 3 * FAKE_PAGE,
	};
}

/* What the service has sent. false: nothing. */
static bool get(uint32_t relid, struct message *message)
{
	struct fake_ring ring = ring_to(relid);
	uint64_t transaction;
	int size = fake_receive(&ring, &transaction, message,
		sizeof(*message));

	if (size < 0)
		return false;
	CHECK(size >= (int)HEAD && message->pipe == 1);
	CHECK(message->pipe_size == 20u + message->size);
	CHECK(message->flags == 3 && HEAD + message->size <= (unsigned)size);
	return true;
}

static void put(uint32_t relid, const void *bytes, uint32_t size)
{
	struct fake_ring ring = ring_from(relid);
	uint8_t padded[sizeof(struct message) + 8] = { 0 };
	unsigned int turns = 0;

	memcpy(padded, bytes, size);
	CHECK(fake_send(&ring, 0, padded, (size + 7) / 8 * 8) >= 0);
	while (channel_rang(vmbus.channels[relid - 1]))
		CHECK(turns++ < 100);
}

/* As Linux does it: the same bytes, with other flags. */
static void reply(uint32_t relid, struct message *message, uint32_t status)
{
	message->flags = 5;
	message->status = status;
	put(relid, message, HEAD + message->size);
}

/* vmbus_prep_negotiate_resp(): one framework, one version. */
static void agree(uint32_t relid, uint16_t major, uint16_t minor)
{
	const uint16_t body[8] = { 1, 1, 0, 0, 3, 0, major, minor };
	struct message message;

	CHECK(get(relid, &message) && message.type == 0);
	CHECK(message.body[0] == 2);	/* frameworks 1.0 and 3.0 */
	memcpy(message.body, body, sizeof(body));
	message.size = sizeof(body);
	reply(relid, &message, 0);
}

static void test_heartbeat(void)
{
	struct ic_heartbeat *beat = &services.heartbeat;
	struct message message;
	unsigned int i;

	fresh();
	CHECK(beat->ic.state == IC_NEGOTIATING && !beat->state);
	agree(BEAT, 3, 0);
	CHECK(beat->ic.state == IC_READY && ic_version_is(&beat->ic, 3, 0));
	for (i = 0; i < 5; i++) {
		CHECK(get(BEAT, &message) && message.type == 1);
		CHECK(message.version[0] == 3 && message.size == 40);
		CHECK(!get(BEAT, &message));
		/* HOSTILE N32: its number jumps. */
		memset(message.body, i % 2 ? 0xff : 0, 8);
		reply(BEAT, &message, 0);
		CHECK(beat->state == HEARTBEAT_GOOD && !beat->missed);
		machine_pass(&machine, 2 * S);
	}
	/* It hangs: it is asked once, and lost after some time. */
	CHECK(get(BEAT, &message));
	machine_pass(&machine, 9 * S);
	CHECK(beat->state == HEARTBEAT_GOOD && beat->missed == 4);
	machine_pass(&machine, 100 * S);
	CHECK(beat->state == HEARTBEAT_LOST && !get(BEAT, &message));
	reply(BEAT, &message, 0);
	CHECK(beat->state == HEARTBEAT_GOOD);
	/* A pause of the VM is none of the guest's. */
	CHECK(beat->missed == 0);
	/* An answer to what was not asked. */
	reply(BEAT, &message, 0);
	machine_pass(&machine, 2 * S);
	CHECK(get(BEAT, &message));
	reply(BEAT, &message, 0x80004005);
	CHECK(beat->state == HEARTBEAT_GOOD && !beat->ic.asked);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, BEAT);
	CHECK(beat->state == HEARTBEAT_NONE && !machine.clock.first);
}

static void test_shutdown(void)
{
	struct ic_shutdown *down = &services.shutdown;
	struct message message;
	uint32_t words[3];
	unsigned int i;

	fresh();
	CHECK(ic_shutdown_ask(down, SHUTDOWN_OFF) == -ENOTCONN);
	agree(DOWN, 3, 2);
	CHECK(!ic_shutdown_ask(down, SHUTDOWN_OFF));
	CHECK(ic_shutdown_ask(down, SHUTDOWN_OFF) == -EBUSY);
	CHECK(get(DOWN, &message) && message.type == 3);
	CHECK(message.size == 2060 && message.version[1] == 2);
	memcpy(words, message.body, sizeof(words));
	CHECK(words[2] == 1 && !down->answered);
	reply(DOWN, &message, 0);
	CHECK(down->answered && down->status == 0);
	CHECK(!ic_shutdown_ask(down, SHUTDOWN_RESTART) && !down->answered);
	CHECK(get(DOWN, &message));
	memcpy(words, message.body, sizeof(words));
	CHECK(words[2] == 3);
	reply(DOWN, &message, 0x80004005);
	CHECK(down->answered && down->status == 0x80004005);
	/* The guest does not read: the ring gets full, and then not. */
	for (i = 0; !ic_shutdown_ask(down, SHUTDOWN_OFF); i++) {
		CHECK(i < 100);
		down->ic.asked = false;
	}
	CHECK(i > 0 && ic_shutdown_ask(down, SHUTDOWN_OFF) == -EBUSY);
	FAKE_SAY(&vmbus, VMBUS_UNLOAD);
	CHECK(ic_shutdown_ask(down, SHUTDOWN_OFF) == -ENOTCONN);
}

static void check_time(const struct message *message, uint8_t flag)
{
	uint64_t words[3];

	CHECK(message->type == 4);
	memcpy(words, message->body, sizeof(words));
	CHECK(words[0] == (uint64_t)wall / 100 + 116444736000000000ull);
	if (message->version[0] == 4)
		CHECK(message->size == 24 && words[1] == reference &&
			message->body[16] == flag);
	else
		CHECK(message->size == 32 && message->body[24] == flag);
}

static void test_timesync(uint16_t major)
{
	struct message message;

	fresh();
	agree(TIME, major, 0);
	CHECK(get(TIME, &message));
	check_time(&message, 1);
	/* Not again before the answer; the clock is not set without need. */
	wall += 5 * S;
	machine_pass(&machine, 5 * S);
	CHECK(!get(TIME, &message));
	reply(TIME, &message, 0);
	machine_pass(&machine, 5 * S);
	CHECK(get(TIME, &message));
	check_time(&message, 2);
	/* It stood still, and owes an answer at that moment. */
	ic_timesync_set(&services.timesync);
	CHECK(!get(TIME, &message));
	reply(TIME, &message, 0);
	CHECK(get(TIME, &message));
	check_time(&message, 1);
	reply(TIME, &message, 0x80004005);
	/* A parent without the time says none. */
	wall = 5 * S;
	machine_pass(&machine, 20 * S);
	CHECK(!get(TIME, &message));
	wall = 1800000000ll * (int64_t)S;
	no_times = true;
	machine_pass(&machine, 20 * S);
	CHECK(!get(TIME, &message));
	no_times = false;
	machine_pass(&machine, 5 * S);
	CHECK(get(TIME, &message));
	CHECK(services.timesync.sent == 4);
	/* Ten years back (HOSTILE N32): a sample, which sets nothing. */
	reply(TIME, &message, 0);
	wall = 1500000000ll * (int64_t)S;
	machine_pass(&machine, 5 * S);
	CHECK(!get(TIME, &message));
}

static void put_utf16(uint8_t *to, const char *text, uint32_t *bytes)
{
	for (*bytes = 0; *text; text++, *bytes += 2)
		to[*bytes] = *text;
	*bytes += 2;
}

static void answer_item(struct message *message, const char *key,
	const char *value)
{
	uint32_t key_bytes, value_bytes, type = 1;

	memset(message->body + 8, 0, 2572);
	put_utf16(message->body + 20, key, &key_bytes);
	put_utf16(message->body + 532, value, &value_bytes);
	memcpy(message->body + 8, &type, 4);
	memcpy(message->body + 12, &key_bytes, 4);
	memcpy(message->body + 16, &value_bytes, 4);
	reply(KVP, message, 0);
}

static void check_ask(const struct message *message, uint8_t pool,
	uint32_t index)
{
	CHECK(message->type == 2 && message->size == 2580);
	CHECK(message->body[0] == 3 && message->body[1] == pool);
	CHECK(!memcmp(message->body + 4, &index, 4));
}

static void test_kvp(void)
{
	struct ic_kvp *kvp = &services.kvp;
	struct message message;

	fresh();
	agree(KVP, 4, 0);
	CHECK(get(KVP, &message));
	check_ask(&message, 2, 0);
	answer_item(&message, "OSName", "Debian GNU/Linux");
	CHECK(get(KVP, &message));
	check_ask(&message, 2, 1);
	answer_item(&message, "OSBuild", "6.1\033[31m\n");
	CHECK(get(KVP, &message));
	reply(KVP, &message, IC_NO_MORE);
	CHECK(!kvp->known.count && get(KVP, &message));
	check_ask(&message, 1, 0);
	reply(KVP, &message, IC_NO_MORE);
	CHECK(kvp->known.count == 2 && !get(KVP, &message));
	/* Twice the same answer. */
	reply(KVP, &message, IC_NO_MORE);
	CHECK(kvp->known.count == 2 && !get(KVP, &message));
	CHECK_STRING("OSName", kvp->known.items[0].key);
	CHECK_STRING("Debian GNU/Linux", kvp->known.items[0].value);
	CHECK_STRING("6.1?[31m?", kvp->known.items[1].value);
	/* Again, and what was known stays until all is there. */
	machine_pass(&machine, 60 * S);
	CHECK(get(KVP, &message) && kvp->known.count == 2);
	/* No daemon answers: one request, for ever. */
	machine_pass(&machine, 1000 * S);
	CHECK(!get(KVP, &message) && kvp->known.count == 2);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, KVP);
	CHECK(!kvp->known.count);
}

/* HOSTILE N32: sizes, no end, numbers, no end of items. */
static void test_wrong_items(void)
{
	struct ic_kvp *kvp = &services.kvp;
	struct message message;
	uint32_t words[3], i, j, types[] = { 4, 8, 11, 1, 2, 77 };

	fresh();
	agree(KVP, 3, 0);
	for (i = 0; i < 6; i++) {
		CHECK(get(KVP, &message));
		memset(message.body + 20, 'A', 2560);
		for (j = 21; i == 5 && j < 2580; j += 2)
			message.body[j] = 0;
		words[0] = types[i];
		words[1] = words[2] = i % 2 ? UINT32_MAX : 513 + i;
		memcpy(message.body + 8, words, sizeof(words));
		reply(KVP, &message, 0);
	}
	/* Shorter than an item; then endless. */
	for (i = 0; i < 200 && get(KVP, &message); i++) {
		if (i == 0)
			message.size = 10;
		else
			message.body[20] = message.body[12] = 2;
		reply(KVP, &message, 0);
	}
	CHECK(i < 100 && kvp->known.count == KVP_ITEMS_MAX);
	CHECK_STRING("1094795585", kvp->known.items[0].value);
	CHECK_STRING("4702111234474983745", kvp->known.items[1].value);
	CHECK(strlen(kvp->known.items[0].key) == 256 * 3);
	CHECK(strlen(kvp->known.items[3].value) == 1024 * 3);
	CHECK(strlen(kvp->known.items[5].key) == 256);
	CHECK(!kvp->known.items[5].value[0]);
	/* Rescinded in the middle. */
	machine_pass(&machine, 60 * S);
	CHECK(get(KVP, &message));
	vmbus_rescind(&kvp->ic.channel);
	CHECK(kvp->ic.state == IC_CLOSED && !kvp->known.items);
}

static void test_refused(void)
{
	static const uint16_t bodies[][8] = {
		{ 0, 0, 0, 0, 0, 0, 0, 0 }, { 1, 0, 0, 0, 3, 0, 3, 0 },
		{ 1, 1, 0, 0, 3, 0, 9, 9 }, { 1, 1, 0, 0, 7, 0, 3, 0 },
		{ 2, 1, 0, 0, 3, 0, 3, 0 }, { 0xffff, 0xffff, 0, 0, 3, 0, 3, 0 },
	};
	struct message message, wrong;
	unsigned int i;

	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		fresh();
		CHECK(get(BEAT, &message));
		memcpy(message.body, bodies[i], sizeof(bodies[i]));
		message.size = sizeof(bodies[i]);
		reply(BEAT, &message, 0);
		CHECK(services.heartbeat.ic.state == IC_REFUSED);
		machine_pass(&machine, 10 * S);
		CHECK(!get(BEAT, &message));
	}
	/* What is no answer at all does not count. */
	fresh();
	CHECK(get(BEAT, &message));
	message.flags = 5;
	message.size = 16;
	memcpy(message.body, (uint16_t[]){ 1, 1, 0, 0, 3, 0, 3, 0 }, 16);
	wrong = message;
	wrong.flags = 3;
	put(BEAT, &wrong, HEAD + 16);
	wrong = message;
	wrong.transaction = 1;
	put(BEAT, &wrong, HEAD + 16);
	wrong = message;
	wrong.type = 1;
	put(BEAT, &wrong, HEAD + 16);
	wrong = message;
	wrong.size = 100;
	put(BEAT, &wrong, HEAD + 16);
	for (i = 0; i < HEAD; i++)
		put(BEAT, &message, i);
	CHECK(services.heartbeat.ic.state == IC_NEGOTIATING);
	put(BEAT, &message, HEAD + 16);
	CHECK(services.heartbeat.ic.state == IC_READY);
}

/* An item's text: it ends, and no terminal minds it. */
static void check_shown(const char *text, size_t room)
{
	const char *end = memchr(text, 0, room);

	CHECK(end);
	for (; text < end; text++)
		CHECK((uint8_t)*text >= ' ' && *text != 0x7f);
}

static void check_services(void)
{
	const struct kvp_list *known = &services.kvp.known;
	uint32_t i;

	CHECK(known->count <= KVP_ITEMS_MAX);
	for (i = 0; i < known->count; i++) {
		check_shown(known->items[i].key, sizeof(known->items[i].key));
		check_shown(known->items[i].value,
			sizeof(known->items[i].value));
		CHECK(known->items[i].key[0]);
	}
	CHECK(services.heartbeat.state < HEARTBEAT_STATES);
	for (i = 1; i <= 4; i++)
		CHECK(vmbus.channels[i - 1]->state == CHANNEL_OPEN ||
			((struct ic *)vmbus.channels[i - 1])->state ==
			IC_CLOSED);
}

/* What a guest may make of a request before it sends it back. */
static void spoil(struct message *message)
{
	uint32_t words[3], i;

	for (i = any() % 8; i; i--)
		((uint8_t *)message)[any() % 60] = any() % 5;
	if (any() % 2)
		for (i = 0; i < sizeof(message->body); i++)
			message->body[i] = any();
	if (any() % 2) {
		words[0] = any() % 12;
		words[1] = any() % 2 ? any() % 520 : any();
		words[2] = any() % 2 ? any() % 2056 : any();
		memcpy(message->body + 8, words, sizeof(words));
	}
	if (any() % 4 == 0)
		message->status = any() % 2 ? any() : IC_NO_MORE;
	if (any() % 4 == 0)
		message->size = any();
}

static void answer_anything(uint32_t relid)
{
	static struct message message;

	if (any() % 4 && get(relid, &message)) {
		message.status = 0;
		message.flags = 5;
		if (message.type == 0 && any() % 4) {
			memcpy(message.body, (uint16_t[]){ 1, 1, 0, 0, 3, 0,
				3 + (relid == KVP ? any() % 2 : 0), 0 }, 16);
			message.size = 16;
		} else if (any() % 4) {
			spoil(&message);
		}
	}
	message.size %= 3000;
	put(relid, &message, any() % 4 ? HEAD + message.size :
		any() % (HEAD + message.size + 1));
}

/* The ring is full of what nobody reads, or the channel is not open. */
static void begin_again(uint32_t relid)
{
	FAKE_SAY(&vmbus, VMBUS_CLOSE, relid);
	FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED, relid);
	vmbus_rescind(vmbus.channels[relid - 1]);
	vmbus_offer(vmbus.channels[relid - 1]);
	FAKE_SAY(&vmbus, VMBUS_UNLOAD);
	open_all();
}

/* HOSTILE N32. */
static void test_anything(unsigned int count)
{
	const int64_t year = 31557600ll * (int64_t)S;
	uint32_t relid;

	fresh();
	for (; count; count--) {
		relid = 1 + any() % 4;
		if (vmbus.channels[relid - 1]->state == CHANNEL_OPEN)
			answer_anything(relid);
		switch (any() % 256) {
		case 0: ic_timesync_set(&services.timesync); break;
		case 1: ic_shutdown_ask(&services.shutdown,
			any() % 2 ? SHUTDOWN_OFF : SHUTDOWN_RESTART); break;
		case 2: begin_again(relid); break;
		case 3: vmbus_rescind(vmbus.channels[relid - 1]); break;
		case 4: vmbus_offer(vmbus.channels[relid - 1]); break;
		case 5: wall += (int64_t)(any() % 21) * year - 10 * year; break;
		case 6: wall = 1800000000ll * (int64_t)S; break;
		case 7: no_times = !no_times; break;
		}
		if (any() % 8 == 0)
			machine_pass(&machine, any() % (20 * S));
		check_services();
	}
}

static void test_states(unsigned int rounds)
{
	struct stream one, other;
	struct message message;

	fresh();
	agree(BEAT, 3, 0);
	agree(DOWN, 3, 2);
	agree(TIME, 4, 0);
	agree(KVP, 4, 0);
	CHECK(get(BEAT, &message));
	machine_pass(&machine, 3 * S + 5);
	CHECK(!ic_shutdown_ask(&services.shutdown, SHUTDOWN_OFF));
	save(&vmbus.device, &one);
	machine_pass(&machine, 7 * S);
	CHECK(!vmbus.device.ops->load(&vmbus.device, &one, 1));
	save(&vmbus.device, &other);
	CHECK(one.size == other.size);
	CHECK(!memcmp(one.data, other.data, one.size));
	stream_free(&one);
	stream_free(&other);
	/* It goes on with what was asked. */
	reply(BEAT, &message, 0);
	CHECK(services.heartbeat.state == HEARTBEAT_GOOD);
	machine_pass(&machine, S);
	CHECK(get(BEAT, &message));
	check_bad_loads(&vmbus.device, rounds);
}

static void check_text(const char *expected, const char *units, size_t bytes)
{
	char text[64];
	size_t room;

	utf16_to_text((const uint8_t *)units, bytes, text, sizeof(text));
	CHECK_STRING(expected, text);
	for (room = 1; room < 8; room++) {
		memset(text, 'x', sizeof(text));
		utf16_to_text((const uint8_t *)units, bytes, text, room);
		CHECK(strlen(text) < room);
		CHECK(!memcmp(expected, text, strlen(text)));
	}
}

static void test_text(void)
{
	check_text("", "", 0);
	check_text("", "a", 1);
	check_text("ab", "a\0b\0\0\0c\0", 8);
	check_text("\xc3\xa9\xe2\x82\xac", "\xe9\0\xac\x20", 4);
	check_text("\xf0\x9f\x98\x80", "\x3d\xd8\x00\xde", 4);
	check_text("?a", "\x3d\xd8" "a\0", 4);		/* half a pair */
	check_text("?", "\x3d\xd8", 2);
	check_text("?", "\x00\xde", 2);
	check_text("?[m?", "\x1b\0[\0m\0\x9b\0", 8);
	check_text("???", "\x2e\x20\x66\x20\xff\xff", 6);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_ic", count, arguments);

	test_text();
	test_heartbeat();
	test_shutdown();
	test_timesync(1);
	test_timesync(3);
	test_timesync(4);
	test_kvp();
	test_wrong_items();
	test_refused();
	test_states(rounds);
	test_anything(fake_operations("N32"));
	vmbus.device.ops->exit(&vmbus.device);
	integration_exit(&services);
	return 0;
}
