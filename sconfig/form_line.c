/* One field of a form: what it is in at the moment. */
/* SPDX-License-Identifier: MIT */
#include "form_line.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "terminal.h"

/* What a value came with was its name alone: now it has a text. */
static bool shown_again(struct form_options *options, const char *value,
	const char *shown)
{
	char *text;
	int i;

	for (i = 0; i < options->count; i++) {
		if (strcmp(options->list[i].value, value))
			continue;
		text = shown ? strdup(shown) : NULL;
		if (!text)
			return true;
		free(options->list[i].shown);
		options->list[i].shown = text;
		return true;
	}
	return false;
}

void form_option(struct form_options *options, const char *value,
	const char *shown)
{
	struct form_option *option = &options->list[options->count];

	if (!value || shown_again(options, value, shown) ||
	    options->count == FORM_OPTIONS)
		return;
	option->value = strdup(value);
	option->shown = strdup(shown ? shown : value);
	if (option->value && option->shown) {
		options->count++;
		return;
	}
	free(option->value);
	free(option->shown);
}

/* "value=shown|value" */
static void add_choices(struct form_options *options, const char *choices)
{
	char text[1024], *at, *next = text, *sign;

	snprintf(text, sizeof(text), "%s", choices ? choices : "");
	if (!*text)
		return;
	while ((at = strsep(&next, "|"))) {
		sign = strchr(at, '=');
		if (sign)
			*sign = '\0';
		form_option(options, at, sign ? sign + 1 : NULL);
	}
}

/* One that the options do not have is one more. */
static void choose(struct form_options *options, const char *value)
{
	int i;

	for (i = 0; i < options->count; i++)
		if (!strcmp(options->list[i].value, value)) {
			options->chosen = i;
			return;
		}
	if (!*value)
		return;
	form_option(options, value, NULL);
	options->chosen = options->count ? options->count - 1 : 0;
}

bool form_line_is_typed(const struct form_line *line)
{
	return line->field->kind <= FORM_SIZE;
}

const char *form_line_value(const struct form_line *line,
	char room[FIELD_BYTES])
{
	const struct form_options *options = &line->options;

	if (!form_line_is_typed(line))
		return options->count ?
			options->list[options->chosen].value : "";
	field_get(&line->text, room, FIELD_BYTES);
	return room;
}

bool form_line_changed(const struct form_line *line)
{
	char room[FIELD_BYTES];

	return strcmp(form_line_value(line, room),
		line->initial ? line->initial : "");
}

static void set_initial(struct form_line *line, const char *value)
{
	free(line->initial);
	line->initial = strdup(value);
}

void form_line_initial(struct form_line *line, const char *value)
{
	bool changed = form_line_changed(line);

	set_initial(line, value);
	if (changed)
		return;
	if (form_line_is_typed(line))
		field_set(&line->text, value, line->text.most);
	else
		choose(&line->options, value);
}

static void add_rows(struct form_line *line, const json_t *result)
{
	const struct form_field *field = line->field;
	const json_t *row, *rows = field->rows ?
		json_object_get(result, field->rows) : result;
	size_t i;

	if (field->options) {
		field->options(result, &line->options);
		return;
	}
	json_array_foreach((json_t *)rows, i, row)
		form_option(&line->options, json_string_value(
			json_object_get(row, field->pick)), NULL);
}

/* Those that the service knows come behind those that are there. */
static void picked(struct ask *ask)
{
	struct form_line *line = ask->context;
	char room[FIELD_BYTES];
	char *value = strdup(form_line_value(line, room));
	bool changed = form_line_changed(line);

	line->waits = false;
	if (ask->result)
		add_rows(line, ask->result);
	if (value)
		choose(&line->options, value);
	/* The first of them is nobody's choice. */
	if (!changed)
		set_initial(line, form_line_value(line, room));
	free(value);
}

void form_line_begin(struct form_line *line, const struct form_field *field,
	const char *value, size_t most, const struct page *page)
{
	line->field = field;
	line->text.only = field->kind == FORM_NUMBER ? "0123456789" :
		field->kind == FORM_SIZE ? "0123456789kmgtKMGT" : NULL;
	if (field->kind == FORM_YES_NO)
		add_choices(&line->options, "yes|no");
	else
		add_choices(&line->options, field->choices);
	if (form_line_is_typed(line))
		field_set(&line->text, value, most);
	else
		choose(&line->options, value);
	/* What a choice has at first, if it has none of its own, is its first. */
	set_initial(line, form_line_is_typed(line) || *value ? value :
		line->options.count ? line->options.list[0].value : "");
	if (field->kind != FORM_PICK || !field->source)
		return;
	line->waits = true;
	line->ask = (struct ask){ .done = picked, .context = line };
	ask_table(&line->ask, field->source, page->subject, page->of);
}

