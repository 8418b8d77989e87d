/* What a page can do: a key, a text, and the command that it is. */
/* SPDX-License-Identifier: MIT */
#include "action.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "deed.h"
#include "form.h"
#include "message.h"
#include "page.h"
#include "terminal.h"

static bool needs_subject(const struct action *action)
{
	const char *words = action->form ? action->form->words : action->words;

	return (words && strchr(words, '@')) ||
		(action->question && strchr(action->question, '@'));
}

bool action_offered(const struct action *action, const struct page *page)
{
	if (action->may)
		return action->may(page);
	return page->subject[0] || !needs_subject(action) ||
		(action->form && action->form->names);
}

const struct action *action_find(const struct page *page, int key)
{
	const struct action *action = page->actions;

	if (key < 0x80 && isupper(key))
		key = tolower(key);
	for (; key && action && action->key; action++)
		if (action->key == key && action_offered(action, page))
			return action;
	return NULL;
}

/* The words as they are now. */
static void say_words(const struct action *action, const struct page *page,
	struct typed *typed)
{
	char line[TYPED_LINE];

	typed_clear(typed);
	if (!action->words)
		return;
	if (*action->words == '!') {
		page_fill(action->words + 1, page->subject, page->of, line,
			sizeof(line));
		page_line(line);
		return;
	}
	typed_table(typed, action->words, page->subject, page->of);
	page_command(typed);
}

bool action_confirm(const struct page *page, const char *question)
{
	char subject[PAGE_SUBJECT];

	snprintf(subject, sizeof(subject), "%s", page->subject);
	if (!message_confirm(question))
		return false;
	if (!strcmp(subject, page->subject))
		return true;
	page_say("%.200s is not there any more.", subject);
	return false;
}

static bool confirmed(const struct action *action, const struct page *page)
{
	char text[ASK_TEXT];

	if (!action->question)
		return true;
	page_fill(action->question, page->subject, page->of, text,
		sizeof(text));
	return needs_subject(action) ? action_confirm(page, text) :
		message_confirm(text);
}

void action_run(const struct action *action, struct page *page)
{
	struct typed typed;
	bool done = true;

	page_say("%s", "");
	say_words(action, page, &typed);
	if (!confirmed(action, page))
		return;
	if (action->run)
		action->run(page);
	else if (action->form)
		done = form_run(action->form, page,
			action->form->changes ? page->row : NULL);
	else
		deed_begin(&typed, NULL, NULL);
	if (action->leaves && done)
		page->over = true;
}

const char *action_key_name(int key, char name[8])
{
	static const struct { int key; const char *name; } names[] = {
		{ PRESSED_ENTER, "Enter" }, { PRESSED_DELETE, "Del" },
		{ PRESSED_TAB, "Tab" }, { ' ', "Space" },
		{ PRESSED_RIGHT, "Right" }, { PRESSED_LEFT, "Left" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].key == key)
			return names[i].name;
	snprintf(name, 8, "%c", key);
	return name;
}
