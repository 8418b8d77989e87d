/* VHDX: a larger disk in the same image. The order of writes: docs/disks.md */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* BAT entries are made and written in pieces of so many. */
#define PIECE	8192u

struct growth {
	struct vhdx *vhdx;
	struct vhdx_change change;
	uint64_t size, entries;
	uint64_t old_entries;
	uint64_t old_blocks;	/* a fixed image: those behind are new, */
	uint64_t place, length;	/* and are here, in a row; place 0: none */
	uint64_t old_file_size;
	uint64_t bat;		/* where the BAT will be */
	uint64_t bat_length;
};

static bool moves(const struct growth *growth)
{
	return growth->bat != growth->vhdx->bat.offset;
}

/* As it will be. */
static uint64_t entry(const struct growth *growth, uint64_t index)
{
	const struct vhdx *vhdx = growth->vhdx;
	uint64_t block = index - index / (vhdx->ratio + 1);

	if (index < growth->old_entries)
		return vhdx_bat_entry(vhdx, index);
	if (!vhdx->fixed || index % (vhdx->ratio + 1) == vhdx->ratio)
		return VHDX_NOT_PRESENT;
	return (growth->place + (block - growth->old_blocks) * vhdx->block) |
		VHDX_FULLY_PRESENT;
}

/* Entries that nobody has looked at until now are written directly. */
static int write_entries(const struct growth *growth, uint64_t from)
{
	uint64_t *piece = malloc(PIECE * sizeof(*piece));
	uint64_t i, count;
	int result = piece ? 0 : -ENOMEM;

	for (; !result && from < growth->entries; from += count) {
		count = least(PIECE, growth->entries - from);
		for (i = 0; i < count; i++)
			piece[i] = entry(growth, from + i);
		result = growth->vhdx->file->ops->write(growth->vhdx->file,
			growth->bat + from * sizeof(*piece), piece,
			count * sizeof(*piece));
	}
	free(piece);
	return result;
}

/* The sector with the old last entries, of which the rest is new. */
static int log_shared(struct growth *growth)
{
	struct vhdx *vhdx = growth->vhdx;
	uint64_t index, end, first = vhdx->entries;
	uint64_t *sector;
	int result;

	if (first % VHDX_PAGE_ENTRIES == 0)
		return 0;
	result = vhdx_log_sector(vhdx, &growth->change, vhdx->bat.offset +
		first / VHDX_PAGE_ENTRIES * VHDX_LOG_SECTOR,
		(uint8_t **)&sector);
	if (result)
		return result;
	end = least(round_up(first, VHDX_PAGE_ENTRIES), growth->entries);
	for (index = first; index < end; index++)
		sector[index % VHDX_PAGE_ENTRIES] = entry(growth, index);
	return 0;
}

/* Bytes within the file's 4 KB sectors, in one log entry. */
static int log_bytes(struct growth *growth, uint64_t offset, const void *from,
	size_t size)
{
	const uint8_t *bytes = from;
	uint8_t *sector;
	size_t part;
	int result;

	for (; size; offset += part, bytes += part, size -= part) {
		part = least(size, VHDX_LOG_SECTOR - offset % VHDX_LOG_SECTOR);
		result = vhdx_log_sector(growth->vhdx, &growth->change,
			offset / VHDX_LOG_SECTOR * VHDX_LOG_SECTOR, &sector);
		if (result)
			return result;
		memcpy(sector + offset % VHDX_LOG_SECTOR, bytes, part);
	}
	return 0;
}

static void move_region(struct vhdx_region_table *table,
	const struct growth *growth)
{
	static const struct guid guid = VHDX_REGION_BAT;
	uint32_t i;

	for (i = 0; i < table->header.count; i++) {
		if (!guid_equal(&table->entries[i].guid, &guid))
			continue;
		table->entries[i].offset = growth->bat;
		table->entries[i].length = growth->bat_length;
	}
	vhdx_region_seal(table);
}

