/* The hypervisor's CPUID leaves for children, and the privileges that they
 * tell of. docs/guests.md */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_GUEST_CPUID_H
#define CORE_GUEST_CPUID_H

#include "../lib/asm.h"

#include <stdbool.h>
#include <stdint.h>

struct partition;

/* Whether the partition has MSRs and hypercalls of ours: "Hv#1". */
bool guest_has_interface(const struct partition *partition);

/* What follows from the properties SYNTHETIC_FEATURES and PRIVILEGE_FLAGS. With
 * the partition's lock, before there are VPs. */
void guest_set_privileges(struct partition *partition);

/* A leaf from 0x40000000 on; zeros where there is none. */
struct cpuid guest_cpuid(const struct partition *partition, uint32_t leaf);

#endif
