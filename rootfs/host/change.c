/* Settings that count at once, and need no trial. */
/* SPDX-License-Identifier: MIT */
#include "change.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "keep.h"
#include "places.h"
#include "program.h"
#include "settings.h"
#include "words.h"

/* What of the settings is changed by this, and what by others. */
static const struct {
	const char *kind, *other;
} kinds[] = {
	{ "host", NULL }, { "time", NULL }, { "dns", NULL }, { "login", NULL },
	{ "admin", NULL },
	{ "nic", "host network set" }, { "bond", "host network set" },
	{ "switch", "switch set" }, { "port", "switch set" },
	{ "volume", "host storage" },
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

/* The section's kind; NULL: not one of ours. */
static const char *kind_of(const char *section, struct trouble *why)
{
	size_t length = strcspn(section, " ");
	int i;

	for (i = 0; i < KINDS; i++) {
		if (strlen(kinds[i].kind) != length ||
		    strncmp(kinds[i].kind, section, length))
			continue;
		if (!kinds[i].other)
			return kinds[i].kind;
		trouble(why, -EINVAL, "[%.60s] is changed by: %s", section,
			kinds[i].other);
		return NULL;
	}
	trouble(why, -EINVAL, "there is no section [%.60s]", section);
	return NULL;
}

/* An administrator who could not log in is a mistake. */
static int check_admin(const struct settings *settings, const char *section,
	struct trouble *why)
{
	if (strncmp(section, "admin ", 6) ||
	    conf_value(settings->conf, section, "key", 0) ||
	    conf_value(settings->conf, section, "password", 0))
		return 0;
	return trouble(why, -EINVAL, "[%s] needs a key or a password",
		section);
}

static int change(struct settings *settings, char **words, int count,
	bool remove, struct trouble *why)
{
	const char *section = words[0];
	struct words typed;
	int result;

	if (remove)
		return conf_unset(settings->conf, section, NULL) ?
			trouble(why, -ENOENT, "the settings have no [%s]",
				section) : 0;
	result = words_expand(&typed, settings->conf, section, words + 1,
		count - 1, why);
	if (!result)
		result = settings_put(settings, section, typed.list,
			typed.count, why);
	words_free(&typed);
	if (!result)
		result = check_admin(settings, section, why);
	return result ? result : settings_check(settings, section, why);
}

void change_warn(void)
{
	fprintf(stderr, "host: %s: the change is lost at the next start\n",
		keep_why_nowhere());
}

static int change_section(char **words, int count, bool remove,
	struct trouble *why)
{
	const char *kind = kind_of(words[0], why);
	struct settings settings;
	bool kept = false;
	int result = kind ? settings_open(&settings, why) : -EINVAL;

	if (result)
		return result;
	result = change(&settings, words, count, remove, why);
	if (!result)
		result = settings_save(&settings, words[0], &kept, why);
	settings_close(&settings);
	if (result)
		return result;
	program_run((char *[]){ PLACE_APPLY, (char *)kind, NULL });
	if (!kept)
		change_warn();
	return 0;
}

int change_set(char **words, int count, struct trouble *why)
{
	return change_section(words, count, false, why);
}

int change_unset(char **words, int count, struct trouble *why)
{
	return change_section(words, count, true, why);
}
