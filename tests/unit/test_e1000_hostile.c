/* Wrong guests of the 82540EM: rings without an end, headers past the frame,
 * registers and descriptors of any value. As rows N22 and N23. */
/* SPDX-License-Identifier: MIT */
#include "fake_e1000.h"

static uint8_t frame[70000], got[80000];
static struct virtio_net_hdr_v1 tap;

static unsigned int operations(const char *name)
{
	const char *text = getenv("SOCLE_TEST_OPERATIONS");
	unsigned int count = text ? strtoul(text, NULL, 0) : 20000;

	printf("%s: %u operations from %#llx\n", name, count,
		(unsigned long long)seed_state);
	fflush(stdout);
	return count;
}

static void empty_wire(void)
{
	int size;

	while ((size = from_wire(&tap, got, sizeof(got))) >= 0)
		CHECK(size >= 14 && size <= (int)FRAME_LARGE + 4 &&
			(!tap.flags || tap.csum_start + tap.csum_offset + 2 <=
			size));
}

/* After whatever was: a reset, and frames go both ways. */
static void works(void)
{
	uint32_t size = some_frame(frame, true, 300);

	configure();
	put(0, E1000_CTRL_RST);
	turns(4);
	rings(0);
	turns(4);
	empty_wire();
	memcpy(fake_memory + TX_DATA, frame, size);
	give(TX_DATA, size | E1000_TX_EOP | E1000_TX_RS, 0);
	to_wire(NULL, frame, size);
	go();
	CHECK(from_wire(&tap, got, sizeof(got)) == (int)size);
	CHECK(!memcmp(got, frame, size) && sent_status(0) == 1);
	turns(2);
	CHECK(came(0).written.size == size + 4);
}

/* Head and tail past the end, no ring, one that is not in memory. */
static void wrong_rings(void)
{
	static const uint32_t wrong[] = { 0, 1, RING - 1, RING, RING + 1, 4095,
		65535 };
	unsigned int i, j;

	up(false);
	for (i = 0; i < 7; i++)
		for (j = 0; j < 7; j++) {
			rings(E1000_RCTL_UPE);
			put(0x3810, wrong[i]);
			put(0x2810, wrong[i]);
			put(0x3818, wrong[j]);
			put(0x2818, wrong[j]);
			to_wire(NULL, frame, 100);
			turns(3);
			put(0x3808, 0);
			put(0x2808, 0);
			turns(3);
			empty_wire();
		}
	works();
	rings(0);
	put(0x3804, UINT32_MAX);
	put(0x3800, 0xfffffff0);
	put(0x2804, UINT32_MAX);
	put(0x2800, 0xfffffff0);
	put(0x3818, RING - 1);
	to_wire(NULL, frame, 100);
	turns(8);
	put(0x3800, 0);
	turns(8);
	CHECK(get(0x3810) == RING - 1);
	works();
	/* A guest that does not let it. */
	rings(0);
	set_config(0x04, 2, 3);
	give(TX_DATA, 100 | E1000_TX_EOP, 0);
	to_wire(NULL, frame, 100);
	go();
	CHECK(!get(0x3810) && !get(0x2810));
	works();
}

/* A frame that never ends, in a ring of any size. */
static void endless(void)
{
	unsigned int i, round;

	up(false);
	rings(0);
	put(0x3800, 0x40000);
	put(0x3808, 4096 * 16);
	memset(fake_memory + 0x40000, 0, 4096 * 16);
	for (round = 0; round < 40; round++) {
		put(0x3818, (get(0x3810) + 4095) % 4096);
		turns(4);
	}
	CHECK(get(0x3810) != 0);
	/* Its end, at last: what comes then goes. */
	works();
	for (i = 0; i < RING; i++)
		give(TX_DATA, 100, 0);
	put(0x3818, (get(0x3810) + RING - 1) % RING);
	turns(4);
	CHECK(get(0x3810) == get(0x3818));
	empty_wire();
	works();
}

