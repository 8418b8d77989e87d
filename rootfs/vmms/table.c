/* Results for people: tables of 80 columns, and nothing that a terminal obeys. */
/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <ctype.h>
#include <string.h>

#include "cell.h"
#include "fields.h"

#define COLUMNS	13	/* of a table; what is behind them only JSON has */
#define LEAST	4	/* of a column, when all get narrower */

struct column {
	const char *key;
	int width;
	bool number;
};

static bool is_empty_column(const json_t *rows, const char *key)
{
	json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
		if (!cell_is_empty(json_object_get(row, key)))
			return false;
	return true;
}

static int find_columns(const json_t *rows, struct column *columns)
{
	json_t *first = json_array_get(rows, 0), *value, *row;
	char room[CELL_TEXT];
	int count = 0, width;
	const char *key;
	size_t i;

	json_object_foreach(first, key, value) {
		if (count == COLUMNS)
			break;
		if (is_empty_column(rows, key))
			continue;
		columns[count] = (struct column){ key, cell_columns(key),
			json_is_number(value) };
		json_array_foreach((json_t *)rows, i, row) {
			width = cell_columns(cell_text(key,
				json_object_get(row, key), room));
			if (columns[count].width < width)
				columns[count].width = width;
		}
		count++;
	}
	return count;
}

/* The widest one gives, until all fit. */
static void fit(struct column *columns, int count)
{
	int total = (count - 1) * TABLE_GAP, i, widest;

	for (i = 0; i < count; i++)
		total += columns[i].width;
	while (total > TABLE_COLUMNS) {
		for (widest = 0, i = 1; i < count; i++)
			if (columns[i].width > columns[widest].width)
				widest = i;
		if (columns[widest].width <= LEAST)
			return;
		columns[widest].width--;
		total--;
	}
}

static void print_cell(FILE *stream, const char *text,
	const struct column *column, bool last)
{
	int room = column->width - cell_columns(text);

	if (column->number && room > 0)
		fprintf(stream, "%*s", room, "");
	table_text(stream, text, column->width);
	if (!column->number && room > 0 && !last)
		fprintf(stream, "%*s", room, "");
	if (last)
		fputc('\n', stream);
	else
		fprintf(stream, "%*s", TABLE_GAP, "");
}

static void print_heading(FILE *stream, const struct column *columns,
	int count)
{
	char heading[CELL_TEXT];
	int i, at;

	for (i = 0; i < count; i++) {
		snprintf(heading, sizeof(heading), "%s", columns[i].key);
		for (at = 0; heading[at]; at++)
			heading[at] = toupper((unsigned char)heading[at]);
		print_cell(stream, heading, &columns[i], i == count - 1);
	}
}

void table_rows(FILE *stream, const json_t *rows)
{
	struct column columns[COLUMNS];
	int count = find_columns(rows, columns), i;
	char room[CELL_TEXT];
	json_t *row;
	size_t at;

	fit(columns, count);
	print_heading(stream, columns, count);
	json_array_foreach((json_t *)rows, at, row)
		for (i = 0; i < count; i++)
			print_cell(stream, cell_text(columns[i].key,
				json_object_get(row, columns[i].key), room),
				&columns[i], i == count - 1);
}

bool table_is(const json_t *value)
{
	return json_is_array(value) && json_is_object(json_array_get(value, 0));
}

static void print_lines(FILE *stream, const json_t *lines)
{
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(lines); i++) {
		text = json_string_value(json_array_get(lines, i));
		table_text(stream, text ? text : "", -1);
		fputc('\n', stream);
	}
}

void table_print(FILE *stream, const json_t *result)
{
	const json_t *said = json_object_get(result, "said");
	char room[CELL_TEXT];

	if (json_is_array(said)) {
		print_lines(stream, said);
	} else if (json_is_object(result)) {
		fields_print(stream, result, 0);
	} else if (table_is(result)) {
		table_rows(stream, result);
	} else if (!json_is_array(result) || json_array_size(result)) {
		table_text(stream, cell_text(NULL, result, room), -1);
		fputc('\n', stream);
	}
}
