/* What lies behind an 82540EM's serial lines: its EEPROM and its PHY. */
/* SPDX-License-Identifier: MIT */
#include "net/e1000_serial.h"

#include <string.h>

/* EECD (13.4.3): the lines, and what the EEPROM is. */
#define EECD_CLOCK	0x001u
#define EECD_SELECT	0x002u
#define EECD_IN		0x004u	/* to the EEPROM */
#define EECD_OUT	0x008u
#define EECD_REQUEST	0x040u
#define EECD_GRANT	0x080u
#define EECD_PRESENT	0x100u
#define EECD_WRITABLE	0x077u
#define READ		0x6u	/* a start bit and the opcode */
#define ADDRESS_BITS	6u
#define ORDER_BITS	(3u + ADDRESS_BITS)

#define EERD_START	0x01u
#define EERD_DONE	0x10u
#define EERD_ADDRESS(value)	((value) >> 8 & 0xff)

/* The words that are not 0 (5.6). */
#define SUBSYSTEM	0x0bu
#define CHECKSUM	0x3fu
#define CHECKSUM_TOTAL	0xbabau

/* MDIC (13.4.8). */
#define MDIC_REGISTER(value)	((value) >> 16 & 0x1f)
#define MDIC_PHY(value)		((value) >> 21 & 0x1f)
#define MDIC_WRITE	0x04000000u
#define MDIC_READ	0x08000000u
#define MDIC_READY	0x10000000u
#define MDIC_INTERRUPT	0x20000000u
#define MDIC_ERROR	0x40000000u
#define MDIC_ASKED	0x2fffffffu	/* what is told again */
#define PHY_ADDRESS	1u

/* IEEE 802.3, 22.2.4, and Marvell's 88E1011. */
#define PHY_CONTROL		0
#define PHY_CONTROL_RESET	0x8000
#define PHY_CONTROL_AGAIN	0x0200	/* negotiate; clears itself */
#define PHY_STATUS		1
#define PHY_STATUS_LINK		0x0004
#define PHY_STATUS_DONE		0x0020
#define PHY_PARTNER		5
#define PHY_EXPANSION		6
#define PHY_PARTNER_1000	10
#define PHY_SPECIFIC		17
#define PHY_SPECIFIC_LINK	0x0400

static const struct {
	uint16_t first, writable;
} phys[E1000_PHY] = {
	[PHY_CONTROL] = { 0x1140, 0x3fff },
	[PHY_STATUS] = { 0x7949, 0 },
	[2] = { 0x0141, 0 },
	[3] = { 0x0c20, 0 },
	[4] = { 0x0de1, 0xffff },	/* what we can */
	[PHY_PARTNER] = { 0x45e1, 0 },
	[PHY_EXPANSION] = { 0x0001, 0 },
	[7] = { 0x2001, 0xffff },
	[9] = { 0x0e00, 0xffff },
	[PHY_PARTNER_1000] = { 0x3c00, 0 },
	[15] = { 0x3000, 0 },
	[16] = { 0x0360, 0xffff },
	[PHY_SPECIFIC] = { 0xa800, 0 },
	[18] = { 0, 0xffff },
	[20] = { 0x0d60, 0xffff },
	[29] = { 0, 0xffff },
	[30] = { 0, 0xffff },
};

void e1000_eeprom_fill(struct e1000 *nic, const uint8_t mac[6])
{
	uint16_t *words = nic->eeprom, sum = 0;
	unsigned int i;

	memset(words, 0, sizeof(nic->eeprom));
	for (i = 0; i < 3; i++)
		words[i] = mac[2 * i] | mac[2 * i + 1] << 8;
	words[0x0a] = 0x6403;
	words[SUBSYSTEM] = 0x001e;
	words[SUBSYSTEM + 1] = 0x8086;
	words[0x0d] = 0x100e;
	words[0x0e] = 0x8086;
	words[0x0f] = 0x3040;
	for (i = 0; i < CHECKSUM; i++)
		sum += words[i];
	words[CHECKSUM] = CHECKSUM_TOTAL - sum;
}

static bool out_bit(const struct e1000 *nic)
{
	const struct e1000_wire *wire = &nic->wire;

	if (!wire->reading)
		return true;
	return nic->eeprom[wire->out / 16 % E1000_EEPROM] >>
		(15 - wire->out % 16) & 1;
}

