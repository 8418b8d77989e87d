/* Saved states of the controller's channels. */
/* SPDX-License-Identifier: MIT */
#include "storage/state.h"

#include <errno.h>
#include <string.h>

#include "storage/storvsp.h"

/* A request is answered, or is to be started. */
enum { ANSWERED, FRESH };

static void save_request(const struct queue *queue,
	const struct request *request, unsigned int kind, struct stream *to)
{
	const struct ram *ram = queue->storvsp->vmbus->ram;
	uint32_t count = (request->offset + request->size + 4095) / 4096, i;

	stream_put(to, kind, 1);
	stream_put(to, request->transaction, 8);
	stream_put_bytes(to, &request->packet, sizeof(request->packet));
	if (kind == ANSWERED)
		return;
	stream_put(to, request->size, 4);
	stream_put(to, request->offset, 4);
	for (i = 0; request->size && i < count; i++)
		stream_put(to, shared_number(ram, request->pages[i]), 8);
}

static unsigned int length(const struct request_list *list)
{
	const struct request *request;
	unsigned int count = 0;

	for (request = list->first; request; request = request->next)
		count++;
	return count;
}

static void save_list(const struct queue *queue,
	const struct request_list *list, unsigned int kind, struct stream *to)
{
	const struct request *request;

	for (request = list->first; request; request = request->next)
		save_request(queue, request, kind, to);
}

static void save_requests(const struct queue *queue, struct stream *to)
{
	stream_put(to, length(&queue->done) + length(&queue->kept) +
		length(&queue->fresh), 4);
	save_list(queue, &queue->done, ANSWERED, to);
	save_list(queue, &queue->kept, FRESH, to);
	save_list(queue, &queue->fresh, FRESH, to);
}

static void save_unit(const struct drive *drive, struct stream *to)
{
	stream_put(to, drive->present | drive->haunted << 1 |
		drive->unit.locked << 2, 1);
	stream_put(to, drive->unit.event, 1);
	stream_put(to, drive->unit.attention.key, 1);
	stream_put(to, drive->unit.attention.asc, 1);
	stream_put(to, drive->unit.attention.ascq, 1);
}

static void save_controller(struct storvsp *storvsp, struct stream *to)
{
	unsigned int lun;

	stream_put(to, storvsp->state, 1);
	stream_put(to, storvsp->version, 2);
	stream_put(to, atomic_load(&storvsp->changed), 1);
	pthread_mutex_lock(&storvsp->lock);
	for (lun = 0; lun < STORVSP_LUNS; lun++)
		save_unit(&storvsp->drives[lun], to);
	pthread_mutex_unlock(&storvsp->lock);
}

void state_save(const struct channel *channel, struct stream *to)
{
	struct queue *queue = (struct queue *)channel;

	queue_stop(queue);
	save_requests(queue, to);
	if (!queue->index)
		save_controller(queue->storvsp, to);
	queue_go(queue);
}

static bool load_pages(const struct queue *queue, struct request *request,
	struct stream *from)
{
	const struct ram *ram = queue->storvsp->vmbus->ram;
	uint32_t count, i;

	request->size = stream_get(from, 4);
	request->offset = stream_get(from, 4);
	if (request->size > SCSI_TRANSFER || request->offset >= 4096 ||
	    (!request->size && request->offset))
		return false;
	count = (request->offset + request->size + 4095) / 4096;
	for (i = 0; request->size && i < count; i++) {
		request->pages[i] = shared_page(ram, stream_get(from, 8));
		if (!shared_is(request->pages[i]))
			return false;
	}
	return true;
}

static bool srb_good(const struct request *request)
{
	const struct vstor_srb *srb = &request->packet.srb;

	return request->packet.operation == VSTOR_EXECUTE_SRB &&
		srb->length == sizeof(*srb) && srb->cdb_length &&
		srb->cdb_length <= VSTOR_CDB &&
		srb->transfer <= request->size;
}

