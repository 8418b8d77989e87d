/* The 82540EM's registers, as a driver reads and writes them. */
/* SPDX-License-Identifier: MIT */
#include "net/e1000_registers.h"

#include <string.h>

#include "net/e1000.h"
#include "net/e1000_serial.h"

/* Those that are not one number (13.2). */
#define STATUS	0x0008u
#define ICS	0x00c8u
#define IMC	0x00d8u
#define GROUPS	0x5200u
#define ADDRESS	0x5400u
#define VLANS	0x5600u

/* STATUS: full duplex, 1,000 Mb/s, transmit clock; link up. */
#define STATUS_ALWAYS	0x00000681u
#define STATUS_LINK	0x00000002u

#define RING_SIZE	0x000fff80u
#define HIGH_BITS	0x8003ffffu	/* of a RAH */

/* Of statistics: pairs that make one number, the lower's offset. */
#define GOOD_BYTES	0x4088u		/* received, then sent */
#define TOTAL_BYTES	0x40c0u		/* the same */

static const struct {
	uint32_t offset, writable, first;
} table[E1000_REGISTERS] = {
	[E1000_ICR] = { 0x00c0, E1000_CAUSES, 0 },
	[E1000_IMS] = { 0x00d0, E1000_CAUSES, 0 },
	[E1000_TDT] = { 0x3818, 0xffff, 0 },
	[E1000_RDT] = { 0x2818, 0xffff, 0 },
	[E1000_TDH] = { 0x3810, 0xffff, 0 },
	[E1000_RDH] = { 0x2810, 0xffff, 0 },
	[E1000_CTRL] = { 0x0000, ~(E1000_CTRL_RST | E1000_CTRL_PHY_RST),
		0x00140240 },
	[E1000_CTRL_EXT] = { 0x0018, UINT32_MAX, 0 },
	[E1000_EECD] = { 0x0010, UINT32_MAX, 0 },
	[E1000_EERD] = { 0x0014, UINT32_MAX, 0 },
	[E1000_MDIC] = { 0x0020, UINT32_MAX, 0x10000000 },
	[E1000_RCTL] = { 0x0100, UINT32_MAX, 0 },
	[E1000_TCTL] = { 0x0400, UINT32_MAX, 0 },
	[E1000_RXCSUM] = { 0x5000, 0x7ff, 0 },
	[E1000_TDBAL] = { 0x3800, 0xfffffff0, 0 },
	[E1000_TDBAH] = { 0x3804, UINT32_MAX, 0 },
	[E1000_TDLEN] = { 0x3808, RING_SIZE, 0 },
	[E1000_RDBAL] = { 0x2800, 0xfffffff0, 0 },
	[E1000_RDBAH] = { 0x2804, UINT32_MAX, 0 },
	[E1000_RDLEN] = { 0x2808, RING_SIZE, 0 },
	[E1000_FCAL] = { 0x0028, UINT32_MAX, 0 },
	[E1000_FCAH] = { 0x002c, UINT32_MAX, 0 },
	[E1000_FCT] = { 0x0030, UINT32_MAX, 0 },
	[E1000_FCTTV] = { 0x0170, UINT32_MAX, 0 },
	[E1000_FCRTL] = { 0x2160, UINT32_MAX, 0 },
	[E1000_FCRTH] = { 0x2168, UINT32_MAX, 0 },
	[E1000_VET] = { 0x0038, 0xffff, 0x8100 },
	[E1000_ITR] = { 0x00c4, 0xffff, 0 },
	[E1000_TXCW] = { 0x0178, UINT32_MAX, 0 },
	[E1000_TIPG] = { 0x0410, UINT32_MAX, 0 },
	[E1000_AIT] = { 0x0458, UINT32_MAX, 0 },
	[E1000_LEDCTL] = { 0x0e00, UINT32_MAX, 0x00000602 },
	[E1000_PBA] = { 0x1000, 0xffff, 0x00100030 },
	[E1000_RDTR] = { 0x2820, 0xffff, 0 },
	[E1000_RADV] = { 0x282c, 0xffff, 0 },
	[E1000_RSRPD] = { 0x2c00, 0xfff, 0 },
	[E1000_TXDMAC] = { 0x3000, 1, 0 },
	[E1000_TIDV] = { 0x3820, 0xffff, 0 },
	[E1000_TXDCTL] = { 0x3828, UINT32_MAX, 0 },
	[E1000_TADV] = { 0x382c, 0xffff, 0 },
	[E1000_TSPMT] = { 0x3830, UINT32_MAX, 0 },
	[E1000_RXDCTL] = { 0x2828, UINT32_MAX, 0 },
	[E1000_WUC] = { 0x5800, UINT32_MAX, 0 },
	[E1000_WUFC] = { 0x5808, UINT32_MAX, 0 },
	[E1000_MANC] = { 0x5820, UINT32_MAX, 0 },
};

static int find(uint32_t offset)
{
	unsigned int i;

	for (i = 0; i < E1000_REGISTERS; i++)
		if (table[i].offset == offset)
			return i;
	return -1;
}

static bool is_in(uint32_t offset, uint32_t start, uint32_t words)
{
	return offset - start < 4 * words;
}

