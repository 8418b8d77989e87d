/* What a user writes: sizes, and names of formats. */
/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char units[] = "KMGT";

bool size_of_name(const char *name, uint64_t *size)
{
	const char *unit;
	unsigned int shift = 0;
	char *end;

	errno = 0;
	if (*name < '0' || *name > '9')
		return false;
	*size = strtoull(name, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		shift = 10 * (unit - units + 1);
		end++;
	}
	if (errno || *end || *size > UINT64_MAX >> shift)
		return false;
	*size <<= shift;
	return true;
}

void size_print(uint64_t size, char *to, size_t room)
{
	int unit = -1;

	while (size && size % 1024 == 0 && unit < 3) {
		size /= 1024;
		unit++;
	}
	snprintf(to, room, "%llu%.1s", (unsigned long long)size,
		unit < 0 ? "" : units + unit);
}

static const char *const names[DISK_FORMATS] = {
	[DISK_RAW] = "raw",
	[DISK_VHDX] = "vhdx",
	[DISK_VHD] = "vhd",
};

static const struct {
	const char *end;
	enum disk_format format;
} ends[] = {
	{ ".vhdx", DISK_VHDX },
	{ ".vhd", DISK_VHD },
	{ ".raw", DISK_RAW },
	{ ".img", DISK_RAW },
	{ ".iso", DISK_RAW },
};

bool format_of_name(const char *name, enum disk_format *format)
{
	int i;

	for (i = 0; i < DISK_FORMATS; i++)
		if (!strcmp(names[i], name)) {
			*format = i;
			return true;
		}
	return false;
}

bool format_of_file(const char *path, enum disk_format *format)
{
	const char *end = strrchr(path, '.');
	size_t i;

	for (i = 0; end && i < sizeof(ends) / sizeof(*ends); i++)
		if (!strcasecmp(ends[i].end, end)) {
			*format = ends[i].format;
			return true;
		}
	return false;
}

const char *format_name(enum disk_format format)
{
	return names[format];
}
