/* The ports of VMs that run: what is in /run/socle/ports. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_LIVEPORTS_H
#define SWITCH_LIVEPORTS_H

#include "define.h"
#include "trouble.h"

/*
 * A worker's taps are made for it and go with it, so they are in no settings;
 * but their rules and VLANs are made together with those of the settings'
 * ports.
 * The file is read and written under the lock of the settings.
 */
enum { LIVEPORT_VM = 64 };

struct liveport {
	struct port port;	/* of: "" when it is in no switch */
	char vm[LIVEPORT_VM];	/* the VM's name */
	unsigned int nic;	/* the number of its adapter */
};

struct liveports {
	struct liveport *list;
	int count;
};

/* Those whose tap is there: what else is in the file is of a VM that has ended.
 * 0 or -errno. */
int liveports_read(struct liveports *ports, struct trouble *why);
int liveports_write(const struct liveports *ports, struct trouble *why);
void liveports_free(struct liveports *ports);

/* NULL: none. Until the next change. Names that differ only in case are one. */
struct liveport *liveports_find(const struct liveports *ports, const char *vm,
	unsigned int nic);
/* 0 or -ENOMEM. */
int liveports_add(struct liveports *ports, const struct liveport *port);
void liveports_remove(struct liveports *ports, struct liveport *port);

#endif
