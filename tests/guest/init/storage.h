/* What the guest does with a disk of the SCSI controller. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_STORAGE_H
#define INIT_STORAGE_H

/* For who counts instructions: I/O of the first disk, a phase for each empty line
 * that comes from the console. */
void storage_figures(void);

#endif
