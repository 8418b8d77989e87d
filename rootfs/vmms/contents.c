/* Files that a command names, as what is in them. */
/* SPDX-License-Identifier: MIT */
#include "contents.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "line.h"

/* A descriptor or -errno. */
static int open_file(const char *path, bool waits)
{
	struct stat info;
	int fd;

	if (waits && !strcmp(path, "-"))
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
		(waits ? 0 : O_NONBLOCK));
	if (fd < 0)
		return -errno;
	if (!fstat(fd, &info) && (waits ? !S_ISDIR(info.st_mode) :
	    S_ISREG(info.st_mode)))
		return fd;
	close(fd);
	return waits ? -EISDIR : -EINVAL;
}

/* To its end, which a pipe tells late. How many bytes, or -errno. */
static ssize_t read_to_end(int fd, char *bytes, size_t room)
{
	size_t used = 0;
	ssize_t got;

	while (used < room) {
		got = read(fd, bytes + used, room - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		used += (size_t)got;
	}
	return (ssize_t)used;
}

/* Of most bytes, and one more. */
static ssize_t read_file(const char *path, bool waits, char *bytes,
	size_t most)
{
	int fd = open_file(path, waits);
	ssize_t size = fd < 0 ? fd : read_to_end(fd, bytes, most + 1);

	if (fd >= 0)
		close(fd);
	return size;
}

/* NULL: why says it. */
static json_t *content(const char *path, bool waits, size_t most, char *why)
{
	char *bytes = malloc(most + 1);
	ssize_t size = bytes ? read_file(path, waits, bytes, most) : -ENOMEM;
	json_t *text = NULL;

	if (size == -EINVAL)
		snprintf(why, LINE_SENTENCE, "%.160s is no file", path);
	else if (size < 0)
		snprintf(why, LINE_SENTENCE, "%.160s: %s", path,
			strerror((int)-size));
	else if ((size_t)size > most)
		snprintf(why, LINE_SENTENCE, "%.160s has more than %zu bytes",
			path, most);
	else if (!size)
		snprintf(why, LINE_SENTENCE, "%.160s is empty", path);
	else
		text = json_stringn(bytes, (size_t)size);
	if (!text && size > 0 && (size_t)size <= most)
		snprintf(why, LINE_SENTENCE, "%.160s is not text in UTF-8",
			path);
	free(bytes);
	return text;
}

bool contents_read(const struct verb *verb, json_t *args, bool waits,
	char *why)
{
	const struct verb_argument *argument = verb->arguments;
	const char *path;
	json_t *text;

	for (; argument && argument->name; argument++) {
		path = json_string_value(json_object_get(args, argument->name));
		if (argument->type != VERB_FILE || !path)
			continue;
		text = content(path, waits, (size_t)argument->most, why);
		if (!text || json_object_set_new(args, argument->name, text))
			return false;
	}
	return verb_check(verb, args, why);
}
