/* Which of the machine's MSRs the parent may write. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_MSR_LIST_H
#define X86_MSR_LIST_H

#include <stdbool.h>
#include <stdint.h>

/* Whether what is written can only be the parent's own matter. */
bool msr_list_is_free(uint32_t msr);

/* The bits that may be changed of another one; 0: none. */
uint64_t msr_list_bits(uint32_t msr);

#endif
