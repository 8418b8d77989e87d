/* Messages that wait until the guest has taken the one before. */
/* SPDX-License-Identifier: MIT */
#include "vmbus/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOAD_MAX 65536u

void outbox_init(struct outbox *outbox)
{
	*outbox = (struct outbox){ .end = &outbox->first };
}

int outbox_add(struct outbox *outbox, const void *bytes, uint32_t size)
{
	struct letter *letter = calloc(1, sizeof(*letter));

	if (!letter)
		return -ENOMEM;
	letter->size = size;
	memcpy(letter->bytes, bytes, size);
	*outbox->end = letter;
	outbox->end = &letter->next;
	outbox->count++;
	return 0;
}

void outbox_drop(struct outbox *outbox)
{
	struct letter *letter = outbox->first;

	outbox->first = letter->next;
	if (!outbox->first)
		outbox->end = &outbox->first;
	outbox->count--;
	free(letter);
}

void outbox_clear(struct outbox *outbox)
{
	while (outbox->first)
		outbox_drop(outbox);
}

void outbox_save(const struct outbox *outbox, struct stream *to)
{
	const struct letter *letter;

	stream_put(to, outbox->count, 4);
	for (letter = outbox->first; letter; letter = letter->next) {
		stream_put(to, letter->size, 1);
		stream_put_bytes(to, letter->bytes, letter->size);
	}
}

int outbox_load(struct outbox *outbox, struct stream *from)
{
	uint32_t count = stream_get(from, 4), size;
	uint8_t bytes[VMBUS_MESSAGE_MAX];

	if (count > LOAD_MAX)
		return -EINVAL;
	for (; count; count--) {
		size = stream_get(from, 1);
		if (size < sizeof(struct vmbus_header) || size > sizeof(bytes))
			return -EINVAL;
		stream_get_bytes(from, bytes, size);
		if (from->failed || outbox_add(outbox, bytes, size))
			return -EINVAL;
	}
	return 0;
}
