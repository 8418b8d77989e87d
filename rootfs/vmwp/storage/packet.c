/* Packets of the guest's: negotiation, and what a request must be. */
/* SPDX-License-Identifier: MIT */
#include "storage/packet.h"

#include <string.h>

#include "storage/queue.h"
#include "storage/storvsp.h"

static unsigned int sub_channels(const struct storvsp *storvsp)
{
	return storvsp->count - 1;
}

static void begin(struct queue *queue, struct request *request)
{
	queue->storvsp->state = STORVSP_VERSION;
	request_status(request, VSTOR_GOOD);
}

static void query_version(struct queue *queue, struct request *request)
{
	uint16_t version = request->packet.version.number;

	if (version != VSTOR_VERSION_10 && version != VSTOR_VERSION_8_1 &&
	    version != VSTOR_VERSION_8) {
		request_status(request, VSTOR_REVISION_MISMATCH);
		return;
	}
	queue->storvsp->version = version;
	queue->storvsp->state = STORVSP_PROPERTIES;
	request_status(request, VSTOR_GOOD);
}

static void query_properties(struct queue *queue, struct request *request)
{
	request->packet.properties = (struct vstor_properties){
		.sub_channels = sub_channels(queue->storvsp),
		.flags = VSTOR_MULTI_CHANNEL,
		.transfer = SCSI_TRANSFER,
	};
	queue->storvsp->state = STORVSP_END;
	request_status(request, VSTOR_GOOD);
}

static void end(struct queue *queue, struct request *request)
{
	queue->storvsp->state = STORVSP_READY;
	/* It looks by itself now. */
	atomic_store(&queue->storvsp->changed, false);
	request_status(request, VSTOR_GOOD);
}

static void create_sub_channels(struct queue *queue, struct request *request)
{
	struct storvsp *storvsp = queue->storvsp;
	unsigned int count = request->packet.sub_channels, i;

	if (count > sub_channels(storvsp)) {
		request_status(request, VSTOR_INVALID_PARAMETER);
		return;
	}
	for (i = 1; i <= count; i++)
		vmbus_offer(&storvsp->queues[i].channel);
	request_status(request, VSTOR_GOOD);
}

/* Requests come to an end by themselves: there is nothing to be reset. */
static void reset(struct queue *queue, struct request *request)
{
	(void)queue;
	request_status(request, VSTOR_GOOD);
}

/* In which states an operation is due, as bits; first: on the first channel. */
static const struct operation {
	uint16_t states;
	bool first;
	void (*act)(struct queue *queue, struct request *request);
} operations[] = {
	[VSTOR_BEGIN_INITIALIZATION] =
		{ 1u << STORVSP_BEGIN, true, begin },
	[VSTOR_QUERY_VERSION] =
		{ 1u << STORVSP_VERSION, true, query_version },
	[VSTOR_QUERY_PROPERTIES] =
		{ 1u << STORVSP_PROPERTIES, true, query_properties },
	[VSTOR_END_INITIALIZATION] = { 1u << STORVSP_END, true, end },
	[VSTOR_CREATE_SUB_CHANNELS] = { 1u << STORVSP_END |
		1u << STORVSP_READY, true, create_sub_channels },
	[VSTOR_RESET_LUN] = { 1u << STORVSP_READY, false, reset },
	[VSTOR_RESET_ADAPTER] = { 1u << STORVSP_READY, false, reset },
	[VSTOR_RESET_BUS] = { 1u << STORVSP_READY, false, reset },
};
#define OPERATIONS	(sizeof(operations) / sizeof(operations[0]))

static void negotiate(struct queue *queue, struct request *request)
{
	uint32_t number = request->packet.operation;
	const struct operation *operation;

	if (number >= OPERATIONS || !operations[number].act) {
		request_status(request, VSTOR_INVALID_REQUEST);
		return;
	}
	operation = &operations[number];
	if (!(operation->states & 1u << queue->storvsp->state) ||
	    (operation->first && queue->index)) {
		request_status(request, VSTOR_INVALID_STATE);
		return;
	}
	operation->act(queue, request);
}

/* The one range before the packet: its pages, all of them RAM. false: it is
 * none that can be. */
static bool take_range(const struct ram *ram, struct request *request,
	const uint8_t *bytes, uint32_t size)
{
	const struct vstor_range *range = (const void *)bytes;
	uint32_t count, i;

	if (size < sizeof(*range) || range->count != 1 || !range->size ||
	    range->size > SCSI_TRANSFER || range->offset >= 4096)
		return false;
	count = (range->offset + range->size + 4095) / 4096;
	if (count > (size - sizeof(*range)) / 8)
		return false;
	for (i = 0; i < count; i++) {
		request->pages[i] = shared_page(ram, range->pages[i]);
		if (!shared_is(request->pages[i]))
			return false;
	}
	request->size = range->size;
	request->offset = range->offset;
	return true;
}

static bool srb_good(const struct request *request)
{
	const struct vstor_srb *srb = &request->packet.srb;

	return srb->length == sizeof(*srb) && srb->cdb_length &&
		srb->cdb_length <= VSTOR_CDB &&
		srb->transfer <= request->size;
}

static void execute(struct queue *queue, struct request *request,
	const struct packet *packet)
{
	bool whole = packet->size - packet->data >= sizeof(request->packet);
	bool good = true;

	if (queue->storvsp->state != STORVSP_READY) {
		request_status(request, VSTOR_INVALID_STATE);
		return;
	}
	if (packet->type == PACKET_GPA_DIRECT)
		good = take_range(queue->storvsp->vmbus->ram, request,
			queue->packet, packet->data);
	if (!good || !whole || !srb_good(request))
		request_refuse(request, SRB_INVALID_REQUEST);
	else
		queue_start_later(queue, request);
}

/* Who does not want an answer has not asked for anything. */
void packet_take(struct queue *queue, struct request *request,
	const struct packet *packet)
{
	uint32_t size = packet->size - packet->data;

	if ((packet->type != PACKET_IN_BAND &&
	    packet->type != PACKET_GPA_DIRECT) ||
	    !(packet->flags & PACKET_FLAG_COMPLETION)) {
		queue_free(queue, request);
		return;
	}
	request->transaction = packet->transaction;
	request->size = request->offset = 0;
	memset(&request->packet, 0, sizeof(request->packet));
	memcpy(&request->packet, queue->packet + packet->data,
		size < sizeof(request->packet) ?
		size : sizeof(request->packet));
	if (size < VSTOR_HEAD)
		request_status(request, VSTOR_INVALID_PARAMETER);
	else if (request->packet.operation == VSTOR_EXECUTE_SRB)
		execute(queue, request, packet);
	else
		negotiate(queue, request);
}
