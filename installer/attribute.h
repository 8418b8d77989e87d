/* Attributes in sysfs. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_ATTRIBUTE_H
#define INSTALLER_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>

/* Blanks in a row become one, those at both ends none: as a name is shown. */
void attribute_squeeze(char *text);

/*
 * The first line of FOLDER/NAME, by attribute_squeeze(). False: there is no such
 * file, or nothing in it; text is empty then.
 */
bool attribute_text(const char *folder, const char *name, char *text,
	size_t size);

/* A number, decimal or with 0x; 0 where there is none. */
unsigned long long attribute_number(const char *folder, const char *name);

/* The last part of where the link FOLDER/NAME leads. False: it is none. */
bool attribute_link(const char *folder, const char *name, char *text,
	size_t size);

#endif
