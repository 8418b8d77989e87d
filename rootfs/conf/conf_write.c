/* Settings files: lines become text, and a file. */
/* SPDX-License-Identifier: MIT */
#include "conf_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t text_size(const struct conf *conf)
{
	size_t size = 0;
	int i;

	for (i = 0; i < conf->count; i++)
		size += strlen(conf->lines[i].text) + 1;
	return size;
}

/* Whether conf_read() takes what conf_write() would write. */
static bool fits(const struct conf *conf)
{
	return text_size(conf) <= CONF_FILE_MAX &&
		conf->count <= CONF_LINES_MAX;
}

char *conf_text(const struct conf *conf, size_t *size)
{
	char *text, *at;
	int i;

	errno = EFBIG;
	*size = text_size(conf);
	if (!fits(conf))
		return NULL;
	text = malloc(*size + 1);
	at = text;
	for (i = 0; text && i < conf->count; i++) {
		at = stpcpy(at, conf->lines[i].text);
		at = stpcpy(at, "\n");
	}
	if (text)
		*at = '\0';
	return text;
}

static int write_lines(const struct conf *conf, int file)
{
	FILE *stream = fdopen(file, "w");
	int result = 0;
	int i;

	if (!stream) {
		result = -errno;
		close(file);
		return result;
	}
	for (i = 0; i < conf->count; i++)
		fprintf(stream, "%s\n", conf->lines[i].text);
	if (fflush(stream) || fsync(file) || ferror(stream))
		result = errno ? -errno : -EIO;
	if (fclose(stream) && !result)
		result = -errno;
	return result;
}

static int sync_folder(const char *path)
{
	char *copy = strdup(path);
	int result = 0;
	int folder;

	if (!copy)
		return -ENOMEM;
	folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 || fsync(folder))
		result = -errno;
	if (folder >= 0)
		close(folder);
	free(copy);
	return result;
}

int conf_write(const struct conf *conf, const char *path)
{
	char *new;
	int result;
	int file;

	if (!fits(conf))
		return -EFBIG;
	if (asprintf(&new, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	file = mkostemp(new, O_CLOEXEC); /* mode 0600 */
	result = file < 0 ? -errno : write_lines(conf, file);
	if (file >= 0 && !result && rename(new, path))
		result = -errno;
	if (file >= 0 && result)
		unlink(new);
	free(new);
	return result ? result : sync_folder(path);
}
