/* Control groups of workers: what of the host each may have. cgroup-v2(7) */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_CGROUP_H
#define VMMS_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "name.h"

#define CGROUP_PREFIX	"vm-"	/* and the VM's name, which is the name here */

/* The folder that has them all. */
struct cgroups {
	int folder;
	bool limits;	/* cpu, memory and pids can be limited below it */
};

struct cgroup_limits {
	uint64_t memory;	/* bytes */
	uint32_t weight;	/* 1 to 10000 */
	uint32_t cap;		/* percent of one processor; 0: none */
	uint32_t threads;
};

/* Makes the folder, if it is not there, and has limits where the kernel has.
 * 0 or -errno. */
int cgroups_open(struct cgroups *cgroups, const char *path);

/* A new one of this name, with limits, if there can be any: its folder, which
 * the caller closes; or -errno (-EBUSY: one has processes). */
int cgroup_make(const struct cgroups *cgroups, const char *name,
	const struct cgroup_limits *limits);
/* Weight and cap become these. 0 or -errno; -ENOENT: there is none. */
int cgroup_change(const struct cgroups *cgroups, const char *name,
	const struct cgroup_limits *limits);
/* A process in it, or -errno: -ESRCH, none; -ENOENT. */
pid_t cgroup_process(const struct cgroups *cgroups, const char *name);
/* All processes in it end. 0, also where none is; or -errno. */
int cgroup_kill(const struct cgroups *cgroups, const char *name);
/* 0, also when it is not there; or -errno (-EBUSY: a process is in it). */
int cgroup_remove(const struct cgroups *cgroups, const char *name);

#endif
