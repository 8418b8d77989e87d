/* StorVSP: the SCSI controller of a VM. docs/storage.md */
/* SPDX-License-Identifier: MIT */
#include "storage/storvsp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "say.h"
#include "storage/packet.h"
#include "storage/state.h"

void storvsp_ended(struct storvsp *storvsp)
{
	if (atomic_fetch_sub(&storvsp->working, 1) != 1)
		return;
	/* Who waits has made it critical before it looked. */
	pthread_mutex_lock(&storvsp->lock);
	if (storvsp->critical.is)
		pthread_cond_broadcast(&storvsp->idle);
	pthread_mutex_unlock(&storvsp->lock);
}

void storvsp_wake(struct storvsp *storvsp)
{
	unsigned int i;

	for (i = 0; i < storvsp->count; i++)
		queue_wake(&storvsp->queues[i]);
	if (storvsp->woken)
		storvsp->woken(storvsp->context);
}

/* The guest is told by the first channel's thread, the others let files go. */
void storvsp_changed(struct storvsp *storvsp)
{
	atomic_store(&storvsp->changed, true);
	storvsp_wake(storvsp);
}

void storvsp_tell(struct storvsp *storvsp, struct queue *queue)
{
	struct packet packet = { .type = PACKET_IN_BAND };
	struct vstor_packet body = { .operation = VSTOR_ENUMERATE_BUS };

	if (queue->index || storvsp->state != STORVSP_READY ||
	    !atomic_load(&storvsp->changed))
		return;
	if (!channel_send(&queue->channel, &packet, &body, sizeof(body)))
		atomic_store(&storvsp->changed, false);
}

/* The others are nothing without the first. While the guest's connection ends
 * VMBus takes them all. */
static void close_others(struct storvsp *storvsp)
{
	unsigned int i;

	for (i = 1; i < storvsp->count; i++)
		if (storvsp->vmbus->connected)
			vmbus_rescind(&storvsp->queues[i].channel);
		else
			storvsp->queues[i].channel.present = false;
}

static void closed(struct storvsp *storvsp)
{
	unsigned int lun;

	storvsp->state = STORVSP_CLOSED;
	storvsp->version = 0;
	pthread_mutex_lock(&storvsp->lock);
	for (lun = 0; lun < STORVSP_LUNS; lun++)
		drive_reset(&storvsp->drives[lun]);
	pthread_mutex_unlock(&storvsp->lock);
	close_others(storvsp);
}

static int channel_opened(struct channel *channel)
{
	struct queue *queue = (struct queue *)channel;

	if (!queue->index)
		queue->storvsp->state = STORVSP_BEGIN;
	return 0;
}

static void channel_closed(struct channel *channel)
{
	struct queue *queue = (struct queue *)channel;

	queue_stop(queue);
	queue_drop(queue);
	queue_go(queue);
	if (!queue->index)
		closed(queue->storvsp);
}

static bool channel_signal(struct channel *channel)
{
	return queue_receive((struct queue *)channel);
}

static const struct channel_ops channel_ops = {
	.open = channel_opened,
	.close = channel_closed,
	.signal = channel_signal,
	.save = state_save,
	.load = state_load,
};

static const struct vmbus_names {
	struct guid type, instance;
} scsi_names = {
	{ 0xba6163d9, 0x04a1, 0x4d29,
		{ 0xb6, 0x05, 0x72, 0xe2, 0xff, 0xb1, 0xdc, 0x7f } },
	{ 0x6c1b2d3e, 0x58f0, 0x4c6a,
		{ 0x9d, 0x27, 0x1f, 0x83, 0x0a, 0x5e, 0xc4, 0x71 } },
};
/* The instance tells channel and device, which guests take for the target
 * (drivers/scsi/storvsc_drv.c). */
static const struct vmbus_names ide_names = {
	{ 0x32412632, 0x86cb, 0x44a2,
		{ 0x9b, 0x5c, 0x50, 0xd1, 0x41, 0x73, 0x54, 0xf5 } },
	{ 0, 0, 0x8899, { 0 } },
};

static int offer(struct storvsp *storvsp, const struct vmbus_names *names,
	unsigned int index)
{
	struct channel *channel = &storvsp->queues[index].channel;
	int error = queue_init(&storvsp->queues[index], storvsp, index);

	if (error) {
		say("cannot make an io_uring for a SCSI channel: %s",
			strerror(-error));
		return error;
	}
	storvsp->count = index + 1;
	channel->ops = &channel_ops;
	channel->present = !index;
	channel->offer = (struct channel_offer){
		.type = names->type,
		.instance = names->instance,
		.flags = VMBUS_OFFER_ENUMERATE,
		.subchannel = index,
	};
	error = vmbus_add(storvsp->vmbus, channel);
	if (!error && storvsp->threads)
		error = queue_run(&storvsp->queues[index]);
	else if (!error)
		error = queue_enable(&storvsp->queues[index]);
	return error;
}

static int init(struct storvsp *storvsp, struct vmbus *vmbus,
	pthread_mutex_t *device_lock, unsigned int count, bool threads)
{
	memset(storvsp, 0, sizeof(*storvsp));
	storvsp->device_lock = device_lock;
	storvsp->vmbus = vmbus;
	storvsp->threads = threads;
	pthread_mutex_init(&storvsp->lock, NULL);
	pthread_cond_init(&storvsp->idle, NULL);
	if (count)
		storvsp->queues = calloc(count, sizeof(*storvsp->queues));
	return count && !storvsp->queues ? -ENOMEM : 0;
}

int storvsp_init(struct storvsp *storvsp, struct vmbus *vmbus,
	pthread_mutex_t *device_lock, unsigned int processors, bool threads)
{
	unsigned int count = processors < STORVSP_QUEUES ?
		processors : STORVSP_QUEUES, i;
	int error = init(storvsp, vmbus, device_lock, count, threads);

	for (i = 0; i < count && !error; i++)
		error = offer(storvsp, &scsi_names, i);
	return error;
}

int storvsp_init_ide(struct storvsp *storvsp, struct vmbus *vmbus,
	pthread_mutex_t *device_lock, unsigned int place, bool threads)
{
	struct vmbus_names names = ide_names;
	int error = init(storvsp, vmbus, device_lock, vmbus ? 1 : 0, threads);

	storvsp->target = place % 2;
	storvsp->first_id = STORVSP_IDE_ID + place;
	names.instance.a = place / 2;
	names.instance.b = place % 2;
	return error || !vmbus ? error : offer(storvsp, &names, 0);
}

void storvsp_exit(struct storvsp *storvsp)
{
	unsigned int i;

	for (i = 0; i < storvsp->count; i++)
		queue_exit(&storvsp->queues[i]);
	for (i = 0; i < STORVSP_LUNS; i++)
		if (storvsp->drives[i].image)
			image_put(storvsp->drives[i].image);
	free(storvsp->queues);
	pthread_cond_destroy(&storvsp->idle);
	pthread_mutex_destroy(&storvsp->lock);
}

void storvsp_pause(struct storvsp *storvsp)
{
	unsigned int i;

	if (storvsp->paused)
		return;
	storvsp->paused = true;
	for (i = 0; i < storvsp->count; i++)
		queue_stop(&storvsp->queues[i]);
}

void storvsp_go(struct storvsp *storvsp)
{
	unsigned int i;

	if (!storvsp->paused)
		return;
	storvsp->paused = false;
	for (i = 0; i < storvsp->count; i++)
		queue_go(&storvsp->queues[i]);
}
