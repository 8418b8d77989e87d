/* A command that is being carried out, whether anybody waits for it or not. */
/* SPDX-License-Identifier: MIT */
#include "deed.h"

#include <stdlib.h>

#include "page.h"

enum { MOST = 6 };

struct deed {
	struct ask ask;
	deed_done *done;
	void *context;
	char line[TYPED_LINE];	/* the command */
	struct deed *next;
};

static struct deed *deeds;

int deed_count(void)
{
	const struct deed *deed;
	int count = 0;

	for (deed = deeds; deed; deed = deed->next)
		count++;
	return count;
}

static void drop(struct deed *deed)
{
	struct deed **at = &deeds;

	while (*at != deed)
		at = &(*at)->next;
	*at = deed->next;
	ask_end(&deed->ask);
	free(deed);
}

static void say_end(const struct deed *deed)
{
	char text[ASK_TEXT];

	if (!deed->ask.result) {
		page_say("%s", deed->ask.error);
		return;
	}
	ask_said(deed->ask.result, text, sizeof(text));
	if (text[0])
		page_say("%s", text);
	else
		page_say("Done: %.500s", deed->line);
}

static void done(struct ask *ask)
{
	struct deed *deed = ask->context;

	if (deed->done)
		deed->done(deed->context, ask);
	else
		say_end(deed);
	drop(deed);
	page_refresh();
}

static void told(struct ask *ask)
{
	page_say("%s", ask->progress);
}

struct deed *deed_begin(const struct typed *typed, deed_done *whom,
	void *context)
{
	struct deed *deed = deed_count() < MOST ? calloc(1, sizeof(*deed)) :
		NULL;

	if (!deed) {
		page_say("%d commands are going on: wait for their end",
			deed_count());
		return NULL;
	}
	deed->done = whom;
	deed->context = context;
	deed->ask.done = done;
	deed->ask.told = told;
	deed->ask.context = deed;
	typed_print(typed, deed->line, sizeof(deed->line));
	deed->next = deeds;
	deeds = deed;
	page_line(deed->line);
	page_say("...");
	ask_begin(&deed->ask, typed);
	return deed;
}

void deed_leave(struct deed *deed)
{
	deed->done = NULL;
}

void deed_forget_all(void)
{
	while (deeds)
		drop(deeds);
}