/* Only sectors that differ go into the log: the header and the BAT's entry. */
static int log_table(struct growth *growth, uint64_t offset,
	const struct vhdx_region_table *old,
	const struct vhdx_region_table *new)
{
	const uint8_t *from = (const uint8_t *)old;
	const uint8_t *to = (const uint8_t *)new;
	uint64_t at;
	int result = 0;

	for (at = 0; !result && at < sizeof(*new); at += VHDX_LOG_SECTOR)
		if (memcmp(from + at, to + at, VHDX_LOG_SECTOR))
			result = log_bytes(growth, offset + at, to + at,
				VHDX_LOG_SECTOR);
	return result;
}

static bool is_sealed(const struct vhdx_region_table *table,
	struct vhdx_region_table *copy)
{
	*copy = *table;
	vhdx_region_seal(copy);
	return table->header.signature == VHDX_REGION_SIGNATURE &&
		table->header.checksum == copy->header.checksum;
}

/* Both; a damaged one becomes a copy of the other. */
static int log_tables(struct growth *growth)
{
	struct vhdx_region_table *tables = calloc(3, sizeof(*tables));
	struct vhdx_region_table *new = tables + 2;
	struct file *file = growth->vhdx->file;
	int result = tables ? 0 : -ENOMEM, i;

	for (i = 0; !result && i < 2; i++)
		result = file->ops->read(file, VHDX_TABLE_AT(i), &tables[i],
			sizeof(*tables));
	if (!result) {
		if (!is_sealed(&tables[0], new))
			*new = tables[1];
		move_region(new, growth);
	}
	for (i = 0; !result && i < 2; i++)
		result = log_table(growth, VHDX_TABLE_AT(i), &tables[i], new);
	free(tables);
	return result;
}

/* The rest of the last block is zeros when the disk gets there. */
static int zero_rest(struct vhdx *vhdx)
{
	uint64_t within = vhdx->size & (vhdx->block - 1);
	uint64_t index = vhdx_bat_index(vhdx, vhdx->size >> vhdx->shift);
	uint64_t at, value, end;

	if (!within)
		return 0;
	value = vhdx_bat_entry(vhdx, index);
	if ((value & VHDX_BAT_STATE) != VHDX_FULLY_PRESENT)
		return 0;
	at = (value & VHDX_BAT_OFFSET) + within;
	end = least((value & VHDX_BAT_OFFSET) + vhdx->block, vhdx->there);
	return at < end ? vhdx->file->ops->zero(vhdx->file, at, end - at) : 0;
}

/* A block that ends with its device gets no longer. */
static bool last_fits(const struct growth *growth)
{
	const struct vhdx *vhdx = growth->vhdx;
	uint64_t last = growth->old_blocks - 1;
	uint64_t value = vhdx_bat_entry(vhdx, vhdx_bat_index(vhdx, last));
	uint64_t length = least(vhdx->block,
		growth->size - (last << vhdx->shift));

	return !vhdx->file->device ||
		(value & VHDX_BAT_STATE) != VHDX_FULLY_PRESENT ||
		length <= vhdx->there - (value & VHDX_BAT_OFFSET);
}

/* In the map: a larger BAT and, of a fixed image, its new blocks. */
static int take_places(struct growth *growth)
{
	struct vhdx *vhdx = growth->vhdx;
	uint64_t blocks = round_up(growth->size, vhdx->block) >> vhdx->shift;
	int result = 0;

	if (growth->entries * sizeof(uint64_t) > vhdx->bat.length) {
		growth->bat_length = round_up(growth->entries *
			sizeof(uint64_t), VHDX_UNIT);
		result = vhdx_space_take(vhdx, growth->bat_length,
			&growth->bat);
	}
	growth->length = (blocks - growth->old_blocks) * vhdx->block;
	if (!result && vhdx->fixed && growth->length)
		result = vhdx_space_take(vhdx, growth->length, &growth->place);
	return result;
}

/* In the file, which a fixed image fills. */
static int make_room(struct growth *growth)
{
	struct vhdx *vhdx = growth->vhdx;
	struct file *file = vhdx->file;
	uint64_t end = round_up(vhdx->file_size, VHDX_UNIT);
	int result = 0;

	if (!file->device && end > vhdx->there)
		result = file->ops->resize(file, end);
	if (!result && vhdx->fixed && moves(growth))
		result = file->ops->reserve(file, growth->bat,
			growth->bat_length);
	if (!result && growth->place)
		result = file->ops->reserve(file, growth->place,
			growth->length);
	/* Not all file systems can. */
	return result == -EOPNOTSUPP ? 0 : result;
}

