/* The bitmaps that say which MSRs and I/O ports of the parent exit. */
/* SPDX-License-Identifier: MIT */
#include "../../core/machine.h"
#include "../../core/page.h"
#include "../parent_io.h"
#include "../parent_msr.h"
#include "svm.h"

#define MSRPM_SIZE	0x2000
/* A bit for each port, and three for what an access of four bytes at the last
 * one touches: APM v2 15.10.1. Three pages, taken as four. */
#define IOPM_SIZE	0x4000

#define MSR_READ	1u
#define MSR_WRITE	2u

uint8_t *svm_msrpm SEALED, *svm_iopm SEALED;

/* Two bits for each MSR in three ranges; those outside exit always. APM v2
 * 15.11 */
static void intercept_msr(uint32_t msr, unsigned int what)
{
	uint32_t base = msr >= 0xc0010000 ? 0x1000 :
		msr >= 0xc0000000 ? 0x800 : 0;
	uint32_t bit = (msr & 0x1fff) * 2;

	svm_msrpm[base + bit / 8] |= (uint8_t)(what << bit % 8);
}

/* Writes exit but for those that need not; reads do not but for a few. */
static void fill_msrs(uint32_t first)
{
	uint32_t msr;

	for (msr = first; msr < first + 0x2000; msr++) {
		if (!parent_msr_may_write(msr))
			intercept_msr(msr, MSR_WRITE);
		if (!parent_msr_may_read(msr))
			intercept_msr(msr, MSR_READ);
	}
}

static void intercept_port(uint16_t port)
{
	svm_iopm[port / 8] |= (uint8_t)(1u << port % 8);
}

void svm_maps_init(void)
{
	svm_msrpm = page_take_aligned(MSRPM_SIZE);
	fill_msrs(0);
	fill_msrs(0xc0000000);
	fill_msrs(0xc0010000);
	svm_iopm = page_take_aligned(IOPM_SIZE);
	parent_io_each(intercept_port);
}
