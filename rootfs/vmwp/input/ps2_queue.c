/* What a PS/2 device has to send: a few bytes, as a real one has room for. */
/* SPDX-License-Identifier: MIT */
#include "input/ps2_queue.h"

#include <string.h>

void ps2_queue_put(struct ps2_queue *queue, uint8_t byte)
{
	if (queue->count < PS2_QUEUE)
		queue->byte[queue->count++] = byte;
}

bool ps2_queue_take(struct ps2_queue *queue, uint8_t *byte)
{
	if (!queue->count)
		return false;
	*byte = queue->last = queue->byte[0];
	memmove(queue->byte, queue->byte + 1, --queue->count);
	return true;
}

bool ps2_queue_room(const struct ps2_queue *queue, unsigned int size)
{
	return queue->count + size <= PS2_EVENTS;
}

void ps2_queue_save(const struct ps2_queue *queue, struct stream *to)
{
	stream_put(to, queue->count, 1);
	stream_put_bytes(to, queue->byte, queue->count);
	stream_put(to, queue->last, 1);
}

bool ps2_queue_load(struct ps2_queue *queue, struct stream *from)
{
	memset(queue, 0, sizeof(*queue));
	queue->count = stream_get(from, 1);
	if (queue->count > PS2_QUEUE)
		return false;
	stream_get_bytes(from, queue->byte, queue->count);
	queue->last = stream_get(from, 1);
	return !from->failed;
}
