/* The privileged process: VMs' folders and definitions. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "generation.h"
#include "helper_work.h"

#define DISKS	256	/* files of a VM that a deletion names */

/* Sentences, a line each. */
struct lines {
	char *text;
	size_t size;		/* right when the stream is closed */
	size_t said;
	FILE *stream;
};

static bool lines_begin(struct lines *lines)
{
	lines->said = 0;
	lines->stream = open_memstream(&lines->text, &lines->size);
	return lines->stream;
}

static void add_line(void *context, const char *sentence)
{
	struct lines *lines = context;

	if (lines->said > HELPER_FILE_MAX / 2)
		return;
	fprintf(lines->stream, "%s\n", sentence);
	lines->said += strlen(sentence) + 1;
}

static int lines_end(struct work *work, struct lines *lines)
{
	int error = fclose(lines->stream) ? -ENOMEM :
		work_send(work, lines->text, lines->size);

	free(lines->text);
	return error;
}

int helper_list_vms(struct work *work)
{
	struct store_entry *entries = NULL;
	struct lines lines;
	int count, error;

	if (!lines_begin(&lines))
		return -ENOMEM;
	count = store_list(&work->helper->store, &entries, add_line, &lines,
		&work->why);
	error = count < 0 ? count : work_send(work, entries,
		(size_t)count * sizeof(*entries));
	free(entries);
	if (!error) {
		work->number = (uint32_t)count;
		return lines_end(work, &lines);
	}
	fclose(lines.stream);
	free(lines.text);
	return error;
}

/* generation_load() */
static bool is_no_file(int error)
{
	return error == ELOOP || error == EINVAL || error == EFBIG;
}

static int load_one(struct work *work, int folder, enum generation which)
{
	size_t size;
	char *text = generation_load(folder, which, &size);
	int error;

	if (text) {
		work->number |= 1u << which;
		error = work_send(work, text, size);
		free(text);
		return error;
	}
	if (is_no_file(errno))
		work->number |= 1u << (which + HELPER_NO_FILE);
	else if (errno != ENOENT)
		return -errno;
	return 0;
}

/* What cannot be read says that it ran, too. */
static int load_mark(struct work *work, int folder)
{
	char text[HELPER_MARK_MAX];
	ssize_t size = generation_marked(folder, text, sizeof(text));

	if (size == -ENOENT)
		return 0;
	work->number |= HELPER_MARKED;
	return work_send(work, text, size < 0 ? 0 : (size_t)size);
}

int helper_load(struct work *work)
{
	static const enum generation order[] = { GENERATION_CURRENT,
		GENERATION_PREVIOUS, GENERATION_BAD };
	int folder = work_folder(work), error = 0;
	unsigned int i;

	if (folder < 0)
		return folder;
	for (i = 0; i < sizeof(order) / sizeof(order[0]) && !error; i++)
		error = load_one(work, folder, order[i]);
	if (!error)
		error = load_mark(work, folder);
	close(folder);
	return error;
}

int helper_save(struct work *work)
{
	int folder, error;
	size_t size;
	char *text;

	if (work->request->number != GENERATION_PREVIOUS &&
	    work->request->number != GENERATION_BAD)
		return -EINVAL;
	folder = work_folder(work);
	if (folder < 0)
		return folder;
	text = work_received(work, 0, &size);
	error = text ? generation_save(folder, text, size,
		(enum generation)work->request->number) : -errno;
	free(text);
	close(folder);
	return error;
}

int helper_create(struct work *work)
{
	const struct helper_request *request = work->request;
	size_t size;
	char *text;
	int error;

	if (request->storage >= (uint32_t)work->helper->store.count)
		return -EINVAL;
	text = work_received(work, 0, &size);
	if (!text)
		return -errno;
	error = store_create(&work->helper->store, (int)request->storage,
		request->name, text, size, &work->why);
	free(text);
	return error;
}

int helper_rename(struct work *work)
{
	int error = work_idle(work);

	return error ? error : store_rename(&work->helper->store,
		work->request->name, work->request->other, &work->why);
}

int helper_delete(struct work *work)
{
	char *disks[DISKS + 1], *text;
	struct lines lines;
	int count, error;
	size_t size;

	error = work_idle(work);
	if (error)
		return error;
	text = work_received(work, 0, &size);
	if (!text)
		return -errno;
	count = work_split(text, size, disks, DISKS);
	error = count < 0 ? count : lines_begin(&lines) ? 0 : -ENOMEM;
	if (!error) {
		error = store_delete(&work->helper->store, work->request->name,
			(const char *const *)disks, count, add_line, &lines,
			&work->why);
		count = lines_end(work, &lines);
	}
	free(text);
	return error ? error : count;
}

int helper_mark(struct work *work)
{
	int folder = work_folder(work), error = 0;
	size_t size = 0;
	char *text = NULL;

	if (folder < 0)
		return folder;
	if (work->in->count) {
		text = work_received(work, 0, &size);
		error = !text ? -errno : size > HELPER_MARK_MAX ? -EINVAL : 0;
	}
	if (!error)
		error = generation_mark(folder, text, size);
	free(text);
	close(folder);
	return error;
}
