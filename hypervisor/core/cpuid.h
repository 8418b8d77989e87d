/* What CPUID tells the parent. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_CPUID_H
#define CORE_CPUID_H

#include <stdint.h>

struct vp;

/* Serves the instruction: RAX, RBX, RCX and RDX. */
void cpuid_exit(struct vp *vp);

/* The parent's privileges as FEATURES has them, in EAX and EBX. */
uint32_t cpuid_privileges_low(void);
uint32_t cpuid_privileges_high(void);

#endif
