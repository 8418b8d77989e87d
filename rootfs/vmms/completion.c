/* What bash needs to complete `vm`'s words, from the table of verbs. */
/* SPDX-License-Identifier: MIT */
#include "completion.h"

#include <string.h>

/* How much of a verb's name is its first word. */
static size_t first_word(const struct verb *verb)
{
	return strcspn(verb->name, " ");
}

static bool same_first(const struct verb *verb, const struct verb *other)
{
	size_t size = first_word(verb);

	return size == first_word(other) &&
		!memcmp(verb->name, other->name, size);
}

/* No verb before it begins with the same word. */
static bool is_new(const struct verb *verbs, const struct verb *verb)
{
	for (; verbs != verb; verbs++)
		if (same_first(verbs, verb))
			return false;
	return true;
}

static void print_words(FILE *stream, const struct verb *verb)
{
	const struct verb_argument *argument = verb->arguments;

	fprintf(stream, "--help --json");
	if (verb->needs & VERB_CHANGES)
		fprintf(stream, " --%s", VERB_DRY_RUN);
	for (; argument && argument->name; argument++)
		if (!(argument->how & VERB_PLACED))
			fprintf(stream, " --%s", argument->name);
	fprintf(stream, "\" ;;\n");
}

/* Behind the verb alone: names of VMs, too. */
static void print_options(FILE *stream, const struct verb *verb)
{
	const struct verb_argument *argument = verb->arguments;

	if (argument && argument->how & VERB_VM) {
		fprintf(stream, "\t\"%s \") words=\"$(_vm_names) ",
			verb->name);
		print_words(stream, verb);
	}
	fprintf(stream, "\t\"%s \"*) words=\"", verb->name);
	print_words(stream, verb);
}

/* Those that have one, behind the same first word. */
static void print_second(FILE *stream, const struct verb *verbs,
	const struct verb *verb)
{
	const char *name = verb->name;
	size_t size = first_word(verb);

	if (!name[size] || !is_new(verbs, verb))
		return;
	fprintf(stream, "\t\"%.*s \") words=\"", (int)size, name);
	for (; verbs->name; verbs++)
		if (same_first(verbs, verb) && verbs->name[size])
			fprintf(stream, " %s", verbs->name + size + 1);
	fprintf(stream, "\" ;;\n");
}

/* Two words are looked for before one alone, as the command does. */
void completion_print(FILE *stream, const struct verb *verbs)
{
	const struct verb *verb;

	fprintf(stream, "_vm_names()\n{\n\tvm --json list 2>/dev/null |\n"
		"\t\tsed -n 's/^ *\"name\": \"\\([^\"]*\\)\".*/\\1/p'\n"
		"}\n_vm()\n{\n"
		"\tlocal words line=\"${COMP_WORDS[*]:1:COMP_CWORD-1} \"\n"
		"\tcase $line in\n");
	for (verb = verbs; verb->name; verb++)
		if (verb->name[first_word(verb)])
			print_options(stream, verb);
	for (verb = verbs; verb->name; verb++)
		print_second(stream, verbs, verb);
	for (verb = verbs; verb->name; verb++)
		if (!verb->name[first_word(verb)])
			print_options(stream, verb);
	fprintf(stream, "\t\" \") words=\"-H --help");
	for (verb = verbs; verb->name; verb++)
		if (is_new(verbs, verb))
			fprintf(stream, " %.*s", (int)first_word(verb),
				verb->name);
	fprintf(stream, "\" ;;\n\t*) words= ;;\n\tesac\n"
		"\tCOMPREPLY=($(compgen -W \"$words\" -- \"$2\"))\n}\n"
		"complete -F _vm vm\n");
}
