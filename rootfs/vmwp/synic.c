/* VMBus' way to a guest: message slots, event flags, doorbells. */
/* SPDX-License-Identifier: MIT */
#include "synic.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "dsdt.h"
#include "mshv.h"
#include "order.h"
#include "say.h"
#include "vm.h"
#include "vp.h"

/* A full slot becomes empty by the guest's EOM, of which the hypervisor gives
 * notice. That needs no look at it; this one is for the case that it cannot. */
#define RETRY	100000000ull	/* ns */

_Static_assert(DSDT_BELLS_SIZE >=
	8 * (VMBUS_FIRST_CONNECTION + VMBUS_CHANNELS_MAX + 1), "window");

static void wait_for_room(struct synic *synic, uint32_t vp, unsigned int sint)
{
	struct vm *vm = synic->vm;

	order(&vm->vps[vp], 1ull << (HV_DELIVERABILITY_SINTS + sint));
	events_timer_set(synic->retry.fd, events_now() + RETRY);
}

static int post(void *context, uint32_t vp, unsigned int sint,
	const void *bytes, uint32_t size)
{
	struct synic *synic = context;
	int error = mshv_post_message(synic->vm->partition, vp, sint,
		VMBUS_MESSAGE_TYPE, bytes, size);

	if (!error || mshv_status() != HV_STATUS_INSUFFICIENT_BUFFERS)
		return error;
	wait_for_room(synic, vp, sint);
	return -EAGAIN;
}

static void give_signal(void *context, uint32_t vp, unsigned int sint,
	uint32_t flag)
{
	struct synic *synic = context;

	if (mshv_signal_event(synic->vm->partition, vp, sint, flag))
		say_limited("processor %u was not told of VMBus channel %u "
			"(hypervisor status 0x%x)", vp, flag, mshv_status());
}

static void retry_ready(struct event *event, uint32_t events)
{
	struct synic *synic = event->context;

	(void)events;
	events_drain(event->fd);
	pthread_mutex_lock(&synic->vm->lock);
	vmbus_room(synic->vmbus);
	pthread_mutex_unlock(&synic->vm->lock);
}

static void bell_ready(struct event *event, uint32_t events)
{
	struct bell *bell = event->context;
	struct synic *synic = bell->channel->vmbus->context;
	uint64_t one = 1;
	bool more;

	(void)events;
	events_drain(event->fd);
	pthread_mutex_lock(&synic->vm->lock);
	more = channel_rang(bell->channel);
	pthread_mutex_unlock(&synic->vm->lock);
	/* Others get their turn in between. */
	if (more && write(event->fd, &one, sizeof(one)) < 0)
		say_limited("cannot ring: %d", errno);
}

static int hang(struct synic *synic, struct bell *bell, uint32_t connection)
{
	struct vm *vm = synic->vm;
	int error = mshv_add_bell(vm->partition,
		DSDT_BELLS + 8ull * connection, bell->event.fd);

	if (!error)
		error = events_watch(&vm->events, &bell->event, EPOLLIN);
	return error;
}

/* The driver keeps the eventfd until the partition's end: taking a doorbell
 * away waits for all processors, with the partition locked. */
static int add_bell(
	void *context, struct channel *channel, uint32_t connection)
{
	struct synic *synic = context;
	struct bell *bell;
	int error;

	if (channel->bell)
		return mshv_add_bell(synic->vm->partition,
			DSDT_BELLS + 8ull * connection, channel->bell);
	bell = calloc(1, sizeof(*bell));
	if (!bell)
		return -ENOMEM;
	bell->channel = channel;
	bell->event = (struct event){
		.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.ready = bell_ready,
		.context = bell,
	};
	error = bell->event.fd < 0 ? -errno : hang(synic, bell, connection);
	if (error) {
		if (bell->event.fd >= 0)
			close(bell->event.fd);
		free(bell);
		return error;
	}
	bell->next = synic->bells;
	synic->bells = bell;
	return 0;
}

const struct vmbus_host synic_host = {
	.post = post,
	.signal = give_signal,
	.bell = add_bell,
};

/* Without window and intercept the guest's calls fail, and its VMBus stays
 * away; the rest of the machine is whole. */
int synic_init(struct synic *synic, struct vm *vm, struct vmbus *vmbus)
{
	*synic = (struct synic){ .vm = vm, .vmbus = vmbus };
	if (mshv_set_property(vm->partition, HV_PROPERTY_DOORBELL_WINDOW,
		DSDT_BELLS) || mshv_take_connections(vm->partition))
		return -EOPNOTSUPP;
	synic->retry = (struct event){
		.fd = events_timer(), .ready = retry_ready, .context = synic,
	};
	if (synic->retry.fd < 0)
		return synic->retry.fd;
	return events_watch(&vm->events, &synic->retry, EPOLLIN);
}

static void forget(struct synic *synic, struct event *event)
{
	int fd = event->fd;

	events_forget(&synic->vm->events, event);
	if (fd >= 0)
		close(fd);
}

void synic_exit(struct synic *synic)
{
	struct bell *bell;

	while ((bell = synic->bells)) {
		synic->bells = bell->next;
		forget(synic, &bell->event);
		free(bell);
	}
	forget(synic, &synic->retry);
}
