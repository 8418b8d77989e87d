/* The parts of a system, as its medium and a slot have them. */
/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "places.h"
#include "program.h"
#include "run.h"

const struct part parts[] = {
	{ "sums", "sums", false },
	{ "hypervisor", "hyper", false },
	{ "linux", "linux", false },
	{ "initramfs", "initrd", false },
	{ "microcode", "ucode", true },
	{ "root.squashfs", "root.sfs", false },
	{ NULL, NULL, false },
};

bool medium_part(const struct medium *medium, const struct part *part,
	char *path, int size)
{
	struct stat about;

	snprintf(path, (size_t)size, "%s/%s", medium->files,
		medium->slot ? part->slot : part->medium);
	/* A slot has room for what it has not. */
	return !part->optional || (!stat(path, &about) && about.st_size);
}

/* The sum that the medium's list has of a file; empty: none. */
static void sum_of(const char *list, const char *name, char sum[65])
{
	const char *line = list;
	char found[64];

	*sum = '\0';
	for (; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "%64[0-9a-f] %63s", sum, found) == 2 &&
		    !strcmp(found, name))
			return;
		*sum = '\0';
	}
}

static int check_part(const struct medium *medium, const struct part *part,
	const char *list, struct trouble *why)
{
	char path[256], sum[65], line[512];
	bool there = medium_part(medium, part, path, sizeof(path));

	sum_of(list, part->medium, sum);
	if (!there && !*sum)
		return 0;
	if (!*sum)
		return trouble(why, -EIO, "the medium says no sum of %s",
			part->medium);
	snprintf(line, sizeof(line), "%s  %s\n", sum, path);
	/* Which says nothing but yes or no. */
	return run((const char *[]){ "sha256sum", "-c", "-s", "-", NULL },
		line, part->medium, NULL) ? trouble(why, -EIO, "the boot "
		"medium is damaged: %s", part->medium) : 0;
}

static int check(const struct medium *medium, struct trouble *why)
{
	const struct part *part = parts;
	char command[256];
	size_t size;
	char *list;
	int result = 0;

	snprintf(command, sizeof(command), "cat '%s/sums'", medium->files);
	list = program_said(command, &size);
	for (part++; list && part->medium && !result; part++)
		result = check_part(medium, part, list, why);
	if (!list)
		result = trouble(why, -EIO, "the boot medium cannot be read");
	free(list);
	return result;
}

/* What the program that mounts says: the folder, or why there is none. */
int medium_open(struct medium *medium, struct trouble *why)
{
	size_t size;
	char *said = program_said(PLACE_MEDIUM " mount " PLACE_SOURCE " 2>&1",
		&size);
	int result = 0;

	if (said)
		said[strcspn(said, "\n")] = '\0';
	if (!said || *said != '/')
		result = trouble(why, -ENOENT, "%s", said && *said ? said :
			"the boot medium cannot be read");
	else
		snprintf(medium->files, sizeof(medium->files), "%s", said);
	free(said);
	if (result)
		return result;
	medium->slot = strcmp(medium->files, PLACE_SOURCE "/socle");
	result = check(medium, why);
	if (result) {
		medium_close();
		*medium->files = '\0';
	}
	return result;
}

void medium_close(void)
{
	const char *const umount[] = { PLACE_MEDIUM, "umount", PLACE_SOURCE,
		NULL };

	run(umount, NULL, "the boot medium", NULL);
}
