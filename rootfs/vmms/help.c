/* What `vm --help` says, from the table of verbs. */
/* SPDX-License-Identifier: MIT */
#include "help.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define WORD HELP_WORD

static const struct verb_argument none = { .name = NULL };

static const struct verb_argument *arguments_of(const struct verb *verb)
{
	return verb->arguments ? verb->arguments : &none;
}

static void upper(const char *name, char *text, size_t size)
{
	snprintf(text, size, "%s", name);
	for (; *text; text++)
		*text = toupper((unsigned char)*text);
}

void help_argument(const struct verb_argument *argument, char *text)
{
	bool placed = argument->how & VERB_PLACED;
	char value[WORD / 2] = "N";

	if (argument->type == VERB_PAIRS)
		strcpy(value, "KEY=VALUE");
	else if (argument->type != VERB_NUMBER)
		upper(argument->name, value, sizeof(value) - 3);
	if (placed && argument->type == VERB_NUMBER)
		upper(argument->name, value, sizeof(value) - 3);
	if (placed && (argument->type == VERB_LIST ||
	    argument->type == VERB_PAIRS))
		strcat(value, "...");
	if (argument->type == VERB_FLAG)
		snprintf(text, WORD, "--%.40s", argument->name);
	else if (placed)
		snprintf(text, WORD, "%s", value);
	else
		snprintf(text, WORD, "--%.40s %s", argument->name, value);
}

/* A new line before what would not fit. */
static void put_word(FILE *stream, const char *word, size_t *column)
{
	if (*column + 1 + strlen(word) > 79) {
		fprintf(stream, "\n      ");
		*column = 6;
	}
	fprintf(stream, " %s", word);
	*column += 1 + strlen(word);
}

void help_usage(FILE *stream, const struct verb *verb)
{
	const struct verb_argument *argument = arguments_of(verb);
	char type[WORD], word[WORD + 2];
	size_t column;

	fprintf(stream, "usage: vm %s", verb->name);
	column = strlen("usage: vm ") + strlen(verb->name);
	for (; argument->name; argument++) {
		help_argument(argument, type);
		snprintf(word, sizeof(word), argument->how & VERB_NEEDED ?
			"%s" : "[%s]", type);
		put_word(stream, word, &column);
	}
	if (verb->needs & VERB_CHANGES)
		put_word(stream, "[--" VERB_DRY_RUN "]", &column);
	fputc('\n', stream);
}

static void print_argument(FILE *stream, const struct verb_argument *argument)
{
	char word[WORD];

	help_argument(argument, word);
	fprintf(stream, "  %-24s", word);
	if (argument->takes)
		fprintf(stream, " %s", argument->takes);
	if (argument->type == VERB_NUMBER)
		fprintf(stream, "%s from %" PRId64 " to %" PRId64,
			argument->takes ? "," : "", argument->least,
			argument->most);
	fputc('\n', stream);
}

static void print_examples(FILE *stream, const char *lines)
{
	size_t size;

	fprintf(stream, "\nExamples:\n");
	for (; *lines; lines += size) {
		size = strcspn(lines, "\n") + 1;
		fprintf(stream, "  %.*s", (int)size, lines);
	}
}

void help_verb(FILE *stream, const struct verb *verb)
{
	const struct verb_argument *argument = arguments_of(verb);

	help_usage(stream, verb);
	fprintf(stream, "\n%s %s.\n\n", verb->name, verb->help);
	for (; argument->name; argument++)
		print_argument(stream, argument);
	if (verb->needs & VERB_CHANGES)
		print_argument(stream, verb_argument(verb, VERB_DRY_RUN));
	fprintf(stream, "  %-24s the answer as JSON\n", "--json");
	if (verb->more)
		fprintf(stream, "\n%s", verb->more);
	if (verb->examples)
		print_examples(stream, verb->examples);
}

void help_all(FILE *stream, const struct verb *verbs)
{
	fprintf(stream, "usage: vm [-H [USER@]HOST] [--json] VERB ...\n\n");
	for (; verbs->name; verbs++)
		fprintf(stream, "  %-18s %s\n", verbs->name, verbs->help);
	fprintf(stream, "\nvm VERB --help says more about one.\n"
		"-H asks the service of another host, by ssh.\n"
		"Exit status: 0 done, 1 refused, 2 wrong usage, 3 no service.\n");
}
