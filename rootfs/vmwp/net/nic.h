/* A NIC: what the guest and the control socket have made of it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_NIC_H
#define VMWP_NET_NIC_H

#include "net/lane.h"
#include "net/ndis.h"
#include "net/tap.h"

struct netvsp;

#define NIC_LANES	TAP_QUEUES
#define NIC_LETTERS	8u	/* RNDIS messages that wait for the guest */
#define NIC_LETTER	768u	/* bytes of one */
#define NIC_CONTROL	8u	/* rooms for them */
#define NIC_MTU		1500u
#define NIC_MTU_MIN	68u
#define NIC_MTU_MAX	9000u
#define NIC_SECTION	6144u	/* of the send buffer */
#define NIC_SPEED	10000000000ull	/* bits per second, as we say */

enum nic_state {
	NIC_CLOSED,
	NIC_BEGIN,	/* the channel is open */
	NIC_READY,	/* there is a version */
	NIC_STATES,
};

/* As the guest set it; frames are steered by the tap. */
struct rss {
	uint32_t hash;		/* 0: off */
	uint32_t entries;
	uint8_t table[NDIS_SCALE_TABLE];
	uint8_t key[NDIS_SCALE_KEY];
};

/* All with the device lock. What lanes use without it is changed while they
 * stand still: those marked *. */
struct nic {
	struct netvsp *netvsp;
	unsigned int place;
	struct lane *lanes;	/* owned */
	unsigned int count;	/* of them; fixed */

	/* The configuration's. */
	bool present;
	struct tap tap;
	unsigned int used;	/* lanes, while it is present */
	uint8_t permanent[6];
	uint32_t mtu;
	bool cable;		/* * it is in */
	bool leaving;
	uint64_t leaves;	/* since then; ns */

	/* The guest's. */
	enum nic_state state;
	uint32_t version, capabilities;
	struct gpadl *receive, *send;	/* * taken */
	uint16_t receive_id, send_id;
	uint32_t room_size;		/* * */
	struct rooms control;
	bool is_initialized;		/* RNDIS; * */
	uint32_t filter;		/* * */
	uint8_t address[6];		/* * */
	bool rsc4, rsc6;		/* * */
	struct rss rss;
	unsigned int allowed;		/* sub-channels that it asked for */
	bool table_due, link_due;
	struct nic_letter {
		uint32_t size;
		uint8_t bytes[NIC_LETTER];
	} letters[NIC_LETTERS];
	unsigned int letter_count;
};

/* As before the guest opened it. The lanes but the caller's stand still. */
void nic_reset(struct nic *nic);
/* All lanes but that one (NULL: all). */
void nic_stop(struct nic *nic, const struct lane *but);
void nic_go(struct nic *nic, const struct lane *but);
void nic_wake(struct nic *nic);

/* The receive buffer is divided among lanes and answers. 0 or -errno. The lanes
 * stand still, as for the next. */
int nic_set_receive(struct nic *nic, struct gpadl *gpadl, uint16_t id);
void nic_drop_receive(struct nic *nic);
/* How many rooms there would be. */
uint32_t nic_room_size(const struct nic *nic);
uint32_t nic_room_count(const struct nic *nic, const struct gpadl *gpadl);
void nic_drop_send(struct nic *nic);

/* Frames may come to the guest. Without the lock. */
bool nic_is_up(const struct nic *nic);
/* It takes large segments of TCP. */
static inline bool nic_is_large(const struct nic *nic)
{
	return nic->rsc4 || nic->rsc6;
}

/* The guest is told when there is a way. */
void nic_set_cable(struct nic *nic, bool in);

#endif
