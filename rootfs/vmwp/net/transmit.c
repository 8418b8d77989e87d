/* Packets of the guest to a lane's tap. */
/* SPDX-License-Identifier: MIT */
#include "net/transmit.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "events.h"
#include "net/netvsp.h"

#define MESSAGES	64u	/* of RNDIS, in one packet */
#define INFO		256u	/* bytes of per-packet information */

/* The part in the send buffer, before all others. */
static bool add_section(const struct nic *nic,
	const struct nvsp_message *message, struct bytes *bytes)
{
	uint32_t section = message->rndis.section, size = message->rndis.size;

	if (section == NVSP_NO_SECTION)
		return true;
	if (!nic->send || section >= nic->send->size / NIC_SECTION ||
	    size > NIC_SECTION)
		return false;
	return bytes_add(bytes, nic->send->pages, section * NIC_SECTION, size);
}

bool transmit_find(struct lane *lane, const struct packet *packet,
	const struct nvsp_message *message, struct bytes *bytes)
{
	const uint8_t *header = lane->work->packet;
	uint32_t count;

	bytes_init(bytes);
	if (!add_section(lane->nic, message, bytes))
		return false;
	if (packet->type != PACKET_GPA_DIRECT)
		return true;
	/* Four bytes that mean nothing, then the count. */
	memcpy(&count, header + 4, sizeof(count));
	return bytes_add_ranges(bytes, lane->nic->netvsp->vmbus->ram, count,
		header + 8, packet->data - 8);
}

bool transmit_take(struct lane *lane, const struct packet *packet,
	const struct nvsp_message *message)
{
	struct lane_work *work = lane->work;
	struct lane_packet *to = &work->packets[work->packet_count];

	to->transaction = packet->transaction;
	if (!transmit_find(lane, packet, message, &to->bytes))
		return false;
	work->packet_count++;
	return true;
}

/* A message's header, in so many bytes that are left. */
static bool take_header(const struct bytes *bytes, uint32_t at,
	struct rndis_packet *packet)
{
	uint32_t left = bytes->total - at, room;

	if (left < sizeof(*packet))
		return false;
	bytes_copy(bytes, at, packet, sizeof(*packet));
	if (packet->header.type != RNDIS_PACKET ||
	    packet->header.size < sizeof(*packet) ||
	    packet->header.size > left)
		return false;
	room = packet->header.size - sizeof(packet->header);
	return packet->data_offset <= room &&
		packet->data_length <= room - packet->data_offset &&
		packet->info_length <= INFO && packet->info_offset <= room &&
		packet->info_length <= room - packet->info_offset;
}

static bool take_info(const struct bytes *bytes, uint32_t at,
	const struct rndis_packet *packet, struct frame_info *info)
{
	uint8_t list[INFO];

	bytes_copy(bytes, at + sizeof(packet->header) + packet->info_offset,
		list, packet->info_length);
	return frame_parse_info(list, packet->info_length, info);
}

static bool write_frame(struct lane *lane, const struct bytes *bytes,
	uint32_t at, uint32_t rest)
{
	struct frame *frame = &lane->work->frame;
	struct iovec *parts = lane->work->parts;
	unsigned int count = 2;
	ssize_t result;

	parts[0] = (struct iovec){ &frame->tap, sizeof(frame->tap) };
	parts[1] = (struct iovec){ frame->bytes, frame->head };
	count += bytes_parts(bytes, at, rest, parts + count);
	do
		result = writev(lane->tap, parts, count);
	while (result < 0 && errno == EINTR);
	return result >= 0;
}

static void count_sent(struct lane *lane, enum frame_kind kind, uint32_t size)
{
	traffic_add(&lane->sent.frames[kind], 1);
	traffic_add(&lane->sent.bytes[kind], size);
}

/* false: the guest made a mistake. What the network loses is none. */
static bool send_frame(struct lane *lane, const struct bytes *bytes,
	uint32_t at, uint32_t size, const struct frame_info *info)
{
	struct frame *frame = &lane->work->frame;
	uint32_t head = frame_needs_head(info) ? FRAME_HEAD : FRAME_ETHERNET;
	uint32_t most = info->large ? FRAME_LARGE :
		lane->nic->mtu + FRAME_ETHERNET + FRAME_TAG;
	enum frame_kind kind;

	if (size < FRAME_ETHERNET || size > most)
		return false;
	if (head > size)
		head = size;
	frame->size = size;
	frame->head = head;
	bytes_copy(bytes, at, frame->bytes, head);
	kind = frame_kind(frame->bytes);
	if (!frame_send(frame, info))
		return false;
	if (!lane->nic->cable)
		traffic_add(&lane->sent.dropped, 1);
	else if (write_frame(lane, bytes, at + head, size - head))
		count_sent(lane, kind, size);
	else
		traffic_add(&lane->sent.dropped, 1);
	return true;
}

static bool send_message(struct lane *lane, const struct bytes *bytes,
	uint32_t at, const struct rndis_packet *packet)
{
	struct frame_info info;

	return take_info(bytes, at, packet, &info) && send_frame(lane, bytes,
		at + sizeof(packet->header) + packet->data_offset,
		packet->data_length, &info);
}

static uint32_t send_packet(struct lane *lane, const struct bytes *bytes)
{
	uint32_t at = 0, status = NVSP_GOOD;
	unsigned int messages = MESSAGES;
	struct rndis_packet packet;

	if (!lane->nic->is_initialized)
		return NVSP_FAILURE;
	do {
		if (!messages-- || !take_header(bytes, at, &packet)) {
			traffic_add(&lane->sent.errors, 1);
			return NVSP_INVALID_RNDIS;
		}
		if (!send_message(lane, bytes, at, &packet)) {
			traffic_add(&lane->sent.errors, 1);
			status = NVSP_INVALID_RNDIS;
		}
		at += packet.header.size;
	} while (at < bytes->total);
	return status;
}

void transmit_run(struct lane *lane)
{
	struct lane_work *work = lane->work;
	unsigned int i, count = work->packet_count;
	uint32_t status;

	if (!count)
		return;
	lane->last = events_now();
	work->packet_count = 0;
	for (i = 0; i < count; i++) {
		status = send_packet(lane, &work->packets[i].bytes);
		lane_reply_rndis(lane, work->packets[i].transaction, status);
	}
}
