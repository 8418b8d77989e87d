/* RNDIS: control messages of a guest, and what it is told. */
/* SPDX-License-Identifier: MIT */
#include "net/rndis.h"

#include <errno.h>
#include <string.h>

#include "net/nic.h"
#include "net/nvsp.h"
#include "net/oid.h"
#include "net/transmit.h"

#define MESSAGE		1024u	/* bytes of one from the guest */
#define TRANSFER	0x20000u	/* bytes that we take in one packet */
#define PACKETS		8u	/* messages that we like in it */
#define ALIGNMENT	3u	/* of them: a power of two */

/* A message, copied. */
struct control {
	struct rndis_header header;
	uint32_t id;
	uint8_t bytes[MESSAGE];	/* all of it */
};

static struct nic_letter *letter(struct nic *nic, uint32_t size)
{
	struct nic_letter *to = &nic->letters[nic->letter_count++];

	to->size = size;
	memset(to->bytes, 0, size);
	return to;
}

static void initialize(struct nic *nic, const struct control *control)
{
	struct rndis_initialize message;
	struct rndis_initialized answer = {
		.header = { RNDIS_INITIALIZE | RNDIS_COMPLETE, sizeof(answer) },
		.id = control->id, .status = NDIS_INVALID_LENGTH,
		.major = 1, .minor = 0, .flags = RNDIS_CONNECTIONLESS,
		.packets = PACKETS, .transfer = TRANSFER,
		.alignment = ALIGNMENT,
	};

	memcpy(&message, control->bytes, sizeof(message));
	if (control->header.size >= sizeof(message))
		answer.status = message.major == 1 ?
			NDIS_GOOD : NDIS_BAD_VERSION;
	if (!answer.status) {
		nic_stop(nic, &nic->lanes[0]);
		nic->is_initialized = true;
		nic_go(nic, &nic->lanes[0]);
	}
	memcpy(letter(nic, sizeof(answer))->bytes, &answer, sizeof(answer));
}

/* The value that comes with a request. false: it is not within the message. */
static bool find_value(const struct control *control,
	const struct rndis_request *request, const uint8_t **value)
{
	uint32_t room;

	if (control->header.size < sizeof(*request))
		return false;
	room = control->header.size - sizeof(control->header);
	*value = control->bytes + sizeof(control->header) + request->offset;
	return request->offset <= room &&
		request->length <= room - request->offset;
}

static void query(struct nic *nic, const struct control *control)
{
	struct rndis_answer answer = {
		.header.type = RNDIS_QUERY | RNDIS_COMPLETE,
		.id = control->id, .status = NDIS_INVALID_LENGTH,
		.offset = sizeof(answer) - sizeof(answer.header),
	};
	struct nic_letter *to = letter(nic, NIC_LETTER);
	struct rndis_request request;
	const uint8_t *value;

	memcpy(&request, control->bytes, sizeof(request));
	if (find_value(control, &request, &value))
		answer.status = oid_query(nic, request.oid, value,
			request.length, to->bytes + sizeof(answer),
			&answer.length);
	if (!answer.length)
		answer.offset = 0;
	answer.header.size = to->size = sizeof(answer) + answer.length;
	memcpy(to->bytes, &answer, sizeof(answer));
}

static void answer_short(struct nic *nic, const struct control *control,
	uint32_t status)
{
	struct rndis_answer answer = {
		.header = { control->header.type | RNDIS_COMPLETE,
			RNDIS_SHORT_ANSWER },
		.id = control->id, .status = status,
	};

	memcpy(letter(nic, RNDIS_SHORT_ANSWER)->bytes, &answer,
		RNDIS_SHORT_ANSWER);
}

static void set(struct nic *nic, const struct control *control)
{
	uint32_t status = NDIS_INVALID_LENGTH;
	struct rndis_request request;
	const uint8_t *value;

	memcpy(&request, control->bytes, sizeof(request));
	if (find_value(control, &request, &value)) {
		nic_stop(nic, &nic->lanes[0]);
		status = oid_set(nic, request.oid, value, request.length);
		nic_go(nic, &nic->lanes[0]);
	}
	answer_short(nic, control, status);
}

static void reset(struct nic *nic)
{
	struct rndis_reset_answer answer = {
		.header = { RNDIS_RESET | RNDIS_COMPLETE, sizeof(answer) } };

	memcpy(letter(nic, sizeof(answer))->bytes, &answer, sizeof(answer));
}

