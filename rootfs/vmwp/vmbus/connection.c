/* VMBus: what a guest's messages do. */
/* SPDX-License-Identifier: MIT */
#include "vmbus/connection.h"

#include <errno.h>
#include <string.h>

#include "hv.h"
#include "say.h"
#include "vmbus/vmbus.h"

/* A guest that does not take its answers asks again later. */
#define OUTBOX_MOST	64u

bool connection_version_good(uint32_t version)
{
	switch (version) {
	case VMBUS_VERSION_3_0:
	case VMBUS_VERSION_4_0:
	case VMBUS_VERSION_4_1:
	case VMBUS_VERSION_5_0:
	case VMBUS_VERSION_5_1:
	case VMBUS_VERSION_5_2:
	case VMBUS_VERSION_5_3:
		return true;
	default:
		return false;
	}
}

/* SINT 0 is the hypervisor's own. */
bool connection_sint_good(unsigned int sint)
{
	return sint > 0 && sint < 16;
}

static void send_offer(struct channel *channel)
{
	struct vmbus_offer offer = {
		.header.type = VMBUS_OFFER,
		.type = channel->offer.type,
		.instance = channel->offer.instance,
		.flags = channel->offer.flags,
		.mmio_megabytes = channel->offer.mmio_megabytes,
		.subchannel = channel->offer.subchannel,
		.relid = channel->relid,
		.dedicated = 1,
		.connection = VMBUS_FIRST_CONNECTION + channel->relid,
	};

	memcpy(offer.user, channel->offer.user, sizeof(offer.user));
	channel->state = CHANNEL_CLOSED;
	vmbus_send(channel->vmbus, &offer, sizeof(offer));
}

void vmbus_offer(struct channel *channel)
{
	channel->present = true;
	/* A revoked one comes again when the guest has let it go. */
	if (channel->vmbus->requested && channel->state == CHANNEL_HIDDEN)
		send_offer(channel);
}

void vmbus_rescind(struct channel *channel)
{
	struct vmbus_relid rescind = {
		.header.type = VMBUS_RESCIND,
		.relid = channel->relid,
	};

	channel->present = false;
	if (channel->state == CHANNEL_HIDDEN ||
	    channel->state == CHANNEL_REVOKED)
		return;
	channel_leave(channel, CHANNEL_REVOKED);
	vmbus_send(channel->vmbus, &rescind, sizeof(rescind));
}

/* Who makes contact anew has forgotten what was before: a kernel that another
 * one has started after a crash. */
static void initiate_contact(struct vmbus *vmbus, const void *bytes)
{
	const struct vmbus_initiate_contact *contact = bytes;
	bool new = contact->version >= VMBUS_VERSION_5_0;
	unsigned int sint = new ? contact->sint : VMBUS_SINT;
	struct vmbus_version_response response = {
		.header.type = VMBUS_VERSION_RESPONSE,
	};
	bool answers = contact->vp < vmbus->vps && connection_sint_good(sint);

	vmbus_disconnect(vmbus);
	vmbus->vp = answers ? contact->vp : 0;
	vmbus->sint = answers ? sint : VMBUS_SINT;
	if (answers && connection_version_good(contact->version) &&
	    !(new && contact->vtl)) {
		vmbus->connected = true;
		vmbus->version = contact->version;
		response.supported = 1;
		response.selected = new ?
			VMBUS_CONNECTION_5 : contact->version;
	}
	vmbus_send(vmbus, &response, sizeof(response));
}

static void unload(struct vmbus *vmbus, const void *bytes)
{
	struct vmbus_header response = { .type = VMBUS_UNLOAD_RESPONSE };

	(void)bytes;
	vmbus_disconnect(vmbus);
	vmbus_send(vmbus, &response, sizeof(response));
}

static void request_offers(struct vmbus *vmbus, const void *bytes)
{
	struct vmbus_header delivered = { .type = VMBUS_OFFERS_DELIVERED };
	uint32_t i;

	(void)bytes;
	if (vmbus->requested)
		return;
	vmbus->requested = true;
	for (i = 0; i < vmbus->count; i++)
		if (vmbus->channels[i]->present)
			send_offer(vmbus->channels[i]);
	vmbus_send(vmbus, &delivered, sizeof(delivered));
}

/* The channel of that relid, if the guest has it. */
static struct channel *known(const struct vmbus *vmbus, uint32_t relid)
{
	struct channel *channel = vmbus_channel(vmbus, relid);

	return channel && channel->state != CHANNEL_HIDDEN ? channel : NULL;
}

