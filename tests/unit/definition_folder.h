/* A definition read from its folder and written there, as the service and its
 * helper do it together. */
/* SPDX-License-Identifier: MIT */
#ifndef DEFINITION_FOLDER_H
#define DEFINITION_FOLDER_H

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "definition_file.h"

static inline struct definition_text folder_text(int folder,
	enum generation which)
{
	struct definition_text text = { .error = 0 };

	text.text = generation_load(folder, which, &text.size);
	if (!text.text)
		text.error = errno;
	return text;
}

static inline struct conf *folder_load(int folder,
	struct definition_source *source, struct trouble *why)
{
	struct definition_text current = folder_text(folder,
		GENERATION_CURRENT);
	struct definition_text previous = folder_text(folder,
		GENERATION_PREVIOUS);
	struct stat info;
	bool bad = !fstatat(folder, generation_name(GENERATION_BAD), &info,
		AT_SYMLINK_NOFOLLOW);
	struct conf *conf = definition_parse(&current, &previous, bad, source,
		why);
	int error = errno;

	free((char *)current.text);
	free((char *)previous.text);
	errno = error;
	return conf;
}

static inline int folder_save(int folder, const struct conf *conf,
	struct definition_source *source)
{
	size_t size;
	char *text = conf_text(conf, &size);
	int result = text ? generation_save(folder, text, size,
		definition_keeps(source)) : -errno;

	free(text);
	if (!result)
		definition_written(source);
	return result;
}

#endif