static bool load_request(struct queue *queue, struct stream *from)
{
	struct request *request = queue_slot(queue);
	uint32_t kind = stream_get(from, 1);

	if (!request)
		return false;
	request->transaction = stream_get(from, 8);
	stream_get_bytes(from, &request->packet, sizeof(request->packet));
	if (!from->failed && kind == ANSWERED &&
	    request->packet.operation == VSTOR_COMPLETE_IO) {
		queue_answer(queue, request);
		return true;
	}
	if (!from->failed && kind == FRESH && load_pages(queue, request, from) &&
	    !from->failed && srb_good(request)) {
		queue_start_later(queue, request);
		return true;
	}
	queue_free(queue, request);
	return false;
}

static bool load_requests(struct queue *queue, struct stream *from)
{
	uint32_t count = stream_get(from, 4), i;

	if (from->failed || count > QUEUE_DEPTH)
		return false;
	for (i = 0; i < count; i++)
		if (!load_request(queue, from))
			return false;
	return true;
}

/* Only what a drive can be in; disks come from the configuration, and who is
 * not there any more is not loaded. */
static bool load_unit(struct drive *drive, struct stream *from)
{
	uint32_t flags = stream_get(from, 1), event = stream_get(from, 1);
	struct scsi_sense sense = { .key = stream_get(from, 1) };

	sense.asc = stream_get(from, 1);
	sense.ascq = stream_get(from, 1);
	if (from->failed || flags > 7 || event > SCSI_EVENT_REMOVED ||
	    (flags & 1 && flags & 2) ||
	    (sense.key && sense.key != SENSE_ATTENTION))
		return false;
	if (!drive->present) {
		drive->haunted = flags & 2;
		return true;
	}
	drive->unit.locked = flags & 4;
	drive->unit.event = event;
	drive->unit.attention = sense;
	return true;
}

static bool version_good(const struct storvsp *storvsp)
{
	if (storvsp->state <= STORVSP_VERSION)
		return !storvsp->version;
	return storvsp->version == VSTOR_VERSION_10 ||
		storvsp->version == VSTOR_VERSION_8_1 ||
		storvsp->version == VSTOR_VERSION_8;
}

static bool load_controller(struct storvsp *storvsp, struct stream *from)
{
	uint32_t state = stream_get(from, 1), changed;
	bool good = true;
	unsigned int lun;

	storvsp->version = stream_get(from, 2);
	changed = stream_get(from, 1);
	if (from->failed || state == STORVSP_CLOSED ||
	    state >= STORVSP_STATES || changed > 1)
		return false;
	storvsp->state = state;
	atomic_store(&storvsp->changed, changed);
	pthread_mutex_lock(&storvsp->lock);
	for (lun = 0; lun < STORVSP_LUNS && good; lun++)
		good = load_unit(&storvsp->drives[lun], from);
	pthread_mutex_unlock(&storvsp->lock);
	return good && version_good(storvsp);
}

static void forget(struct queue *queue)
{
	struct storvsp *storvsp = queue->storvsp;
	unsigned int lun;

	queue_drop(queue);
	if (queue->index)
		return;
	storvsp->state = STORVSP_CLOSED;
	storvsp->version = 0;
	pthread_mutex_lock(&storvsp->lock);
	for (lun = 0; lun < STORVSP_LUNS; lun++)
		drive_reset(&storvsp->drives[lun]);
	pthread_mutex_unlock(&storvsp->lock);
}

int state_load(struct channel *channel, struct stream *from)
{
	struct queue *queue = (struct queue *)channel;
	bool good;

	queue_stop(queue);
	good = load_requests(queue, from) &&
		(queue->index || load_controller(queue->storvsp, from));
	if (!good)
		forget(queue);
	queue->look = true;
	queue_go(queue);
	if (good)
		queue_wake(queue);
	return good ? 0 : -EINVAL;
}
