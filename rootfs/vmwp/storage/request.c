/* A request of the guest's, from its packet to the answer. */
/* SPDX-License-Identifier: MIT */
#include "storage/request.h"

#include <errno.h>
#include <string.h>

#include "storage/inquiry.h"
#include "storage/queue.h"
#include "storage/storvsp.h"

#define EXTENTS		8u
#define TRIES		8u
#define GOOD		0x00	/* SAM-5 5.3.1 */
#define CHECK_CONDITION	0x02

static const struct scsi_sense write_error = { SENSE_MEDIUM, 0x0c, 0x00 };
/* The guest may try again. */
static const struct scsi_sense aborted = { SENSE_ABORTED, 0x00, 0x00 };
static const struct scsi_sense out_of_range = { SENSE_ILLEGAL, 0x21, 0x00 };
static const struct scsi_sense is_protected = { SENSE_PROTECTED, 0x27, 0x00 };

void request_status(struct request *request, uint32_t status)
{
	request->packet.operation = VSTOR_COMPLETE_IO;
	request->packet.flags = 0;
	request->packet.status = status;
	queue_answer(request->queue, request);
}

static void answer(struct request *request, uint8_t srb_status,
	uint8_t scsi_status, uint32_t transfer)
{
	struct vstor_srb *srb = &request->packet.srb;

	srb->srb_status = srb_status;
	srb->scsi_status = scsi_status;
	srb->transfer = transfer;
}

void request_refuse(struct request *request, uint8_t srb_status)
{
	bool absent = srb_status == SRB_INVALID_LUN;

	answer(request, srb_status, GOOD, 0);
	request_status(request, absent ? VSTOR_NO_DEVICE :
		VSTOR_INVALID_PARAMETER);
}

static void succeed(struct request *request, uint32_t transfer)
{
	answer(request, SRB_SUCCESS, GOOD, transfer);
	request_status(request, VSTOR_GOOD);
}

static void check(struct request *request, const struct scsi_sense *sense)
{
	struct vstor_srb *srb = &request->packet.srb;

	answer(request, SRB_ERROR | SRB_SENSE, CHECK_CONDITION, 0);
	memset(srb->payload, 0, sizeof(srb->payload));
	scsi_sense_write(sense, srb->payload);
	srb->sense_length = SCSI_SENSE_SIZE;
	request_status(request, VSTOR_DEVICE_ERROR);
}

/* It is not at work any more. */
static void release(struct request *request)
{
	struct image *image = request->image;

	disk_end(image->disk, &request->use);
	request->image = NULL;
	storvsp_ended(request->queue->storvsp);
	image_put(image);
}

static void finish(struct request *request, const struct scsi_sense *sense,
	uint32_t transfer)
{
	release(request);
	if (sense)
		check(request, sense);
	else
		succeed(request, transfer);
}

/* Kept until somebody has repaired the medium, then done from its beginning. */
static void keep(struct request *request)
{
	release(request);
	queue_keep(request->queue, request);
}

/* What the library says of a disk that has changed meanwhile is the guest's
 * matter, the rest is the medium's. A medium that was taken out is nobody's:
 * the request finds out by itself what is there now. */
static void fail(struct request *request, int error)
{
	if (error == -ERANGE) {
		finish(request, &out_of_range, 0);
	} else if (error == -EROFS) {
		finish(request, &is_protected, 0);
	} else if (trouble_begin(request->queue->storvsp,
	    request->packet.srb.lun, request->image, error)) {
		keep(request);
	} else {
		release(request);
		queue_again(request->queue, request);
	}
}

/* So much is done: of the data, from the front. */
static void advance(struct request *request, uint64_t bytes)
{
	request->at += bytes;
	request->done += bytes;
	request->left -= bytes;
}

/* What has no place reads as zeros. true: the kernel has it now. */
static bool read_extent(struct request *request,
	const struct disk_extent *extent, uint32_t size)
{
	if (!extent->there) {
		shared_zero(request->pages, request->offset + request->done,
			size);
		advance(request, size);
		return false;
	}
	queue_read(request->queue, request, extent->offset, size);
	return true;
}