uint32_t e1000_eecd_read(const struct e1000 *nic)
{
	uint32_t value = nic->registers[E1000_EECD] | EECD_PRESENT;

	if (value & EECD_REQUEST)
		value |= EECD_GRANT;
	return value | (out_bit(nic) ? EECD_OUT : 0);
}

static void take_bit(struct e1000_wire *wire, bool bit)
{
	if (wire->count == ORDER_BITS)
		return;
	/* Zeroes before the start bit mean nothing. */
	if (!wire->count && !bit)
		return;
	wire->in = wire->in << 1 | bit;
	if (++wire->count < ORDER_BITS)
		return;
	wire->reading = wire->in >> ADDRESS_BITS == READ;
	/* A 0 comes before the word: it is there when the next edge is. */
	wire->out = (wire->in % E1000_EEPROM) * 16 + E1000_EEPROM * 16 - 1;
}

void e1000_eecd_write(struct e1000 *nic, uint32_t value)
{
	uint32_t before = nic->registers[E1000_EECD];
	struct e1000_wire *wire = &nic->wire;
	bool reading = wire->reading;

	nic->registers[E1000_EECD] = value &= EECD_WRITABLE;
	if (!(value & EECD_SELECT)) {
		memset(wire, 0, sizeof(*wire));
		return;
	}
	if (before & EECD_CLOCK || !(value & EECD_CLOCK))
		return;
	if (reading)
		wire->out = (wire->out + 1) % (E1000_EEPROM * 16);
	else
		take_bit(wire, value & EECD_IN);
}

void e1000_eerd_write(struct e1000 *nic, uint32_t value)
{
	uint32_t at = EERD_ADDRESS(value);
	uint16_t word = at < E1000_EEPROM ? nic->eeprom[at] : 0xffff;

	nic->registers[E1000_EERD] = at << 8;
	if (value & EERD_START)
		nic->registers[E1000_EERD] |= EERD_DONE | (uint32_t)word << 16;
}

void e1000_phy_reset(struct e1000 *nic)
{
	unsigned int i;

	for (i = 0; i < E1000_PHY; i++)
		nic->phy[i] = phys[i].first;
	e1000_phy_link(nic);
}

void e1000_phy_link(struct e1000 *nic)
{
	uint16_t *phy = nic->phy;

	phy[PHY_STATUS] &= ~(PHY_STATUS_LINK | PHY_STATUS_DONE);
	phy[PHY_SPECIFIC] &= ~PHY_SPECIFIC_LINK;
	phy[PHY_PARTNER] = phy[PHY_PARTNER_1000] = 0;
	if (!nic->cable)
		return;
	phy[PHY_STATUS] |= PHY_STATUS_LINK | PHY_STATUS_DONE;
	phy[PHY_SPECIFIC] |= PHY_SPECIFIC_LINK;
	phy[PHY_PARTNER] = phys[PHY_PARTNER].first;
	phy[PHY_PARTNER_1000] = phys[PHY_PARTNER_1000].first;
}

/* Negotiation is over as soon as it begins. */
static void write_control(struct e1000 *nic, uint16_t value)
{
	if (value & PHY_CONTROL_RESET)
		e1000_phy_reset(nic);
	else
		nic->phy[PHY_CONTROL] = value & phys[PHY_CONTROL].writable &
			~PHY_CONTROL_AGAIN;
	if (value & (PHY_CONTROL_RESET | PHY_CONTROL_AGAIN) && nic->cable)
		e1000_interrupt(nic, E1000_CAUSE_LSC);
}

void e1000_mdic_write(struct e1000 *nic, uint32_t value)
{
	uint32_t answer = (value & MDIC_ASKED) | MDIC_READY;
	unsigned int number = MDIC_REGISTER(value);

	if (MDIC_PHY(value) != PHY_ADDRESS)
		answer |= MDIC_ERROR;
	else if (value & MDIC_READ)
		answer = (answer & 0xffff0000) | nic->phy[number];
	else if (value & MDIC_WRITE && number == PHY_CONTROL)
		write_control(nic, value);
	else if (value & MDIC_WRITE)
		nic->phy[number] = (nic->phy[number] & ~phys[number].writable) |
			(value & phys[number].writable);
	nic->registers[E1000_MDIC] = answer;
	if (value & MDIC_INTERRUPT)
		e1000_interrupt(nic, E1000_CAUSE_MDAC);
}
