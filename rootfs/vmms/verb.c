/* What may be asked: looking it up, and checking what it is given. */
/* SPDX-License-Identifier: MIT */
#include "verb.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "line.h"

static const struct verb_argument dry_run = { VERB_DRY_RUN, VERB_FLAG, 0, 0, 0,
	NULL, "says what would be done" };

const struct verb *verb_find(const struct verb *verbs, const char *name)
{
	for (; verbs->name; verbs++)
		if (!strcmp(verbs->name, name))
			return verbs;
	return NULL;
}

const struct verb_argument *verb_argument(const struct verb *verb,
	const char *name)
{
	const struct verb_argument *argument = verb->arguments;

	for (; argument && argument->name; argument++)
		if (!strcmp(argument->name, name))
			return argument;
	if (verb->needs & VERB_CHANGES && !strcmp(name, dry_run.name))
		return &dry_run;
	return NULL;
}

/* UTF-8 is it already: a terminal shall be able to show it. */
static bool plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

/* Of a file: lines, with tabs. */
static bool is_lines(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && !strchr("\n\r\t", *text)) ||
		    *text == 0x7f)
			return false;
	return true;
}

static bool good_file(const struct verb_argument *argument,
	const json_t *value)
{
	const char *text = json_string_value(value);

	return text && *text &&
		json_string_length(value) <= (size_t)argument->most &&
		strlen(text) == json_string_length(value) && is_lines(text);
}

static bool good_text(const struct verb_argument *argument,
	const json_t *value)
{
	size_t most = argument->most ? (size_t)argument->most : VERB_TEXT_BYTES;
	const char *text = json_string_value(value);

	if (!text || json_string_length(value) > most || !plain(text))
		return false;
	return !argument->good || argument->good(text);
}

static bool good_number(const struct verb_argument *argument,
	const json_t *value)
{
	return json_is_integer(value) &&
		json_integer_value(value) >= argument->least &&
		json_integer_value(value) <= argument->most;
}

static bool good_list(const struct verb_argument *argument,
	const json_t *value)
{
	size_t i;

	if (!json_is_array(value))
		return false;
	for (i = 0; i < json_array_size(value); i++)
		if (!good_text(argument, json_array_get(value, i)))
			return false;
	return true;
}

static bool good_pairs(const struct verb_argument *argument,
	const json_t *value)
{
	const char *key;
	json_t *text;

	if (!json_is_object(value))
		return false;
	json_object_foreach((json_t *)value, key, text)
		if (!*key || !plain(key) || strlen(key) > VERB_TEXT_BYTES ||
		    !good_text(argument, text))
			return false;
	return true;
}

static bool good(const struct verb_argument *argument, const json_t *value)
{
	switch (argument->type) {
	case VERB_TEXT: return good_text(argument, value);
	case VERB_NUMBER: return good_number(argument, value);
	case VERB_FLAG: return json_is_boolean(value);
	case VERB_LIST: return good_list(argument, value);
	case VERB_PAIRS: return good_pairs(argument, value);
	case VERB_FILE: return good_file(argument, value);
	}
	return false;
}

static void explain(const struct verb *verb,
	const struct verb_argument *argument, char *why)
{
	static const char *const words[] = { "text", "a number", "true or false",
		"a list of texts", "an object of texts", "lines of text" };
	const char *takes = argument->takes && argument->type != VERB_FILE ?
		argument->takes : words[argument->type];

	if (argument->type == VERB_NUMBER)
		snprintf(why, LINE_SENTENCE, "%s: %s is not a number from %"
			PRId64 " to %" PRId64, verb->name, argument->name,
			argument->least, argument->most);
	else
		snprintf(why, LINE_SENTENCE, "%s: %s is not %s", verb->name,
			argument->name, argument->type == VERB_FLAG ?
				words[VERB_FLAG] : takes);
}

/* A key is quoted only as far as it is plain. */
static void explain_key(const struct verb *verb, const char *key, char *why)
{
	snprintf(why, LINE_SENTENCE, "%s takes no \"%.60s\"", verb->name,
		plain(key) && strlen(key) <= 60 ? key : "...");
}

bool verb_check(const struct verb *verb, const json_t *args, char *why)
{
	const struct verb_argument *argument;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)args, key, value) {
		argument = verb_argument(verb, key);
		if (!argument)
			explain_key(verb, key, why);
		else if (!good(argument, value))
			explain(verb, argument, why);
		else
			continue;
		return false;
	}
	for (argument = verb->arguments; argument && argument->name; argument++)
		if (argument->how & VERB_NEEDED &&
		    !json_object_get(args, argument->name)) {
			snprintf(why, LINE_SENTENCE, "%s: %s is missing",
				verb->name, argument->name);
			return false;
		}
	return true;
}

const char *verb_object(const struct verb *verb, const json_t *args)
{
	const struct verb_argument *argument = verb->arguments;

	for (; argument && argument->name; argument++)
		if (argument->how & VERB_OBJECT)
			return json_string_value(
				json_object_get(args, argument->name));
	return NULL;
}
