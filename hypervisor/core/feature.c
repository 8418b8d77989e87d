/* Processor features of partitions: which bit of which bank is which bit of
 * CPUID. */
/* SPDX-License-Identifier: MIT */
#include "feature.h"

#include "child_cpuid.h"
#include "partition.h"

enum { EAX, EBX, ECX, EDX };

/* hv_partition_processor_features and .._xsave_features. A feature that has no
 * line is one that no child has. */
static const struct feature {
	uint8_t bank, bit;
	uint8_t reg, at;
	uint32_t leaf;
} features[] = {
	{0, 0, ECX, 0, 1},		/* SSE3 */
	{0, 1, ECX, 0, 0x80000001},	/* LAHF and SAHF */
	{0, 2, ECX, 9, 1},		/* SSSE3 */
	{0, 3, ECX, 19, 1},		/* SSE4.1 */
	{0, 4, ECX, 20, 1},		/* SSE4.2 */
	{0, 5, ECX, 6, 0x80000001},	/* SSE4A */
	{0, 6, ECX, 11, 0x80000001},	/* XOP */
	{0, 7, ECX, 23, 1},		/* POPCNT */
	{0, 8, ECX, 13, 1},		/* CMPXCHG16B */
	{0, 9, ECX, 4, 0x80000001},	/* LOCK MOV CR0 */
	{0, 10, ECX, 5, 0x80000001},	/* LZCNT */
	{0, 11, ECX, 7, 0x80000001},	/* misaligned SSE */
	{0, 12, EDX, 22, 0x80000001},	/* MMX extensions */
	{0, 13, EDX, 31, 0x80000001},	/* 3DNow! */
	{0, 14, EDX, 30, 0x80000001},
	{0, 15, EDX, 26, 0x80000001},	/* 1 GB pages */
	{0, 16, ECX, 25, 1},		/* AES */
	{0, 17, ECX, 1, 1},		/* PCLMULQDQ */
	{0, 18, ECX, 17, 1},		/* PCID */
	{0, 19, ECX, 16, 0x80000001},	/* FMA4 */
	{0, 20, ECX, 29, 1},		/* F16C */
	{0, 21, ECX, 30, 1},		/* RDRAND */
	{0, 22, EBX, 0, 7},		/* FSGSBASE */
	{0, 23, EBX, 7, 7},		/* SMEP */
	{0, 24, EBX, 9, 7},		/* ERMS */
	{0, 25, EBX, 3, 7},		/* BMI1 */
	{0, 26, EBX, 8, 7},		/* BMI2 */
	{0, 29, ECX, 22, 1},		/* MOVBE */
	{0, 32, EBX, 18, 7},		/* RDSEED */
	{0, 33, EBX, 19, 7},		/* ADX */
	{0, 34, ECX, 8, 0x80000001},	/* PREFETCHW */
	{0, 35, EBX, 20, 7},		/* SMAP */
	{0, 38, EDX, 27, 0x80000001},	/* RDTSCP */
	{0, 39, EBX, 23, 7},		/* CLFLUSHOPT */
	{0, 40, EBX, 24, 7},		/* CLWB */
	{0, 41, EBX, 29, 7},		/* SHA */
	{0, 42, EBX, 2, 0x80000008},	/* x87 pointers are saved always */
	{0, 43, EBX, 10, 7},		/* INVPCID */
	{0, 46, EBX, 12, 0x80000008},	/* IBPB */
	{0, 49, EDX, 4, 7},		/* fast short REP MOVSB */
	{0, 57, ECX, 22, 7},		/* RDPID */
	{0, 58, ECX, 2, 7},		/* UMIP */
	{1, 1, EDX, 8, 0x80000007},	/* the TSC's rate is constant */
	{1, 2, EBX, 0, 0x80000008},	/* CLZERO */
	{1, 16, EDX, 14, 7},		/* SERIALIZE */
	{1, 17, ECX, 24, 1},		/* TSC deadline */
	{1, 18, EBX, 1, 7},		/* TSC_ADJUST */
	{FEATURE_XSAVE, 0, ECX, 26, 1},
	{FEATURE_XSAVE, 2, ECX, 28, 1},	/* AVX */
	{FEATURE_XSAVE, 3, EBX, 5, 7},	/* AVX2 */
	{FEATURE_XSAVE, 4, ECX, 12, 1},	/* FMA */
	{FEATURE_XSAVE, 6, EBX, 16, 7},	/* AVX512F, DQ, CD, BW, VL */
	{FEATURE_XSAVE, 7, EBX, 17, 7},
	{FEATURE_XSAVE, 8, EBX, 28, 7},
	{FEATURE_XSAVE, 9, EBX, 30, 7},
	{FEATURE_XSAVE, 10, EBX, 31, 7},
	{FEATURE_XSAVE, 14, ECX, 12, 7},	/* BITALG */
	{FEATURE_XSAVE, 15, EBX, 21, 7},	/* IFMA */
	{FEATURE_XSAVE, 16, ECX, 1, 7},		/* VBMI, VBMI2, VNNI */
	{FEATURE_XSAVE, 17, ECX, 6, 7},
	{FEATURE_XSAVE, 18, ECX, 11, 7},
	{FEATURE_XSAVE, 19, ECX, 8, 7},		/* GFNI */
	{FEATURE_XSAVE, 20, ECX, 9, 7},		/* VAES */
	{FEATURE_XSAVE, 21, ECX, 14, 7},	/* VPOPCNTDQ */
	{FEATURE_XSAVE, 22, ECX, 10, 7},	/* VPCLMULQDQ */
	{FEATURE_XSAVE, 24, EDX, 8, 7},		/* VP2INTERSECT */
};
#define FEATURES (sizeof(features) / sizeof(*features))

static uint32_t *reg_of(struct cpuid *r, uint8_t reg)
{
	switch (reg) {
	case EAX:
		return &r->eax;
	case EBX:
		return &r->ebx;
	case ECX:
		return &r->ecx;
	}
	return &r->edx;
}

uint64_t feature_all(unsigned int bank)
{
	uint64_t all = 0;
	uint32_t i;

	for (i = 0; i < FEATURES; i++) {
		const struct feature *feature = &features[i];
		struct cpuid r = child_cpuid_offered(feature->leaf);

		if (feature->bank == bank &&
				*reg_of(&r, feature->reg) >> feature->at & 1)
			all |= 1ull << feature->bit;
	}
	return all;
}

static uint64_t disabled(const struct partition *partition, unsigned int bank)
{
	return bank == FEATURE_XSAVE ? partition->disabled_xsave :
		partition->disabled_features[bank];
}

uint64_t feature_bank(const struct partition *partition, unsigned int bank)
{
	return feature_all(bank) & ~disabled(partition, bank);
}

struct cpuid feature_limit(const struct partition *partition, uint32_t leaf,
	struct cpuid r)
{
	uint32_t i;

	for (i = 0; i < FEATURES; i++) {
		const struct feature *feature = &features[i];

		if (feature->leaf == leaf &&
				disabled(partition, feature->bank) >>
				feature->bit & 1)
			*reg_of(&r, feature->reg) &= ~(1u << feature->at);
	}
	return r;
}
