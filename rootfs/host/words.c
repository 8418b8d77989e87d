/* Words KEY=VALUE as they are typed, in the form that settings take. */
/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"

void words_free(struct words *words)
{
	while (words->count)
		free(words->list[--words->count]);
}

static int add(struct words *words, const char *key, const char *value,
	size_t length, struct trouble *why)
{
	if (words->count == WORDS_MOST)
		return trouble(why, -EINVAL, "%.60s: too many", key);
	if (asprintf(&words->list[words->count], "%s=%.*s", key, (int)length,
		value) < 0)
		return trouble(why, -ENOMEM, "there is no memory");
	words->count++;
	return 0;
}

/* As it is typed. */
static int add_typed(struct words *words, const char *typed,
	struct trouble *why)
{
	if (words->count == WORDS_MOST)
		return trouble(why, -EINVAL, "%.60s: too many", typed);
	words->list[words->count] = strdup(typed);
	if (!words->list[words->count])
		return trouble(why, -ENOMEM, "there is no memory");
	words->count++;
	return 0;
}

/* Between blanks. None: the key without a value. */
static int split(struct words *words, const char *key, const char *text,
	struct trouble *why)
{
	size_t length;
	int result = 0;

	text += strspn(text, " ");
	if (!*text)
		return add(words, key, "", 0, why);
	for (; !result && *text; text += length + strspn(text + length, " ")) {
		length = strcspn(text, " ");
		result = add(words, key, text, length, why);
	}
	return result;
}

/* What there is, without value. Then with it, when it is to be there. */
static int change_list(struct words *words, const struct conf *conf,
	const char *section, const char *key, const char *value, bool more,
	struct trouble *why)
{
	int i, result = 0, kept = 0;
	const char *present;

	for (i = 0; !result &&
		(present = conf_value(conf, section, key, i)); i++) {
		if (!strcmp(present, value))
			continue;
		result = add(words, key, present, strlen(present), why);
		kept++;
	}
	if (result)
		return result;
	if (!more && kept == i)
		return trouble(why, -ENOENT, "[%s] %s has no such value",
			section, key);
	return more || !kept ? add(words, key, more ? value : "",
		more ? strlen(value) : 0, why) : 0;
}

static int expand(struct words *words, const struct conf *conf,
	const char *section, const char *typed, struct trouble *why)
{
	size_t length = strcspn(typed, "=");
	bool list = length && typed[length] &&
		strchr("+-", typed[length - 1]);
	const struct conf_key *key = conf_key_in(host_kinds, section,
		typed, length - list);
	const char *value = typed + length + 1;

	if (!typed[length])
		return trouble(why, -EINVAL, "\"%.60s\" is not KEY=VALUE",
			typed);
	if (key && key->repeats && list)
		return change_list(words, conf, section, key->name, value,
			typed[length - 1] == '+', why);
	if (key && key->repeats && strcmp(key->name, "key"))
		return split(words, key->name, value, why);
	if (key && list)
		return trouble(why, -EINVAL, "[%s] %s takes one value",
			section, key->name);
	return add_typed(words, typed, why);
}

int words_expand(struct words *words, const struct conf *conf,
	const char *section, char **typed, int count, struct trouble *why)
{
	int i, result = 0;

	words->count = 0;
	for (i = 0; !result && i < count; i++)
		result = expand(words, conf, section, typed[i], why);
	return result;
}
