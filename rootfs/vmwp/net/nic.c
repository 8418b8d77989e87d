/* A NIC: what the guest and the control socket have made of it. */
/* SPDX-License-Identifier: MIT */
#include "net/nic.h"

#include <errno.h>
#include <string.h>

#include "net/netvsp.h"
#include "net/oid.h"

#define ROOM		1728u
#define ROOM_JUMBO	10240u
#define ROOMS_FEWEST	16u	/* for a lane's frames */

void nic_stop(struct nic *nic, const struct lane *but)
{
	unsigned int i;

	for (i = 0; i < nic->used; i++)
		if (&nic->lanes[i] != but)
			lane_stop(&nic->lanes[i]);
}

void nic_go(struct nic *nic, const struct lane *but)
{
	unsigned int i;

	for (i = 0; i < nic->used; i++)
		if (&nic->lanes[i] != but)
			lane_go(&nic->lanes[i]);
}

void nic_wake(struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->used; i++)
		lane_wake(&nic->lanes[i]);
}

bool nic_is_up(const struct nic *nic)
{
	return nic->receive && nic->is_initialized && nic->filter &&
		nic->cable;
}

uint32_t nic_room_size(const struct nic *nic)
{
	return nic->mtu > NIC_MTU ? ROOM_JUMBO : ROOM;
}

uint32_t nic_room_count(const struct nic *nic, const struct gpadl *gpadl)
{
	uint32_t count = gpadl->size / nic_room_size(nic);

	return count < ROOMS_MAX ? count : ROOMS_MAX;
}

static void drop_rooms(struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->used; i++) {
		if (nic->lanes[i].work)
			nic->lanes[i].work->frame_count = 0;
		rooms_exit(&nic->lanes[i].rooms);
		nic->lanes[i].crowded = false;
	}
	rooms_exit(&nic->control);
}

/* Guests that know no sub-channels have it all for the first. The others' part
 * is theirs even if they do not open. */
static int share_rooms(struct nic *nic, uint32_t count)
{
	unsigned int lanes = nic->version < NVSP_VERSION_5 ? 1 : nic->used, i;
	uint32_t each, first = 0;
	int error;

	if (count < NIC_CONTROL + lanes * ROOMS_FEWEST)
		return -EINVAL;
	each = (count - NIC_CONTROL) / lanes;
	error = rooms_init(&nic->control, count - NIC_CONTROL, NIC_CONTROL);
	for (i = 0; i < lanes && !error; i++, first += each)
		error = rooms_init(&nic->lanes[i].rooms, first, each);
	return error;
}

int nic_set_receive(struct nic *nic, struct gpadl *gpadl, uint16_t id)
{
	int error = share_rooms(nic, nic_room_count(nic, gpadl));

	if (error) {
		drop_rooms(nic);
		return error;
	}
	gpadl_take(gpadl);
	nic->receive = gpadl;
	nic->receive_id = id;
	nic->room_size = nic_room_size(nic);
	return 0;
}

void nic_drop_receive(struct nic *nic)
{
	struct gpadl *gpadl = nic->receive;

	drop_rooms(nic);
	nic->receive = NULL;
	nic->receive_id = 0;
	nic->room_size = 0;
	nic->letter_count = 0;
	if (gpadl)
		vmbus_put(nic->netvsp->vmbus, gpadl);
}

void nic_drop_send(struct nic *nic)
{
	struct gpadl *gpadl = nic->send;

	nic->send = NULL;
	nic->send_id = 0;
	if (gpadl)
		vmbus_put(nic->netvsp->vmbus, gpadl);
}

void nic_reset(struct nic *nic)
{
	nic_drop_receive(nic);
	nic_drop_send(nic);
	oid_reset(nic);
	nic->state = NIC_CLOSED;
	nic->version = nic->capabilities = 0;
	nic->allowed = 0;
	nic->table_due = nic->link_due = false;
}

void nic_set_cable(struct nic *nic, bool in)
{
	if (nic->cable == in)
		return;
	nic_stop(nic, NULL);
	nic->cable = in;
	nic->link_due = nic->state == NIC_READY;
	nic_go(nic, NULL);
	nic_wake(nic);
}
