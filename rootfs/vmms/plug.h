/* A drive of a VM on its way: into its definition, and, where the VM runs, into
 * the VM. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_PLUG_H
#define VMMS_PLUG_H

#include "alter.h"
#include "describe.h"
#include "image.h"
#include "line.h"

struct plug {
	struct request *request;
	struct machine *machine;
	struct conf *conf;	/* what it shall have; owned. NULL: not yet */
	bool now;		/* the VM runs, and gets it at once */
	bool dvd, read_only, ide;
	unsigned int place;	/* on the controller */
	enum disk_format format;
	char file[IMAGE_SIZE];	/* as the definition names it; "": none */
	uint64_t size;		/* of a new disk; 0: it is there already */
	bool own_name;		/* the new file's name is ours to choose */
	unsigned int tries;	/* of such names */
	bool made;		/* the new disk is: it goes if all else fails */
	char did[LINE_SENTENCE * 2];
};

/* NULL: no memory, and the request is refused. */
struct plug *plug_new(struct request *request, struct machine *machine);
void plug_free(struct plug *plug);

/* "ide0:0", "scsi0:5"; and its section. */
void plug_place(const struct plug *plug, char text[DESCRIBE_PLACE]);
void plug_section(const struct plug *plug, char text[DESCRIBE_PLACE + 8]);
/* Whether a running VM takes its commands for this place now. */
bool plug_reaches(const struct plug *plug);

/* All of these end with the request's answer or refusal, and free the plug. */

/* The file is opened, as it shall be; then, now, the worker gets it with a
 * command, CONTROL_STORAGE_ADD or _INSERT; then the definition is written. */
void plug_in(struct plug *plug, enum control_type command);
/* Now, the worker is told to let go, CONTROL_STORAGE_REMOVE or _EJECT; then the
 * definition is written. */
void plug_out(struct plug *plug, enum control_type command);
void plug_refuse(struct plug *plug, enum refusal refusal, const char *hint,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
