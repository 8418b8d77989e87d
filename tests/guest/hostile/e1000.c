/* Hostile guests: rings of an e1000 that cannot be, descriptors and registers
 * of any value; as N22 and N23 for a network adapter of VMBus. */
/* SPDX-License-Identifier: MIT */
#include "pc.h"
#include "rows.h"

#define PATIENCE	60000u	/* ms */
#define CHECK_EACH	4096u	/* steps */
#define NOT_MEMORY	0xfu
#define MEMORY_AND_MASTER 7u	/* of PCI's command register, and ports */

#define CTRL		0x0000u
#define CTRL_RST	0x04000000u
#define RCTL		0x0100u
#define TCTL		0x0400u
#define REGISTERS	0x6000u	/* all lie below */
#define RECEIVE		0x2800u	/* a ring's registers: */
#define TRANSMIT	0x3800u
enum { RING_LOW, RING_HIGH = 4, RING_SIZE = 8, RING_HEAD = 0x10,
	RING_TAIL = 0x18 };
#define ENABLE		0x2u
#define ACCEPT		0x801au	/* all of them, for the receiver */

/* In memory that is free: no ring is longer than 1 MB. */
#define TX_RING		(8u << 20)
#define RX_RING		(10u << 20)
#define ROOM		(12u << 20)
#define DESCRIPTORS	256u
#define DESCRIPTOR	16u
#define FRAME		60u
#define TOLD		1u

struct descriptor {
	uint32_t address, high, lower, upper;
};
#define TX_SEND		0x09000000u	/* the frame's end, and tell */

static uint32_t base;

static uint32_t get(uint32_t offset)
{
	return pc_load(base + offset, 4);
}

static void put(uint32_t offset, uint32_t value)
{
	pc_store(base + offset, 4, value);
}

static void ring(uint32_t which, uint32_t at, uint32_t size)
{
	put(which + RING_LOW, at);
	put(which + RING_HIGH, 0);
	put(which + RING_SIZE, size);
	put(which + RING_HEAD, 0);
	put(which + RING_TAIL, 0);
}

/* After whatever was: a reset, and a frame goes each way. */
static void check(void)
{
	volatile struct descriptor *tx = (void *)TX_RING;
	volatile struct descriptor *rx = (void *)RX_RING;
	uint32_t i;

	put(CTRL, CTRL_RST);
	for (i = 0; i < FRAME; i++)
		pc_store(ROOM + i, 1, i < 6 ? 0xff : i);
	ring(TRANSMIT, TX_RING, 8 * DESCRIPTOR);
	ring(RECEIVE, RX_RING, 8 * DESCRIPTOR);
	*tx = (struct descriptor){ ROOM, 0, TX_SEND | FRAME, 0 };
	*rx = (struct descriptor){ ROOM + PAGE, 0, 0, 0 };
	put(TCTL, ENABLE);
	put(RCTL, ENABLE | ACCEPT);
	put(TRANSMIT + RING_TAIL, 1);
	put(RECEIVE + RING_TAIL, 7);
	PC_UNTIL(tx->upper & TOLD, PATIENCE);
	PC_UNTIL(rx->upper & TOLD, PATIENCE);
	CHECK(rx->lower & 0xffff);
}

static void begin(void)
{
	pc_begin();
	CHECK(pc_config(PC_NIC, 0) == 0x100e8086);
	base = pc_config(PC_NIC, PC_BAR(0)) & ~NOT_MEMORY;
	pc_set_config(PC_NIC, PC_COMMAND, MEMORY_AND_MASTER);
	check();
}

static struct descriptor *any_descriptor(uint32_t at)
{
	return (struct descriptor *)at + below(one_in(2) ? 8 : DESCRIPTORS);
}

/* Data, contexts and old ones; of 16 KB at most, or it says so. */
static void transmit(void)
{
	static const uint32_t sizes[] = { 0, 1, 13, 14, 15, 59, 60, 1514, 1518,
		4096, 9014, 16288, 0xffff, 0xfffff };
	struct descriptor *to = any_descriptor(TX_RING);

	to->address = pc_place(0x100000);
	to->high = one_in(8) ? odd() : 0;
	to->lower = PICK(sizes) | random32() << 20;
	if (one_in(2))
		to->lower |= TX_SEND;
	to->upper = one_in(2) ? random32() : odd();
}

static void receive(void)
{
	struct descriptor *to = any_descriptor(RX_RING);

	to->address = pc_place(0x4000);
	to->high = one_in(8) ? odd() : 0;
	to->lower = random32();
	to->upper = one_in(2) ? 0 : odd();
}

/* A ring's descriptors are written, too. */
static void any_ring(void)
{
	static const uint32_t nowhere[] = { 0xa0000, PC_RAM, PC_RAM - 16,
		0xbffffff0, 0xf8000000, 0xfee00000, 0xfffffff0 };
	uint32_t which = one_in(2) ? TRANSMIT : RECEIVE;
	uint32_t own = which == TRANSMIT ? TX_RING : RX_RING;

	switch (below(5)) {
	case 0:
		put(which + RING_LOW, one_in(4) ? PICK(nowhere) : own);
		break;
	case 1: put(which + RING_HIGH, one_in(4) ? odd() : 0); break;
	case 2:
		put(which + RING_SIZE, one_in(2) ? DESCRIPTORS * DESCRIPTOR :
			odd());
		break;
	case 3:
		put(which + RING_HEAD, one_in(2) ? 0 : odd());
		break;
	default:
		put(which + RING_TAIL, one_in(2) ? below(DESCRIPTORS) : odd());
	}
}

static bool is_ring(uint32_t offset)
{
	return offset == RECEIVE || offset == RECEIVE + RING_HIGH ||
		offset == TRANSMIT || offset == TRANSMIT + RING_HIGH;
}

/* Where rings lie is chosen above. */
static void any_register(void)
{
	static const uint32_t known[] = { 0x00, 0x10, 0x14, 0x18, 0x20, 0x38,
		0xc0, 0xc4, 0xc8, 0xd0, 0xd8, RCTL, TCTL, 0x5000, 0x5400,
		0x5404, 0x5200, 0x5600 };
	uint32_t offset = one_in(4) ? below(REGISTERS) & ~3u : PICK(known);
	uint32_t value = odd();

	if (one_in(4)) {
		pc_load(base + below(0x20000 - 4), pc_size());
		return;
	}
	if (is_ring(offset))
		return;
	put(offset, value);
	if (get(offset) == value)
		taken++;
	else
		refused++;
}

static void enable(void)
{
	put(RCTL, (one_in(2) ? 0 : random32()) | ENABLE | ACCEPT);
	put(TCTL, (one_in(2) ? 0 : random32()) | ENABLE);
}

/* Any register by its ports, but where rings lie. */
static void ports(void)
{
	uint16_t at = pc_config(PC_NIC, PC_BAR(1)) & 0xfffc;
	uint32_t offset = odd();

	if (!at || is_ring(offset & ~3u))
		return;
	outl(at, offset);
	if (one_in(2))
		pc_out(at + 4, 4, odd());
	pc_in(at + below(8), pc_size());
}

static void step(void)
{
	switch (below(8)) {
	case 0: case 1: transmit(); break;
	case 2: receive(); break;
	case 3: case 4: any_ring(); break;
	case 5: any_register(); break;
	case 6: enable(); break;
	default: ports(); break;
	}
	if (guest_step % CHECK_EACH == CHECK_EACH - 1)
		check();
}

const struct row row_e1000 = { "e1000", begin, step, check };
