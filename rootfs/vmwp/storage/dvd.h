/* Commands that only a DVD drive has (MMC-6). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_DVD_H
#define VMWP_STORAGE_DVD_H

#include "storage/scsi.h"

void dvd_toc(struct scsi_unit *unit, struct scsi_command *command);
void dvd_configuration(struct scsi_unit *unit, struct scsi_command *command);
void dvd_event(struct scsi_unit *unit, struct scsi_command *command);
void dvd_information(struct scsi_unit *unit, struct scsi_command *command);
void dvd_track(struct scsi_unit *unit, struct scsi_command *command);
void dvd_mechanism(struct scsi_unit *unit, struct scsi_command *command);

#endif
