/* Words of the kernel command line. */
/* SPDX-License-Identifier: MIT */
#include "option.h"

#include <stdio.h>
#include <string.h>

bool option_read(const char *path, const char *name, char *value, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length = strlen(name);
	char word[512];
	bool found = false;

	*value = '\0';
	while (file && !found && fscanf(file, "%511s", word) == 1) {
		found = !strncmp(word, name, length) && word[length] == '=';
		if (found)
			snprintf(value, size, "%s", word + length + 1);
	}
	if (file)
		fclose(file);
	return found;
}
