/* Who is at the other end of a Unix socket, as the kernel says. */
/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <errno.h>
#include <sys/socket.h>

/* More than an account of ours is in; who is in more counts by the first. */
#define GROUPS 1024

static bool has_group(int fd, gid_t group)
{
	gid_t groups[GROUPS];
	socklen_t size = sizeof(groups);
	size_t i;

	/* unix(7), SO_PEERGROUPS: not the first one, which is in the
	 * credentials. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size))
		return false;
	for (i = 0; i < size / sizeof(*groups); i++)
		if (groups[i] == group)
			return true;
	return false;
}

int peer_read(struct peer *peer, int fd, gid_t group)
{
	struct ucred who;
	socklen_t size = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size))
		return -errno;
	*peer = (struct peer){ .pid = who.pid, .uid = who.uid,
		.member = who.gid == group || has_group(fd, group) };
	return 0;
}

bool peer_may(const struct peer *peer)
{
	return !peer->uid || peer->member;
}
