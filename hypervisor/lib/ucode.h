/* AMD microcode containers: finding the patch for a processor. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef LIB_UCODE_H
#define LIB_UCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ucode_patch;

/* Whether the file begins as a container does, or as a cpio archive with one
 * at kernel/x86/microcode/AuthenticAMD.bin. */
bool ucode_amd_is_container(const void *file, size_t size);

/* The newest patch for the processor with this CPUID 1 EAX that is newer than
 * the revision it has; NULL when there is none. No byte past size is read;
 * the patch lies whole in the file. */
const struct ucode_patch *ucode_amd_find(const void *file, size_t size,
	uint32_t signature, uint32_t revision, size_t *patch_size);

#endif
