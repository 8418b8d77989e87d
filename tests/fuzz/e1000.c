/* The 82540EM: registers, rings, descriptors and frames, as bytes say. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "fake_e1000.h"

static uint8_t bytes[255 * 40];

static uint64_t input_long(struct input *input)
{
	uint64_t low = input_word(input);

	return low | (uint64_t)input_word(input) << 32;
}

/* A descriptor of a ring, mostly of one that is looked at. */
static void write_descriptor(struct input *input, uint32_t ring)
{
	struct e1000_descriptor part;
	uint32_t where = input_byte(input) % RING;

	part.address = input_byte(input) % 2 ? TX_DATA + input_byte(input) :
		input_long(input);
	part.lower = input_word(input);
	part.upper = input_word(input);
	memcpy(fake_memory + ring + 16 * where, &part, 16);
}

static void write_data(struct input *input)
{
	uint32_t count = input_byte(input), i;

	for (i = 0; i < count && input->left; i++)
		fake_memory[TX_DATA + i] = input_byte(input);
}

static void send_to_guest(struct input *input)
{
	struct virtio_net_hdr_v1 tap = { .flags = input_byte(input) };
	uint32_t size = input_byte(input) * 40u, i;

	tap.csum_start = input_byte(input);
	tap.csum_offset = input_byte(input);
	memcpy(bytes, guest_mac, 6);
	for (i = 6; i < 60 && input->left; i++)
		bytes[i] = input_byte(input);
	to_wire(&tap, bytes, size);
}

static void empty_wire(void)
{
	struct virtio_net_hdr_v1 tap;
	static uint8_t got[80000];
	int size;

	while ((size = from_wire(&tap, got, sizeof(got))) >= 0)
		CHECK(size >= 14 && size <= (int)FRAME_LARGE + 4 &&
			(!tap.flags || tap.csum_start + tap.csum_offset + 2 <=
			size));
}

static void act(struct input *input)
{
	uint8_t what = input_byte(input);

	switch (what & 7) {
	case 0:
		put((what >> 3 | input_byte(input) << 5) * 4u,
			input_word(input));
		break;
	case 1:
		get((what >> 3 | input_byte(input) << 5) * 4u);
		break;
	case 2:
		write_descriptor(input, what & 8 ? TX_RING : RX_RING);
		break;
	case 3:
		write_data(input);
		break;
	case 4:
		send_to_guest(input);
		break;
	case 5:
		put(what & 8 ? 0x3818 : 0x2818, what >> 4 & 3 ?
			input_byte(input) % RING : input_word(input));
		break;
	case 6:
		e1000_plug(&at->nic, what & 8);
		break;
	default:
		turns(2);
		empty_wire();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *from, size_t size)
{
	struct input input = { from, size };
	unsigned int most = 150;

	memset(fake_memory + TX_DATA, 0, 4096);
	up(false);
	rings(0);
	turns(2);
	while (input.left && most--)
		act(&input);
	turns(4);
	empty_wire();
	down();
	return 0;
}
