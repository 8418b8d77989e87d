/* The shutdown service: the guest's own power-off, asked for from outside. */
/* SPDX-License-Identifier: MIT */
#include "ic_shutdown.h"

#include <assert.h>
#include <errno.h>

#define REASON_PLANNED	0x80000000u
#define FLAG_FORCE	1u
#define FLAG_RESTART	2u
#define SECONDS		300u

struct shutdown_message {
	uint32_t reason;
	uint32_t seconds;	/* that programs get */
	uint32_t flags;
	uint8_t text[2048];	/* UTF-16, for who is logged in */
};
static_assert(sizeof(struct shutdown_message) == 2060, "shutdown");

static const struct ic_version versions[] = {
	{ 1, 0 }, { 3, 0 }, { 3, 1 }, { 3, 2 },
};

int ic_shutdown_ask(struct ic_shutdown *shutdown, enum shutdown_kind kind)
{
	struct shutdown_message message = {
		.reason = REASON_PLANNED,
		.seconds = SECONDS,
		.flags = FLAG_FORCE,
	};
	int error;

	if (shutdown->ic.state != IC_READY)
		return -ENOTCONN;
	if (shutdown->ic.asked)
		return -EBUSY;
	if (kind == SHUTDOWN_RESTART)
		message.flags |= FLAG_RESTART;
	error = ic_ask(&shutdown->ic, &message, sizeof(message));
	shutdown->answered = false;
	return error == -EAGAIN ? -EBUSY : error;
}

static void answer(struct ic *ic, uint32_t status, const uint8_t *bytes,
	size_t size)
{
	struct ic_shutdown *self = (struct ic_shutdown *)ic;

	(void)bytes, (void)size;
	self->answered = true;
	self->status = status;
}

static void closed(struct ic *ic)
{
	struct ic_shutdown *self = (struct ic_shutdown *)ic;

	self->answered = false;
	self->status = 0;
}

static void save(const struct ic *ic, struct stream *to)
{
	const struct ic_shutdown *self = (const struct ic_shutdown *)ic;

	stream_put(to, self->answered, 1);
	stream_put(to, self->status, 4);
}

static int load(struct ic *ic, struct stream *from)
{
	struct ic_shutdown *self = (struct ic_shutdown *)ic;
	uint32_t answered = stream_get(from, 1);

	self->answered = answered;
	self->status = stream_get(from, 4);
	return from->failed || answered > 1 ? -EINVAL : 0;
}

static const struct ic_ops ops = {
	.name = "shutdown",
	.type = IC_SHUTDOWN,
	.versions = versions,
	.count = sizeof(versions) / sizeof(versions[0]),
	.answer = answer,
	.closed = closed,
	.save = save,
	.load = load,
};

int ic_shutdown_init(struct ic_shutdown *shutdown, struct vmbus *vmbus,
	struct clock *clock)
{
	static const struct guid type = { 0x0e0b6031, 0x5213, 0x4934,
		{ 0x81, 0x8b, 0x38, 0xd9, 0x0c, 0xed, 0x39, 0xdb } };
	static const struct guid instance = { 0xb6650ff7, 0x33bc, 0x4840,
		{ 0x80, 0x48, 0xe0, 0x67, 0x67, 0x86, 0xf3, 0x93 } };

	*shutdown = (struct ic_shutdown){ 0 };
	return ic_init(&shutdown->ic, vmbus, clock, &ops, &type, &instance);
}
