/* Which frames an 82540EM lets through: 8254x manual, 3.2.1, 13.5. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "net/e1000_work.h"

static bool in_table(const uint32_t *table, uint32_t bit)
{
	return table[bit / 32] >> bit % 32 & 1;
}

/* One of the addresses, in whole. */
static bool is_ours(const struct e1000 *nic, const uint8_t *to)
{
	uint32_t low, high = 0;
	unsigned int i;

	memcpy(&low, to, 4);
	memcpy(&high, to + 4, 2);
	for (i = 0; i < E1000_ADDRESSES; i++)
		if (nic->address[2 * i] == low &&
		    (nic->address[2 * i + 1] & 0xffff) == high &&
		    nic->address[2 * i + 1] & E1000_ADDRESS_VALID)
			return true;
	return false;
}

/* 12 bits of the address, from where the driver says, choose one. */
static bool in_groups(const struct e1000 *nic, const uint8_t *to)
{
	static const uint8_t shift[] = { 4, 3, 2, 0 };
	uint32_t bits = to[4] | (uint32_t)to[5] << 8;

	bits >>= shift[E1000_RCTL_OFFSET(nic->registers[E1000_RCTL])];
	return in_table(nic->groups, bits & 0xfff);
}

static bool wants_tag(const struct e1000 *nic,
	const struct e1000_arrived *frame)
{
	uint16_t tci;

	return !(nic->registers[E1000_RCTL] & E1000_RCTL_VFE) ||
		!frame_tag(frame->bytes, frame->size, &tci) ||
		in_table(nic->vlans, tci & 0xfff);
}

bool e1000_wants(const struct e1000 *nic, const struct e1000_arrived *frame,
	bool *perhaps)
{
	uint32_t rctl = nic->registers[E1000_RCTL];
	enum frame_kind kind = frame_kind(frame->bytes);

	*perhaps = false;
	if (!wants_tag(nic, frame))
		return false;
	if (is_ours(nic, frame->bytes) ||
	    (kind == FRAME_BROADCAST && rctl & E1000_RCTL_BAM))
		return true;
	*perhaps = kind != FRAME_DIRECTED && in_groups(nic, frame->bytes);
	return *perhaps || rctl & (kind == FRAME_DIRECTED ?
		E1000_RCTL_UPE : E1000_RCTL_MPE);
}
