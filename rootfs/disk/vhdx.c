/* VHDX images: opened, closed, checked. MS-VHDX; docs/disks.md */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void vhdx_free(struct vhdx *vhdx)
{
	vhdx_replay_free(vhdx);
	vhdx_bat_free(vhdx);
	free(vhdx->space.used);
	free(vhdx->given);
	free(vhdx->log.buffer);
	free(vhdx);
}

/* The header section and the log have their places. */
static int claim_first(struct vhdx *vhdx)
{
	int result = vhdx_space_init(vhdx);

	if (!result)
		result = vhdx_space_claim(vhdx, 0, VHDX_UNIT);
	if (!result && vhdx_space_claim(vhdx, vhdx->header.log_offset,
		vhdx->header.log_length))
		result = problem(vhdx->problems, -EINVAL,
			"The log is not in the file.");
	return result;
}

/* All of the metadata, as it is with the log; nothing is written. */
static int vhdx_load(struct vhdx *vhdx)
{
	int result = vhdx->file->ops->size(vhdx->file, &vhdx->there);

	if (!result && vhdx->there > VHDX_FILE_MAX)
		result = problem(vhdx->problems, -EFBIG,
			"The file is longer than 128 TB.");
	vhdx->file_size = vhdx->there;
	if (!result)
		result = vhdx_header_read(vhdx);
	if (!result)
		result = vhdx_replay_find(vhdx);
	if (!result)
		result = claim_first(vhdx);
	if (!result)
		result = vhdx_region_read(vhdx);
	if (!result)
		result = vhdx_meta_read(vhdx);
	return result ? result : vhdx_bat_read(vhdx);
}

/* The image is in use from here on: GUIDs, then what the log has. */
static int vhdx_start(struct vhdx *vhdx)
{
	int result = vhdx_log_init(vhdx);

	if (!result)
		result = guid_make(&vhdx->header.file_write);
	if (!result)
		result = guid_make(&vhdx->header.data_write);
	if (!result)
		result = vhdx_header_update(vhdx);
	if (!result)
		result = vhdx_replay_apply(vhdx);
	vhdx->stable = vhdx->there / VHDX_UNIT * VHDX_UNIT;
	vhdx->fresh = vhdx->file->device ? UINT64_MAX :
		round_up(vhdx->there, VHDX_UNIT);
	vhdx_replay_free(vhdx);
	return result;
}

static int vhdx_open(struct disk *disk, struct problems *problems)
{
	struct vhdx *vhdx = calloc(1, sizeof(*vhdx));
	int result;

	if (!vhdx)
		return -ENOMEM;
	disk->image = vhdx;
	vhdx->disk = disk;
	vhdx->file = disk->file;
	vhdx->problems = problems;
	result = vhdx_load(vhdx);
	if (!result && disk->facts.read_only &&
	    !guid_is_zero(&vhdx->header.log))
		result = problem(problems, -EROFS, "The image is in use, or "
			"was not closed: \"disk check --repair\" writes its log "
			"back.");
	if (!result && !disk->facts.read_only)
		result = vhdx_start(vhdx);
	if (result)
		return result;
	disk->facts.fixed = vhdx->fixed;
	disk->facts.size = vhdx->size;
	disk->facts.block = vhdx->block;
	disk->facts.logical = vhdx->logical;
	disk->facts.physical = vhdx->physical;
	memcpy(disk->facts.id, &vhdx->id, sizeof(disk->facts.id));
	vhdx->problems = NULL;
	return 0;
}

/* The log is empty before the file gets shorter than it says (2.3.1.1). */
static int vhdx_close(struct disk *disk)
{
	struct vhdx *vhdx = disk->image;
	uint64_t end;
	int result = file_sync(vhdx->file);

	if (!result && vhdx->log.open) {
		memset(&vhdx->header.log, 0, sizeof(vhdx->header.log));
		result = vhdx_header_update(vhdx);
	}
	vhdx_block_reclaim(disk);
	end = vhdx_space_end(vhdx);
	if (result || vhdx->file->device || end >= vhdx->there)
		return result;
	result = vhdx->file->ops->resize(vhdx->file, end);
	return result ? result : file_sync(vhdx->file);
}

static void vhdx_release(struct disk *disk)
{
	if (disk->image)
		vhdx_free(disk->image);
}

static int vhdx_map(struct disk *disk, uint64_t offset, uint64_t length,
	struct disk_extent *extents, unsigned int max)
{
	return vhdx_bat_map(disk->image, offset, length, extents, max);
}

static int vhdx_check(struct file *file, struct problems *problems,
	bool *dirty)
{
	struct vhdx *vhdx = calloc(1, sizeof(*vhdx));
	int result;

	if (!vhdx)
		return -ENOMEM;
	vhdx->file = file;
	vhdx->problems = problems;
	result = vhdx_load(vhdx);
	*dirty = !guid_is_zero(&vhdx->header.log);
	vhdx_free(vhdx);
	return result;
}

const struct disk_ops vhdx_ops = {
	.name = "VHDX",
	.open = vhdx_open,
	.close = vhdx_close,
	.release = vhdx_release,
	.map = vhdx_map,
	.prepare = vhdx_block_prepare,
	.unmap = vhdx_block_unmap,
	.resize = vhdx_resize,
	.create = vhdx_create,
	.check = vhdx_check,
};
