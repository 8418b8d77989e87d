/* Control registers of the hypervisor's own mode, alike on all processors. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_FEATURES_H
#define X86_FEATURES_H

void features_enable(void);

/* SMAP, once the tables are sealed. */
void features_seal(void);

#endif
