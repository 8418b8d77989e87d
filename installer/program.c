/* What a program prints. */
/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIRST = 1 << 14, MOST = 1 << 24 };

/* NULL: there is too much, or no memory. */
static char *read_all(FILE *stream, size_t *size)
{
	size_t room = FIRST, got;
	char *text = malloc(room), *more;

	*size = 0;
	while (text && (got = fread(text + *size, 1, room - *size - 1,
		stream))) {
		*size += got;
		if (*size + 1 < room)
			continue;
		more = room < MOST ? realloc(text, room *= 2) : NULL;
		if (!more)
			free(text);
		text = more;
	}
	if (text)
		text[*size] = '\0';
	return text;
}

char *program_said(const char *command, size_t *size)
{
	FILE *stream = popen(command, "re");
	char *text;

	if (!stream)
		return NULL;
	text = read_all(stream, size);
	pclose(stream);
	return text;
}
