/* VHDX: a new image. The identifier comes last: before, it is none. */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_DEFAULT	(32 * MB)
#define LOG_AT		(1 * MB)
#define LOG_LENGTH	(1 * MB)
#define METADATA_AT	(2 * MB)
#define METADATA_LENGTH	(1 * MB)
#define BAT_AT		(3 * MB)
#define PIECE		8192u	/* entries written at once */

/* What is laid out, as if it had been opened. */
static int lay_out(struct vhdx *vhdx, const struct disk_form *form)
{
	vhdx->block = form->block ? form->block : BLOCK_DEFAULT;
	vhdx->shift = __builtin_ctz(vhdx->block);
	vhdx->fixed = form->fixed;
	vhdx->size = form->size;
	vhdx->ratio = VHDX_CHUNK_SECTORS * DISK_SECTOR / vhdx->block;
	vhdx->entries = vhdx_meta_entries(vhdx, form->size);
	vhdx->metadata = (struct vhdx_region){ VHDX_REGION_METADATA,
		METADATA_AT, METADATA_LENGTH, 1 };
	vhdx->bat = (struct vhdx_region){ VHDX_REGION_BAT, BAT_AT,
		round_up(vhdx->entries * sizeof(uint64_t), VHDX_UNIT), 1 };
	vhdx->file_size = BAT_AT + vhdx->bat.length;
	if (form->fixed)
		vhdx->file_size += round_up(form->size, vhdx->block);
	return guid_make(&vhdx->id);
}

static int write_headers(struct vhdx *vhdx)
{
	vhdx->header = (struct vhdx_header){
		.signature = VHDX_HEADER_SIGNATURE,
		.version = 1,
		.log_length = LOG_LENGTH,
		.log_offset = LOG_AT,
	};
	if (guid_make(&vhdx->header.file_write) ||
	    guid_make(&vhdx->header.data_write))
		return -EIO;
	return vhdx_header_update(vhdx);
}

static int write_regions(struct vhdx *vhdx)
{
	struct vhdx_region_table *table = calloc(1, sizeof(*table));
	int i, result = table ? 0 : -ENOMEM;

	if (table) {
		table->header.signature = VHDX_REGION_SIGNATURE;
		table->header.count = 2;
		table->entries[0] = vhdx->bat;
		table->entries[1] = vhdx->metadata;
		vhdx_region_seal(table);
	}
	for (i = 0; !result && i < 2; i++)
		result = vhdx->file->ops->write(vhdx->file, VHDX_TABLE_AT(i),
			table, sizeof(*table));
	free(table);
	return result;
}

/* The table, and behind it the items, each at a place of its own. */
struct metadata {
	struct vhdx_metadata_table table;
	struct vhdx_parameters parameters;
	uint64_t size;
	struct guid id;
	uint32_t logical, physical;
};

#define ITEM(member, flag) (uint32_t)offsetof(struct metadata, member), \
	sizeof(((struct metadata *)0)->member), flag, 0

static void fill_metadata(const struct vhdx *vhdx, struct metadata *metadata)
{
	const uint32_t file = VHDX_ITEM_REQUIRED;
	const uint32_t disk = VHDX_ITEM_REQUIRED | VHDX_ITEM_VIRTUAL_DISK;
	const struct vhdx_item items[] = {
		{ VHDX_ITEM_PARAMETERS, ITEM(parameters, file) },
		{ VHDX_ITEM_SIZE, ITEM(size, disk) },
		{ VHDX_ITEM_ID, ITEM(id, disk) },
		{ VHDX_ITEM_LOGICAL, ITEM(logical, disk) },
		{ VHDX_ITEM_PHYSICAL, ITEM(physical, disk) },
	};

	metadata->table.header.signature = VHDX_METADATA_SIGNATURE;
	metadata->table.header.count = sizeof(items) / sizeof(*items);
	memcpy(metadata->table.entries, items, sizeof(items));
	metadata->parameters.block = vhdx->block;
	metadata->parameters.flags = vhdx->fixed ? VHDX_LEAVE_ALLOCATED : 0;
	metadata->size = vhdx->size;
	metadata->id = vhdx->id;
	metadata->logical = 512;
	metadata->physical = 4096;
}

static int write_metadata(struct vhdx *vhdx)
{
	struct metadata *metadata = calloc(1, sizeof(*metadata));
	int result;

	if (!metadata)
		return -ENOMEM;
	fill_metadata(vhdx, metadata);
	result = vhdx->file->ops->write(vhdx->file, METADATA_AT, metadata,
		sizeof(*metadata));
	free(metadata);
	return result;
}

/* Of a fixed image: its blocks in a row behind the BAT. */
static int write_bat(struct vhdx *vhdx)
{
	uint64_t *piece = malloc(PIECE * sizeof(*piece));
	uint64_t i, index = 0, count;
	uint64_t place = vhdx->bat.offset + vhdx->bat.length;
	int result = piece ? 0 : -ENOMEM;

	for (; !result && index < vhdx->entries; index += count) {
		count = least(PIECE, vhdx->entries - index);
		for (i = 0; i < count; i++) {
			piece[i] = VHDX_NOT_PRESENT;
			if ((index + i) % (vhdx->ratio + 1) == vhdx->ratio)
				continue;
			piece[i] = place | VHDX_FULLY_PRESENT;
			place += vhdx->block;
		}
		result = vhdx->file->ops->write(vhdx->file, vhdx->bat.offset +
			index * sizeof(*piece), piece, count * sizeof(*piece));
	}
	free(piece);
	return result;
}

/* Zeros: on a device there may be anything. */
static int make_room(struct vhdx *vhdx)
{
	uint64_t size;
	int result = vhdx->file->ops->size(vhdx->file, &size);

	if (result)
		return result;
	if (!vhdx->file->device)
		result = vhdx->file->ops->resize(vhdx->file,
			vhdx->file_size);
	else if (size < vhdx->file_size)
		result = -ENOSPC;
	if (!result)
		result = vhdx->file->ops->zero(vhdx->file, 0,
			vhdx->file->device ? vhdx->file_size :
			least(size, vhdx->file_size));
	return result;
}

static int write_identifier(struct vhdx *vhdx)
{
	static const char creator[] = "Socle Server";
	struct vhdx_identifier identifier = {
		.signature = VHDX_FILE_SIGNATURE };
	unsigned int i;
	int result;

	for (i = 0; creator[i]; i++)
		identifier.creator[i] = creator[i];
	result = vhdx->file->ops->write(vhdx->file, 0, &identifier,
		sizeof(identifier));
	return result ? result : file_sync(vhdx->file);
}

int vhdx_create(struct file *file, const struct disk_form *form,
	struct disk_error *error)
{
	struct problems problems = { .error = error };
	struct vhdx vhdx = { .file = file, .problems = &problems };
	int result;

	if (form->block && (form->block < VHDX_BLOCK_MIN ||
	    form->block > VHDX_BLOCK_MAX || form->block & (form->block - 1)))
		return problem(&problems, -EINVAL,
			"A block has 1, 2, 4 ... or 256 MB.");
	result = lay_out(&vhdx, form);
	if (!result)
		result = make_room(&vhdx);
	if (!result)
		result = write_regions(&vhdx);
	if (!result)
		result = write_metadata(&vhdx);
	if (!result && form->fixed)
		result = write_bat(&vhdx);
	if (!result)
		result = write_headers(&vhdx);
	return result ? result : write_identifier(&vhdx);
}