/* Headers past the frame, in all of a context's fields. */
static void contexts(void)
{
	unsigned int count = operations("N23");
	struct e1000_descriptor part;
	uint32_t size;

	up(false);
	rings(0);
	put(0, E1000_CTRL_VME);
	while (count--) {
		size = some_frame(frame, any() % 2, any() % 3000);
		memcpy(fake_memory + TX_DATA, frame, size);
		if (any() % 4 == 0)
			fake_memory[TX_DATA + 12 + any() % 50] = any();
		part.address = 14 | 24 << 8 | 33ull << 16 | 34ull << 32 |
			50ull << 40;
		if (any() % 2)
			part.address ^= 0xffull << any() % 57;
		give(part.address, E1000_TX_DEXT | (uint32_t)(any() & 7) << 24,
			any() % 2 ? 54u << 8 | 1460u << 16 : any());
		if (any() % 4 == 0)
			size = any() % (size + 1);
		give(TX_DATA, size | E1000_TX_DEXT | E1000_TX_DATA |
			E1000_TX_EOP | (any() & 0x44000000), any());
		go();
		CHECK(get(0x3810) == tail);
		empty_wire();
	}
	works();
}

static uint32_t odd(void)
{
	switch (any() % 6) {
	case 0:
		return any();
	case 1:
		return TX_RING;
	case 2:
		return RX_RING;
	case 3:
		return any() % 256;
	case 4:
		return FAKE_RAM - any() % 64;
	default:
		return UINT32_MAX - any() % 16;
	}
}

static uint32_t some_register(void)
{
	static const uint16_t hot[] = { 0, 0x10, 0x14, 0x20, 0x100, 0x400,
		0xc0, 0xc8, 0xd0, 0xd8, 0x2800, 0x2804, 0x2808, 0x2810, 0x2818,
		0x3800, 0x3804, 0x3808, 0x3810, 0x3818, 0x5000, 0x5400, 0x5404 };

	return any() % 2 ? hot[any() % (sizeof(hot) / 2)] :
		any() % E1000_MEMORY & ~3u;
}

static void some_descriptor(void)
{
	uint32_t where = (any() % 2 ? TX_RING : RX_RING) + any() % RING * 16;
	struct e1000_descriptor part = { any() % 4 ? TX_DATA : odd(),
		any() % 4 ? any() & 0xff1007ff : any(), any() };

	memcpy(fake_memory + where, &part, 16);
}

/* Any values, while its thread is at work or not. */
static void anything(bool thread)
{
	unsigned int count = operations(thread ? "thread" : "anything");
	uint32_t value;

	up(thread);
	rings(0);
	while (count--) {
		switch (any() % 8) {
		case 0:
		case 1:
			put(some_register(), odd());
			break;
		case 2:
			get(some_register());
			break;
		case 3:
			some_descriptor();
			break;
		case 4:
			for (value = 0; value < sizeof(frame) && value < 200;
			     value++)
				frame[value] = any();
			memcpy(frame, guest_mac, any() % 7);
			tap.flags = any();
			tap.csum_start = any() % 2000;
			tap.csum_offset = any() % 2000;
			{
				struct iovec parts[2] = {
					{ &tap, sizeof(tap) },
					{ frame, any() % 9100 } };

				if (writev(at->wire, parts, 2) < 0)
					CHECK(errno == EAGAIN ||
						errno == ENOBUFS);
			}
			break;
		case 5:
			if (any() % 20 == 0)
				rings(any());
			put(0x3818, any() % RING);
			put(0x2818, any() % RING);
			break;
		case 6:
			if (any() % 50 == 0)
				e1000_plug(&at->nic, any() % 4);
			break;
		default:
			if (any() % 50 == 0)
				set_config(0x04, 2, any());
			if (any() % 50 == 0)
				configure();
			if (!thread)
				turns(1);
		}
		empty_wire();
	}
	e1000_plug(&at->nic, true);
	if (!thread)
		works();
	down();
}

int main(int count, char **arguments)
{
	start("test_e1000_hostile", count, arguments);
	wrong_rings();
	endless();
	contexts();
	anything(false);
	anything(true);
	down();
	return 0;
}
