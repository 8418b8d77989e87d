/* Changes of a definition: all that are asked for together, or none. */
/* SPDX-License-Identifier: MIT */
#include "definition_change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What was wrong already. */
struct sentences {
	char **text;
	int count;
	bool failed;	/* no memory */
};

static void keep(void *context, int line, const char *text)
{
	struct sentences *sentences = context;
	char **more = realloc(sentences->text,
		(sentences->count + 1) * sizeof(*more));

	(void)line;
	if (more)
		sentences->text = more;
	if (more && (more[sentences->count] = strdup(text)))
		sentences->count++;
	else
		sentences->failed = true;
}

static void sentences_free(struct sentences *sentences)
{
	while (sentences->count)
		free(sentences->text[--sentences->count]);
	free(sentences->text);
}

struct comparison {
	const struct sentences *before;
	struct trouble *why;
	bool more;
};

static void compare(void *context, int line, const char *text)
{
	struct comparison *comparison = context;
	int i;

	(void)line;
	for (i = 0; i < comparison->before->count; i++)
		if (!strcmp(comparison->before->text[i], text))
			return;
	comparison->more = true;
	trouble(comparison->why, 0, "%s", text);
}

static void note(void *context, int line, const char *text)
{
	(void)line;
	trouble(context, 0, "%s", text);
}

/* What is made once and stays. A header may have blanks behind it. */
static bool stays(const struct definition_set *set)
{
	return strcspn(set->section, " \t") == 2 &&
		!strncasecmp(set->section, "vm", 2) && (!set->key ||
		!strcmp(set->key, "id") || !strcmp(set->key, "generation"));
}

static int apply(struct conf *conf, const struct definition_set *set,
	struct trouble *why)
{
	int result;

	if (stays(set))
		return trouble(why, -EINVAL, "[vm]%s%s is made with the VM and "
			"stays as it is", set->key ? " " : "",
			set->key ? set->key : "");
	if (set->count) {
		result = conf_set(conf, set->section, set->key, set->values,
			set->count, note, why);
		return result == -ENOMEM ?
			trouble(why, result, "there is no memory") : result;
	}
	result = conf_unset(conf, set->section, set->key);
	return result ? trouble(why, result, "[%.60s]%s%.60s is not there",
		set->section, set->key ? " " : "",
		set->key ? set->key : "") : 0;
}

static int apply_all(struct conf *conf, const struct definition_home *home,
	const struct definition_set *sets, int count,
	const struct sentences *before, struct trouble *why)
{
	struct comparison comparison = { before, why, false };
	int i, result = 0;

	for (i = 0; !result && i < count; i++)
		result = apply(conf, &sets[i], why);
	if (result)
		return result;
	definition_check(conf, home, compare, &comparison);
	return comparison.more ? -EINVAL : 0;
}

int definition_change(struct conf *conf, const struct definition_home *home,
	const struct definition_set *sets, int count, struct trouble *why)
{
	struct sentences before = { NULL, 0, false };
	int result;

	definition_check(conf, home, keep, &before);
	result = before.failed ?
		trouble(why, -ENOMEM, "there is no memory") :
		apply_all(conf, home, sets, count, &before, why);
	sentences_free(&before);
	return result;
}
