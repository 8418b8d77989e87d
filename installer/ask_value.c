/* A question whose answer is a value of the settings. */
/* SPDX-License-Identifier: MIT */
#include "ask_value.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "line.h"

enum { VALUES = LINE_MAX_BYTES / 2 };

static void tell(void *context, int line, const char *text)
{
	(void)context;
	(void)line;
	printf("%s.\n", text);
}

/* Not an SSH key, which has blanks of its own. */
static bool is_list(const struct ask_value *ask, const char *text)
{
	const struct conf_key *key = conf_key_in(host_kinds, ask->section,
		ask->key, strlen(ask->key));

	return key && key->repeats && !key->good(text);
}

static void present(const struct conf *conf, const struct ask_value *ask,
	char text[LINE_MAX_BYTES])
{
	const char *value;
	size_t used = 0;
	int i;

	snprintf(text, LINE_MAX_BYTES, "%s", ask->preset ? ask->preset : "-");
	for (i = 0; (value = conf_value(conf, ask->section, ask->key, i)) &&
		used < LINE_MAX_BYTES; i++)
		used += (size_t)snprintf(text + used, LINE_MAX_BYTES - used,
			"%s%s", i ? " " : "", value);
}

static bool take(struct conf *conf, const struct ask_value *ask, char *text)
{
	const char *values[VALUES] = { text };
	int count = 1;
	char *rest;

	if (is_list(ask, text)) {
		count = 0;
		for (text = strtok_r(text, " ", &rest); text && count < VALUES;
			text = strtok_r(NULL, " ", &rest))
			values[count++] = text;
	}
	return !conf_set(conf, ask->section, ask->key, values, count, tell,
		NULL);
}

bool ask_value(struct conf *conf, const struct ask_value *ask)
{
	char text[LINE_MAX_BYTES], now[LINE_MAX_BYTES];

	present(conf, ask, now);
	do {
		if (!line_ask(ask->question, now, ask->help, text))
			return false;
		if (!strcmp(text, "-") ||
		    (ask->preset && !strcmp(text, ask->preset))) {
			conf_unset(conf, ask->section, ask->key);
			return true;
		}
	} while (strcmp(text, now) && !take(conf, ask, text));
	return true;
}
