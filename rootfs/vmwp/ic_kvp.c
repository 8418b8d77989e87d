/* The data exchange service (KVP): what the guest tells of itself. */
/* SPDX-License-Identifier: MIT */
#include "ic_kvp.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERIOD		(60 * NS_PER_S)

#define ENUMERATE	3
#define TYPE_TEXT	1
#define TYPE_EXPANDED	2
#define TYPE_32		4
#define TYPE_64_LINUX	8	/* include/uapi/linux/hyperv.h */
#define TYPE_64		11	/* the Windows registry */

/* include/uapi/linux/hyperv.h: struct hv_kvp_msg with an enumeration. */
struct exchange {
	uint8_t operation, pool;
	uint16_t reserved;
	uint32_t index;
	uint32_t type;
	uint32_t key_bytes, value_bytes;
	uint8_t key[KVP_KEY_BYTES];
	uint8_t value[KVP_VALUE_BYTES];
};
static_assert(sizeof(struct exchange) == 2580, "exchange");
static_assert(offsetof(struct exchange, key) == 20, "key");

static const struct ic_version versions[] = { { 3, 0 }, { 4, 0 } };

/* What the system says, and what programs in the guest have left. */
static const uint8_t pools[] = { 2, 1 };
#define POOLS	2u

static void forget(struct kvp_list *list)
{
	free(list->items);
	*list = (struct kvp_list){ 0 };
}

static void ask(struct ic_kvp *self)
{
	struct exchange message = {
		.operation = ENUMERATE,
		.pool = pools[self->pool],
		.index = self->index,
	};

	/* Where there is no room now the next period begins anew. */
	ic_ask(&self->ic, &message, sizeof(message));
}

/* A guest that owes an answer is not asked: one at a time is the rule. */
static void begin(struct ic *ic)
{
	struct ic_kvp *self = (struct ic_kvp *)ic;

	if (ic->state != IC_READY)
		return;
	ic_wait(ic, PERIOD);
	if (ic->asked)
		return;
	forget(&self->coming);
	self->pool = 0;
	self->index = 0;
	ask(self);
}

static uint64_t number(const uint8_t *bytes, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, bytes, size);
	return value;
}

/* The guest's sizes count only below the fields' own. */
static void read_item(const struct exchange *from, struct kvp_item *item)
{
	size_t key = from->key_bytes, value = from->value_bytes;

	if (key > KVP_KEY_BYTES)
		key = KVP_KEY_BYTES;
	if (value > KVP_VALUE_BYTES)
		value = KVP_VALUE_BYTES;
	utf16_to_text(from->key, key, item->key, sizeof(item->key));
	switch (from->type) {
	case TYPE_TEXT:
	case TYPE_EXPANDED:
		utf16_to_text(from->value, value, item->value,
			sizeof(item->value));
		break;
	case TYPE_32:
	case TYPE_64:
	case TYPE_64_LINUX:
		snprintf(item->value, sizeof(item->value), "%llu",
			(unsigned long long)number(from->value,
				from->type == TYPE_32 ? 4 : 8));
		break;
	default:
		item->value[0] = '\0';
		break;
	}
}

static void keep(struct ic_kvp *self, const uint8_t *bytes, size_t size)
{
	struct kvp_list *list = &self->coming;
	struct exchange exchange = { 0 };

	if (!list->items)
		list->items = calloc(KVP_ITEMS_MAX, sizeof(list->items[0]));
	if (!list->items)
		return;
	memcpy(&exchange, bytes,
		size < sizeof(exchange) ? size : sizeof(exchange));
	read_item(&exchange, &list->items[list->count]);
	if (list->items[list->count].key[0])
		list->count++;
}

/* Any error ends a pool. */
static void answer(struct ic *ic, uint32_t status, const uint8_t *bytes,
	size_t size)
{
	struct ic_kvp *self = (struct ic_kvp *)ic;

	if (status == IC_GOOD)
		keep(self, bytes, size);
	if (status == IC_GOOD && self->coming.items &&
	    self->coming.count < KVP_ITEMS_MAX &&
	    ++self->index < KVP_ITEMS_MAX) {
		ask(self);
		return;
	}
	self->index = 0;
	if (++self->pool < POOLS && self->coming.count < KVP_ITEMS_MAX) {
		ask(self);
		return;
	}
	self->pool = 0;
	forget(&self->known);
	self->known = self->coming;
	self->coming = (struct kvp_list){ 0 };
}

static void closed(struct ic *ic)
{
	struct ic_kvp *self = (struct ic_kvp *)ic;

	forget(&self->known);
	forget(&self->coming);
	self->pool = 0;
	self->index = 0;
}

/* What is known is asked for again after a load. */
static void save(const struct ic *ic, struct stream *to)
{
	const struct ic_kvp *self = (const struct ic_kvp *)ic;

	stream_put(to, self->pool, 1);
	stream_put(to, self->index, 4);
}

static int load(struct ic *ic, struct stream *from)
{
	struct ic_kvp *self = (struct ic_kvp *)ic;

	self->pool = stream_get(from, 1);
	self->index = stream_get(from, 4);
	return from->failed || self->pool >= POOLS ||
		self->index >= KVP_ITEMS_MAX ? -EINVAL : 0;
}

static const struct ic_ops ops = {
	.name = "data exchange",
	.type = IC_KVP,
	.versions = versions,
	.count = sizeof(versions) / sizeof(versions[0]),
	.ready = begin,
	.answer = answer,
	.timer = begin,
	.closed = closed,
	.save = save,
	.load = load,
};

int ic_kvp_init(
	struct ic_kvp *kvp, struct vmbus *vmbus, struct clock *clock)
{
	static const struct guid type = { 0xa9a0f4e7, 0x5a45, 0x4d96,
		{ 0xb8, 0x27, 0x8a, 0x84, 0x1e, 0x8c, 0x03, 0xe6 } };
	static const struct guid instance = { 0x242ff919, 0x07db, 0x4180,
		{ 0x9c, 0x2e, 0xb8, 0x6c, 0xb6, 0x8c, 0x8c, 0x55 } };

	*kvp = (struct ic_kvp){ 0 };
	return ic_init(&kvp->ic, vmbus, clock, &ops, &type, &instance);
}

void ic_kvp_exit(struct ic_kvp *kvp)
{
	forget(&kvp->known);
	forget(&kvp->coming);
	ic_exit(&kvp->ic);
}
