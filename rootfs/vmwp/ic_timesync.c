/* The time service: the guest learns the parent's time. */
/* SPDX-License-Identifier: MIT */
#include "ic_timesync.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define PERIOD		(5 * NS_PER_S)

/* From 1601 to 1970, in 100 ns (WLTIMEDELTA of include/linux/hyperv.h). */
#define EPOCH		116444736000000000ull
/* 2020: a parent without a clock begins in 1970. Its guests may know better. */
#define SANE		(1577836800ll * (int64_t)NS_PER_S)

#define FLAG_SET	1
#define FLAG_SAMPLE	2

struct old_time {		/* before version 4 */
	uint64_t parent, child, round_trip;
	uint8_t flags;
	uint8_t reserved[7];
};
static_assert(sizeof(struct old_time) == 32, "old time");

struct new_time {
	uint64_t parent;
	uint64_t guest;		/* its reference time at that moment */
	uint8_t flags;
	uint8_t leap, stratum;
	uint8_t reserved[5];
};
static_assert(sizeof(struct new_time) == 24, "time");

static const struct ic_version versions[] = { { 1, 0 }, { 3, 0 }, { 4, 0 } };

static int tell(struct ic_timesync *self, int64_t wall, uint64_t guest)
{
	uint64_t parent = wall / 100 + EPOCH;
	uint8_t flags = self->set ? FLAG_SET : FLAG_SAMPLE;
	struct new_time new = {
		.parent = parent, .guest = guest, .flags = flags,
	};
	struct old_time old = { .parent = parent, .flags = flags };

	if (ic_version_is(&self->ic, 4, 0))
		return ic_ask(&self->ic, &new, sizeof(new));
	return ic_ask(&self->ic, &old, sizeof(old));
}

static void sample(struct ic *ic)
{
	struct ic_timesync *self = (struct ic_timesync *)ic;
	uint64_t guest;
	int64_t wall;

	if (ic->state != IC_READY)
		return;
	ic_wait(ic, PERIOD);
	/* The guest does not need to answer in time, but once. */
	if (ic->asked || !self->source(self->context, &wall, &guest) ||
	    wall < SANE || tell(self, wall, guest))
		return;
	self->set = false;
	self->sent++;
}

static void ready(struct ic *ic)
{
	struct ic_timesync *self = (struct ic_timesync *)ic;

	self->set = true;
	sample(ic);
}

void ic_timesync_set(struct ic_timesync *timesync)
{
	timesync->set = true;
	sample(&timesync->ic);
}

/* It may have waited for this. What the guest says of the time is its own
 * affair. */
static void answer(struct ic *ic, uint32_t status, const uint8_t *bytes,
	size_t size)
{
	struct ic_timesync *self = (struct ic_timesync *)ic;

	(void)status, (void)bytes, (void)size;
	if (self->set)
		sample(ic);
}

static void closed(struct ic *ic)
{
	struct ic_timesync *self = (struct ic_timesync *)ic;

	self->set = false;
	self->sent = 0;
}

/* Who comes back from a saved state has stood still. */
static void save(const struct ic *ic, struct stream *to)
{
	const struct ic_timesync *self = (const struct ic_timesync *)ic;

	stream_put(to, self->sent, 8);
}

static int load(struct ic *ic, struct stream *from)
{
	struct ic_timesync *self = (struct ic_timesync *)ic;

	self->set = true;
	self->sent = stream_get(from, 8);
	return from->failed ? -EINVAL : 0;
}

static const struct ic_ops ops = {
	.name = "time synchronisation",
	.type = IC_TIMESYNC,
	.versions = versions,
	.count = sizeof(versions) / sizeof(versions[0]),
	.ready = ready,
	.answer = answer,
	.timer = sample,
	.closed = closed,
	.save = save,
	.load = load,
};

int ic_timesync_init(struct ic_timesync *timesync, struct vmbus *vmbus,
	struct clock *clock, timesync_source *source, void *context)
{
	static const struct guid type = { 0x9527e630, 0xd0ae, 0x497b,
		{ 0xad, 0xce, 0xe8, 0x0a, 0xb0, 0x17, 0x5c, 0xaf } };
	static const struct guid instance = { 0x2dd1ce17, 0x079e, 0x403c,
		{ 0xb3, 0x52, 0xa1, 0x92, 0x1e, 0xe2, 0x07, 0xee } };

	*timesync = (struct ic_timesync){
		.source = source, .context = context,
	};
	return ic_init(&timesync->ic, vmbus, clock, &ops, &type, &instance);
}
