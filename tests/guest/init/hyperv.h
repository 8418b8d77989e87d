/* What a stock kernel makes of the Hyper-V interface. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_HYPERV_H
#define INIT_HYPERV_H

/* What the kernel itself uses of it. */
void hyperv_face(void);
/* Loads VMBus and the integration services' driver, with the guest's clock
 * wrong before: what they have found, and whether the clock came right. */
void hyperv_look(void);
/* For ever: the data exchange service's daemon. */
void hyperv_tell(void);

#endif
