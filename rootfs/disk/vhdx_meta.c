/* VHDX: the metadata region: what disk it is (MS-VHDX 2.6). */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS, SIZE, ID, LOGICAL, PHYSICAL, LOCATOR, ITEMS };

static const struct {
	struct guid guid;
	uint32_t length;	/* 0: any */
} known[ITEMS] = {
	[PARAMETERS] = { VHDX_ITEM_PARAMETERS, 8 },
	[SIZE] = { VHDX_ITEM_SIZE, 8 },
	[ID] = { VHDX_ITEM_ID, 16 },
	[LOGICAL] = { VHDX_ITEM_LOGICAL, 4 },
	[PHYSICAL] = { VHDX_ITEM_PHYSICAL, 4 },
	[LOCATOR] = { VHDX_ITEM_LOCATOR, 0 },
};

static int wrong(struct vhdx *vhdx, const char *sentence)
{
	return problem(vhdx->problems, -EINVAL, "%s", sentence);
}

static int which(const struct guid *guid)
{
	int i;

	for (i = 0; i < ITEMS; i++)
		if (guid_equal(&known[i].guid, guid))
			break;
	return i;
}

static int check_place(struct vhdx *vhdx, const struct vhdx_item *item)
{
	if (!item->length && !item->offset)
		return 0;
	if (!item->length || item->length > VHDX_ITEM_LENGTH_MAX ||
	    item->offset < VHDX_TABLE_SIZE ||
	    item->offset > vhdx->metadata.length ||
	    item->length > vhdx->metadata.length - item->offset)
		return wrong(vhdx, "A metadata item is not in its region.");
	return 0;
}

static int by_offset(const void *one, const void *other)
{
	uint32_t a = ((const struct vhdx_item *)one)->offset;
	uint32_t b = ((const struct vhdx_item *)other)->offset;

	return (a > b) - (a < b);
}

/* The items are sorted by the way. */
static int check_overlap(struct vhdx *vhdx, struct vhdx_item *items,
	unsigned int count)
{
	unsigned int i;

	qsort(items, count, sizeof(*items), by_offset);
	for (i = 1; i < count; i++)
		if (items[i - 1].length && items[i].offset -
		    items[i - 1].offset < items[i - 1].length)
			return wrong(vhdx,
				"Two metadata items lie over each other.");
	return 0;
}

static int find(struct vhdx *vhdx, const struct vhdx_item *item,
	const struct vhdx_item **found)
{
	int i = item->flags & VHDX_ITEM_USER ? ITEMS : which(&item->guid);

	if (i == ITEMS)
		return item->flags & VHDX_ITEM_REQUIRED ?
			problem(vhdx->problems, -ENOTSUP, "The image needs a "
				"metadata item that is unknown here.") : 0;
	if (found[i])
		return wrong(vhdx, "A metadata item is there twice.");
	if (known[i].length && item->length != known[i].length)
		return wrong(vhdx, "A metadata item has a wrong length.");
	found[i] = item;
	return 0;
}

static int find_all(struct vhdx *vhdx, struct vhdx_metadata_table *table,
	const struct vhdx_item **found)
{
	unsigned int i, user = 0, count = table->header.count;
	int result;

	if (table->header.signature != VHDX_METADATA_SIGNATURE ||
	    count > VHDX_ENTRIES_MAX)
		return wrong(vhdx, "The metadata table is damaged.");
	for (i = 0; i < count; i++) {
		result = check_place(vhdx, &table->entries[i]);
		if (result)
			return result;
		user += table->entries[i].flags & VHDX_ITEM_USER;
	}
	if (user > VHDX_USER_ITEMS_MAX)
		return wrong(vhdx, "There are too many metadata items.");
	result = check_overlap(vhdx, table->entries, count);
	for (i = 0; !result && i < count; i++)
		result = find(vhdx, &table->entries[i], found);
	return result;
}

