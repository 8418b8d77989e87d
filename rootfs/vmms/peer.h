/* Who is at the other end of a Unix socket, as the kernel says. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_PEER_H
#define VMMS_PEER_H

#include <stdbool.h>
#include <sys/types.h>

/* As it was when it connected. */
struct peer {
	pid_t pid;
	uid_t uid;
	bool member;	/* of the group that was asked for, in any way */
};

/* 0 or -errno. */
int peer_read(struct peer *peer, int fd, gid_t group);
/* root, or of the group. */
bool peer_may(const struct peer *peer);

#endif
