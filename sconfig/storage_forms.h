/* Forms for disks that become volumes. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_STORAGE_FORMS_H
#define SCONFIG_STORAGE_FORMS_H

#include "form.h"

/* Of an empty disk, and of one that has data. */
extern const struct form storage_claim, storage_erase;
extern const struct form storage_mirror, storage_replace, storage_adopt;

#endif
