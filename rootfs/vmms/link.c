/* What the service says to a worker by its control socket. */
/* SPDX-License-Identifier: MIT */
#include "link.h"

#include <errno.h>

static_assert(sizeof(union control_any) <= DIALOGUE_REPLY, "reply");

/* By type; the others have struct control_reply. */
static size_t reply_size(uint32_t type)
{
	switch (type) {
	case CONTROL_INTEGRATION:
		return sizeof(struct control_integration);
	case CONTROL_KVP:
		return sizeof(struct control_item);
	case CONTROL_STORAGE ... CONTROL_STORAGE_RESUME:
		return sizeof(struct control_storage);
	case CONTROL_NETWORK ... CONTROL_NETWORK_CABLE:
		return sizeof(struct control_network);
	case CONTROL_SCREENSHOT:
		return sizeof(struct control_screenshot);
	case CONTROL_SCREEN:
		return sizeof(struct control_screen);
	default:
		return sizeof(struct control_reply);
	}
}

/* A worker is no friend: what it says is looked at. */
static int judge(const void *request, const void *reply, size_t size)
{
	const struct control_request *asked = request;
	const struct control_reply *said = reply;

	if (said->magic != CONTROL_MAGIC || said->version != CONTROL_VERSION ||
	    said->type != asked->type || said->error > 0)
		return 1;
	if (size != reply_size(said->type) &&
	    (!said->error || size != sizeof(*said)))
		return 1;
	return said->error;
}

static const struct dialogue_kind kind = {
	.least = sizeof(struct control_reply),
	.most = sizeof(union control_any),
	.patience = 5 * TIMERS_SECOND,
	.wrong = -EPROTO,
	.judge = judge,
};

int link_init(struct dialogue *link, struct events *events,
	struct timers *timers, int socket)
{
	return dialogue_init(link, &kind, events, timers, socket);
}

int link_ask(struct dialogue *link, const struct control_request *request,
	size_t size, struct parcel *parcel, dialogue_done *done, void *context)
{
	return dialogue_ask(link, request, size, parcel, done, context);
}

int link_say(struct dialogue *link, enum control_type type, uint32_t argument,
	dialogue_done *done, void *context)
{
	const struct control_request request = { CONTROL_MAGIC,
		CONTROL_VERSION, type, argument };

	return link_ask(link, &request, sizeof(request), NULL, done, context);
}
