/* The management service: all that its control process has. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_SERVICE_H
#define VMMS_SERVICE_H

#include "autostart.h"
#include "going_down.h"
#include "machines.h"
#include "server.h"
#include "signals.h"
#include "timers.h"

struct service_setup {
	int socket;		/* of server_listen() */
	gid_t group;		/* may ask */
	int helper;		/* the socket to it */
	const char *const *storages;	/* folders; they live as long as this */
	int storage_count;
	const char *boot;	/* the id of the host's boot; "": not known */
	/* A file that is empty until the VMs that start with the host have had
	 * their turn in this boot; -1: none of them starts. */
	int begun;
};

struct service {
	char version[64];	/* of the host's system */
	struct events events;
	struct timers timers;
	struct signals signals;
	struct server server;
	struct machines machines;
	struct autostart autostart;
	struct going_down going_down;
	/* The rest is service.c's. */
	struct service_setup setup;
	struct timer patience;	/* of clients, with the VMs' reading */
	bool open;		/* clients are heard */
	int error;		/* why it has ended; 0: it was told to */
};

/* The descriptors are owned from success on. Clients are heard when the VMs are
 * read and found, or soon. 0 or -errno. */
int service_init(struct service *service, const struct service_setup *setup);
/* Until a signal ends it, or its helper has gone (-EPIPE). 0 or -errno. */
int service_run(struct service *service);
/* The VMs run on. */
void service_exit(struct service *service);

#endif
