/* Hostile guests: a small client of the SCSI controller. */
/* SPDX-License-Identifier: MIT */
#ifndef HOSTILE_DISK_H
#define HOSTILE_DISK_H

#include "bus.h"
#include "storage/protocol.h"

#define DISK_QUEUES	4u
#define DISK_RING	7u	/* pages of data, of each ring */
#define DISK_RING_SIZE	(DISK_RING * PAGE)
/* Words of a ring's first page. */
enum { RING_WRITE, RING_READ, RING_MASK, RING_PENDING, RING_FEATURES = 16 };

/* A channel, and its memory: two rings. */
struct queue {
	uint32_t relid, connection;
	uint32_t write, read;		/* where we are */
	uint32_t under_way;
	bool is_open;
	volatile uint32_t *out, *in;
};
extern struct queue disk_queues[DISK_QUEUES];
extern uint32_t disk_count;	/* of queues that were offered */

/* A packet's descriptor; sizes in eight bytes. */
struct descriptor {
	uint16_t type;
	uint16_t offset8, size8, flags;
	uint64_t id;
};
#define TYPE_IN_BAND	6
#define TYPE_PAGES	7
#define TYPE_DIRECT	9
#define TYPE_COMPLETION	11
#define FLAG_ANSWER	1

/* A request with one range: it can be sent as it is. */
struct request {
	struct descriptor descriptor;
	struct vstor_range range;
	uint64_t page[16];
	struct vstor_packet packet;
};

/* The memory that requests are for. */
#define DISK_PAGES	16u
extern uint8_t disk_data[DISK_PAGES][PAGE];

/* Connects, and has the first channel ready for requests. */
void disk_begin(void);
/* Some channel is the first one, and open. */
void disk_channel(const struct bus_disk *channel);
void disk_end(void);
void disk_open(struct queue *queue);
void disk_close(struct queue *queue);
/* All that a driver says first; the sub-channels that there are, opened. */
void disk_negotiate(void);
void disk_sub_channels(void);

/* Any bytes, with what is behind a packet. False: no room. */
bool disk_put(struct queue *queue, const void *bytes, uint32_t size);
void disk_bell(struct queue *queue);
/* The next answer. False: none yet. */
bool disk_take(struct queue *queue, struct vstor_packet *answer, uint64_t *id);
/* The next packet with all that it has, whatever it is; its size. 0: none. */
uint32_t disk_take_packet(struct queue *queue, void *to, uint32_t most);
/* The next answer, whichever it is. */
void disk_wait(struct queue *queue, struct vstor_packet *answer);
/* False: it did not come in that time. */
bool disk_wait_for(struct queue *queue, struct vstor_packet *answer,
	uint32_t ms);

/* A packet without data; its answer's status. The first channel's, as for
 * disk_do(). */
uint32_t disk_say(uint32_t operation, struct vstor_packet *packet);

/* Pages and range for so many bytes from disk_data's beginning on. */
void disk_request(struct request *request, uint32_t bytes, bool from_device);
/* A request's own size depends on its pages. */
bool disk_send(struct queue *queue, struct request *request);
void disk_do(struct request *request, struct vstor_packet *answer);

/* READ or WRITE(16). */
void disk_transfer(struct request *request, bool write, uint64_t sector,
	uint32_t sectors);

/* All of disk_data has this word; how many words do not. */
void disk_fill(uint32_t word);
uint32_t disk_differs(uint32_t word);

#endif
