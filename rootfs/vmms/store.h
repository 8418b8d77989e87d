/* Storage folders and the VMs in them: STORAGE/vms/NAME. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_STORE_H
#define VMMS_STORE_H

#include <stddef.h>

#include "name.h"
#include "trouble.h"

enum { STORE_STORAGES = 16, STORE_VMS = 4096 };

/* The first one that is configured comes first. */
struct store {
	const char *paths[STORE_STORAGES];	/* as image.h takes them */
	/* Open for reading; -1: it is not there, and has no VMs. */
	int folders[STORE_STORAGES];
	int count;
};

struct store_entry {
	char name[NAME_SIZE];
	int storage;
};

/* A printable sentence about something that is not as it should be. */
typedef void store_say(void *context, const char *sentence);

/*
 * Adds a storage folder: an absolute path, which is copied and is not below
 * another one's, and its descriptor, which is the store's then. The store is
 * all zeros at first. 0, or -errno with a sentence.
 */
int store_add(struct store *store, const char *path, int folder,
	struct trouble *why);
void store_free(struct store *store);

/*
 * The VMs of all storage folders by name, which the caller frees; what is no
 * VM, or has a name that is taken in a storage folder before, is told to say()
 * (or nobody, NULL) and left out. Their number, or -errno with a sentence.
 */
int store_list(const struct store *store, struct store_entry **entries,
	store_say *say, void *context, struct trouble *why);

/*
 * The VM of this name, written as store_list() has it, in the first storage
 * folder that has it: its folder, open for reading, which the caller closes; or
 * -errno with a sentence.
 */
int store_open(const struct store *store, const char *name,
	struct store_entry *entry, struct trouble *why);

/*
 * Makes a VM's folder with its first definition in it; on the medium when 0
 * comes back. After -errno and a sentence nothing is left, and after a power
 * cut either all or what store_clean() removes. One at a time makes and
 * renames.
 */
int store_create(const struct store *store, int storage, const char *name,
	const char *text, size_t size, struct trouble *why);

/* Also to a name that differs only in case. 0, or -errno with a sentence. */
int store_rename(const struct store *store, const char *from, const char *to,
	struct trouble *why);

/*
 * Removes a VM: those files of its folder that are named in disks, then the
 * definition, then the folder. What is something else stays, and so does the
 * folder; say() hears of it, and it is no VM any more. Interrupted, it is done
 * again. 0, or -errno with a sentence.
 */
int store_delete(const struct store *store, const char *name,
	const char *const *disks, int count, store_say *say, void *context,
	struct trouble *why);

/* Removes what an interrupted store_create() left, in all storage folders. */
void store_clean(const struct store *store);

#endif
