/* What CPUID tells the parent. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_CPUID_H
#define CORE_CPUID_H

#include "../lib/asm.h"

#include <stdint.h>

struct vp;

/* Serves the instruction: RAX, RBX, RCX and RDX. */
void cpuid_exit(struct vp *vp);

/* One of the hypervisor's leaves, as the parent sees it. */
struct cpuid cpuid_hypervisor(uint32_t leaf);

/* The parent's privileges: struct partition. */
uint64_t cpuid_parent_privileges(void);

#endif
