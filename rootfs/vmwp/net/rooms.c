/* Places in a guest's receive buffer: which of them the guest has. */
/* SPDX-License-Identifier: MIT */
#include "net/rooms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int rooms_init(struct rooms *rooms, uint32_t first, uint32_t count)
{
	*rooms = (struct rooms){ .first = first, .count = count };
	if (!count)
		return 0;
	rooms->rooms = calloc(count, sizeof(*rooms->rooms));
	return rooms->rooms ? 0 : -ENOMEM;
}

void rooms_exit(struct rooms *rooms)
{
	free(rooms->rooms);
	memset(rooms, 0, sizeof(*rooms));
}

void rooms_forget(struct rooms *rooms)
{
	if (rooms->count)
		memset(rooms->rooms, 0,
			rooms->count * sizeof(*rooms->rooms));
	rooms->at = rooms->given = 0;
}

/* How many are free from there on, up to what is wanted. */
static uint32_t free_from(const struct rooms *rooms, uint32_t at, uint32_t span)
{
	uint32_t count = 0;

	while (count < span && at + count < rooms->count &&
	       rooms->rooms[at + count].state == ROOM_FREE)
		count++;
	return count;
}

/* What comes back mostly comes in order: the first look is the right one. */
uint32_t rooms_take(struct rooms *rooms, uint32_t span)
{
	uint32_t looked = 0, at = rooms->at, there, i;

	if (!span || span > rooms->count)
		return ROOMS_NONE;
	while (looked <= rooms->count) {
		if (at + span > rooms->count) {
			looked += rooms->count - at + 1;
			at = 0;
			continue;
		}
		there = free_from(rooms, at, span);
		if (there == span)
			break;
		looked += there + 1;
		at += there + 1;
	}
	if (looked > rooms->count)
		return ROOMS_NONE;
	for (i = 0; i < span; i++)
		rooms->rooms[at + i].state = ROOM_OURS;
	rooms->rooms[at].span = span;
	rooms->rooms[at].next = ROOMS_NONE;
	rooms->at = at + span;
	return at;
}

void rooms_trim(struct rooms *rooms, uint32_t room, uint32_t span)
{
	uint32_t i;

	for (i = span; i < rooms->rooms[room].span; i++)
		rooms->rooms[room + i].state = ROOM_FREE;
	if (rooms->at == room + rooms->rooms[room].span)
		rooms->at = room + span;
	rooms->rooms[room].span = span;
}

static void mark(struct rooms *rooms, uint32_t room, enum room_state first,
	enum room_state others)
{
	uint32_t i;

	for (i = 1; i < rooms->rooms[room].span; i++)
		rooms->rooms[room + i].state = others;
	rooms->rooms[room].state = first;
}

void rooms_give(struct rooms *rooms, uint32_t head)
{
	mark(rooms, head, ROOM_HEAD, ROOM_GIVEN);
	rooms->rooms[head].next = ROOMS_NONE;
	rooms->given++;
}

void rooms_give_with(struct rooms *rooms, uint32_t last, uint32_t room)
{
	mark(rooms, room, ROOM_GIVEN, ROOM_GIVEN);
	rooms->rooms[room].next = ROOMS_NONE;
	rooms->rooms[last].next = room;
}

static void release(struct rooms *rooms, uint32_t head, enum room_state state)
{
	uint32_t room = head, next;

	for (; room != ROOMS_NONE; room = next) {
		next = rooms->rooms[room].next;
		mark(rooms, room, state, state);
	}
	rooms->given--;
}

void rooms_take_back(struct rooms *rooms, uint32_t head)
{
	release(rooms, head, ROOM_OURS);
}

bool rooms_return(struct rooms *rooms, uint64_t head)
{
	if (head >= rooms->count || rooms->rooms[head].state != ROOM_HEAD)
		return false;
	release(rooms, head, ROOM_FREE);
	/* The first ones again: they are in the caches. */
	if (!rooms->given)
		rooms->at = 0;
	return true;
}

/* Each packet: its rooms, each with how many there are in a row. */
static void save_packet(const struct rooms *rooms, uint32_t head,
	struct stream *to)
{
	uint32_t room;

	for (room = head; room != ROOMS_NONE; room = rooms->rooms[room].next) {
		stream_put(to, room, 4);
		stream_put(to, rooms->rooms[room].span, 2);
	}
	stream_put(to, ROOMS_NONE, 4);
}

void rooms_save(const struct rooms *rooms, struct stream *to)
{
	uint32_t i;

	stream_put(to, rooms->given, 4);
	for (i = 0; i < rooms->count; i++)
		if (rooms->rooms[i].state == ROOM_HEAD)
			save_packet(rooms, i, to);
}

static bool load_room(struct rooms *rooms, uint32_t room, struct stream *from)
{
	uint32_t span = stream_get(from, 2), i;

	if (from->failed || room >= rooms->count || !span ||
	    span > rooms->count - room)
		return false;
	for (i = 0; i < span; i++)
		if (rooms->rooms[room + i].state != ROOM_FREE)
			return false;
	rooms->rooms[room].span = span;
	return true;
}

static bool load_packet(struct rooms *rooms, struct stream *from)
{
	uint32_t head = stream_get(from, 4), last = head, room;

	if (!load_room(rooms, head, from))
		return false;
	rooms_give(rooms, head);
	for (;;) {
		room = stream_get(from, 4);
		if (from->failed)
			return false;
		if (room == ROOMS_NONE)
			return true;
		if (!load_room(rooms, room, from))
			return false;
		rooms_give_with(rooms, last, room);
		last = room;
	}
}

bool rooms_load(struct rooms *rooms, struct stream *from)
{
	uint32_t count = stream_get(from, 4), i;

	if (from->failed || count > rooms->count)
		return false;
	for (i = 0; i < count; i++)
		if (!load_packet(rooms, from))
			return false;
	return true;
}
