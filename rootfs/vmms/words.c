/* A command line's words, by the table of verbs. */
/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

struct reader {
	struct words *words;
	char **word;
	int count;
	int placed;		/* words that stand for themselves, so far */
	bool plain;		/* "--" has come */
	char *why;
};

static bool wrong(const struct reader *reader, const char *format,
	const char *word)
{
	snprintf(reader->why, LINE_SENTENCE, format, word);
	return false;
}

/* The next word, or NULL. */
static char *next(struct reader *reader)
{
	if (!reader->count)
		return NULL;
	reader->count--;
	return *reader->word++;
}

static bool set(const struct reader *reader, const char *name, json_t *value)
{
	if (!value)
		return wrong(reader, "%s is not text in UTF-8", name);
	return !json_object_set_new(reader->words->args, name, value);
}

static bool add_number(const struct reader *reader, const char *name,
	const char *text)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (!*text || *end || errno)
		return wrong(reader, "%.60s is not a number", text);
	return set(reader, name, json_integer(number));
}

static bool add_to_list(const struct reader *reader, const char *name,
	const char *text)
{
	json_t *list = json_object_get(reader->words->args, name);

	if (!list) {
		list = json_array();
		if (!set(reader, name, list))
			return false;
	}
	if (!json_array_append_new(list, json_string(text)))
		return true;
	return wrong(reader, "%s is not text in UTF-8", name);
}

static bool add_pair(const struct reader *reader, const char *name,
	const char *text)
{
	json_t *pairs = json_object_get(reader->words->args, name);
	const char *sign = strchr(text, '=');
	char key[VERB_TEXT_BYTES + 1];

	if (!sign || sign == text || sign - text > VERB_TEXT_BYTES)
		return wrong(reader, "%.60s is not KEY=VALUE", text);
	if (!pairs) {
		pairs = json_object();
		if (!set(reader, name, pairs))
			return false;
	}
	memcpy(key, text, sign - text);
	key[sign - text] = '\0';
	if (json_object_get(pairs, key))
		return wrong(reader, "%.60s stands twice", key);
	if (!json_object_set_new(pairs, key, json_string(sign + 1)))
		return true;
	return wrong(reader, "%s is not text in UTF-8", name);
}

static bool add(const struct reader *reader,
	const struct verb_argument *argument, const char *text)
{
	if (argument->type == VERB_LIST)
		return add_to_list(reader, argument->name, text);
	if (argument->type == VERB_PAIRS)
		return add_pair(reader, argument->name, text);
	if (json_object_get(reader->words->args, argument->name))
		return wrong(reader, "%s stands twice", argument->name);
	if (argument->type == VERB_NUMBER)
		return add_number(reader, argument->name, text);
	return set(reader, argument->name, json_string(text));
}

/* The place of a word of its own. Lists and pairs take all that follow. */
static const struct verb_argument *place(const struct reader *reader)
{
	const struct verb_argument *argument = reader->words->verb->arguments;
	int left = reader->placed;

	for (; argument && argument->name; argument++) {
		if (!(argument->how & VERB_PLACED))
			continue;
		if (!left-- || argument->type == VERB_LIST ||
		    argument->type == VERB_PAIRS)
			return argument;
	}
	return NULL;
}

static bool read_plain(struct reader *reader, const char *text)
{
	const struct verb_argument *argument = place(reader);

	if (!argument)
		return wrong(reader, "%.60s is one word too many", text);
	reader->placed++;
	return add(reader, argument, text);
}

/* --NAME VALUE, --NAME=VALUE; a flag is alone. */
static bool read_named(struct reader *reader, const char *text)
{
	const char *sign = strchr(text, '='), *value = sign ? sign + 1 : NULL;
	const struct verb_argument *argument;
	char name[64];

	snprintf(name, sizeof(name), "%.*s",
		sign ? (int)(sign - text) : (int)sizeof(name), text);
	argument = verb_argument(reader->words->verb, name);
	if (!argument)
		return wrong(reader, "there is no --%.60s here", name);
	if (argument->type == VERB_FLAG)
		return sign ? wrong(reader, "--%.60s takes no value", name) :
			set(reader, name, json_true());
	if (!value)
		value = next(reader);
	if (!value)
		return wrong(reader, "--%.60s needs a value", name);
	return add(reader, argument, value);
}

/* Those that every verb has. *taken: it was one. */
static bool read_common(struct reader *reader, const char *text, bool *taken)
{
	struct words *words = reader->words;
	const char **value = !strcmp(text, "-H") ? &words->host :
		!strcmp(text, "--socket") ? &words->socket : NULL;
	bool *flag = !strcmp(text, "--json") ? &words->json :
		!strcmp(text, "--help") || !strcmp(text, "-h") ? &words->help :
		!strcmp(text, "--stdio") ? &words->stdio :
		!strcmp(text, "--completion") ? &words->completion :
		!strcmp(text, "--manual") ? &words->manual : NULL;

	*taken = value || flag;
	if (flag)
		*flag = true;
	if (!value)
		return true;
	*value = next(reader);
	return *value ? true : wrong(reader, "%s needs a value", text);
}

/* A verb of two words wins over one of the first alone. */
static bool read_verb(struct reader *reader, const struct verb *verbs,
	const char *text)
{
	char name[64];

	if (reader->count) {
		snprintf(name, sizeof(name), "%.30s %.30s", text,
			*reader->word);
		reader->words->verb = verb_find(verbs, name);
		if (reader->words->verb) {
			next(reader);
			return true;
		}
	}
	reader->words->verb = verb_find(verbs, text);
	return reader->words->verb ? true :
		wrong(reader, "there is no verb %.60s", text);
}

static bool read_word(struct reader *reader, const struct verb *verbs,
	const char *text)
{
	bool taken = false;

	if (!reader->plain && !strcmp(text, "--")) {
		reader->plain = true;
		return true;
	}
	if (!reader->plain && *text == '-' && !read_common(reader, text, &taken))
		return false;
	if (taken)
		return true;
	if (!reader->words->verb && *text != '-')
		return read_verb(reader, verbs, text);
	if (!reader->words->verb)
		return wrong(reader, "there is no %.60s", text);
	if (!reader->plain && !strncmp(text, "--", 2))
		return read_named(reader, text + 2);
	return read_plain(reader, text);
}

bool words_read(struct words *words, const struct verb *verbs, char **word,
	int count, char *why)
{
	struct reader reader = { .words = words, .word = word, .count = count,
		.why = why };
	const char *text;

	*words = (struct words){ .args = json_object() };
	strcpy(why, "there is no memory");
	while ((text = next(&reader)))
		if (!read_word(&reader, verbs, text))
			return false;
	if (words->help || words->completion || words->manual ||
	    (words->stdio && !words->verb))
		return true;
	if (!words->verb)
		return wrong(&reader, "there is no %s", "verb");
	return verb_check(words->verb, words->args, why);
}

void words_exit(struct words *words)
{
	json_decref(words->args);
	words->args = NULL;
}
