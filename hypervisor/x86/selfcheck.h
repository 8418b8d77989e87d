/* Whether our page tables are what docs/hypervisor.md promises. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_SELFCHECK_H
#define X86_SELFCHECK_H

/* Walks all of them; panics on what must not be. After paging_seal(). */
void selfcheck(void);

#endif