/* The word of a table at that offset; NULL: there is none. */
static uint32_t *find_word(struct e1000 *nic, uint32_t offset)
{
	if (is_in(offset, GROUPS, E1000_WORDS))
		return &nic->groups[(offset - GROUPS) / 4];
	if (is_in(offset, ADDRESS, 2 * E1000_ADDRESSES))
		return &nic->address[(offset - ADDRESS) / 4];
	if (is_in(offset, VLANS, E1000_WORDS))
		return &nic->vlans[(offset - VLANS) / 4];
	return NULL;
}

/* The lower half stays until the upper one is read. */
static uint32_t read_counter(struct e1000 *nic, uint32_t offset)
{
	uint32_t *counter = &nic->counters[(offset - E1000_STATISTICS) / 4];
	uint32_t value = *counter;
	bool is_wide = is_in(offset, GOOD_BYTES, 4) ||
		is_in(offset, TOTAL_BYTES, 4);

	if (is_wide && offset % 8 == 0)
		return value;
	*counter = 0;
	if (is_wide)
		counter[-1] = 0;
	return value;
}

static uint32_t read_causes(struct e1000 *nic)
{
	uint32_t value = nic->registers[E1000_ICR];

	nic->registers[E1000_ICR] = 0;
	e1000_interrupt(nic, 0);
	return value;
}

uint32_t e1000_register_read(struct e1000 *nic, uint32_t offset)
{
	int number = find(offset);
	uint32_t *word;

	if (number == E1000_ICR)
		return read_causes(nic);
	if (number == E1000_EECD)
		return e1000_eecd_read(nic);
	if (number >= 0)
		return nic->registers[number];
	if (offset == STATUS)
		return STATUS_ALWAYS | (nic->cable ? STATUS_LINK : 0);
	if (is_in(offset, E1000_STATISTICS, E1000_COUNTERS))
		return read_counter(nic, offset);
	word = find_word(nic, offset);
	return word ? *word : 0;
}

static void write_control(struct e1000 *nic, uint32_t value)
{
	if (value & E1000_CTRL_RST) {
		e1000_registers_reset(nic);
		return;
	}
	nic->registers[E1000_CTRL] = value & table[E1000_CTRL].writable;
	if (value & E1000_CTRL_PHY_RST)
		e1000_phy_reset(nic);
}

static void write_known(struct e1000 *nic, enum e1000_register number,
	uint32_t value)
{
	uint32_t *to = &nic->registers[number];

	value &= table[number].writable;
	switch (number) {
	case E1000_ICR:
		*to &= ~value;
		e1000_interrupt(nic, 0);
		break;
	case E1000_IMS:
		*to |= value;
		e1000_interrupt(nic, 0);
		break;
	case E1000_TDT:
	case E1000_RDT:
	case E1000_TCTL:
	case E1000_RCTL:
		*to = value;
		e1000_kick(nic);
		break;
	default:
		*to = value;
	}
}

static void write_others(struct e1000 *nic, uint32_t offset, uint32_t value)
{
	uint32_t *word;

	if (offset == ICS) {
		e1000_interrupt(nic, value & E1000_CAUSES);
	} else if (offset == IMC) {
		nic->registers[E1000_IMS] &= ~value;
		e1000_interrupt(nic, 0);
	} else {
		word = find_word(nic, offset);
		if (word)
			*word = is_in(offset, ADDRESS, 2 * E1000_ADDRESSES) &&
				offset % 8 ? value & HIGH_BITS : value;
	}
}

void e1000_register_write(struct e1000 *nic, uint32_t offset, uint32_t value)
{
	int number = find(offset);

	switch (number) {
	case E1000_CTRL:
		write_control(nic, value);
		break;
	case E1000_EECD:
		e1000_eecd_write(nic, value);
		break;
	case E1000_EERD:
		e1000_eerd_write(nic, value);
		break;
	case E1000_MDIC:
		e1000_mdic_write(nic, value);
		break;
	case -1:
		write_others(nic, offset, value);
		break;
	default:
		write_known(nic, number, value);
	}
}

void e1000_registers_reset(struct e1000 *nic)
{
	unsigned int i;

	for (i = 0; i < E1000_REGISTERS; i++)
		nic->registers[i] = table[i].first;
	memset(nic->address, 0, sizeof(nic->address));
	memset(nic->groups, 0, sizeof(nic->groups));
	memset(nic->vlans, 0, sizeof(nic->vlans));
	memset(nic->counters, 0, sizeof(nic->counters));
	memset(&nic->wire, 0, sizeof(nic->wire));
	memset(&nic->plain, 0, sizeof(nic->plain));
	memset(&nic->large, 0, sizeof(nic->large));
	nic->skipping = false;
	nic->address[0] = nic->eeprom[0] | (uint32_t)nic->eeprom[1] << 16;
	nic->address[1] = nic->eeprom[2] | E1000_ADDRESS_VALID;
	e1000_phy_reset(nic);
	e1000_interrupt(nic, 0);
	e1000_kick(nic);
}

bool e1000_registers_good(const struct e1000 *nic)
{
	unsigned int i;

	for (i = 0; i < E1000_REGISTERS; i++)
		if (nic->registers[i] & ~(table[i].writable | table[i].first))
			return false;
	for (i = 0; i < E1000_ADDRESSES; i++)
		if (nic->address[2 * i + 1] & ~HIGH_BITS)
			return false;
	return true;
}
