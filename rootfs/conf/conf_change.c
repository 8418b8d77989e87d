/* Settings files: values set, unset and copied. */
/* SPDX-License-Identifier: MIT */
#include "conf_lines.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds a line of text, which is printed by format, in section at index. */
static struct line *add_line(struct conf *conf, int index, const char *section,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

static struct line *add_line(struct conf *conf, int index, const char *section,
	const char *format, ...)
{
	struct line *line = conf_insert(conf, index);
	va_list arguments;

	if (!line)
		return NULL;
	va_start(arguments, format);
	if (vasprintf(&line->text, format, arguments) < 0)
		line->text = NULL;
	va_end(arguments);
	line->section = strdup(section);
	if (line->text && line->section)
		return line;
	conf_remove(conf, index);
	return NULL;
}

/* Adds `key = value` at index. */
static int add_value(struct conf *conf, int index, const char *section,
	const char *key, const char *value)
{
	char copy[CONF_LINE_MAX + 1];
	struct line *line;

	strcpy(copy, value);
	value = conf_trim(copy);
	line = add_line(conf, index, section, "%s = %s", key, value);
	if (!line)
		return -ENOMEM;
	line->key = strdup(key);
	line->value = strdup(value);
	if (!line->key || !line->value) {
		conf_remove(conf, index);
		return -ENOMEM;
	}
	line->type = LINE_VALUE;
	return 0;
}

/* Adds a header at the end, after a blank line; its index or -ENOMEM. */
static int add_section(struct conf *conf, const char *section)
{
	struct line *line;

	if (conf->count && !add_line(conf, conf->count, section, "%s", ""))
		return -ENOMEM;
	line = add_line(conf, conf->count, section, "[%s]", section);
	if (!line)
		return -ENOMEM;
	line->type = LINE_SECTION;
	line->first = true;
	return conf->count - 1;
}

/*
 * Removes all values of a key, those without effect too, or they would come to
 * life; the index of the first one, or -1.
 */
static int remove_values(
	struct conf *conf, const char *section, const char *key)
{
	int first = -1;
	int i;

	for (i = conf->count - 1; i >= 0; i--) {
		if (!conf_names(&conf->lines[i], section, key))
			continue;
		conf_remove(conf, i);
		first = i;
	}
	return first;
}

static bool is_header(const struct line *line)
{
	return line->type == LINE_SECTION || line->type == LINE_FOREIGN;
}

/* The line after the last value of the section whose header is at index. */
static int section_end(const struct conf *conf, int index)
{
	int end = index + 1;
	int i;

	for (i = end; i < conf->count; i++) {
		if (is_header(&conf->lines[i]))
			break;
		if (conf->lines[i].key)
			end = i + 1;
	}
	return end;
}

/* The same of a value as conf_set() gets it: blanks at its ends are none of it,
 * as in a file. */
static const struct conf_key *check_given(const struct conf *conf,
	const char *section, const char *key, const char *value,
	const struct reporter *reporter)
{
	char copy[CONF_LINE_MAX + 1];

	if (strlen(key) + strlen(value) + strlen(" = ") > CONF_LINE_MAX) {
		conf_complain(reporter, "[%s] %.80s: longer than a line of %d "
			"bytes", section, key, CONF_LINE_MAX);
		return NULL;
	}
	strcpy(copy, value);
	return conf_check_value(conf, section, key, conf_trim(copy), reporter);
}

/* Checks all that conf_set() needs before it changes anything. */
static char *check_set(const struct conf *conf, const char *header,
	const char *key, const char *const *values, int count,
	const struct reporter *reporter)
{
	char *section = conf_normal_section(conf, header, reporter);
	const struct conf_key *known = NULL;
	int i;

	if (!section)
		return NULL;
	for (i = 0; i < count; i++) {
		known = check_given(conf, section, key, values[i], reporter);
		if (!known)
			goto bad;
	}
	if (count < 1 || (count > 1 && !known->repeats)) {
		conf_complain(reporter, "[%s] %s takes one value", section,
			key);
		goto bad;
	}
	return section;
bad:
	free(section);
	return NULL;
}

int conf_set(struct conf *conf, const char *header, const char *key,
	const char *const *values, int count, conf_report *report,
	void *context)
{
	struct reporter reporter = { report, context, 0, NULL };
	char *section = check_set(conf, header, key, values, count, &reporter);
	int result = 0;
	int at;
	int i;

	if (!section)
		return -EINVAL;
	at = remove_values(conf, section, key);
	if (at < 0) {
		at = conf_line(conf, section, NULL) - 1;
		if (at < 0)
			at = add_section(conf, section);
		if (at < 0)
			result = at;
		else
			at = section_end(conf, at);
	}
	for (i = 0; i < count && !result; i++)
		result = add_value(conf, at + i, section, key, values[i]);
	free(section);
	return result;
}

static bool is_comment(const struct line *line)
{
	return line->text[strspn(line->text, " \t")] == '#';
}

/*
 * The line after the piece of a section whose header is at index. A comment
 * just above the next header belongs to that one.
 */
static int piece_end(const struct conf *conf, int index)
{
	int end = index + 1;

	while (end < conf->count && !is_header(&conf->lines[end]))
		end++;
	if (end == conf->count)
		return end;
	while (end > index + 1 && is_comment(&conf->lines[end - 1]))
		end--;
	return end;
}

int conf_unset(struct conf *conf, const char *section, const char *key)
{
	int result = -ENOENT;
	int at, end;

	if (key)
		return remove_values(conf, section, key) < 0 ? -ENOENT : 0;
	while ((at = conf_line(conf, section, NULL) - 1) >= 0) {
		for (end = piece_end(conf, at); end > at; end--)
			conf_remove(conf, at);
		result = 0;
	}
	return result;
}

/* All of its values, however many; 0 or -ENOMEM. */
static int copy_key(const struct conf *from, struct conf *to,
	const char *section, const char *key)
{
	const char **values = NULL;
	int count, i, result;

	for (count = 0; conf_value(from, section, key, count); count++)
		;
	if (!count) {
		conf_unset(to, section, key);
		return 0;
	}
	values = calloc((size_t)count, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		values[i] = conf_value(from, section, key, i);
	result = conf_set(to, section, key, values, count, NULL, NULL);
	free(values);
	return result;
}

int conf_copy(const struct conf *from, struct conf *to, const char *section,
	const char *key)
{
	const struct conf_kind *kind = conf_kind_in(to->kinds, section);
	const struct conf_key *each = kind ? kind->keys : NULL;
	int result = 0;

	if (key)
		return copy_key(from, to, section, key);
	conf_unset(to, section, NULL);
	for (; !result && each && each->name; each++)
		result = copy_key(from, to, section, each->name);
	return result;
}
