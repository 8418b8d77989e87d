/* A guest with VMBus, for tests: RAM, a message slot, its side of rings. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKE_VMBUS_H
#define TESTS_FAKE_VMBUS_H

#include <errno.h>

#include "hv.h"
#include "vmwp.h"
#include "vmbus/vmbus.h"

#define FAKE_PAGE	4096u
#ifndef FAKE_RAM
#define FAKE_RAM	(4u << 20)
#endif
#define FAKE_PAGES	(FAKE_RAM / FAKE_PAGE)
#define FAKE_VPS	4u
#ifndef FAKE_LETTERS
#define FAKE_LETTERS	4096u	/* that it keeps */
#endif

struct fake {
	struct ram ram;
	bool slot_full;		/* the guest takes no message */
	unsigned int bells;	/* that were registered */
	unsigned int signals[VMBUS_CHANNELS_MAX + 1];
	uint32_t last_vp, last_sint;
	/* What it has received. */
	uint32_t count, taken;
	struct letter letters[FAKE_LETTERS];
};

static uint8_t fake_memory[FAKE_RAM] __attribute__((aligned(4096)));

/* How many a row of wrong input shall have, from where in the sequence. */
static inline unsigned int fake_operations(const char *row)
{
	const char *text = getenv("SOCLE_TEST_OPERATIONS");
	unsigned int count = text ? strtoul(text, NULL, 0) : 10000;

	printf("%s: %u operations from %#llx\n", row, count,
		(unsigned long long)seed_state);
	fflush(stdout);
	return count;
}

static inline int fake_post(void *context, uint32_t vp, unsigned int sint,
	const void *bytes, uint32_t size)
{
	struct fake *fake = context;
	struct letter *letter = &fake->letters[fake->count % FAKE_LETTERS];

	CHECK(vp < FAKE_VPS && sint > 0 && sint < 16);
	CHECK(size >= 8 && size <= VMBUS_MESSAGE_MAX);
	if (fake->slot_full)
		return -EAGAIN;
	fake->last_vp = vp;
	fake->last_sint = sint;
	letter->size = size;
	memcpy(letter->bytes, bytes, size);
	fake->count++;
	return 0;
}

static inline void fake_signal(void *context, uint32_t vp, unsigned int sint,
	uint32_t flag)
{
	struct fake *fake = context;

	CHECK(vp < FAKE_VPS && sint > 0 && sint < 16);
	CHECK(flag > 0 && flag <= VMBUS_CHANNELS_MAX);
	fake->signals[flag]++;
}

static inline int fake_bell(
	void *context, struct channel *channel, uint32_t connection)
{
	struct fake *fake = context;

	CHECK(connection == VMBUS_FIRST_CONNECTION + channel->relid);
	fake->bells++;
	return 0;
}

static const struct vmbus_host fake_host = {
	fake_post, fake_signal, fake_bell,
};

static inline void fake_init(struct fake *fake)
{
	memset(fake, 0, sizeof(*fake));
	fake->ram = (struct ram){ fake_memory, FAKE_RAM };
}

/* The next message that it got; NULL: none. */
static inline const struct vmbus_header *fake_take(struct fake *fake)
{
	if (fake->taken == fake->count)
		return NULL;
	return (const void *)fake->letters[fake->taken++ % FAKE_LETTERS].bytes;
}

/* It must be of that type, and there. */
static inline const void *fake_expect_at(
	struct fake *fake, uint32_t type, int line)
{
	const struct vmbus_header *header = fake_take(fake);

	if (!header || header->type != type) {
		fprintf(stderr, "line %d: expected message %u, got %u\n",
			line, type, header ? header->type : 0);
		exit(1);
	}
	return header;
}

#define fake_expect(fake, type) fake_expect_at(fake, type, __LINE__)

/* No function: the place of a failed check is the caller's. */
#define fake_nothing(fake) CHECK(!fake_take(fake))

static inline void fake_say(
	struct vmbus *vmbus, const void *bytes, uint32_t size)
{
	CHECK(vmbus_message(vmbus, VMBUS_CONNECTION_5, bytes, size) ==
		HV_STATUS_SUCCESS);
}

/* Messages whose numbers behind the type are all of 32 bits. */
static inline void fake_words(struct vmbus *vmbus, uint32_t type,
	const uint32_t *words, unsigned int count)
{
	uint32_t bytes[60] = { type };

	memcpy(bytes + 2, words, count * sizeof(*words));
	fake_say(vmbus, bytes, 8 + count * sizeof(*words));
}

#define FAKE_SAY(vmbus, type, ...) do { \
	const uint32_t words_[] = { __VA_ARGS__ }; \
	fake_words(vmbus, type, words_, sizeof(words_) / 4); \
} while (0)

static inline void fake_contact(struct vmbus *vmbus, uint32_t version,
	uint32_t vp, unsigned int sint)
{
	struct vmbus_initiate_contact contact = {
		.header.type = VMBUS_INITIATE_CONTACT,
		.version = version,
		.vp = vp,
		.sint = sint,
		.monitor = { 0x1000, 0x2000 },
	};

	fake_say(vmbus, &contact, sizeof(contact));
}

