/* The value that the compiler's stack protector looks for. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_CANARY_H
#define X86_CANARY_H

/* First of all, in a function that does not return. */
void canary_init(void);

#endif
