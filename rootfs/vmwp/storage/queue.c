/* A queue: a channel of the controller, its thread and its io_uring. */
/* SPDX-License-Identifier: MIT */
#include "storage/queue.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "filter.h"
#include "say.h"
#include "storage/packet.h"
#include "storage/storvsp.h"
#include "storage/uring.h"

/* Each request has one entry at most, and so do bell and call. */
#define ENTRIES		(2 * QUEUE_DEPTH)
#define BELL		QUEUE_FILES	/* of the registered files */
#define WAKE		(QUEUE_FILES + 1)
#define FILES		(QUEUE_FILES + 2)
/* With so many in the kernel one comes back soon enough to look then. */
#define POLL_DEPTH	8u

#define TAG_BELL	1u		/* no addresses of requests */
#define TAG_WAKE	2u

struct request *queue_slot(struct queue *queue)
{
	struct request *request = queue->free;

	if (request)
		queue->free = request->next;
	else if (queue->used < QUEUE_DEPTH)
		request = &queue->requests[queue->used++];
	if (request)
		request->queue = queue;
	return request;
}

void queue_free(struct queue *queue, struct request *request)
{
	request->next = queue->free;
	queue->free = request;
}

void queue_start_later(struct queue *queue, struct request *request)
{
	request->serial = lun_disk(queue->storvsp, request->packet.srb.lun);
	queue_again(queue, request);
}

void queue_again(struct queue *queue, struct request *request)
{
	list_add(&queue->fresh, request);
	queue->waiting++;
}

void queue_keep(struct queue *queue, struct request *request)
{
	list_add(&queue->kept, request);
}

void queue_answer(struct queue *queue, struct request *request)
{
	list_add(&queue->done, request);
}

void queue_drop(struct queue *queue)
{
	struct request *request;

	list_append(&queue->done, &queue->kept);
	list_append(&queue->done, &queue->fresh);
	while ((request = list_take(&queue->done)))
		queue_free(queue, request);
	queue->waiting = 0;
	queue->full = queue->stuck = queue->masked = false;
}

/* There is always room: see ENTRIES. */
static struct io_uring_sqe *entry(struct queue *queue)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&queue->ring);

	if (!sqe) {
		say("the queue of a SCSI channel is full");
		abort();
	}
	return sqe;
}

static void hand_over(struct queue *queue, struct request *request,
	struct io_uring_sqe *sqe)
{
	io_uring_sqe_set_flags(sqe, IOSQE_FIXED_FILE);
	io_uring_sqe_set_data(sqe, request);
	queue->busy[request->packet.srb.lun]++;
	queue->in_kernel++;
}

void queue_read(struct queue *queue, struct request *request, uint64_t offset,
	uint32_t size)
{
	struct io_uring_sqe *sqe = entry(queue);
	unsigned int count = shared_parts(request->pages,
		request->offset + request->done, size, request->parts);

	io_uring_prep_readv(sqe, request->packet.srb.lun, request->parts,
		count, offset);
	hand_over(queue, request, sqe);
}

void queue_write(struct queue *queue, struct request *request, uint64_t offset,
	uint32_t size)
{
	struct io_uring_sqe *sqe = entry(queue);
	unsigned int count = shared_parts(request->pages,
		request->offset + request->done, size, request->parts);

	io_uring_prep_writev(sqe, request->packet.srb.lun, request->parts,
		count, offset);
	hand_over(queue, request, sqe);
}

void queue_sync(struct queue *queue, struct request *request, uint64_t offset,
	uint32_t size)
{
	struct io_uring_sqe *sqe = entry(queue);

	io_uring_prep_fsync(sqe, request->packet.srb.lun,
		IORING_FSYNC_DATASYNC);
	sqe->off = offset;
	sqe->len = size;
	hand_over(queue, request, sqe);
}

static int set_file(struct queue *queue, unsigned int lun, int fd,
	uint64_t serial)
{
	int result;

	/* What was prepared means the file of before. */
	io_uring_submit(&queue->ring);
	result = io_uring_register_files_update(&queue->ring, lun, &fd, 1);
	if (result != 1)
		return result < 0 ? result : -EIO;
	queue->file[lun] = serial;
	return 1;
}

/* Another image's requests still use the place: it is not taken from them, as
 * the kernel looks who is there when it begins. */
int queue_set_file(struct queue *queue, unsigned int lun,
	const struct image *image)
{
	if (queue->file[lun] == image->serial)
		return 1;
	if (queue->busy[lun])
		return 0;
	return set_file(queue, lun, image->file.fd, image->serial);
}

