/* Settings of the kernel below /proc/sys. */
/* SPDX-License-Identifier: MIT */
#include "sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 128 };

int sysctl_write(const char *name, const char *value)
{
	char path[PATH];
	int file, result = 0;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	if (write(file, value, strlen(value)) < 0)
		result = -errno;
	close(file);
	return result;
}

int sysctl_read(const char *name, char *value, size_t size)
{
	char path[PATH];
	ssize_t got;
	int file;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	got = read(file, value, size - 1);
	close(file);
	if (got < 0)
		return -EIO;
	value[got] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return 0;
}

int sysctl_ipv6(const char *interface, const char *key, const char *value)
{
	char name[PATH];
	int result;

	snprintf(name, sizeof(name), "net/ipv6/conf/%s/%s", interface, key);
	result = sysctl_write(name, value);
	return result == -ENOENT ? 0 : result;
}

void sysctl_ipv6_copy(const char *from, const char *to)
{
	static const char *const keys[] = { "accept_ra", "autoconf",
		"use_tempaddr", "disable_ipv6" };
	char name[PATH], value[16];
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		snprintf(name, sizeof(name), "net/ipv6/conf/%s/%s", from,
			keys[i]);
		if (!sysctl_read(name, value, sizeof(value)))
			sysctl_ipv6(to, keys[i], value);
	}
}
