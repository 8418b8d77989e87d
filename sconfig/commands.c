/* What each entry and each action does, as commands: `sconfig --commands`. */
/* SPDX-License-Identifier: MIT */
#include "commands.h"

#include <stdio.h>

enum { DEEPEST = 5, NAME = 240 };

struct walk {
	void (*each)(void *context, const char *name, const char *line,
		const struct typed *typed);
	void *context;
	const struct action *above[DEEPEST];	/* tables that are walked */
	int depth;
};

static void say_words(struct walk *walk, const char *name, const char *words,
	const char *sample)
{
	char line[TYPED_LINE];
	struct typed typed;

	if (!words || *words == '!') {
		walk->each(walk->context, name, words ? words + 1 : NULL, NULL);
		return;
	}
	typed_clear(&typed);
	typed_table(&typed, words, sample ? sample : "web", "web");
	typed_print(&typed, line, sizeof(line));
	walk->each(walk->context, name, line, &typed);
}

static void say_form(struct walk *walk, const char *name,
	const struct form *form)
{
	char line[TYPED_LINE];
	struct typed typed;

	form_sample(form, &typed);
	form_print(form, &typed, form_file_sample(form), line, sizeof(line));
	walk->each(walk->context, name, line, &typed);
}

/* A page may lead to one that leads to it again. */
static bool is_above(const struct walk *walk, const struct action *table)
{
	int i;

	for (i = 0; i < walk->depth; i++)
		if (walk->above[i] == table)
			return true;
	return walk->depth == DEEPEST;
}

static void walk_actions(struct walk *walk, const char *before,
	const struct action *table)
{
	const struct action *action = table;
	char name[NAME], key[8];

	if (!table || is_above(walk, table))
		return;
	walk->above[walk->depth++] = table;
	for (; action->key; action++) {
		snprintf(name, sizeof(name), "%.200s / %s %s", before,
			action_key_name(action->key, key), action->text);
		if (action->form)
			say_form(walk, name, action->form);
		else
			say_words(walk, name, action->words, action->sample);
		walk_actions(walk, name, action->more);
	}
	walk->depth--;
}

void commands_walk(void (*each)(void *context, const char *name,
	const char *line, const struct typed *typed), void *context)
{
	struct walk walk = { .each = each, .context = context };
	const struct entry *const *entry = entries;
	char name[NAME];

	for (; *entry; entry++) {
		snprintf(name, sizeof(name), "%d %s", (*entry)->number,
			(*entry)->text);
		if ((*entry)->later)
			each(context, name, (*entry)->later, NULL);
		else
			say_words(&walk, name, (*entry)->words, NULL);
		walk_actions(&walk, name, (*entry)->actions);
	}
}

static void print(void *context, const char *name, const char *line,
	const struct typed *typed)
{
	(void)context;
	(void)typed;
	printf("%s\n\t%s\n", name, line ? line : "-");
}

void commands_print(void)
{
	commands_walk(print, NULL);
}
