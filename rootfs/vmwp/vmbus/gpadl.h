/* GPADLs: lists of a guest's pages that a device may use. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_VMBUS_GPADL_H
#define VMWP_VMBUS_GPADL_H

#include "shared.h"
#include "stream.h"

/* Most of all that one guest can have at a time. A list needs eight bytes of
 * ours for each of its pages. */
#define GPADL_COUNT_MAX	2048u
#define GPADL_PAGES_MAX	(1u << 18)

enum gpadl_state {
	GPADL_FILLING,	/* pages are missing */
	GPADL_READY,
	GPADL_LEAVING,	/* torn down by the guest, but still in use */
	GPADL_STATES,
};

struct gpadl {
	struct gpadl *next;
	uint32_t id, relid;	/* both together are its name */
	enum gpadl_state state;
	uint32_t offset, size;	/* bytes: in the first page; in all */
	uint32_t count, filled;	/* pages */
	unsigned int users;	/* within the worker */
	struct guest_page pages[];
};

struct gpadls {
	const struct ram *ram;
	struct gpadl *first;
	unsigned int count;
	uint64_t pages;
};

void gpadls_init(struct gpadls *gpadls, const struct ram *ram);
/* All of a channel, or of all (relid 0). Nobody uses them any more. */
void gpadls_drop(struct gpadls *gpadls, uint32_t relid);

/* What a guest says of a new list. */
struct gpadl_form {
	uint32_t id, relid;
	uint16_t bytes;		/* of all ranges with their heads */
	uint16_t ranges;
};

/* The first message: bytes behind the form. 0 and *gpadl, whose state tells
 * whether more must come; -EINVAL, -EEXIST, -ENOSPC, -ENOMEM: there is none. */
int gpadl_create(struct gpadls *gpadls, const struct gpadl_form *form,
	const void *bytes, size_t size, struct gpadl **gpadl);
/* More pages. 0; -EINVAL: one is no RAM, and the list is gone. */
int gpadl_fill(struct gpadls *gpadls, struct gpadl *gpadl, const void *bytes,
	size_t size);

/* That which is being filled: there is one with that id at most. */
struct gpadl *gpadl_filling(const struct gpadls *gpadls, uint32_t id);
struct gpadl *gpadl_find(
	const struct gpadls *gpadls, uint32_t relid, uint32_t id);

/* The list is used, or not any more; the last one frees a leaving one, and
 * true is the answer. Only ready ones can be taken. */
void gpadl_take(struct gpadl *gpadl);
bool gpadl_put(struct gpadls *gpadls, struct gpadl *gpadl);
void gpadl_free(struct gpadls *gpadls, struct gpadl *gpadl);

void gpadls_save(const struct gpadls *gpadls, struct stream *to);
/* The users are not in it: who loads takes again what it uses. 0, -EINVAL with
 * some of them there. */
int gpadls_load(struct gpadls *gpadls, struct stream *from);

#endif
