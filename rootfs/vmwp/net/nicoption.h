/* --nic: the network adapters at the VM's start. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_NICOPTION_H
#define VMWP_NET_NICOPTION_H

#include <stdbool.h>
#include <stdint.h>

#define NICOPTION_NICS	8u
#define NICOPTION_TAP	16u	/* with the ending zero, as the kernel's names */

struct nic_option {
	char tap[NICOPTION_TAP];	/* a name, or a descriptor's number */
	uint8_t mac[6];
	uint32_t mtu;		/* 0: the tap's */
	bool has_mac;		/* else it is the one of the switch's port */
	bool unplugged;
};

struct nic_options {
	struct nic_option list[NICOPTION_NICS];
	unsigned int count;
};

/* tap=NAME|FD[,mac=MAC][,mtu=N][,cable=in|out]. false: it is said what is
 * wrong. */
bool nicoption_read(struct nic_options *options, const char *value);

struct netvsp;
/* Opens all of them. 0 or -errno, which is said. */
int nicoption_add_all(const struct nic_options *options,
	struct netvsp *netvsp);

#endif
