/* Which of the machine's MSRs the parent may write: a list of what is allowed,
 * for each generation of processors has new ones that nobody here knows. */
/* SPDX-License-Identifier: MIT */
#include "msr_list.h"

#include <stddef.h>

/* First and last. Names as in APM v2 appendix A and the processors' PPR. */
static const struct {
	uint32_t first, last;
} free_ranges[] = {
	{0x048, 0x049},		/* SPEC_CTRL, PRED_CMD: this processor's */
	{0x10b, 0x10b},		/* FLUSH_CMD */
	{0x174, 0x176},		/* SYSENTER: VMSAVE keeps ours */
	{0x17a, 0x17b},		/* MCG_STATUS, MCG_CTL */
	{0x1d9, 0x1d9},		/* DEBUGCTL */
	{0x250, 0x250},		/* fixed MTRRs: below 1 MB none is ours */
	{0x258, 0x259},
	{0x268, 0x26f},
	{0x277, 0x277},		/* PAT: the VMCB has the parent's own */
	{0x400, 0x4ff},		/* machine check banks */
	{0x6a0, 0x6a0},		/* U_CET, S_CET, PL0_SSP to ISST_ADDR */
	{0x6a2, 0x6a2},
	{0x6a4, 0x6a8},
	{0x808, 0x808},		/* x2APIC: TPR, EOI, ESR, self IPI */
	{0x80b, 0x80b},
	{0x828, 0x828},
	{0x83f, 0x83f},
	{0xda0, 0xda0},		/* XSS */
	{0xc0000081, 0xc0000084},	/* STAR to SFMASK */
	{0xc0000100, 0xc0000103},	/* FS, GS, KERNEL_GS; TSC_AUX */
	{0xc000010e, 0xc000010f},	/* last branches: select, control */
	{0xc0000300, 0xc0000303},	/* performance: global control */
	{0xc0000408, 0xc0000410},	/* machine check thresholds */
	{0xc0002000, 0xc0002fff},	/* scalable machine check banks */
	{0xc0010000, 0xc0010007},	/* performance counters */
	{0xc0010044, 0xc001004a},	/* machine check masks */
	{0xc0010062, 0xc0010062},	/* P-state that is asked for */
	{0xc0010200, 0xc001020f},	/* performance: core, cache, bridge */
	{0xc0010230, 0xc001024f},
	{0xc00102b1, 0xc00102b1},	/* CPPC: enable, request */
	{0xc00102b3, 0xc00102b3},
	{0xc0010300, 0xc001031f},	/* last branches */
	{0xc0010400, 0xc001043f},	/* scalable machine check masks */
	{0xc0011019, 0xc001101b},	/* address masks of breakpoints */
	{0xc0011027, 0xc0011027},
	{0xc0011030, 0xc001103d},	/* instruction-based sampling */
};

/* Switches against errors of processors, and features, that Linux throws. */
static const struct {
	uint32_t msr;
	uint64_t bits;
} some_bits[] = {
	/* SYSCFG: the fixed MTRRs' bits for memory, on and changeable */
	{0xc0010010, 1ull << 18 | 1ull << 19},
	/* HWCR: bank writes, TSC at P0, no boost, retired counter, CPUID
	 * for the kernel only */
	{0xc0010015, 1ull << 18 | 1ull << 24 | 1ull << 25 | 1ull << 30 |
		1ull << 35},
	/* NB_CFG: extended configuration by ports */
	{0xc001001f, 1ull << 46},
	/* VIRT_SPEC_CTRL: store bypass */
	{0xc001011f, 1ull << 2},
	/* LS_CFG: store bypass, of families 15h, 16h, 17h; 16h erratum 793 */
	{0xc0011020, 1ull << 54 | 1ull << 33 | 1ull << 10 | 1ull << 15},
	/* IC_CFG of family 15h: aliases in the instruction cache */
	{0xc0011021, 0x1e},
	/* FP_CFG: divider data of Zen (FPDSS) */
	{0xc0011028, 1ull << 9},
	/* DE_CFG: serializing LFENCE; Zen 2's register leak */
	{0xc0011029, 1ull << 1 | 1ull << 9},
	/* BP_CFG of Zen 4: shared branch targets, reduced speculation */
	{0xc001102e, 1ull << 4 | 1ull << 5},
	/* Zen 2: non-branch predictions */
	{0xc00110e3, 1ull << 1},
};

bool msr_list_is_free(uint32_t msr)
{
	size_t i;

	for (i = 0; i < sizeof(free_ranges) / sizeof(*free_ranges); i++) {
		if (msr >= free_ranges[i].first && msr <= free_ranges[i].last)
			return true;
	}
	return false;
}

uint64_t msr_list_bits(uint32_t msr)
{
	size_t i;

	for (i = 0; i < sizeof(some_bits) / sizeof(*some_bits); i++) {
		if (some_bits[i].msr == msr)
			return some_bits[i].bits;
	}
	return 0;
}
