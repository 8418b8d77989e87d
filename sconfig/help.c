/* What F1 shows of a page. */
/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "text.h"

static void write_words(FILE *stream, const struct action *action,
	const struct page *page)
{
	const char *words = action->form ? action->form->words : action->words;
	bool named = page->subject[0] && !(action->form &&
		action->form->names);
	const char *subject = named ? page->subject : "NAME";
	char line[TYPED_LINE];
	struct typed typed;

	if (!words)
		return;
	if (*words == '!') {
		page_fill(words + 1, subject, page->of, line, sizeof(line));
	} else {
		typed_clear(&typed);
		typed_table(&typed, words, subject, page->of);
		typed_print(&typed, line, sizeof(line));
	}
	fprintf(stream, "          $ %s%s\n", line, action->form ? " ..." : "");
}

static void write_actions(FILE *stream, const struct page *page)
{
	const struct action *action = page->types ? NULL : page->actions;
	char name[8];

	for (; action && action->key; action++) {
		fprintf(stream, "%-8s  %s\n",
			action_key_name(action->key, name),
			action->help ? action->help : action->text);
		write_words(stream, action, page);
	}
}

static char *explain(const struct page *page)
{
	char *lines = NULL;
	size_t size;
	FILE *stream = open_memstream(&lines, &size);

	if (!stream)
		return NULL;
	if (page->help)
		fprintf(stream, "%s\n\n", page->help);
	if (page->explain)
		page->explain(page, stream);
	write_actions(stream, page);
	fprintf(stream, "\nEsc goes back. ^L draws the screen anew. Where keys "
		"are missing: ^A Home, ^E End, ^B and ^F page up and down, ^D "
		"Delete, ^G help.\n");
	fclose(stream);
	return lines;
}

/* Help has no help of its own. */
void page_help(const struct page *page)
{
	static bool open;
	char *lines = open ? NULL : explain(page);

	if (!lines)
		return;
	open = true;
	text_show("Help", lines);
	open = false;
	free(lines);
}
