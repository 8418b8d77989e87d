/* Control groups of workers: what of the host each may have. */
/* SPDX-License-Identifier: MIT */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "whole.h"

#define PERIOD	100000u	/* us, of cpu.max; the kernel's own */

/* The kernel has names of its own beside them: cpu.max, cgroup.procs. */
struct group_name {
	char text[sizeof(CGROUP_PREFIX) + NAME_MAX_LENGTH];
};

static struct group_name name_of(const char *vm)
{
	struct group_name name;

	snprintf(name.text, sizeof(name.text), CGROUP_PREFIX "%s", vm);
	return name;
}

static int open_folder(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Its files are of the kernel: one write is a whole value. */
static int put(int group, const char *file, const char *value)
{
	int fd = openat(group, file, O_WRONLY | O_CLOEXEC), error;

	if (fd < 0)
		return -errno;
	error = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return error;
}

__attribute__((format(printf, 3, 4)))
static int put_number(int group, const char *file, const char *format, ...)
{
	va_list list;
	char text[64];

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	return put(group, file, text);
}

static int open_group(const struct cgroups *cgroups, const char *vm)
{
	return open_folder(cgroups->folder, name_of(vm).text);
}

/* The controllers are each folder's own, from the top down. */
static int enable(int folder)
{
	return put(folder, "cgroup.subtree_control", "+cpu +memory +pids");
}

int cgroups_open(struct cgroups *cgroups, const char *path)
{
	int above, error;

	if (mkdir(path, 0755) && errno != EEXIST)
		return -errno;
	cgroups->folder = open_folder(AT_FDCWD, path);
	if (cgroups->folder < 0)
		return cgroups->folder;
	above = open_folder(cgroups->folder, "..");
	error = above < 0 ? above : enable(above);
	if (above >= 0)
		close(above);
	cgroups->limits = !error && !enable(cgroups->folder);
	return 0;
}

static int set_shares(int group, const struct cgroup_limits *limits)
{
	int error = put_number(group, "cpu.weight", "%" PRIu32,
		limits->weight);

	if (error)
		return error;
	if (!limits->cap)
		return put(group, "cpu.max", "max");
	return put_number(group, "cpu.max", "%" PRIu64 " %u",
		(uint64_t)limits->cap * (PERIOD / 100), PERIOD);
}

static int set_limits(int group, const struct cgroup_limits *limits)
{
	int error = put_number(group, "memory.max", "%" PRIu64,
		limits->memory);

	if (!error)
		error = put_number(group, "pids.max", "%" PRIu32,
			limits->threads);
	return error ? error : set_shares(group, limits);
}

int cgroup_make(const struct cgroups *cgroups, const char *name,
	const struct cgroup_limits *limits)
{
	/* Linux kills who is made in one whose processes were killed once. */
	int group, error = cgroup_remove(cgroups, name);

	if (error)
		return error;
	if (mkdirat(cgroups->folder, name_of(name).text, 0755))
		return -errno;
	group = open_group(cgroups, name);
	error = group >= 0 && cgroups->limits ? set_limits(group, limits) : 0;
	if (!error)
		return group;
	close(group);
	cgroup_remove(cgroups, name);
	return error;
}

int cgroup_change(const struct cgroups *cgroups, const char *name,
	const struct cgroup_limits *limits)
{
	int group = open_group(cgroups, name), error;

	if (group < 0)
		return group;
	error = cgroups->limits ? set_shares(group, limits) : 0;
	close(group);
	return error;
}

pid_t cgroup_process(const struct cgroups *cgroups, const char *name)
{
	int group = open_group(cgroups, name), fd;
	char text[32] = "";
	ssize_t got;

	if (group < 0)
		return group;
	fd = openat(group, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -errno : whole_read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	close(group);
	if (got < 0)
		return (pid_t)got;
	/* 0: of another namespace. */
	return atoi(text) > 0 ? atoi(text) : -ESRCH;
}

int cgroup_kill(const struct cgroups *cgroups, const char *name)
{
	int group = open_group(cgroups, name), error;

	if (group < 0)
		return group == -ENOENT ? 0 : group;
	error = put(group, "cgroup.kill", "1");
	close(group);
	return error;
}

int cgroup_remove(const struct cgroups *cgroups, const char *name)
{
	if (!unlinkat(cgroups->folder, name_of(name).text, AT_REMOVEDIR) ||
	    errno == ENOENT)
		return 0;
	return -errno;
}