/* Files of images that went are let go: else they would never be closed. */
static void drop_stale(struct queue *queue)
{
	uint64_t now[QUEUE_FILES];
	unsigned int lun;

	lun_serials(queue->storvsp, now);
	queue->stale = false;
	for (lun = 0; lun < QUEUE_FILES; lun++) {
		if (!queue->file[lun] || queue->file[lun] == now[lun])
			continue;
		if (queue->busy[lun] || set_file(queue, lun, -1, 0) < 0)
			queue->stale = true;
	}
}

/* Each ring of an eventfd is an event; nobody reads what it counts. */
static void arm_one(struct queue *queue, bool *armed, unsigned int file,
	uint64_t tag)
{
	struct io_uring_sqe *sqe;

	if (*armed)
		return;
	sqe = entry(queue);
	io_uring_prep_poll_multishot(sqe, file, POLLIN);
	io_uring_sqe_set_flags(sqe, IOSQE_FIXED_FILE);
	sqe->user_data = tag;
	*armed = true;
}

static void arm(struct queue *queue)
{
	arm_one(queue, &queue->bell_armed, BELL, TAG_BELL);
	arm_one(queue, &queue->wake_armed, WAKE, TAG_WAKE);
}

/* Somebody has changed something: it is not said what. */
static void called(struct queue *queue)
{
	queue->look = queue->stale = true;
	if (trouble_none(queue->storvsp)) {
		for (; queue->kept.first; queue->waiting++)
			list_add(&queue->fresh, list_take(&queue->kept));
	}
}

static void took(struct queue *queue, const struct io_uring_cqe *cqe)
{
	struct request *request;

	switch (cqe->user_data) {
	case TAG_BELL:
		queue->bell_armed = cqe->flags & IORING_CQE_F_MORE;
		queue->look = true;
		return;
	case TAG_WAKE:
		queue->wake_armed = cqe->flags & IORING_CQE_F_MORE;
		called(queue);
		return;
	default:
		request = (struct request *)(uintptr_t)cqe->user_data;
		queue->busy[request->packet.srb.lun]--;
		queue->in_kernel--;
		queue->stuck = false;
		queue->look |= queue->masked;
		request_event(request, cqe->res);
		return;
	}
}

static void reap(struct queue *queue)
{
	struct io_uring_cqe *cqe, copy;

	while (!io_uring_peek_cqe(&queue->ring, &cqe) && cqe) {
		copy = (struct io_uring_cqe){
			.user_data = cqe->user_data, .res = cqe->res,
			.flags = cqe->flags };
		io_uring_cqe_seen(&queue->ring, cqe);
		took(queue, &copy);
	}
}

static void submit(struct queue *queue, bool wait)
{
	int result;

	if (wait)
		result = io_uring_submit_and_wait(&queue->ring, 1);
	else if (queue->in_kernel || io_uring_sq_ready(&queue->ring) ||
	    !queue->thread.started)
		result = io_uring_submit_and_get_events(&queue->ring);
	else
		return;
	if (result < 0 && result != -EINTR && result != -EAGAIN &&
	    result != -EBUSY)
		say_limited("cannot give the kernel I/O: %s",
			strerror(-result));
}

/* The ring may break here, and all requests are gone then. */
static void send_answers(struct queue *queue)
{
	struct packet packet = { .type = PACKET_COMPLETION };
	struct request *request;
	int error;

	queue->full = false;
	while ((request = list_take(&queue->done))) {
		packet.transaction = request->transaction;
		error = channel_send(&queue->channel, &packet,
			&request->packet, sizeof(request->packet));
		if (error == -EAGAIN) {
			list_put_back(&queue->done, request);
			queue->full = true;
			return;
		}
		queue_free(queue, request);
	}
}

static void exchange(struct queue *queue)
{
	bool again;

	if (!thread_enter(&queue->thread, queue->storvsp->device_lock))
		return;
	queue->look = false;
	channel_hold(&queue->channel);
	send_answers(queue);
	storvsp_tell(queue->storvsp, queue);
	queue->more = false;
	again = channel_rang(&queue->channel);
	channel_release(&queue->channel);
	pthread_mutex_unlock(queue->storvsp->device_lock);
	queue->masked = again && queue->more;
	/* Nothing will come back that makes us look. */
	if (again && (!queue->more || (!queue->in_kernel &&
	    !queue->fresh.first && !queue->full && !queue->kept.first)))
		queue->look = true;
}

static bool receive(struct queue *queue)
{
	unsigned int budget = QUEUE_DEPTH;
	struct request *request;
	struct packet packet;
	int result;

	while (budget--) {
		request = queue_slot(queue);
		if (!request)
			return true;
		result = channel_receive(&queue->channel, &packet,
			queue->packet, sizeof(queue->packet));
		if (result == 1)
			packet_take(queue, request, &packet);
		else
			queue_free(queue, request);
		if (!result || !channel_is_open(&queue->channel))
			return queue->in_kernel + queue->waiting >= POLL_DEPTH;
	}
	return true;
}

