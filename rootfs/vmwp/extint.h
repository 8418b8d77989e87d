/* Interrupts of the 8259 pair (ExtINT), delivered to VP 0. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_EXTINT_H
#define VMWP_EXTINT_H

#include "vp.h"

/* VP 0's thread, before each entry: delivers what is requested if the guest
 * can take it, else orders a message for when it can. */
void extint_offer(struct vp *vp);

#endif
