/* The 82540EM: registers, frames both ways, saved states. */
/* SPDX-License-Identifier: MIT */
#include "fake_e1000.h"

static uint8_t frame[70000], got[70000];
static struct virtio_net_hdr_v1 tap;

static uint32_t eerd(unsigned int word)
{
	put(0x14, word << 8 | 1);
	CHECK(get(0x14) & 0x10);
	return get(0x14) >> 16;
}

static void clock_bit(bool bit)
{
	put(0x10, 0x42 | bit << 2);
	put(0x10, 0x43 | bit << 2);
	put(0x10, 0x42 | bit << 2);
}

/* By its serial lines, as drivers of older ones do. */
static uint16_t eecd(unsigned int word)
{
	uint16_t value = 0;
	unsigned int i;

	put(0x10, 0x40);
	CHECK(get(0x10) & 0x80);
	put(0x10, 0x42);
	for (i = 9; i--; )
		clock_bit((6u << 6 | word) >> i & 1);
	for (i = 0; i < 16; i++) {
		put(0x10, 0x43);
		value = value << 1 | (get(0x10) >> 3 & 1);
		put(0x10, 0x42);
	}
	put(0x10, 0);
	return value;
}

static void test_eeprom(void)
{
	uint16_t sum = 0;
	unsigned int i;

	up(false);
	for (i = 0; i < 64; i++) {
		sum += eerd(i);
		CHECK(eecd(i) == eerd(i));
	}
	CHECK(sum == 0xbaba && eerd(0) == 0x5302 && eerd(2) == 0x0700);
	CHECK(eerd(200) == 0xffff);
	CHECK(get(0x5400) == 0x004f5302 && get(0x5404) == 0x80000700);
}

static uint32_t mdic(uint32_t order)
{
	put(0x20, order);
	CHECK(get(0x20) & 0x10000000);
	return get(0x20);
}

static void test_phy(void)
{
	up(false);
	CHECK((mdic(0x08220000) & 0xffff) == 0x0141);
	CHECK((mdic(0x08230000) & 0xffff) == 0x0c20);
	CHECK(mdic(0x08400000) & 0x40000000);
	CHECK((mdic(0x08210000) & 0x24) == 0x24 && get(0x8) & 2);
	put(0xd0, 4);
	CHECK(!e1000_plug(&at->nic, false));
	CHECK(at->machine.level[11] && get(0xc0) == 4);
	CHECK(!at->machine.level[11]);
	CHECK(!(mdic(0x08210000) & 0x24) && !(get(0x8) & 2));
	CHECK(!e1000_plug(&at->nic, true));
	CHECK(get(0x8) & 2 && get(0xc0) == 4);
	/* Negotiation again. */
	mdic(0x04201340);
	CHECK(get(0xc0) == 4 && (mdic(0x08200000) & 0xffff) == 0x1140);
	mdic(0x04220000);
	CHECK((mdic(0x08220000) & 0xffff) == 0x0141);
}

static void test_access(void)
{
	struct bus *ports = &at->machine.ports;

	up(false);
	bus_write(ports, PORTS, 4, 0x5400);
	CHECK(bus_read(ports, PORTS, 4) == 0x5400);
	CHECK(bus_read(ports, PORTS + 4, 4) == 0x004f5302);
	bus_write(ports, PORTS + 4, 4, 0x12345678);
	CHECK(get(0x5400) == 0x12345678);
	bus_write(ports, PORTS, 4, 0x20000);
	CHECK(!bus_read(ports, PORTS + 4, 4));
	CHECK(bus_read(&at->mmio, REGISTERS + 0x5402, 1) == 0x34 ||
		bus_read(&at->mmio, REGISTERS + 0x5402, 2) == 0x1234);
	bus_write(&at->mmio, REGISTERS + 0x5400, 2, 0);
	CHECK(get(0x5400) == 0x12345678);
	CHECK(!get(0x1fffc));
	put(0, E1000_CTRL_RST);
	CHECK(get(0x5400) == 0x004f5302 && !(get(0) & E1000_CTRL_RST));
	/* Interrupts: set, masked, unmasked. */
	put(0xc8, 0x80);
	CHECK(!at->machine.level[11]);
	put(0xd0, 0x80);
	CHECK(at->machine.level[11]);
	put(0xd8, 0x80);
	CHECK(!at->machine.level[11] && get(0xc0) == 0x80 && !get(0xc0));
}

