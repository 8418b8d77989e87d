/* MODE SENSE and MODE SELECT: settings that cannot be changed. */
/* SPDX-License-Identifier: MIT */
#include "storage/mode.h"

#include <string.h>

#define ALL_PAGES	0x3f
#define CHANGEABLE	1	/* what of a page can be changed */
#define SAVED		3

struct page {
	uint8_t kinds;		/* bits of enum scsi_kind */
	uint8_t size;		/* with its head of two bytes */
	uint8_t bytes[22];	/* code and length first */
};
#define DISK	(1u << SCSI_DISK)
#define DVD	(1u << SCSI_DVD)

static const struct page pages[] = {
	/* Error recovery: nothing to recover. */
	{ DISK | DVD, 12, { 0x01, 10 } },
	/* Caching: what is written may wait for a flush. */
	{ DISK, 20, { 0x08, 18, 0x04 } },
	/* Control: commands may pass each other. */
	{ DISK, 12, { 0x0a, 10, 0x00, 0x10 } },
	/* Informational exceptions: none. */
	{ DISK, 12, { 0x1c, 10 } },
	/* What a DVD drive can do: reads CD and DVD; a tray that locks. */
	{ DVD, 22, { 0x2a, 20, 0x0b, 0x00, 0x71, 0x00, 0x29, 0x00 } },
};
#define PAGES	(sizeof(pages) / sizeof(pages[0]))

/* Head of the whole: write protected, FUA there. No block descriptors. */
static uint8_t device_specific(const struct scsi_unit *unit)
{
	if (unit->kind == SCSI_DVD)
		return 0;
	return 0x10 | (unit->read_only ? 0x80 : 0);
}

static bool is_long(const struct scsi_command *command)
{
	return command->cdb[0] == 0x5a || command->cdb[0] == 0x55;
}

static bool wanted(const struct scsi_unit *unit, const struct page *page,
	uint8_t code)
{
	return page->kinds & 1u << unit->kind &&
		(code == ALL_PAGES || code == page->bytes[0]);
}

static uint32_t fill(const struct scsi_unit *unit,
	const struct scsi_command *command, uint8_t *to)
{
	uint8_t code = command->cdb[2] & 0x3f, which = command->cdb[2] >> 6;
	uint32_t size = 0;
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		if (!wanted(unit, &pages[i], code))
			continue;
		memset(to + size, 0, pages[i].size);
		memcpy(to + size, pages[i].bytes,
			which == CHANGEABLE ? 2 : pages[i].size);
		size += pages[i].size;
	}
	return size;
}

void mode_sense(struct scsi_unit *unit, struct scsi_command *command)
{
	const uint8_t *cdb = command->cdb;
	uint8_t *data = command->data;
	uint32_t head = is_long(command) ? 8 : 4, size;

	if (cdb[2] >> 6 == SAVED) {
		scsi_fail(command, SENSE_ILLEGAL, 0x39, 0x00);
		return;
	}
	size = fill(unit, command, data + head);
	if (!size || (cdb[3] && cdb[3] != 0xff)) {
		scsi_illegal_field(command);
		return;
	}
	memset(data, 0, head);
	size += head;
	if (is_long(command)) {
		scsi_put(data, 2, size - 2);
		data[3] = device_specific(unit);
		scsi_answer(command, size, scsi_get(cdb + 7, 2));
	} else {
		data[0] = size - 1;
		data[2] = device_specific(unit);
		scsi_answer(command, size, cdb[4]);
	}
}

/* One page of the guest's at the beginning of the rest: its size, or 0 for one
 * that would change something; the first bit says only that it can be saved. */
static uint32_t same_page(const struct scsi_unit *unit, const uint8_t *at,
	uint32_t left)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		if (wanted(unit, &pages[i], at[0] & 0x7f) &&
		    (at[0] & 0x3f) != ALL_PAGES && left >= pages[i].size &&
		    !memcmp(at + 1, pages[i].bytes + 1, pages[i].size - 1))
			return pages[i].size;
	return 0;
}

/* Only what is so already can be set. */
void mode_select(struct scsi_unit *unit, struct scsi_command *command)
{
	const uint8_t *cdb = command->cdb, *at = command->data;
	uint32_t head = is_long(command) ? 8 : 4, left, skip, size;

	left = is_long(command) ? scsi_get(cdb + 7, 2) : cdb[4];
	if (!left)
		return;
	if (!(cdb[1] & 0x10) || cdb[1] & 0x01) {
		scsi_illegal_field(command);
		return;
	}
	if (left > command->given || left < head) {
		scsi_fail(command, SENSE_ILLEGAL, 0x1a, 0x00);
		return;
	}
	skip = is_long(command) ? scsi_get(at + 6, 2) : at[3];
	at += head;
	left -= head;
	if (skip > left) {
		scsi_fail(command, SENSE_ILLEGAL, 0x1a, 0x00);
		return;
	}
	for (at += skip, left -= skip; left; at += size, left -= size) {
		size = same_page(unit, at, left);
		if (!size) {
			scsi_fail(command, SENSE_ILLEGAL, 0x26, 0x00);
			return;
		}
	}
}
