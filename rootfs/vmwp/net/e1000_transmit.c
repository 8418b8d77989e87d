/* Frames that an 82540EM's guest sends, to the tap. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "net/e1000_work.h"
#include "net/ndis.h"
#include "shared.h"

#define BUDGET	64u	/* frames, then it looks round */

/* What is said with the first descriptor, and with the last. */
#define IS_EXTENDED(part)	((part)->lower & E1000_TX_DEXT)
#define IS_CONTEXT(part)	(IS_EXTENDED(part) && \
	!((part)->lower & E1000_TX_TYPE))
#define IS_DATA(part)		(IS_EXTENDED(part) && \
	((part)->lower & E1000_TX_TYPE) == E1000_TX_DATA)
#define LENGTH(part)		((part)->lower & \
	(IS_EXTENDED(part) ? 0xfffffu : 0xffffu))
#define TAG(part)		((uint16_t)((part)->upper >> 16))

static const struct e1000_counts counts = { .good = 0x4080, .total = 0x40d4,
	.good_bytes = 0x4090, .total_bytes = 0x40c8, .group = 0x40f0,
	.all = 0x40f4, .sizes = 0x40d8 };
#define LARGE_FRAMES	0x40f8u		/* TSCTC */
#define LARGE_FAILED	0x40fcu		/* TSCTFC */

/* The descriptors of the next frame, or one context. 0: it is not whole yet.
 * Where no memory is, nothing is. */
static unsigned int peek(struct e1000 *nic, const struct e1000_ring *ring)
{
	struct e1000_work *work = nic->work;
	struct e1000_descriptor *part = work->descriptors;
	uint32_t i, most = ring->ready;

	if (most > E1000_PARTS)
		most = E1000_PARTS;
	for (i = 0; i < most; i++, part++) {
		if (!shared_read(nic->function.pci->ram, ring->base +
			sizeof(*part) * ((ring->head + i) % ring->count),
			part, sizeof(*part)))
			*part = (struct e1000_descriptor){
				.lower = E1000_TX_EOP };
		if (part->lower & E1000_TX_EOP || (!i && IS_CONTEXT(part)))
			return i + 1;
	}
	/* It will never be whole. */
	nic->skipping |= i == E1000_PARTS || i + 1 == ring->count;
	return nic->skipping ? i : 0;
}

static void take_context(struct e1000 *nic)
{
	const struct e1000_descriptor *part = nic->work->descriptors;
	uint64_t address = part->address;
	struct e1000_context *to = part->lower & E1000_TX_TSE ?
		&nic->large : &nic->plain;

	*to = (struct e1000_context){
		.ip_from = address,
		.ip_at = address >> 8,
		.ip_end = address >> 16,
		.from = address >> 32,
		.at = address >> 40,
		.end = address >> 48,
		.is_tcp = part->lower & E1000_CONTEXT_TCP,
		.is_ipv4 = part->lower & E1000_CONTEXT_IPV4,
		.header = part->upper >> 8,
		.mss = part->upper >> 16,
	};
}

/* All bytes of the frame into our memory. */
static bool gather(struct e1000 *nic)
{
	struct e1000_work *work = nic->work;
	unsigned int i;
	uint32_t size;

	work->size = 0;
	for (i = 0; i < work->taken; i++) {
		size = LENGTH(&work->descriptors[i]);
		if (size > sizeof(work->bytes) - work->size)
			return false;
		if (size && !shared_read(nic->function.pci->ram,
			work->descriptors[i].address, work->bytes + work->size,
			size))
			return false;
		work->size += size;
	}
	return true;
}

/* A sum of the bytes from there to end, or to all's; false: it is not in
 * them. */
static bool put_sum(struct e1000_work *work, uint32_t from, uint32_t end,
	uint32_t at)
{
	uint16_t sum;

	if (!end || end >= work->size)
		end = work->size - 1;
	if (from > end || at + 2 > work->size)
		return false;
	sum = ~frame_sum(0, work->bytes + from, end + 1 - from);
	memcpy(work->bytes + at, &sum, 2);
	return true;
}

/* The sum that the tap puts in; what it cannot do is done here. */
static bool let_sum(struct e1000_work *work, const struct e1000_context *how,
	bool *tap)
{
	*tap = !how->end && how->at >= how->from &&
		how->at + 2u <= work->size;
	return *tap || put_sum(work, how->from, how->end, how->at);
}

static bool prepare_legacy(struct e1000_work *work)
{
	const struct e1000_descriptor *last =
		&work->descriptors[work->taken - 1];

	if (!(last->lower & E1000_TX_IC))
		return true;
	return put_sum(work, last->upper >> 8 & 0xff, 0,
		last->lower >> 16 & 0xff);
}

static bool prepare_plain(struct e1000 *nic, bool *tap)
{
	const struct e1000_context *how = &nic->plain;
	struct e1000_work *work = nic->work;
	uint32_t options = work->descriptors[0].upper;

	if (options & E1000_TX_IXSM &&
	    !put_sum(work, how->ip_from, how->ip_end, how->ip_at))
		return false;
	return !(options & E1000_TX_TXSM) || let_sum(work, how, tap);
}

static bool is_large(const struct e1000_work *work)
{
	return IS_DATA(&work->descriptors[0]) &&
		work->descriptors[0].lower & E1000_TX_TSE;
}

/* Only TCP is cut; frame_send() finds out whether it is. */
static bool prepare_large(const struct e1000 *nic, struct frame_info *info)
{
	const struct e1000_context *how = &nic->large;

	if (!how->is_tcp || how->header > nic->work->size)
		return false;
	info->large = LARGE_SEND_V2 | how->mss | (uint32_t)how->from << 20 |
		(how->is_ipv4 ? 0 : LARGE_SEND_IPV6);
	return true;
}

