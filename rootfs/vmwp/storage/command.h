/* What the control socket asks of the SCSI controller, or of an IDE place. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_COMMAND_H
#define VMWP_STORAGE_COMMAND_H

#include "control.h"

struct storvsp;

/* A descriptor that came along, or -1: *fd is -1 afterwards if it was taken.
 * storvsp: NULL where there is no controller. 0 or -errno. */
int command_storage(struct storvsp *storvsp, unsigned int lun,
	const struct control_storage_request *request, int *fd,
	struct control_storage *answer);

#endif
