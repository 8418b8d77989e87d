/* The host's settings as a file, for a copy or another host. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_EXPORT_H
#define HOST_EXPORT_H

#include "trouble.h"

/*
 * words: none, or "secrets". The settings that count go to the standard
 * output as they are written, comments with them; but without secrets a line with
 * "password" becomes a comment that says so. -ENOENT: the host has none.
 */
int export_settings(char **words, int count, struct trouble *why);

#endif
