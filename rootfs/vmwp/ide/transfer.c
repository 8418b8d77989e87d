/* A command's data: DRQ blocks, its end, and what the thread brings back. */
/* SPDX-License-Identifier: MIT */
#include "ide/channel.h"

#include "ide/atapi.h"
#include "ide/work.h"

void ide_drive_line(struct ide_channel *channel)
{
	bool level = channel->interrupt &&
		!(channel->control & IDE_QUIET);

	if (level && !channel->driven)
		channel->master.status |= IDE_MASTER_INTERRUPT;
	channel->driven = level;
	line_set(&channel->line, level);
}

void ide_interrupt(struct ide_channel *channel, bool level)
{
	channel->interrupt = level;
	ide_drive_line(channel);
}

/* Data that a disk gave by PIO were the answer: no interrupt after them. */
static bool ends_quietly(const struct ide_channel *channel, uint8_t error)
{
	const struct ide_transfer *transfer = &channel->transfer;

	return channel->state == IDE_IN && !transfer->packet && !error;
}

void ide_end(struct ide_channel *channel, uint8_t error)
{
	struct ide_registers *registers = &ide_drive(channel)->registers;
	bool quiet = ends_quietly(channel, error);

	channel->state = IDE_READY;
	registers->status = IDE_GOOD | (error ? IDE_ERR : 0);
	registers->error = error;
	if (channel->transfer.packet)
		registers->count[0] = IDE_REASON_CD | IDE_REASON_IO;
	if (!quiet)
		ide_interrupt(channel, true);
}

void ide_block(struct ide_channel *channel, bool interrupt)
{
	struct ide_registers *registers = &ide_drive(channel)->registers;
	struct ide_transfer *transfer = &channel->transfer;
	uint32_t size = transfer->filled - transfer->position;

	if (size > transfer->block)
		size = transfer->block;
	transfer->end = transfer->position + size;
	channel->state = transfer->out ? IDE_OUT : IDE_IN;
	registers->status = IDE_GOOD | IDE_DRQ;
	if (transfer->packet) {
		registers->middle[0] = size;
		registers->high[0] = size >> 8;
		registers->count[0] = transfer->out ? 0 : IDE_REASON_IO;
	}
	if (interrupt)
		ide_interrupt(channel, true);
}

void ide_work(struct ide_channel *channel)
{
	channel->state = IDE_WORK;
	ide_drive(channel)->registers.status = IDE_BSY;
	work_begin(channel);
}

static bool is_out(const struct ide_channel *channel)
{
	return channel->state == IDE_OUT || channel->state == IDE_CDB_DUE;
}

static void block_read(struct ide_channel *channel)
{
	struct ide_transfer *transfer = &channel->transfer;

	if (transfer->position < transfer->filled)
		ide_block(channel, true);
	else if (transfer->left)
		ide_work(channel);
	else
		ide_end(channel, 0);
}

static void block_written(struct ide_channel *channel)
{
	struct ide_transfer *transfer = &channel->transfer;

	if (channel->state == IDE_CDB_DUE)
		atapi_take(channel);
	else if (transfer->position < transfer->filled)
		ide_block(channel, true);
	else
		ide_work(channel);
}

/* The buffer's size is even, and no block ends behind it. */
static uint16_t read_word(struct ide_channel *channel)
{
	struct ide_transfer *transfer = &channel->transfer;
	const uint8_t *at = channel->buffer + transfer->position;
	uint16_t word;

	if (channel->state != IDE_IN)
		return 0xffff;
	word = at[0] | at[1] << 8;
	transfer->position += 2;
	if (transfer->position >= transfer->end)
		block_read(channel);
	return word;
}

static void write_word(struct ide_channel *channel, uint16_t word)
{
	struct ide_transfer *transfer = &channel->transfer;
	uint8_t *at = channel->buffer + transfer->position;

	if (!is_out(channel))
		return;
	at[0] = word;
	at[1] = word >> 8;
	transfer->position += 2;
	if (transfer->position >= transfer->end)
		block_written(channel);
}

uint64_t ide_data_read(struct ide_channel *channel, unsigned int size)
{
	uint32_t low = read_word(channel);

	if (size == 4)
		return low | (uint32_t)read_word(channel) << 16;
	return size == 1 ? low & 0xff : low;
}

void ide_data_write(struct ide_channel *channel, unsigned int size,
	uint32_t value)
{
	write_word(channel, value);
	if (size == 4)
		write_word(channel, value >> 16);
}

/* More of the data, or that was all. */
static void go_on(struct ide_channel *channel)
{
	struct ide_transfer *transfer = &channel->transfer;

	if (transfer->job == IDE_JOB_WRITE && transfer->left) {
		transfer->position = 0;
		transfer->filled = transfer->left < IDE_BUFFER ?
			transfer->left : IDE_BUFFER;
		ide_block(channel, true);
	} else if (transfer->job != IDE_JOB_READ ||
	    (transfer->position >= transfer->filled && !transfer->left)) {
		ide_end(channel, 0);
	} else if (transfer->dma) {
		ide_wait_for_master(channel);
	} else if (transfer->position < transfer->filled) {
		ide_block(channel, true);
	} else {
		ide_work(channel);
	}
}

static uint8_t error_of(enum ide_result result)
{
	switch (result) {
	case IDE_OUT_OF_RANGE: return IDE_IDNF;
	case IDE_LOST: return IDE_UNC;
	default: return IDE_ABRT;
	}
}

/* The list ends before the data do: no interrupt (Intel 82371, 2.7). */
static void fell_short(struct ide_channel *channel)
{
	channel->master.status &= ~IDE_MASTER_ACTIVE;
	channel->state = IDE_READY;
	ide_drive(channel)->registers.status = IDE_GOOD;
}

void ide_came_back(struct ide_channel *channel, enum ide_result result)
{
	if (channel->resetting || channel->device_reset ||
	    result == IDE_CANCELLED) {
		ide_gave_up(channel);
		return;
	}
	if (result == IDE_SHORT) {
		fell_short(channel);
		return;
	}
	if (result == IDE_NO_MEMORY) {
		channel->master.status &= ~IDE_MASTER_ACTIVE;
		channel->master.status |= IDE_MASTER_ERROR;
	} else if (channel->transfer.dma && channel->transfer.cursor.last &&
	    !channel->transfer.cursor.left) {
		channel->master.status &= ~IDE_MASTER_ACTIVE;
	}
	if (result == IDE_DONE)
		go_on(channel);
	else if (channel->transfer.packet)
		atapi_failed(channel, result);
	else
		ide_end(channel, error_of(result));
}
