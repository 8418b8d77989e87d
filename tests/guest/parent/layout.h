/* Numbers that C and assembler share. */
/* SPDX-License-Identifier: MIT */
#ifndef LAYOUT_H
#define LAYOUT_H

#define BASE		0x2000000	/* where the kernel wants to be */
#define SETUP_SIZE	0x400		/* two sectors before it in the file */

/* Selectors; the first two are what Linux is started with. */
#define CODE64		0x10
#define DATA		0x18
#define CODE32		0x20
#define CODE16		0x28
#define USER_DATA	0x33
#define USER_CODE	0x3b
#define TASK		0x40

/* A processor's block: struct cpu, the stack of code under test, its own. */
#define CPU_BLOCK	0x10000
#define CPU_SCRATCH	0x8000
#define CPUS		4

/* Offsets in struct cpu. */
#define CPU_RUN_RSP	0
#define CPU_RSP0	20

/* Where processor 1 starts, below 1 MB. */
#define TRAMPOLINE	0x8000

#endif
