/* GPADLs: lists of a guest's pages that a device may use. */
/* SPDX-License-Identifier: MIT */
#include "vmbus/gpadl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SIZE	4096u
#define RANGE_HEAD	8u	/* bytes, and offset in the first page */

void gpadls_init(struct gpadls *gpadls, const struct ram *ram)
{
	*gpadls = (struct gpadls){ .ram = ram };
}

static void release(struct gpadls *gpadls, struct gpadl *gpadl)
{
	gpadls->count--;
	gpadls->pages -= gpadl->count;
	free(gpadl);
}

void gpadl_free(struct gpadls *gpadls, struct gpadl *gpadl)
{
	struct gpadl **at = &gpadls->first;

	while (*at != gpadl)
		at = &(*at)->next;
	*at = gpadl->next;
	release(gpadls, gpadl);
}

void gpadls_drop(struct gpadls *gpadls, uint32_t relid)
{
	struct gpadl **at = &gpadls->first, *gpadl;

	while ((gpadl = *at)) {
		if (relid && gpadl->relid != relid) {
			at = &gpadl->next;
			continue;
		}
		*at = gpadl->next;
		release(gpadls, gpadl);
	}
}

struct gpadl *gpadl_find(
	const struct gpadls *gpadls, uint32_t relid, uint32_t id)
{
	struct gpadl *gpadl = gpadls->first;

	while (gpadl && (gpadl->id != id || gpadl->relid != relid))
		gpadl = gpadl->next;
	return gpadl;
}

struct gpadl *gpadl_filling(const struct gpadls *gpadls, uint32_t id)
{
	struct gpadl *gpadl = gpadls->first;

	while (gpadl && (gpadl->id != id || gpadl->state != GPADL_FILLING))
		gpadl = gpadl->next;
	return gpadl;
}

/* Pages that size bytes from offset on touch; 0: no such range can be. */
static uint32_t pages_of(uint32_t offset, uint32_t size)
{
	if (offset >= PAGE_SIZE || !size || size % PAGE_SIZE)
		return 0;
	return ((uint64_t)offset + size + PAGE_SIZE - 1) / PAGE_SIZE;
}

static struct gpadl *add(struct gpadls *gpadls, uint32_t count)
{
	struct gpadl *gpadl;

	if (gpadls->count == GPADL_COUNT_MAX ||
	    count > GPADL_PAGES_MAX - gpadls->pages)
		return NULL;
	gpadl = calloc(1, sizeof(*gpadl) + count * sizeof(gpadl->pages[0]));
	if (!gpadl)
		return NULL;
	gpadl->count = count;
	gpadl->next = gpadls->first;
	gpadls->first = gpadl;
	gpadls->count++;
	gpadls->pages += count;
	return gpadl;
}

/* The same name; or, as later messages say only the id, another that is being
 * filled as well. */
static bool is_there(const struct gpadls *gpadls,
	const struct gpadl_form *form, bool whole)
{
	return gpadl_find(gpadls, form->relid, form->id) ||
		(!whole && gpadl_filling(gpadls, form->id));
}

int gpadl_create(struct gpadls *gpadls, const struct gpadl_form *form,
	const void *bytes, size_t size, struct gpadl **gpadl)
{
	uint32_t head[2], count;	/* size, offset */

	if (form->ranges != 1 || size < RANGE_HEAD)
		return -EINVAL;
	memcpy(head, bytes, RANGE_HEAD);
	count = pages_of(head[1], head[0]);
	if (!count || form->bytes != RANGE_HEAD + (uint64_t)count * 8)
		return -EINVAL;
	if (is_there(gpadls, form, (size - RANGE_HEAD) / 8 >= count))
		return -EEXIST;
	*gpadl = add(gpadls, count);
	if (!*gpadl)
		return -ENOSPC;
	(*gpadl)->id = form->id;
	(*gpadl)->relid = form->relid;
	(*gpadl)->size = head[0];
	(*gpadl)->offset = head[1];
	return gpadl_fill(gpadls, *gpadl, (const uint8_t *)bytes + RANGE_HEAD,
		size - RANGE_HEAD);
}

