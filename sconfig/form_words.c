/* The words that a form's fields become. */
/* SPDX-License-Identifier: MIT */
#include "form_words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "form_line.h"
#include "rootfs/vmms/line.h"
#include "rootfs/vmms/verbs.h"

static bool ends_with_sign(const char *word)
{
	size_t size = strlen(word);

	return size && word[size - 1] == '=';
}

static void add_named(struct typed *typed, const struct form_field *field,
	const char *value)
{
	char start[80];

	if (field->kind == FORM_YES_NO) {
		if (!strcmp(value, "yes"))
			typed_add(typed, field->word);
		return;
	}
	snprintf(start, sizeof(start), "%s=", field->word);
	if (*value == '-') {
		typed_join(typed, start, value);
		return;
	}
	typed_add(typed, field->word);
	typed_add(typed, value);
}

void form_words_add(struct typed *typed, const struct form_field *field,
	const char *value, bool sets)
{
	const char *word = field->word;

	if (!word || !strcmp(word, "@") || (!*value && !sets))
		return;
	if (ends_with_sign(word))
		typed_join(typed, word, value);
	else if (!strncmp(word, "--", 2) && *value)
		add_named(typed, field, value);
	else if (!*word && *value)
		typed_add(typed, value);
}

static const struct verb *verb_of(const struct form *form, int *placed)
{
	char why[LINE_SENTENCE];
	const struct verb *verb;
	struct words words;
	struct typed typed;

	typed_clear(&typed);
	typed_table(&typed, form->words, "x", "x");
	typed_read(&typed, &words, why);
	verb = words.verb;
	words_exit(&words);
	*placed = typed.count - 1 - (verb && strchr(verb->name, ' '));
	return verb;
}

/* The argument that a word of the field's is for. */
static const struct verb_argument *argument_of(const struct verb *verb,
	const struct form_field *field, int placed)
{
	const struct verb_argument *argument = verb->arguments;

	if (!strncmp(field->word, "--", 2))
		return verb_argument(verb, field->word + 2);
	for (; argument && argument->name; argument++)
		if (ends_with_sign(field->word) ?
			argument->type == VERB_PAIRS :
			argument->how & VERB_PLACED && !placed--)
			return argument;
	return NULL;
}

size_t form_words_most(const struct form *form,
	const struct form_field *field)
{
	const struct verb_argument *argument;
	const struct verb *verb;
	int placed;

	if (field->kind == FORM_NUMBER)
		return 19;
	if (field->most)
		return (size_t)field->most;
	if (!field->word)
		return VERB_TEXT_BYTES;
	verb = verb_of(form, &placed);
	/* The subject is the first one that is placed. */
	argument = verb ? argument_of(verb, field,
		!strcmp(field->word, "@") ? 0 : placed) : NULL;
	return argument && argument->type != VERB_NUMBER && argument->most ?
		(size_t)argument->most : VERB_TEXT_BYTES;
}

/* As a word of its own: "memory" in "web: memory is not ...". */
static bool names(const char *sentence, const char *name)
{
	size_t size = strlen(name);
	const char *at = sentence;

	while (size && (at = strcasestr(at, name))) {
		if ((at == sentence || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[size]) && at[size] != '-')
			return true;
		at += size;
	}
	return false;
}

int form_words_meant(const struct form *form, const char *sentence)
{
	const struct form_field *field = form->fields;
	char name[64];
	int i;

	for (i = 0; field[i].label; i++) {
		form_line_name(&field[i], name, sizeof(name));
		if (names(sentence, name) || names(sentence, field[i].label))
			return i;
	}
	return -1;
}

/* What is in it before anybody types. */
static const char *sample_of(const struct form_field *field)
{
	return field->sample ? field->sample : field->first ? field->first : "";
}

/* Of a choice without more it is the first one. */
static bool has_value(const struct form_field *field, const char *value)
{
	const char *sample = sample_of(field);
	size_t size = strlen(sample);

	if (!size && field->choices) {
		sample = field->choices;
		size = strcspn(sample, "=|");
	}
	return strlen(value) == size && !strncmp(sample, value, size);
}

/* Whether it is there beside the samples of the others. */
static bool is_sampled(const struct form *form, const struct form_field *field)
{
	size_t size = field->when ? strcspn(field->when, "=") : 0;
	const struct form_field *other = form->fields;
	char name[64];

	for (; field->when && other->label; other++) {
		form_line_name(other, name, sizeof(name));
		if (strlen(name) == size && !strncmp(name, field->when, size))
			return has_value(other, field->when + size + 1);
	}
	return true;
}

void form_sample(const struct form *form, struct typed *typed)
{
	const struct form_field *field = form->fields;
	const char *subject = form->sample ? form->sample : "web";

	for (; form->names && field->label; field++)
		if (field->word && !strcmp(field->word, "@") && field->sample)
			subject = field->sample;
	typed_clear(typed);
	typed_table(typed, form->words, subject, "web");
	for (field = form->fields; field->label; field++)
		if (is_sampled(form, field))
			form_words_add(typed, field, sample_of(field), false);
}

const char *form_file_sample(const struct form *form)
{
	const struct form_field *field = form->fields;
	char name[64];

	for (; form->file && field->label; field++) {
		form_line_name(field, name, sizeof(name));
		if (!strcmp(name, form->file))
			return sample_of(field);
	}
	return "";
}

void form_print(const struct form *form, const struct typed *typed,
	const char *file, char *line, size_t size)
{
	size_t used;

	typed_print(typed, line, size);
	used = strlen(line);
	if (form->file && *file)
		snprintf(line + used, size - used, " > %s", file);
}
