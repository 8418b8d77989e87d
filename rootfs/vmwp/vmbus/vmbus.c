/* VMBus: the connection with a guest and the channels on it. docs/vmbus.md */
/* SPDX-License-Identifier: MIT */
#include "vmbus/vmbus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "say.h"
#include "vmbus/connection.h"

struct channel *vmbus_channel(const struct vmbus *vmbus, uint32_t relid)
{
	if (relid - 1 >= vmbus->count)
		return NULL;
	return vmbus->channels[relid - 1];
}

bool vmbus_waits(const struct vmbus *vmbus)
{
	return vmbus->outbox.count;
}

/* The slot holds one message; the others wait here. */
void vmbus_room(struct vmbus *vmbus)
{
	const struct letter *letter;
	int error;

	while ((letter = vmbus->outbox.first)) {
		error = vmbus->host->post(vmbus->context, vmbus->vp,
			vmbus->sint, letter->bytes, letter->size);
		if (error == -EAGAIN)
			return;
		if (error)
			say_limited("a VMBus message for processor %u is "
				"lost: %s", vmbus->vp, strerror(-error));
		outbox_drop(&vmbus->outbox);
	}
}

void vmbus_send(struct vmbus *vmbus, const void *bytes, uint32_t size)
{
	bool first = !vmbus->outbox.count;

	if (outbox_add(&vmbus->outbox, bytes, size)) {
		say_limited("no memory for a VMBus message");
		return;
	}
	if (first)
		vmbus_room(vmbus);
}

void vmbus_put(struct vmbus *vmbus, struct gpadl *gpadl)
{
	struct vmbus_gpadl_torndown torndown = {
		.header.type = VMBUS_GPADL_TORNDOWN,
		.gpadl = gpadl->id,
	};

	if (gpadl_put(&vmbus->gpadls, gpadl) && vmbus->connected)
		vmbus_send(vmbus, &torndown, sizeof(torndown));
}

void vmbus_disconnect(struct vmbus *vmbus)
{
	uint32_t i;

	vmbus->connected = false;
	vmbus->requested = false;
	vmbus->version = 0;
	for (i = 0; i < vmbus->count; i++)
		channel_leave(vmbus->channels[i], CHANNEL_HIDDEN);
	gpadls_drop(&vmbus->gpadls, 0);
	/* Whoever is there now does not know what these are about. */
	outbox_clear(&vmbus->outbox);
}

int vmbus_add(struct vmbus *vmbus, struct channel *channel)
{
	struct channel **channels;
	uint32_t relid = vmbus->count + 1;
	int error;

	if (vmbus->count == VMBUS_CHANNELS_MAX)
		return -ENOSPC;
	channels = reallocarray(
		vmbus->channels, relid, sizeof(*vmbus->channels));
	if (!channels)
		return -ENOMEM;
	vmbus->channels = channels;
	channel->vmbus = vmbus;
	channel->relid = relid;
	channel->state = CHANNEL_HIDDEN;
	error = vmbus->host->bell(vmbus->context, channel,
		VMBUS_FIRST_CONNECTION + relid);
	if (error)
		return error;
	channels[vmbus->count++] = channel;
	if (channel->present)
		vmbus_offer(channel);
	return 0;
}

static void vmbus_reset(struct device *device)
{
	struct vmbus *vmbus = (struct vmbus *)device;

	vmbus_disconnect(vmbus);
	vmbus->vp = 0;
	vmbus->sint = VMBUS_SINT;
}

static void vmbus_save(const struct device *device, struct stream *to)
{
	const struct vmbus *vmbus = (const struct vmbus *)device;
	uint32_t i;

	stream_put(to, vmbus->connected, 1);
	stream_put(to, vmbus->requested, 1);
	stream_put(to, vmbus->version, 4);
	stream_put(to, vmbus->vp, 4);
	stream_put(to, vmbus->sint, 1);
	gpadls_save(&vmbus->gpadls, to);
	outbox_save(&vmbus->outbox, to);
	stream_put(to, vmbus->count, 4);
	for (i = 0; i < vmbus->count; i++)
		channel_save(vmbus->channels[i], to);
}

static bool load_connection(struct vmbus *vmbus, struct stream *from)
{
	uint32_t connected = stream_get(from, 1);
	uint32_t requested = stream_get(from, 1);

	vmbus->version = stream_get(from, 4);
	vmbus->vp = stream_get(from, 4);
	vmbus->sint = stream_get(from, 1);
	vmbus->connected = connected;
	vmbus->requested = requested;
	if (from->failed || connected > 1 || requested > connected ||
	    vmbus->vp >= vmbus->vps || !connection_sint_good(vmbus->sint))
		return false;
	return connected ? connection_version_good(vmbus->version) :
		!vmbus->version;
}

/* A guest that is not connected has nothing, and who has not asked was told
 * of nothing. A list that was torn down is there only for its user. */
static bool agrees(const struct vmbus *vmbus)
{
	const struct gpadl *gpadl;
	uint32_t i;

	for (gpadl = vmbus->gpadls.first; gpadl; gpadl = gpadl->next)
		if (!vmbus->requested ||
		    !vmbus_channel(vmbus, gpadl->relid) ||
		    (gpadl->state == GPADL_LEAVING && !gpadl->users))
			return false;
	for (i = 0; i < vmbus->count; i++)
		if (vmbus->channels[i]->state != CHANNEL_HIDDEN &&
		    !vmbus->requested)
			return false;
	return true;
}

static int load_all(struct vmbus *vmbus, struct stream *from)
{
	uint32_t i;
	int error;

	if (!load_connection(vmbus, from))
		return -EINVAL;
	error = gpadls_load(&vmbus->gpadls, from);
	if (!error)
		error = outbox_load(&vmbus->outbox, from);
	if (!error && stream_get(from, 4) != vmbus->count)
		error = -EINVAL;
	for (i = 0; i < vmbus->count && !error; i++)
		error = channel_load(vmbus->channels[i], from);
	return !error && agrees(vmbus) ? 0 : -EINVAL;
}

/* The rooms of both sides may have changed: everybody looks once. */
static int vmbus_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct vmbus *vmbus = (struct vmbus *)device;

	vmbus_reset(device);
	if (version == device->ops->version && !load_all(vmbus, from))
		return 0;
	vmbus_reset(device);
	return -EINVAL;
}

static void vmbus_exit(struct device *device)
{
	struct vmbus *vmbus = (struct vmbus *)device;

	vmbus_disconnect(vmbus);
	free(vmbus->channels);
	vmbus->channels = NULL;
	vmbus->count = 0;
}

static const struct device_ops vmbus_ops = {
	.name = "vmbus",
	.version = 1,
	.reset = vmbus_reset,
	.save = vmbus_save,
	.load = vmbus_load,
	.exit = vmbus_exit,
};

int vmbus_init(struct vmbus *vmbus, const struct ram *ram, uint32_t vps,
	const struct vmbus_host *host, void *context)
{
	memset(vmbus, 0, sizeof(*vmbus));
	vmbus->device.ops = &vmbus_ops;
	vmbus->ram = ram;
	vmbus->host = host;
	vmbus->context = context;
	vmbus->vps = vps;
	gpadls_init(&vmbus->gpadls, ram);
	outbox_init(&vmbus->outbox);
	vmbus_reset(&vmbus->device);
	return 0;
}