/* Some guests always post messages of the full size: what is behind the last
 * page means nothing. */
int gpadl_fill(struct gpadls *gpadls, struct gpadl *gpadl, const void *bytes,
	size_t size)
{
	const uint8_t *at = bytes;
	struct guest_page page;
	uint64_t number;

	for (; size >= 8 && gpadl->filled < gpadl->count; size -= 8, at += 8) {
		memcpy(&number, at, 8);
		page = shared_page(gpadls->ram, number);
		if (!shared_is(page)) {
			gpadl_free(gpadls, gpadl);
			return -EINVAL;
		}
		gpadl->pages[gpadl->filled++] = page;
	}
	if (gpadl->filled == gpadl->count)
		gpadl->state = GPADL_READY;
	return 0;
}

void gpadl_take(struct gpadl *gpadl)
{
	gpadl->users++;
}

bool gpadl_put(struct gpadls *gpadls, struct gpadl *gpadl)
{
	if (--gpadl->users || gpadl->state != GPADL_LEAVING)
		return false;
	gpadl_free(gpadls, gpadl);
	return true;
}

static void save_one(const struct gpadls *gpadls, const struct gpadl *gpadl,
	struct stream *to)
{
	uint32_t i;

	stream_put(to, gpadl->id, 4);
	stream_put(to, gpadl->relid, 4);
	stream_put(to, gpadl->state, 1);
	stream_put(to, gpadl->offset, 4);
	stream_put(to, gpadl->size, 4);
	stream_put(to, gpadl->filled, 4);
	for (i = 0; i < gpadl->filled; i++)
		stream_put(to, shared_number(gpadls->ram, gpadl->pages[i]), 8);
}

/* From the last to the first, as loading adds them in front. */
static void save_rest(const struct gpadls *gpadls, const struct gpadl *gpadl,
	struct stream *to)
{
	if (!gpadl)
		return;
	save_rest(gpadls, gpadl->next, to);
	save_one(gpadls, gpadl, to);
}

void gpadls_save(const struct gpadls *gpadls, struct stream *to)
{
	stream_put(to, gpadls->count, 4);
	save_rest(gpadls, gpadls->first, to);
}

static int load_pages(struct gpadls *gpadls, struct gpadl *gpadl,
	uint32_t filled, struct stream *from)
{
	uint32_t i;

	for (i = 0; i < filled; i++) {
		gpadl->pages[i] = shared_page(
			gpadls->ram, stream_get(from, 8));
		if (from->failed || !shared_is(gpadl->pages[i]))
			return -EINVAL;
	}
	gpadl->filled = filled;
	return 0;
}

static int load_one(struct gpadls *gpadls, struct stream *from)
{
	struct gpadl_form form = { .id = stream_get(from, 4) };
	uint32_t state, offset, size, filled, count;
	struct gpadl *gpadl;

	form.relid = stream_get(from, 4);
	state = stream_get(from, 1);
	offset = stream_get(from, 4);
	size = stream_get(from, 4);
	filled = stream_get(from, 4);
	count = pages_of(offset, size);
	if (from->failed || !count || state >= GPADL_STATES ||
	    filled > count || (state == GPADL_FILLING) != (filled < count) ||
	    !form.relid ||
	    is_there(gpadls, &form, state != GPADL_FILLING))
		return -EINVAL;
	gpadl = add(gpadls, count);
	if (!gpadl)
		return -EINVAL;
	gpadl->id = form.id;
	gpadl->relid = form.relid;
	gpadl->state = state;
	gpadl->offset = offset;
	gpadl->size = size;
	return load_pages(gpadls, gpadl, filled, from);
}

int gpadls_load(struct gpadls *gpadls, struct stream *from)
{
	uint32_t count = stream_get(from, 4), i;
	int error = 0;

	if (count > GPADL_COUNT_MAX)
		return -EINVAL;
	for (i = 0; i < count && !error; i++)
		error = load_one(gpadls, from);
	return error;
}