static void halt(struct nic *nic)
{
	nic_stop(nic, &nic->lanes[0]);
	oid_reset(nic);
	nic_go(nic, &nic->lanes[0]);
}

/* What has an answer has it even if it is not due. */
static uint32_t obey(struct nic *nic, const struct control *control)
{
	uint32_t type = control->header.type;

	if (type == RNDIS_INITIALIZE) {
		initialize(nic, control);
		return NVSP_GOOD;
	}
	if (!nic->is_initialized && (type == RNDIS_QUERY || type == RNDIS_SET)) {
		answer_short(nic, control, NDIS_NOT_READY);
		return NVSP_GOOD;
	}
	switch (type) {
	case RNDIS_QUERY: query(nic, control); break;
	case RNDIS_SET: set(nic, control); break;
	case RNDIS_RESET: reset(nic); break;
	case RNDIS_KEEPALIVE: answer_short(nic, control, NDIS_GOOD); break;
	case RNDIS_HALT: halt(nic); break;
	default: return NVSP_INVALID_RNDIS;
	}
	return NVSP_GOOD;
}

uint32_t rndis_take(struct lane *lane, const struct packet *packet,
	const struct nvsp_message *message)
{
	struct lane_work *work = lane->work;
	struct bytes *bytes = &work->packets[work->packet_count].bytes;
	struct control control;
	uint32_t size;

	if (!transmit_find(lane, packet, message, bytes) ||
	    bytes->total < sizeof(control.header))
		return NVSP_INVALID_RNDIS;
	if (lane->nic->letter_count == NIC_LETTERS)
		return NVSP_BUSY;
	memset(&control, 0, sizeof(control));
	size = bytes->total < MESSAGE ? bytes->total : MESSAGE;
	bytes_copy(bytes, 0, control.bytes, size);
	memcpy(&control.header, control.bytes, sizeof(control.header));
	memcpy(&control.id, control.bytes + sizeof(control.header),
		sizeof(control.id));
	if (control.header.size < sizeof(control.header) ||
	    control.header.size > size)
		return NVSP_INVALID_RNDIS;
	return obey(lane->nic, &control);
}

static void write_link(struct nic *nic)
{
	struct rndis_indicate indicate = {
		.header = { RNDIS_INDICATE, sizeof(indicate) },
		.status = nic->cable ? NDIS_CONNECTED : NDIS_DISCONNECTED,
	};

	nic->link_due = false;
	memcpy(letter(nic, sizeof(indicate))->bytes, &indicate,
		sizeof(indicate));
}

static int send_letter(struct lane *lane, const struct nic_letter *from)
{
	struct nic *nic = lane->nic;
	uint32_t room = rooms_take(&nic->control, 1);
	struct nvsp_range range;
	int error;

	/* The guest has all of them: it gives one back. */
	if (room == ROOMS_NONE)
		return -ENOBUFS;
	range.size = from->size;
	range.offset = (nic->control.first + room) * nic->room_size;
	shared_copy_out(nic->receive->pages, range.offset, from->bytes,
		from->size);
	rooms_give(&nic->control, room);
	error = lane_send_pages(lane, RNDIS_LETTER | room, NVSP_CONTROL,
		&range, 1);
	if (error == -EAGAIN)
		rooms_return(&nic->control, room);
	return error;
}

static int send_all(struct lane *lane)
{
	struct nic *nic = lane->nic;
	int error;

	while (nic->letter_count) {
		error = send_letter(lane, &nic->letters[0]);
		if (error)
			return error;
		nic->letter_count--;
		memmove(nic->letters, nic->letters + 1,
			nic->letter_count * sizeof(nic->letters[0]));
	}
	return 0;
}

bool rndis_send_letters(struct lane *lane)
{
	struct nic *nic = lane->nic;
	int error = 0;

	if (nic->state != NIC_READY || !nic->receive)
		return true;
	if (nic->table_due) {
		error = nvsp_send_table(nic);
		if (!error)
			nic->table_due = false;
	}
	if (!error && nic->link_due && nic->is_initialized &&
	    nic->letter_count < NIC_LETTERS)
		write_link(nic);
	if (!error)
		error = send_all(lane);
	return error != -EAGAIN && error != -ENOTCONN;
}
