/* A VM in JSON: what it has, as its definition says. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_DESCRIBE_H
#define VMMS_DESCRIBE_H

#include <jansson.h>

#include "machine.h"

enum { DESCRIBE_PLACE = 16 };

/* "ide0:0", "scsi0:5". */
void describe_place(bool ide, unsigned int place, char text[DESCRIBE_PLACE]);

/* "20G" and such are the reader's: memory is in bytes. All belong to who
 * calls. */
json_t *describe_settings(const struct machine *machine);
json_t *describe_drives(const struct definition *definition);
json_t *describe_nics(const struct definition *definition);
/* Sentences. */
json_t *describe_problems(const struct machine *machine);
json_t *describe_remarks(const struct machine *machine);

#endif
