/* Rows to choose from, which the service tells. */
/* SPDX-License-Identifier: MIT */
#include "list.h"

#include <stdio.h>
#include <string.h>

#include "rootfs/vmms/cell.h"
#include "terminal.h"

enum { COLUMNS = 12, GAP = 2, LEAST = 4, MARK = 2 };

static const char *cell(const struct list_column *column, const json_t *row,
	char *room)
{
	return column->cell ? column->cell(row, room) :
		cell_text(column->key, json_object_get(row, column->key), room);
}

static const char *name_of(const struct list *list, const json_t *row)
{
	const char *key = list->names ? list->names : list->columns[0].key;
	const char *name = json_string_value(json_object_get(row, key));

	return name ? name : "";
}

static int count(const struct list *list)
{
	return (int)json_array_size(list->array);
}

/* The row that is chosen by its number is the subject now. */
static void choose(struct list *list, int index)
{
	struct page *page = &list->page;

	if (index >= count(list))
		index = count(list) - 1;
	if (index < 0)
		index = 0;
	list->chosen = index;
	page->row = json_array_get(list->array, (size_t)index);
	snprintf(page->subject, sizeof(page->subject), "%s",
		name_of(list, page->row));
}

/* Kind: NULL: not known. */
static bool is_row(const struct list *list, const json_t *row,
	const char *name, const json_t *kind)
{
	return !strcmp(name_of(list, row), name) && (!kind ||
		json_equal(json_object_get(row, list->kind), kind));
}

/* The row of that name; else the one that is in its place now. */
static int find(const struct list *list, const char *name, const json_t *kind)
{
	const json_t *row;
	size_t i;

	json_array_foreach(list->array, i, row)
		if (is_row(list, row, name, kind))
			return (int)i;
	return list->chosen;
}

static json_t *copy(const struct list *list, const json_t *result)
{
	json_t *all = list->make ? list->make(&list->page, result) :
		json_incref(list->rows ? json_object_get(result, list->rows) :
			(json_t *)result);
	json_t *array = json_array(), *row;
	size_t i;

	json_array_foreach(all, i, row)
		if (json_is_object(row) && (!list->keep || list->keep(row)))
			json_array_append(array, row);
	json_decref(all);
	return array;
}

/* Without an answer what was there stays. */
static void take(struct page *page, const json_t *result)
{
	struct list *list = (struct list *)page;
	char name[PAGE_SUBJECT];
	json_t *kind;

	if (!result)
		return;
	kind = list->kind ? json_incref(json_object_get(page->row,
		list->kind)) : NULL;
	snprintf(name, sizeof(name), "%s", list->array ? page->subject :
		list->last);
	page->row = NULL;
	json_decref(list->array);
	list->array = copy(list, result);
	choose(list, find(list, name, kind));
	json_decref(kind);
}

static int measure(const struct list *list, int *widths)
{
	char room[CELL_TEXT];
	const json_t *row;
	int columns = 0, width;
	size_t i;

	for (; columns < COLUMNS && list->columns[columns].key; columns++) {
		const struct list_column *column = &list->columns[columns];

		widths[columns] = terminal_width(column->heading);
		if (widths[columns] < column->least)
			widths[columns] = column->least;
		json_array_foreach(list->array, i, row) {
			width = terminal_width(cell(column, row, room));
			if (widths[columns] < width)
				widths[columns] = width;
		}
	}
	return columns;
}

/* The widest one that may gives, until all fit. */
static void fit(const struct list *list, int *widths, int columns)
{
	int total = MARK + (columns - 1) * GAP, i, widest;

	for (i = 0; i < columns; i++)
		total += widths[i];
	for (; total > terminal_columns() - 2; total--) {
		for (widest = -1, i = 0; i < columns; i++)
			if (widths[i] > list->columns[i].least &&
			    widths[i] > LEAST &&
			    (widest < 0 || widths[i] > widths[widest]))
				widest = i;
		if (widest < 0)
			return;
		widths[widest]--;
	}
}

static void draw_row(const struct list *list, int at, const json_t *row,
	const int *widths, int columns, bool chosen)
{
	enum style style = chosen ? STYLE_CHOSEN : row ? STYLE_PLAIN :
		STYLE_HEADING;
	int i, column = 1 + MARK, last = terminal_columns() - 1;
	char room[CELL_TEXT];

	terminal_put(at, 0, 1, "", STYLE_PLAIN);
	terminal_put(at, 1, MARK, chosen ? ">" : "", style);
	for (i = 0; i < columns && column < last; i++) {
		int width = i == columns - 1 ? last - column :
			widths[i] + GAP;

		terminal_put(at, column, width, "", style);
		if (width > last - column)
			width = last - column;
		terminal_put(at, column, i == columns - 1 ? width : widths[i],
			row ? cell(&list->columns[i], row, room) :
			list->columns[i].heading, style);
		column += width;
	}
	terminal_put(at, last, 1, "", STYLE_PLAIN);
}

static void scroll(struct list *list, int rows)
{
	list->shown = rows;
	if (list->top > list->chosen)
		list->top = list->chosen;
	if (list->top < list->chosen - rows + 1)
		list->top = list->chosen - rows + 1;
	if (list->top > count(list) - rows)
		list->top = count(list) - rows;
	if (list->top < 0)
		list->top = 0;
}

static void draw_nothing(const struct list *list, int row, int rows)
{
	const char *text = !list->array ? "..." : list->empty ? list->empty :
		"There is nothing.";
	int used = page_wrap(row, rows, 1, terminal_columns() - 2, text);

	for (; used < rows; used++)
		page_row(row + used, "");
}

static void draw(struct page *page, int row, int rows)
{
	struct list *list = (struct list *)page;
	int widths[COLUMNS], columns, i;
	const json_t *at;

	if (!count(list)) {
		draw_nothing(list, row, rows);
		return;
	}
	columns = measure(list, widths);
	fit(list, widths, columns);
	draw_row(list, row, NULL, widths, columns, false);
	rows--;
	rows -= count(list) > rows;
	scroll(list, rows);
	if (count(list) > rows)
		page_more(row + 1 + rows, list->top,
			count(list) - list->top - rows);
	for (i = 0; i < rows; i++) {
		at = json_array_get(list->array, (size_t)(list->top + i));
		if (at)
			draw_row(list, row + 1 + i, at, widths, columns,
				list->top + i == list->chosen);
		else
			page_row(row + 1 + i, "");
	}
}

void list_key(struct list *list, int key)
{
	switch (key) {
	case PRESSED_UP:
		choose(list, list->chosen - 1);
		break;
	case PRESSED_DOWN:
		choose(list, list->chosen + 1);
		break;
	case PRESSED_PAGE_UP:
		choose(list, list->chosen - list->shown);
		break;
	case PRESSED_PAGE_DOWN:
		choose(list, list->chosen + list->shown);
		break;
	case PRESSED_HOME:
		choose(list, 0);
		break;
	case PRESSED_END:
		choose(list, count(list) - 1);
		break;
	}
}

/* Nothing is chosen until it is shown. */
void list_open(struct list *list)
{
	snprintf(list->last, sizeof(list->last), "%s", list->page.subject);
	list->page.subject[0] = '\0';
	list->page.draw = draw;
	list->page.take = take;
	page_open(&list->page);
}

void list_close(struct list *list)
{
	page_close(&list->page);
	if (!list->array)
		strcpy(list->page.subject, list->last);
	json_decref(list->array);
	list->array = NULL;
	list->page.row = NULL;
}

void list_run(struct list *list)
{
	list_open(list);
	while (!list->page.over)
		list_key(list, page_key(&list->page));
	list_close(list);
}
