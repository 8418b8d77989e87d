/* The settings that the next start of this host has: on its own volume. */
/* SPDX-License-Identifier: MIT */
#include "keep.h"

#include "keep_paths.h"
#include "keys.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* The config volume is there when its folder is a mount point. */
static bool config_mounted(void)
{
	struct stat folder, parent;

	return !stat(PATH_CONFIG, &folder) && !stat(PATH_CONFIG "/..", &parent)
		&& folder.st_dev != parent.st_dev;
}

static int keep(const struct conf *conf, const char *const *sections,
	int count, const char *key)
{
	struct conf *own;
	int i, result = 0;

	if (access(PATH_CONFIG_SETTINGS, F_OK))
		return conf_write(conf, PATH_CONFIG_SETTINGS);
	if (!count)
		return 0;
	own = conf_read(PATH_CONFIG_SETTINGS, host_kinds, NULL, NULL);
	if (!own)
		return -errno;
	for (i = 0; !result && i < count; i++)
		result = conf_copy(conf, own, sections[i], key);
	if (!result)
		result = conf_write(own, PATH_CONFIG_SETTINGS);
	conf_free(own);
	return result;
}

int keep_settings(const struct conf *conf, const char *const *sections,
	int count, const char *key, bool *kept)
{
	*kept = config_mounted();
	return *kept ? keep(conf, sections, count, key) : 0;
}
