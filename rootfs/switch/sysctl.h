/* Settings of the kernel below /proc/sys. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_SYSCTL_H
#define SWITCH_SYSCTL_H

#include <stddef.h>

/* 0 or -errno; name has slashes. */
int sysctl_write(const char *name, const char *value);
int sysctl_read(const char *name, char *value, size_t size);

/* net/ipv6/conf/INTERFACE/key; a kernel without IPv6 is passed over. */
int sysctl_ipv6(const char *interface, const char *key, const char *value);
/* What makes an interface take router advertisements, as another does. */
void sysctl_ipv6_copy(const char *from, const char *to);

#endif
