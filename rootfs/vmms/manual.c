/* The manual page of `vm`, from the table of verbs, in mdoc(7). */
/* SPDX-License-Identifier: MIT */
#include "manual.h"

#include <inttypes.h>
#include <string.h>

#include "definition_keys.h"
#include "help.h"

static const char begin[] =
	".Dd $Mdocdate: January 1 2026 $\n"
	".Dt VM 1\n"
	".Os Socle Server\n"
	".Sh NAME\n"
	".Nm vm\n"
	".Nd virtual machines, their switches and their host\n"
	".Sh SYNOPSIS\n"
	".Nm\n"
	".Op Fl H Oo Ar user Ns @ Oc Ns Ar host\n"
	".Op Fl -json\n"
	".Ar verb ...\n"
	".Nm\n"
	".Op Ar verb\n"
	".Fl -help\n"
	".Sh DESCRIPTION\n"
	"It asks the management service of a Socle Server host for one thing,\n"
	"and says what has come of it.\n"
	"Whoever is root or in the group\n"
	".Sy socle\n"
	"may ask.\n"
	".Bl -tag -width Ds\n"
	".It Fl H Oo Ar user Ns @ Oc Ns Ar host\n"
	"Asks the service of another host, by\n"
	".Xr ssh 1 ,\n"
	"which runs\n"
	".Nm Fl -stdio\n"
	"there.\n"
	".It Fl -json\n"
	"The answer, or the refusal, as JSON.\n"
	"Sizes are in bytes and times in seconds.\n"
	".It Fl -dry-run\n"
	"Of a verb that changes something: says what would be done.\n"
	"It is refused as the change itself would be.\n"
	".It Fl -socket Ar path\n"
	"The service's socket, instead of\n"
	".Pa /run/socle/vmms .\n"
	".It Fl -completion\n"
	"Prints what bash needs to complete verbs, options and names:\n"
	".Dl vm --completion > /etc/bash_completion.d/vm\n"
	".It Fl -help\n"
	"All verbs, or more about one.\n"
	".El\n"
	".Sh VERBS\n";

static const char end[] =
	".Sh EXIT STATUS\n"
	".Bl -tag -width Ds -compact\n"
	".It 0\nIt is done.\n"
	".It 1\nIt is refused, or did not work; a sentence says why.\n"
	".It 2\nThat is no request: a verb or an argument is wrong.\n"
	".It 3\nThere is no service, or it went away.\n"
	".El\n"
	".Sh FILES\n"
	".Bl -tag -width Ds -compact\n"
	".It Pa STORAGE/vms/NAME/vm.conf\nThe definition of a VM.\n"
	".It Pa STORAGE/iso/\nDiscs.\n"
	".It Pa /run/socle/vms/NAME/screen\n"
	"A VM's screen, for a viewer of VNC.\n"
	".El\n"
	".Sh SEE ALSO\n"
	".Xr ssh 1\n";

/* No line begins a request of the formatter's, and no backslash an escape. */
static void print_text(FILE *stream, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stream);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", stream);
		else if (*text == '-')
			fputs("\\-", stream);
		else
			fputc(*text, stream);
		if (*text == '\n' && (text[1] == '.' || text[1] == '\''))
			fputs("\\&", stream);
	}
}

static void print_argument(FILE *stream, const struct verb_argument *argument)
{
	char typed[HELP_WORD];

	help_argument(argument, typed);
	fprintf(stream, ".It ");
	print_text(stream, typed);
	fputc('\n', stream);
	if (argument->takes)
		print_text(stream, argument->takes);
	if (argument->type == VERB_NUMBER)
		fprintf(stream, "%sfrom %" PRId64 " to %" PRId64,
			argument->takes ? ", " : "", argument->least,
			argument->most);
	fputc('\n', stream);
}

static void print_arguments(FILE *stream, const struct verb *verb)
{
	const struct verb_argument *argument = verb->arguments;

	if (!argument)
		return;
	fprintf(stream, ".Pp\n.Bl -tag -width 20n -compact\n");
	for (; argument->name; argument++)
		print_argument(stream, argument);
	fprintf(stream, ".El\n");
}

static void print_literal(FILE *stream, const char *lines)
{
	fprintf(stream, ".Bd -literal -offset indent\n");
	print_text(stream, lines);
	fprintf(stream, ".Ed\n");
}

static void print_verb(FILE *stream, const struct verb *verb)
{
	fprintf(stream, ".Ss ");
	print_text(stream, verb->name);
	fprintf(stream, "\n.Nm\n.Cm ");
	print_text(stream, verb->name);
	fputc('\n', stream);
	print_text(stream, verb->help);
	fprintf(stream, ".\n");
	print_arguments(stream, verb);
	if (verb->more) {
		fprintf(stream, ".Pp\n");
		print_text(stream, verb->more);
	}
	if (verb->examples)
		print_literal(stream, verb->examples);
}

/* What a definition may say, by its own table. */
static void print_kind(FILE *stream, const struct conf_kind *kind)
{
	const struct conf_key *key;

	fprintf(stream, ".Ss [%s%s]\n", kind->name, kind->argument ? " ..." :
		"");
	if (kind->argument) {
		fprintf(stream, "Behind the word is ");
		print_text(stream, kind->argument);
		fprintf(stream, ".\n.Pp\n");
	}
	fprintf(stream, ".Bl -tag -width 14n -compact\n");
	for (key = kind->keys; key->name; key++) {
		fprintf(stream, ".It ");
		print_text(stream, key->name);
		fputc('\n', stream);
		print_text(stream, key->takes);
		fprintf(stream, "%s\n", key->repeats ?
			"; again and again" : "");
	}
	fprintf(stream, ".El\n");
}

static void print_definition(FILE *stream)
{
	const struct conf_kind *kind = definition_kinds;

	fprintf(stream, ".Sh DEFINITION\n"
		"A VM is a folder with a definition in it: sections, and lines "
		"of\n.Ar key No =\n.Ar value .\n"
		"What is not known is kept, and reported by\n"
		".Nm Cm show .\n");
	for (; kind->name; kind++)
		print_kind(stream, kind);
}

void manual_print(FILE *stream, const struct verb *verbs)
{
	fputs(begin, stream);
	for (; verbs->name; verbs++)
		print_verb(stream, verbs);
	print_definition(stream);
	fputs(end, stream);
}
