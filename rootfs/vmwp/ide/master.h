/* The bus master: its registers, and data through the guest's list. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IDE_MASTER_H
#define VMWP_IDE_MASTER_H

#include "ide/channel.h"

#define MASTER_PORTS	8u	/* of a channel */

/* offset: within the channel's. Device lock held, as for master_try(). */
uint8_t master_read(struct ide_channel *channel, unsigned int offset);
void master_write(struct ide_channel *channel, unsigned int offset,
	uint8_t value);
/* What waits for it begins if it can. */
void master_try(struct ide_channel *channel);

/* By the channel's thread: bytes of the buffer into the guest's memory or out
 * of it, where the list says. IDE_DONE, IDE_SHORT, IDE_NO_MEMORY. */
enum ide_result master_move(struct ide_channel *channel, bool out,
	uint32_t position, uint32_t size);

#endif
