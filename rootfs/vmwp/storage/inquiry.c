/* INQUIRY: what a unit says of itself. */
/* SPDX-License-Identifier: MIT */
#include "storage/inquiry.h"

#include <string.h>

#define VENDOR		"Msft    "	/* eight */
#define ABSENT		0x7f		/* no such unit, SPC-4 6.4.2 */
#define STANDARD	36u
#define HEX		32u		/* digits of an id */

static uint8_t type_of(const struct scsi_unit *unit)
{
	return unit->kind == SCSI_DVD ? 5 : 0;
}

static void standard(uint8_t *data, uint8_t type, bool removable,
	const char *product)
{
	memset(data, 0, STANDARD);
	data[0] = type;
	data[1] = removable ? 0x80 : 0;
	data[2] = 5;		/* SPC-3 */
	data[3] = 0x12;		/* LUNs by REPORT LUNS; this format */
	data[4] = STANDARD - 5;
	data[7] = 0x02;		/* many commands at a time */
	memcpy(data + 8, VENDOR, 8);
	memcpy(data + 16, product, 16);
	memcpy(data + 32, "1.0 ", 4);
}

static void hex(const struct scsi_unit *unit, uint8_t *to)
{
	static const char digits[] = "0123456789abcdef";
	unsigned int i;

	for (i = 0; i < sizeof(unit->id); i++) {
		*to++ = digits[unit->id[i] >> 4];
		*to++ = digits[unit->id[i] & 15];
	}
}

/* Each gives the bytes behind the page's head of four. */
static uint32_t page_list(const struct scsi_unit *unit, uint8_t *to)
{
	static const uint8_t pages[] = { 0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2 };
	uint32_t count = unit->kind == SCSI_DVD ? 3 : sizeof(pages);

	memcpy(to, pages, count);
	return count;
}

static uint32_t page_serial(const struct scsi_unit *unit, uint8_t *to)
{
	hex(unit, to);
	return HEX;
}

/* SPC-4 7.8.5: by vendor and serial number; and a local NAA of 60 bits, for
 * those who take that first. */
static uint32_t page_names(const struct scsi_unit *unit, uint8_t *to)
{
	to[0] = 2;		/* ASCII */
	to[1] = 1;		/* T10 vendor */
	to[3] = 8 + HEX;
	memcpy(to + 4, VENDOR, 8);
	hex(unit, to + 12);
	to += 12 + HEX;
	to[0] = 1;		/* binary */
	to[1] = 3;		/* NAA */
	to[3] = 8;
	memcpy(to + 4, unit->id, 8);
	to[4] = 0x30 | (to[4] & 0x0f);
	return 12 + HEX + 12;
}

/* SBC-3 6.6.3 */
static uint32_t page_limits(const struct scsi_unit *unit, uint8_t *to)
{
	uint32_t grain = unit->physical / unit->sector;

	to -= 4;
	to[4] = 0x01;		/* WRITE SAME of no sectors: none */
	scsi_put(to + 6, 2, grain);
	scsi_put(to + 8, 4, SCSI_TRANSFER / unit->sector);
	if (unit->thin) {
		scsi_put(to + 20, 4, SCSI_UNMAP_MOST);
		scsi_put(to + 24, 4, SCSI_RANGES);
		scsi_put(to + 28, 4, grain);
		to[32] = 0x80;	/* and from 0 on */
	}
	scsi_put(to + 36, 8, SCSI_SAME);
	return 0x3c;
}

static uint32_t page_characteristics(const struct scsi_unit *unit, uint8_t *to)
{
	(void)unit;
	to[1] = 1;		/* does not rotate */
	return 0x3c;
}

/* SBC-3 6.6.4: UNMAP and WRITE SAME(16), (10) give space back; zeros then. */
static uint32_t page_provisioning(const struct scsi_unit *unit, uint8_t *to)
{
	to[1] = unit->thin ? 0xe4 : 0;
	to[2] = unit->thin ? 2 : 1;
	return 4;
}

static const struct page {
	uint8_t code;
	bool disk;		/* not of a DVD drive */
	uint32_t (*fill)(const struct scsi_unit *unit, uint8_t *to);
} pages[] = {
	{ 0x00, false, page_list },
	{ 0x80, false, page_serial },
	{ 0x83, false, page_names },
	{ 0xb0, true, page_limits },
	{ 0xb1, true, page_characteristics },
	{ 0xb2, true, page_provisioning },
};

static const struct page *find(const struct scsi_unit *unit, uint8_t code)
{
	unsigned int i;

	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (pages[i].code == code &&
		    !(pages[i].disk && unit->kind == SCSI_DVD))
			return &pages[i];
	return NULL;
}

void inquiry(struct scsi_unit *unit, struct scsi_command *command)
{
	const uint8_t *cdb = command->cdb;
	uint32_t allocated = scsi_get(cdb + 3, 2), size;
	const struct page *page = find(unit, cdb[2]);

	if (cdb[1] & 0xfe || (cdb[1] ? !page : cdb[2])) {
		scsi_illegal_field(command);
		return;
	}
	if (!cdb[1]) {
		standard(command->data, type_of(unit), unit->kind == SCSI_DVD,
			unit->kind == SCSI_DVD ? "Virtual DVD-ROM " :
			"Virtual Disk    ");
		scsi_answer(command, STANDARD, allocated);
		return;
	}
	memset(command->data, 0, 128);
	size = page->fill(unit, command->data + 4);
	command->data[0] = type_of(unit);
	command->data[1] = cdb[2];
	scsi_put(command->data + 2, 2, size);
	scsi_answer(command, 4 + size, allocated);
}

void inquiry_absent(struct scsi_command *command)
{
	if (command->cdb[1] || command->cdb[2]) {
		scsi_illegal_field(command);
		return;
	}
	standard(command->data, ABSENT, false, "Virtual Disk    ");
	scsi_answer(command, STANDARD, scsi_get(command->cdb + 3, 2));
}
