/* VMBus rings: packets in memory that the guest shares with a device. */
/* SPDX-License-Identifier: MIT */
#include "vmbus/ring.h"

#include <errno.h>
#include <string.h>

#define PAGE_SIZE	4096u

/* The first page (struct hv_ring_buffer of include/linux/hyperv.h). */
#define WRITE_INDEX	0
#define READ_INDEX	4
#define INTERRUPT_MASK	8
#define PENDING_SEND	12
#define FEATURES	64
#define FEATURE_PENDING	1u	/* the writer uses PENDING_SEND */

/* A packet: descriptor, whatever the type has, data, and at its end the index
 * at which it begins, in the upper half of eight bytes. */
struct descriptor {
	uint16_t type;
	uint16_t offset8, length8;	/* in eight bytes, from itself */
	uint16_t flags;
	uint64_t transaction;
};
_Static_assert(sizeof(struct descriptor) == 16, "descriptor");
#define TRAILER		8u

static uint32_t distance(const struct ring *ring, uint32_t from, uint32_t to)
{
	return to >= from ? to - from : ring->size - from + to;
}

static uint32_t used(const struct ring *ring)
{
	return distance(ring, ring->read, ring->write);
}

static uint32_t behind(const struct ring *ring, uint32_t at, uint32_t bytes)
{
	return bytes < ring->size - at ? at + bytes :
		at + bytes - ring->size;
}

/* An index of the guest; false: it can be none. */
static bool load_index(
	const struct ring *ring, unsigned int offset, uint32_t *index)
{
	*index = shared_load(ring->pages[0], offset);
	return *index < ring->size && *index % 8 == 0;
}

static void copy_in(
	const struct ring *ring, uint32_t at, void *to, uint32_t size)
{
	uint32_t first = ring->size - at;

	if (first > size)
		first = size;
	shared_copy_in(to, ring->pages + 1, at, first);
	shared_copy_in((uint8_t *)to + first, ring->pages + 1, 0,
		size - first);
}

static void copy_out(
	struct ring *ring, uint32_t at, const void *from, uint32_t size)
{
	uint32_t first = ring->size - at;

	if (first > size)
		first = size;
	shared_copy_out(ring->pages + 1, at, from, first);
	shared_copy_out(ring->pages + 1, 0, (const uint8_t *)from + first,
		size - first);
}

static int attach(
	struct ring *ring, const struct guest_page *pages, uint32_t count)
{
	memset(ring, 0, sizeof(*ring));
	if (count < RING_PAGES_MIN || count > RING_PAGES_MAX)
		return -EPROTO;
	ring->pages = pages;
	ring->size = (count - 1) * PAGE_SIZE;
	if (!load_index(ring, READ_INDEX, &ring->read) ||
	    !load_index(ring, WRITE_INDEX, &ring->write))
		return -EPROTO;
	ring->committed = ring->read;
	return 0;
}

int ring_attach_in(
	struct ring *ring, const struct guest_page *pages, uint32_t count)
{
	return attach(ring, pages, count);
}

int ring_attach_out(
	struct ring *ring, const struct guest_page *pages, uint32_t count)
{
	int error = attach(ring, pages, count);

	if (error)
		return error;
	shared_store(ring->pages[0], PENDING_SEND, 0);
	shared_store(ring->pages[0], FEATURES, FEATURE_PENDING);
	return 0;
}

/* All is read that was there: the guest may have written more. */
static int look_for_more(struct ring *ring)
{
	uint32_t index;

	if (!load_index(ring, WRITE_INDEX, &index))
		return -EPROTO;
	ring->write = index;
	return 0;
}

static int take_descriptor(struct ring *ring, struct descriptor *descriptor)
{
	uint32_t there = used(ring), length;

	if (there < sizeof(*descriptor) + TRAILER)
		return -EPROTO;
	copy_in(ring, ring->read, descriptor, sizeof(*descriptor));
	length = descriptor->length8 * 8u;
	if (descriptor->offset8 * 8u < sizeof(*descriptor) ||
	    descriptor->offset8 > descriptor->length8 ||
	    length > there - TRAILER)
		return -EPROTO;
	return 0;
}

/* Both have a header of eight bytes, with a count of ranges in it. */
static bool lacks_header(const struct packet *packet)
{
	return (packet->type == PACKET_TRANSFER_PAGES ||
		packet->type == PACKET_GPA_DIRECT) && packet->data < 8;
}

int ring_receive(
	struct ring *ring, struct packet *packet, void *to, size_t room)
{
	struct descriptor descriptor;
	uint32_t at = ring->read;

