/* The host's settings as a file. */
/* SPDX-License-Identifier: MIT */
#include "export.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"

/* "password = ...", as the settings' syntax has it: blanks count for nothing. */
static bool is_password(const char *line)
{
	static const char key[] = "password";

	line += strspn(line, " \t");
	if (strncmp(line, key, sizeof(key) - 1))
		return false;
	line += sizeof(key) - 1;
	return line[strspn(line, " \t")] == '=';
}

/* A file that was brought may have CR LF. */
static void end_as_unix(char *line)
{
	size_t size = strlen(line);

	if (size > 1 && !strcmp(line + size - 2, "\r\n"))
		strcpy(line + size - 2, "\n");
}

static void put(FILE *file, bool secrets)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, file) > 0) {
		end_as_unix(line);
		fputs(is_password(line) && !secrets ?
			"# password: left out\n" : line, stdout);
	}
	free(line);
}

int export_settings(char **words, int count, struct trouble *why)
{
	bool secrets = count && !strcmp(words[0], "secrets");
	FILE *file;

	if (count && !secrets)
		return trouble(why, -EINVAL, "settings export, or settings "
			"export secrets");
	file = fopen(PATH_SETTINGS, "re");
	if (!file && errno == ENOENT)
		return trouble(why, -ENOENT, "this host has no settings of its "
			"own: all is as it is without");
	if (!file)
		return trouble(why, -errno, "the settings cannot be read: %s",
			strerror(errno));
	put(file, secrets);
	fclose(file);
	return ferror(stdout) || fflush(stdout) ? -EIO : 0;
}
