/* A struct file in memory that keeps what was done to it, and what of that is
 * there after a power cut. */
/* SPDX-License-Identifier: MIT */
#ifndef RECORDER_H
#define RECORDER_H

#include "memory_file.h"

enum step_kind { STEP_WRITE, STEP_RESIZE, STEP_ZERO, STEP_SYNC };

struct step {
	enum step_kind kind;
	uint64_t offset, size;
	uint8_t *bytes;
};

struct recorder {
	struct file file;
	struct memory_file now;
	struct step *steps;
	size_t count, room;
};

static inline struct recorder *recorder_of(struct file *file)
{
	return (struct recorder *)file;
}

static inline int record(struct file *file, enum step_kind kind,
	uint64_t offset, uint64_t size, const void *bytes)
{
	struct recorder *recorder = recorder_of(file);
	struct step *step;

	if (recorder->count == recorder->room) {
		recorder->room = recorder->room * 2 + 64;
		recorder->steps = realloc(recorder->steps,
			recorder->room * sizeof(*step));
	}
	step = &recorder->steps[recorder->count++];
	*step = (struct step){ kind, offset, size, NULL };
	if (bytes) {
		step->bytes = malloc(size);
		memcpy(step->bytes, bytes, size);
	}
	return 0;
}

static inline int recorder_read(struct file *file, uint64_t offset, void *to,
	size_t size)
{
	return memory_read(&recorder_of(file)->now.file, offset, to, size);
}

static inline int recorder_write(struct file *file, uint64_t offset,
	const void *from, size_t size)
{
	record(file, STEP_WRITE, offset, size, from);
	return memory_write(&recorder_of(file)->now.file, offset, from, size);
}

static inline int recorder_sync(struct file *file)
{
	return record(file, STEP_SYNC, 0, 0, NULL);
}

static inline int recorder_size(struct file *file, uint64_t *size)
{
	return memory_size(&recorder_of(file)->now.file, size);
}

static inline int recorder_resize(struct file *file, uint64_t size)
{
	record(file, STEP_RESIZE, 0, size, NULL);
	return memory_resize(&recorder_of(file)->now.file, size);
}

static inline int recorder_zero(struct file *file, uint64_t offset,
	uint64_t size)
{
	record(file, STEP_ZERO, offset, size, NULL);
	return memory_zero(&recorder_of(file)->now.file, offset, size);
}

static inline int recorder_reserve(struct file *file, uint64_t offset,
	uint64_t size)
{
	return memory_reserve(&recorder_of(file)->now.file, offset, size);
}

static const struct file_ops recorder_ops = {
	.read = recorder_read,
	.write = recorder_write,
	.sync = recorder_sync,
	.size = recorder_size,
	.resize = recorder_resize,
	.zero = recorder_zero,
	.reserve = recorder_reserve,
};

/* start NULL: an empty file. */
static inline void recorder_init(struct recorder *recorder,
	const struct memory_file *start)
{
	memset(recorder, 0, sizeof(*recorder));
	recorder->file.ops = &recorder_ops;
	recorder->file.fd = -1;
	memory_init(&recorder->now);
	if (start)
		memory_clone(&recorder->now, start);
	recorder->file.device = recorder->now.file.device;
}

static inline void recorder_free(struct recorder *recorder)
{
	while (recorder->count)
		free(recorder->steps[--recorder->count].bytes);
	free(recorder->steps);
	memory_free(&recorder->now);
}

/* All of a step: what happens to it without a cut. */
static inline void step_apply(const struct step *step,
	struct memory_file *memory)
{
	switch (step->kind) {
	case STEP_WRITE:
		memory_write(&memory->file, step->offset, step->bytes,
			step->size);
		break;
	case STEP_RESIZE: memory_resize(&memory->file, step->size); break;
	case STEP_ZERO:
		memory_zero(&memory->file, step->offset, step->size);
		break;
	case STEP_SYNC: break;
	}
}

/* Sectors of it: those for which chance() says so. */
static inline void step_tear(const struct step *step,
	struct memory_file *memory, bool (*chance)(void))
{
	uint64_t at, part;

	if (step->kind == STEP_RESIZE) {
		if (chance())
			step_apply(step, memory);
		return;
	}
	for (at = 0; at < step->size; at += part) {
		struct step one = *step;

		part = step->kind == STEP_ZERO ? 4096 : 512;
		part -= (step->offset + at) % part;
		part = part < step->size - at ? part : step->size - at;
		one.offset += at;
		one.size = part;
		one.bytes = step->bytes ? step->bytes + at : NULL;
		if (chance())
			step_apply(&one, memory);
	}
}

#endif
