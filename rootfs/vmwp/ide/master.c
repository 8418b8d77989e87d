/* The bus master: its registers, and data through the guest's list. */
/* SPDX-License-Identifier: MIT */
#include "ide/master.h"

#include "ide/work.h"

/* Intel 82371SB (PIIX3), 2.7. */
#define COMMAND		0
#define STATUS		2
#define TABLE		4

#define COMMAND_BITS	0x09	/* start; to memory */
#define STATUS_OWN	0x60	/* drives can do DMA: the guest's notes */
#define STATUS_CLEARED	0x06	/* by writing ones */
#define LAST		0x80000000u
#define REGION		65536u	/* a count of 0 */

uint8_t master_read(struct ide_channel *channel, unsigned int offset)
{
	const struct ide_master *master = &channel->master;

	switch (offset) {
	case COMMAND: return master->command;
	case STATUS: return master->status;
	case 1: case 3: return 0;
	default: return master->table >> (8 * (offset - TABLE));
	}
}

static void command(struct ide_channel *channel, uint8_t value)
{
	struct ide_master *master = &channel->master;
	bool started = master->command & IDE_MASTER_START;

	master->command = value & COMMAND_BITS;
	if (value & IDE_MASTER_START && !started) {
		master->status |= IDE_MASTER_ACTIVE;
		master_try(channel);
	} else if (!(value & IDE_MASTER_START) && started) {
		master->status &= ~IDE_MASTER_ACTIVE;
		if (channel->state == IDE_WORK && channel->transfer.dma)
			work_cancel(channel);
	}
}

static void status(struct ide_master *master, uint8_t value)
{
	master->status &= ~(value & STATUS_CLEARED) & ~STATUS_OWN;
	master->status |= value & STATUS_OWN;
}

void master_write(struct ide_channel *channel, unsigned int offset,
	uint8_t value)
{
	unsigned int shift = 8 * (offset % 4);

	if (offset == COMMAND)
		command(channel, value);
	else if (offset == STATUS)
		status(&channel->master, value);
	if (offset < TABLE)
		return;
	channel->master.table &= ~(0xffu << shift);
	channel->master.table |= (uint32_t)value << shift & ~3u;
}

void master_try(struct ide_channel *channel)
{
	if (channel->state != IDE_DMA || !channel->may_master ||
	    !(channel->master.status & IDE_MASTER_ACTIVE))
		return;
	channel->transfer.cursor =
		(struct ide_cursor){ .entry = channel->master.table };
	ide_work(channel);
}

void ide_wait_for_master(struct ide_channel *channel)
{
	channel->state = IDE_DMA;
	ide_drive(channel)->registers.status = IDE_BSY;
	master_try(channel);
}

/* The guest's list is read entry by entry, each once. No entry is empty, so the
 * data come to an end. */
static enum ide_result next_region(const struct ram *ram,
	struct ide_cursor *cursor)
{
	uint32_t entry[2];

	if (cursor->last)
		return IDE_SHORT;
	if (!shared_read(ram, cursor->entry, entry, sizeof(entry)))
		return IDE_NO_MEMORY;
	cursor->entry += sizeof(entry);
	cursor->address = entry[0] & ~1u;
	cursor->left = entry[1] & 0xfffe;
	if (!cursor->left)
		cursor->left = REGION;
	cursor->last = entry[1] & LAST;
	return IDE_DONE;
}

static bool move_part(struct ide_channel *channel, bool out,
	uint32_t position, uint32_t size)
{
	uint32_t address = channel->transfer.cursor.address;
	uint8_t *at = channel->buffer + position;

	return out ? shared_read(channel->ram, address, at, size) :
		shared_write(channel->ram, address, at, size);
}

enum ide_result master_move(struct ide_channel *channel, bool out,
	uint32_t position, uint32_t size)
{
	struct ide_cursor *cursor = &channel->transfer.cursor;
	enum ide_result result;
	uint32_t part;

	for (; size; size -= part, position += part) {
		result = cursor->left ? IDE_DONE :
			next_region(channel->ram, cursor);
		if (result != IDE_DONE)
			return result;
		part = size < cursor->left ? size : cursor->left;
		if (!move_part(channel, out, position, part))
			return IDE_NO_MEMORY;
		cursor->address += part;
		cursor->left -= part;
	}
	return IDE_DONE;
}