static bool vp_good(const struct vmbus *vmbus, uint32_t vp)
{
	return vp < vmbus->vps;
}

static int try_open(struct vmbus *vmbus, struct channel *channel,
	const struct vmbus_open *open)
{
	struct gpadl *gpadl;

	if (!channel || channel->state != CHANNEL_CLOSED)
		return -EINVAL;
	if (!vp_good(vmbus, open->vp) && open->vp != VMBUS_NO_VP)
		return -EINVAL;
	gpadl = gpadl_find(&vmbus->gpadls, open->relid, open->gpadl);
	if (!gpadl || gpadl->state != GPADL_READY)
		return -EINVAL;
	return channel_open(channel, gpadl, open);
}

/* Of a rescinded channel the guest hears nothing more but that. */
static void open_channel(struct vmbus *vmbus, const void *bytes)
{
	const struct vmbus_open *open = bytes;
	struct channel *channel = known(vmbus, open->relid);
	struct vmbus_open_result result = {
		.header.type = VMBUS_OPEN_RESULT,
		.relid = open->relid,
		.id = open->id,
		.status = VMBUS_BAD,
	};

	if (channel && channel->state == CHANNEL_REVOKED)
		return;
	if (!try_open(vmbus, channel, open))
		result.status = VMBUS_GOOD;
	vmbus_send(vmbus, &result, sizeof(result));
	if (!result.status && channel->ops->start)
		channel->ops->start(channel);
}

static void close_channel(struct vmbus *vmbus, const void *bytes)
{
	const struct vmbus_relid *close = bytes;
	struct channel *channel = known(vmbus, close->relid);

	if (channel && channel->state == CHANNEL_OPEN)
		channel_leave(channel, CHANNEL_CLOSED);
}

static void gpadl_answer(struct vmbus *vmbus, uint32_t relid, uint32_t id,
	uint32_t status)
{
	struct vmbus_gpadl_created created = {
		.header.type = VMBUS_GPADL_CREATED,
		.relid = relid,
		.gpadl = id,
		.status = status,
	};

	vmbus_send(vmbus, &created, sizeof(created));
}

/* Also for a rescinded channel: its driver does not know yet, and waits. */
static void gpadl_header(
	struct vmbus *vmbus, const void *bytes, uint32_t size)
{
	const struct vmbus_gpadl_header *header = bytes;
	struct gpadl_form form = {
		.id = header->gpadl,
		.relid = header->relid,
		.bytes = header->bytes,
		.ranges = header->ranges,
	};
	struct gpadl *gpadl = NULL;
	int error = -EINVAL;

	if (known(vmbus, header->relid))
		error = gpadl_create(&vmbus->gpadls, &form, header + 1,
			size - sizeof(*header), &gpadl);
	if (error)
		gpadl_answer(vmbus, form.relid, form.id, VMBUS_BAD);
	else if (gpadl->state == GPADL_READY)
		gpadl_answer(vmbus, form.relid, form.id, VMBUS_GOOD);
}

/* It does not say of which channel; without a list nobody can be told. */
static void gpadl_body(
	struct vmbus *vmbus, const void *bytes, uint32_t size)
{
	const struct vmbus_gpadl_body *body = bytes;
	struct gpadl *gpadl = gpadl_filling(&vmbus->gpadls, body->gpadl);
	uint32_t relid;

	if (!gpadl)
		return;
	relid = gpadl->relid;
	if (gpadl_fill(&vmbus->gpadls, gpadl, body + 1, size - sizeof(*body)))
		gpadl_answer(vmbus, relid, body->gpadl, VMBUS_BAD);
	else if (gpadl->state == GPADL_READY)
		gpadl_answer(vmbus, relid, body->gpadl, VMBUS_GOOD);
}

/* While a device uses it the answer waits, as the pages are not the guest's
 * alone yet. */
static void gpadl_teardown(struct vmbus *vmbus, const void *bytes)
{
	const struct vmbus_gpadl_teardown *teardown = bytes;
	struct gpadl *gpadl = gpadl_find(
		&vmbus->gpadls, teardown->relid, teardown->gpadl);

	if (!gpadl || gpadl->state != GPADL_READY)
		return;
	gpadl->state = GPADL_LEAVING;
	gpadl_take(gpadl);
	vmbus_put(vmbus, gpadl);
}

