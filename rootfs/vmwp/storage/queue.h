/* A queue: a channel of the controller, its thread and its io_uring. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_QUEUE_H
#define VMWP_STORAGE_QUEUE_H

#include <liburing.h>

#include "storage/list.h"
#include "thread.h"
#include "vmbus/channel.h"

struct storvsp;

#define QUEUE_DEPTH	128u	/* requests at work */
#define QUEUE_FILES	64u	/* one for each LUN */

/* From the ring on: what a packet may have. */
#define QUEUE_PACKET	(sizeof(struct vstor_range) + \
	REQUEST_PAGES * sizeof(uint64_t) + sizeof(struct vstor_packet))

struct queue {
	struct channel channel;		/* its bell is an eventfd of ours */
	struct storvsp *storvsp;
	unsigned int index;		/* 0: the first channel's */

	/* The thread's; of others while it is stopped. */
	struct io_uring ring;
	int wake;			/* eventfd */
	bool bell_armed, wake_armed;
	bool look;		/* into the guest's ring */
	bool more;		/* there may be more than there were slots for */
	bool masked;		/* it is looked into at each end of I/O, too */
	bool full;		/* no room for answers */
	bool stuck;		/* what is fresh waits for an end of I/O */
	bool stale;		/* some file may be one of the past */
	unsigned int in_kernel, waiting;
	struct request *free;
	struct request_list fresh, kept, done;
	unsigned int used;	/* requests that were ever taken */
	uint64_t file[QUEUE_FILES];	/* serial of the image; 0: none */
	unsigned int busy[QUEUE_FILES];	/* requests in the kernel */
	struct scsi_command command;
	uint8_t packet[QUEUE_PACKET] __attribute__((aligned(8)));
	struct request requests[QUEUE_DEPTH];

	struct thread thread;
};

/* 0 or -errno. The channel is not registered yet. */
int queue_init(struct queue *queue, struct storvsp *storvsp,
	unsigned int index);
/* Its thread; without one queue_turn() is called instead, by one thread. */
int queue_run(struct queue *queue);
int queue_enable(struct queue *queue);
void queue_exit(struct queue *queue);

/* What there is to do, once; wait: for something, if there is nothing. */
void queue_turn(struct queue *queue, bool wait);
/* Something for it to look at. Any thread. */
void queue_wake(struct queue *queue);

/* Until the queue is let go nothing of it is with the kernel, and the caller
 * may touch what is its. Calls nest. The device lock may be held. */
void queue_stop(struct queue *queue);
void queue_go(struct queue *queue);
/* All requests are forgotten: it is stopped, or this is its thread. */
void queue_drop(struct queue *queue);

/* What a channel's signal() does: packets, to packet_take(). true: there may
 * be more, or an end of I/O comes soon, which is as good as a bell. */
bool queue_receive(struct queue *queue);
struct request *queue_slot(struct queue *queue);
void queue_free(struct queue *queue, struct request *request);
/* One that has come, and one that begins anew. */
void queue_start_later(struct queue *queue, struct request *request);
void queue_again(struct queue *queue, struct request *request);

/* For requests at work. The image's file must be there: 1; 0: not now, when
 * something has come back from the kernel; -errno. */
int queue_set_file(struct queue *queue, unsigned int lun,
	const struct image *image);
void queue_read(struct queue *queue, struct request *request, uint64_t offset,
	uint32_t size);
void queue_write(struct queue *queue, struct request *request, uint64_t offset,
	uint32_t size);
/* Size 0: up to the file's end. */
void queue_sync(struct queue *queue, struct request *request, uint64_t offset,
	uint32_t size);
void queue_keep(struct queue *queue, struct request *request);
void queue_answer(struct queue *queue, struct request *request);

#endif
