/* The files of a definition in a VM's folder: the current one and the one
 * before. Bytes only: who reads them knows what they mean. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_GENERATION_H
#define VMMS_GENERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum generation {
	GENERATION_CURRENT,	/* vm.conf */
	GENERATION_PREVIOUS,	/* vm.conf.old */
	GENERATION_BAD,		/* vm.conf.bad: what could not be read */
	GENERATION_NEW,		/* vm.conf.new: being written */
	GENERATION_MARK,	/* vm.conf.ran: no definition; below */
};

/* The file's name; NULL: no more. */
const char *generation_name(int which);
/* Whether a name of length bytes is one of a definition's, those of later
 * versions included; upper case is as lower case. */
bool generation_owns(const char *name, size_t length);

/*
 * The content, which the caller frees, with a zero behind its size. NULL with
 * errno: ENOENT, ELOOP (a link), EINVAL (no file), EFBIG (more than
 * CONF_FILE_MAX).
 */
char *generation_load(int folder, enum generation which, size_t *size);

/*
 * Writes the current one; the one that was becomes what keep says: the
 * previous one, or the bad one. On the medium when 0 comes back. After -errno,
 * or a power cut, either what counted before counts or the new one does, and it
 * is whole. One at a time writes to a folder, which is open for reading.
 */
int generation_save(int folder, const char *text, size_t size,
	enum generation keep);

/*
 * A note beside them, on the medium when 0 comes back; text NULL: it goes, if
 * it was there. What is cut off by a power cut is a note, too.
 */
int generation_mark(int folder, const char *text, size_t size);
/* Its bytes, room at most: how many, or -errno. */
ssize_t generation_marked(int folder, char *text, size_t room);

/* Removes all of them, the current one last: until then it is a VM's folder.
 * 0 or -errno. */
int generation_remove(int folder);

/* Whether there is one that counts: the folder is a VM's. */
bool generation_there(int folder);

#endif
