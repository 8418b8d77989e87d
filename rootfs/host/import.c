/* Settings that somebody brings, in place of the host's own; and none at all. */
/* SPDX-License-Identifier: MIT */
#include "import.h"

#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keep.h"
#include "keep_paths.h"
#include "keys.h"
#include "mount.h"
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
	return conf_section(conf, NULL, 0) ? 0 : trouble(why, -EINVAL,
		"these are no settings: no section is in them");
}

/* What host set refuses an administrator for. */
static int check_admins(const struct conf *conf, struct trouble *why)
{
	const char *section;
	int i;

	for (i = 0; (section = conf_section(conf, "admin", i)); i++)
		if (!conf_value(conf, section, "key", 0) &&
		    !conf_value(conf, section, "password", 0))
			return trouble(why, -EINVAL, "[%s] needs a key or a "
				"password", section);
	return 0;
}

/* What storage adopt refuses: the host's own volume, and what others use. One that
 * is not there may come. */
static int check_volume(const char *section, const char *uuid,
	struct trouble *why)
{
	char ours[MOUNT_FOLDER], folder[MOUNT_FOLDER];
	struct device_list found;
	int i;

	mount_folder("", ours);
	device_find(uuid, &found);
	for (i = 0; i < found.count && i < DEVICES_FOUND; i++)
		if (mount_of_device(found.names[i], folder) &&
		    strncmp(folder, ours, strlen(ours)))
			return trouble(why, -EBUSY, "[%s] uuid: %s is in use: "
				"%s", section, found.names[i], folder);
	return 0;
}

static int check_volumes(const struct conf *conf, struct trouble *why)
{
	const char *section;
	int i, result = 0;

	for (i = 0; !result && (section = conf_section(conf, "volume", i)); i++)
		result = check_volume(section, conf_value(conf, section,
			"uuid", 0), why);
	return result;
}

/* Conf as it would be kept. */
static int complete(const struct settings *settings, struct conf *conf,
	struct trouble *why)
{
	int result = keep_passwords(settings->conf, conf);

	if (result)
		return trouble(why, result, "there is no memory");
	result = check_admins(conf, why);
	return result ? result : check_volumes(conf, why);
}

static int keep_these(struct conf *conf, struct trouble *why)
{
	bool kept;
	int result = keep_all(conf, &kept);

	if (result)
		return trouble(why, result, "the settings cannot be kept: %s",
			strerror(-result));
	return kept ? 0 : trouble(why, -ENODEV, "%s: no settings are "
		"kept",
		keep_why_nowhere());
}

static int take(struct conf *conf, bool keep, struct trouble *why)
{
	struct settings settings;
	int result = check(conf, why);

	if (!result)
		result = settings_open(&settings, why);
	if (result)
		return result;
	result = complete(&settings, conf, why);
	if (!result && keep)
		result = keep_these(conf, why);
	settings_close(&settings);
	return result;
}

static int take_text(const char *text, bool keep, struct trouble *why)
{
	struct conf *conf = conf_parse(text, strlen(text), host_kinds, NULL,
		NULL);
	int result;

	if (!conf)
		return trouble(why, -errno, "these are no settings: %s",
			strerror(errno));
	result = take(conf, keep, why);
	conf_free(conf);
	return result;
}

int import_settings(char **words, int count, struct trouble *why)
{
	int result = take_text(words[0], true, why);

	(void)count;
	if (!result)
		printf("these settings count from the next start of the host "
			"on\n");
	return result;
}

int import_check(char **words, int count, struct trouble *why)
{
	int result = take_text(words[0], false, why);

	(void)count;
	if (!result)
		printf("these settings are good\n");
	return result;
}

static int remove_all(const char *pattern)
{
	glob_t found;
	size_t i;
	int result = 0;

	if (glob(pattern, 0, NULL, &found))
		return 0;
	for (i = 0; i < found.gl_pathc; i++)
		if (unlink(found.gl_pathv[i]))
			result = -errno;
	globfree(&found);
	return result;
}

/* What a power cut may have left of a write, and the host's SSH key: secrets. A data
 * volume that takes no writes keeps its old settings, too, which count no more. */
static int remove_rest(void)
{
	static const char *const patterns[] = { PLACE_HOST_KEY,
		PLACE_HOST_KEY ".*", PATH_CONFIG PATH_FILE ".*" };
	size_t i;
	int error, result = 0;

	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		error = remove_all(patterns[i]);
		result = error ? error : result;
	}
	remove_all(PATH_SECOND PATH_FILE ".*");
	return result;
}

static int forget(struct trouble *why)
{
	int result = keep_none();

	if (result == -ENODEV)
		return trouble(why, result, "the volume that keeps the "
			"settings of this host is not there: is the boot "
			"medium?");
	if (result)
		return trouble(why, result, "the settings stay: the volume "
			"that keeps them cannot be written: %s",
			strerror(-result));
	result = remove_rest();
	sync();
	return result ? trouble(why, result, "the settings are forgotten from "
		"the next start on, but what is beside them stays: %s",
		strerror(-result)) : 0;
}

int import_nothing(char **words, int count, struct trouble *why)
{
	struct settings settings;
	int result = settings_open(&settings, why);

	(void)words;
	(void)count;
	if (result)
		return result;
	result = forget(why);
	settings_close(&settings);
	if (result)
		return result;
	execl(PLACE_RESTART, PLACE_RESTART, (char *)NULL);
	return trouble(why, -errno, "%s: %s", PLACE_RESTART, strerror(errno));
}