static void relid_released(struct vmbus *vmbus, const void *bytes)
{
	const struct vmbus_relid *released = bytes;
	struct channel *channel = known(vmbus, released->relid);
	bool revoked;

	if (!channel || channel->state == CHANNEL_OPEN)
		return;
	revoked = channel->state == CHANNEL_REVOKED;
	gpadls_drop(&vmbus->gpadls, channel->relid);
	channel_leave(channel, CHANNEL_HIDDEN);
	/* One that the guest did not want is not forced upon it. */
	if (revoked && channel->present)
		send_offer(channel);
}

static void modify(struct vmbus *vmbus, const void *bytes)
{
	const struct vmbus_modify *modify = bytes;
	struct channel *channel = known(vmbus, modify->relid);
	struct vmbus_modify_response response = {
		.header.type = VMBUS_MODIFY_RESPONSE,
		.relid = modify->relid,
		.status = VMBUS_BAD,
	};

	if (channel && channel->state == CHANNEL_OPEN &&
	    channel->vp != VMBUS_NO_VP && vp_good(vmbus, modify->vp)) {
		channel->vp = modify->vp;
		response.status = VMBUS_GOOD;
	}
	if (vmbus->version >= VMBUS_VERSION_5_3)
		vmbus_send(vmbus, &response, sizeof(response));
}

/* What is needed: bytes, and the version; 0: also without a connection. urgent:
 * nothing that was to be said before matters any more. */
static const struct message {
	uint32_t least, version;
	bool urgent;
	void (*act)(struct vmbus *vmbus, const void *bytes);
	void (*act_sized)(
		struct vmbus *vmbus, const void *bytes, uint32_t size);
} messages[VMBUS_TYPES] = {
	[VMBUS_INITIATE_CONTACT] = { sizeof(struct vmbus_initiate_contact), 0,
		.act = initiate_contact, .urgent = true },
	[VMBUS_UNLOAD] = { sizeof(struct vmbus_header), 1, .act = unload,
		.urgent = true },
	[VMBUS_REQUEST_OFFERS] = { sizeof(struct vmbus_header), 1,
		.act = request_offers },
	[VMBUS_OPEN] = { sizeof(struct vmbus_open), 1, .act = open_channel },
	[VMBUS_CLOSE] = { sizeof(struct vmbus_relid), 1,
		.act = close_channel },
	[VMBUS_GPADL_HEADER] = { sizeof(struct vmbus_gpadl_header), 1,
		.act_sized = gpadl_header },
	[VMBUS_GPADL_BODY] = { sizeof(struct vmbus_gpadl_body), 1,
		.act_sized = gpadl_body },
	[VMBUS_GPADL_TEARDOWN] = { sizeof(struct vmbus_gpadl_teardown), 1,
		.act = gpadl_teardown },
	[VMBUS_RELID_RELEASED] = { sizeof(struct vmbus_relid), 1,
		.act = relid_released },
	[VMBUS_MODIFY] = { sizeof(struct vmbus_modify), VMBUS_VERSION_4_1,
		.act = modify },
};

static const struct message *message_for(
	const struct vmbus *vmbus, const void *bytes, uint32_t size)
{
	const struct vmbus_header *header = bytes;
	const struct message *message;

	if (size < sizeof(*header) || header->type >= VMBUS_TYPES)
		return NULL;
	message = &messages[header->type];
	if (!message->least || size < message->least ||
	    vmbus->version < message->version)
		return NULL;
	return message;
}

static uint16_t obey(struct vmbus *vmbus, const void *bytes, uint32_t size)
{
	const struct message *message = message_for(vmbus, bytes, size);

	if (!message) {
		say_limited("a VMBus message of %u bytes means nothing",
			size);
		return HV_STATUS_SUCCESS;
	}
	if (!message->urgent && vmbus->outbox.count >= OUTBOX_MOST)
		return HV_STATUS_INSUFFICIENT_BUFFERS;
	if (message->act)
		message->act(vmbus, bytes);
	else
		message->act_sized(vmbus, bytes, size);
	return HV_STATUS_SUCCESS;
}

uint16_t vmbus_message(struct vmbus *vmbus, uint32_t connection,
	const void *bytes, uint32_t size)
{
	uint64_t copy[VMBUS_MESSAGE_MAX / 8] = { 0 };

	if (connection != VMBUS_CONNECTION &&
	    connection != VMBUS_CONNECTION_5)
		return HV_STATUS_INVALID_CONNECTION_ID;
	if (size > sizeof(copy))
		return HV_STATUS_INVALID_PARAMETER;
	memcpy(copy, bytes, size);
	return obey(vmbus, copy, size);
}
