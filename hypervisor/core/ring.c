/* Event rings of the parent's VPs.
 *
 * A port is at most once in a ring, or in the list of those that wait for
 * room: a guest that rings in a loop takes one place. Only the VP's own
 * processor writes its rings, as it leaves the VP for that, so there is no race
 * with the reader. That a port has been read the ring itself says: its place
 * there is 0, or another port's. */
/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include "../abi/hypercall.h"
#include "../abi/message.h"
#include "../abi/msr.h"
#include "../abi/status.h"
#include "hypercall.h"
#include "machine.h"
#include "partition.h"
#include "port.h"
#include "signal.h"
#include "vp.h"

/* port->where: nowhere, waiting, or the place in a ring. */
#define NOWHERE		0u
#define WAITS		1u
#define AT(vp, place)	(((vp)->index + 1) << 8 | (place))
#define AT_VP(where)	(parent->vp[((where) >> 8) - 1])
#define AT_PLACE(where)	((where) & 0xff)

static struct lock lock = LOCK_INIT(LOCK_RINGS);	/* lists of all VPs */

static struct hv_event_ring *ring_of(const struct vp *vp, unsigned int sint)
{
	return (struct hv_event_ring *)(vp->synic.rings &
		~(HV_PAGE_SIZE - 1ull)) + sint;
}

static bool is_on(const struct vp *vp)
{
	return vp->synic.control & 1 && vp->synic.rings & HV_OVERLAY_ENABLE;
}

/* The reader has not seen it yet. */
static bool is_queued(const struct port *port, uint32_t where)
{
	const struct hv_event_ring *ring;

	if (where <= WAITS)
		return where;
	ring = ring_of(AT_VP(where), port->sint);
	return __atomic_load_n(&ring->port[AT_PLACE(where)],
		__ATOMIC_SEQ_CST) == port->id;
}

/* Into the VP's ring; false when that is full: its reader will say so. */
static bool put(struct vp *vp, struct port *port)
{
	struct hv_event_ring *ring = ring_of(vp, port->sint);
	uint8_t *head = &vp->ring_head[port->sint];

	if (ring->port[*head]) {
		ring->full = 1;
		return false;
	}
	__atomic_store_n(&ring->port[*head], port->id, __ATOMIC_SEQ_CST);
	__atomic_store_n(&port->where, AT(vp, *head), __ATOMIC_SEQ_CST);
	*head = (uint8_t)((*head + 1) % HV_RING_PORTS);
	return true;
}

/* Once until the reader has found its ring empty. */
static void notify(struct vp *vp, unsigned int sint)
{
	struct hv_event_ring *ring = ring_of(vp, sint);
	uint64_t how = vp->synic.sint[sint];

	if (ring->masked || how & HV_SINT_MASKED)
		return;
	ring->masked = 1;
	if (how & HV_SINT_AS_INTERCEPT) {
		vp->ring_notices |= 1u << sint;
		signal_next(vp);
	} else {
		synic_assert(vp, sint);
	}
}

static void append(struct vp *vp, struct port *port)
{
	port->next = NULL;
	if (vp->ring_last)
		vp->ring_last->next = port;
	else
		vp->ring_first = port;
	vp->ring_last = port;
}

static void remove_first(struct vp *vp)
{
	vp->ring_first = vp->ring_first->next;
	if (!vp->ring_first)
		vp->ring_last = NULL;
}

static void wait_for_room(struct vp *vp, struct port *port)
{
	lock_take(&lock);
	append(vp, port);
	lock_give(&lock);
	if (vp == cpu_self()->vp)
		ring_serve(vp);
	else
		vp_request(vp, VP_REQUEST_SIGNALS);
}

