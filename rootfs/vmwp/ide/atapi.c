/* Packets: SCSI commands of a DVD drive (SFF-8020, ATA8-ACS 4.4). */
/* SPDX-License-Identifier: MIT */
#include "ide/atapi.h"

#include <string.h>

#define REQUEST_SENSE	0x03
#define MODE_SELECT_6	0x15
#define MODE_SELECT_10	0x55
#define BLOCK_MOST	0xfffeu

/* Bytes of a DRQ block at most; an odd number is one less. */
static uint32_t block_of(const struct ide_registers *registers)
{
	uint32_t size = registers->high[0] << 8 | registers->middle[0];

	size &= BLOCK_MOST;
	return size ? size : BLOCK_MOST;
}

void atapi_begin(struct ide_channel *channel)
{
	struct ide_registers *registers = &ide_drive(channel)->registers;
	struct ide_transfer *transfer = &channel->transfer;

	*transfer = (struct ide_transfer){ .job = IDE_JOB_COMMAND,
		.out = true, .packet = true, .filled = IDE_CDB, .end = IDE_CDB,
		.dma = registers->feature[0] & IDE_PACKET_DMA,
		.block = block_of(registers) };
	channel->state = IDE_CDB_DUE;
	registers->count[0] = IDE_REASON_CD;
	registers->status = IDE_GOOD | IDE_DRQ;
}

/* How many bytes come with it. */
static uint32_t parameters(const uint8_t *cdb)
{
	uint32_t size = 0;

	if (cdb[0] == MODE_SELECT_6)
		size = cdb[4];
	else if (cdb[0] == MODE_SELECT_10)
		size = scsi_get(cdb + 7, 2);
	return size < SCSI_DATA ? size : SCSI_DATA;
}

void atapi_take(struct ide_channel *channel)
{
	struct ide_transfer *transfer = &channel->transfer;
	uint32_t size;

	memcpy(transfer->cdb, channel->buffer, IDE_CDB);
	size = parameters(transfer->cdb);
	transfer->position = transfer->filled = 0;
	if (size && transfer->dma) {
		transfer->left = size;
		ide_wait_for_master(channel);
	} else if (size) {
		transfer->filled = size;
		ide_block(channel, true);
	} else {
		ide_work(channel);
	}
}

static const struct scsi_sense *sense_of(const struct ide_channel *channel,
	enum ide_result result)
{
	static const struct scsi_sense out_of_range =
		{ SENSE_ILLEGAL, 0x21, 0x00 };
	static const struct scsi_sense no_medium =
		{ SENSE_NOT_READY, 0x3a, 0x00 };
	static const struct scsi_sense aborted = { SENSE_ABORTED, 0x00, 0x00 };

	switch (result) {
	case IDE_SENSE: return &channel->transfer.sense;
	case IDE_OUT_OF_RANGE: return &out_of_range;
	case IDE_GONE: return &no_medium;
	default: return &aborted;
	}
}

void atapi_failed(struct ide_channel *channel, enum ide_result result)
{
	struct ide_drive *drive = ide_drive(channel);

	drive->sense = *sense_of(channel, result);
	ide_end(channel, drive->sense.key << 4 | IDE_ABRT);
}

/* A command's answer, from the buffer. */
static void reply(struct ide_channel *channel, uint32_t size)
{
	memcpy(channel->buffer, channel->command.data, size);
	if (size < IDE_BUFFER)
		channel->buffer[size] = 0;
	channel->transfer.filled = size;
}

/* From here on the data are the drive's. */
static void turn_round(struct ide_transfer *transfer)
{
	transfer->job = IDE_JOB_READ;
	transfer->out = false;
	transfer->filled = transfer->position = 0;
	transfer->left = 0;
}

/* Of the last command; without one it is the unit's matter. */
static bool tell_sense(struct ide_channel *channel)
{
	struct scsi_command *command = &channel->command;
	struct ide_drive *drive = ide_drive(channel);

	if (command->cdb[0] != REQUEST_SENSE || !drive->sense.key)
		return false;
	scsi_sense_write(&drive->sense, command->data);
	scsi_answer(command, SCSI_SENSE_SIZE, command->cdb[4]);
	drive->sense = (struct scsi_sense){ 0 };
	turn_round(&channel->transfer);
	reply(channel, command->answer);
	return true;
}

static enum ide_result act(struct ide_channel *channel)
{
	struct ide_transfer *transfer = &channel->transfer;
	const struct scsi_command *command = &channel->command;

	switch (command->action) {
	case SCSI_FAIL:
		transfer->sense = command->sense;
		return IDE_SENSE;
	case SCSI_READ:
		transfer->at = command->offset;
		transfer->left = command->size;
		return IDE_DONE;
	default:
		reply(channel, command->answer);
		return IDE_DONE;
	}
}

static void prepare(struct ide_channel *channel, uint32_t given)
{
	struct scsi_command *command = &channel->command;

	command->cdb = channel->transfer.cdb;
	command->length = IDE_CDB;
	command->room = UINT32_MAX;
	command->given = given;
	memcpy(command->data, channel->buffer, given);
}

bool atapi_do(struct ide_channel *channel, uint32_t given,
	enum ide_result *result)
{
	struct ide_transfer *transfer = &channel->transfer;
	struct ide_drive *drive = ide_drive(channel);

	*result = IDE_DONE;
	prepare(channel, given);
	if (tell_sense(channel))
		return true;
	switch (lun_command(&drive->store, 0, &channel->command,
		&transfer->serial)) {
	case LUN_STOPPED:
		return false;
	case LUN_ABSENT:
		*result = IDE_GONE;
		return true;
	default:
		break;
	}
	drive->sense = (struct scsi_sense){ 0 };
	turn_round(transfer);
	*result = act(channel);
	return true;
}
