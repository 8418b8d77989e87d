/* The privileged process: where a file is that a VM's definition names. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_HELPER_FILES_H
#define VMMS_HELPER_FILES_H

#include "helper_work.h"

/* The folder from which image.h finds *name, the request's file or what is left
 * of it: a descriptor, which the caller closes; or -errno. */
int files_place(struct work *work, const char **name);

#endif
