/* What the helper keeps of root's power. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_PRIVILEGES_H
#define VMMS_PRIVILEGES_H

/*
 * Gives up, for this process and its children: all capabilities but those of
 * the table in privileges.c, whatever would give one back, and system calls
 * that it never makes. 0 or -errno.
 */
int privileges_drop(void);

#endif
