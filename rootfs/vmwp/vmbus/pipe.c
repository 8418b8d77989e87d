/* A channel of small messages: what input devices and video have in common. */
/* SPDX-License-Identifier: MIT */
#include "vmbus/pipe.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* Most that a packet of the guest's has (a pointer's shape: half of it). */
#define PACKET_MAX	16384u
#define BUDGET		32	/* packets at a time */
#define PIPE_DATA	1u

/* include/linux/hyperv.h: struct vmpipe_proto_header. */
struct frame {
	uint32_t type, size;	/* of what is behind it */
};
static_assert(sizeof(struct frame) == 8, "frame");

static int send(struct pipe *pipe, const void *bytes, size_t size)
{
	struct packet packet = { .type = PACKET_IN_BAND };
	struct frame frame = { PIPE_DATA, size };
	uint8_t buffer[sizeof(frame) + PIPE_MESSAGE];

	assert(size <= PIPE_MESSAGE);
	if (!pipe->ops->framed)
		return channel_send(&pipe->channel, &packet, bytes, size);
	memcpy(buffer, &frame, sizeof(frame));
	memcpy(buffer + sizeof(frame), bytes, size);
	return channel_send(
		&pipe->channel, &packet, buffer, sizeof(frame) + size);
}

/* 0: none waits any more. */
static int flush(struct pipe *pipe)
{
	const struct pipe_letter *letter;
	int error;

	while (pipe->count) {
		letter = &pipe->letters[pipe->first];
		error = send(pipe, letter->bytes, letter->size);
		if (error == -EAGAIN || error == -ENOTCONN)
			return error;
		/* What there never is room for is lost. */
		pipe->first = (pipe->first + 1) % PIPE_LETTERS;
		pipe->count--;
	}
	return 0;
}

int pipe_send(struct pipe *pipe, const void *bytes, size_t size)
{
	int error = flush(pipe);

	return error ? error : send(pipe, bytes, size);
}

int pipe_post(struct pipe *pipe, const void *bytes, size_t size)
{
	struct pipe_letter *letter;
	int error = pipe_send(pipe, bytes, size);

	assert(size <= PIPE_LETTER);
	if (error != -EAGAIN)
		return error;
	if (pipe->count == PIPE_LETTERS)
		return -ENOSPC;
	letter = &pipe->letters[(pipe->first + pipe->count) % PIPE_LETTERS];
	letter->size = size;
	memcpy(letter->bytes, bytes, size);
	pipe->count++;
	return 0;
}

unsigned int pipe_room(const struct pipe *pipe)
{
	return PIPE_LETTERS - pipe->count;
}

struct pipe_letter *pipe_last(struct pipe *pipe)
{
	if (!pipe->count)
		return NULL;
	return &pipe->letters[(pipe->first + pipe->count - 1) % PIPE_LETTERS];
}

static void deliver(struct pipe *pipe, const uint8_t *bytes, size_t size)
{
	struct frame frame;

	if (pipe->ops->framed) {
		if (size < sizeof(frame))
			return;
		memcpy(&frame, bytes, sizeof(frame));
		bytes += sizeof(frame);
		size -= sizeof(frame);
		if (frame.type != PIPE_DATA || frame.size > size)
			return;
		size = frame.size;
	}
	pipe->ops->take(pipe, bytes, size);
}

static void complete(struct pipe *pipe, const struct packet *packet)
{
	const struct packet completion = { .type = PACKET_COMPLETION,
		.transaction = packet->transaction };

	if (packet->flags & PACKET_FLAG_COMPLETION)
		channel_send(&pipe->channel, &completion, "", 0);
}

static bool pipe_signal(struct channel *channel)
{
	struct pipe *pipe = (struct pipe *)channel;
	uint8_t buffer[PACKET_MAX];
	struct packet packet;
	unsigned int budget = BUDGET;
	int result;

	flush(pipe);
	while (budget--) {
		result = channel_receive(
			channel, &packet, buffer, sizeof(buffer));
		if (!result || !channel_is_open(channel))
			return false;
		if (result != 1 || packet.type != PACKET_IN_BAND)
			continue;
		deliver(pipe, buffer + packet.data,
			packet.size - packet.data);
		complete(pipe, &packet);
	}
	return true;
}

static int pipe_open(struct channel *channel)
{
	struct pipe *pipe = (struct pipe *)channel;

	pipe->first = pipe->count = 0;
	return 0;
}

static void pipe_close(struct channel *channel)
{
	struct pipe *pipe = (struct pipe *)channel;

	pipe->first = pipe->count = 0;
	pipe->ops->closed(pipe);
}

static void pipe_save(const struct channel *channel, struct stream *to)
{
	const struct pipe *pipe = (const struct pipe *)channel;
	const struct pipe_letter *letter;
	unsigned int i;

	stream_put(to, pipe->count, 1);
	for (i = 0; i < pipe->count; i++) {
		letter = &pipe->letters[(pipe->first + i) % PIPE_LETTERS];
		stream_put(to, letter->size, 1);
		stream_put_bytes(to, letter->bytes, letter->size);
	}
	pipe->ops->save(pipe, to);
}

static int load_letters(struct pipe *pipe, struct stream *from)
{
	uint32_t count = stream_get(from, 1), size;
	struct pipe_letter *letter;

	if (count > PIPE_LETTERS)
		return -EINVAL;
	for (; pipe->count < count; pipe->count++) {
		letter = &pipe->letters[pipe->count];
		size = stream_get(from, 1);
		if (size > PIPE_LETTER)
			return -EINVAL;
		letter->size = size;
		stream_get_bytes(from, letter->bytes, size);
	}
	return 0;
}

static int pipe_load(struct channel *channel, struct stream *from)
{
	struct pipe *pipe = (struct pipe *)channel;

	pipe->first = pipe->count = 0;
	if (!load_letters(pipe, from) && !pipe->ops->load(pipe, from) &&
	    !from->failed)
		return 0;
	pipe_close(channel);
	return -EINVAL;
}

static const struct channel_ops pipe_channel_ops = {
	.open = pipe_open,
	.close = pipe_close,
	.signal = pipe_signal,
	.save = pipe_save,
	.load = pipe_load,
};

int pipe_init(struct pipe *pipe, struct vmbus *vmbus,
	const struct pipe_ops *ops, const struct pipe_identity *identity)
{
	pipe->ops = ops;
	pipe->channel.ops = &pipe_channel_ops;
	pipe->channel.present = true;
	pipe->channel.offer = (struct channel_offer){
		.type = identity->type,
		.instance = identity->instance,
		.mmio_megabytes = identity->mmio_megabytes,
		.flags = VMBUS_OFFER_ENUMERATE,
	};
	if (ops->framed) {
		pipe->channel.offer.flags |= VMBUS_OFFER_PIPE;
		pipe->channel.offer.user[0] = VMBUS_PIPE_MESSAGES;
	}
	return vmbus_add(vmbus, &pipe->channel);
}
