/* Saved state: numbers and bytes in a row, little-endian, checked lengths. */
/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

/* Where size more bytes go; NULL: failed. */
static uint8_t *stream_extend(struct stream *stream, size_t size)
{
	size_t room = stream->room;
	uint8_t *data;

	if (stream->failed)
		return NULL;
	if (room - stream->size < size) {
		if (size > SIZE_MAX / 4 || stream->size > SIZE_MAX / 4) {
			stream->failed = true;
			return NULL;
		}
		room = (stream->size + size) * 2;
		data = realloc(stream->data, room);
		if (!data) {
			stream->failed = true;
			return NULL;
		}
		stream->data = data;
		stream->room = room;
	}
	data = stream->data + stream->size;
	stream->size += size;
	return data;
}

/* The next size bytes; NULL: failed. */
static const uint8_t *stream_take(struct stream *stream, size_t size)
{
	const uint8_t *data;

	if (stream->failed || stream->size - stream->at < size) {
		stream->failed = true;
		return NULL;
	}
	data = stream->data + stream->at;
	stream->at += size;
	return data;
}

void stream_put(struct stream *stream, uint64_t value, unsigned int bytes)
{
	uint8_t *to = stream_extend(stream, bytes);
	unsigned int i;

	for (i = 0; to && i < bytes; i++)
		to[i] = i < 8 ? value >> (i * 8) : 0;
}

void stream_put_bytes(struct stream *stream, const void *from, size_t size)
{
	uint8_t *to = stream_extend(stream, size);

	if (to && size)
		memcpy(to, from, size);
}

uint64_t stream_get(struct stream *stream, unsigned int bytes)
{
	const uint8_t *from = stream_take(stream, bytes);
	uint64_t value = 0;
	unsigned int i;

	for (i = 0; from && i < bytes && i < 8; i++)
		value |= (uint64_t)from[i] << (i * 8);
	return value;
}

void stream_get_bytes(struct stream *stream, void *to, size_t size)
{
	const uint8_t *from = stream_take(stream, size);

	if (!size)
		return;
	if (from)
		memcpy(to, from, size);
	else
		memset(to, 0, size);
}

void stream_free(struct stream *stream)
{
	free(stream->data);
	memset(stream, 0, sizeof(*stream));
}
