/* A guest of our own: its descriptor tables. */
/* SPDX-License-Identifier: MIT */
#ifndef BARE_TRAP_H
#define BARE_TRAP_H

#include <stdint.h>

#define TRAP_CODE	8
#define TRAP_DATA	16
#define TRAP_FREE	24	/* from here on they are the test's own */

extern uint64_t trap_gdt[16], trap_idt[256];

#endif
