/* A tap that a VM's worker has, as a port of a switch. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_LIVEPORT_H
#define SWITCH_LIVEPORT_H

#include "liveports.h"
#include "maker.h"

enum { LIVEPORT_QUEUES = 16 };

/*
 * Makes a tap with so many queues, in its switch or, without one, down; all
 * but the name of live->port is given, and that begins what becomes the name,
 * with up to 9 characters. 0; or -errno, and nothing is left; -EADDRINUSE: the
 * MAC address is another's.
 */
int liveport_connect(struct maker *maker, struct liveport *live, int *queues,
	unsigned int count);

/* The port of that VM's adapter is as live says; its MAC address and its name
 * stay. 0; or -errno, and all is as before; -ENOENT: there is none. */
int liveport_change(struct maker *maker, const struct liveport *live);

/* Those of the VM go. 0 or -errno. */
int liveport_forget(struct maker *maker, const char *vm);

#endif
