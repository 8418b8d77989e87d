/* ATA commands: what a write to the command register begins. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IDE_ATA_H
#define VMWP_IDE_ATA_H

#include "ide/channel.h"

#define ATA_DEVICE_RESET 0x08

/* The selected drive's; a drive that is not there does nothing. The channel is
 * ready for one. Device lock held. */
void ata_command(struct ide_channel *channel, uint8_t number);

#endif
