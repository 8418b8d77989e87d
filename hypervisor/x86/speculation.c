/* Speculative execution across the borders of partitions. */
/* SPDX-License-Identifier: MIT */
#include "speculation.h"

#include "../core/log.h"
#include "../core/machine.h"
#include "../lib/asm.h"
#include "offsets.h"

#include <assert.h>
#include <stddef.h>

static_assert(offsetof(struct speculation, fill_returns) ==
	SPECULATION_FILL, "offsets.h");
static_assert(offsetof(struct speculation, clear_buffers) ==
	SPECULATION_CLEAR, "offsets.h");

#define MSR_EFER	0xc0000080
#define EFER_AUTO_IBRS	(1ull << 21)
#define MSR_PRED_CMD	0x49
#define PRED_IBPB	1

/* CPUID 8000_0008, EBX. APM v3, appendix E */
#define HAS_IBPB	(1u << 12)
/* CPUID 8000_0021, EAX and ECX */
#define HAS_VERW_CLEAR	(1u << 5)
#define HAS_AUTO_IBRS	(1u << 8)
#define TSA_SQ_NO	(1u << 1)
#define TSA_L1_NO	(1u << 2)

struct speculation speculation SEALED;

void speculation_init(bool off)
{
	uint32_t last = cpuid(0x80000000, 0).eax;
	struct cpuid more = {0};

	if (off) {
		log_line("Speculation: nothing is done (speculation=off).");
		return;
	}
	if (last >= 0x80000021)
		more = cpuid(0x80000021, 0);
	speculation.automatic = !!(more.eax & HAS_AUTO_IBRS);
	speculation.fill_returns = !speculation.automatic;
	speculation.clear_buffers = more.eax & HAS_VERW_CLEAR &&
		(more.ecx & (TSA_SQ_NO | TSA_L1_NO)) !=
		(TSA_SQ_NO | TSA_L1_NO);
	speculation.barrier = last >= 0x80000008 &&
		cpuid(0x80000008, 0).ebx & HAS_IBPB;
	log_line("Speculation: branches guarded by %s%s%s%s.",
		speculation.automatic ? "automatic IBRS" : "retpolines",
		speculation.fill_returns ? ", return buffer filled at exits" :
		"",
		speculation.clear_buffers ? ", VERW at entries" : "",
		speculation.barrier ? ", IBPB between partitions" :
		", no IBPB: new microcode may have it");
}

void speculation_enable(void)
{
	if (speculation.automatic)
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_AUTO_IBRS);
}

void machine_switch(void)
{
	if (speculation.barrier)
		wrmsr(MSR_PRED_CMD, PRED_IBPB);
}
