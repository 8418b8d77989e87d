/* VHDX: the block allocation table, in memory and checked (MS-VHDX 2.5). */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PIECE		(1 * MB)	/* read at once */
#define PROBLEMS_MAX	100		/* told of one table */

static uint64_t pages_of(uint64_t entries)
{
	return round_up(entries, VHDX_PAGE_ENTRIES) / VHDX_PAGE_ENTRIES;
}

uint64_t vhdx_bat_index(const struct vhdx *vhdx, uint64_t block)
{
	return block + block / vhdx->ratio;
}

uint64_t vhdx_bat_entry(const struct vhdx *vhdx, uint64_t index)
{
	/* Pairs with the release in vhdx_bat_reserve(). */
	const uint64_t *page = __atomic_load_n(
		&vhdx->pages[index / VHDX_PAGE_ENTRIES], __ATOMIC_ACQUIRE);

	return page ? page[index % VHDX_PAGE_ENTRIES] : 0;
}

int vhdx_bat_reserve(struct vhdx *vhdx, uint64_t index)
{
	uint64_t **page = &vhdx->pages[index / VHDX_PAGE_ENTRIES];
	uint64_t *new;

	if (*page)
		return 0;
	new = calloc(VHDX_PAGE_ENTRIES, sizeof(*new));
	if (!new)
		return -ENOMEM;
	__atomic_store_n(page, new, __ATOMIC_RELEASE);
	return 0;
}

void vhdx_bat_set(struct vhdx *vhdx, uint64_t index, uint64_t entry)
{
	vhdx->pages[index / VHDX_PAGE_ENTRIES][index % VHDX_PAGE_ENTRIES] =
		entry;
}

int vhdx_bat_grow(struct vhdx *vhdx, uint64_t entries)
{
	uint64_t old = vhdx->pages ? pages_of(vhdx->entries) : 0;
	uint64_t new = pages_of(entries);
	uint64_t **pages = realloc(vhdx->pages, new * sizeof(*pages));

	if (!pages)
		return -ENOMEM;
	memset(pages + old, 0, (new - old) * sizeof(*pages));
	vhdx->pages = pages;
	vhdx->entries = entries;
	return 0;
}

void vhdx_bat_free(struct vhdx *vhdx)
{
	uint64_t i;

	for (i = 0; vhdx->pages && i < pages_of(vhdx->entries); i++)
		free(vhdx->pages[i]);
	free(vhdx->pages);
	vhdx->pages = NULL;
}

/* Of a block, what the disk has: the last one may end with the file. */
static uint64_t needed(const struct vhdx *vhdx, uint64_t block)
{
	return least(vhdx->block, vhdx->size - (block << vhdx->shift));
}

/* A block's space is in the file, and its own. */
static int claim(struct vhdx *vhdx, uint64_t block, uint64_t offset)
{
	uint64_t length = needed(vhdx, block);
	int result = 0;

	if (offset < VHDX_UNIT || offset > vhdx->file_size ||
	    length > vhdx->file_size - offset)
		return problem(vhdx->problems, -EINVAL,
			"Block %llu is not in the file.",
			(unsigned long long)block);
	/* QEMU's last block may end with the file; its rest is kept for it. */
	if (!vhdx->file->device || vhdx->block <= vhdx->file_size - offset)
		length = vhdx->block;
	else
		length = round_up(length, VHDX_UNIT);
	if (!vhdx->file->device && length > vhdx->file_size - offset)
		result = vhdx_space_lengthen(vhdx, offset + length -
			round_up(vhdx->file_size, VHDX_UNIT));
	if (!result)
		result = vhdx_space_claim(vhdx, offset, length);
	if (result)
		return problem(vhdx->problems, -EINVAL,
			"Block %llu lies over something else.",
			(unsigned long long)block);
	return 0;
}

