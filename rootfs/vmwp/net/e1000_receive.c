/* Frames from the tap to an 82540EM's guest. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "net/e1000_work.h"
#include "net/ndis.h"
#include "shared.h"

#define SHORT_MOST	1518u	/* with the CRC, without a tag */
#define IPV4_HEADER	20u

static const struct e1000_counts counts = { .good = 0x4074, .total = 0x40d0,
	.good_bytes = 0x4088, .total_bytes = 0x40c0, .group = 0x407c,
	.all = 0x4078, .sizes = 0x405c };
#define TOO_LONG	0x40acu		/* ROC */

/* A frame on its way into descriptors. */
struct delivery {
	uint8_t *bytes;
	uint32_t size;		/* with the CRC, if the guest wants that */
	uint32_t room;		/* of a descriptor */
	struct e1000_written written;
};

static uint32_t room_of(const struct e1000 *nic)
{
	uint32_t rctl = nic->registers[E1000_RCTL], size = E1000_RCTL_SIZE(rctl);

	if (rctl & E1000_RCTL_BSEX && size)
		return 32768u >> size;
	return 2048u >> size;
}

/* The tap left it out. */
static void finish_sum(struct e1000_arrived *frame,
	const struct frame_sums *sums)
{
	uint16_t sum = ~frame_sum(0, frame->bytes + sums->from,
		frame->size - sums->from);

	if (sums->is_udp && !sum)
		sum = UINT16_MAX;
	memcpy(frame->bytes + sums->at, &sum, sizeof(sum));
}

/* Of IPv4's header: nobody has looked at it. */
static void look_at_ip(const struct e1000_arrived *frame,
	struct e1000_written *to)
{
	const uint8_t *ip = frame->bytes + FRAME_ETHERNET;
	uint32_t size;

	if (frame->size < FRAME_ETHERNET + IPV4_HEADER ||
	    ip[-2] != 0x08 || ip[-1] || ip[0] >> 4 != 4)
		return;
	size = (ip[0] & 15) * 4u;
	if (size < IPV4_HEADER || size > frame->size - FRAME_ETHERNET)
		return;
	to->status |= E1000_RX_IPCS;
	if (frame_sum(0, ip, size) != 0xffff)
		to->errors |= E1000_RX_IPE;
}

static void look_at_sums(const struct e1000 *nic, struct e1000_arrived *frame,
	struct e1000_written *to)
{
	uint32_t wanted = nic->registers[E1000_RXCSUM];
	struct frame_sums sums;

	frame_look_at_sums(&frame->tap, frame->bytes, frame->size,
		frame->size, &sums);
	if (sums.missing)
		finish_sum(frame, &sums);
	if (wanted & E1000_RXCSUM_IP)
		look_at_ip(frame, to);
	if (wanted & E1000_RXCSUM_TCP && sums.word)
		to->status |= E1000_RX_TCPCS;
	if (!(to->status & (E1000_RX_IPCS | E1000_RX_TCPCS)))
		to->status |= E1000_RX_IXSM;
}

/* Into a field, if the guest wants that: the addresses move. */
static uint8_t *take_tag(const struct e1000 *nic,
	struct e1000_arrived *frame, struct e1000_written *to)
{
	uint16_t tci;

	if (!(nic->registers[E1000_CTRL] & E1000_CTRL_VME) ||
	    !frame_tag(frame->bytes, frame->size, &tci))
		return frame->bytes;
	to->tag = tci;
	to->status |= E1000_RX_VP;
	memmove(frame->bytes + FRAME_TAG, frame->bytes, FRAME_ETHERNET - 2);
	frame->size -= FRAME_TAG;
	return frame->bytes + FRAME_TAG;
}

/* The descriptors of a frame, one after the other, and at last where the head
 * is. */
static void put_frame(struct e1000 *nic, const struct e1000_ring *ring,
	struct delivery *frame)
{
	const struct ram *ram = nic->function.pci->ram;
	uint32_t left = frame->size, head = ring->head;
	struct e1000_written written;
	uint64_t at, address;
	uint32_t size;

