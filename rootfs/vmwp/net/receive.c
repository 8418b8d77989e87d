/* Frames from a lane's tap to the guest. */
/* SPDX-License-Identifier: MIT */
#include "net/receive.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net/nic.h"
#include "say.h"

/* A room: RNDIS' header, per-packet information, then the frame. The first bytes
 * of that go through our memory. */
#define DATA		80u
#define HEAD		96u
#define OLD_FRAMES	4096u	/* as many as a tap keeps, and more */

struct arrived {
	struct virtio_net_hdr_v1 tap;
	uint8_t head[HEAD];
	uint32_t size;		/* of the frame */
	uint32_t room, span, space;
};

bool receive_can(const struct lane *lane)
{
	return lane->attached && !lane->dead && !lane->crowded &&
		!lane->full && !lane->work->frame_count;
}

void receive_begin(struct lane *lane)
{
	uint8_t bytes[HEAD];
	unsigned int i;

	if (lane->nic->tap.can_detach)
		return;
	for (i = 0; i < OLD_FRAMES; i++)
		if (read(lane->tap, bytes, sizeof(bytes)) < 0)
			return;
}

static uint32_t place(const struct lane *lane, uint32_t room)
{
	return (lane->rooms.first + room) * lane->nic->room_size;
}

static bool take_room(struct lane *lane, struct arrived *frame)
{
	const struct nic *nic = lane->nic;
	uint32_t need = DATA + FRAME_LARGE;

	frame->span = nic_is_large(nic) ?
		(need + nic->room_size - 1) / nic->room_size : 1;
	if (frame->span > lane->rooms.count)
		frame->span = 1;
	frame->room = rooms_take(&lane->rooms, frame->span);
	frame->space = frame->span * nic->room_size - DATA;
	return frame->room != ROOMS_NONE;
}

/* The frame's size; 0: it is none that can be; -errno. */
static int read_frame(struct lane *lane, struct arrived *frame)
{
	struct iovec *parts = lane->work->parts;
	unsigned int count = 2;
	ssize_t size;

	parts[0] = (struct iovec){ &frame->tap, sizeof(frame->tap) };
	parts[1] = (struct iovec){ frame->head, sizeof(frame->head) };
	count += shared_parts(lane->nic->receive->pages,
		place(lane, frame->room) + DATA + HEAD, frame->space - HEAD,
		parts + count);
	size = readv(lane->tap, parts, count);
	if (size < 0)
		return -errno;
	/* What fills all of it may have been longer. */
	if ((size_t)size < sizeof(frame->tap) + FRAME_ETHERNET ||
	    size - sizeof(frame->tap) >= frame->space)
		return 0;
	frame->size = size - sizeof(frame->tap);
	return frame->size;
}

/* Only what the guest's filter lets through. */
static bool is_wanted(const struct nic *nic, const uint8_t *head)
{
	if (nic->filter & FILTER_PROMISCUOUS)
		return true;
	switch (frame_kind(head)) {
	case FRAME_BROADCAST:
		return nic->filter & FILTER_BROADCAST;
	case FRAME_MULTICAST:
		return nic->filter & (FILTER_MULTICAST | FILTER_ALL_MULTICAST);
	default:
		return nic->filter & FILTER_DIRECTED &&
			!memcmp(head, nic->address, sizeof(nic->address));
	}
}

static uint32_t put_info(uint8_t *to, uint32_t type, uint32_t word)
{
	const struct rndis_info info = { sizeof(info) + sizeof(word), type,
		sizeof(info) };

	memcpy(to, &info, sizeof(info));
	memcpy(to + sizeof(info), &word, sizeof(word));
	return info.size;
}

static void finish_sum(struct lane *lane, uint32_t at,
	const struct frame_sums *sums, uint32_t size)
{
	const struct guest_page *pages = lane->nic->receive->pages;
	uint16_t sum = ~shared_sum(pages, at + sums->from, size - sums->from);

	if (sums->is_udp && !sum)
		sum = UINT16_MAX;
	shared_copy_out(pages, at + sums->at, &sum, sizeof(sum));
}

/* What the guest finds before the frame; the frame's first bytes are as long
 * as the tag is not there. The size of the message. */
