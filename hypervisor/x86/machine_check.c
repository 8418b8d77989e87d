/* What the processor's machine check registers say. */
/* SPDX-License-Identifier: MIT */
#include "machine_check.h"

#include "../core/log.h"
#include "trap.h"

#include <stdint.h>

#define MSR_MCG_CAP	0x179
#define MSR_MCG_STATUS	0x17a
#define MSR_BANK(n)	(0x400 + 4 * (n))	/* control, status, address */
#define STATUS_VALID	(1ull << 63)

static void log_bank(uint32_t bank)
{
	uint64_t status, address = 0;

	if (!trap_rdmsr(MSR_BANK(bank) + 1, &status) ||
			!(status & STATUS_VALID))
		return;
	trap_rdmsr(MSR_BANK(bank) + 2, &address);
	log_line("Machine check bank %u: status %016lx, address %016lx.",
		bank, status, address);
}

void machine_check_log(void)
{
	uint64_t banks, status;
	uint32_t i;

	if (!trap_rdmsr(MSR_MCG_CAP, &banks) ||
			!trap_rdmsr(MSR_MCG_STATUS, &status))
		return;
	log_line("Machine check: global status %lx.", status);
	for (i = 0; i < (uint8_t)banks; i++)
		log_bank(i);
}
