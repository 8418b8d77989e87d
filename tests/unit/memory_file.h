/* A struct file in memory, which can fail and which counts. */
/* SPDX-License-Identifier: MIT */
#ifndef MEMORY_FILE_H
#define MEMORY_FILE_H

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

#define MEMORY_PAGE	4096u
#define MEMORY_MAX	(64ull << 30)	/* a file: its table has 128 MB then */

/* Pages that have only zeros need not be there. */
struct memory_file {
	struct file file;
	pthread_mutex_t lock;
	uint8_t **pages;
	uint64_t room;		/* pages */
	uint64_t size;
	uint64_t writes, syncs;
	int fail;		/* 0, or what every write and sync comes to */
	uint64_t fail_after;	/* so many of them */
	uint64_t longest;	/* that it may get; 0: MEMORY_MAX */
	uint64_t volume;	/* where there is space, in bytes; 0: anywhere */
};

static inline struct memory_file *memory_of(struct file *file)
{
	return (struct memory_file *)file;
}

static inline int memory_fails(struct memory_file *memory)
{
	if (!memory->fail)
		return 0;
	if (memory->fail_after) {
		memory->fail_after--;
		return 0;
	}
	return memory->fail;
}

static inline void memory_copy_out(const struct memory_file *memory,
	uint64_t offset, void *to, size_t size)
{
	uint8_t *at = to;
	size_t part;

	for (; size; offset += part, at += part, size -= part) {
		const uint8_t *page = memory->pages[offset / MEMORY_PAGE];

		part = MEMORY_PAGE - offset % MEMORY_PAGE;
		part = part < size ? part : size;
		if (page)
			memcpy(at, page + offset % MEMORY_PAGE, part);
		else
			memset(at, 0, part);
	}
}

static inline void memory_room(struct memory_file *memory, uint64_t size)
{
	uint64_t pages = (size + MEMORY_PAGE - 1) / MEMORY_PAGE;

	if (pages <= memory->room)
		return;
	memory->pages = realloc(memory->pages, pages * sizeof(uint8_t *));
	memset(memory->pages + memory->room, 0,
		(pages - memory->room) * sizeof(uint8_t *));
	memory->room = pages;
}

/* from NULL: zeros. */
static inline void memory_copy_in(struct memory_file *memory, uint64_t offset,
	const void *from, uint64_t size)
{
	const uint8_t *at = from;
	uint64_t part;

	for (; size; offset += part, size -= part) {
		uint8_t **page = &memory->pages[offset / MEMORY_PAGE];

		part = MEMORY_PAGE - offset % MEMORY_PAGE;
		part = part < size ? part : size;
		if (!at && part == MEMORY_PAGE) {
			free(*page);
			*page = NULL;
		} else if (at || *page) {
			if (!*page)
				*page = calloc(1, MEMORY_PAGE);
			if (at)
				memcpy(*page + offset % MEMORY_PAGE, at, part);
			else
				memset(*page + offset % MEMORY_PAGE, 0, part);
		}
		if (at)
			at += part;
	}
}

static inline int memory_read(struct file *file, uint64_t offset, void *to,
	size_t size)
{
	struct memory_file *memory = memory_of(file);
	int result = -EIO;

	pthread_mutex_lock(&memory->lock);
	if (offset <= memory->size && size <= memory->size - offset) {
		memory_copy_out(memory, offset, to, size);
		result = 0;
	}
	pthread_mutex_unlock(&memory->lock);
	return result;
}

static inline int memory_write(struct file *file, uint64_t offset,
	const void *from, size_t size)
{
	struct memory_file *memory = memory_of(file);
	int result;

	pthread_mutex_lock(&memory->lock);
	result = memory_fails(memory);
	if (!result) {
		memory->writes++;
		memory_room(memory, offset + size);
		if (offset + size > memory->size)
			memory->size = offset + size;
		memory_copy_in(memory, offset, from, size);
	}
	pthread_mutex_unlock(&memory->lock);
	return result;
}

