/* The VMs that have files of a volume open. */
/* SPDX-License-Identifier: MIT */
#include "busy.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "places.h"

enum { PATH_SIZE = 400 };

/* By the device: a worker has another root, where the folder has no name. */
static bool has_open(long process, dev_t device)
{
	char path[PATH_SIZE];
	const struct dirent *entry;
	struct stat status;
	bool found = false;
	DIR *list;

	snprintf(path, sizeof(path), "%s/%ld/fd", PLACE_PROC, process);
	list = opendir(path);
	while (list && !found && (entry = readdir(list))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%ld/fd/%.20s", PLACE_PROC,
			process, entry->d_name);
		found = !stat(path, &status) && status.st_dev == device;
	}
	if (list)
		closedir(list);
	return found;
}

static bool group_has_open(const char *group, dev_t device)
{
	char path[PATH_SIZE];
	bool found = false;
	long process;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%.100s/cgroup.procs", PLACE_CGROUP,
		group);
	file = fopen(path, "re");
	while (file && !found && fscanf(file, "%ld", &process) == 1)
		found = has_open(process, device);
	if (file)
		fclose(file);
	return found;
}

bool busy_vms(const char *folder, char *names, int size)
{
	const struct dirent *entry;
	struct stat status;
	int used = 0;
	DIR *list;

	*names = '\0';
	if (stat(folder, &status))
		return false;
	list = opendir(PLACE_CGROUP);
	while (list && used < size && (entry = readdir(list)))
		if (!strncmp(entry->d_name, "vm-", 3) &&
		    group_has_open(entry->d_name, status.st_dev))
			used += snprintf(names + used, (size_t)(size - used),
				"%s%s", used ? ", " : "", entry->d_name + 3);
	if (list)
		closedir(list);
	return used;
}
