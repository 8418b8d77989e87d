/* Discs: the files in the storage folders' `iso`. */
/* SPDX-License-Identifier: MIT */
#include "discs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "errand.h"
#include "image.h"

/* One storage folder after the other. */
struct walk {
	struct machines *machines;
	struct request *request;	/* of a list */
	json_t *rows;
	char file[IMAGE_SIZE];		/* that is looked for ... */
	bool seen;			/* ... and is here */
	void (*found)(void *context, const char *path);
	void *context;
	int storage;
};

static const char *storage_of(const struct walk *walk)
{
	return walk->machines->storages[walk->storage];
}

static bool name_of(const struct helper_file *file, char name[256])
{
	if (!memchr(file->name, 0, sizeof(file->name)))
		return false;
	strcpy(name, file->name);
	conf_printable(name);
	return *name;
}

static void each(struct parcel *parcel, uint32_t number,
	void (*tell)(struct walk *walk, const struct helper_file *file),
	struct walk *walk)
{
	int fd = parcel_take(parcel, 0);
	struct helper_file *files;
	size_t size = 0, i;

	if (fd < 0)
		return;
	files = (struct helper_file *)parcel_read(fd, HELPER_FILE_MAX, &size);
	close(fd);
	for (i = 0; files && i < number && i < size / sizeof(*files); i++)
		tell(walk, &files[i]);
	free(files);
}

static int ask_next(struct walk *walk, dialogue_done *done)
{
	struct helper_request request = { .type = HELPER_LIST_FILES };

	snprintf(request.file, sizeof(request.file), "%s/iso",
		storage_of(walk));
	request.storage = (uint32_t)walk->storage;
	return errand_send(&walk->machines->errands, &request, NULL, done,
		walk);
}

static int by_name(const void *one, const void *other)
{
	json_t *const *left = one, *const *right = other;

	return strcasecmp(json_string_value(json_object_get(*left, "name")),
		json_string_value(json_object_get(*right, "name")));
}

/* As people look for them. */
static json_t *in_order(json_t *rows)
{
	size_t count = json_array_size(rows), i;
	json_t **row = calloc(count + 1, sizeof(*row)), *list = json_array();

	for (i = 0; row && i < count; i++)
		row[i] = json_array_get(rows, i);
	if (row)
		qsort(row, count, sizeof(*row), by_name);
	for (i = 0; row && i < count; i++)
		json_array_append(list, row[i]);
	free(row);
	json_decref(rows);
	return list;
}

static void add_row(struct walk *walk, const struct helper_file *file)
{
	char name[256], path[IMAGE_SIZE];

	if (!name_of(file, name))
		return;
	snprintf(path, sizeof(path), "%.250s/iso/%s", storage_of(walk), name);
	json_array_append_new(walk->rows, json_pack("{s:s, s:I, s:s}",
		"name", name, "size", (json_int_t)file->size, "path", path));
}

static void list_next(struct walk *walk);

static void listed(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct walk *walk = context;

	if (!error)
		each(parcel, said->number, add_row, walk);
	walk->storage++;
	list_next(walk);
}

static void list_next(struct walk *walk)
{
	if (walk->storage < walk->machines->storage_count &&
	    !ask_next(walk, listed))
		return;
	request_answer(walk->request, in_order(walk->rows));
	free(walk);
}

void discs_list(struct request *request)
{
	struct walk *walk = calloc(1, sizeof(*walk));

	if (!walk) {
		ask_no_memory(request);
		return;
	}
	walk->machines = ask_machines(request);
	walk->request = request;
	walk->rows = json_array();
	list_next(walk);
}

static void finish(struct walk *walk, const char *path)
{
	walk->found(walk->context, path);
	free(walk);
}

static void match(struct walk *walk, const struct helper_file *file)
{
	char name[256];

	if (name_of(file, name) && !strcmp(name, walk->file))
		walk->seen = true;
}

static void find_next(struct walk *walk);

static void looked(void *context, int error, const void *reply,
	struct parcel *parcel)
{
	const struct helper_reply *said = reply;
	struct walk *walk = context;
	char path[2 * IMAGE_SIZE];

	if (!error)
		each(parcel, said->number, match, walk);
	if (!walk->seen) {
		walk->storage++;
		find_next(walk);
		return;
	}
	snprintf(path, sizeof(path), "%s/iso/%s", storage_of(walk),
		walk->file);
	finish(walk, strlen(path) < IMAGE_SIZE ? path : walk->file);
}

static void find_next(struct walk *walk)
{
	if (walk->storage >= walk->machines->storage_count ||
	    ask_next(walk, looked))
		finish(walk, walk->file);
}

void discs_find(struct machines *machines, const char *file,
	void (*found)(void *context, const char *path), void *context)
{
	struct walk *walk = image_is_path(file) ? NULL :
		calloc(1, sizeof(*walk));

	if (!walk) {
		found(context, file);
		return;
	}
	walk->machines = machines;
	walk->found = found;
	walk->context = context;
	snprintf(walk->file, sizeof(walk->file), "%s", file);
	find_next(walk);
}