static void set_head(struct e1000_work *work)
{
	struct frame *frame = &work->frame;

	frame->size = work->size;
	frame->head = work->size < FRAME_HEAD ? work->size : FRAME_HEAD;
	memcpy(frame->bytes, work->bytes, frame->head);
}

/* The frame as it goes; false: it is none. */
static bool prepare(struct e1000 *nic)
{
	struct e1000_work *work = nic->work;
	const struct e1000_descriptor *last =
		&work->descriptors[work->taken - 1];
	struct frame_info info = { .has_vlan = last->lower & E1000_TX_VLE &&
		nic->registers[E1000_CTRL] & E1000_CTRL_VME };
	uint32_t most = is_large(work) ? FRAME_LARGE :
		nic->mtu + FRAME_ETHERNET + FRAME_TAG, before;
	bool tap = false, good;

	if (work->size < FRAME_ETHERNET || work->size > most)
		return false;
	if (is_large(work))
		good = prepare_large(nic, &info);
	else if (IS_DATA(&work->descriptors[0]))
		good = prepare_plain(nic, &tap);
	else
		good = prepare_legacy(work);
	if (!good)
		return false;
	info.vlan = VLAN_WORD(TAG(last));
	set_head(work);
	before = work->frame.head;
	if (!frame_send(&work->frame, &info))
		return false;
	if (!tap)
		return true;
	work->frame.tap.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	work->frame.tap.csum_start = nic->plain.from + work->frame.head - before;
	work->frame.tap.csum_offset = nic->plain.at - nic->plain.from;
	return true;
}

static void fill_up(struct e1000 *nic)
{
	struct e1000_work *work = nic->work;

	if (!(nic->registers[E1000_TCTL] & E1000_TCTL_PSP) ||
	    work->size < FRAME_ETHERNET || work->size >= E1000_SHORTEST)
		return;
	memset(work->bytes + work->size, 0, E1000_SHORTEST - work->size);
	work->size = E1000_SHORTEST;
}

/* The descriptors are the guest's again. */
static void give_back(struct e1000 *nic, const struct e1000_ring *ring)
{
	const struct e1000_work *work = nic->work;
	static const uint8_t done = E1000_TX_DD;
	uint32_t i, at, causes = 0;

	for (i = 0; i < work->taken; i++) {
		if (!(work->descriptors[i].lower & (E1000_TX_RS | E1000_TX_RPS)))
			continue;
		at = (ring->head + i) % ring->count;
		shared_write(nic->function.pci->ram, ring->base + E1000_STATUS_AT +
			sizeof(work->descriptors[0]) * at, &done, 1);
		causes = E1000_CAUSE_TXDW;
	}
	nic->registers[E1000_TDH] =
		(ring->head + work->taken) % ring->count;
	if (work->taken == ring->ready)
		causes |= E1000_CAUSE_TXQE;
	e1000_interrupt(nic, causes);
}

static bool take_frame(struct e1000 *nic)
{
	struct e1000_work *work = nic->work;
	bool good = gather(nic);

	if (good) {
		fill_up(nic);
		good = prepare(nic);
	}
	if (!good) {
		traffic_add(&nic->sent.errors, 1);
		if (is_large(work))
			e1000_count(nic, LARGE_FAILED);
		return false;
	}
	if (is_large(work))
		e1000_count(nic, LARGE_FRAMES);
	e1000_count_frame(nic, &counts, work->bytes, work->size + E1000_CRC);
	return true;
}

/* What the ring has next. false: nothing; send: the frame is to go. */
static bool take(struct e1000 *nic, bool *send)
{
	struct e1000_work *work = nic->work;
	struct e1000_ring ring;

	*send = false;
	if (nic->paused || !e1000_transmit_ring(nic, &ring) || !ring.ready)
		return false;
	work->taken = peek(nic, &ring);
	nic->partial = !work->taken;
	if (nic->partial)
		return false;
	if (nic->skipping)
		nic->skipping = !(work->descriptors[work->taken - 1].lower &
			E1000_TX_EOP);
	else if (IS_CONTEXT(&work->descriptors[0]))
		take_context(nic);
	else
		*send = take_frame(nic);
	if (*send && !nic->cable) {
		traffic_add(&nic->sent.dropped, 1);
		*send = false;
	}
	give_back(nic, &ring);
	return true;
}

static void send_frame(struct e1000 *nic)
{
	struct e1000_work *work = nic->work;
	struct frame *frame = &work->frame;
	uint32_t rest = frame->size < FRAME_HEAD ? frame->size : FRAME_HEAD;
	struct iovec parts[3] = {
		{ &frame->tap, sizeof(frame->tap) },
		{ frame->bytes, frame->head },
		{ work->bytes + rest, frame->size - rest },
	};
	enum frame_kind kind = frame_kind(frame->bytes);
	ssize_t result;

	do
		result = writev(nic->tap.fds[0], parts, 3);
	while (result < 0 && errno == EINTR);
	if (result < 0) {
		traffic_add(&nic->sent.dropped, 1);
		return;
	}
	traffic_add(&nic->sent.frames[kind], 1);
	traffic_add(&nic->sent.bytes[kind], frame->size);
}

bool e1000_transmit(struct e1000 *nic)
{
	unsigned int budget;
	bool found, send;

	for (budget = BUDGET; budget; budget--) {
		pthread_mutex_lock(nic->device_lock);
		found = take(nic, &send);
		pthread_mutex_unlock(nic->device_lock);
		if (!found)
			return false;
		if (send)
			send_frame(nic);
	}
	return true;
}
