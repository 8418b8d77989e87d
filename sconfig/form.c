/* A page of fields, and the command that they become. */
/* SPDX-License-Identifier: MIT */
#include "form.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deed.h"
#include "form_words.h"
#include "message.h"
#include "rootfs/vmms/cell.h"
#include "savefile.h"
#include "sheet.h"
#include "terminal.h"

/* The one on top, for a form's spell(). */
static struct sheet *current;

static const char *value(const char *name)
{
	static char room[FIELD_BYTES];
	struct form_line *line = sheet_find(current, name);

	return line ? form_line_value(line, room) : "";
}

bool form_changed(const char *name)
{
	struct form_line *line = sheet_find(current, name);

	return line && form_line_changed(line);
}

/* False: why says what is wrong. */
static bool spell(struct sheet *sheet, struct typed *typed, char *why)
{
	const struct form *form = sheet->form;
	char room[FIELD_BYTES];
	int i;

	why[0] = '\0';
	typed_clear(typed);
	typed_table(typed, form->words, sheet_subject(sheet, room),
		sheet->page.of);
	for (i = 0; i < sheet->count; i++) {
		struct form_line *line = &sheet->lines[i];
		bool changed = form_line_changed(line);

		if (sheet_has(sheet, i) && (!form->changes || changed))
			form_words_add(typed, line->field,
				form_line_value(line, room), form->changes);
	}
	current = sheet;
	return !form->spell || form->spell(typed, value, why);
}

static void go(struct sheet *sheet, int step)
{
	int at = sheet->chosen;

	do
		at += step;
	while (at >= 0 && at <= sheet->count && !sheet_has(sheet, at));
	if (at >= 0 && at <= sheet->count)
		sheet->chosen = at;
}

static void choose(struct sheet *sheet, int index)
{
	if (index >= 0 && index <= sheet->count && sheet_has(sheet, index))
		sheet->chosen = index;
}

static bool any_changed(const struct sheet *sheet)
{
	int i;

	for (i = 0; i < sheet->count; i++)
		if (form_line_changed(&sheet->lines[i]))
			return true;
	return false;
}

/* Each field by itself, then all by the table of verbs. */
static bool check(struct sheet *sheet, struct typed *typed, char *why)
{
	struct words words;
	bool good;
	int i;

	for (i = 0; i < sheet->count; i++)
		if (sheet_has(sheet, i) &&
		    !form_line_check(&sheet->lines[i], why)) {
			choose(sheet, i);
			return false;
		}
	if (sheet->form->changes && !any_changed(sheet)) {
		snprintf(why, ASK_TEXT, "Nothing is changed");
		return false;
	}
	if (!spell(sheet, typed, why))
		return false;
	good = typed_read(typed, &words, why);
	words_exit(&words);
	if (!good)
		choose(sheet, form_words_meant(sheet->form, why));
	return good;
}

static void show_typed(struct sheet *sheet, const struct typed *typed)
{
	char line[TYPED_LINE];

	current = sheet;
	form_print(sheet->form, typed, sheet->form->file ?
		value(sheet->form->file) : "", line, sizeof(line));
	page_line(line);
}

/* False: why says it. */
static bool save(struct sheet *sheet, const json_t *result, char *why)
{
	const char *path;
	int error;

	current = sheet;
	path = value(sheet->form->file);
	error = savefile_write(path, result);
	if (error)
		snprintf(why, ASK_TEXT, "%.400s: %s", path, error == -EEXIST ?
			"it is there already" : strerror(-error));
	else
		snprintf(why, ASK_TEXT, "It is in %.400s.", path);
	return !error;
}

static void ended(void *context, const struct ask *answer)
{
	struct sheet *sheet = context;
	char text[ASK_TEXT];
	bool done = answer->result;

	sheet->deed = NULL;
	if (!answer->result)
		snprintf(text, sizeof(text), "%s", answer->error);
	else if (sheet->form->file)
		done = save(sheet, answer->result, text);
	else
		ask_said(answer->result, text, sizeof(text));
	page_say("%s", text[0] ? text : "Done.");
	if (!done)
		choose(sheet, form_words_meant(sheet->form, text));
	else
		sheet->done = sheet->page.over = true;
}

static void submit(struct sheet *sheet)
{
	char why[ASK_TEXT], question[ASK_TEXT], room[FIELD_BYTES];
	struct typed typed;

	if (!check(sheet, &typed, why)) {
		page_say("%s", why);
		return;
	}
	show_typed(sheet, &typed);
	if (sheet->form->question) {
		page_fill(sheet->form->question, sheet_subject(sheet, room),
			sheet->page.of, question, sizeof(question));
		if (!message_confirm(question))
			return;
	}
	sheet->deed = deed_begin(&typed, ended, sheet);
}

static void leave(struct sheet *sheet)
{
	if (sheet->deed) {
		deed_leave(sheet->deed);
		sheet->done = true;
	} else if (any_changed(sheet) &&
		!message_confirm("Leave, and lose what was typed")) {
		return;
	}
	sheet->page.over = true;
}

