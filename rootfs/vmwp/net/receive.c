/* Frames from a lane's tap to the guest. */
/* SPDX-License-Identifier: MIT */
#include "net/receive.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net/nic.h"
#include "net/pieces.h"
#include "say.h"

#define OLD_FRAMES	4096u	/* as many as a tap keeps, and more */

bool receive_can(const struct lane *lane)
{
	return lane->attached && !lane->dead && !lane->crowded &&
		!lane->full && !lane->work->frame_count;
}

void receive_begin(struct lane *lane)
{
	uint8_t bytes[PIECES_HEAD];
	unsigned int i;

	if (lane->nic->tap.can_detach)
		return;
	for (i = 0; i < OLD_FRAMES; i++)
		if (read(lane->tap, bytes, sizeof(bytes)) < 0)
			return;
}

/* Rooms that the next frame may need. */
static uint32_t span_of(const struct lane *lane)
{
	uint32_t span = nic_is_large(lane->nic) ?
		pieces_of(lane, FRAME_LARGE) : 1;

	return span > lane->rooms.count ? 1 : span;
}

static bool take_room(struct lane *lane, struct arrived *frame)
{
	frame->span = span_of(lane);
	frame->room = rooms_take(&lane->rooms, frame->span);
	frame->space = frame->span * pieces_size(lane);
	return frame->room != ROOMS_NONE;
}

/* Where the bytes after the first ones go. */
static unsigned int room_parts(const struct lane *lane,
	const struct arrived *frame, struct iovec *parts)
{
	const struct guest_page *pages = lane->nic->receive->pages;
	uint32_t size = pieces_size(lane), i;
	unsigned int count = shared_parts(pages, pieces_place(lane, frame,
		PIECES_HEAD), size - PIECES_HEAD, parts);

	for (i = 1; i < frame->span; i++)
		count += shared_parts(pages, pieces_place(lane, frame,
			i * size), size, parts + count);
	return count;
}

/* The frame's size; 0: it is none that can be; -errno. */
static int read_frame(struct lane *lane, struct arrived *frame)
{
	struct iovec *parts = lane->work->parts;
	unsigned int count;
	ssize_t size;

	parts[0] = (struct iovec){ &frame->tap, sizeof(frame->tap) };
	parts[1] = (struct iovec){ frame->head, sizeof(frame->head) };
	count = 2 + room_parts(lane, frame, parts + 2);
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

/* Returns in how many rooms it is. */
static uint32_t arrived(struct lane *lane, struct arrived *frame)
{
	enum frame_kind kind = frame_kind(frame->head);
	uint32_t pieces = pieces_put(lane, frame);
	struct lane_work *work = lane->work;

	rooms_trim(&lane->rooms, frame->room, pieces);
	work->frames[work->frame_count++] =
		(struct lane_frame){ frame->room, frame->size };
	traffic_add(&lane->received.frames[kind], 1);
	traffic_add(&lane->received.bytes[kind], frame->size);
	return pieces;
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
	uint32_t budget, ranges = 0;
	int result;

	for (budget = LANE_FRAMES; budget &&
		ranges + span_of(lane) <= LANE_RANGES; budget--) {
		if (!take_room(lane, &frame)) {
			lane->crowded = true;
			return;
		}
		result = read_frame(lane, &frame);
		if (result > 0 && is_wanted(lane->nic, frame.head)) {
			ranges += arrived(lane, &frame);
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
	struct nvsp_range ranges[LANE_RANGES];
	uint32_t head, last, i, count = 0;
	int error;

	if (!work->frame_count)
		return true;
	head = last = work->frames[0].room;
	rooms_give(&lane->rooms, head);
	for (i = 0; i < work->frame_count; i++) {
		count += pieces_ranges(lane, &work->frames[i], ranges + count);
		if (!i)
			continue;
		rooms_give_with(&lane->rooms, last, work->frames[i].room);
		last = work->frames[i].room;
	}
	error = lane_send_pages(lane, head, NVSP_DATA, ranges, count);
	if (!error)
		work->frame_count = 0;
	/* A ring that broke has taken the rooms with it. */
	else if (work->frame_count)
		rooms_take_back(&lane->rooms, head);
	return !error;
}
