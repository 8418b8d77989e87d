/* The heartbeat service: does the guest live? */
/* SPDX-License-Identifier: MIT */
#include "ic_heartbeat.h"

#include <assert.h>
#include <errno.h>

#define PERIOD		(2 * NS_PER_S)
#define MISSED_MOST	5u	/* then it is lost */

struct beat {
	uint64_t sequence;
	uint32_t reserved[8];
};
static_assert(sizeof(struct beat) == 40, "beat");

static const struct ic_version versions[] = { { 1, 0 }, { 3, 0 } };

/* No more requests than answers: a guest that hangs is not flooded. */
static void beat(struct ic *ic)
{
	struct ic_heartbeat *self = (struct ic_heartbeat *)ic;
	struct beat message = { .sequence = self->sequence };

	if (ic->state != IC_READY)
		return;
	if (ic->asked && self->missed <= MISSED_MOST)
		self->missed++;
	if (self->missed > MISSED_MOST)
		self->state = HEARTBEAT_LOST;
	if (!ic->asked && !ic_ask(ic, &message, sizeof(message)))
		self->sequence += 2;
	ic_wait(ic, PERIOD);
}

/* The guest adds one to the number; nothing depends on whether it did. */
static void answer(struct ic *ic, uint32_t status, const uint8_t *bytes,
	size_t size)
{
	struct ic_heartbeat *self = (struct ic_heartbeat *)ic;

	(void)bytes, (void)size;
	if (status != IC_GOOD)
		return;
	self->missed = 0;
	self->state = HEARTBEAT_GOOD;
}

static void closed(struct ic *ic)
{
	struct ic_heartbeat *self = (struct ic_heartbeat *)ic;

	self->state = HEARTBEAT_NONE;
	self->missed = 0;
	self->sequence = 0;
}

static void save(const struct ic *ic, struct stream *to)
{
	const struct ic_heartbeat *self = (const struct ic_heartbeat *)ic;

	stream_put(to, self->state, 1);
	stream_put(to, self->missed, 4);
	stream_put(to, self->sequence, 8);
}

static int load(struct ic *ic, struct stream *from)
{
	struct ic_heartbeat *self = (struct ic_heartbeat *)ic;
	uint32_t state = stream_get(from, 1);

	self->state = state;
	self->missed = stream_get(from, 4);
	self->sequence = stream_get(from, 8);
	if (from->failed || state >= HEARTBEAT_STATES ||
	    self->missed > MISSED_MOST + 1)
		return -EINVAL;
	return 0;
}

static const struct ic_ops ops = {
	.name = "heartbeat",
	.type = IC_HEARTBEAT,
	.versions = versions,
	.count = sizeof(versions) / sizeof(versions[0]),
	.ready = beat,
	.answer = answer,
	.timer = beat,
	.closed = closed,
	.save = save,
	.load = load,
};

int ic_heartbeat_init(struct ic_heartbeat *heartbeat, struct vmbus *vmbus,
	struct clock *clock)
{
	static const struct guid type = { 0x57164f39, 0x9115, 0x4e78,
		{ 0xab, 0x55, 0x38, 0x2f, 0x3b, 0xd5, 0x42, 0x2d } };
	static const struct guid instance = { 0xfd149e91, 0x82e0, 0x4a7d,
		{ 0xaf, 0xa6, 0x2a, 0x41, 0x66, 0xcb, 0xd7, 0xc0 } };

	*heartbeat = (struct ic_heartbeat){ 0 };
	return ic_init(
		&heartbeat->ic, vmbus, clock, &ops, &type, &instance);
}
