/* MODE SENSE and MODE SELECT: settings that cannot be changed. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_MODE_H
#define VMWP_STORAGE_MODE_H

#include "storage/scsi.h"

void mode_sense(struct scsi_unit *unit, struct scsi_command *command);
void mode_select(struct scsi_unit *unit, struct scsi_command *command);

#endif
