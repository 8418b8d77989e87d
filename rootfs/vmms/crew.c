/* The workers that live: whose they are, which users they are. */
/* SPDX-License-Identifier: MIT */
#include "crew.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "reap.h"
#include "store_folder.h"

/* By /proc/PID/status: the folder's owner is root for who cannot be traced. */
static int user_of(pid_t process, uid_t *user)
{
	char path[48], line[128];
	unsigned int id;
	FILE *file;
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)process);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "Uid: %u", &id) == 1;
	fclose(file);
	*user = id;
	return found ? 0 : -ESRCH;
}

struct gathering {
	struct crew *crew;
	const struct cgroups *cgroups;
};

/* A number may be another process's by now: it is still in the cgroup when its
 * descriptor is there, or it is not the one. */
static int open_process(const struct gathering *gathering, const char *name,
	uid_t *user)
{
	pid_t process = cgroup_process(gathering->cgroups, name);
	int fd, error;

	if (process < 0)
		return process;
	fd = (int)syscall(SYS_pidfd_open, process, 0);
	if (fd < 0)
		return -errno;
	error = user_of(process, user);
	if (!error && cgroup_process(gathering->cgroups, name) != process)
		error = -ESRCH;
	if (!error)
		return fd;
	close(fd);
	return error;
}

static int gather(void *context, int folder, const char *name)
{
	const struct gathering *gathering = context;
	size_t prefix = strlen(CGROUP_PREFIX);
	uid_t user = 0;
	int process, error;

	(void)folder;
	if (strncmp(name, CGROUP_PREFIX, prefix) || !name_good(name + prefix))
		return 0;
	name += prefix;
	process = open_process(gathering, name, &user);
	if (process < 0)
		return 0;
	error = crew_add(gathering->crew, name, process, user);
	if (error)
		close(process);
	return error;
}

int crew_gather(struct crew *crew, const struct cgroups *cgroups)
{
	struct gathering gathering = { crew, cgroups };

	return folder_visit(cgroups->folder, gather, &gathering);
}

static void drop(struct crew *crew, unsigned int index)
{
	/* What has ended is nobody's any more. */
	reap_status(crew->members[index].process);
	close(crew->members[index].process);
	crew->members[index] = crew->members[--crew->count];
}

void crew_free(struct crew *crew)
{
	while (crew->count)
		drop(crew, 0);
	free(crew->members);
	*crew = (struct crew){ .members = NULL };
}

const struct member *crew_last(const struct crew *crew, const char *name)
{
	unsigned int i;

	for (i = 0; i < crew->count; i++)
		if (name_same(crew->members[i].name, name))
			return &crew->members[i];
	return NULL;
}

const struct member *crew_find(const struct crew *crew, const char *name)
{
	const struct member *member = crew_last(crew, name);

	return member && reap_lives(member->process) ? member : NULL;
}

int crew_add(struct crew *crew, const char *name, int process, uid_t user)
{
	unsigned int room = crew->room ? 2 * crew->room : 16;
	struct member *member;

	if (crew->count == crew->room) {
		member = realloc(crew->members, room * sizeof(*member));
		if (!member)
			return -ENOMEM;
		crew->members = member;
		crew->room = room;
	}
	crew_remove(crew, name);
	member = &crew->members[crew->count++];
	snprintf(member->name, sizeof(member->name), "%s", name);
	member->process = process;
	member->user = user;
	return 0;
}

void crew_remove(struct crew *crew, const char *name)
{
	const struct member *member = crew_last(crew, name);

	if (member)
		drop(crew, (unsigned int)(member - crew->members));
}

/* Of count users one is free if fewer are at work. */
uid_t crew_user(const struct crew *crew, uid_t first, uint32_t count)
{
	unsigned int i;
	uid_t user = 0;

	for (user = first; user - first < count; user++) {
		for (i = 0; i < crew->count; i++)
			if (crew->members[i].user == user)
				break;
		if (i == crew->count)
			return user;
	}
	return 0;
}
