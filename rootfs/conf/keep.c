/* The settings that the next start of this host has: on its own volumes. */
/* SPDX-License-Identifier: MIT */
#include "keep.h"

#include "keep_paths.h"
#include "kept.h"
#include "keys.h"
#include "option.h"

#include <errno.h>
#include <glob.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PLACES = 16 };

struct places {
	char *path[PLACES];
	int count;
	/* Whose they are, as the loader says; empty: it does not. */
	char host[KEPT_HOST + 1];
};

extern char **environ;

/* The medium may have been pulled, or be back as another device. */
static void look_again(void)
{
	char *const arguments[] = { PATH_LOOK_AGAIN, NULL };
	pid_t child;

	if (!posix_spawn(&child, PATH_LOOK_AGAIN, NULL, NULL, arguments,
		environ))
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
}

/* The config volume is there when its folder is a mount point. */
static bool config_mounted(void)
{
	struct stat folder, parent;

	return !stat(PATH_CONFIG, &folder) && !stat(PATH_CONFIG "/..", &parent)
		&& folder.st_dev != parent.st_dev;
}

static void add_place(struct places *places, const char *folder)
{
	char **path = &places->path[places->count];

	if (places->count < PLACES &&
	    asprintf(path, "%s" PATH_FILE, folder) >= 0)
		places->count++;
}

static void find_places(struct places *places)
{
	struct stat about;
	glob_t found;
	size_t i;

	look_again();
	places->count = 0;
	option_read(PATH_COMMAND_LINE, "socle.host", places->host,
		sizeof(places->host));
	if (config_mounted())
		add_place(places, PATH_CONFIG);
	if (glob(PATH_SECOND, 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++)
		if (!lstat(found.gl_pathv[i], &about) &&
		    S_ISDIR(about.st_mode))
			add_place(places, found.gl_pathv[i]);
	globfree(&found);
}

static void forget_places(struct places *places)
{
	while (places->count)
		free(places->path[--places->count]);
}

/* What is kept now, or where nothing is yet, all of conf. */
static struct conf *base(const struct conf *conf, const struct places *places,
	bool *whole)
{
	int newest = kept_newest(places->path, places->count, places->host), i;
	struct conf *copy = NULL;
	size_t size;
	char *text;

	/* One that is not good is better than to begin anew. */
	for (i = 0; newest < 0 && i < places->count; i++)
		if (!access(places->path[i], F_OK))
			newest = i;
	*whole = newest < 0;
	if (newest >= 0)
		return conf_read(places->path[newest], host_kinds, NULL, NULL);
	text = conf_text(conf, &size);
	if (text)
		copy = conf_parse(text, size, host_kinds, NULL, NULL);
	free(text);
	return copy;
}

/* The number after the highest of the host's; one that has none gets a name. */
static int next_of(const struct places *places, struct kept *next)
{
	struct kept each;
	int i;

	next->number = 0;
	memcpy(next->host, places->host, sizeof(places->host));
	for (i = 0; i < places->count; i++) {
		kept_read(places->path[i], &each);
		if (!*next->host)
			memcpy(next->host, each.host, sizeof(each.host));
		if (each.number > next->number &&
		    !strcmp(each.host, next->host))
			next->number = each.number;
	}
	next->number++;
	return *next->host ? 0 : kept_new_host(next);
}

/* All places get it that take it; one is enough. */
static int write_all(struct conf *conf, const struct places *places)
{
	struct kept next;
	int i, result = next_of(places, &next), written = 0, last;

	for (i = 0; i < places->count && *next.host; i++) {
		last = kept_write(conf, places->path[i], &next);
		result = last ? last : result;
		written += !last;
	}
	return written ? 0 : result;
}

static int keep(const struct conf *conf, const char *const *sections,
	int count, const char *key, const struct places *places)
{
	bool whole;
	struct conf *own = base(conf, places, &whole);
	int i, result = 0;

	if (!own)
		return -errno;
	for (i = 0; !whole && !result && i < count; i++)
		result = conf_copy(conf, own, sections[i], key);
	if (!result && (whole || count))
		result = write_all(own, places);
	conf_free(own);
	return result;
}

int keep_settings(const struct conf *conf, const char *const *sections,
	int count, const char *key, bool *kept)
{
	struct places places;
	int result = 0;

	find_places(&places);
	*kept = places.count;
	if (*kept)
		result = keep(conf, sections, count, key, &places);
	forget_places(&places);
	return result;
}

int keep_all(const struct conf *conf, bool *kept)
{
	struct places places;
	size_t size;
	char *text = conf_text(conf, &size);
	struct conf *copy = text ? conf_parse(text, size, host_kinds, NULL,
		NULL) : NULL;
	int result = copy ? 0 : -errno;

	free(text);
	find_places(&places);
	*kept = places.count;
	if (!result && *kept)
		result = write_all(copy, &places);
	forget_places(&places);
	conf_free(copy);
	return result;
}

struct conf *keep_read(struct kept *kept)
{
	struct places places;
	struct conf *conf = NULL;
	int newest;

	find_places(&places);
	newest = kept_newest(places.path, places.count, places.host);
	if (newest >= 0) {
		kept_read(places.path[newest], kept);
		conf = conf_read(places.path[newest], host_kinds, NULL, NULL);
	}
	forget_places(&places);
	return conf;
}

bool keep_has_medium(void)
{
	look_again();
	return config_mounted();
}