/* A list of count pages from page on, as Linux does it. */
static inline void fake_gpadl(struct vmbus *vmbus, uint32_t relid, uint32_t id,
	uint32_t page, uint32_t count)
{
	uint8_t bytes[VMBUS_MESSAGE_MAX] = { 0 };
	struct vmbus_gpadl_header header = {
		.header.type = VMBUS_GPADL_HEADER, .relid = relid,
		.gpadl = id, .bytes = 8 + count * 8, .ranges = 1,
	};
	struct vmbus_gpadl_body body = {
		.header.type = VMBUS_GPADL_BODY, .gpadl = id,
	};
	uint32_t range[2] = { count * FAKE_PAGE, 0 }, at, i;
	uint64_t number;

	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), range, sizeof(range));
	at = sizeof(header) + sizeof(range);
	for (i = 0; i < count; i++) {
		if (at + 8 > sizeof(bytes)) {
			fake_say(vmbus, bytes, at);
			memcpy(bytes, &body, sizeof(body));
			at = sizeof(body);
		}
		number = page + i;
		memcpy(bytes + at, &number, 8);
		at += 8;
	}
	fake_say(vmbus, bytes, at);
}

static inline void fake_open(struct vmbus *vmbus, uint32_t relid,
	uint32_t gpadl, uint32_t vp, uint32_t split)
{
	struct vmbus_open open = {
		.header.type = VMBUS_OPEN, .relid = relid, .id = relid + 77,
		.gpadl = gpadl, .vp = vp, .split = split,
	};

	fake_say(vmbus, &open, sizeof(open));
}

/* The guest's side of one ring, by its own arithmetic. */
struct fake_ring {
	uint32_t *control;	/* write, read, mask, pending; [16] features */
	uint8_t *data;
	uint32_t size;
};

static inline struct fake_ring fake_ring(uint32_t page, uint32_t count)
{
	struct fake_ring ring = {
		.control = (uint32_t *)(fake_memory + page * FAKE_PAGE),
		.data = fake_memory + (page + 1) * FAKE_PAGE,
		.size = (count - 1) * FAKE_PAGE,
	};

	memset(ring.control, 0, FAKE_PAGE);
	return ring;
}

#define FAKE_WRITE	0
#define FAKE_READ	1
#define FAKE_MASK	2
#define FAKE_PENDING	3

static inline uint32_t fake_load(const struct fake_ring *ring, int which)
{
	return __atomic_load_n(&ring->control[which], __ATOMIC_SEQ_CST);
}

static inline void fake_store(struct fake_ring *ring, int which, uint32_t to)
{
	__atomic_store_n(&ring->control[which], to, __ATOMIC_SEQ_CST);
}

static inline uint32_t fake_used(const struct fake_ring *ring)
{
	return (fake_load(ring, FAKE_WRITE) + ring->size -
		fake_load(ring, FAKE_READ)) % ring->size;
}

static inline void fake_put(
	struct fake_ring *ring, uint32_t *at, const void *from, uint32_t size)
{
	const uint8_t *bytes = from;

	while (size--) {
		ring->data[*at] = *bytes++;
		*at = (*at + 1) % ring->size;
	}
}

static inline void fake_get(
	struct fake_ring *ring, uint32_t *at, void *to, uint32_t size)
{
	uint8_t *bytes = to;

	while (size--) {
		*bytes++ = ring->data[*at];
		*at = (*at + 1) % ring->size;
	}
}

/* Any descriptor, with so many bytes behind it. 1: the bell must be rung;
 * -1: no room. */
static inline int fake_write(struct fake_ring *ring, const uint16_t head[4],
	uint64_t transaction, const void *data, uint32_t size)
{
	uint32_t start = fake_load(ring, FAKE_WRITE), at = start;
	uint64_t trailer = (uint64_t)start << 32;

	if (ring->size - fake_used(ring) <= 16 + size + 8)
		return -1;
	fake_put(ring, &at, head, 8);
	fake_put(ring, &at, &transaction, 8);
	fake_put(ring, &at, data, size);
	fake_put(ring, &at, &trailer, 8);
	fake_store(ring, FAKE_WRITE, at);
	return !fake_load(ring, FAKE_MASK) &&
		fake_load(ring, FAKE_READ) == start;
}

/* A good one; size is a multiple of 8. */
static inline int fake_send(struct fake_ring *ring, uint64_t transaction,
	const void *data, uint32_t size)
{
	uint16_t head[4] = { PACKET_IN_BAND, 2, 2 + size / 8, 0 };

	return fake_write(ring, head, transaction, data, size);
}

/* The next packet's bytes behind the descriptor, and how many; -1: none. */
static inline int fake_receive(
	struct fake_ring *ring, uint64_t *transaction, void *to, uint32_t room)
{
	uint32_t at = fake_load(ring, FAKE_READ), start = at, size;
	uint16_t head[4];
	uint64_t trailer;

	if (at == fake_load(ring, FAKE_WRITE))
		return -1;
	fake_get(ring, &at, head, 8);
	fake_get(ring, &at, transaction, 8);
	size = head[2] * 8u - 16;
	CHECK(head[1] == 2 && head[2] >= 2 && size <= room);
	fake_get(ring, &at, to, size);
	fake_get(ring, &at, &trailer, 8);
	CHECK(trailer == (uint64_t)start << 32);
	fake_store(ring, FAKE_READ, at);
	return size;
}

#endif
