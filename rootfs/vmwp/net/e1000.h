/* Intel's 82540EM, a network adapter that all systems know, on PCI.
 * docs/network.md */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_E1000_H
#define VMWP_NET_E1000_H

#include <pthread.h>
#include <stdatomic.h>

#include "device.h"
#include "net/e1000_registers.h"
#include "net/frame.h"
#include "net/lane.h"
#include "net/tap.h"
#include "pci/pci.h"

#define E1000_MEMORY	0x20000u	/* bytes of registers */
#define E1000_PORTS	64u
#define E1000_SLOT	3u		/* the first's, on PCI */

#define E1000_ADDRESSES	16u
#define E1000_WORDS	128u		/* of each hash table */
#define E1000_COUNTERS	64u
#define E1000_EEPROM	64u		/* words */
#define E1000_PHY	32u		/* registers */

/* What a context descriptor said. */
struct e1000_context {
	uint8_t ip_from, ip_at, from, at;
	uint16_t ip_end, end;
	bool is_ipv4, is_tcp;
	uint8_t header;		/* bytes of all headers */
	uint16_t mss;
};

/* The EEPROM's serial lines (5.3). */
struct e1000_wire {
	bool reading;
	uint8_t count;		/* bits that came */
	uint16_t in;		/* those */
	uint16_t out;		/* which bit goes: word * 16 + bit */
};

struct e1000_work;

struct e1000 {
	struct device device;
	struct pci_function function;
	pthread_mutex_t *device_lock;

	/* All with the device lock. The guest's: */
	uint32_t registers[E1000_REGISTERS];
	uint32_t address[2 * E1000_ADDRESSES];	/* RAL, RAH */
	uint32_t groups[E1000_WORDS], vlans[E1000_WORDS];
	uint32_t counters[E1000_COUNTERS];
	uint16_t phy[E1000_PHY];
	struct e1000_wire wire;
	struct e1000_context plain, large;
	bool skipping;		/* what is left of a frame that is too long */
	uint32_t port;		/* IOADDR */
	/* The configuration's: */
	bool present;		/* there is a tap */
	bool cable;
	struct tap tap;		/* owned; also the thread's */
	uint32_t mtu;		/* fixed with the tap, as the next */
	uint16_t eeprom[E1000_EEPROM];
	/* The thread's: */
	bool asleep;		/* it wants e1000_kick() */
	bool partial;		/* no whole frame is ready, by the last kick */
	bool paused, ended;
	struct e1000_work *work;	/* owned; without the lock */
	struct traffic sent, received;
	int wake;			/* eventfd */
	bool started;
	pthread_t thread;
};

/*
 * Without a tap: the guest sees it without a cable. 0 or -errno, after which
 * e1000_free() is due all the same. Device lock held.
 */
int e1000_init(struct e1000 *nic, struct pci *pci, unsigned int slot,
	pthread_mutex_t *device_lock);
/* After the device's exit, without the device lock. */
void e1000_free(struct e1000 *nic);

/* The other end, before the VM runs: the tap is taken, also after an error. mtu
 * 0: the tap's, 1,500 where that is unknown. Without a thread (tests)
 * e1000_turn() is called instead. 0 or -errno. Without the device lock. */
int e1000_connect(struct e1000 *nic, struct tap *tap, const uint8_t mac[6],
	uint32_t mtu, bool cable, bool thread);
/* The cable is put in or pulled; the guest is told. -ENODEV: there is no tap.
 * Without the device lock, as for the next two. */
int e1000_plug(struct e1000 *nic, bool in);

/* Nothing is done for the guest until it goes on. */
void e1000_pause(struct e1000 *nic);
void e1000_go(struct e1000 *nic);

/* For the parts of it, with the device lock held. */

/* Causes of an interrupt come (0: masks have changed). */
void e1000_interrupt(struct e1000 *nic, uint32_t causes);
/* All but PCI's as after power-on. */
void e1000_reset_all(struct e1000 *nic);
/* Something for the thread to do. */
void e1000_kick(struct e1000 *nic);
/* A statistics register, by its offset, does not wrap. */
void e1000_count(struct e1000 *nic, uint32_t offset);
/* One frame of so many bytes: the registers for good ones, all, bytes (two
 * each), groups, all stations and for the smallest size. */
struct e1000_counts {
	uint32_t good, total, good_bytes, total_bytes, group, all, sizes;
};
void e1000_count_frame(struct e1000 *nic, const struct e1000_counts *at,
	const uint8_t *frame, uint32_t size);

struct e1000_ring {
	uint64_t base;
	uint32_t count, head, tail;	/* descriptors; both below count */
	uint32_t ready;			/* from head to tail */
};
/* false: it has none, or its registers mean nothing. */
bool e1000_transmit_ring(const struct e1000 *nic, struct e1000_ring *ring);
bool e1000_receive_ring(const struct e1000 *nic, struct e1000_ring *ring);
/* The guest wants frames, and they can come. */
bool e1000_listens(const struct e1000 *nic);

extern const struct device_ops e1000_ops;

#endif
