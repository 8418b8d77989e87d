/* Raw images: the disk is the file. */
/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <errno.h>

static int raw_open(struct disk *disk, struct problems *problems)
{
	uint64_t size;
	int result = disk->file->ops->size(disk->file, &size);

	if (result)
		return result;
	size -= size % DISK_SECTOR;
	if (!size || size > DISK_SIZE_MAX)
		return problem(problems, -EINVAL, "The file has %llu sectors: "
			"a disk has at least one, and at most 64 TB.",
			(unsigned long long)size / DISK_SECTOR);
	disk->facts.size = size;
	disk->facts.physical = 4096;
	return 0;
}

static int raw_close(struct disk *disk)
{
	return file_sync(disk->file);
}

static int raw_map(struct disk *disk, uint64_t offset, uint64_t length,
	struct disk_extent *extents, unsigned int max)
{
	(void)disk;
	if (!max)
		return 0;
	*extents = (struct disk_extent){ length, offset, true };
	return 1;
}

static int raw_unmap(struct disk *disk, uint64_t offset, uint64_t length)
{
	return disk->file->ops->zero(disk->file, offset, length);
}

/* A device has its size by itself, and may have more by now. */
static int raw_resize(struct disk *disk, uint64_t size)
{
	uint64_t there;
	int result = disk->file->ops->size(disk->file, &there);

	if (result)
		return result;
	if (disk->file->device && size > there)
		return ENOTSUP;
	if (size > there) {
		result = disk->file->ops->resize(disk->file, size);
		if (disk_no_room(result))
			return -result;
		if (!result)
			result = file_sync(disk->file);
		if (result)
			return result;
	}
	pthread_mutex_lock(&disk->lock);
	disk->facts.size = size;
	pthread_mutex_unlock(&disk->lock);
	return 0;
}

/* All of a device, as its size is the disk's. */
static int raw_create(struct file *file, const struct disk_form *form,
	struct disk_error *error)
{
	uint64_t size = 0;
	int result = file->ops->size(file, &size);

	(void)error;
	if (!result && file->device && size < form->size)
		return -ENOSPC;
	if (!result && file->device)
		result = file->ops->zero(file, 0, size);
	else if (!result)
		result = file->ops->resize(file, form->size);
	return result ? result : file_sync(file);
}

/* Nothing in it is metadata. */
static int raw_check(struct file *file, struct problems *problems, bool *dirty)
{
	struct disk disk = { .file = file };
	uint64_t size;
	int result = raw_open(&disk, problems);

	(void)dirty;
	if (!result)
		result = file->ops->size(file, &size);
	if (!result && size != disk.facts.size)
		problem(problems, 0, "The last %u bytes are no whole sector: "
			"they are not in the disk.",
			(unsigned int)(size - disk.facts.size));
	return result;
}

const struct disk_ops raw_ops = {
	.name = "raw",
	.open = raw_open,
	.close = raw_close,
	.map = raw_map,
	.unmap = raw_unmap,
	.resize = raw_resize,
	.create = raw_create,
	.check = raw_check,
};
