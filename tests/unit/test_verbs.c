/* The table of verbs makes sense, and so does what is made from it. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <ctype.h>

#include "functions.h"
#include "help.h"
#include "verbs.h"

/* What fails is one of this verb's. */
static void checks(const struct verb *verb, bool good, const char *what)
{
	if (!good)
		fprintf(stderr, "%s: %s\n", verb->name, what);
	CHECK(good);
}

/* One or two words of small letters. */
static bool good_name(const char *name)
{
	const char *at = name;
	int blanks = 0;

	for (; *at; at++) {
		if (*at == ' ' && at > name && at[1])
			blanks++;
		else if (!islower((unsigned char)*at) && *at != '-')
			return false;
	}
	return *name && blanks < 2 && at - name <= 18;
}

static void check_argument(const struct verb *verb,
	const struct verb_argument *argument)
{
	bool many = argument->type == VERB_LIST ||
		argument->type == VERB_PAIRS;

	checks(verb, good_name(argument->name) &&
		!strchr(argument->name, ' '), "an argument's name");
	checks(verb, verb_argument(verb, argument->name) == argument,
		"an argument's name stands twice");
	checks(verb, argument->type == VERB_NUMBER ?
		argument->least < argument->most : !argument->least, "range");
	checks(verb, argument->type != VERB_FLAG || !argument->how,
		"a flag is no more than that");
	checks(verb, !(argument->how & VERB_OBJECT) ||
		argument->type == VERB_TEXT, "the object is a text");
	checks(verb, !many || !(argument->how & VERB_PLACED) ||
		!argument[1].name || !(argument[1].how & VERB_PLACED),
		"nothing has a place behind a list");
	checks(verb, argument->type == VERB_NUMBER || argument->takes,
		"it does not say what is good");
}

static void check_arguments(const struct verb *verb)
{
	const struct verb_argument *argument = verb->arguments;
	bool optional = false;
	int objects = 0;

	for (; argument && argument->name; argument++) {
		check_argument(verb, argument);
		objects += !!(argument->how & VERB_OBJECT);
		if (!(argument->how & VERB_PLACED))
			continue;
		checks(verb, !optional || !(argument->how & VERB_NEEDED),
			"what is needed stands behind what is not");
		optional = !(argument->how & VERB_NEEDED);
	}
	checks(verb, objects <= 1, "it is about one object");
}

/* In 80 columns. */
static void check_text(const struct verb *verb, const char *text)
{
	for (; *text; text += strcspn(text, "\n") + 1)
		checks(verb, strcspn(text, "\n") <= 80, "a line is too long");
}

static void check_help(const struct verb *verb)
{
	char text[16384] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");

	checks(verb, verb->help && islower((unsigned char)*verb->help) &&
		verb->help[strlen(verb->help) - 1] != '.', "help");
	checks(verb, !verb->examples ||
		verb->examples[strlen(verb->examples) - 1] == '\n', "examples");
	CHECK(file);
	help_verb(file, verb);
	help_all(file, verbs);
	CHECK(!fclose(file));
	check_text(verb, text);
}

int main(void)
{
	int i;

	for (i = 0; i < ASKS; i++) {
		CHECK(verbs[i].name && functions[i]);
		checks(&verbs[i], good_name(verbs[i].name), "name");
		checks(&verbs[i], verb_find(verbs, verbs[i].name) == &verbs[i],
			"it stands twice");
		check_arguments(&verbs[i]);
		check_help(&verbs[i]);
	}
	CHECK(!verbs[ASKS].name);
	return 0;
}
