/* The report for who is to help: shown, or saved. */
/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deed.h"
#include "text.h"

void report_show(struct page *page)
{
	static struct text text = { .page = { .title = "Report",
		.source = "host report" } };

	(void)page;
	text_run(&text);
}

/* A new file: what somebody else has put there, a link perhaps, goes. */
static FILE *open_file(void)
{
	int fd;

	unlink(REPORT_FILE);
	fd = open(REPORT_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

static int write_lines(const json_t *lines)
{
	FILE *file = open_file();
	const char *line;
	size_t i;

	if (!file)
		return -errno;
	for (i = 0; i < json_array_size(lines); i++) {
		line = json_string_value(json_array_get(lines, i));
		fprintf(file, "%s\n", line ? line : "");
	}
	return fclose(file) ? -errno : 0;
}

static void save(void *context, const struct ask *answer)
{
	int error;

	(void)context;
	if (!answer->result) {
		page_say("%s", answer->error);
		return;
	}
	error = write_lines(json_object_get(answer->result, "said"));
	if (error)
		page_say("%s: %s", REPORT_FILE, strerror(-error));
	else
		page_say("The report is in %s, which is in memory: it goes "
			"with the next start.", REPORT_FILE);
}

void report_save(struct page *page)
{
	struct typed typed;

	(void)page;
	typed_clear(&typed);
	typed_table(&typed, "host report", NULL, NULL);
	deed_begin(&typed, save, NULL);
}
