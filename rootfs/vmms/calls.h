/* What the service's processes may ask the kernel for (seccomp). */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_CALLS_H
#define VMMS_CALLS_H

/*
 * From now on, for the calling process and all that it begins: what is not
 * allowed fails with EPERM; a call of another ABI ends the process by SIGSYS.
 * They need no_new_privs. seccomp(2). 0 or -errno.
 */

/* The helper, and so the workers, which get filters of their own as well: all
 * but a list of what none of them ever does. */
int calls_of_helper(void);
/* The control process, when it is set up: what its event loop does, and nothing
 * else. No programs, no processes, no sockets but those that are there; files
 * by name to read alone; no executable memory. */
int calls_of_control(void);

#endif