bool queue_receive(struct queue *queue)
{
	queue->more = receive(queue);
	return queue->more;
}

/* Each once: some may have to wait for others. Any may wait for the medium: who
 * wants us to stop waits for one of them. */
static void start_fresh(struct queue *queue)
{
	struct request_list list;
	struct request *request;
	bool any = queue->fresh.first;

	list_init(&list);
	list_append(&list, &queue->fresh);
	queue->waiting = 0;
	while (!thread_is_told(&queue->thread) && (request = list_take(&list))) {
		if (request_start(request))
			continue;
		queue_again(queue, request);
		queue->stuck = true;
	}
	while ((request = list_take(&list)))
		queue_again(queue, request);
	/* The guest does not ring, as answers were to come; all was kept. */
	if (any && queue->masked && !queue->in_kernel &&
	    !queue->fresh.first && !queue->done.first)
		queue->look = true;
}

static bool has_work(const struct queue *queue)
{
	return queue->look || (queue->fresh.first && !queue->stuck) ||
		(queue->done.first && !queue->full);
}

void queue_turn(struct queue *queue, bool wait)
{
	arm(queue);
	submit(queue, wait && !has_work(queue));
	reap(queue);
	if (queue->stale)
		drop_stale(queue);
	if (queue->look || (queue->done.first && !queue->full))
		exchange(queue);
	if (!queue->stuck)
		start_fresh(queue);
}

/* Requests that are with the kernel go on to their end. */
static void drain(struct queue *queue)
{
	while (queue->in_kernel) {
		arm(queue);
		submit(queue, true);
		reap(queue);
	}
}

/* Before each turn; false: that was the last one. */
static bool gate(struct queue *queue)
{
	enum thread_gate gate;

	if (!thread_is_told(&queue->thread))
		return true;
	drain(queue);
	gate = thread_gate(&queue->thread, NULL, NULL);
	queue->look |= gate == THREAD_STOOD;
	return gate != THREAD_ENDS;
}

static void *loop(void *context)
{
	struct queue *queue = context;
	int error;

	filter_enter(FILTER_DISK);
	error = queue_enable(queue);
	if (error) {
		say("a SCSI channel cannot work: %s", strerror(-error));
		/* For ever: no turn would wait. */
		atomic_fetch_add(&queue->thread.stops, 1);
	}
	while (gate(queue))
		queue_turn(queue, true);
	return NULL;
}

void queue_wake(struct queue *queue)
{
	uint64_t one = 1;

	if (write(queue->wake, &one, sizeof(one)) < 0)
		say_limited("cannot wake a SCSI channel: %s", strerror(errno));
}

static void wake(void *queue)
{
	queue_wake(queue);
}

void queue_stop(struct queue *queue)
{
	if (thread_is_own(&queue->thread))
		drain(queue);
	else
		thread_stop(&queue->thread, wake, queue);
}

void queue_go(struct queue *queue)
{
	thread_go(&queue->thread);
}

static int init_ring(struct queue *queue)
{
	int files[FILES];

	memset(files, -1, sizeof(files));
	files[BELL] = queue->channel.bell;
	files[WAKE] = queue->wake;
	return uring_make(&queue->ring, ENTRIES, files, FILES);
}

/* By the thread that uses the ring: it is that one's alone. */
int queue_enable(struct queue *queue)
{
	return io_uring_enable_rings(&queue->ring);
}

static void close_events(struct queue *queue)
{
	if (queue->channel.bell > 0)
		close(queue->channel.bell);
	if (queue->wake >= 0)
		close(queue->wake);
}

int queue_init(struct queue *queue, struct storvsp *storvsp,
	unsigned int index)
{
	int error;

	queue->storvsp = storvsp;
	queue->index = index;
	list_init(&queue->fresh);
	list_init(&queue->kept);
	list_init(&queue->done);
	thread_init(&queue->thread);
	queue->channel.bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	queue->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = queue->channel.bell < 0 || queue->wake < 0 ? -errno :
		init_ring(queue);
	if (error)
		close_events(queue);
	return error;
}

int queue_run(struct queue *queue)
{
	return thread_start(&queue->thread, loop, queue);
}

void queue_exit(struct queue *queue)
{
	if (queue->thread.started)
		thread_end(&queue->thread, wake, queue);
	else
		drain(queue);
	io_uring_queue_exit(&queue->ring);
	close_events(queue);
	thread_exit(&queue->thread);
}
