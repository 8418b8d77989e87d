/* Settings that somebody brings, in place of the host's own; and none at all. */
/* SPDX-License-Identifier: MIT */
#include "import.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keep.h"
#include "keys.h"
#include "paths.h"
#include "places.h"
#include "settings.h"

/* The first problem is the sentence. */
static void complain(void *context, int line, const char *text)
{
	struct trouble *why = context;

	if (line)
		trouble(why, 0, "line %d: %s", line, text);
	else
		trouble(why, 0, "%s", text);
}

/* Of an administrator, or of root, who has none in conf. */
static int keep_password(const struct conf *now, struct conf *conf,
	const char *section)
{
	if (conf_value(conf, section, "password", 0) ||
	    !conf_value(now, section, "password", 0))
		return 0;
	return conf_copy(now, conf, section, "password");
}

static int keep_passwords(const struct conf *now, struct conf *conf)
{
	const char *section;
	int i, result = keep_password(now, conf, "login");

	for (i = 0; !result && (section = conf_section(conf, "admin", i)); i++)
		result = keep_password(now, conf, section);
	return result;
}

static int check(struct conf *conf, struct trouble *why)
{
	if (conf_complaints(conf, true, complain, why) ||
	    conf_complaints(conf, false, complain, why) ||
	    host_check(conf, complain, why))
		return -EINVAL;
	conf_unset(conf, "install", NULL);
	return 0;
}

static int keep_these(struct settings *settings, struct conf *conf,
	struct trouble *why)
{
	bool kept;
	int result = keep_passwords(settings->conf, conf);

	if (!result)
		result = keep_all(conf, &kept);
	if (result)
		return trouble(why, result, "the settings cannot be kept: %s",
			strerror(-result));
	return kept ? 0 : trouble(why, -ENODEV,
		"this host has no volume of its own: it keeps no settings");
}

int import_settings(char **words, int count, struct trouble *why)
{
	struct settings settings;
	struct conf *conf;
	int result;

	(void)count;
	conf = conf_parse(words[0], strlen(words[0]), host_kinds, NULL, NULL);
	if (!conf)
		return trouble(why, -errno, "these are no settings: %s",
			strerror(errno));
	result = check(conf, why);
	if (!result)
		result = settings_open(&settings, why);
	if (!result) {
		result = keep_these(&settings, conf, why);
		settings_close(&settings);
	}
	conf_free(conf);
	if (!result)
		fprintf(stderr, "host: these settings count from the next "
			"start of the host on\n");
	return result;
}

int import_nothing(char **words, int count, struct trouble *why)
{
	struct settings settings;
	int result = settings_open(&settings, why);

	(void)words;
	(void)count;
	if (result)
		return result;
	result = keep_nothing();
	if (!result && unlink(PLACE_HOST_KEY) && errno != ENOENT)
		result = -errno;
	sync();
	settings_close(&settings);
	if (result)
		return trouble(why, result, "the settings cannot be removed: "
			"%s", strerror(-result));
	execl(PLACE_RESTART, PLACE_RESTART, (char *)NULL);
	return trouble(why, -errno, "%s: %s", PLACE_RESTART, strerror(errno));
}
