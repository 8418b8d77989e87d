/* The network's test: what was looked at, and what came of it. */
/* SPDX-License-Identifier: MIT */
#include "network_test.h"

#include <string.h>

#include "lines.h"
#include "text.h"

static const char *mark(const json_t *row)
{
	const char *result = lines_text(row, "result");

	return !strcmp(result, "good") ? "good" :
		!strcmp(result, "bad") ? "BAD " : "-   ";
}

static int count(const json_t *rows, const char *result)
{
	const json_t *row;
	int number = 0;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
		number += !strcmp(lines_text(row, "result"), result);
	return number;
}

/* Sentences are wrapped: no row of a table would have room for them. */
static char *make(const json_t *rows)
{
	const json_t *row;
	struct lines lines;
	int bad = count(rows, "bad");
	size_t i;

	if (!lines_begin(&lines))
		return NULL;
	json_array_foreach((json_t *)rows, i, row)
		fprintf(lines.stream, "%s  %s: %s\n", mark(row),
			lines_text(row, "what"), lines_text(row, "detail"));
	if (bad)
		fprintf(lines.stream, "\n%d of %zu are bad.\n", bad,
			json_array_size(rows));
	else
		fprintf(lines.stream, "\nAll is well.\n");
	return lines_end(&lines);
}

static void again(struct page *page)
{
	(void)page;
	page_refresh();
	page_say("It is tested again: it takes up to 12 s.");
}

const struct action network_test_actions[] = {
	{ 'a', "again", "Tests again.", "host network test", .run = again },
	{ .key = 0 },
};

static struct text test = {
	.page = { .title = "Test of the network (it takes up to 12 s)",
		.source = "host network test",
		.actions = network_test_actions,
		.help = "Link: whether a cable is plugged in that ends "
			"somewhere. Gateway: whether the router answers. Name "
			"server: whether it answers, and knows a name. Time "
			"server: whether it answers, and how far the host's "
			"clock is from its. Nothing is changed." },
	.make = make,
};

void network_test(struct page *page)
{
	(void)page;
	text_run(&test);
}