/* There was no room: all is as before. */
static int give_back(struct growth *growth)
{
	struct vhdx *vhdx = growth->vhdx;

	if (moves(growth))
		vhdx_space_release(vhdx, growth->bat, growth->bat_length);
	if (growth->place)
		vhdx_space_release(vhdx, growth->place, growth->length);
	if (vhdx->file->device)
		return 0;
	vhdx_space_shorten(vhdx, growth->old_file_size);
	return vhdx->file->ops->resize(vhdx->file, vhdx->there);
}

/* What the new blocks have of the old file is zeros. */
static int zero_places(struct growth *growth)
{
	struct vhdx *vhdx = growth->vhdx;
	uint64_t old = vhdx->there, end = growth->place + growth->length;

	if (!vhdx->file->device) {
		vhdx->there = vhdx->file_size =
			round_up(vhdx->file_size, VHDX_UNIT);
		if (moves(growth) || growth->place)
			vhdx->fresh = vhdx->there;
	}
	end = least(end, old);
	return growth->place && growth->place < end ?
		vhdx->file->ops->zero(vhdx->file, growth->place,
			end - growth->place) : 0;
}

/* Positive: refused. */
static int take_space(struct growth *growth)
{
	int undone, result;

	if (!last_fits(growth))
		return ENOTSUP;
	result = take_places(growth);
	if (!result)
		result = make_room(growth);
	if (!result)
		return zero_places(growth);
	if (!disk_no_room(result))
		return result;
	undone = give_back(growth);
	if (undone)
		return undone;
	return growth->vhdx->file->device ? ENOTSUP : -result;
}

static int write_growth(struct growth *growth)
{
	struct vhdx *vhdx = growth->vhdx;
	int result = zero_rest(vhdx);

	if (!result)
		result = write_entries(growth, moves(growth) ? 0 :
			round_up(vhdx->entries, VHDX_PAGE_ENTRIES));
	if (!result)
		result = file_sync(vhdx->file);
	vhdx_log_begin(&growth->change);
	if (!result)
		result = moves(growth) ? log_tables(growth) :
			log_shared(growth);
	if (!result)
		result = log_bytes(growth, vhdx->size_at, &growth->size,
			sizeof(growth->size));
	return result ? result : vhdx_log_commit(vhdx, &growth->change);
}

/* In memory: fixed images have their new entries there, too. */
static int show_growth(struct growth *growth)
{
	struct vhdx *vhdx = growth->vhdx;
	uint64_t index = growth->old_entries, value;
	int result = vhdx_bat_grow(vhdx, growth->entries);

	for (; !result && vhdx->fixed && index < growth->entries; index++) {
		value = entry(growth, index);
		if (value)
			result = vhdx_bat_reserve(vhdx, index);
		if (value && !result)
			vhdx_bat_set(vhdx, index, value);
	}
	if (!result)
		vhdx->size = vhdx->disk->facts.size = growth->size;
	return result;
}

/*
 * The old BAT's space is nobody's until the image is opened again: this log has
 * entries about it, and QEMU replays those before the tail, too.
 */
int vhdx_resize(struct disk *disk, uint64_t size)
{
	struct vhdx *vhdx = disk->image;
	struct growth growth = { .vhdx = vhdx, .size = size,
		.entries = vhdx_meta_entries(vhdx, size),
		.old_entries = vhdx->entries,
		.old_blocks = round_up(vhdx->size, vhdx->block) >> vhdx->shift,
		.old_file_size = vhdx->file_size,
		.bat = vhdx->bat.offset, .bat_length = vhdx->bat.length };
	int result = take_space(&growth);

	if (!result)
		result = write_growth(&growth);
	if (result)
		return result;
	pthread_mutex_lock(&disk->lock);
	result = show_growth(&growth);
	vhdx->bat.offset = growth.bat;
	vhdx->bat.length = growth.bat_length;
	pthread_mutex_unlock(&disk->lock);
	return result;
}
