/* Disk images: what all formats share: requests in flight, errors, ranges. */
/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct disk_ops *const formats[DISK_FORMATS] = {
	[DISK_RAW] = &raw_ops,
	[DISK_VHDX] = &vhdx_ops,
	[DISK_VHD] = &vhd_ops,
};

static void disk_free(struct disk *disk)
{
	if (disk->ops->release)
		disk->ops->release(disk);
	pthread_mutex_destroy(&disk->change);
	pthread_mutex_destroy(&disk->lock);
	free(disk);
}

int disk_open(struct disk **disk, struct file *file, enum disk_format format,
	bool read_only, struct disk_error *error)
{
	struct problems problems = { .error = error };
	struct disk *new = calloc(1, sizeof(*new));
	int result;

	error->text[0] = '\0';
	if (!new)
		return problem(&problems, -ENOMEM, "There is no memory.");
	new->ops = formats[format];
	new->file = file;
	new->facts = (struct disk_facts){ .format = format,
		.read_only = read_only, .logical = DISK_SECTOR,
		.physical = DISK_SECTOR };
	new->uses.next = new->uses.previous = &new->uses;
	pthread_mutex_init(&new->change, NULL);
	pthread_mutex_init(&new->lock, NULL);
	file->keep = false;
	result = new->ops->open(new, &problems);
	if (result) {
		if (!problems.count)
			problem(&problems, result,
				"The image cannot be %s: %s.",
				read_only ? "read" : "read or written",
				strerror(-result));
		disk_free(new);
		return result;
	}
	file->keep = new->facts.fixed;
	*disk = new;
	return 0;
}

int disk_close(struct disk *disk)
{
	int result = disk_poisoned(disk);

	if (!result && !disk->facts.read_only && disk->ops->close) {
		pthread_mutex_lock(&disk->change);
		result = disk->ops->close(disk);
		pthread_mutex_unlock(&disk->change);
	}
	disk_free(disk);
	return result;
}

const struct disk_facts *disk_facts(const struct disk *disk)
{
	return &disk->facts;
}

