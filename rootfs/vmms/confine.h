/* A program in a place where there is nothing but what it is given. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_CONFINE_H
#define VMMS_CONFINE_H

#include <sys/types.h>

#define CONFINE_FIRST	3	/* the program's first descriptor */
#define CONFINE_FDS	256u	/* of these at most */

struct confinement {
	uid_t id;		/* of user and group; nobody else's */
	const char *root;	/* a folder to mount the empty root on */
	int cgroup;		/* its folder's descriptor; -1: none */
	int log;		/* standard output and error */
	/* They become CONFINE_FIRST and up, in this order. */
	const int *fds;
	unsigned int fd_count;
	unsigned int threads, files;	/* limits */
};

/*
 * Starts a static program: own user and namespaces (mounts, processes, network,
 * IPC, names), no capability and no way to one, an empty root that cannot be
 * written, limits, no core files. It lives on when the caller ends. Privileges
 * are needed: of root, or what makes namespaces, ids and mounts.
 *
 * program: a descriptor. Returns the process as a descriptor (pidfd), or
 * -errno with *step, the name of what did not work; nothing is left then.
 */
int confine_start(const struct confinement *confinement, int program,
	char *const arguments[], const char **step);

#endif
