/* Settings files: bytes become lines. */
/* SPDX-License-Identifier: MIT */
#include "conf_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads `[header]` out of text; NULL after a complaint. */
static char *parse_section(const struct conf *conf, char *text,
	const struct reporter *reporter)
{
	size_t length = strlen(text);

	if (text[length - 1] != ']') {
		conf_complain(reporter, "a section header ends with ]");
		return NULL;
	}
	text[length - 1] = '\0';
	return conf_normal_section(conf, conf_trim(text + 1), reporter);
}

/* The line stays until a good value takes its place. False: no memory. */
static bool parse_wrong(struct line *line, const char *key)
{
	line->type = LINE_WRONG;
	line->key = strdup(key);
	return line->key;
}

/*
 * Reads `key = value` out of text into line; complains when it is not good.
 * False: no memory.
 */
static bool parse_value(const struct conf *conf, struct line *line, char *text,
	const char *section, const struct reporter *reporter)
{
	char *value = strchr(text, '=');
	const struct conf_key *key;

	if (!value) {
		conf_complain(reporter,
			"not a section, a comment or \"key = value\"");
		return true;
	}
	*value++ = '\0';
	text = conf_trim(text);
	value = conf_trim(value);
	key = conf_check_value(conf, section, text, value, reporter);
	if (!key)
		return !line->wrong || parse_wrong(line, text);
	line->key = strdup(text);
	line->value = strdup(value);
	if (!line->key || !line->value)
		return false;
	line->type = LINE_VALUE;
	if (!key->repeats && conf_line(conf, section, text) != reporter->line) {
		conf_remark(reporter, "[%s] %s stands twice; the first one "
			"counts", section, text);
		line->type = LINE_SHADOW;
	}
	return true;
}

/* A copy of a line as a string. A NUL would end it: it becomes another control
 * character, so that the line stays as bad as it was. */
static char *keep(const char *start, size_t length)
{
	char *text = malloc(length + 1);
	size_t i;

	if (!text)
		return NULL;
	for (i = 0; i < length; i++)
		text[i] = start[i] ? start[i] : 1;
	text[length] = '\0';
	return text;
}

/* Makes a header line of line, and its section, or "", the *section. */
static bool parse_header(struct conf *conf, struct line *line, char *text,
	char **section, const struct reporter *reporter)
{
	free(*section);
	*section = parse_section(conf, text, reporter);
	if (!*section) {
		line->type = LINE_FOREIGN;
		*section = strdup("");
		return *section;
	}
	line->section = strdup(*section);
	line->first = !conf_line(conf, *section, NULL);
	line->type = LINE_SECTION;
	return line->section;
}

/*
 * Takes one line in. *section is the section it stands in and is replaced by a
 * header; NULL: none, "" a bad one, whose lines are passed over in silence.
 */
static bool parse_line(struct conf *conf, const char *start, size_t length,
	char **section, struct reporter *reporter)
{
	struct line *line = conf_insert(conf, conf->count);
	char copy[CONF_LINE_MAX + 1];
	char *text;

	if (!line)
		return false;
	reporter->keep = line;
	line->text = keep(start, length);
	if (!line->text)
		return false;
	if (length > CONF_LINE_MAX) {
		conf_complain(reporter, "longer than %d bytes", CONF_LINE_MAX);
		return true;
	}
	if (!conf_is_text(start, length)) {
		conf_complain(reporter, "not text in UTF-8");
		return true;
	}
	memcpy(copy, start, length);
	copy[length] = '\0';
	text = conf_trim(copy);
	if (*text == '[')
		return parse_header(conf, line, text, section, reporter);
	if (!*text || *text == '#' || (*section && !**section))
		return true;
	if (!*section) {
		conf_complain(reporter, "stands before the first [section]");
		return true;
	}
	line->section = strdup(*section);
	if (!line->section)
		return false;
	return parse_value(conf, line, text, *section, reporter);
}

static int parse(struct conf *conf, const char *text, size_t size,
	struct reporter *reporter)
{
	const char *end = text + size;
	char *section = NULL;
	int result = 0;

	while (end - text >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	while (!result && text < end) {
		const char *stop = memchr(text, '\n', end - text);
		const char *next = stop ? stop + 1 : end;

		if (!stop)
			stop = end;
		while (stop > text && stop[-1] == '\r')
			stop--;
		if (++reporter->line > CONF_LINES_MAX)
			result = -EFBIG;
		else if (!parse_line(conf, text, stop - text, &section,
				 reporter))
			result = -ENOMEM;
		text = next;
	}
	free(section);
	return result;
}

/* The file's content, which the caller frees; NULL with errno. */
static char *load(const char *path, size_t *size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	struct stat status;
	ssize_t got = 1;

	*size = 0;
	if (file < 0)
		return NULL;
	if (fstat(file, &status) < 0)
		goto out;
	errno = EINVAL;
	if (!S_ISREG(status.st_mode))
		goto out;
	text = malloc(CONF_FILE_MAX + 1);
	while (text && got > 0 && *size <= CONF_FILE_MAX) {
		got = read(file, text + *size, CONF_FILE_MAX + 1 - *size);
		if (got > 0)
			*size += got;
	}
	if (text && (got < 0 || *size > CONF_FILE_MAX)) {
		free(text);
		text = NULL;
		errno = got < 0 ? errno : EFBIG;
	}
out:
	close(file);
	return text;
}

struct conf *conf_parse(const char *text, size_t size,
	const struct conf_kind *kinds, conf_report *report, void *context)
{
	struct reporter reporter = { report, context, 0, NULL };
	struct conf *conf = conf_new(kinds);
	int result;

	if (!conf)
		return NULL;
	result = size <= CONF_FILE_MAX ? parse(conf, text, size, &reporter) :
		-EFBIG;
	if (!result)
		return conf;
	conf_free(conf);
	errno = -result;
	return NULL;
}

struct conf *conf_read(const char *path, const struct conf_kind *kinds,
	conf_report *report, void *context)
{
	struct conf *conf;
	size_t size;
	char *text = load(path, &size);

	if (!text)
		return NULL;
	conf = conf_parse(text, size, kinds, report, context);
	free(text);
	return conf;
}
