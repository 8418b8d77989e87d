/* A file that has its name when it is whole. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_NEWFILE_H
#define VMMS_NEWFILE_H

struct newfile {
	int folder, fd;		/* -1: none */
	char name[256];		/* that it gets */
	char hidden[256];	/* until then; "": it has none */
};

/* In a folder, which is taken over, also after an error; there is no such file
 * yet: -EEXIST. 0 or -errno. */
int newfile_begin(struct newfile *file, int folder, const char *name);
/* On the medium under its name, unless somebody has it: 0; or -errno, and what
 * has no name is gone. Nothing is open any more. */
int newfile_keep(struct newfile *file);
void newfile_drop(struct newfile *file);

#endif
