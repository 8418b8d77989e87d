/* Processes that have ended, by their pidfds. */
/* SPDX-License-Identifier: MIT */
#include "reap.h"

#include <assert.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

bool reap_lives(int process)
{
	struct pollfd poll_it = { .fd = process, .events = POLLIN };

	return poll(&poll_it, 1, 0) == 0;
}

/* linux/pidfd.h, which not every system has yet: PIDFD_GET_INFO. */
struct pidfd_status {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t status;
};
static_assert(sizeof(struct pidfd_status) == 64, "PIDFD_INFO_SIZE_VER0");
#define PIDFD_STATUS	_IOWR(0xff, 11, struct pidfd_status)
#define PIDFD_HAS_STATUS	(1u << 3)

/* Of another's child, when that has taken note of its end. */
static uint32_t status_of_another(int process)
{
	struct pidfd_status info = { .mask = PIDFD_HAS_STATUS };

	if (ioctl(process, PIDFD_STATUS, &info) ||
	    !(info.mask & PIDFD_HAS_STATUS))
		return REAP_UNKNOWN;
	return (uint32_t)info.status;
}

uint32_t reap_status(int process)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(P_PIDFD, (id_t)process, &info, WEXITED | WNOHANG))
		return status_of_another(process);
	if (!info.si_pid)
		return REAP_UNKNOWN;
	switch (info.si_code) {
	case CLD_EXITED:
		return (uint32_t)info.si_status << 8;
	case CLD_DUMPED:
		return (uint32_t)info.si_status | 0x80;
	default:
		return (uint32_t)info.si_status;
	}
}
