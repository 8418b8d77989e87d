/* A page of fields, and the command that they become. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_FORM_H
#define SCONFIG_FORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "typed.h"

enum { FORM_FIELDS = 32 };

enum form_kind {
	FORM_TEXT,
	FORM_NUMBER,	/* digits, from least to most */
	FORM_SIZE,	/* as 512M or 20G */
	FORM_CHOICE,	/* one of choices */
	FORM_YES_NO,
	FORM_PICK,	/* one of what the service lists */
};

struct form_options;
struct page;

/*
 * A field. What is in it becomes a word of the command, by `word`:
 *
 *	"memory="	memory=VALUE		"--disk"	--disk VALUE
 *	""		VALUE			"--hard"	--hard, if yes
 *	"@"		the subject: each @ in the form's words, one word
 *	NULL		none, it is for `when` or spell() alone
 *
 * Nothing in it: no word; in a form that changes, "memory=". How much it takes is
 * what the verb's argument does, if most says nothing else.
 */
struct form_field {
	const char *label;	/* NULL: the end of the table */
	enum form_kind kind;
	const char *word;
	const char *help;	/* a sentence; it stands below the fields */
	const char *first;	/* what is in it at first, unless values have it */
	/* Its key in the values, "vm.memory" for one in another; NULL: the word
	 * without = and --. */
	const char *value;
	bool needed;
	int64_t least, most;	/* NUMBER: range; else most: bytes */
	bool (*good)(const char *text);		/* besides; NULL: any */
	const char *takes;	/* then: "Disk: x is not ..." */
	/* CHOICE: "nothing|if-running|always", or with what is shown:
	 * "=no cable|lan=the switch lan". */
	const char *choices;
	/* PICK: the same; behind them come those of the source's rows: */
	const char *source;	/* "switch list" */
	const char *rows;	/* the array's key in the result; NULL: it is it */
	const char *pick;	/* the key of a row's value, shown, too; or */
	void (*options)(const json_t *result, struct form_options *options);
	/* NULL, or it is there only while the field with that value key has
	 * that value: "type=external". */
	const char *when;
	const char *sample;	/* a good value, for `sconfig --commands` */
};

/*
 *	static const struct form_field fields[] = {
 *		{ "Name", FORM_TEXT, "@", "Letters, digits, . _ -",
 *			.needed = true, .sample = "web" },
 *		{ "Memory", FORM_SIZE, "--memory", "As 512M or 4G",
 *			.first = "1024M", .sample = "2G" },
 *		{ .label = NULL } };
 *	static const struct form create = { .title = "New VM",
 *		.words = "create @", .fields = fields, .names = true };
 *	form_run(&create, page, NULL);
 *
 * or as an action's form; one that changes has the page's row as its values.
 */
struct form {
	const char *title;	/* @ is the subject */
	const char *help;	/* paragraphs for F1; or NULL */
	const char *words;	/* the command's beginning, as typed_table() */
	const char *question;	/* asked before; @ is the subject. Or NULL */
	const struct form_field *fields;
	bool names;		/* one of the fields has the word "@" */
	bool changes;		/* only what differs from the values is said */
	/* NULL, or makes words of its own, behind those of the fields; value()
	 * gives a field's by its value key, form_changed() whether it is another
	 * than at first. False: why has a sentence. */
	bool (*spell)(struct typed *typed, const char *(*value)(const char *),
		char why[]);
	const char *sample;	/* a good @, for --commands; NULL: "web" */
	/* NULL, or the value key of a field: in the file that it names goes what
	 * the command says, and the command is shown with it: "... > FILE". */
	const char *file;
	/* Asked for values when the form opens: "show @"; NULL: those given. */
	const char *source;
};

/*
 * Until the command is done (true; what it said is said on the page below) or
 * the form is left (false). A refusal keeps all that was typed. Esc while it is
 * being done leaves it running: true.
 * Page: whose @ and % are the form's; NULL: there are none.
 * Values: an object (a row, a result), or NULL; looked at when it opens.
 */
bool form_run(const struct form *form, const struct page *page,
	const json_t *values);
/* In spell(): whether the field with that value key was changed. */
bool form_changed(const char *name);
/* The command with each field's sample, or first, for --commands. */
void form_sample(const struct form *form, struct typed *typed);

/* As one line, with that file. */
void form_print(const struct form *form, const struct typed *typed,
	const char *file, char *line, size_t size);
/* The sample of the field that names it; "". */
const char *form_file_sample(const struct form *form);

/* One more for a field that PICKs: from its options(). Shown NULL: the value. */
void form_option(struct form_options *options, const char *value,
	const char *shown);

#endif
