/* The workers that live: whose they are, which users they are. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_CREW_H
#define VMMS_CREW_H

#include "cgroup.h"
#include "name.h"

struct member {
	char name[NAME_SIZE];	/* its VM's, and its cgroup's */
	int process;		/* pidfd; owned */
	uid_t user;
};

struct crew {
	struct member *members;
	unsigned int count, room;
};

/*
 * Those that a process before this one has started: in each cgroup one at most.
 * 0 or -errno.
 */
int crew_gather(struct crew *crew, const struct cgroups *cgroups);
void crew_free(struct crew *crew);

/* The VM's worker that lives; NULL: none. Names that differ only in case are
 * one. Until the next call that changes the crew. */
const struct member *crew_find(const struct crew *crew, const char *name);
/* The VM's, if it lives or not. */
const struct member *crew_last(const struct crew *crew, const char *name);
/* The process is the crew's from success on. 0 or -ENOMEM. */
int crew_add(struct crew *crew, const char *name, int process, uid_t user);
void crew_remove(struct crew *crew, const char *name);

/* A user, of count from first on, that no worker is; 0: there is none. */
uid_t crew_user(const struct crew *crew, uid_t first, uint32_t count);

#endif
