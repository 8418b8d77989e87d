/* VMBus with a guest that is not there and devices that send back what they
 * get: what the tests of VMBus share. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKE_ECHO_H
#define TESTS_FAKE_ECHO_H

#include "fake_vmbus.h"

#define CHANNELS	5u
#define RING_PAGE	0x100u

/* A device that sends back what it gets. */
struct echo {
	struct channel channel;
	unsigned int opened, closed, rung, loaded;
	bool refuse, held;
	struct packet packet;
	uint8_t data[256];
};

static struct fake fake;
static struct vmbus vmbus;
static struct echo echo[CHANNELS];

static inline int echo_open(struct channel *channel)
{
	struct echo *self = (struct echo *)channel;

	CHECK(self->opened == self->closed);
	if (self->refuse)
		return -EBUSY;
	self->opened++;
	return 0;
}

static inline void echo_close(struct channel *channel)
{
	struct echo *self = (struct echo *)channel;

	self->held = false;
	self->closed++;
	CHECK(self->opened == self->closed);
}

static inline bool echo_signal(struct channel *channel)
{
	struct echo *self = (struct echo *)channel;
	unsigned int budget = 16;
	int result;

	CHECK(self->opened == self->closed + 1);
	self->rung++;
	while (budget--) {
		if (!self->held) {
			result = channel_receive(channel, &self->packet,
				self->data, sizeof(self->data));
			if (result < 0 && result != -EMSGSIZE &&
			    result != -EBADMSG)
				CHECK(!channel_is_open(channel));
			if (result <= 0)
				return result == -EMSGSIZE;
			CHECK(self->packet.size <= sizeof(self->data) &&
				self->packet.data <= self->packet.size);
		}
		result = channel_send(channel, &self->packet, self->data,
			self->packet.size);
		self->held = result == -EAGAIN;
		if (result)
			return false;
	}
	return true;
}

static inline void echo_save(const struct channel *channel, struct stream *to)
{
	const struct echo *self = (const struct echo *)channel;

	stream_put(to, self->rung & 0xff, 1);
}

static inline int echo_load(struct channel *channel, struct stream *from)
{
	struct echo *self = (struct echo *)channel;

	self->rung = stream_get(from, 1);
	if (from->failed)
		return -EINVAL;
	self->loaded++;
	self->opened++;
	return 0;
}

static const struct channel_ops echo_ops = {
	.open = echo_open, .close = echo_close, .signal = echo_signal,
	.save = echo_save, .load = echo_load,
};

/* Channels 1 to 4 are there from the beginning. */
static inline void fresh(void)
{
	uint32_t i;

	if (vmbus.device.ops)
		vmbus.device.ops->exit(&vmbus.device);
	fake_init(&fake);
	memset(echo, 0, sizeof(echo));
	CHECK(!vmbus_init(&vmbus, &fake.ram, FAKE_VPS, &fake_host, &fake));
	for (i = 0; i < CHANNELS; i++) {
		echo[i].channel.ops = &echo_ops;
		echo[i].channel.present = i < 4;
		echo[i].channel.offer.type.a = 0x1000 + i;
		echo[i].channel.offer.user[0] = VMBUS_PIPE_MESSAGES;
		CHECK(!vmbus_add(&vmbus, &echo[i].channel));
	}
	CHECK(fake.bells == CHANNELS);
	fake_nothing(&fake);
}

static inline void connected(uint32_t version)
{
	const struct vmbus_version_response *response;

	fake_contact(&vmbus, version, 1, 2);
	response = fake_expect(&fake, VMBUS_VERSION_RESPONSE);
	CHECK(response->supported == 1 && response->state == 0);
}

static inline void offered(void)
{
	uint32_t i;

	FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS);
	for (i = 0; i < 4; i++)
		fake_expect(&fake, VMBUS_OFFER);
	fake_expect(&fake, VMBUS_OFFERS_DELIVERED);
	fake_nothing(&fake);
}

static inline void ready(void)
{
	fresh();
	connected(VMBUS_VERSION_5_3);
	offered();
}

static inline uint32_t created(uint32_t relid, uint32_t id)
{
	const struct vmbus_gpadl_created *answer =
		fake_expect(&fake, VMBUS_GPADL_CREATED);

	CHECK(answer->relid == relid && answer->gpadl == id);
	fake_nothing(&fake);
	return answer->status;
}

static inline uint32_t open_result(uint32_t relid)
{
	const struct vmbus_open_result *answer =
		fake_expect(&fake, VMBUS_OPEN_RESULT);

	CHECK(answer->relid == relid && answer->id == relid + 77);
	fake_nothing(&fake);
	return answer->status;
}

static inline void torndown(uint32_t id)
{
	const struct vmbus_gpadl_torndown *answer =
		fake_expect(&fake, VMBUS_GPADL_TORNDOWN);

	CHECK(answer->gpadl == id);
}

/* Open, with two rings of four pages. */
static inline void opened(uint32_t relid)
{
	fake_ring(RING_PAGE + relid * 8, 4);
	fake_ring(RING_PAGE + relid * 8 + 4, 4);
	fake_gpadl(&vmbus, relid, 0xe1e00 + relid, RING_PAGE + relid * 8, 8);
	CHECK(created(relid, 0xe1e00 + relid) == VMBUS_GOOD);
	fake_open(&vmbus, relid, 0xe1e00 + relid, 3, 4);
	CHECK(open_result(relid) == VMBUS_GOOD);
}

/* What is so after anything that a guest does. */
static inline void check_rules(void)
{
	const struct gpadl *gpadl;
	uint32_t i, count = 0, users = 0;
	uint64_t pages = 0;

	for (gpadl = vmbus.gpadls.first; gpadl; gpadl = gpadl->next) {
		count++;
		pages += gpadl->count;
		users += gpadl->users;
		CHECK(gpadl->filled <= gpadl->count);
		CHECK(gpadl->state != GPADL_LEAVING || gpadl->users);
	}
	CHECK(count == vmbus.gpadls.count && pages == vmbus.gpadls.pages);
	for (i = 0; i < CHANNELS; i++) {
		if (echo[i].channel.state != CHANNEL_OPEN) {
			CHECK(echo[i].opened == echo[i].closed);
			continue;
		}
		users--;
		CHECK(vmbus.requested);
		CHECK(echo[i].opened ==
			echo[i].closed + !echo[i].channel.broken);
	}
	CHECK(!users);
}

#endif