/* All extents up to the one that the kernel gets. */
static void read_next(struct request *request)
{
	struct disk_extent extents[EXTENTS];
	int count, i;

	while (request->left) {
		count = disk_map(request->image->disk, request->at,
			request->left, extents, EXTENTS);
		if (count <= 0) {
			fail(request, count ? count : -EIO);
			return;
		}
		for (i = 0; i < count && request->left; i++)
			if (read_extent(request, &extents[i],
				extents[i].length < request->left ?
				extents[i].length : request->left))
				return;
	}
	finish(request, NULL, request->done);
}

static bool all_there(const struct disk_extent *extents, int count,
	uint64_t length)
{
	uint64_t there = 0;
	int i;

	for (i = 0; i < count && extents[i].there; i++)
		there += extents[i].length;
	return there >= length;
}

/*
 * Everything gets its place before anything is written. An UNMAP on another
 * channel may take it away again at any time: what counts is what disk_map()
 * says last before a write. That place is nobody else's until disk_end(), and a
 * write that goes there came before the UNMAP. Who loses to UNMAPs again and
 * again is not kept at it for ever: 1.
 */
static int place(struct request *request, struct disk_extent *extent)
{
	struct disk *disk = request->image->disk;
	struct disk_extent extents[EXTENTS];
	unsigned int tries;
	int count, error;

	for (tries = 0; ; tries++) {
		count = disk_map(disk, request->at, request->left, extents,
			EXTENTS);
		if (count <= 0)
			return count ? count : -EIO;
		*extent = extents[0];
		if (all_there(extents, count, request->left) ||
		    (tries && extent->there))
			return 0;
		if (tries == TRIES)
			return 1;
		error = disk_prepare(disk, request->at, request->left);
		if (error)
			return error;
	}
}

static void write_next(struct request *request)
{
	struct disk_extent extent;
	int error;

	if (!request->left) {
		finish(request, NULL, request->done);
		return;
	}
	error = place(request, &extent);
	if (error > 0) {
		finish(request, &aborted, 0);
		return;
	}
	if (error) {
		fail(request, error);
		return;
	}
	request->place = extent.offset;
	queue_write(request->queue, request, extent.offset,
		extent.length < request->left ? extent.length : request->left);
}

static void go_on(struct request *request)
{
	if (request->work == REQUEST_READ)
		read_next(request);
	else
		write_next(request);
}

/* A flush that failed cannot be tried again: the kernel has said what is lost
 * once, and forgets it; maybe to another request, while this one was there. So
 * all flushes that are there are told. */
static void flushed(struct request *request, int result)
{
	struct image *image = request->image;

	if (result) {
		file_lose(&image->file);
		trouble_begin(request->queue->storvsp,
			request->packet.srb.lun, image, result);
	}
	finish(request, image_tell(image, request->told) ? &write_error : NULL,
		0);
}

static void sync_part(struct request *request)
{
	queue_sync(request->queue, request, request->place, request->unsynced);
}

/* A forced write's part is on the medium. */
static void synced(struct request *request, int result)
{
	if (result) {
		file_lose(&request->image->file);
		fail(request, result);
		return;
	}
	advance(request, request->unsynced);
	request->unsynced = 0;
	go_on(request);
}

static void moved(struct request *request, int result)
{
	/* Less than a sector is the end of what was once longer. */
	if (result >= 0)
		result -= result % (int)DISK_SECTOR;
	if (result <= 0) {
		fail(request, result ? result : -EIO);
	} else if (request->forced) {
		request->unsynced = result;
		sync_part(request);
	} else {
		advance(request, result);
		go_on(request);
	}
}

static void again(struct request *request)
{
	if (request->work == REQUEST_FLUSH)
		queue_sync(request->queue, request, 0, 0);
	else if (request->unsynced)
		sync_part(request);
	else
		go_on(request);
}

void request_event(struct request *request, int result)
{
	if (result == -EINTR || result == -EAGAIN)
		again(request);
	else if (request->work == REQUEST_FLUSH)
		flushed(request, result);
	else if (request->unsynced)
		synced(request, result);
	else
		moved(request, result);
}

