/* Jobs of an IDE channel's thread: data between image, buffer and guest. */
/* SPDX-License-Identifier: MIT */
#include "ide/job.h"

#include <errno.h>

#include "ide/atapi.h"
#include "ide/master.h"
#include "ide/work.h"

#define TRIM_RANGE	8u	/* bytes */

/* One access of the image: 0 or -errno. */
typedef int (*access_fn)(struct ide_channel *channel, struct image *image);

static struct storvsp *store(struct ide_channel *channel)
{
	return &ide_drive(channel)->store;
}

/* As request.c: what the library says of a disk that is another by now is the
 * guest's matter, the rest is the medium's. A medium that has gone is nobody's:
 * the next try finds out. */
static void fail(struct ide_channel *channel, struct image *image, int error)
{
	if (error == -ERANGE)
		work_finish(channel, IDE_OUT_OF_RANGE);
	else if (error == -EROFS)
		work_finish(channel, IDE_PROTECTED);
	else if (trouble_begin(store(channel), 0, image, error))
		work_keep(channel);
}

/* true: it was done. Else the job has finished, is kept, or is to be tried
 * again. */
static bool use_image(struct ide_channel *channel, access_fn access)
{
	struct image *image;
	int error;

	switch (lun_hold(store(channel), 0, channel->transfer.serial,
		&image)) {
	case LUN_WORK:
		break;
	case LUN_STOPPED:
		work_keep(channel);
		return false;
	default:
		work_finish(channel, IDE_GONE);
		return false;
	}
	error = access(channel, image);
	if (error)
		fail(channel, image, error);
	lun_let_go(store(channel), image);
	return !error;
}

static uint32_t chunk(const struct ide_transfer *transfer)
{
	uint32_t most = IDE_BUFFER;

	/* Blocks of the size that the guest has asked for. */
	if (transfer->packet && !transfer->dma && transfer->block % 2048 == 0)
		most -= most % transfer->block;
	return transfer->left < most ? transfer->left : most;
}

static int read_image(struct ide_channel *channel, struct image *image)
{
	struct ide_transfer *transfer = &channel->transfer;
	uint32_t size = chunk(transfer);
	int error = disk_read(image->disk, transfer->at, channel->buffer,
		size);

	if (error)
		return error;
	transfer->position = 0;
	transfer->filled = size;
	transfer->at += size;
	transfer->left -= size;
	return 0;
}

/* true: all that was in the buffer has moved. */
static bool move(struct ide_channel *channel, bool out, uint32_t size)
{
	struct ide_transfer *transfer = &channel->transfer;
	enum ide_result result = master_move(channel, out,
		transfer->position, size);

	transfer->position += size;
	if (result != IDE_DONE)
		work_finish(channel, result);
	return result == IDE_DONE;
}

static void read_step(struct ide_channel *channel)
{
	struct ide_transfer *transfer = &channel->transfer;

	if (transfer->position >= transfer->filled && transfer->left &&
	    !use_image(channel, read_image))
		return;
	/* A state that was loaded may be beyond. */
	if (transfer->dma && transfer->position < transfer->filled &&
	    !move(channel, false, transfer->filled - transfer->position))
		return;
	if (!transfer->dma || !transfer->left)
		work_finish(channel, IDE_DONE);
}

/* From the guest into the buffer, if that is to be done first. */
static bool gather(struct ide_channel *channel, uint32_t size)
{
	struct ide_transfer *transfer = &channel->transfer;

	if (!transfer->dma || transfer->filled)
		return true;
	transfer->position = 0;
	if (!move(channel, true, size))
		return false;
	transfer->filled = size;
	return true;
}

static int write_image(struct ide_channel *channel, struct image *image)
{
	struct ide_transfer *transfer = &channel->transfer;
	int error = disk_write(image->disk, transfer->at, channel->buffer,
		transfer->filled);

	if (error)
		return error;
	transfer->at += transfer->filled;
	transfer->left -= transfer->filled;
	transfer->filled = 0;
	return 0;
}

/* What an earlier write's loss was is told once; a failed flush is not tried
 * again: the kernel would call it good. */
static int flush_image(struct ide_channel *channel, struct image *image)
{
	unsigned int told = atomic_load(&image->told);
	int error = 0;

	if (!image->read_only && !image_tell(image, told)) {
		error = disk_flush(image->disk);
		if (!error)
			return 0;
		trouble_begin(store(channel), 0, image, error);
		if (!image_tell(image, told))
			return error;
	}
	work_finish(channel, image->read_only ? IDE_DONE : IDE_LOST);
	return 0;
}

static void flush_step(struct ide_channel *channel)
{
	if (use_image(channel, flush_image) && !channel->finished)
		work_finish(channel, IDE_DONE);
}

static void write_step(struct ide_channel *channel)
{
	struct ide_transfer *transfer = &channel->transfer;

	if (transfer->left || transfer->filled) {
		if (!gather(channel, chunk(transfer)) ||
		    !use_image(channel, write_image))
			return;
		if (transfer->left && transfer->dma)
			return;
	}
	if (transfer->forced && !transfer->left)
		flush_step(channel);
	else
		work_finish(channel, IDE_DONE);
}

static uint64_t number(const uint8_t *at, unsigned int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

/* ACS-2 7.10.2: 48 bits of address, 16 of length; 0: no range. */
static int trim_image(struct ide_channel *channel, struct image *image)
{
	const uint8_t *at = channel->buffer;
	const uint8_t *end = at + channel->transfer.filled;
	uint64_t sectors;
	int error = 0;

	for (; at < end && !error; at += TRIM_RANGE) {
		sectors = number(at + 6, 2);
		if (sectors)
			error = disk_unmap(image->disk,
				number(at, 6) * DISK_SECTOR,
				sectors * DISK_SECTOR);
	}
	return error;
}

static void trim_step(struct ide_channel *channel)
{
	if (gather(channel, channel->transfer.left) &&
	    use_image(channel, trim_image))
		work_finish(channel, IDE_DONE);
}

static void command_step(struct ide_channel *channel)
{
	struct ide_transfer *transfer = &channel->transfer;
	enum ide_result result;

	if (transfer->left && !gather(channel, transfer->left))
		return;
	if (atapi_do(channel, transfer->filled, &result))
		work_finish(channel, result);
	else
		work_keep(channel);
}

static void (*const steps[])(struct ide_channel *channel) = {
	[IDE_JOB_READ] = read_step,
	[IDE_JOB_WRITE] = write_step,
	[IDE_JOB_FLUSH] = flush_step,
	[IDE_JOB_TRIM] = trim_step,
	[IDE_JOB_COMMAND] = command_step,
};

void job_step(struct ide_channel *channel)
{
	steps[channel->transfer.job](channel);
}
