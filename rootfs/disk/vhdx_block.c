/* VHDX: blocks get space, and give it back. Orders of writes: docs/disks.md */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BATCH	1024u	/* blocks in one log entry */
#define AHEAD	(32 * MB)	/* at least: the file is so much longer */

/* Blocks whose entries change together. */
struct batch {
	struct vhdx_change change;
	unsigned int count;
	bool zeroed;		/* places that must stay zero after a cut */
	uint64_t end;		/* of the file, with the new places */
	struct {
		uint64_t index, old, new;
	} blocks[BATCH];
};

static void batch_begin(struct batch *batch)
{
	vhdx_log_begin(&batch->change);
	batch->count = 0;
	batch->zeroed = false;
	batch->end = 0;
}

static uint64_t sector_of(const struct vhdx *vhdx, uint64_t index)
{
	return vhdx->bat.offset + index / VHDX_PAGE_ENTRIES * VHDX_LOG_SECTOR;
}

static bool batch_has_room(const struct vhdx *vhdx, const struct batch *batch,
	uint64_t index)
{
	return batch->count < BATCH &&
		vhdx_log_has_room(&batch->change, sector_of(vhdx, index));
}

static int batch_add(struct vhdx *vhdx, struct batch *batch, uint64_t index,
	uint64_t entry)
{
	uint8_t *sector;
	int result = vhdx_bat_reserve(vhdx, index);

	if (!result)
		result = vhdx_log_sector(vhdx, &batch->change,
			sector_of(vhdx, index), &sector);
	if (result)
		return result;
	memcpy(sector + index % VHDX_PAGE_ENTRIES * sizeof(entry), &entry,
		sizeof(entry));
	batch->blocks[batch->count].index = index;
	batch->blocks[batch->count].old = vhdx_bat_entry(vhdx, index);
	batch->blocks[batch->count++].new = entry;
	return 0;
}

/* disk_map() sees it from here on. */
static void batch_show(struct vhdx *vhdx, const struct batch *batch)
{
	unsigned int i;

	pthread_mutex_lock(&vhdx->disk->lock);
	for (i = 0; i < batch->count; i++)
		vhdx_bat_set(vhdx, batch->blocks[i].index,
			batch->blocks[i].new);
	pthread_mutex_unlock(&vhdx->disk->lock);
}

/* Where nobody was before there are zeros; else what another block left. */
static int make_zero(struct vhdx *vhdx, struct batch *batch, uint64_t place)
{
	uint64_t end = least(place + vhdx->block, vhdx->fresh);

	if (place + vhdx->block > batch->end)
		batch->end = place + vhdx->block;
	if (place >= end)
		return 0;
	end = least(end, vhdx->there);
	batch->zeroed = true;
	return vhdx->file->ops->zero(vhdx->file, place, end - place);
}

static int batch_allocate(struct vhdx *vhdx, struct batch *batch,
	uint64_t index)
{
	uint64_t place = vhdx_bat_entry(vhdx, index) & VHDX_BAT_OFFSET;
	int result = 0;

	if (!place)
		result = vhdx_space_take(vhdx, vhdx->block, &place);
	if (!result)
		result = make_zero(vhdx, batch, place);
	if (!result)
		result = batch_add(vhdx, batch, index,
			place | VHDX_FULLY_PRESENT);
	return result;
}

/* The file is longer than it needs to be, so that the entry's sync is the next
 * place's, too: not all replays make a file longer (QEMU's does not). */
static int lengthen(struct vhdx *vhdx, const struct batch *batch)
{
	uint64_t ahead = vhdx->block > AHEAD ? vhdx->block : AHEAD;
	int result = 0;

	if (batch->end > vhdx->fresh)
		vhdx->fresh = batch->end;
	if (vhdx->file->device || batch->end + vhdx->block <= vhdx->there ||
	    batch->end < vhdx->fresh)
		return 0;
	if (vhdx->file_size < batch->end + ahead)
		result = vhdx_space_lengthen(vhdx,
			batch->end + ahead - vhdx->file_size);
	if (!result)
		result = vhdx->file->ops->resize(vhdx->file, vhdx->file_size);
	if (!result)
		vhdx->there = vhdx->file_size;
	return result;
}

/* A place is in the file, and zeros, on the medium, before the log says whose
 * it is. */
static int batch_commit(struct vhdx *vhdx, struct batch *batch)
{
	int result;

	if (!batch->count)
		return 0;
	result = lengthen(vhdx, batch);
	if (!result && (batch->zeroed || batch->end > vhdx->stable))
		result = vhdx_log_sync(vhdx);
	if (!result)
		result = vhdx_log_commit(vhdx, &batch->change);
	if (!result)
		batch_show(vhdx, batch);
	return result;
}

static bool is_present(const struct vhdx *vhdx, uint64_t index)
{
	return (vhdx_bat_entry(vhdx, index) & VHDX_BAT_STATE) ==
		VHDX_FULLY_PRESENT;
}