static void unmap(struct request *request, const struct scsi_command *command)
{
	unsigned int i;
	int error;

	for (i = 0; i < command->count; i++) {
		error = disk_unmap(request->image->disk,
			command->ranges[i].offset, command->ranges[i].size);
		if (error) {
			fail(request, error);
			return;
		}
	}
	finish(request, NULL, request->packet.srb.transfer);
}

static void flush(struct request *request)
{
	request->told = atomic_load(&request->image->told);
	if (image_tell(request->image, request->told))
		finish(request, &write_error, 0);
	else if (request->image->read_only)
		finish(request, NULL, 0);
	else
		queue_sync(request->queue, request, 0, 0);
}

static void move(struct request *request, const struct scsi_command *command,
	enum request_work work)
{
	request->work = work;
	request->forced = work == REQUEST_WRITE && command->forced;
	request->at = command->offset;
	request->done = 0;
	request->left = command->size;
	request->unsynced = 0;
	go_on(request);
}

/* A buffer that the guest sends from is not written to. */
static bool goes_back(const struct request *request,
	const struct scsi_command *command)
{
	return (command->answer || command->action == SCSI_READ) &&
		request->packet.srb.data_in == VSTOR_TO_DEVICE;
}

/* Without the image: what the command itself has answered. */
static void reply(struct request *request, const struct scsi_command *command)
{
	if (command->action == SCSI_FAIL) {
		check(request, &command->sense);
		return;
	}
	if (goes_back(request, command)) {
		request_refuse(request, SRB_INVALID_REQUEST);
		return;
	}
	shared_copy_out(request->pages, request->offset, command->data,
		command->answer);
	succeed(request, command->answer ? command->answer :
		scsi_is_out(command) ? request->packet.srb.transfer : 0);
}

static void refuse_work(struct request *request)
{
	release(request);
	request_refuse(request, SRB_INVALID_REQUEST);
}

static void work(struct request *request, const struct scsi_command *command)
{
	switch (command->action) {
	case SCSI_READ:
		move(request, command, REQUEST_READ);
		break;
	case SCSI_WRITE:
		move(request, command, REQUEST_WRITE);
		break;
	case SCSI_FLUSH:
		request->work = REQUEST_FLUSH;
		request->forced = false;
		flush(request);
		break;
	default:
		unmap(request, command);
		break;
	}
}

/* The CDB is copied, as the answer takes its place. */
static void begin_command(struct request *request,
	struct scsi_command *command, uint8_t *cdb)
{
	const struct vstor_srb *srb = &request->packet.srb;

	memcpy(cdb, srb->payload, VSTOR_CDB);
	command->cdb = cdb;
	command->length = srb->cdb_length;
	command->room = srb->transfer;
	command->given = 0;
	if (srb->data_in == VSTOR_TO_DEVICE)
		command->given = scsi_parameters(command);
	shared_copy_in(command->data, request->pages, request->offset,
		command->given);
}

/* What only an image can do; and that must be the one of before. */
static enum lun_verdict settle(struct request *request,
	struct scsi_command *command)
{
	if (command->room && scsi_is_out(command) &&
	    request->packet.srb.data_in != VSTOR_TO_DEVICE)
		return LUN_WRONG;
	return lun_decide(request->queue->storvsp, request, command);
}

static bool begin_work(struct request *request,
	const struct scsi_command *command)
{
	int now = queue_set_file(request->queue, request->packet.srb.lun,
		request->image);

	disk_begin(request->image->disk, &request->use);
	if (now < 0)
		fail(request, now);
	else if (!now)
		release(request);
	else if (goes_back(request, command))
		refuse_work(request);
	else
		work(request, command);
	return now;
}

bool request_start(struct request *request)
{
	struct scsi_command *command = &request->queue->command;
	uint8_t cdb[VSTOR_CDB];

	begin_command(request, command, cdb);
	switch (settle(request, command)) {
	case LUN_STOPPED:
		queue_keep(request->queue, request);
		break;
	case LUN_ABSENT:
		request_refuse(request, SRB_INVALID_LUN);
		break;
	case LUN_WRONG:
		request_refuse(request, SRB_INVALID_REQUEST);
		break;
	case LUN_REPLY:
		reply(request, command);
		break;
	case LUN_WORK:
		return begin_work(request, command);
	}
	return true;
}
