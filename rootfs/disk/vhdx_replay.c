/* VHDX: what a log says that was not closed (MS-VHDX 2.3.2, 2.3.3). */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"

/* By the sector at which it begins; 0 sectors: there is none that is whole. */
struct place {
	uint32_t sectors, tail;
	uint64_t sequence;
};

struct scan {
	struct vhdx *vhdx;
	const uint8_t *log;	/* twice in a row */
	struct place *places;
	uint32_t sectors;
};

/* first to head, in sectors, behind each other. */
struct sequence {
	uint32_t first, head, sectors;
	uint64_t number;	/* of the head; 0: there is none */
};

static const struct vhdx_log_entry *entry_at(const struct scan *scan,
	uint32_t sector)
{
	return (const void *)(scan->log + (size_t)sector * VHDX_LOG_SECTOR);
}

static uint32_t descriptor_sectors(const struct vhdx_log_entry *entry)
{
	return round_up(sizeof(*entry) + (uint64_t)entry->descriptors *
		sizeof(struct vhdx_log_descriptor), VHDX_LOG_SECTOR) /
		VHDX_LOG_SECTOR;
}

static const struct vhdx_log_descriptor *descriptor_at(
	const struct vhdx_log_entry *entry, uint32_t i)
{
	return (const struct vhdx_log_descriptor *)(entry + 1) + i;
}

static const struct vhdx_log_data *data_at(const struct vhdx_log_entry *entry,
	uint32_t i)
{
	return (const struct vhdx_log_data *)entry +
		descriptor_sectors(entry) + i;
}

static bool header_is_good(const struct scan *scan,
	const struct vhdx_log_entry *entry)
{
	uint64_t length = (uint64_t)scan->sectors * VHDX_LOG_SECTOR;

	return entry->signature == VHDX_ENTRY_SIGNATURE &&
		guid_equal(&entry->log, &scan->vhdx->header.log) &&
		entry->sequence && entry->length &&
		entry->length % VHDX_LOG_SECTOR == 0 &&
		entry->length <= length &&
		entry->tail % VHDX_LOG_SECTOR == 0 && entry->tail < length &&
		entry->descriptors <= entry->length /
			sizeof(struct vhdx_log_descriptor) &&
		descriptor_sectors(entry) <= entry->length / VHDX_LOG_SECTOR;
}

/* How many data sectors there must be; -1: one is none. */
static int64_t count_data(const struct vhdx_log_entry *entry)
{
	const struct vhdx_log_descriptor *descriptor;
	int64_t count = 0;
	uint32_t i;

	for (i = 0; i < entry->descriptors; i++) {
		descriptor = descriptor_at(entry, i);
		if (descriptor->sequence != entry->sequence ||
		    descriptor->offset % VHDX_LOG_SECTOR)
			return -1;
		if (descriptor->signature == VHDX_DESC_SIGNATURE)
			count++;
		else if (descriptor->signature != VHDX_ZERO_SIGNATURE ||
		    descriptor->zero_length % VHDX_LOG_SECTOR)
			return -1;
	}
	return count;
}

static bool data_is_good(const struct vhdx_log_entry *entry, uint32_t count)
{
	const struct vhdx_log_data *data;
	uint32_t i;

	for (i = 0; i < count; i++) {
		data = data_at(entry, i);
		if (data->signature != VHDX_DATA_SIGNATURE ||
		    data->sequence_high != entry->sequence >> 32 ||
		    data->sequence_low != (uint32_t)entry->sequence)
			return false;
	}
	return true;
}

static bool checksum_is_good(const struct vhdx_log_entry *entry)
{
	struct vhdx_log_entry first = *entry;
	uint32_t checksum;

	first.checksum = 0;
	checksum = crc32c(0, &first, sizeof(first));
	checksum = crc32c(checksum, entry + 1, entry->length - sizeof(first));
	return checksum == entry->checksum;
}

/*
 * The checksum comes last: signatures end each look where another entry
 * begins, so all looks together read the log a few times at most.
 */
static bool entry_is_good(const struct scan *scan,
	const struct vhdx_log_entry *entry)
{
	uint32_t sectors = entry->length / VHDX_LOG_SECTOR;
	int64_t count;

	if (!header_is_good(scan, entry))
		return false;
	count = count_data(entry);
	return count == (int64_t)sectors - descriptor_sectors(entry) &&
		data_is_good(entry, count) && checksum_is_good(entry);
}