static void test_legacy(void)
{
	uint32_t size = some_frame(frame, false, 100);

	up(false);
	rings(0);
	memcpy(fake_memory + TX_DATA, frame, size);
	put(0xd0, E1000_CAUSE_TXDW);
	give(TX_DATA, 50, 0);
	give(TX_DATA + 50, (size - 50) | E1000_TX_EOP | E1000_TX_RS, 0);
	go();
	CHECK(from_wire(&tap, got, sizeof(got)) == (int)size);
	CHECK(!memcmp(got, frame, size) && !tap.flags && !tap.gso_type);
	CHECK(!sent_status(0) && sent_status(1) == 1 && get(0x3810) == 2);
	CHECK(at->machine.level[11]);
	CHECK(get(0xc0) == (E1000_CAUSE_TXDW | E1000_CAUSE_TXQE));
	CHECK(get(0x4080) == 1 && !get(0x4080) && get(0x4090) == size + 4);
	/* A sum, of all from byte 14 to byte 24; a short one is filled up. */
	give(TX_DATA, 34 | 24 << 16 | E1000_TX_IC | E1000_TX_EOP, 14 << 8);
	go();
	CHECK(from_wire(&tap, got, sizeof(got)) == 60);
	CHECK(frame_sum(0, got + 14, 46) == 0xffff);
	/* A tag. */
	put(0, E1000_CTRL_VME);
	give(TX_DATA, size | E1000_TX_EOP | E1000_TX_VLE, 0x2005u << 16);
	go();
	CHECK(from_wire(&tap, got, sizeof(got)) == (int)size + 4);
	CHECK(got[12] == 0x81 && got[14] == 0x20 && got[15] == 5);
	CHECK(!memcmp(got + 16, frame + 12, size - 12));
	/* Not whole yet. */
	give(TX_DATA, 20, 0);
	go();
	CHECK(from_wire(&tap, got, sizeof(got)) == -1 && get(0x3810) == 4);
	/* The thread rests until the guest says more. */
	CHECK(at->nic.asleep);
	give(TX_DATA + 20, size - 20, 0);
	give(0, E1000_TX_EOP | E1000_TX_RS, 0);
	go();
	CHECK(from_wire(&tap, got, sizeof(got)) == (int)size);
	CHECK(get(0x3810) == 7 && sent_status(6) == 1);
	/* Without a cable. */
	e1000_plug(&at->nic, false);
	give(TX_DATA, size | E1000_TX_EOP | E1000_TX_RS, 0);
	go();
	CHECK(from_wire(&tap, got, sizeof(got)) == -1 && sent_status(7) == 1);
}

static void context(uint32_t command, uint32_t header, uint32_t mss,
	uint32_t payload, uint32_t sum_at)
{
	give(14 | 24 << 8 | 33ull << 16 | 34ull << 32 |
		(uint64_t)sum_at << 40, payload | command | E1000_TX_DEXT,
		header << 8 | mss << 16);
}

static void test_extended(void)
{
	uint32_t size = some_frame(frame, false, 500);

	up(false);
	rings(0);
	memcpy(fake_memory + TX_DATA, frame, size);
	context(E1000_TX_RS, 0, 0, 0, 40);
	give(TX_DATA, size | E1000_TX_DATA | E1000_TX_DEXT | E1000_TX_EOP,
		E1000_TX_IXSM | E1000_TX_TXSM);
	go();
	CHECK(from_wire(&tap, got, sizeof(got)) == (int)size);
	CHECK(tap.flags == VIRTIO_NET_HDR_F_NEEDS_CSUM &&
		tap.csum_start == 34 && tap.csum_offset == 6);
	CHECK(frame_sum(0, got + 14, 20) == 0xffff && sent_status(0) == 1);
	/* The context stays. With a tag all moves. */
	put(0, E1000_CTRL_VME);
	give(TX_DATA, size | E1000_TX_DATA | E1000_TX_DEXT | E1000_TX_EOP |
		E1000_TX_VLE, E1000_TX_TXSM | 7 << 16);
	go();
	CHECK(from_wire(&tap, got, sizeof(got)) == (int)size + 4);
	CHECK(tap.csum_start == 38 && tap.csum_offset == 6 && got[15] == 7);
	/* TCP, cut by the tap. */
	size = some_frame(frame, true, 30000);
	memcpy(fake_memory + TX_DATA, frame, size);
	context(E1000_TX_TSE | E1000_CONTEXT_TCP | E1000_CONTEXT_IPV4, 54,
		1460, 30000, 50);
	give(TX_DATA, 54 | E1000_TX_DATA | E1000_TX_DEXT | E1000_TX_TSE,
		E1000_TX_IXSM | E1000_TX_TXSM);
	give(TX_DATA + 54, 30000 | E1000_TX_DATA | E1000_TX_DEXT |
		E1000_TX_TSE | E1000_TX_EOP | E1000_TX_RS, 0);
	go();
	CHECK(from_wire(&tap, got, sizeof(got)) == (int)size);
	CHECK(tap.gso_type == VIRTIO_NET_HDR_GSO_TCPV4 &&
		tap.gso_size == 1460 && tap.hdr_len == 54);
	CHECK(tap.csum_start == 34 && tap.csum_offset == 16);
	CHECK(get(0x40f8) == 1);
	/* Its length in IPv4's header is ours. */
	CHECK((got[16] << 8 | got[17]) == (int)size - 14);
	CHECK(!memcmp(got + 54, frame + 54, 30000));
}

