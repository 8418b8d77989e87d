/* Saved state: numbers and bytes in a row, little-endian, checked lengths. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STREAM_H
#define VMWP_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* failed stays true once it is: out of memory, or a read past the end. Reads
 * give 0 then. The buffer is owned; stream_free(). */
struct stream {
	uint8_t *data;
	size_t size, at;	/* bytes written; next to be read */
	size_t room;
	bool failed;
};

void stream_put(struct stream *stream, uint64_t value, unsigned int bytes);
void stream_put_bytes(struct stream *stream, const void *from, size_t size);
uint64_t stream_get(struct stream *stream, unsigned int bytes);
void stream_get_bytes(struct stream *stream, void *to, size_t size);
void stream_free(struct stream *stream);

#endif
