/* The hypervisor's command line. */
/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "../lib/format.h"
#include "../lib/string.h"

#include <stddef.h>

#define PANIC_SECONDS		10
#define PANIC_SECONDS_MAX	86400

static bool read_one(struct options *options, const char *word)
{
	unsigned long number;

	if (!strcmp(word, "off")) {
		options->off = true;
	} else if (!strcmp(word, "x2apic=off")) {
		options->no_x2apic = true;
	} else if (!strcmp(word, "speculation=off")) {
		options->no_speculation = true;
	} else if (string_starts(word, "panic=") &&
			string_number(word + 6, &number) &&
			number <= PANIC_SECONDS_MAX) {
		options->panic_seconds = (unsigned int)number;
	} else {
		return false;
	}
	return true;
}

const char *options_read(struct options *options, const char *text)
{
	static char problem[160];
	char word[64];
	size_t size;

	options->panic_seconds = PANIC_SECONDS;
	for (; *text; text += size) {
		for (size = 0; text[size] && text[size] != ' '; size++)
			;
		if (!size) {
			size = 1;
			continue;
		}
		if (size < sizeof(word)) {
			memcpy(word, text, size);
			word[size] = '\0';
			if (read_one(options, word))
				continue;
		} else {
			string_copy(word, sizeof(word), text);
		}
		format(problem, sizeof(problem), "The hypervisor has no option '%s': correct its line in the boot menu.",
			word);
		return problem;
	}
	return NULL;
}