static void test_receive(void)
{
	uint32_t size = some_frame(frame, true, 1000), i;
	struct arrived it;

	up(false);
	rings(0);
	turns(2);
	put(0x5000, 0x300);
	put(0xd0, E1000_CAUSE_RXT0);
	tap = (struct virtio_net_hdr_v1){ .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = 34, .csum_offset = 16 };
	to_wire(&tap, frame, size);
	turns(3);
	it = came(0);
	CHECK(at->machine.level[11] && get(0xc0) & E1000_CAUSE_RXT0);
	CHECK(it.written.size == size + 4 && it.written.status ==
		(E1000_RX_DD | E1000_RX_EOP | E1000_RX_TCPCS | E1000_RX_IPCS));
	CHECK(it.written.errors == E1000_RX_IPE && get(0x2810) == 1);
	CHECK(frame_sum(0, it.bytes + 34, size - 34) == 0xffff);
	CHECK(!memcmp(it.bytes + 54, frame + 54, 1000));
	/* A short one, and its CRC not wanted. */
	put(0x100, get(0x100) | E1000_RCTL_SECRC);
	to_wire(NULL, frame, 42);
	turns(3);
	CHECK(came(1).written.size == 60 && !came(1).bytes[59]);
	/* Over three descriptors. */
	put(0x100, E1000_RCTL_EN | 2 << 16);
	to_wire(NULL, frame, size);
	turns(3);
	CHECK(came(2).written.size == 512 && came(3).written.size == 512 &&
		came(4).written.size == size + 4 - 1024);
	CHECK(came(2).written.status == (E1000_RX_DD | E1000_RX_IPCS) &&
		came(4).written.status & E1000_RX_EOP);
	CHECK(!memcmp(came(4).bytes, frame + 1024, size - 1024));
	CHECK(get(0x4074) == 3 && get(0x4088) == 2 * (size + 4) + 64 &&
		!get(0x408c) && !get(0x4088));
	/* No room: they wait. */
	put(0x2818, 5);
	for (i = 0; i < 20; i++)
		to_wire(NULL, frame, 100);
	turns(5);
	CHECK(get(0x2810) == 5);
	put(0x2818, 30);
	turns(5);
	CHECK(get(0x2810) == 25);
}

static bool comes(const uint8_t *to, int tag)
{
	uint32_t head = get(0x2810), size = 100;

	some_frame(frame, false, size);
	memcpy(frame, to, 6);
	if (tag >= 0) {
		frame[12] = 0x81;
		frame[13] = 0;
		frame[14] = tag >> 8;
		frame[15] = tag;
	}
	to_wire(NULL, frame, size);
	turns(3);
	put(0x2818, (get(0x2810) + RING - 1) % RING);
	return get(0x2810) != head;
}

