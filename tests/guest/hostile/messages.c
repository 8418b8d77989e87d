/* Hostile guests, N15: messages that are cut off, too long, unknown, or come at
 * the wrong time. */
/* SPDX-License-Identifier: MIT */
#include "bus.h"
#include "rows.h"

#define SANE	256	/* steps from one look to the next */

static void begin(void)
{
	bus_init();
	bus_connect(VMBUS_VERSION_5_2);
}

static const uint32_t versions[] = { 0, 13, 1 << 16 | 1, VMBUS_VERSION_3_0,
	VMBUS_VERSION_4_0, VMBUS_VERSION_4_1, VMBUS_VERSION_5_0,
	VMBUS_VERSION_5_3, 6 << 16, ~0u };

/* What might nearly be right. */
static uint32_t small(void)
{
	return one_in(8) ? (uint32_t)odd() : below(6);
}

static void fill(uint32_t *words)
{
	unsigned int i;

	for (i = 0; i < VMBUS_MESSAGE_MAX / 4; i++)
		words[i] = small();
	words[0] = one_in(16) ? (uint32_t)odd() : below(30);
	words[1] = 0;
	if (words[0] == VMBUS_INITIATE_CONTACT)
		words[2] = PICK(versions);
}

static const uint16_t sizes[VMBUS_TYPES] = {
	[VMBUS_OPEN] = sizeof(struct vmbus_open),
	[VMBUS_CLOSE] = sizeof(struct vmbus_relid),
	[VMBUS_GPADL_HEADER] = sizeof(struct vmbus_gpadl_header) + 24,
	[VMBUS_GPADL_BODY] = sizeof(struct vmbus_gpadl_body) + 8,
	[VMBUS_GPADL_TEARDOWN] = sizeof(struct vmbus_gpadl_teardown),
	[VMBUS_RELID_RELEASED] = sizeof(struct vmbus_relid),
	[VMBUS_INITIATE_CONTACT] = sizeof(struct vmbus_initiate_contact),
	[VMBUS_MODIFY] = sizeof(struct vmbus_modify),
};

static uint32_t size_for(uint32_t type)
{
	uint32_t right = type < VMBUS_TYPES && sizes[type] ? sizes[type] : 8;

	switch (below(4)) {
	case 0: return below(right + 1);
	case 1: return below(VMBUS_MESSAGE_MAX + 1);
	case 2: return VMBUS_MESSAGE_MAX + below(200);
	default: return right;
	}
}

static void drain(void)
{
	struct letter letter;

	while (bus_take(&letter))
		;
}

static void step(void)
{
	uint32_t words[VMBUS_MESSAGE_MAX / 4], size;
	uint16_t status;

	fill(words);
	size = size_for(words[0]);
	status = bus_post(one_in(2) ? VMBUS_CONNECTION : VMBUS_CONNECTION_5,
		words, size);
	if (size > VMBUS_MESSAGE_MAX)
		CHECK(status == HV_STATUS_INVALID_PARAMETER);
	else
		CHECK(status == HV_STATUS_SUCCESS ||
			status == HV_STATUS_INSUFFICIENT_BUFFERS);
	if (status)
		refused++;
	else
		taken++;
	if (!one_in(8))
		drain();
	if (guest_step % SANE == SANE - 1)
		begin();
}

/* Who is not connected gets no answer to that. */
static void end(void)
{
	begin();
	bus_unload();
}

const struct row row_messages = { "n15", begin, step, end };
