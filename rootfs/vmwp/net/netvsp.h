/* NetVSP: the network adapters of a VM. docs/network.md */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_NETVSP_H
#define VMWP_NET_NETVSP_H

#include <pthread.h>

#include "net/nic.h"
#include "vmbus/vmbus.h"

#define NETVSP_NICS	8u
#define NETVSP_QUIET	3000000000ull	/* ns */
#define NETVSP_PATIENCE	10000000000ull

struct netvsp {
	/* The VM's device lock, which guards these, too. */
	pthread_mutex_t *device_lock;
	struct vmbus *vmbus;
	bool threads;		/* fixed */
	struct nic nics[NETVSP_NICS];
	bool paused;		/* the event loop's */
	uint64_t (*now)(void);	/* ns */
};

/* Places for all NICs, each with as many lanes as processors, for the VM's
 * life. Without threads (tests) lane_turn() is called instead. 0 or -errno. With
 * the device lock held. */
int netvsp_init(struct netvsp *netvsp, struct vmbus *vmbus,
	pthread_mutex_t *device_lock, unsigned int processors, bool threads);
/* After VMBus' own, without the device lock. */
void netvsp_exit(struct netvsp *netvsp);

/* What a NIC is made of. The tap is taken, also after an error. */
struct netvsp_nic {
	struct tap tap;
	uint8_t mac[6];
	uint32_t mtu;		/* 0: the tap's, 9,000 at most */
	bool unplugged;
};
/* Below in the event loop's thread, without the lock. place: -1 is the lowest that
 * is free. The place; -EBUSY: it is not free; -EINVAL: address or MTU. */
int netvsp_add(struct netvsp *netvsp, int place, struct netvsp_nic *nic);
/* 0: it is gone; -EAGAIN: soon, ask again; -ENODEV: there is none. */
int netvsp_remove(struct netvsp *netvsp, unsigned int place);
/* The cable is put in or pulled. -ENODEV; -EBUSY: it is about to go. */
int netvsp_plug(struct netvsp *netvsp, unsigned int place, bool in);

/* Nothing is done for the guest until it goes on. Without the device lock. */
void netvsp_pause(struct netvsp *netvsp);
void netvsp_go(struct netvsp *netvsp);

/* Sums over a NIC's lanes. */
struct netvsp_traffic {
	uint64_t frames[FRAME_KINDS], bytes[FRAME_KINDS];
	uint64_t errors, dropped;
};
void netvsp_count(const struct nic *nic, bool sent,
	struct netvsp_traffic *traffic);

#endif
