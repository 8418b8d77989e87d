/* Words of the command line. */
/* SPDX-License-Identifier: MIT */
#include "option.h"

static char line[256];

/* Copied: it lies where we write later. */
void option_init(const char *command)
{
	unsigned int i;

	for (i = 0; i < sizeof(line) - 1 && command[i]; i++)
		line[i] = command[i];
}

const char *option_text(const char *name)
{
	const char *at = line;

	while (*at) {
		const char *want = name, *word = at;

		while (*want && *word == *want) {
			word++;
			want++;
		}
		if (!*want)
			return word;
		while (*at && *at != ' ')
			at++;
		while (*at == ' ')
			at++;
	}
	return "";
}

uint64_t option_number(const char *name, uint64_t other)
{
	const char *at = option_text(name);
	uint64_t value = 0;

	if (*at < '0' || *at > '9')
		return other;
	for (; *at >= '0' && *at <= '9'; at++)
		value = value * 10 + (uint64_t)(*at - '0');
	return value;
}
