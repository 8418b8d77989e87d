/* Storage folders: VMs come and get other names. */
/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "generation.h"
#include "store_folder.h"

#define HALF_END ".new"

/* A name that no VM has: hidden, until all is in it. */
enum { HALF_SIZE = 1 + NAME_SIZE + sizeof(HALF_END) - 1 };

static void half_name(const char *name, char half[HALF_SIZE])
{
	snprintf(half, HALF_SIZE, ".%.*s" HALF_END, NAME_MAX_LENGTH, name);
}

/* Nothing but a definition's files is removed. */
static void remove_half(int vms, const char *half)
{
	int folder = folder_open(vms, half);

	if (folder < 0)
		return;
	generation_remove(folder);
	close(folder);
	unlinkat(vms, half, AT_REMOVEDIR);
}

/* STORAGE/vms, which the first VM makes. */
static int make_vms(const struct store *store, int storage)
{
	int vms = folder_vms(store, storage);

	if (vms != -ENOENT)
		return vms;
	if (store->folders[storage] < 0)
		return -ENODEV;
	if (mkdirat(store->folders[storage], "vms", 0700) && errno != EEXIST)
		return -errno;
	if (fsync(store->folders[storage]))
		return -errno;
	return folder_vms(store, storage);
}

static int fill_half(int vms, const char *half, const char *text, size_t size)
{
	int folder, result;

	if (mkdirat(vms, half, 0700))
		return -errno;
	folder = folder_open(vms, half);
	if (folder < 0)
		return folder;
	result = generation_save(folder, text, size, GENERATION_PREVIOUS);
	close(folder);
	return result;
}

/* The whole folder gets its name in one step. */
static int make(int vms, const char *name, const char *text, size_t size)
{
	char half[HALF_SIZE];
	int result;

	half_name(name, half);
	remove_half(vms, half);
	result = fill_half(vms, half, text, size);
	if (!result)
		result = folder_rename(vms, half, name);
	if (!result && fsync(vms)) {
		result = -errno;
		folder_rename(vms, name, half);
	}
	if (result)
		remove_half(vms, half);
	return result;
}

/* What a store_delete() that was interrupted may have left. */
static void remove_empty(const struct store *store, int storage,
	const char *name)
{
	int vms = folder_vms(store, storage);

	if (vms < 0)
		return;
	unlinkat(vms, name, AT_REMOVEDIR);
	close(vms);
}

int store_create(const struct store *store, int storage, const char *name,
	const char *text, size_t size, struct trouble *why)
{
	int result = name_check(name, strlen(name), why), vms;

	if (result)
		return result;
	remove_empty(store, storage, name);
	result = folder_free(store, name, NULL, why);
	if (result)
		return result;
	vms = make_vms(store, storage);
	result = vms < 0 ? vms : make(vms, name, text, size);
	if (vms >= 0)
		close(vms);
	return result ? trouble(why, result, "the VM \"%s\" cannot be made in "
		"%.100s/vms: %s", name, store->paths[storage],
		result == -ENODEV ? "the folder is not there, or its volume "
		"is not mounted" : strerror(-result)) : 0;
}

/* Where case is nothing the two names are one file's. */
static int give_name(int vms, const char *from, const char *to)
{
	int result;

	if (!name_same(from, to))
		result = folder_rename(vms, from, to);
	else
		result = renameat(vms, from, vms, to) ? -errno : 0;
	if (!result && fsync(vms))
		result = -errno;
	return result;
}

int store_rename(const struct store *store, const char *from, const char *to,
	struct trouble *why)
{
	struct store_entry entry;
	int result = name_check(to, strlen(to), why), vms;

	if (result)
		return result;
	result = store_open(store, from, &entry, why);
	if (result < 0)
		return result;
	close(result);
	result = folder_free(store, to, &entry, why);
	if (result)
		return result;
	vms = folder_vms(store, entry.storage);
	result = vms < 0 ? vms : give_name(vms, from, to);
	if (vms >= 0)
		close(vms);
	return result ? trouble(why, result, "the VM \"%s\" cannot be renamed "
		"to \"%s\": %s", from, to, strerror(-result)) : 0;
}

static int clean(void *context, int vms, const char *name)
{
	size_t length = strlen(name), end = strlen(HALF_END);

	(void)context;
	if (name[0] == '.' && length > end + 1 &&
	    !strcmp(name + length - end, HALF_END) &&
	    !name_check(name + 1, length - end - 1, NULL))
		remove_half(vms, name);
	return 0;
}

void store_clean(const struct store *store)
{
	int i, vms;

	for (i = 0; i < store->count; i++) {
		vms = folder_vms(store, i);
		if (vms < 0)
			continue;
		folder_visit(vms, clean, NULL);
		close(vms);
	}
}
