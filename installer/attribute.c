/* Attributes in sysfs. */
/* SPDX-License-Identifier: MIT */
#include "attribute.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void attribute_squeeze(char *text)
{
	char *to = text;
	const char *from;

	for (from = text; *from; from++)
		if (!strchr(" \t\r", *from))
			*to++ = *from;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	if (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
}

bool attribute_text(const char *folder, const char *name, char *text,
	size_t size)
{
	char path[PATH_MAX + 64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	*text = '\0';
	if (!file)
		return false;
	if (!fgets(text, (int)size, file))
		*text = '\0';
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	attribute_squeeze(text);
	return *text;
}

unsigned long long attribute_number(const char *folder, const char *name)
{
	char text[32];

	return attribute_text(folder, name, text, sizeof(text)) ?
		strtoull(text, NULL, 0) : 0;
}

bool attribute_link(const char *folder, const char *name, char *text,
	size_t size)
{
	char path[PATH_MAX + 64], target[PATH_MAX];
	const char *last;
	ssize_t length;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	length = readlink(path, target, sizeof(target) - 1);
	*text = '\0';
	if (length <= 0)
		return false;
	target[length] = '\0';
	last = strrchr(target, '/');
	snprintf(text, size, "%s", last ? last + 1 : target);
	return *text;
}