static int read_item(struct vhdx *vhdx, const struct vhdx_item *item, void *to)
{
	return vhdx_read(vhdx, vhdx->metadata.offset + item->offset, to,
		item->length);
}

static int check_parameters(struct vhdx *vhdx,
	const struct vhdx_parameters *parameters)
{
	uint32_t block = parameters->block;

	if (parameters->flags & VHDX_HAS_PARENT)
		return problem(vhdx->problems, -ENOTSUP,
			"The image has a parent: that is not supported.");
	if (parameters->flags & ~VHDX_LEAVE_ALLOCATED)
		return problem(vhdx->problems, -ENOTSUP,
			"The image has file parameters that are unknown here.");
	if (block < VHDX_BLOCK_MIN || block > VHDX_BLOCK_MAX ||
	    block & (block - 1))
		return problem(vhdx->problems, -EINVAL,
			"Blocks of %u bytes cannot be.", block);
	vhdx->block = block;
	vhdx->shift = __builtin_ctz(block);
	vhdx->fixed = parameters->flags & VHDX_LEAVE_ALLOCATED;
	return 0;
}

static int check_disk(struct vhdx *vhdx)
{
	if (vhdx->logical == 4096)
		return problem(vhdx->problems, -ENOTSUP, "The disk has "
			"sectors of 4096 bytes: that is not supported.");
	if (vhdx->logical != 512 ||
	    (vhdx->physical != 512 && vhdx->physical != 4096))
		return wrong(vhdx, "The disk's sectors have no size that is.");
	if (!vhdx->size || vhdx->size > VHDX_SIZE_MAX ||
	    vhdx->size % vhdx->logical)
		return problem(vhdx->problems, -EINVAL,
			"A disk of %llu bytes cannot be.",
			(unsigned long long)vhdx->size);
	vhdx->ratio = VHDX_CHUNK_SECTORS * vhdx->logical / vhdx->block;
	vhdx->entries = vhdx_meta_entries(vhdx, vhdx->size);
	if (vhdx->entries > vhdx->bat.length / sizeof(uint64_t))
		return wrong(vhdx, "The BAT is too small for the disk.");
	return 0;
}

/* 2.5: the last entry is the last payload block's. */
uint64_t vhdx_meta_entries(const struct vhdx *vhdx, uint64_t size)
{
	uint64_t blocks = round_up(size, vhdx->block) >> vhdx->shift;

	return blocks + (blocks - 1) / vhdx->ratio;
}

static int read_all(struct vhdx *vhdx, struct vhdx_metadata_table *table)
{
	const struct vhdx_item *found[ITEMS] = { NULL };
	struct vhdx_parameters parameters;
	int result, i;

	result = find_all(vhdx, table, found);
	for (i = 0; !result && i < LOCATOR; i++)
		if (!found[i])
			result = wrong(vhdx, "A metadata item is missing.");
	if (result)
		return result;
	result = read_item(vhdx, found[PARAMETERS], &parameters);
	if (!result)
		result = check_parameters(vhdx, &parameters);
	if (!result)
		result = read_item(vhdx, found[SIZE], &vhdx->size);
	if (!result)
		result = read_item(vhdx, found[ID], &vhdx->id);
	if (!result)
		result = read_item(vhdx, found[LOGICAL], &vhdx->logical);
	if (!result)
		result = read_item(vhdx, found[PHYSICAL], &vhdx->physical);
	vhdx->size_at = vhdx->metadata.offset + found[SIZE]->offset;
	return result ? result : check_disk(vhdx);
}

int vhdx_meta_read(struct vhdx *vhdx)
{
	struct vhdx_metadata_table *table = calloc(1, sizeof(*table));
	int result;

	if (!table)
		return -ENOMEM;
	result = vhdx_read(vhdx, vhdx->metadata.offset, table, sizeof(*table));
	if (!result)
		result = read_all(vhdx, table);
	free(table);
	return result;
}