static uint32_t put_header(struct lane *lane, const struct arrived *frame,
	uint32_t sums, bool has_tag, uint16_t tci)
{
	uint8_t bytes[DATA + HEAD] = { 0 };
	uint32_t skip = has_tag ? FRAME_TAG : 0, at = sizeof(struct rndis_packet);
	uint32_t head = frame->size < HEAD ? frame->size : HEAD;
	struct rndis_packet packet = {
		.header = { RNDIS_PACKET, DATA + frame->size },
		.data_offset = DATA + skip - sizeof(struct rndis_header),
		.data_length = frame->size - skip,
		.info_offset = at - sizeof(struct rndis_header),
	};

	if (sums)
		at += put_info(bytes + at, INFO_CHECKSUM, sums);
	if (has_tag)
		at += put_info(bytes + at, INFO_VLAN, VLAN_WORD(tci));
	packet.info_length = at - sizeof(packet);
	if (!packet.info_length)
		packet.info_offset = 0;
	memcpy(bytes, &packet, sizeof(packet));
	memcpy(bytes + DATA, frame->head, head);
	if (has_tag)
		memmove(bytes + DATA + FRAME_TAG, bytes + DATA,
			FRAME_ETHERNET - 2);
	shared_copy_out(lane->nic->receive->pages, place(lane, frame->room),
		bytes, DATA + head);
	return packet.header.size;
}

static void arrived(struct lane *lane, const struct arrived *frame)
{
	struct lane_work *work = lane->work;
	uint32_t head = frame->size < HEAD ? frame->size : HEAD, size;
	enum frame_kind kind = frame_kind(frame->head);
	struct frame_sums sums;
	uint16_t tci = 0;
	bool has_tag;

	frame_look_at_sums(&frame->tap, frame->head, head, frame->size, &sums);
	has_tag = frame_tag(frame->head, head, &tci);
	size = put_header(lane, frame, sums.word, has_tag, tci);
	if (sums.missing)
		finish_sum(lane, place(lane, frame->room) + DATA, &sums,
			frame->size);
	rooms_trim(&lane->rooms, frame->room,
		(size + lane->nic->room_size - 1) / lane->nic->room_size);
	work->frames[work->frame_count++] =
		(struct lane_frame){ frame->room, size };
	traffic_add(&lane->received.frames[kind], 1);
	traffic_add(&lane->received.bytes[kind], frame->size);
}

static void stopped(struct lane *lane, int error)
{
	lane->readable = false;
	if (error == -EAGAIN || error == -EINTR)
		return;
	say_limited("cannot read from a tap: %s", strerror(-error));
	lane->dead = true;
}

void receive_run(struct lane *lane)
{
	struct arrived frame;
	unsigned int budget;
	int result;

	for (budget = LANE_FRAMES; budget; budget--) {
		if (!take_room(lane, &frame)) {
			lane->crowded = true;
			return;
		}
		result = read_frame(lane, &frame);
		if (result > 0 && is_wanted(lane->nic, frame.head)) {
			arrived(lane, &frame);
			continue;
		}
		rooms_trim(&lane->rooms, frame.room, 0);
		if (!result)
			traffic_add(&lane->received.errors, 1);
		if (result < 0) {
			stopped(lane, result);
			return;
		}
	}
}

bool receive_give(struct lane *lane)
{
	struct lane_work *work = lane->work;
	struct nvsp_range ranges[LANE_FRAMES];
	uint32_t head, last, i;
	int error;

	if (!work->frame_count)
		return true;
	head = last = work->frames[0].room;
	rooms_give(&lane->rooms, head);
	for (i = 0; i < work->frame_count; i++) {
		ranges[i] = (struct nvsp_range){ work->frames[i].size,
			place(lane, work->frames[i].room) };
		if (!i)
			continue;
		rooms_give_with(&lane->rooms, last, work->frames[i].room);
		last = work->frames[i].room;
	}
	error = lane_send_pages(lane, head, NVSP_DATA, ranges,
		work->frame_count);
	if (!error)
		work->frame_count = 0;
	/* A ring that broke has taken the rooms with it. */
	else if (work->frame_count)
		rooms_take_back(&lane->rooms, head);
	return !error;
}
