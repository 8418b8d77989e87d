/* What a VM's state lets it do. */
/* SPDX-License-Identifier: MIT */
#include "vm.h"

#include <string.h>

/* "Running-Critical" begins with "Running". */
static bool begins(const struct page *page, const char *start)
{
	const char *state = json_string_value(json_object_get(page->row,
		"state"));

	return state && !strncmp(state, start, strlen(start));
}

static bool is_critical(const struct page *page)
{
	const char *state = json_string_value(json_object_get(page->row,
		"state"));

	return state && strstr(state, "-Critical");
}

bool vm_is_off(const struct page *page)
{
	return begins(page, "Off");
}

bool vm_is_on(const struct page *page)
{
	return begins(page, "") && !begins(page, "Off");
}

bool vm_runs(const struct page *page)
{
	return begins(page, "Running") && !is_critical(page);
}

bool vm_can_pause(const struct page *page)
{
	return begins(page, "Running");
}

bool vm_can_resume(const struct page *page)
{
	return begins(page, "Paused") || begins(page, "Running-");
}

bool vm_can_reset(const struct page *page)
{
	return begins(page, "Running") || begins(page, "Paused");
}

json_t *vm_rows(const json_t *result, const char *key)
{
	json_t *rows = json_array(), *copy;
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(result, key), i, row) {
		copy = json_copy((json_t *)row);
		json_object_set(copy, "state", json_object_get(result,
			"state"));
		json_array_append_new(rows, copy);
	}
	return rows;
}
