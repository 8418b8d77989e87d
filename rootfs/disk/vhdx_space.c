/* VHDX: who has which megabyte of the file, as a map of bits. */
/* SPDX-License-Identifier: MIT */
#include "vhdx_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BITS	64u

static bool is_used(const struct vhdx_space *space, uint64_t unit)
{
	return space->used[unit / BITS] >> unit % BITS & 1;
}

static void set_used(struct vhdx_space *space, uint64_t from, uint64_t count,
	bool used)
{
	uint64_t unit;

	for (unit = from; unit < from + count; unit++)
		if (used)
			space->used[unit / BITS] |= 1ull << unit % BITS;
		else
			space->used[unit / BITS] &= ~(1ull << unit % BITS);
	space->free += used ? -count : count;
}

static bool are_free(const struct vhdx_space *space, uint64_t from,
	uint64_t count)
{
	uint64_t unit;

	for (unit = from; unit < from + count; unit++)
		if (is_used(space, unit))
			return false;
	return true;
}

int vhdx_space_init(struct vhdx *vhdx)
{
	struct vhdx_space *space = &vhdx->space;

	/* A file gets whole megabytes when it grows, a device does not grow. */
	space->units = (vhdx->file->device ? vhdx->file_size :
		round_up(vhdx->file_size, VHDX_UNIT)) / VHDX_UNIT;
	space->room = round_up(space->units, BITS);
	space->used = calloc(space->room / BITS, sizeof(*space->used));
	space->free = space->units;
	return space->used ? 0 : -ENOMEM;
}

int vhdx_space_lengthen(struct vhdx *vhdx, uint64_t length)
{
	struct vhdx_space *space = &vhdx->space;
	uint64_t count = round_up(length, VHDX_UNIT) / VHDX_UNIT;
	uint64_t room = round_up((space->units + count) * 2, BITS);
	uint64_t *used;

	if ((space->units + count) * VHDX_UNIT > VHDX_FILE_MAX)
		return -EFBIG;
	if (space->units + count > space->room) {
		used = realloc(space->used, room / 8);
		if (!used)
			return -ENOMEM;
		memset(used + space->room / BITS, 0,
			(room - space->room) / 8);
		space->used = used;
		space->room = room;
	}
	space->units += count;
	space->free += count;
	vhdx->file_size = space->units * VHDX_UNIT;
	return 0;
}

void vhdx_space_shorten(struct vhdx *vhdx, uint64_t file_size)
{
	struct vhdx_space *space = &vhdx->space;
	uint64_t units = round_up(file_size, VHDX_UNIT) / VHDX_UNIT;

	space->free -= space->units - units;
	space->units = units;
	vhdx->file_size = file_size;
}

int vhdx_space_claim(struct vhdx *vhdx, uint64_t offset, uint64_t length)
{
	struct vhdx_space *space = &vhdx->space;
	uint64_t from = offset / VHDX_UNIT;
	uint64_t count = round_up(length, VHDX_UNIT) / VHDX_UNIT;

	if (from > space->units || count > space->units - from)
		return -ERANGE;
	if (!are_free(space, from, count))
		return -EEXIST;
	set_used(space, from, count, true);
	return 0;
}

void vhdx_space_release(struct vhdx *vhdx, uint64_t offset, uint64_t length)
{
	struct vhdx_space *space = &vhdx->space;
	uint64_t from = offset / VHDX_UNIT;
	uint64_t end = round_up(offset + length, VHDX_UNIT) / VHDX_UNIT;

	/* The last block of another program's image may end with the file. */
	end = least(end, space->units);
	set_used(space, from, end - from, false);
	space->first = least(space->first, from);
}

/* The first free run that ends in the file: it stays as short as it can. */
static bool find_run(struct vhdx_space *space, uint64_t count, uint64_t *found)
{
	uint64_t unit, run = 0;

	if (space->free < count)
		return false;
	for (unit = space->first; unit < space->units; unit++) {
		if (unit % BITS == 0 && !run &&
		    space->used[unit / BITS] == UINT64_MAX) {
			unit += BITS - 1;
			continue;
		}
		run = is_used(space, unit) ? 0 : run + 1;
		if (run < count)
			continue;
		*found = unit + 1 - count;
		return true;
	}
	return false;
}

int vhdx_space_take(struct vhdx *vhdx, uint64_t length, uint64_t *offset)
{
	struct vhdx_space *space = &vhdx->space;
	uint64_t count = round_up(length, VHDX_UNIT) / VHDX_UNIT, found;
	int result;

	if (!find_run(space, count, &found)) {
		if (vhdx->file->device)
			return -ENOSPC;
		found = space->units;
		result = vhdx_space_lengthen(vhdx, length);
		if (result)
			return result;
	}
	set_used(space, found, count, true);
	if (found == space->first)
		space->first += count;
	*offset = found * VHDX_UNIT;
	return 0;
}

uint64_t vhdx_space_end(const struct vhdx *vhdx)
{
	uint64_t unit = vhdx->space.units;

	while (unit && !is_used(&vhdx->space, unit - 1))
		unit--;
	return unit * VHDX_UNIT;
}
