/* Offsets in C structures that assembler files use; asserted in C. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_OFFSETS_H
#define X86_OFFSETS_H

#define CPU_BLOCK	0x10000	/* core/cpu.h */
#define CPU_NMIS	0x10
#define CPU_DROPS	0x20
#define SPECULATION_FILL	0	/* x86/speculation.h */
#define SPECULATION_CLEAR	1

#endif
