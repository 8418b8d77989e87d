/* Volumes that exist: used as they are, or no more; mirrors are made whole. */
/* SPDX-License-Identifier: MIT */
#ifndef VOLUMES_ADOPT_H
#define VOLUMES_ADOPT_H

#include <stdbool.h>

#include "trouble.h"

/* words: DEVICE-or-UUID NAME */
int adopt(char **words, bool erase, struct trouble *why);
/* words: NAME */
int adopt_forget(char **words, bool erase, struct trouble *why);
/* words: "add" NAME DISK */
int adopt_disk(char **words, bool erase, struct trouble *why);

#endif
