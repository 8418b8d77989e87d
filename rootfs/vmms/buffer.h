/* Bytes that wait, up to a limit. An empty one takes no memory. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_BUFFER_H
#define VMMS_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
	char *bytes;
	size_t start, used;	/* what waits: used bytes from start on */
	size_t room, most;
};

void buffer_init(struct buffer *buffer, size_t most);
void buffer_exit(struct buffer *buffer);
/* All or nothing; false: more than most, or no memory. */
bool buffer_put(struct buffer *buffer, const void *bytes, size_t size);
/* The first of what waits; valid until the next call. */
const char *buffer_peek(const struct buffer *buffer);
/* Size bytes of it are done with. */
void buffer_take(struct buffer *buffer, size_t size);

#endif
