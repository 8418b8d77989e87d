/* Packets: SCSI commands of a DVD drive (SFF-8020, ATA8-ACS 4.4). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IDE_ATAPI_H
#define VMWP_IDE_ATAPI_H

#include "ide/channel.h"

/* The PACKET command, and when its CDB is in the buffer. Device lock held, as
 * for atapi_failed(): the drive says why. */
void atapi_begin(struct ide_channel *channel);
void atapi_take(struct ide_channel *channel);
void atapi_failed(struct ide_channel *channel, enum ide_result result);

/* By the channel's thread: the CDB, with given bytes of parameters in the
 * buffer. IDE_DONE: transfer is its data; IDE_SENSE, IDE_GONE. false: not
 * now. */
bool atapi_do(struct ide_channel *channel, uint32_t given,
	enum ide_result *result);

#endif
