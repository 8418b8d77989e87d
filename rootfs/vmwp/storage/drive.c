/* A drive: what a LUN has, a disk or a DVD drive with or without a disc. */
/* SPDX-License-Identifier: MIT */
#include "storage/drive.h"

#include <string.h>

static void attend(struct drive *drive, uint8_t asc, uint8_t ascq)
{
	drive->unit.attention =
		(struct scsi_sense){ SENSE_ATTENTION, asc, ascq };
}

/* A disc of sectors that are not whole: what is behind them is not seen. */
static void measure(struct drive *drive)
{
	struct scsi_unit *unit = &drive->unit;
	const struct disk_facts *facts = disk_facts(drive->image->disk);

	unit->sector = unit->kind == SCSI_DVD ? 2048 : facts->logical;
	unit->physical = unit->kind == SCSI_DVD ? 2048 : facts->physical;
	unit->size = facts->size / unit->sector * unit->sector;
	unit->thin = !facts->fixed && !facts->read_only;
	unit->read_only = unit->kind == SCSI_DVD || facts->read_only;
	unit->loaded = unit->size;
}

static bool has_id(const struct image *image)
{
	static const uint8_t zeros[sizeof(image->id)];

	return memcmp(image->id, zeros, sizeof(zeros));
}

/* The image's own; else of the place, as two may not have the same, and of
 * what is there. All in the first eight, which are the NAA. */
static void identify(struct drive *drive, unsigned int lun)
{
	const struct image *image = drive->image;
	uint8_t *id = drive->unit.id;

	if (drive->unit.kind == SCSI_DISK && has_id(image)) {
		memcpy(id, image->id, sizeof(drive->unit.id));
	} else if (drive->unit.kind == SCSI_DISK) {
		memcpy(id, "RAW", 3);
		id[3] = lun;
		scsi_put(id + 4, 4, image->path_code);
	} else {
		memcpy(id, "DVD", 3);
		id[3] = lun;
	}
}

void drive_add(struct drive *drive, unsigned int lun, enum scsi_kind kind,
	struct image *image)
{
	*drive = (struct drive){ .present = true, .image = image,
		.unit.kind = kind };
	drive->unit.sector = drive->unit.physical =
		kind == SCSI_DVD ? 2048 : DISK_SECTOR;
	identify(drive, lun);
	if (image)
		measure(drive);
}

void drive_insert(struct drive *drive, struct image *image)
{
	drive->image = image;
	measure(drive);
	drive->unit.event = SCSI_EVENT_NEW;
	attend(drive, 0x28, 0x00);
}

struct image *drive_eject(struct drive *drive)
{
	struct image *image = drive->image;

	drive->image = NULL;
	drive->unit.loaded = false;
	drive->unit.locked = false;
	drive->unit.size = 0;
	drive->unit.event = SCSI_EVENT_REMOVED;
	return image;
}

struct image *drive_remove(struct drive *drive)
{
	struct image *image = drive->image;

	*drive = (struct drive){ .haunted = true };
	return image;
}

void drive_resized(struct drive *drive)
{
	measure(drive);
	attend(drive, 0x2a, 0x09);
}

void drive_reset(struct drive *drive)
{
	drive->haunted = false;
	drive->unit.locked = false;
	drive->unit.event = SCSI_EVENT_NONE;
	drive->unit.attention = (struct scsi_sense){ 0 };
}
