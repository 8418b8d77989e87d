/* A guest with synthetic input and video, for tests. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKE_SYNTH_H
#define TESTS_FAKE_SYNTH_H

#include "fake_vmbus.h"
#include "vmbus/pipe.h"

#define RING_PAGE	0x100u
#define RING_PAGES	4u	/* of one direction */

static struct fake fake;
static struct vmbus vmbus;

static inline struct fake_ring ring_of(uint32_t relid, bool to_guest)
{
	uint32_t page = RING_PAGE + relid * 2 * RING_PAGES +
		(to_guest ? RING_PAGES : 0);

	return (struct fake_ring){
		.control = (void *)(fake_memory + page * FAKE_PAGE),
		.data = fake_memory + (page + 1) * FAKE_PAGE,
		.size = (RING_PAGES - 1) * FAKE_PAGE,
	};
}

static inline void open_channel(uint32_t relid)
{
	uint32_t page = RING_PAGE + relid * 2 * RING_PAGES;

	fake_ring(page, RING_PAGES);
	fake_ring(page + RING_PAGES, RING_PAGES);
	fake_gpadl(&vmbus, relid, relid, page, 2 * RING_PAGES);
	fake_open(&vmbus, relid, relid, 0, RING_PAGES);
	CHECK(vmbus.channels[relid - 1]->state == CHANNEL_OPEN);
	fake.taken = fake.count;
}

static inline void close_channel(uint32_t relid)
{
	FAKE_SAY(&vmbus, VMBUS_CLOSE, relid);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, relid, relid);
	fake.taken = fake.count;
}

/* A new VMBus; its devices come after that, and connect_guest(). */
static inline void fresh_bus(void)
{
	if (vmbus.device.ops)
		vmbus.device.ops->exit(&vmbus.device);
	memset(fake_memory, 0, sizeof(fake_memory));
	fake_init(&fake);
	CHECK(!vmbus_init(&vmbus, &fake.ram, FAKE_VPS, &fake_host, &fake));
}

static inline void connect_guest(void)
{
	fake_contact(&vmbus, VMBUS_VERSION_5_3, 1, 2);
	FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS);
	fake.taken = fake.count;
}

static inline void ring_bell(uint32_t relid)
{
	unsigned int turns = 0;

	while (channel_rang(vmbus.channels[relid - 1]))
		CHECK(turns++ < 1000);
}

/* Any packet; the size becomes a multiple of 8. */
static inline void put_packet(uint32_t relid, uint16_t type, uint16_t flags,
	uint64_t transaction, const void *bytes, uint32_t size)
{
	struct fake_ring ring = ring_of(relid, false);
	uint8_t padded[10000] = { 0 };
	uint32_t whole = (size + 7) / 8 * 8;
	uint16_t head[4] = { type, 2, 2 + whole / 8, flags };

	CHECK(whole <= sizeof(padded));
	memcpy(padded, bytes, size);
	CHECK(fake_write(&ring, head, transaction, padded, whole) >= 0);
	ring_bell(relid);
}

static inline void put_raw(uint32_t relid, const void *bytes, uint32_t size)
{
	put_packet(relid, PACKET_IN_BAND, 0, 1, bytes, size);
}

/* With a frame around it. */
static inline void put_framed(uint32_t relid, const void *bytes,
	uint32_t size)
{
	uint8_t buffer[10000];
	const uint32_t frame[2] = { 1, size };

	memcpy(buffer, frame, 8);
	memcpy(buffer + 8, bytes, size);
	put_raw(relid, buffer, 8 + size);
}

/* What the guest got; -1: nothing. */
static inline int get_raw(uint32_t relid, void *to, uint32_t room)
{
	struct fake_ring ring = ring_of(relid, true);
	uint64_t transaction;

	return fake_receive(&ring, &transaction, to, room);
}

/* Without the frame, of the size that it says. */
static inline int get_framed(uint32_t relid, void *to, uint32_t room)
{
	uint8_t buffer[4096];
	uint32_t frame[2];
	int size = get_raw(relid, buffer, sizeof(buffer));

	if (size < 0)
		return -1;
	CHECK(size >= 8);
	memcpy(frame, buffer, 8);
	CHECK(frame[0] == 1 && frame[1] <= (uint32_t)size - 8 &&
		frame[1] <= room);
	memcpy(to, buffer + 8, frame[1]);
	return frame[1];
}

#endif
