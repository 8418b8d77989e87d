/* VHDX: changes of metadata by the log (MS-VHDX 2.3). docs/disks.md */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"

/* An entry: one sector of descriptors, then data. A log that begins anew at 0
 * must leave the last two of the old one, which the headers name until its first
 * entry is whole; these are at the end, but for less than one more. */
#define BUFFER	((1 + VHDX_CHANGE_ITEMS) * (size_t)VHDX_LOG_SECTOR)

#define SPARE	(2 * VHDX_LOG_SECTOR)	/* behind a log's last entry */

static_assert(4 * BUFFER + SPARE <= VHDX_UNIT, "a log of 1 MB has room");
static_assert(VHDX_CHANGE_ITEMS <= 126, "descriptors of the first sector");

/* A log of its own, which the headers do not name yet. */
static int begin_log(struct vhdx_log *log, uint32_t at)
{
	log->open = false;
	log->head = log->tail = at;
	return guid_make(&log->guid) ? -EIO : 0;
}

/* It begins anywhere: each session's first entry would wear the same place. */
int vhdx_log_init(struct vhdx *vhdx)
{
	struct vhdx_log *log = &vhdx->log;
	uint32_t at;

	log->buffer = malloc(2 * BUFFER);
	log->sequence = 1;
	if (!log->buffer)
		return -ENOMEM;
	if (begin_log(log, 0))
		return -EIO;
	memcpy(&at, &log->guid, sizeof(at));
	log->head = log->tail = at % (vhdx->header.log_length /
		VHDX_LOG_SECTOR) * VHDX_LOG_SECTOR;
	return 0;
}

void vhdx_log_begin(struct vhdx_change *change)
{
	change->count = 0;
}

/* The buffer's second half has the sectors. */
static uint8_t *sector_at(const struct vhdx *vhdx, unsigned int i)
{
	return vhdx->log.buffer + BUFFER + i * (size_t)VHDX_LOG_SECTOR;
}

static unsigned int find(const struct vhdx_change *change, uint64_t offset)
{
	unsigned int i = 0;

	while (i < change->count && change->offsets[i] != offset)
		i++;
	return i;
}

bool vhdx_log_has_room(const struct vhdx_change *change, uint64_t offset)
{
	return change->count < VHDX_CHANGE_SECTORS ||
		find(change, offset) < change->count;
}

int vhdx_log_sector(struct vhdx *vhdx, struct vhdx_change *change,
	uint64_t offset, uint8_t **sector)
{
	unsigned int i = find(change, offset);
	int result;

	if (i == VHDX_CHANGE_ITEMS)
		return -ENOBUFS;
	*sector = sector_at(vhdx, i);
	if (i < change->count)
		return 0;
	result = vhdx->file->ops->read(vhdx->file, offset, *sector,
		VHDX_LOG_SECTOR);
	if (!result)
		change->offsets[change->count++] = offset;
	return result;
}

/* A sector's first 8 and last 4 bytes go into its descriptor (2.3.1.4). */
static void put_sector(struct vhdx_log_descriptor *descriptor,
	struct vhdx_log_data *data, const uint8_t *sector, uint64_t sequence)
{
	descriptor->signature = VHDX_DESC_SIGNATURE;
	memcpy(&descriptor->leading, sector, 8);
	memcpy(&descriptor->trailing, sector + VHDX_LOG_SECTOR - 4, 4);
	data->signature = VHDX_DATA_SIGNATURE;
	data->sequence_high = sequence >> 32;
	data->sequence_low = sequence;
	memcpy(data->bytes, sector + 8, sizeof(data->bytes));
}

static void put_sectors(struct vhdx *vhdx, const struct vhdx_change *change)
{
	uint8_t *buffer = vhdx->log.buffer;
	struct vhdx_log_descriptor *descriptors = (struct vhdx_log_descriptor *)
		(buffer + sizeof(struct vhdx_log_entry));
	struct vhdx_log_data *data = (struct vhdx_log_data *)
		(buffer + VHDX_LOG_SECTOR);
	unsigned int i;

	for (i = 0; i < change->count; i++) {
		descriptors[i].offset = change->offsets[i];
		descriptors[i].sequence = vhdx->log.sequence;
		put_sector(&descriptors[i], &data[i], sector_at(vhdx, i),
			vhdx->log.sequence);
	}
}

static uint32_t entry_length(const struct vhdx_change *change)
{
	return (1 + change->count) * VHDX_LOG_SECTOR;
}

/* The entry in the buffer. */
static void build(struct vhdx *vhdx, const struct vhdx_change *change)
{
	struct vhdx_log *log = &vhdx->log;
	struct vhdx_log_entry *entry = (struct vhdx_log_entry *)log->buffer;
	uint32_t length = entry_length(change);

	memset(log->buffer, 0, VHDX_LOG_SECTOR);
	*entry = (struct vhdx_log_entry){
		.signature = VHDX_ENTRY_SIGNATURE,
		.length = length,
		.tail = log->tail,
		.sequence = log->sequence,
		.descriptors = change->count,
		.log = log->guid,
		.flushed = vhdx->stable,
		.last = round_up(vhdx->file_size, VHDX_UNIT),
	};
	if (vhdx->file->device)
		entry->last = vhdx->stable;
	put_sectors(vhdx, change);
	entry->checksum = crc32c(0, entry, length);
}

int vhdx_log_sync(struct vhdx *vhdx)
{
	int result = file_sync(vhdx->file);

	if (!result)
		vhdx->stable = vhdx->there / VHDX_UNIT * VHDX_UNIT;
	return result;
}

/* The headers name the log from its first entry on, never before. */
static int open_log(struct vhdx *vhdx)
{
	int result;

	if (vhdx->log.open)
		return 0;
	vhdx->header.log = vhdx->log.guid;
	vhdx->header.log_version = 0;
	result = vhdx_header_update(vhdx);
	if (!result)
		vhdx->log.open = true;
	return result;
}

static int write_sectors(struct vhdx *vhdx, const struct vhdx_change *change)
{
	unsigned int i;
	int result = 0;

	for (i = 0; !result && i < change->count; i++)
		result = vhdx->file->ops->write(vhdx->file,
			change->offsets[i], sector_at(vhdx, i),
			VHDX_LOG_SECTOR);
	return result;
}

/* At its end another log begins, with all of this one in place. It does not go
 * round, for QEMU (10) does not look at tails: it takes what comes behind the
 * ring's end for newer than what is before it, and what an entry's place had a
 * round ago for what comes next. A log from 0 to its end it reads for ever. */
static int make_room(struct vhdx *vhdx, uint32_t length)
{
	struct vhdx_log *log = &vhdx->log;
	int result = 0;

	if (log->head + length + SPARE <= vhdx->header.log_length)
		return 0;
	if (log->open)
		result = vhdx_log_sync(vhdx);
	return result ? result : begin_log(log, 0);
}

int vhdx_log_commit(struct vhdx *vhdx, struct vhdx_change *change)
{
	struct vhdx_log *log = &vhdx->log;
	uint32_t length = entry_length(change);
	int result = make_room(vhdx, length);

	if (result)
		return result;
	build(vhdx, change);
	result = vhdx->file->ops->write(vhdx->file, vhdx->header.log_offset +
		log->head, log->buffer, length);
	if (!result)
		result = vhdx_log_sync(vhdx);
	if (!result)
		result = open_log(vhdx);
	if (!result)
		result = write_sectors(vhdx, change);
	/* The next entry's tail: with its sync this one is in place. */
	log->tail = log->head;
	log->head += length;
	log->sequence++;
	return result;
}
