/* The memory type range registers, as far as they are about our memory: in
 * another type than write-back it is slow, and what two processors see of it
 * may differ. APM v2 7.7. */
/* SPDX-License-Identifier: MIT */
#include "mtrr.h"

#include "../core/machine.h"
#include "../lib/asm.h"
#include "trap.h"

#define MSR_CAPABILITY	0xfe
#define MSR_VARIABLE	0x200		/* base, mask; the next pair */
#define MSR_DEFAULT	0x2ff
#define COUNT(value)	((uint8_t)(value))
#define MASK_VALID	(1ull << 11)
#define PAGES		0x000ffffffffff000ull
/* Default type: MTRRs on, and the type. */
#define DEFAULT_KEPT	0x8ffull
#define DEFAULT_ON	(1ull << 11)

#define CR0_CD		(1ull << 30)
#define PAIRS_MAX	32
#define FIXED		(sizeof(fixed) / sizeof(*fixed))

static const uint16_t fixed[] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
	0x26b, 0x26c, 0x26d, 0x26e, 0x26f};

static struct {
	uint32_t end;		/* of the variable ones; 0: no MTRRs */
	uint64_t variable[2 * PAIRS_MAX], fixed[FIXED], type;
} boot SEALED;

static uint32_t variable_end(void)
{
	uint64_t capability;

	if (!trap_rdmsr(MSR_CAPABILITY, &capability))
		return MSR_VARIABLE;
	return MSR_VARIABLE + 2u * COUNT(capability);
}

void mtrr_save(void)
{
	uint32_t msr;
	unsigned int i;

	boot.end = variable_end();
	if (boot.end > MSR_VARIABLE + 2 * PAIRS_MAX)
		boot.end = MSR_VARIABLE + 2 * PAIRS_MAX;
	if (!trap_rdmsr(MSR_DEFAULT, &boot.type)) {
		boot.end = 0;
		return;
	}
	for (msr = MSR_VARIABLE; msr < boot.end; msr++)
		boot.variable[msr - MSR_VARIABLE] = rdmsr(msr);
	for (i = 0; i < FIXED; i++)
		boot.fixed[i] = rdmsr(fixed[i]);
}

static bool is_same(void)
{
	uint32_t msr;
	unsigned int i;

	for (msr = MSR_VARIABLE; msr < boot.end; msr++) {
		if (rdmsr(msr) != boot.variable[msr - MSR_VARIABLE])
			return false;
	}
	for (i = 0; i < FIXED; i++) {
		if (rdmsr(fixed[i]) != boot.fixed[i])
			return false;
	}
	return rdmsr(MSR_DEFAULT) == boot.type;
}

static void write_all(void)
{
	uint32_t msr;
	unsigned int i;

	wrmsr(MSR_DEFAULT, rdmsr(MSR_DEFAULT) & ~DEFAULT_ON);
	for (msr = MSR_VARIABLE; msr < boot.end; msr++)
		wrmsr(msr, boot.variable[msr - MSR_VARIABLE]);
	for (i = 0; i < FIXED; i++)
		wrmsr(fixed[i], boot.fixed[i]);
	wrmsr(MSR_DEFAULT, boot.type);
}

/* With the caches off and empty: APM v2 7.7.6, SDM v3 12.11.8. */
void mtrr_load(void)
{
	uint64_t cr0 = read_cr0();

	if (!boot.end || is_same())
		return;
	write_cr0(cr0 | CR0_CD);
	wbinvd();
	write_cr3(read_cr3());
	write_all();
	wbinvd();
	write_cr3(read_cr3());
	write_cr0(cr0);
}

bool mtrr_is_one(uint32_t msr)
{
	return msr == MSR_DEFAULT || (msr >= MSR_VARIABLE &&
		msr < variable_end());
}

/* Whether the pair says something about our memory. A mask need not be that of
 * one block, so each page is looked at. */
static bool covers_own(uint64_t base, uint64_t mask)
{
	uint64_t at;
	unsigned int i;

	if (!(mask & MASK_VALID))
		return false;
	for (i = 0; i < 2; i++) {
		for (at = machine.own[i].start; at < machine.own[i].end;
				at += 0x1000) {
			if (!((at ^ base) & mask & PAGES))
				return true;
		}
	}
	return false;
}

/* A pair that covers our memory stays as it is, and none begins to. */
bool mtrr_may_write(uint32_t msr, uint64_t value)
{
	uint32_t pair = msr & ~1u;
	uint64_t base, mask;

	if (rdmsr(msr) == value)
		return true;
	if (msr == MSR_DEFAULT)
		return !((rdmsr(msr) ^ value) & DEFAULT_KEPT);
	base = rdmsr(pair);
	mask = rdmsr(pair + 1);
	if (covers_own(base, mask))
		return false;
	return msr & 1 ? !covers_own(base, value) : !covers_own(value, mask);
}
