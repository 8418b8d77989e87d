/* What the control socket asks of the network adapters. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_NETCOMMAND_H
#define VMWP_NET_NETCOMMAND_H

#include "control.h"

struct e1000;
struct netvsp;

/* count: descriptors that came along; 0 afterwards if they were taken. netvsp:
 * NULL where there are no places for adapters. 0 or -errno. */
int netcommand(struct netvsp *netvsp,
	const struct control_network_request *request, const int *fds,
	unsigned int *count, struct control_network *answer);
/* The same of an adapter that stays. */
int netcommand_e1000(struct e1000 *nic,
	const struct control_network_request *request,
	struct control_network *answer);

#endif
