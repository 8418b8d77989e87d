/* Settings files: their lines, and what stands in them. */
/* SPDX-License-Identifier: MIT */
#include "conf_lines.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct conf *conf_new(const struct conf_kind *kinds)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	if (conf)
		conf->kinds = kinds;
	return conf;
}

static void line_clear(struct line *line)
{
	free(line->text);
	free(line->section);
	free(line->key);
	free(line->value);
	free(line->complaint);
}

void conf_free(struct conf *conf)
{
	int i;

	if (!conf)
		return;
	for (i = 0; i < conf->count; i++)
		line_clear(&conf->lines[i]);
	free(conf->lines);
	free(conf);
}

struct line *conf_insert(struct conf *conf, int index)
{
	struct line *line;

	if (conf->count == conf->room) {
		int room = conf->room ? conf->room * 2 : 64;

		line = realloc(conf->lines, room * sizeof(*line));
		if (!line)
			return NULL;
		conf->lines = line;
		conf->room = room;
	}
	line = &conf->lines[index];
	memmove(line + 1, line, (conf->count - index) * sizeof(*line));
	memset(line, 0, sizeof(*line));
	conf->count++;
	return line;
}

void conf_remove(struct conf *conf, int index)
{
	struct line *line = &conf->lines[index];

	line_clear(line);
	conf->count--;
	memmove(line, line + 1, (conf->count - index) * sizeof(*line));
}

bool conf_names(
	const struct line *line, const char *section, const char *key)
{
	return line->key && !strcmp(line->key, key) &&
		!strcasecmp(line->section, section);
}

static bool is_value(
	const struct line *line, const char *section, const char *key)
{
	return line->type == LINE_VALUE && conf_names(line, section, key);
}

const char *conf_value(const struct conf *conf, const char *section,
	const char *key, int index)
{
	int i;

	for (i = 0; i < conf->count; i++)
		if (is_value(&conf->lines[i], section, key) && !index--)
			return conf->lines[i].value;
	return NULL;
}

int conf_line(const struct conf *conf, const char *section, const char *key)
{
	int i;

	for (i = 0; i < conf->count; i++) {
		const struct line *line = &conf->lines[i];

		if (key ? is_value(line, section, key) :
			line->type == LINE_SECTION &&
			!strcasecmp(line->section, section))
			return i + 1;
	}
	return 0;
}

const char *conf_section(const struct conf *conf, const char *kind, int index)
{
	int i;

	for (i = 0; i < conf->count; i++) {
		const struct line *line = &conf->lines[i];

		if (line->type != LINE_SECTION || !line->first)
			continue;
		if (kind && strcmp(kind,
			conf_kind_of(conf, line->section)->name))
			continue;
		if (!index--)
			return line->section;
	}
	return NULL;
}