void disk_poison(struct disk *disk, int error)
{
	int none = 0;

	__atomic_compare_exchange_n(&disk->poison, &none, error, false,
		__ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

int disk_poisoned(const struct disk *disk)
{
	return __atomic_load_n(&disk->poison, __ATOMIC_RELAXED);
}

void disk_begin(struct disk *disk, struct disk_use *use)
{
	pthread_mutex_lock(&disk->lock);
	use->epoch = disk->epoch;
	use->next = &disk->uses;
	use->previous = disk->uses.previous;
	use->previous->next = use->next->previous = use;
	pthread_mutex_unlock(&disk->lock);
}

void disk_end(struct disk *disk, struct disk_use *use)
{
	pthread_mutex_lock(&disk->lock);
	use->previous->next = use->next;
	use->next->previous = use->previous;
	pthread_mutex_unlock(&disk->lock);
}

uint64_t disk_epoch_end(struct disk *disk)
{
	uint64_t epoch;

	pthread_mutex_lock(&disk->lock);
	epoch = disk->epoch++;
	pthread_mutex_unlock(&disk->lock);
	return epoch;
}

bool disk_epoch_used(struct disk *disk, uint64_t epoch)
{
	bool used;

	pthread_mutex_lock(&disk->lock);
	used = disk->uses.next != &disk->uses &&
		disk->uses.next->epoch <= epoch;
	pthread_mutex_unlock(&disk->lock);
	return used;
}

bool disk_no_room(int error)
{
	return error == -ENOSPC || error == -EFBIG || error == -EDQUOT;
}

/* HOSTILE.md, rule 2: by what is left. */
static bool in_range(const struct disk *disk, uint64_t offset, uint64_t length)
{
	return offset <= disk->facts.size &&
		length <= disk->facts.size - offset &&
		!((offset | length) % disk->facts.logical);
}

int disk_map(struct disk *disk, uint64_t offset, uint64_t length,
	struct disk_extent *extents, unsigned int max)
{
	int result = -ERANGE;

	pthread_mutex_lock(&disk->lock);
	if (in_range(disk, offset, length))
		result = length ? disk->ops->map(disk, offset, length, extents,
			max) : 0;
	pthread_mutex_unlock(&disk->lock);
	return result;
}

/* 1: all of the range is there; 0; -errno. */
static int all_there(struct disk *disk, uint64_t offset, uint64_t length)
{
	struct disk_extent extents[16];
	int i, count;

	while (length) {
		count = disk_map(disk, offset, length, extents, 16);
		if (count < 0)
			return count;
		for (i = 0; i < count; i++) {
			if (!extents[i].there)
				return 0;
			offset += extents[i].length;
			length -= extents[i].length;
		}
	}
	return disk_map(disk, offset, 0, extents, 1) ?: 1;
}

/* May the image change? */
static int may_change(const struct disk *disk)
{
	return disk->facts.read_only ? -EROFS : disk_poisoned(disk);
}

typedef int change_range(struct disk *disk, uint64_t offset, uint64_t length);

/* With change held, on an image that may change: errors poison it. */
static int change(struct disk *disk, change_range *what, uint64_t offset,
	uint64_t length)
{
	int result;

	pthread_mutex_lock(&disk->change);
	result = may_change(disk);
	if (!result && !in_range(disk, offset, length))
		result = -ERANGE;
	else if (!result && length && what) {
		result = what(disk, offset, length);
		if (result)
			disk_poison(disk, result);
	}
	pthread_mutex_unlock(&disk->change);
	return result;
}

int disk_prepare(struct disk *disk, uint64_t offset, uint64_t length)
{
	int result = may_change(disk);

	if (result)
		return result;
	result = all_there(disk, offset, length);
	if (result)
		return result < 0 ? result : 0;
	return change(disk, disk->ops->prepare, offset, length);
}

int disk_unmap(struct disk *disk, uint64_t offset, uint64_t length)
{
	return change(disk, disk->ops->unmap, offset, length);
}

/* One at a time, those of metadata included: the kernel tells an error of
 * writing to one of the syncs that wait for it, and to the others that all is
 * well. Who waited here finds the poison. */
int disk_flush(struct disk *disk)
{
	int result;

	pthread_mutex_lock(&disk->change);
	result = disk_poisoned(disk);
	if (!result && !disk->facts.read_only) {
		result = file_sync(disk->file);
		if (result)
			disk_poison(disk, result);
	}
	pthread_mutex_unlock(&disk->change);
	return result;
}

int disk_resize(struct disk *disk, uint64_t size)
{
	int result;

	if (size % disk->facts.logical || size > DISK_SIZE_MAX)
		return -EINVAL;
	pthread_mutex_lock(&disk->change);
	result = may_change(disk);
	if (!result && size < disk->facts.size)
		result = -ENOTSUP;
	else if (!result && size > disk->facts.size) {
		result = disk->ops->resize(disk, size);
		if (result < 0)
			disk_poison(disk, result);
		else
			result = -result;
	}
	pthread_mutex_unlock(&disk->change);
	return result;
}

static int read_extent(struct disk *disk, const struct disk_extent *extent,
	void *to)
{
	int result = 0;

	if (extent->there)
		result = disk->file->ops->read(disk->file, extent->offset, to,
			extent->length);
	else
		memset(to, 0, extent->length);
	if (result)
		disk_poison(disk, result);
	return result;
}

int disk_read(struct disk *disk, uint64_t offset, void *to, size_t size)
{
	struct disk_extent extent;
	struct disk_use use;
	char *at = to;
	int result = disk_poisoned(disk);

	if (result)
		return result;
	disk_begin(disk, &use);
	do {
		result = disk_map(disk, offset, size, &extent, 1);
		if (result <= 0)
			break;
		result = read_extent(disk, &extent, at);
		at += extent.length;
		offset += extent.length;
		size -= extent.length;
	} while (!result && size);
	disk_end(disk, &use);
	return result;
}

/* The first part of the range that lies in one piece; its length. An error of
 * the medium poisons. */
static int write_part(struct disk *disk, uint64_t offset, const void *from,
	size_t size, uint64_t *length)
{
	struct disk_extent extent;
	int result = disk_map(disk, offset, size, &extent, 1);

	*length = 0;
	if (result <= 0)
		return result;
	if (!extent.there)
		return disk_prepare(disk, offset, extent.length);
	result = disk->file->ops->write(disk->file, extent.offset, from,
		extent.length);
	if (result)
		disk_poison(disk, result);
	*length = extent.length;
	return result;
}

int disk_write(struct disk *disk, uint64_t offset, const void *from,
	size_t size)
{
	struct disk_use use;
	const char *at = from;
	uint64_t done;
	int result = may_change(disk);

	if (result)
		return result;
	disk_begin(disk, &use);
	do {
		result = write_part(disk, offset, at, size, &done);
		at += done;
		offset += done;
		size -= done;
	} while (!result && size);
	disk_end(disk, &use);
	return result;
}

int disk_create(struct file *file, const struct disk_form *form,
	struct disk_error *error)
{
	struct problems problems = { .error = error };
	const struct disk_ops *ops = formats[form->format];
	int result;

	error->text[0] = '\0';
	if (!ops->create)
		return problem(&problems, -ENOTSUP,
			"Images of the format %s are only read.", ops->name);
	if (form->size < DISK_SIZE_MIN || form->size > DISK_SIZE_MAX ||
	    form->size % DISK_SECTOR)
		return problem(&problems, -EINVAL, "A disk has 1 MB to 64 TB, "
			"in sectors of 512 bytes.");
	result = ops->create(file, form, error);
	if (result && !error->text[0])
		problem(&problems, result, "The image cannot be written: %s.",
			strerror(-result));
	return result;
}

int disk_check(struct file *file, enum disk_format format,
	void (*say)(void *context, const char *sentence), void *context,
	bool *dirty)
{
	struct problems problems = { .say = say, .context = context };
	int result;

	*dirty = false;
	result = formats[format]->check(file, &problems, dirty);
	return problems.count ? problems.count : result;
}