void ring_port(struct port *port)
{
	struct vp *self = cpu_self()->vp, *vp = port->vp_index == HV_ANY_VP ?
		self : parent->vp[port->vp_index];
	uint32_t where = __atomic_load_n(&port->where, __ATOMIC_SEQ_CST);

	do {
		if (is_queued(port, where))
			return;
	} while (!__atomic_compare_exchange_n(&port->where, &where, WAITS,
		false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	/* Those that wait were earlier. */
	if (vp == self && is_on(vp) && !__atomic_load_n(&vp->ring_first,
			__ATOMIC_RELAXED) && put(vp, port))
		notify(vp, port->sint);
	else
		wait_for_room(vp, port);
}

/* All that wait for the VP go to another one. */
static void move(struct vp *from, struct vp *to)
{
	lock_take(&lock);
	while (from->ring_first) {
		struct port *port = from->ring_first;

		remove_first(from);
		append(to, port);
	}
	lock_give(&lock);
	vp_request(to, VP_REQUEST_SIGNALS);
}

static uint32_t fill(struct vp *vp)
{
	uint32_t sints = 0;

	lock_take(&lock);
	while (vp->ring_first && put(vp, vp->ring_first)) {
		sints |= 1u << vp->ring_first->sint;
		remove_first(vp);
	}
	lock_give(&lock);
	return sints;
}

void ring_serve(struct vp *vp)
{
	uint32_t sints;

	if (!__atomic_load_n(&vp->ring_first, __ATOMIC_SEQ_CST))
		return;
	if (!is_on(vp)) {
		/* The first one's wait until it is on again. */
		if (vp->index)
			move(vp, parent->vp[0]);
		return;
	}
	for (sints = fill(vp); sints; sints &= sints - 1)
		notify(vp, (unsigned int)__builtin_ctz(sints));
}

/* What is in one of its rings waits again. */
static void take_back(struct vp *vp, unsigned int sint)
{
	struct hv_event_ring *ring = ring_of(vp, sint);
	unsigned int place, unread = 0;

	for (place = 0; place < HV_RING_PORTS; place++) {
		uint32_t id = ring->port[place], where = AT(vp, place);
		struct port *port = id ? port_find(parent, id) : NULL;

		ring->port[place] = 0;
		unread += id != 0;
		/* It may have been rung elsewhere meanwhile. */
		if (!port || !__atomic_compare_exchange_n(&port->where,
				&where, WAITS, false, __ATOMIC_SEQ_CST,
				__ATOMIC_SEQ_CST))
			continue;
		lock_take(&lock);
		append(vp, port);
		lock_give(&lock);
	}
	ring->masked = ring->full = 0;
	/* Where the reader will look next. */
	vp->ring_head[sint] = (uint8_t)((vp->ring_head[sint] + HV_RING_PORTS -
		unread) % HV_RING_PORTS);
}

void ring_turned(struct vp *vp)
{
	unsigned int sint;

	if (!is_on(vp)) {
		lock_take(&port_lock);
		for (sint = 0; sint < SYNIC_SINTS; sint++)
			take_back(vp, sint);
		lock_give(&port_lock);
		vp->ring_notices = 0;
	}
	ring_serve(vp);
}

void ring_forget(struct port *port)
{
	struct port **at, *last;
	unsigned int i;

	lock_take(&lock);
	for (i = 0; i < machine.cpu_count && port->where == WAITS; i++) {
		last = NULL;
		at = &parent->vp[i]->ring_first;
		while (*at && *at != port) {
			last = *at;
			at = &last->next;
		}
		if (!*at)
			continue;
		*at = port->next;
		if (!port->next)
			parent->vp[i]->ring_last = last;
		port->where = NOWHERE;
	}
	lock_give(&lock);
}

uint16_t ring_notify_empty(struct hypercall *call)
{
	const struct hv_notify_ring_empty_in *in = call->in;

	if (in->reserved || in->sint >= SYNIC_SINTS)
		return HV_STATUS_INVALID_PARAMETER;
	ring_serve(call->vp);
	return HV_STATUS_SUCCESS;
}
