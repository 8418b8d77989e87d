/* IDENTIFY DEVICE and IDENTIFY PACKET DEVICE: what a drive says of itself. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IDE_IDENTIFY_H
#define VMWP_IDE_IDENTIFY_H

#include "ide/channel.h"

#define IDENTIFY_BYTES	512u

/* As the guest counts without INITIALIZE DEVICE PARAMETERS. */
#define IDENTIFY_HEADS		16u
#define IDENTIFY_SECTORS	63u
#define IDENTIFY_TRIM		8u	/* blocks of a TRIM at most */

void identify_disk(const struct ide_drive *drive, const struct scsi_unit *unit,
	uint8_t *to);
void identify_dvd(const struct ide_drive *drive, const struct scsi_unit *unit,
	uint8_t *to);

#endif