static void find_entries(struct scan *scan)
{
	const struct vhdx_log_entry *entry;
	uint32_t i;

	for (i = 0; i < scan->sectors; i++) {
		entry = entry_at(scan, i);
		if (entry->signature != VHDX_ENTRY_SIGNATURE ||
		    !entry_is_good(scan, entry))
			continue;
		scan->places[i] = (struct place){
			entry->length / VHDX_LOG_SECTOR,
			entry->tail / VHDX_LOG_SECTOR, entry->sequence };
	}
}

/* As far as the numbers go from there. */
static struct sequence follow(const struct scan *scan, uint32_t first)
{
	struct sequence sequence = { .first = first };
	const struct place *place = &scan->places[first];
	uint32_t at = first;

	while (place->sectors &&
		(!sequence.number || place->sequence == sequence.number + 1) &&
		place->sectors <= scan->sectors - sequence.sectors) {
		sequence.number = place->sequence;
		sequence.sectors += place->sectors;
		sequence.head = at;
		at = (at + place->sectors) % scan->sectors;
		place = &scan->places[at];
	}
	return sequence;
}

/* The head's tail is one of its entries: from there on it is active. */
static bool from_tail(const struct scan *scan, struct sequence *sequence)
{
	uint32_t tail = scan->places[sequence->head].tail;
	uint32_t at = sequence->first;

	while (at != tail) {
		if (at == sequence->head)
			return false;
		sequence->sectors -= scan->places[at].sectors;
		at = (at + scan->places[at].sectors) % scan->sectors;
	}
	sequence->first = tail;
	return true;
}

/* The newest that is whole (2.3.3). */
static struct sequence find_active(const struct scan *scan)
{
	struct sequence active = { 0 }, sequence;
	uint32_t at = 0, sectors;

	while (at < scan->sectors) {
		sequence = follow(scan, at);
		sectors = sequence.sectors;
		if (sequence.number && from_tail(scan, &sequence)) {
			if (sequence.number > active.number)
				active = sequence;
			at += sectors;
		} else {
			at++;
		}
	}
	return active;
}

/* A log may not change itself, nor the headers. */
static bool target_is_good(const struct vhdx *vhdx, uint64_t offset,
	uint64_t length)
{
	const struct vhdx_header *header = &vhdx->header;

	if (offset > vhdx->file_size || length > vhdx->file_size - offset)
		return false;
	return offset >= VHDX_TABLE_AT(0) &&
		(offset + length <= header->log_offset ||
		offset >= header->log_offset + header->log_length);
}

static int add_patches(struct vhdx *vhdx, const struct vhdx_log_entry *entry)
{
	struct vhdx_replay *replay = &vhdx->replay;
	struct vhdx_patch *patch;
	uint32_t i, data = 0;

	for (i = 0; i < entry->descriptors; i++) {
		patch = &replay->patches[replay->count++];
		patch->descriptor = descriptor_at(entry, i);
		patch->offset = patch->descriptor->offset;
		if (patch->descriptor->signature == VHDX_DESC_SIGNATURE) {
			patch->length = VHDX_LOG_SECTOR;
			patch->data = data_at(entry, data++);
		} else {
			patch->length = patch->descriptor->zero_length;
			patch->data = NULL;
		}
		if (!target_is_good(vhdx, patch->offset, patch->length))
			return problem(vhdx->problems, -EINVAL,
				"The log changes what it must not.");
	}
	return 0;
}

/* Of an active sequence: how many descriptors, and where the file ends. */
static uint64_t measure(const struct scan *scan,
	const struct sequence *sequence, uint64_t *last)
{
	const struct vhdx_log_entry *entry;
	uint32_t at, done;
	uint64_t count = 0;

	for (done = 0; done < sequence->sectors;
		done += entry->length / VHDX_LOG_SECTOR) {
		at = (sequence->first + done) % scan->sectors;
		entry = entry_at(scan, at);
		count += entry->descriptors;
		if (entry->last > *last)
			*last = entry->last;
	}
	return count;
}

static int take_sequence(const struct scan *scan,
	const struct sequence *sequence)
{
	struct vhdx *vhdx = scan->vhdx;
	const struct vhdx_log_entry *entry;
	uint64_t last = vhdx->there, count = measure(scan, sequence, &last);
	uint32_t done;
	int result = 0;

	if (entry_at(scan, sequence->head)->flushed > vhdx->there)
		return problem(vhdx->problems, -EINVAL,
			"The file has lost its end.");
	if (last > VHDX_FILE_MAX ||
	    (vhdx->file->device && last > vhdx->there))
		return problem(vhdx->problems, -EINVAL,
			"The file would have to be longer than it can be.");
	vhdx->file_size = last;
	vhdx->replay.patches = calloc(count + 1, sizeof(struct vhdx_patch));
	if (!vhdx->replay.patches)
		return -ENOMEM;
	for (done = 0; !result && done < sequence->sectors;
		done += entry->length / VHDX_LOG_SECTOR) {
		entry = entry_at(scan, (sequence->first + done) %
			scan->sectors);
		result = add_patches(vhdx, entry);
	}
	return result;
}

