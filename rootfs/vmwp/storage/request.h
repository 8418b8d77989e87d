/* A request of the guest's, from its packet to the answer. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_REQUEST_H
#define VMWP_STORAGE_REQUEST_H

#include <sys/uio.h>

#include "shared.h"
#include "storage/image.h"
#include "storage/protocol.h"
#include "storage/scsi.h"

struct queue;

/* Pages that the most data can touch. */
#define REQUEST_PAGES	(SCSI_TRANSFER / 4096 + 1)

enum request_work { REQUEST_READ, REQUEST_WRITE, REQUEST_FLUSH };

/* A slot of a queue; of its thread, as all below. */
struct request {
	struct request *next;
	struct queue *queue;
	uint64_t transaction;
	struct vstor_packet packet;	/* the guest's, or the answer */
	/* Its buffer: size bytes from offset on in the pages. */
	uint32_t size, offset;
	struct guest_page pages[REQUEST_PAGES];
	/* Of the disk's image when it came; 0: there was no disk. */
	uint64_t serial;

	/* While it is at work. */
	struct image *image;
	struct disk_use use;
	enum request_work work;
	bool forced;
	uint64_t at;			/* bytes, in the disk */
	uint32_t done, left;		/* bytes */
	uint64_t place;		/* of what is written, in the file */
	uint32_t unsynced;	/* bytes of it: the sync is with the kernel */
	unsigned int told;	/* a flush: image_tell() */
	struct iovec parts[REQUEST_PAGES];
};

/* A new or kept EXECUTE_SRB. Afterwards it has been answered, kept, or is with
 * the kernel. false: not now, when something has come back from there. */
bool request_start(struct request *request);
/* The kernel's answer to what it was given last. */
void request_event(struct request *request, int result);

/* The answer; the packet is what the guest sent. */
void request_status(struct request *request, uint32_t status);
void request_refuse(struct request *request, uint8_t srb_status);

#endif
