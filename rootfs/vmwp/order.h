/* Notices that the hypervisor shall give: one register for all kinds. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_ORDER_H
#define VMWP_ORDER_H

#include <stdint.h>

struct vp;

/* With the device lock. bits: as in HV_REGISTER_DELIVERABILITY; each comes once
 * and must be ordered again then. Any thread. 0 or -errno. */
int order(struct vp *vp, uint64_t bits);
/* They came. */
void order_came(struct vp *vp, uint64_t bits);

#endif