static void test_filters(void)
{
	static const uint8_t other[6] = { 2, 1, 2, 3, 4, 5 },
		group[6] = { 1, 0, 0x5e, 0, 0x12, 0x34 },
		all[6] = { 255, 255, 255, 255, 255, 255 };
	uint32_t bit = 0x3412 >> 4, head;

	up(false);
	rings(0);
	turns(2);
	CHECK(comes(guest_mac, -1) && !comes(other, -1) && !comes(group, -1));
	CHECK(comes(all, -1));
	put(0x5408 + 8 * 14, 0x03020102);
	put(0x540c + 8 * 14, 0x80000504);
	CHECK(comes(other, -1));
	put(0x540c + 8 * 14, 0x00000504);
	CHECK(!comes(other, -1));
	put(0x5200 + 4 * (bit / 32), 1u << bit % 32);
	head = get(0x2810);
	CHECK(comes(group, -1) && came(head).written.status & E1000_RX_PIF);
	put(0x5200 + 4 * (bit / 32), 0);
	CHECK(!comes(group, -1));
	put(0x100, E1000_RCTL_EN | E1000_RCTL_MPE);
	CHECK(comes(group, -1) && comes(all, -1) && !comes(other, -1));
	put(0x100, E1000_RCTL_EN | E1000_RCTL_UPE);
	CHECK(!comes(group, -1) && !comes(all, -1) && comes(other, -1));
	/* Tags. */
	CHECK(comes(guest_mac, 33));
	put(0x100, E1000_RCTL_EN | E1000_RCTL_VFE);
	CHECK(comes(guest_mac, -1) && !comes(guest_mac, 33));
	put(0x5604, 2);
	put(0, E1000_CTRL_VME);
	head = get(0x2810);
	CHECK(comes(guest_mac, 33) && came(head).written.tag == 33 &&
		came(head).written.status & E1000_RX_VP);
	CHECK(came(head).written.size == 100 && came(head).bytes[12] ==
		frame[16] && !memcmp(came(head).bytes, frame, 12));
	/* Too long, and not. */
	rings(0);
	head = some_frame(frame, true, 1500);
	put(0x100, E1000_RCTL_EN);
	turns(2);
	e1000_plug(&at->nic, false);
	turns(2);
	CHECK(!comes(guest_mac, -1));
	e1000_plug(&at->nic, true);
	turns(2);
	CHECK(comes(guest_mac, -1));
}

static void test_state(unsigned int rounds)
{
	unsigned int i;

	at = &board[1];
	up(false);
	at = &board[0];
	up(false);
	for (i = 0; i < rounds; i++)
		put(any() % 2 ? any() % 0x6000 & ~3u :
			0x5200 + any() % 0x600 / 4 * 4, any());
	turns(4);
	copy_state(&board[0].nic.device, &board[1].nic.device);
	check_bad_loads(&board[1].nic.device, 200);
	/* The cable was in, and is out where it goes on. */
	up(false);
	put(0xd0, 4);
	e1000_plug(&board[1].nic, false);
	{
		struct stream stream;

		save(&board[0].nic.device, &stream);
		CHECK(!e1000_ops.load(&board[1].nic.device, &stream, 1));
		stream_free(&stream);
	}
	at = &board[1];
	CHECK(at->machine.level[11] && get(0xc0) == 4 && !(get(8) & 2));
	/* Nothing happens while it stands still. */
	at = &board[0];
	rings(0);
	e1000_pause(&at->nic);
	to_wire(NULL, frame, 100);
	give(TX_DATA, 100 | E1000_TX_EOP, 0);
	go();
	CHECK(!get(0x3810) && !get(0x2810));
	e1000_go(&at->nic);
	turns(3);
	CHECK(get(0x3810) == 1);
	down();
	at = &board[1];
	down();
	at = &board[0];
}

/* With its thread. */
static void test_thread(void)
{
	uint32_t size = some_frame(frame, true, 800), i, tries;

	up(true);
	rings(0);
	usleep(20000);
	memcpy(fake_memory + TX_DATA, frame, size);
	for (i = 0; i < 500; i++) {
		give(TX_DATA, size | E1000_TX_EOP | E1000_TX_RS, 0);
		put(0x3818, tail);
		to_wire(NULL, frame, size);
		for (tries = 0; get(0x3810) != tail ||
			get(0x2810) != (i + 1) % RING; tries++) {
			CHECK(tries < 100000);
			usleep(20);
		}
		put(0x2818, (get(0x2810) + RING - 1) % RING);
		CHECK(from_wire(&tap, got, sizeof(got)) == (int)size);
	}
	e1000_pause(&at->nic);
	e1000_go(&at->nic);
	down();
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_e1000", count, arguments);

	test_eeprom();
	test_phy();
	test_access();
	test_legacy();
	test_extended();
	test_receive();
	test_filters();
	test_state(rounds);
	test_thread();
	down();
	return 0;
}
