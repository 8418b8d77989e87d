/* --nic: the network adapters at the VM's start. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_NICOPTION_H
#define VMWP_NET_NICOPTION_H

#include <stdbool.h>
#include <stdint.h>

#define NICOPTION_NICS	8u
/* With the ending zero: 16 descriptors with + between. */
#define NICOPTION_TAP	80u

struct nic_option {
	/* A name, or numbers of descriptors, one for each queue. */
	char tap[NICOPTION_TAP];
	uint8_t mac[6];
	uint32_t mtu;		/* 0: the tap's */
	bool has_mac;		/* else it is the one of the switch's port */
	bool unplugged;
	bool e1000;		/* else a synthetic one */
};

struct nic_options {
	struct nic_option list[NICOPTION_NICS];
	unsigned int count;
};

/* tap=NAME|FD+...[,mac=MAC][,mtu=N][,cable=in|out][,model=synthetic|e1000].
 * false: it is said what is wrong. */
bool nicoption_read(struct nic_options *options, const char *value);

/* How many there are of one kind. */
unsigned int nicoption_count(const struct nic_options *options, bool e1000);

struct e1000;
struct netvsp;
/* Opens all of them; there are as many e1000s as they want. 0 or -errno, which
 * is said. */
int nicoption_add_all(const struct nic_options *options,
	struct netvsp *netvsp, struct e1000 *e1000s);

#endif