	if (!used(ring) && look_for_more(ring))
		return -EPROTO;
	if (!used(ring))
		return 0;
	if (take_descriptor(ring, &descriptor))
		return -EPROTO;
	packet->type = descriptor.type;
	packet->flags = descriptor.flags;
	packet->transaction = descriptor.transaction;
	packet->size = descriptor.length8 * 8u - sizeof(descriptor);
	packet->data = descriptor.offset8 * 8u - sizeof(descriptor);
	packet->header = 0;
	ring->read = behind(ring, at, descriptor.length8 * 8u + TRAILER);
	if (packet->size > room)
		return -EMSGSIZE;
	if (lacks_header(packet))
		return -EBADMSG;
	copy_in(ring, behind(ring, at, sizeof(descriptor)), to, packet->size);
	return 1;
}

/*
 * The guest says in PENDING_SEND how much room it waits for, and forgets to
 * wait when it gets it. Whether it needs that much or more than that is not
 * written anywhere, and some ask for all of the ring, which is never free: a
 * call too many does no harm, one too few does.
 */
bool ring_commit(struct ring *ring)
{
	uint32_t most = ring->size - 8, pending, before, after, index;

	if (ring->committed == ring->read)
		return false;
	before = ring->size - distance(ring, ring->committed, ring->write);
	after = ring->size - used(ring);
	ring->committed = ring->read;
	shared_store(ring->pages[0], READ_INDEX, ring->read);
	pending = shared_load(ring->pages[0], PENDING_SEND);
	if (!pending)
		return false;
	/* What it has written meanwhile takes room, too. */
	if (load_index(ring, WRITE_INDEX, &index)) {
		before -= distance(ring, ring->write, index);
		after -= distance(ring, ring->write, index);
	}
	pending &= ~7u;
	if (pending > most)
		pending = most;
	return (int32_t)before <= (int32_t)(pending + 8) &&
		(int32_t)after >= (int32_t)pending;
}

/* The guest has read more, but not what was never written. */
static int look_for_room(struct ring *ring)
{
	uint32_t index;

	if (!load_index(ring, READ_INDEX, &index) ||
	    distance(ring, index, ring->write) > used(ring))
		return -EPROTO;
	ring->read = index;
	return 0;
}

/* A full ring would look empty: there is always more room than needed. */
static bool has_room(const struct ring *ring, uint32_t need)
{
	return ring->size - used(ring) > need;
}

static int find_room(struct ring *ring, uint32_t need)
{
	if (has_room(ring, need))
		return 0;
	if (look_for_room(ring))
		return -EPROTO;
	if (has_room(ring, need))
		return 0;
	/* First say so, then look again: else it reads in between. */
	ring->waits = true;
	shared_store(ring->pages[0], PENDING_SEND, need);
	if (look_for_room(ring))
		return -EPROTO;
	return has_room(ring, need) ? 0 : -EAGAIN;
}

static void stop_waiting(struct ring *ring)
{
	if (ring->waits)
		shared_store(ring->pages[0], PENDING_SEND, 0);
	ring->waits = false;
}

/* It sleeps when it has read all there was, and has not masked its bell. */
static bool sleeps(struct ring *ring, uint32_t before)
{
	return !shared_load(ring->pages[0], INTERRUPT_MASK) &&
		shared_load(ring->pages[0], READ_INDEX) == before;
}

int ring_send(struct ring *ring, const struct packet *packet,
	const void *data, size_t size)
{
	static const uint8_t zeros[8];
	struct descriptor descriptor = {
		.type = packet->type,
		.flags = packet->flags,
		.transaction = packet->transaction,
		.offset8 = (sizeof(descriptor) + packet->header) / 8,
	};
	uint32_t start = ring->write, at, padding = -size % 8, need;
	uint64_t trailer = (uint64_t)start << 32;
	int error;

	if (size > UINT16_MAX * 8u - sizeof(descriptor))
		return -EMSGSIZE;
	need = sizeof(descriptor) + size + padding + TRAILER;
	if (need >= ring->size)
		return -EMSGSIZE;
	error = find_room(ring, need);
	if (error)
		return error;
	descriptor.length8 = (need - TRAILER) / 8;
	copy_out(ring, start, &descriptor, sizeof(descriptor));
	at = behind(ring, start, sizeof(descriptor));
	copy_out(ring, at, data, size);
	at = behind(ring, at, size);
	copy_out(ring, at, zeros, padding);
	at = behind(ring, at, padding);
	copy_out(ring, at, &trailer, sizeof(trailer));
	ring->write = behind(ring, at, sizeof(trailer));
	shared_store(ring->pages[0], WRITE_INDEX, ring->write);
	stop_waiting(ring);
	return sleeps(ring, start);
}

void ring_mask(struct ring *ring, bool mask)
{
	shared_store(ring->pages[0], INTERRUPT_MASK, mask);
}

bool ring_ready(const struct ring *ring)
{
	uint32_t index;

	return used(ring) || !load_index(ring, WRITE_INDEX, &index) ||
		index != ring->write;
}