void form_line_end(struct form_line *line)
{
	int i;

	if (line->ask.done)
		ask_end(&line->ask);
	free(line->initial);
	for (i = 0; i < line->options.count; i++) {
		free(line->options.list[i].value);
		free(line->options.list[i].shown);
	}
}

static bool type(struct form_line *line, int key, const char **why)
{
	switch (field_key(&line->text, key)) {
	case FIELD_OTHER:
		return false;
	case FIELD_FULL:
		*why = "It takes no more.";
		return true;
	case FIELD_REFUSED:
		*why = line->text.only ? "It takes only digits, and letters "
			"of units." : "It takes no such character.";
		return true;
	default:
		return true;
	}
}

/* The next one that begins with that letter. */
static bool jump(struct form_options *options, int key)
{
	int i, at;

	for (i = 1; i <= options->count; i++) {
		at = (options->chosen + i) % options->count;
		if (key < 0x80 && tolower((unsigned char)
			options->list[at].shown[0]) == tolower(key)) {
			options->chosen = at;
			return true;
		}
	}
	return false;
}

static bool turn(struct form_options *options, int key)
{
	int count = options->count;

	if (!count)
		return false;
	switch (key) {
	case PRESSED_RIGHT:
	case ' ':
		options->chosen = (options->chosen + 1) % count;
		return true;
	case PRESSED_LEFT:
		options->chosen = (options->chosen + count - 1) % count;
		return true;
	default:
		return key > ' ' && key < 0x80 && jump(options, key);
	}
}

bool form_line_key(struct form_line *line, int key, const char **why)
{
	*why = "";
	return form_line_is_typed(line) ? type(line, key, why) :
		turn(&line->options, key);
}

void form_line_draw(struct form_line *line, int row, int column, int width,
	bool chosen)
{
	const struct form_options *options = &line->options;
	const char *shown = options->count ?
		options->list[options->chosen].shown : "";
	char text[512];

	if (form_line_is_typed(line)) {
		field_draw(&line->text, row, column, width, chosen);
		return;
	}
	snprintf(text, sizeof(text), "%s%.400s%s%s", options->count > 1 ?
		"< " : "  ", shown, options->count > 1 ? " >" : "",
		line->waits ? "  ..." : "");
	terminal_put(row, column, 1, "", STYLE_PLAIN);
	terminal_put(row, column + 1, width - 1, text,
		chosen ? STYLE_CHOSEN : STYLE_PLAIN);
}

void form_line_name(const struct form_field *field, char *name, size_t size)
{
	const char *word = field->word ? field->word : "";
	size_t length;

	if (field->value) {
		snprintf(name, size, "%s", field->value);
		return;
	}
	word += strspn(word, "-");
	length = strcspn(word, "=");
	/* "name+=" */
	length -= length && word[length] && strchr("+-", word[length - 1]);
	snprintf(name, size, "%.*s", (int)length, word);
}

static bool good_number(const struct form_field *field, const char *value,
	char *why)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(value, &end, 10);
	if (!errno && !*end && number >= field->least &&
	    (!field->most || number <= field->most))
		return true;
	snprintf(why, ASK_TEXT, "%s: a number from %" PRId64 " to %" PRId64
		" is wanted", field->label, field->least, field->most);
	return false;
}

bool form_line_check(const struct form_line *line, char *why)
{
	const struct form_field *field = line->field;
	char room[FIELD_BYTES];
	const char *value = form_line_value(line, room);

	if (!*value && field->needed)
		snprintf(why, ASK_TEXT, "%s: it is needed", field->label);
	else if (*value && field->good && !field->good(value))
		snprintf(why, ASK_TEXT, "%s: \"%.100s\" is not %s",
			field->label, value, field->takes ? field->takes :
			"what it takes");
	else if (*value && field->kind == FORM_NUMBER)
		return good_number(field, value, why);
	else
		return true;
	return false;
}
