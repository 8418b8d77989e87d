/* Bytes that wait, up to a limit. An empty one takes no memory. */
/* SPDX-License-Identifier: MIT */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 4096u

void buffer_init(struct buffer *buffer, size_t most)
{
	*buffer = (struct buffer){ .most = most };
}

void buffer_exit(struct buffer *buffer)
{
	free(buffer->bytes);
	buffer_init(buffer, buffer->most);
}

static bool grow(struct buffer *buffer, size_t need)
{
	size_t room = buffer->room ? buffer->room : FIRST_ROOM;
	char *bytes;

	while (room < need)
		room *= 2;
	if (room > buffer->most)
		room = buffer->most;
	bytes = realloc(buffer->bytes, room);
	if (!bytes)
		return false;
	buffer->bytes = bytes;
	buffer->room = room;
	return true;
}

bool buffer_put(struct buffer *buffer, const void *bytes, size_t size)
{
	if (!size)
		return true;
	if (size > buffer->most - buffer->used)
		return false;
	if (buffer->start && buffer->start + buffer->used + size >
	    buffer->room) {
		memmove(buffer->bytes, buffer->bytes + buffer->start,
			buffer->used);
		buffer->start = 0;
	}
	if (buffer->start + buffer->used + size > buffer->room &&
	    !grow(buffer, buffer->used + size))
		return false;
	memcpy(buffer->bytes + buffer->start + buffer->used, bytes, size);
	buffer->used += size;
	return true;
}

const char *buffer_peek(const struct buffer *buffer)
{
	return buffer->bytes + buffer->start;
}

void buffer_take(struct buffer *buffer, size_t size)
{
	buffer->start += size;
	buffer->used -= size;
	if (!buffer->used)
		buffer_exit(buffer);
}
