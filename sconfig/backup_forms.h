/* Forms for the host's settings as a file, and for a spare stick. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_BACKUP_FORMS_H
#define SCONFIG_BACKUP_FORMS_H

#include "form.h"

extern const struct form backup_save, backup_restore, backup_stick;

#endif
