/* Microcode. */
/* SPDX-License-Identifier: MIT */
#include "microcode.h"

#include "../core/log.h"
#include "../lib/asm.h"
#include "../lib/ucode.h"
#include "trap.h"

#define MSR_PATCH_LEVEL		0x8b
#define MSR_PATCH_LOADER	0xc0010020	/* APM v2, appendix A */

static const struct ucode_patch *patch;

static uint32_t revision(void)
{
	return (uint32_t)rdmsr(MSR_PATCH_LEVEL);
}

const char *microcode_find(const struct module *module)
{
	const void *file = (const void *)module->start;
	size_t size;

	if (!module->size)
		return NULL;
	if (!ucode_amd_is_container(file, module->size))
		return "The third module is no microcode container: leave it out or write the medium anew.";
	patch = ucode_amd_find(file, module->size, cpuid(1, 0).eax,
		revision(), &size);
	return NULL;
}

void microcode_load(void)
{
	uint32_t before = revision();

	if (!patch)
		return;
	if (!trap_wrmsr(MSR_PATCH_LOADER, (uint64_t)patch))
		log_line("The processor refuses its microcode patch.");
	else if (revision() != before)
		log_line("Microcode %x, was %x.", revision(), before);
}
