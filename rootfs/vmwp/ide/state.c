/* Saved states of an IDE channel. */
/* SPDX-License-Identifier: MIT */
#include "ide/state.h"

#include <errno.h>

#include "ide/work.h"

#define MASTER_COMMAND	0x09u
#define MASTER_STATUS	0x67u
#define BLOCK_MOST	65536u

static void put_bytes(struct stream *to, const uint8_t halves[2])
{
	stream_put(to, halves[0] | halves[1] << 8, 2);
}

static void get_bytes(struct stream *from, uint8_t halves[2])
{
	uint16_t both = stream_get(from, 2);

	halves[0] = both;
	halves[1] = both >> 8;
}

static void save_drive(const struct ide_drive *drive, struct stream *to)
{
	const struct ide_registers *registers = &drive->registers;

	put_bytes(to, registers->feature);
	put_bytes(to, registers->count);
	put_bytes(to, registers->low);
	put_bytes(to, registers->middle);
	put_bytes(to, registers->high);
	stream_put(to, registers->error, 1);
	stream_put(to, registers->status, 1);
	stream_put(to, drive->multiple, 1);
	stream_put(to, drive->mode, 1);
	stream_put(to, drive->heads, 1);
	stream_put(to, drive->sectors, 1);
	stream_put(to, drive->cache_off | drive->ahead_off << 1, 1);
	stream_put(to, drive->sense.key, 1);
	stream_put(to, drive->sense.asc, 1);
	stream_put(to, drive->sense.ascq, 1);
}

static void load_drive(struct ide_drive *drive, struct stream *from)
{
	struct ide_registers *registers = &drive->registers;
	uint8_t flags;

	get_bytes(from, registers->feature);
	get_bytes(from, registers->count);
	get_bytes(from, registers->low);
	get_bytes(from, registers->middle);
	get_bytes(from, registers->high);
	registers->error = stream_get(from, 1);
	registers->status = stream_get(from, 1);
	drive->multiple = stream_get(from, 1);
	drive->mode = stream_get(from, 1);
	drive->heads = stream_get(from, 1);
	drive->sectors = stream_get(from, 1);
	flags = stream_get(from, 1);
	drive->cache_off = flags & 1;
	drive->ahead_off = flags & 2;
	drive->sense.key = stream_get(from, 1);
	drive->sense.asc = stream_get(from, 1);
	drive->sense.ascq = stream_get(from, 1);
}

static void save_cursor(const struct ide_cursor *cursor, struct stream *to)
{
	stream_put(to, cursor->entry, 4);
	stream_put(to, cursor->address, 4);
	stream_put(to, cursor->left, 4);
	stream_put(to, cursor->last, 1);
}

static void load_cursor(struct ide_cursor *cursor, struct stream *from)
{
	cursor->entry = stream_get(from, 4);
	cursor->address = stream_get(from, 4);
	cursor->left = stream_get(from, 4);
	cursor->last = stream_get(from, 1);
}

static void save_transfer(const struct ide_transfer *transfer,
	struct stream *to)
{
	stream_put(to, transfer->job, 1);
	stream_put(to, transfer->out | transfer->dma << 1 |
		transfer->packet << 2 | transfer->forced << 3, 1);
	stream_put(to, transfer->at, 8);
	stream_put(to, transfer->left, 8);
	stream_put(to, transfer->block, 4);
	stream_put(to, transfer->filled, 4);
	stream_put(to, transfer->position, 4);
	stream_put(to, transfer->end, 4);
	stream_put_bytes(to, transfer->cdb, sizeof(transfer->cdb));
	save_cursor(&transfer->cursor, to);
}

static void load_transfer(struct ide_transfer *transfer, struct stream *from)
{
	uint8_t flags;

	*transfer = (struct ide_transfer){ .job = stream_get(from, 1) };
	flags = stream_get(from, 1);
	transfer->out = flags & 1;
	transfer->dma = flags & 2;
	transfer->packet = flags & 4;
	transfer->forced = flags & 8;
	transfer->at = stream_get(from, 8);
	transfer->left = stream_get(from, 8);
	transfer->block = stream_get(from, 4);
	transfer->filled = stream_get(from, 4);
	transfer->position = stream_get(from, 4);
	transfer->end = stream_get(from, 4);
	stream_get_bytes(from, transfer->cdb, sizeof(transfer->cdb));
	load_cursor(&transfer->cursor, from);
}

