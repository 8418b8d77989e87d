/* What the helper keeps of root's power. */
/* SPDX-License-Identifier: MIT */
#include "privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"

#define CAPABILITIES	64	/* more than there are */

static const struct {
	uint8_t capability;
	const char *why;
} kept[] = {
	{ CAP_CHOWN, "sockets are of the administrators' group" },
	{ CAP_DAC_OVERRIDE, "images that somebody else has brought" },
	{ CAP_KILL, "workers are other users" },
	{ CAP_NET_ADMIN, "taps, bridges, guards" },
	{ CAP_SETGID, "workers are other users" },
	{ CAP_SETPCAP, "workers have no capabilities, and no way to any" },
	{ CAP_SETUID, "workers are other users" },
	{ CAP_SYS_ADMIN, "workers' namespaces, and their empty root" },
};

static int is_kept(int capability)
{
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (kept[i].capability == capability)
			return 1;
	return 0;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = 0 } };
	int i;

	for (i = 0; i < CAPABILITIES; i++) {
		if (is_kept(i))
			data[i / 32].permitted |= 1u << i % 32;
		else if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) &&
			errno != EINVAL)
			return -errno;
	}
	for (i = 0; i < 2; i++)
		data[i].effective = data[i].permitted;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) ||
	    syscall(SYS_capset, &header, data))
		return -errno;
	return 0;
}

int privileges_drop(void)
{
	int error = drop_capabilities();

	if (!error && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		error = -errno;
	return error ? error : calls_of_helper();
}
