/* Changes of a definition, gathered from a request's words. */
/* SPDX-License-Identifier: MIT */
#include "sets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "definition_keys.h"

void sets_free(struct sets *sets)
{
	int i;

	for (i = 0; i < sets->text_count; i++)
		free(sets->texts[i]);
	for (i = 0; i < SETS_MOST; i++)
		free(sets->values[i]);
	*sets = (struct sets){ .count = 0 };
}

static char *keep(struct sets *sets, const char *text)
{
	char *copy = strdup(text);

	if (copy)
		sets->texts[sets->text_count++] = copy;
	else
		sets->failed = true;
	return copy;
}

/* Room for another one; NULL: there is none. */
static struct definition_set *next(struct sets *sets, const char *section,
	const char *key)
{
	struct definition_set *set;

	if (sets->count == SETS_MOST ||
	    sets->text_count + 3 > SETS_MOST * 3) {
		sets->failed = true;
		return NULL;
	}
	set = &sets->items[sets->count];
	set->section = keep(sets, section);
	set->key = key ? keep(sets, key) : NULL;
	set->values = NULL;
	set->count = 0;
	return sets->failed ? NULL : set;
}

/* One value, or its words. */
static void take_values(struct sets *sets, struct definition_set *set,
	char *value, bool words)
{
	const char **values = calloc(SETS_VALUES, sizeof(*values));
	char *rest = NULL, *word;

	if (!values) {
		sets->failed = true;
		return;
	}
	sets->values[sets->count] = values;
	set->values = values;
	if (!words) {
		values[set->count++] = value;
		return;
	}
	for (word = strtok_r(value, " ,", &rest); word;
	     word = strtok_r(NULL, " ,", &rest)) {
		if (set->count == SETS_VALUES) {
			sets->failed = true;
			return;
		}
		values[set->count++] = word;
	}
}

void sets_add(struct sets *sets, const char *section, const char *key,
	const char *value)
{
	struct definition_set *set = next(sets, section, key);
	const struct conf_key *known = conf_key_in(definition_kinds, section,
		key, strlen(key));
	char *copy;

	if (!set)
		return;
	if (value && *value) {
		copy = keep(sets, value);
		if (copy)
			take_values(sets, set, copy, known && known->repeats);
	}
	sets->count++;
}

void sets_drop(struct sets *sets, const char *section)
{
	if (next(sets, section, NULL))
		sets->count++;
}

void sets_add_pairs(struct sets *sets, const char *section,
	const json_t *pairs)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)pairs, key, value)
		sets_add(sets, section, key, json_string_value(value));
}

/* An unknown key stays, to be refused. */
static bool is_done(const struct definition_set *set, struct conf *probe)
{
	return set->key && !set->count &&
		conf_key_in(definition_kinds, set->section, set->key,
			strlen(set->key)) &&
		conf_unset(probe, set->section, set->key) == -ENOENT;
}

void sets_trim(struct sets *sets, struct conf *probe)
{
	int i, left = 0;

	for (i = 0; i < sets->count; i++)
		if (!is_done(&sets->items[i], probe))
			sets->items[left++] = sets->items[i];
	sets->count = left;
}
