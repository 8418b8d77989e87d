/* What a guest finds of a frame in its rooms: a piece in each. */
/* SPDX-License-Identifier: MIT */
#include "net/pieces.h"

#include <string.h>

#include "net/nic.h"

#define INFOS		3u
#define INFO_SIZE	(sizeof(struct rndis_info) + sizeof(uint32_t))
static_assert(sizeof(struct rndis_packet) + INFOS * INFO_SIZE <= PIECES_DATA,
	"data");

uint32_t pieces_size(const struct lane *lane)
{
	return lane->nic->room_size - PIECES_DATA;
}

uint32_t pieces_of(const struct lane *lane, uint32_t size)
{
	return (size + pieces_size(lane) - 1) / pieces_size(lane);
}

static uint32_t place(const struct lane *lane, uint32_t room)
{
	return (lane->rooms.first + room) * lane->nic->room_size;
}

uint32_t pieces_place(const struct lane *lane, const struct arrived *frame,
	uint32_t byte)
{
	return place(lane, frame->room + byte / pieces_size(lane)) +
		PIECES_DATA + byte % pieces_size(lane);
}

static uint32_t put_info(uint8_t *to, uint32_t type, uint32_t word)
{
	const struct rndis_info info = { sizeof(info) + sizeof(word), type,
		sizeof(info) };

	memcpy(to, &info, sizeof(info));
	memcpy(to + sizeof(info), &word, sizeof(word));
	return info.size;
}

/* The sum of the bytes from there to the frame's end. */
static uint16_t sum_from(const struct lane *lane, const struct arrived *frame,
	uint32_t from)
{
	uint32_t at, size, sum = 0;

	for (at = from; at < frame->size; at += size) {
		uint16_t part;

		size = pieces_size(lane) - at % pieces_size(lane);
		if (size > frame->size - at)
			size = frame->size - at;
		part = shared_sum(lane->nic->receive->pages,
			pieces_place(lane, frame, at), size);
		/* RFC 1071 2(B): an odd number of bytes before swaps it. */
		sum += (at - from) % 2 ? (uint16_t)(part << 8 | part >> 8) :
			part;
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void finish_sum(struct lane *lane, const struct arrived *frame,
	const struct frame_sums *sums)
{
	uint16_t sum = ~sum_from(lane, frame, sums->from);
	uint8_t bytes[2];
	uint32_t i;

	if (sums->is_udp && !sum)
		sum = UINT16_MAX;
	memcpy(bytes, &sum, sizeof(bytes));
	for (i = 0; i < sizeof(bytes); i++)
		shared_copy_out(lane->nic->receive->pages,
			pieces_place(lane, frame, sums->at + i), bytes + i, 1);
}

/* Of the piece-th of so many; what is of the frame stands in the first. */
static uint32_t put_infos(uint8_t *to, const struct arrived *frame,
	uint32_t piece, uint32_t pieces)
{
	uint32_t size = 0;

	if (frame->sums && !piece)
		size += put_info(to + size, INFO_CHECKSUM, frame->sums);
	if (frame->has_tag && !piece)
		size += put_info(to + size, INFO_VLAN, VLAN_WORD(frame->tci));
	if (pieces > 1)
		size += put_info(to + size, INFO_PIECE, PIECE_WORD(
			piece ? 0 : PIECE_FIRST,
			piece == pieces - 1 ? PIECE_LAST : 0));
	return size;
}

/* What the guest finds before a piece; the tag, which is not there any more, was
 * in the first. */
static void put_header(struct lane *lane, const struct arrived *frame,
	uint32_t piece, uint32_t pieces)
{
	uint8_t bytes[PIECES_DATA] = { 0 };
	uint32_t skip = frame->has_tag && !piece ? FRAME_TAG : 0;
	uint32_t size = frame->size - piece * pieces_size(lane);
	struct rndis_packet packet = { .header = { RNDIS_PACKET, 0 } };

	if (size > pieces_size(lane))
		size = pieces_size(lane);
	packet.header.size = PIECES_DATA + size;
	packet.data_offset = PIECES_DATA + skip - sizeof(struct rndis_header);
	packet.data_length = size - skip;
	packet.info_length = put_infos(bytes + sizeof(packet), frame, piece,
		pieces);
	if (packet.info_length)
		packet.info_offset = sizeof(packet) -
			sizeof(struct rndis_header);
	memcpy(bytes, &packet, sizeof(packet));
	shared_copy_out(lane->nic->receive->pages,
		place(lane, frame->room + piece), bytes, sizeof(bytes));
}

static void put_head(struct lane *lane, struct arrived *frame)
{
	uint32_t head = frame->size < PIECES_HEAD ? frame->size : PIECES_HEAD;

	if (frame->has_tag)
		memmove(frame->head + FRAME_TAG, frame->head,
			FRAME_ETHERNET - 2);
	shared_copy_out(lane->nic->receive->pages, pieces_place(lane, frame, 0),
		frame->head, head);
}

uint32_t pieces_put(struct lane *lane, struct arrived *frame)
{
	uint32_t head = frame->size < PIECES_HEAD ? frame->size : PIECES_HEAD, i;
	uint32_t pieces = pieces_of(lane, frame->size);
	struct frame_sums sums;

	frame_look_at_sums(&frame->tap, frame->head, head, frame->size, &sums);
	frame->sums = sums.word;
	frame->has_tag = frame_tag(frame->head, head, &frame->tci);
	put_head(lane, frame);
	for (i = 0; i < pieces; i++)
		put_header(lane, frame, i, pieces);
	if (sums.missing)
		finish_sum(lane, frame, &sums);
	return pieces;
}

uint32_t pieces_ranges(const struct lane *lane,
	const struct lane_frame *frame, struct nvsp_range *to)
{
	uint32_t left = frame->size, count, size;

	for (count = 0; left; count++, left -= size) {
		size = left < pieces_size(lane) ? left : pieces_size(lane);
		to[count] = (struct nvsp_range){ PIECES_DATA + size,
			place(lane, frame->room + count) };
	}
	return count;
}
