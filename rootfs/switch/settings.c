/* The settings in effect, for who changes switches: one at a time. */
/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keep.h"
#include "keep_paths.h"
#include "keys.h"
#include "lock.h"
#include "paths.h"

enum { VALUES_MAX = 64 };

int settings_open(struct settings *settings, struct trouble *why)
{
	int lock = lock_settings(), result;

	settings->trial = false;
	if (lock < 0)
		return trouble(why, lock, "the settings cannot be locked: %s",
			strerror(-lock));
	settings->conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	if (!settings->conf && errno == ENOENT)
		settings->conf = conf_new(host_kinds);
	settings->lock = lock;
	if (settings->conf)
		return 0;
	result = -errno;
	close(lock);
	return trouble(why, result, "%s cannot be read: %s", PATH_SETTINGS,
		strerror(-result));
}

int settings_again(struct settings *settings)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);

	if (!conf)
		return -errno;
	conf_free(settings->conf);
	settings->conf = conf;
	return 0;
}

void settings_close(struct settings *settings)
{
	conf_free(settings->conf);
	close(settings->lock);
}

static void note(void *context, int line, const char *text)
{
	(void)line;
	trouble(context, 0, "%s", text);
}

/* The word's key into to; returns its value, or NULL. */
static const char *split(const char *word, char *to, size_t size)
{
	size_t length = strcspn(word, "=");

	if (!word[length] || !length || length >= size)
		return NULL;
	memcpy(to, word, length);
	to[length] = '\0';
	return word + length + 1;
}

/* All values of the key that the index-th word has, unless one before had. */
static int put_key(struct settings *settings, const char *section,
	char **words, int count, int index, struct trouble *why)
{
	const char *values[VALUES_MAX];
	char key[32], other[32];
	int i, used = 0, result;

	values[0] = split(words[index], key, sizeof(key));
	if (!values[0])
		return trouble(why, -EINVAL, "\"%s\" is not KEY=VALUE",
			words[index]);
	for (i = 0; i < count; i++) {
		const char *value = split(words[i], other, sizeof(other));

		if (!value || strcmp(key, other))
			continue;
		if (i < index)
			return 0;
		if (used == VALUES_MAX)
			return trouble(why, -EINVAL, "%s: too many", key);
		values[used++] = value;
	}
	if (used == 1 && !values[0][0]) {
		conf_unset(settings->conf, section, key);
		return 0;
	}
	result = conf_set(settings->conf, section, key, values, used, note,
		why);
	return result == -ENOMEM ?
		trouble(why, result, "there is no memory") : result;
}

int settings_put(struct settings *settings, const char *section, char **words,
	int count, struct trouble *why)
{
	int i, result = 0;

	for (i = 0; !result && i < count; i++)
		result = put_key(settings, section, words, count, i, why);
	return result;
}

struct picked {
	const char *section;
	struct trouble *why;
	int problems;
};

/* Keeps what is said of the section, which begins with its header. */
static void pick(void *context, int line, const char *text)
{
	struct picked *picked = context;
	size_t length = strlen(picked->section);

	(void)line;
	if (text[0] != '[' || strncmp(text + 1, picked->section, length) ||
	    text[1 + length] != ']')
		return;
	picked->problems++;
	trouble(picked->why, 0, "%s", text);
}

int settings_check(const struct settings *settings, const char *section,
	struct trouble *why)
{
	struct picked picked = { section, why, 0 };

	host_check(settings->conf, pick, &picked);
	return picked.problems ? -EINVAL : 0;
}

int settings_may_keep(struct trouble *why)
{
	return keep_is_replaced() ? trouble(why, -EBUSY, "other settings count "
		"from the next start on: the host is to be restarted first") :
		0;
}

int settings_keep(const struct settings *settings,
	const char *const *sections, int count, bool *kept,
	struct trouble *why)
{
	int result = settings_may_keep(why);

	if (result)
		return result;
	result = keep_settings(settings->conf, sections, count, NULL, kept);
	return result ? trouble(why, result, "%s cannot be written: %s",
		keep_has_medium() ? PATH_CONFIG PATH_FILE : "the boot medium "
		"is not there, and the copy on a data volume",
		strerror(-result)) : 0;
}

int settings_write(const struct settings *settings, struct trouble *why)
{
	int result = conf_write(settings->conf, PATH_SETTINGS);

	return result ? trouble(why, result, "%s cannot be written: %s",
		PATH_SETTINGS, strerror(-result)) : 0;
}

int settings_save(struct settings *settings, const char *section, bool *kept,
	struct trouble *why)
{
	int result = 0;

	*kept = true;
	if (!settings->trial)
		result = settings_keep(settings, &section, 1, kept, why);
	return result ? result : settings_write(settings, why);
}