	for (; left; left -= size, head = (head + 1) % ring->count) {
		at = ring->base + head * sizeof(struct e1000_descriptor);
		size = left < frame->room ? left : frame->room;
		written = frame->written;
		written.size = size;
		written.status |= E1000_RX_DD |
			(size == left ? E1000_RX_EOP : 0);
		if (shared_read(ram, at, &address, sizeof(address)))
			shared_write(ram, address, frame->bytes +
				(frame->size - left), size);
		shared_write(ram, at + sizeof(address), &written,
			sizeof(written));
	}
	nic->registers[E1000_RDH] = head;
}

static void tell(struct e1000 *nic)
{
	uint32_t minimum = E1000_RCTL_MINIMUM(nic->registers[E1000_RCTL]);
	uint32_t causes = E1000_CAUSE_RXT0;
	struct e1000_ring ring;

	if (e1000_receive_ring(nic, &ring) &&
	    ring.ready <= ring.count >> (1 + minimum))
		causes |= E1000_CAUSE_RXDMT0;
	e1000_interrupt(nic, causes);
}

static bool is_too_long(const struct e1000 *nic,
	const struct e1000_arrived *frame)
{
	uint32_t most = SHORT_MOST;
	uint16_t tci;

	if (frame_tag(frame->bytes, frame->size, &tci))
		most += FRAME_TAG;
	return !(nic->registers[E1000_RCTL] & E1000_RCTL_LPE) &&
		frame->size + E1000_CRC > most;
}

/* As the guest gets it; it has room. */
static void deliver(struct e1000 *nic, const struct e1000_ring *ring,
	struct e1000_arrived *frame, bool perhaps)
{
	bool has_crc = !(nic->registers[E1000_RCTL] & E1000_RCTL_SECRC);
	struct delivery to = { .room = room_of(nic) };

	if (perhaps)
		to.written.status |= E1000_RX_PIF;
	look_at_sums(nic, frame, &to.written);
	to.bytes = take_tag(nic, frame, &to.written);
	if (frame->size < E1000_SHORTEST) {
		memset(to.bytes + frame->size, 0,
			E1000_SHORTEST - frame->size);
		frame->size = E1000_SHORTEST;
	}
	/* Nobody looks at it: the frame has come over no wire. */
	memset(to.bytes + frame->size, 0, E1000_CRC);
	to.size = frame->size + (has_crc ? E1000_CRC : 0);
	e1000_count_frame(nic, &counts, to.bytes, frame->size + E1000_CRC);
	put_frame(nic, ring, &to);
	traffic_add(&nic->received.frames[frame_kind(to.bytes)], 1);
	traffic_add(&nic->received.bytes[frame_kind(to.bytes)], frame->size);
}

/* false: there is no room for it now. */
static bool give(struct e1000 *nic, struct e1000_arrived *frame, bool *gave)
{
	uint32_t room = room_of(nic), need;
	struct e1000_ring ring;
	bool perhaps;

	if (!e1000_listens(nic) || !e1000_wants(nic, frame, &perhaps))
		return true;
	if (is_too_long(nic, frame)) {
		e1000_count(nic, TOO_LONG);
		return true;
	}
	need = (frame->size < E1000_SHORTEST ? E1000_SHORTEST : frame->size) +
		E1000_CRC;
	need = (need + room - 1) / room;
	if (!e1000_receive_ring(nic, &ring))
		return false;
	/* It will never have. */
	if (need >= ring.count) {
		traffic_add(&nic->received.dropped, 1);
		return true;
	}
	if (need > ring.ready)
		return false;
	deliver(nic, &ring, frame, perhaps);
	*gave = true;
	return true;
}

void e1000_receive(struct e1000 *nic)
{
	struct e1000_work *work = nic->work;
	bool gave = false;

	while (work->next < work->count &&
	       give(nic, &work->arrived[work->next], &gave))
		work->next++;
	if (gave)
		tell(nic);
}
