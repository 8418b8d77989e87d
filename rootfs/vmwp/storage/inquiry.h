/* INQUIRY: what a unit says of itself. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_INQUIRY_H
#define VMWP_STORAGE_INQUIRY_H

#include "storage/scsi.h"

void inquiry(struct scsi_unit *unit, struct scsi_command *command);
/* For a LUN that is not there: the answer that says so, or it fails. */
void inquiry_absent(struct scsi_command *command);

#endif
