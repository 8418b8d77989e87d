/* The settings that the next start of this host has: on its own volumes. */
/* SPDX-License-Identifier: MIT */
#include "keep.h"

#include "keep_paths.h"
#include "kept.h"
#include "keys.h"
#include "option.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
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
	bool medium; /* the first is the config volume's */
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
	places->medium = config_mounted();
	if (places->medium)
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

static struct conf *copy_of(const struct conf *conf)
{
	struct conf *copy = NULL;
	size_t size;
	char *text = conf_text(conf, &size);

	if (text)
		copy = conf_parse(text, size, host_kinds, NULL, NULL);
	free(text);
	return copy;
}

/* The highest number that was written since the start, wherever that is now. */
static int64_t written_before(void)
{
	FILE *file = fopen(PATH_WRITTEN, "re");
	int64_t number = 0;

	if (file && fscanf(file, "%" SCNd64, &number) != 1)
		number = 0;
	if (file)
		fclose(file);
	return number;
}

static void remember(int64_t number)
{
	FILE *file = fopen(PATH_WRITTEN, "we");

	if (!file)
		return;
	fprintf(file, "%" PRId64 "\n", number);
	fclose(file);
}

/* Which place has what is kept now; -1: none. */
static int newest_of(const struct places *places)
{
	int newest = kept_newest(places->path, places->count, places->host), i;
	struct kept kept;

	/* One that is not good is better than to begin anew. */
	for (i = 0; newest < 0 && i < places->count; i++)
		if (!access(places->path[i], F_OK))
			newest = i;
	if (newest < 0)
		return newest;
	/* What was written since is in a place that is away. */
	kept_read(places->path[newest], &kept);
	return kept.number < 1 || kept.number >= written_before() ? newest : -1;
}

/* What is kept now, or where nothing is (a reset leaves nothing), all of conf. */
static struct conf *base(const struct conf *conf, const struct places *places,
	bool *whole)
{
	int newest = newest_of(places);
	struct conf *own = newest < 0 ? NULL : conf_read(places->path[newest],
		host_kinds, NULL, NULL);

	*whole = newest < 0 || (own && !conf_section(own, NULL, 0));
	if (!*whole)
		return own;
	conf_free(own);
	return copy_of(conf);
}

/* All places get it that take it; one is enough, but where the first is needed. */
static int write_all(struct conf *conf, const struct places *places,
	bool needs_first)
{
	struct kept next;
	int result = kept_next(places->path, places->count, places->host,
		&next);
	int64_t before = written_before();
	int i, written = 0, last;

	if (next.number <= before)
		next.number = before + 1;
	for (i = 0; i < places->count && *next.host; i++) {
		last = kept_write(conf, places->path[i], &next);
		result = last ? last : result;
		written += !last;
		if (needs_first && !written)
			break;
	}
	if (written)
		remember(next.number);
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
		result = write_all(own, places, false);
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

bool keep_is_replaced(void)
{
	return !access(PATH_REPLACED, F_OK);
}

/* All of what is kept. The mark is there before: who ends here has changed none. */
static int replace(struct conf *conf, const struct places *places,
	bool needs_first)
{
	bool before = keep_is_replaced();
	int file = open(PATH_REPLACED, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	int result;

	if (file < 0)
		return -errno;
	close(file);
	result = write_all(conf, places, needs_first);
	if (result && !before)
		unlink(PATH_REPLACED);
	return result;
}

int keep_all(const struct conf *conf, bool *kept)
{
	struct places places;
	struct conf *copy = copy_of(conf);
	int result = copy ? 0 : -errno;

	find_places(&places);
	*kept = places.count;
	if (!result && *kept)
		result = replace(copy, &places, false);
	forget_places(&places);
	conf_free(copy);
	return result;
}

const char *keep_why_nowhere(void)
{
	char disk[40];

	return option_read(PATH_COMMAND_LINE, "socle.disk", disk, sizeof(disk))
		? "the boot medium is not there, and no data volume "
		"keeps settings" : "this host has no volume of its own";
}

bool keep_has_medium(void)
{
	return config_mounted();
}

int keep_none(void)
{
	struct places places;
	struct conf *none = conf_new(host_kinds);
	int result = none ? 0 : -ENOMEM;

	find_places(&places);
	if (!result)
		result = places.medium ? replace(none, &places, true) :
			-ENODEV;
	forget_places(&places);
	conf_free(none);
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
		if (kept->number == KEPT_BY_HAND)
			kept_next(places.path, places.count, places.host, kept);
	}
	forget_places(&places);
	if (conf && !conf_section(conf, NULL, 0)) {
		conf_free(conf);
		conf = NULL;
	}
	return conf;
}
