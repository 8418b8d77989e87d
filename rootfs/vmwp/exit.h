/* Exits: what a guest has asked, and the answer. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_EXIT_H
#define VMWP_EXIT_H

#include "vp.h"

/* The message in vp->message; the VP can be entered again afterwards, unless
 * the VM has been told to stop. */
void exit_handle(struct vp *vp);

#endif
