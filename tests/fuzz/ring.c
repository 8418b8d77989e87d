/* Rings: what a guest writes into their pages, between our looks. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <errno.h>

#include "check.h"
#include "vmbus/ring.h"

#define PAGE	4096u
#define PAGES	3u		/* of each ring */

static uint8_t memory[2 * PAGES * PAGE] __attribute__((aligned(4096)));
static const struct ram ram = { memory, sizeof(memory) };
static struct ring in, out;
static struct guest_page pages[2 * PAGES];

static void attach(struct input *input)
{
	uint32_t count = RING_PAGES_MIN + input_byte(input) % 2;

	if (ring_attach_in(&in, pages, count) ||
	    ring_attach_out(&out, pages + PAGES, count)) {
		memset(memory, 0, sizeof(memory));
		CHECK(!ring_attach_in(&in, pages, count));
		CHECK(!ring_attach_out(&out, pages + PAGES, count));
	}
}

static void check_ring(const struct ring *ring)
{
	CHECK(ring->read < ring->size && ring->read % 8 == 0);
	CHECK(ring->write < ring->size && ring->write % 8 == 0);
	CHECK(ring->committed < ring->size && ring->committed % 8 == 0);
}

/* The room is the size exactly: one byte more would be seen. No packet is
 * longer than what the guest says is there. */
static void receive(struct input *input)
{
	size_t room = input_byte(input) * 8u;
	uint8_t *to = malloc(room);
	uint32_t before = in.read, took;
	struct packet packet;
	int result = ring_receive(&in, &packet, to, room);

	took = (in.read + in.size - before) % in.size;
	if (result == 1)
		CHECK(packet.size <= room && packet.data <= packet.size &&
			took == packet.size + 24);
	if (result != -EPROTO)
		CHECK(took <= (in.write + in.size - before) % in.size);
	free(to);
	if (result == -EPROTO)
		attach(input);
}

static void transmit(struct input *input)
{
	const struct packet packet = {
		.type = input_byte(input), .transaction = 7 };
	size_t size = input_byte(input) * 40u;
	uint8_t *from = calloc(1, size);

	if (ring_send(&out, &packet, from, size) == -EPROTO)
		attach(input);
	free(from);
}

/* Control words and the first descriptors more often than the rest. */
static void write_memory(struct input *input)
{
	uint32_t at = input_byte(input), value = input_word(input);

	if (at & 0x80)
		at = at % 4 * 4 + (at & 0x40 ? PAGES * PAGE : 0);
	else if (at & 0x40)
		at = PAGE + at % 64 * 4;
	else
		at = input_word(input) % (sizeof(memory) - 4) & ~3u;
	memcpy(memory + at, &value, 4);
}

static void step(struct input *input)
{
	switch (input_byte(input) % 8) {
	case 0: case 1: case 2: write_memory(input); break;
	case 3: receive(input); break;
	case 4: transmit(input); break;
	case 5: ring_commit(&in); break;
	case 6: ring_mask(&in, input_byte(input) % 2); break;
	case 7: ring_ready(&in); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };
	uint32_t i;

	memset(memory, 0, sizeof(memory));
	for (i = 0; i < 2 * PAGES; i++)
		pages[i] = shared_page(&ram, i);
	attach(&input);
	while (input.left) {
		step(&input);
		check_ring(&in);
		check_ring(&out);
	}
	return 0;
}