/* As many as go into one log entry; *block: the first that did not. */
static int prepare_some(struct vhdx *vhdx, struct batch *batch,
	uint64_t *block, uint64_t last)
{
	uint64_t index;
	int result;

	batch_begin(batch);
	for (; *block <= last; ++*block) {
		index = vhdx_bat_index(vhdx, *block);
		if (is_present(vhdx, index))
			continue;
		if (!batch_has_room(vhdx, batch, index))
			break;
		result = batch_allocate(vhdx, batch, index);
		if (result)
			return result;
	}
	return batch_commit(vhdx, batch);
}

int vhdx_block_prepare(struct disk *disk, uint64_t offset, uint64_t length)
{
	struct vhdx *vhdx = disk->image;
	struct batch *batch = malloc(sizeof(*batch));
	uint64_t block = offset >> vhdx->shift;
	uint64_t last = (offset + length - 1) >> vhdx->shift;
	int result = batch ? 0 : -ENOMEM;

	vhdx_block_reclaim(disk);
	while (!result && block <= last)
		result = prepare_some(vhdx, batch, &block, last);
	free(batch);
	return result;
}

/* Space whose record has no room stays taken until the image is closed. */
static void give(struct vhdx *vhdx, uint64_t place, uint64_t epoch)
{
	struct vhdx_given *given, *last;
	size_t room = vhdx->given_room * 2 + 64;

	last = vhdx->given_count ? &vhdx->given[vhdx->given_count - 1] : NULL;
	if (last && last->epoch == epoch &&
	    last->offset + last->length == place) {
		last->length += vhdx->block;
		return;
	}
	if (vhdx->given_count == vhdx->given_room) {
		given = realloc(vhdx->given, room * sizeof(*given));
		if (!given)
			return;
		vhdx->given = given;
		vhdx->given_room = room;
	}
	vhdx->given[vhdx->given_count++] = (struct vhdx_given){
		place, vhdx->block, epoch };
}

/* Its content may go at once: who still reads it reads while it is unmapped. */
static int punch(struct vhdx *vhdx, uint64_t place)
{
	if (place >= vhdx->there)
		return 0;
	return vhdx->file->ops->zero(vhdx->file, place,
		least(vhdx->block, vhdx->there - place));
}

static int free_some(struct vhdx *vhdx, struct batch *batch)
{
	uint64_t epoch, place;
	unsigned int i;
	int result = batch_commit(vhdx, batch);

	if (result || !batch->count)
		return result;
	epoch = disk_epoch_end(vhdx->disk);
	for (i = 0; !result && i < batch->count; i++) {
		place = batch->blocks[i].old & VHDX_BAT_OFFSET;
		result = punch(vhdx, place);
		give(vhdx, place, epoch);
	}
	batch_begin(batch);
	return result;
}

/* All of the block, or of what the disk has of it. */
static bool is_whole(const struct vhdx *vhdx, uint64_t block, uint64_t offset,
	uint64_t length)
{
	uint64_t start = block << vhdx->shift;

	return !vhdx->fixed && offset == start &&
		length == least(vhdx->block, vhdx->size - start);
}

static int unmap_part(struct vhdx *vhdx, struct batch *batch, uint64_t offset,
	uint64_t length)
{
	uint64_t block = offset >> vhdx->shift;
	uint64_t index = vhdx_bat_index(vhdx, block);
	uint64_t place = vhdx_bat_entry(vhdx, index) & VHDX_BAT_OFFSET;
	int result = 0;

	if (!place)
		return 0;
	if (is_whole(vhdx, block, offset, length)) {
		if (!batch_has_room(vhdx, batch, index))
			result = free_some(vhdx, batch);
		return result ? result :
			batch_add(vhdx, batch, index, VHDX_ZERO);
	}
	if (!is_present(vhdx, index))
		return 0;
	return vhdx->file->ops->zero(vhdx->file,
		place + (offset & (vhdx->block - 1)), length);
}

int vhdx_block_unmap(struct disk *disk, uint64_t offset, uint64_t length)
{
	struct vhdx *vhdx = disk->image;
	struct batch *batch = malloc(sizeof(*batch));
	uint64_t part;
	int result = batch ? 0 : -ENOMEM;

	if (batch)
		batch_begin(batch);
	for (; !result && length; offset += part, length -= part) {
		part = least(length, vhdx->block -
			(offset & (vhdx->block - 1)));
		result = unmap_part(vhdx, batch, offset, part);
	}
	if (!result)
		result = free_some(vhdx, batch);
	free(batch);
	vhdx_block_reclaim(disk);
	return result;
}

/*
 * In the order in which it was given: who is still at a later place may be at
 * an earlier one, too. What a late write leaves there is zeroed when somebody
 * gets it.
 */
void vhdx_block_reclaim(struct disk *disk)
{
	struct vhdx *vhdx = disk->image;
	struct vhdx_given *given = vhdx->given;
	size_t done;

	for (done = 0; done < vhdx->given_count; done++) {
		if (disk_epoch_used(disk, given[done].epoch))
			break;
		vhdx_space_release(vhdx, given[done].offset,
			given[done].length);
	}
	if (!done)
		return;
	vhdx->given_count -= done;
	memmove(given, given + done, vhdx->given_count * sizeof(*given));
}
