/* StorVSP: the SCSI controller of a VM. docs/storage.md */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_STORVSP_H
#define VMWP_STORAGE_STORVSP_H

#include <pthread.h>

#include "storage/lun.h"
#include "storage/queue.h"
#include "storage/trouble.h"
#include "vmbus/vmbus.h"

#define STORVSP_LUNS	QUEUE_FILES
#define STORVSP_QUEUES	32u
#define STORVSP_IDE_ID	0x80u	/* first_id of the IDE place 0:0 */

/* What of the negotiation is due. */
enum storvsp_state {
	STORVSP_CLOSED,
	STORVSP_BEGIN,
	STORVSP_VERSION,
	STORVSP_PROPERTIES,
	STORVSP_END,
	STORVSP_READY,
	STORVSP_STATES,
};

struct storvsp {
	/* The VM's device lock, which guards these, too. */
	pthread_mutex_t *device_lock;
	struct vmbus *vmbus;
	enum storvsp_state state;
	uint16_t version;

	/* Fixed. */
	struct queue *queues;	/* owned */
	unsigned int count;
	bool threads;
	uint8_t target;		/* what the guest calls the drives' */
	uint8_t first_id;	/* of ids of places; 0: the SCSI controller */
	/* NULL, or: storvsp_wake() for who is no queue. Any thread. */
	void (*woken)(void *context);
	void *context;

	/* The storage lock, below the device lock; nothing is taken below it.
	 * working is changed without it, and watched with it. */
	pthread_mutex_t lock;
	pthread_cond_t idle;
	struct drive drives[STORVSP_LUNS];
	/* The serial of each disk's image, 0: none; read without the lock. */
	atomic_ullong disks[STORVSP_LUNS];
	struct trouble critical;
	atomic_uint working;	/* requests that use an image */

	atomic_bool changed;	/* the guest shall look which LUNs there are */
	bool paused;		/* the event loop's */
};

/* Offered for the VM's life. Without threads (tests) queue_turn() is called
 * instead. 0 or -errno, said then. With the device lock held. */
int storvsp_init(struct storvsp *storvsp, struct vmbus *vmbus,
	pthread_mutex_t *device_lock, unsigned int processors, bool threads);
/* One place of the IDE controller, 0 to 3: LUN 0 of a controller of its own, as
 * guests with VMBus expect it. vmbus NULL: they are not told. The same else. */
int storvsp_init_ide(struct storvsp *storvsp, struct vmbus *vmbus,
	pthread_mutex_t *device_lock, unsigned int place, bool threads);
/* After VMBus' own, without the device lock. */
void storvsp_exit(struct storvsp *storvsp);

/* Nothing is done for the guest until it goes on. Without the device lock. */
void storvsp_pause(struct storvsp *storvsp);
void storvsp_go(struct storvsp *storvsp);

/* Within the controller. */

/* A request does not use an image any more. */
void storvsp_ended(struct storvsp *storvsp);
/* Every queue looks at what has changed; the guest, too, which LUNs there are. */
void storvsp_wake(struct storvsp *storvsp);
void storvsp_changed(struct storvsp *storvsp);
/* What the guest shall hear without having asked. Device lock held, by the
 * queue's thread. */
void storvsp_tell(struct storvsp *storvsp, struct queue *queue);

#endif
