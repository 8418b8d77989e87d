/* --boot: which kinds of drive a VM's firmware tries first. */
/* SPDX-License-Identifier: MIT */
#include "pci/bootorder.h"

#include <stdio.h>
#include <string.h>

#include "say.h"

static const struct {
	const char *name;
	enum scsi_kind kind;
} kinds[BOOTORDER_KINDS] = {
	{ "disk", SCSI_DISK }, { "dvd", SCSI_DVD },
};

static bool has(const struct bootorder *order, enum scsi_kind kind)
{
	unsigned int i;

	for (i = 0; i < order->count; i++)
		if (order->kinds[i] == kind)
			return true;
	return false;
}

static bool take_kind(struct bootorder *order, const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < BOOTORDER_KINDS; i++) {
		if (strlen(kinds[i].name) != length ||
		    memcmp(kinds[i].name, name, length) ||
		    has(order, kinds[i].kind))
			continue;
		order->kinds[order->count++] = kinds[i].kind;
		return true;
	}
	return false;
}

bool bootorder_read(struct bootorder *order, const char *value)
{
	const char *at = value;
	size_t length;

	*order = (struct bootorder){ .count = 0 };
	for (;; at += length + 1) {
		length = strcspn(at, ",");
		if (!take_kind(order, at, length)) {
			say("--boot takes disk, dvd or both with a comma, "
				"not '%s'", value);
			return false;
		}
		if (!at[length])
			return true;
	}
}

static bool is_at(const struct drive_options *ide, unsigned int place,
	enum scsi_kind kind)
{
	unsigned int i;

	for (i = 0; i < ide->count; i++)
		if (ide->list[i].lun == place && ide->list[i].kind == kind)
			return true;
	return false;
}

/* Names as SeaBIOS makes them, whatever the drive is (src/boot.c,
 * bootprio_find_ata_device). */
void bootorder_write(const struct bootorder *order,
	const struct drive_options *ide, char text[static BOOTORDER_TEXT])
{
	unsigned int i, place;
	size_t end = 0;

	text[0] = 0;
	for (i = 0; i < order->count; i++)
		for (place = 0; place < OPTION_IDE; place++)
			if (is_at(ide, place, order->kinds[i]))
				end += snprintf(text + end,
					BOOTORDER_TEXT - end, "/pci@i0cf8/"
					"ide@1,1/drive@%u/disk@%u\n",
					place / 2, place % 2);
}
