/* The VP assist page of children: lazy EOI. TLFS 10.3.5 */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_ASSIST_H
#define CORE_ASSIST_H

#include <stdbool.h>
#include <stdint.h>

struct vp;

/* The MSR; false means #GP. */
bool assist_write(struct vp *vp, uint64_t value);

/* After an exit, when it is known which interrupt was taken: an EOI that the
 * guest has only noted is done. */
void assist_collect(struct vp *vp);

/* Before the next interrupt is chosen: where an EOI must be seen the guest is
 * told so. */
void assist_retract(struct vp *vp);

/* The vector is offered to the VP: it need not write the EOI when nothing waits
 * for that. */
void assist_offer(struct vp *vp, uint8_t vector);

#endif
