/* What the fuzz targets of network adapters share: a guest that is ready. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_NETWORK_H
#define TESTS_FUZZ_NETWORK_H

#include "fuzz.h"

#define FAKE_RAM	(5u << 20)
#define FAKE_LETTERS	64u
#include "fake_network.h"

static inline bool ring_is_whole(const struct fake_ring *ring)
{
	uint32_t write = fake_load(ring, FAKE_WRITE);
	uint32_t read = fake_load(ring, FAKE_READ);

	return write < ring->size && read < ring->size && !(write % 8) &&
		!(read % 8);
}

/* A packet that fits into its ring. */
static inline void fuzz_post(uint16_t type, uint64_t id, const void *bytes,
	uint32_t size, uint32_t data)
{
	uint16_t head[4] = { type, 2 + data / 8, 2 + size / 8,
		PACKET_FLAG_COMPLETION };

	if (ring_is_whole(&side[0].out))
		fake_write(&side[0].out, head, id, bytes, size);
	ring_bell(0);
	pump();
}

/* What came to the guest, and to the tap's other side; some of it is given
 * back. */
static inline void fuzz_take(bool back)
{
	static uint8_t frame[70000];
	struct virtio_net_hdr_v1 tap;
	struct taken taken;

	while (ring_is_whole(&side[0].in) && take(0, &taken)) {
		if (back && taken.type == PACKET_TRANSFER_PAGES)
			fuzz_post(PACKET_COMPLETION, taken.id,
				&taken.message, 8, 0);
		ring_bell(0);
		pump();
	}
	while (wire_read(0, &tap, frame) >= 0)
		;
	fake.taken = fake.count;
}

/* A frame for the guest; if it takes none it is lost. */
static inline void fuzz_frame(struct input *input, uint32_t most)
{
	static uint8_t bytes[4000];
	uint32_t size = input_word(input) % most;
	struct virtio_net_hdr_v1 tap;
	struct iovec parts[2] = { { &tap, sizeof(tap) }, { bytes, size } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	input_take(input, &tap, sizeof(tap));
	input_take(input, bytes, size);
	sendmsg(side[0].wire, &message, MSG_DONTWAIT);
	pump();
}

/* Saved and loaded again, it is the same. */
static inline void fuzz_save(void)
{
	struct stream before, after;

	save(&vmbus.device, &before);
	CHECK(!vmbus.device.ops->load(&vmbus.device, &before,
		vmbus.device.ops->version));
	save(&vmbus.device, &after);
	CHECK(before.size == after.size &&
		!memcmp(before.data, after.data, before.size));
	stream_free(&before);
	stream_free(&after);
}

/* A guest that is new, with its adapter as far as buffers. */
static inline void fuzz_begin(unsigned int lanes)
{
	static bool is_begun;

	if (!is_begun)
		up(lanes, 0, false);
	is_begun = true;
	fake_init(&fake);
	memset(fake_memory, 0, sizeof(fake_memory));
	connect_bus();
	negotiated(NVSP_VERSION_6_1);
}

#endif
