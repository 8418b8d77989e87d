/* The sections and keys of a VM's definition; see docs/management.md. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_DEFINITION_KEYS_H
#define VMMS_DEFINITION_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"

enum {
	DEFINITION_PROCESSORS = 64,
	DEFINITION_NICS = 8,
	DEFINITION_IDE = 4,	/* places: 0:0, 0:1, 1:0, 1:1 */
	DEFINITION_SCSI = 64,
};

/* The table for conf_parse(). */
extern const struct conf_kind definition_kinds[];

/* Words that keys take, in the order of the enumerations in definition.h; each
 * list ends with NULL. */
extern const char *const words_boot[], *const words_start[],
	*const words_wait[], *const words_stop[], *const words_integration[],
	*const words_model[];
/* The place of length bytes among words, or -1. */
int definition_word(const char *const *words, const char *value, size_t length);

/* "2048", "2048M" or "2G" to bytes: 2 MB to 4096 GB in steps of 2 MB. */
bool definition_memory(const char *value, uint64_t *bytes);

/* Whether a section is of a disk or of a DVD drive. */
bool definition_is_drive(const char *section);

/* "ide1:0" or "scsi0:63": *ide, and the place on it from 0. */
bool definition_place(const char *value, bool *ide, unsigned int *place);

#endif
