/* The report for who is to help: shown, or saved. */
/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <string.h>
#include <unistd.h>

#include "deed.h"
#include "savefile.h"
#include "text.h"

void report_show(struct page *page)
{
	static struct text text = { .page = { .title = "Report",
		.source = "host report" } };

	(void)page;
	text_run(&text);
}

static void save(void *context, const struct ask *answer)
{
	int error;

	(void)context;
	if (!answer->result) {
		page_say("%s", answer->error);
		return;
	}
	/* What somebody else has put there, a link perhaps, goes. */
	unlink(REPORT_FILE);
	error = savefile_write(REPORT_FILE, answer->result);
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