static int find(struct scan *scan)
{
	struct sequence active;

	find_entries(scan);
	active = find_active(scan);
	if (!active.number)
		return problem(scan->vhdx->problems, -EINVAL,
			"The log has nothing that is whole.");
	return take_sequence(scan, &active);
}

int vhdx_replay_find(struct vhdx *vhdx)
{
	struct scan scan = { .vhdx = vhdx };
	uint32_t length = vhdx->header.log_length;
	int result;

	if (guid_is_zero(&vhdx->header.log))
		return 0;
	scan.sectors = length / VHDX_LOG_SECTOR;
	scan.places = calloc(scan.sectors, sizeof(*scan.places));
	vhdx->replay.log = malloc(2 * (size_t)length);
	if (!scan.places || !vhdx->replay.log) {
		free(scan.places);
		return -ENOMEM;
	}
	result = vhdx->file->ops->read(vhdx->file, vhdx->header.log_offset,
		vhdx->replay.log, length);
	memcpy(vhdx->replay.log + length, vhdx->replay.log, length);
	scan.log = vhdx->replay.log;
	if (!result)
		result = find(&scan);
	free(scan.places);
	return result;
}

/* The sector as it was before its ends went into the descriptor (2.3.1.4). */
static void whole_sector(const struct vhdx_patch *patch, uint8_t *sector)
{
	memcpy(sector, &patch->descriptor->leading, 8);
	memcpy(sector + 8, patch->data->bytes, sizeof(patch->data->bytes));
	memcpy(sector + VHDX_LOG_SECTOR - 4, &patch->descriptor->trailing, 4);
}

static void lay_over(const struct vhdx_patch *patch, uint64_t offset,
	uint8_t *to, size_t size)
{
	uint8_t sector[VHDX_LOG_SECTOR];
	uint64_t from = patch->offset > offset ? patch->offset : offset;
	uint64_t end = least(patch->offset + patch->length, offset + size);

	if (from >= end)
		return;
	if (!patch->data) {
		memset(to + (from - offset), 0, end - from);
		return;
	}
	whole_sector(patch, sector);
	memcpy(to + (from - offset), sector + (from - patch->offset),
		end - from);
}

int vhdx_read(struct vhdx *vhdx, uint64_t offset, void *to, size_t size)
{
	uint64_t there = offset < vhdx->there ? vhdx->there - offset : 0;
	size_t i;
	int result = 0;

	if (offset > vhdx->file_size || size > vhdx->file_size - offset)
		return -EIO;
	there = least(there, size);
	if (there)
		result = vhdx->file->ops->read(vhdx->file, offset, to, there);
	memset((uint8_t *)to + there, 0, size - there);
	for (i = 0; !result && i < vhdx->replay.count; i++)
		lay_over(&vhdx->replay.patches[i], offset, to, size);
	return result;
}

static int apply(struct vhdx *vhdx, const struct vhdx_patch *patch)
{
	uint8_t sector[VHDX_LOG_SECTOR];

	if (!patch->data)
		return vhdx->file->ops->zero(vhdx->file, patch->offset,
			patch->length);
	whole_sector(patch, sector);
	return vhdx->file->ops->write(vhdx->file, patch->offset, sector,
		sizeof(sector));
}

/* Again from the beginning if it was cut: it does the same. */
int vhdx_replay_apply(struct vhdx *vhdx)
{
	size_t i;
	int result = 0;

	if (guid_is_zero(&vhdx->header.log))
		return 0;
	if (vhdx->file_size > vhdx->there)
		result = vhdx->file->ops->resize(vhdx->file, vhdx->file_size);
	for (i = 0; !result && i < vhdx->replay.count; i++)
		result = apply(vhdx, &vhdx->replay.patches[i]);
	if (!result)
		result = file_sync(vhdx->file);
	if (result)
		return result;
	vhdx->there = vhdx->file_size;
	memset(&vhdx->header.log, 0, sizeof(vhdx->header.log));
	return vhdx_header_update(vhdx);
}

void vhdx_replay_free(struct vhdx *vhdx)
{
	free(vhdx->replay.patches);
	free(vhdx->replay.log);
	vhdx->replay = (struct vhdx_replay){ 0 };
}