void ide_state_save(const struct ide_channel *channel, struct stream *to)
{
	unsigned int i;

	for (i = 0; i < IDE_DRIVES; i++)
		save_drive(&channel->drives[i], to);
	stream_put(to, channel->device, 1);
	stream_put(to, channel->control, 1);
	stream_put(to, channel->interrupt | channel->resetting << 1 |
		channel->device_reset << 2, 1);
	stream_put(to, channel->state, 1);
	stream_put(to, channel->master.command, 1);
	stream_put(to, channel->master.status, 1);
	stream_put(to, channel->master.table, 4);
	save_transfer(&channel->transfer, to);
	stream_put_bytes(to, channel->buffer, sizeof(channel->buffer));
}

static bool is_even(uint32_t value)
{
	return value % 2 == 0;
}

/* What the data port and the thread rely on. */
static bool transfer_good(const struct ide_channel *channel)
{
	const struct ide_transfer *transfer = &channel->transfer;
	bool port = channel->state == IDE_IN || channel->state == IDE_OUT ||
		channel->state == IDE_CDB_DUE;

	if (transfer->job >= IDE_JOBS || transfer->filled > IDE_BUFFER ||
	    transfer->position > IDE_BUFFER ||
	    transfer->block > BLOCK_MOST || !is_even(transfer->block) ||
	    transfer->cursor.left > BLOCK_MOST)
		return false;
	if (port && (!transfer->block || !is_even(transfer->position) ||
	    transfer->position >= transfer->end ||
	    transfer->end > transfer->filled))
		return false;
	if (channel->state == IDE_READY)
		return true;
	switch (transfer->job) {
	case IDE_JOB_READ:
		return transfer->dma || transfer->block;
	case IDE_JOB_WRITE:
		return transfer->filled <= transfer->left &&
			(transfer->dma || transfer->block);
	case IDE_JOB_FLUSH:
		return true;
	default:
		return transfer->block && transfer->left <= SCSI_DATA &&
			transfer->filled <= SCSI_DATA;
	}
}

static bool drive_good(const struct ide_drive *drive)
{
	return drive->multiple <= IDE_MULTIPLE &&
		!drive->heads == !drive->sectors && drive->heads <= 16;
}

static bool good(const struct ide_channel *channel)
{
	return channel->state < IDE_STATES && drive_good(&channel->drives[0]) &&
		drive_good(&channel->drives[1]) &&
		!(channel->master.command & ~MASTER_COMMAND) &&
		!(channel->master.status & ~MASTER_STATUS) &&
		!(channel->master.table & 3) && transfer_good(channel);
}

/* What was under way is for the medium that is there now. */
static void find_medium(struct ide_channel *channel)
{
	uint64_t serials[STORVSP_LUNS];

	lun_serials(&ide_drive(channel)->store, serials);
	channel->transfer.serial = serials[0];
}

int ide_state_load(struct ide_channel *channel, struct stream *from)
{
	unsigned int i;
	uint8_t flags;

	for (i = 0; i < IDE_DRIVES; i++)
		load_drive(&channel->drives[i], from);
	channel->device = stream_get(from, 1);
	channel->control = stream_get(from, 1);
	flags = stream_get(from, 1);
	channel->resetting = flags & 2;
	channel->device_reset = flags & 4;
	channel->state = stream_get(from, 1);
	channel->master.command = stream_get(from, 1);
	channel->master.status = stream_get(from, 1);
	channel->master.table = stream_get(from, 4);
	load_transfer(&channel->transfer, from);
	stream_get_bytes(from, channel->buffer, sizeof(channel->buffer));
	if (from->failed || !good(channel))
		return -EINVAL;
	find_medium(channel);
	channel->driven = true;		/* the bus master has seen it */
	ide_interrupt(channel, flags & 1);
	if (channel->state == IDE_WORK)
		work_begin(channel);
	return 0;
}
