/* Storage folders and the VMs in them. */
/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "conf.h"
#include "generation.h"
#include "image.h"
#include "store_folder.h"

/* At least one of the two is in the other. */
static bool overlaps(const char *one, const char *other)
{
	size_t a = strlen(one), b = strlen(other), shorter = a < b ? a : b;

	return !strncmp(one, other, shorter) &&
		(one[shorter] == '/' || other[shorter] == '/' || a == b);
}

int store_add(struct store *store, const char *path, int folder,
	struct trouble *why)
{
	int i;

	if (!image_is_path(path) || !image_good(path))
		return trouble(why, -EINVAL, "\"%.100s\" is no storage "
			"folder's path: it begins with a slash, ends without "
			"one, and has no part that begins with a dot", path);
	for (i = 0; i < store->count; i++)
		if (overlaps(path, store->paths[i]))
			return trouble(why, -EINVAL, "the storage folders "
				"%.100s and %.100s are one in the other",
				store->paths[i], path);
	if (store->count == STORE_STORAGES)
		return trouble(why, -ENOSPC, "there are %d storage folders "
			"already", STORE_STORAGES);
	path = strdup(path);
	if (!path)
		return trouble(why, -ENOMEM, "there is no memory");
	store->paths[store->count] = path;
	store->folders[store->count++] = folder;
	return 0;
}

void store_free(struct store *store)
{
	while (store->count) {
		if (store->folders[--store->count] >= 0)
			close(store->folders[store->count]);
		free((char *)store->paths[store->count]);
	}
}

struct list {
	struct store_entry *entries;
	int count, room, storage;
	const char *path;
	store_say *say;
	void *context;
};

static void tell(const struct list *list, const char *name, const char *what)
{
	char shown[NAME_SIZE], text[320];

	if (!list->say)
		return;
	folder_show(name, shown);
	snprintf(text, sizeof(text), "%.100s/vms/%s %.120s", list->path, shown,
		what);
	conf_printable(text);
	list->say(list->context, text);
}

static int append(struct list *list, const char *name)
{
	int room = list->room ? 2 * list->room : 64;
	struct store_entry *entry;

	if (list->count == STORE_VMS)
		return -E2BIG;
	if (list->count == list->room) {
		entry = realloc(list->entries, room * sizeof(*entry));
		if (!entry)
			return -ENOMEM;
		list->entries = entry;
		list->room = room;
	}
	entry = &list->entries[list->count++];
	strcpy(entry->name, name);
	entry->storage = list->storage;
	return 0;
}

static int add_folder(void *context, int vms, const char *name)
{
	struct list *list = context;
	int folder;
	bool there;

	if (name[0] == '.')
		return 0;
	if (!name_good(name)) {
		tell(list, name, "is no VM: its name is not one of a VM's");
		return 0;
	}
	folder = folder_open(vms, name);
	if (folder < 0) {
		tell(list, name, folder == -ENOTDIR || folder == -ELOOP ?
			"is no VM: it is no folder" : strerror(-folder));
		return 0;
	}
	there = generation_there(folder);
	close(folder);
	if (there)
		return append(list, name);
	tell(list, name, "is no VM: there is no definition in it");
	return 0;
}

static int compare(const void *one, const void *other)
{
	const struct store_entry *a = one, *b = other;
	int order = strcasecmp(a->name, b->name);

	if (!order)
		order = a->storage - b->storage;
	return order ? order : strcmp(a->name, b->name);
}

/* In order; of those with one name the first one stays. */
static void settle(struct list *list, const struct store *store)
{
	int i, kept = 0;

	if (list->count)
		qsort(list->entries, list->count, sizeof(*list->entries),
			compare);
	for (i = 0; i < list->count; i++) {
		if (!kept || !name_same(list->entries[kept - 1].name,
			list->entries[i].name)) {
			list->entries[kept++] = list->entries[i];
			continue;
		}
		list->path = store->paths[list->entries[i].storage];
		tell(list, list->entries[i].name, "is left out: there is a VM "
			"of this name already");
	}
	list->count = kept;
}

int store_list(const struct store *store, struct store_entry **entries,
	store_say *say, void *context, struct trouble *why)
{
	struct list list = { .say = say, .context = context };
	int vms, result = 0;

	for (; !result && list.storage < store->count; list.storage++) {
		list.path = store->paths[list.storage];
		vms = folder_vms(store, list.storage);
		if (vms == -ENOENT)
			continue;
		result = vms < 0 ? vms : folder_visit(vms, add_folder, &list);
		if (vms >= 0)
			close(vms);
	}
	if (result) {
		free(list.entries);
		return trouble(why, result, "%.100s/vms cannot be read: %s",
			list.path, strerror(-result));
	}
	settle(&list, store);
	*entries = list.entries;
	return list.count;
}

static int open_vm(int vms, const char *name)
{
	int folder = folder_open(vms, name);

	if (folder < 0 || generation_there(folder))
		return folder;
	close(folder);
	return -ENOENT;
}

int store_open(const struct store *store, const char *name,
	struct store_entry *entry, struct trouble *why)
{
	int i, vms, folder = -ENOENT, result;

	result = name_check(name, strlen(name), why);
	if (result)
		return result;
	for (i = 0; folder == -ENOENT && i < store->count; i++) {
		vms = folder_vms(store, i);
		if (vms < 0)
			continue;
		folder = open_vm(vms, name);
		close(vms);
		entry->storage = i;
	}
	if (folder < 0)
		return trouble(why, folder, folder == -ENOENT ?
			"there is no VM \"%s\"" :
			"the folder of the VM \"%s\" cannot be opened: %s",
			name, strerror(-folder));
	strcpy(entry->name, name);
	return folder;
}
