/* What is needed to change the kernel by the settings. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_MAKER_H
#define SWITCH_MAKER_H

#include "liveports.h"
#include "settings.h"
#include "trouble.h"

struct maker {
	struct settings settings;
	struct liveports live; /* of VMs that run */
	int socket; /* rtnl_open() */
	struct trouble why;
};

/* Opens both and takes the lock. 0 or -errno. */
int maker_open(struct maker *maker);
void maker_close(struct maker *maker);

/* The rules of all ports and switches of the settings. 0 or -errno. */
int maker_rules(struct maker *maker);

/* Whether there is an interface of this name. */
bool maker_sees(const struct maker *maker, const char *name);

/* Loads what the kernel needs for switches, if it is not there yet. */
void maker_modules(void);

#endif