static bool is_typed(const struct sheet *sheet)
{
	return sheet->chosen < sheet->count &&
		form_line_is_typed(&sheet->lines[sheet->chosen]);
}

static void edit(struct sheet *sheet, int key)
{
	const char *why = "";

	if (sheet->chosen < sheet->count &&
	    form_line_key(&sheet->lines[sheet->chosen], key, &why)) {
		snprintf(sheet->why, sizeof(sheet->why), "%s", why);
		return;
	}
	switch (key) {
	case PRESSED_ENTER:
		if (sheet->chosen == sheet->count) {
			submit(sheet);
			break;
		}
		/* fall through */
	case PRESSED_TAB:
	case PRESSED_DOWN:
		go(sheet, 1);
		break;
	case PRESSED_BACK_TAB:
	case PRESSED_UP:
		go(sheet, -1);
		break;
	case PRESSED_PAGE_DOWN:
		sheet->chosen = sheet->count;
		break;
	case PRESSED_PAGE_UP:
		sheet->chosen = 0;
		break;
	}
}

static void press(struct sheet *sheet, int key)
{
	if (key != PRESSED_NONE && key != PRESSED_OTHER)
		sheet->why[0] = '\0';
	if (key == PRESSED_ESCAPE)
		leave(sheet);
	else if (key == '?' && !is_typed(sheet))
		page_help(&sheet->page);
	else if (!sheet->deed)
		edit(sheet, key);
}

static void explain(const struct page *page, FILE *stream)
{
	const struct sheet *sheet = (const struct sheet *)page;
	int i;

	fprintf(stream, "Tab and arrows go from field to field, Left, Right "
		"and Space choose, ^U empties a field. What is typed is kept "
		"when the command is refused.\n\n");
	for (i = 0; i < sheet->count; i++)
		if (sheet->lines[i].field->help)
			fprintf(stream, "%s: %s\n",
				sheet->lines[i].field->label,
				sheet->lines[i].field->help);
}

/* By a name with dots: of an object in the object. */
static const char *initial(const struct form_field *field,
	const json_t *values, char room[CELL_TEXT])
{
	char name[64], *at = name, *part, *last = NULL;
	const json_t *found = values;

	form_line_name(field, name, sizeof(name));
	while (found && (part = strsep(&at, "."))) {
		found = json_object_get(found, part);
		last = part;
	}
	if (found && !json_is_null(found))
		return cell_text(last, found, room);
	return field->first ? field->first : "";
}

static void got_values(struct ask *ask)
{
	struct sheet *sheet = ask->context;
	char room[CELL_TEXT];
	int i;

	if (!ask->result) {
		page_say("%s", ask->error);
		return;
	}
	for (i = 0; i < sheet->count; i++)
		form_line_initial(&sheet->lines[i], initial(
			sheet->lines[i].field, ask->result, room));
}

static void begin(struct sheet *sheet, const json_t *values)
{
	const struct form_field *field = sheet->form->fields;
	char room[CELL_TEXT];

	for (; field[sheet->count].label && sheet->count < FORM_FIELDS;
	     sheet->count++)
		form_line_begin(&sheet->lines[sheet->count],
			&field[sheet->count],
			initial(&field[sheet->count], values, room),
			form_words_most(sheet->form, &field[sheet->count]),
			&sheet->page);
	sheet->values = (struct ask){ .done = got_values, .context = sheet };
	if (sheet->form->source)
		ask_table(&sheet->values, sheet->form->source,
			sheet->page.subject, sheet->page.of);
}

static void end(struct sheet *sheet)
{
	if (sheet->deed)
		deed_leave(sheet->deed);
	ask_end(&sheet->values);
	while (sheet->count)
		form_line_end(&sheet->lines[--sheet->count]);
}

static void show_command(struct sheet *sheet)
{
	struct typed typed;
	char why[ASK_TEXT];

	spell(sheet, &typed, why);
	show_typed(sheet, &typed);
}

static void run(struct sheet *sheet)
{
	while (!sheet->page.over) {
		show_command(sheet);
		press(sheet, page_key(&sheet->page));
	}
}

bool form_run(const struct form *form, const struct page *page,
	const json_t *values)
{
	struct sheet *sheet = calloc(1, sizeof(*sheet));
	bool done;

	if (!sheet) {
		page_say("There is no memory");
		return false;
	}
	sheet->form = form;
	sheet->page = (struct page){ .title = form->title, .help = form->help,
		.draw = sheet_draw, .explain = explain, .types = true,
		.keys = "Tab next  Enter next, OK does it " };
	if (page) {
		strcpy(sheet->page.subject, page->subject);
		strcpy(sheet->page.of, page->of);
	}
	page_open(&sheet->page);
	begin(sheet, values);
	run(sheet);
	end(sheet);
	page_close(&sheet->page);
	done = sheet->done;
	free(sheet);
	return done;
}
