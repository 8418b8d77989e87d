/* Saved states of a NIC's channels. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_NETSTATE_H
#define VMWP_NET_NETSTATE_H

#include "stream.h"
#include "vmbus/channel.h"

/* As channels' ops. */
void netstate_save(const struct channel *channel, struct stream *to);
int netstate_load(struct channel *channel, struct stream *from);

#endif
