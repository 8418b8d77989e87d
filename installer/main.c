/* installer: puts Socle Server onto a disk or a stick. Today it reports. */
/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "rows.h"

enum { EXIT_GOOD, EXIT_REFUSED, EXIT_UNUSABLE };

static int usage(FILE *stream, int status)
{
	fprintf(stream, "usage: installer --report [--json]\n"
		"  --report   says what an installation finds in this machine; "
		"nothing is written\n"
		"  --json     as an array of {what, result, detail}\n"
		"It cannot install yet: the system runs live, from RAM.\n");
	return status;
}

static int say_report(bool as_json)
{
	json_t *rows = report();

	if (!rows) {
		fprintf(stderr, "installer: there is no memory\n");
		return EXIT_UNUSABLE;
	}
	if (as_json) {
		json_dumpf(rows, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII);
		putchar('\n');
	} else {
		rows_print(rows, stdout);
	}
	json_decref(rows);
	return fflush(stdout) ? EXIT_REFUSED : EXIT_GOOD;
}

int main(int count, char **words)
{
	bool as_json = count == 3 && !strcmp(words[2], "--json");

	if (count == 2 && !strcmp(words[1], "--help"))
		return usage(stdout, EXIT_GOOD);
	if ((count != 2 && !as_json) || strcmp(words[1], "--report"))
		return usage(stderr, EXIT_UNUSABLE);
	return say_report(as_json);
}