/* What is kept of an entry in memory: places of those that have one. */
static int take_entry(struct vhdx *vhdx, uint64_t index, uint64_t entry)
{
	uint64_t block = index - index / (vhdx->ratio + 1);
	bool bitmap = index % (vhdx->ratio + 1) == vhdx->ratio;
	enum vhdx_state state = entry & VHDX_BAT_STATE;
	int result;

	if (state > VHDX_FULLY_PRESENT || state == 4 || state == 5 ||
	    (bitmap && state != VHDX_NOT_PRESENT))
		return problem(vhdx->problems, -EINVAL,
			"Entry %llu of the BAT has a state that cannot be.",
			(unsigned long long)index);
	if (state == VHDX_NOT_PRESENT)
		return 0;
	if (entry & VHDX_BAT_RESERVED)
		return problem(vhdx->problems, -EINVAL,
			"Entry %llu of the BAT has bits that cannot be.",
			(unsigned long long)index);
	if (state == VHDX_FULLY_PRESENT) {
		result = claim(vhdx, block, entry & VHDX_BAT_OFFSET);
		if (result)
			return result;
	}
	result = vhdx_bat_reserve(vhdx, index);
	if (!result)
		vhdx_bat_set(vhdx, index, state == VHDX_ZERO ? state : entry);
	return result;
}

static int read_piece(struct vhdx *vhdx, uint64_t index, uint64_t *piece,
	uint64_t count)
{
	uint64_t i;
	int result = vhdx_read(vhdx, vhdx->bat.offset + index * sizeof(*piece),
		piece, count * sizeof(*piece));

	for (i = 0; !result && i < count; i++) {
		if (!piece[i])
			continue;
		result = take_entry(vhdx, index + i, piece[i]);
		/* Who checks wants all of them. */
		if (result == -EINVAL && vhdx->problems->say &&
		    vhdx->problems->count < PROBLEMS_MAX)
			result = 0;
	}
	return result;
}

/*
 * Space that another program has left to a block which has no content. It
 * stays the block's where it is nobody else's; else it is forgotten.
 */
static void keep_left(struct vhdx *vhdx)
{
	uint64_t index, entry, offset;

	for (index = 0; index < vhdx->entries; index++) {
		if (!vhdx->pages[index / VHDX_PAGE_ENTRIES]) {
			index |= VHDX_PAGE_ENTRIES - 1;
			continue;
		}
		entry = vhdx_bat_entry(vhdx, index);
		offset = entry & VHDX_BAT_OFFSET;
		if (!offset || (entry & VHDX_BAT_STATE) == VHDX_FULLY_PRESENT)
			continue;
		if (vhdx_space_claim(vhdx, offset, vhdx->block))
			vhdx_bat_set(vhdx, index, entry & VHDX_BAT_STATE);
	}
}

int vhdx_bat_read(struct vhdx *vhdx)
{
	uint64_t index, count;
	uint64_t *piece = malloc(PIECE);
	uint64_t entries = vhdx->entries;
	int result = piece ? vhdx_bat_grow(vhdx, entries) : -ENOMEM;

	for (index = 0; !result && index < entries; index += count) {
		count = least(entries - index, PIECE / sizeof(*piece));
		result = read_piece(vhdx, index, piece, count);
	}
	free(piece);
	if (!result)
		keep_left(vhdx);
	return result;
}

static struct disk_extent block_extent(const struct vhdx *vhdx,
	uint64_t offset, uint64_t length)
{
	uint64_t block = offset >> vhdx->shift;
	uint64_t within = offset & (vhdx->block - 1);
	uint64_t entry = vhdx_bat_entry(vhdx, vhdx_bat_index(vhdx, block));
	struct disk_extent extent = {
		.length = least(length, vhdx->block - within),
		.there = (entry & VHDX_BAT_STATE) == VHDX_FULLY_PRESENT,
	};

	if (extent.there)
		extent.offset = (entry & VHDX_BAT_OFFSET) + within;
	return extent;
}

static bool goes_on(const struct disk_extent *one,
	const struct disk_extent *next)
{
	return one->there == next->there &&
		(!one->there || one->offset + one->length == next->offset);
}

int vhdx_bat_map(const struct vhdx *vhdx, uint64_t offset, uint64_t length,
	struct disk_extent *extents, unsigned int max)
{
	struct disk_extent next;
	unsigned int count = 0;

	for (; length; offset += next.length, length -= next.length) {
		next = block_extent(vhdx, offset, length);
		if (count && goes_on(&extents[count - 1], &next))
			extents[count - 1].length += next.length;
		else if (count == max)
			break;
		else
			extents[count++] = next;
	}
	return count;
}