static inline int memory_sync(struct file *file)
{
	struct memory_file *memory = memory_of(file);
	int result;

	pthread_mutex_lock(&memory->lock);
	result = memory_fails(memory);
	memory->syncs++;
	pthread_mutex_unlock(&memory->lock);
	return result;
}

static inline int memory_size(struct file *file, uint64_t *size)
{
	*size = memory_of(file)->size;
	return 0;
}

static inline int memory_resize(struct file *file, uint64_t size)
{
	struct memory_file *memory = memory_of(file);
	uint64_t kept = size;
	int result;

	if (file->device)
		return -EINVAL;
	if (size > (memory->longest ? memory->longest : MEMORY_MAX))
		return -EFBIG;
	pthread_mutex_lock(&memory->lock);
	result = memory_fails(memory);
	if (!result) {
		memory->writes++;
		memory_room(memory, size);
		if (kept < memory->size)
			memory_copy_in(memory, kept, NULL,
				memory->room * MEMORY_PAGE - kept);
		memory->size = size;
	}
	pthread_mutex_unlock(&memory->lock);
	return result;
}

static inline int memory_zero(struct file *file, uint64_t offset,
	uint64_t size)
{
	struct memory_file *memory = memory_of(file);
	int result;

	pthread_mutex_lock(&memory->lock);
	result = memory_fails(memory);
	if (!result && offset < memory->size) {
		memory->writes++;
		if (size > memory->size - offset)
			size = memory->size - offset;
		memory_copy_in(memory, offset, NULL, size);
	}
	pthread_mutex_unlock(&memory->lock);
	return result;
}

static inline int memory_reserve(struct file *file, uint64_t offset,
	uint64_t size)
{
	struct memory_file *memory = memory_of(file);

	if (offset > memory->size || size > memory->size - offset)
		return -EINVAL;
	return memory->volume && offset + size > memory->volume ? -ENOSPC : 0;
}

static const struct file_ops memory_ops = {
	.read = memory_read,
	.write = memory_write,
	.sync = memory_sync,
	.size = memory_size,
	.resize = memory_resize,
	.zero = memory_zero,
	.reserve = memory_reserve,
};

static inline void memory_init(struct memory_file *memory)
{
	memset(memory, 0, sizeof(*memory));
	memory->file.ops = &memory_ops;
	memory->file.fd = -1;
	pthread_mutex_init(&memory->lock, NULL);
}

static inline void memory_free(struct memory_file *memory)
{
	uint64_t i;

	for (i = 0; i < memory->room; i++)
		free(memory->pages[i]);
	free(memory->pages);
	memory_init(memory);
}

/* to becomes the same as from. */
static inline void memory_clone(struct memory_file *to,
	const struct memory_file *from)
{
	uint64_t i;

	memory_free(to);
	memory_room(to, from->room * MEMORY_PAGE);
	to->size = from->size;
	to->file.device = from->file.device;
	for (i = 0; i < from->room; i++)
		if (from->pages[i]) {
			to->pages[i] = malloc(MEMORY_PAGE);
			memcpy(to->pages[i], from->pages[i], MEMORY_PAGE);
		}
}

static inline bool memory_same(const struct memory_file *one,
	const struct memory_file *other)
{
	uint8_t a[MEMORY_PAGE], b[MEMORY_PAGE];
	uint64_t at;

	if (one->size != other->size)
		return false;
	for (at = 0; at < one->size; at += MEMORY_PAGE) {
		size_t part = one->size - at < MEMORY_PAGE ? one->size - at :
			MEMORY_PAGE;

		memory_copy_out(one, at, a, part);
		memory_copy_out(other, at, b, part);
		if (memcmp(a, b, part))
			return false;
	}
	return true;
}

/* Pages with something in them. */
static inline uint64_t memory_used(const struct memory_file *memory)
{
	uint64_t i, count = 0;

	for (i = 0; i < memory->room; i++)
		count += !!memory->pages[i];
	return count;
}

#endif
