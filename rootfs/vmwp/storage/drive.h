/* A drive: what a LUN has, a disk or a DVD drive with or without a disc. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_DRIVE_H
#define VMWP_STORAGE_DRIVE_H

#include "storage/image.h"
#include "storage/scsi.h"

/* All with the storage lock held. */
struct drive {
	bool present;
	/* It went, and the guest has not noticed: nothing else comes here. */
	bool haunted;
	struct scsi_unit unit;
	struct image *image;	/* one of its users is this; NULL: none */
};

/* The image becomes the drive's: its user, too. */
void drive_add(struct drive *drive, unsigned int lun, enum scsi_kind kind,
	struct image *image);
void drive_insert(struct drive *drive, struct image *image);
/* What it had, for the caller to put when the lock is free; or NULL. */
struct image *drive_remove(struct drive *drive);
struct image *drive_eject(struct drive *drive);
/* The image's size is another; the guest shall hear of it. */
void drive_resized(struct drive *drive);
/* As after power-on, for a guest that starts anew. */
void drive_reset(struct drive *drive);

#endif
