/* The FPU and what else a child's VP has in the processor while it runs. The
 * parent's is saved at the start of a dispatch and comes back at its end; all
 * states there are, so that nothing of one is seen in the other.
 * SDM v1 13, APM v1 11.5. */
/* SPDX-License-Identifier: MIT */
#include "fpu.h"

#include "../core/child.h"
#include "../core/cpu.h"
#include "../core/machine.h"
#include "../core/page.h"
#include "../core/vp.h"
#include "../lib/asm.h"
#include "../lib/string.h"

#define MSR_TSC_AUX	0xc0000103
#define MSR_XSS		0xda0
#define CHILD_STATES	0xe7ull	/* x87, SSE, AVX, AVX-512 */
#define LEGACY_STATES	0x3ull
#define LEGACY_SIZE	512u
#define HEADER_SIZE	64u
#define COMPACT		(1ull << 63)	/* SDM v1 13.4.3 */
#define FCW_RESET	0x37f
#define MXCSR_RESET	0x1f80u
#define DR7_ENABLED	0xffull

/* The legacy area's fields, and the header behind it. */
struct area {
	uint16_t fcw, fsw;
	uint8_t ftw, reserved1;
	uint16_t fop;
	uint64_t fip, fdp;
	uint32_t mxcsr, mxcsr_mask;
	uint8_t registers[LEGACY_SIZE - 32];
	uint64_t states, compact, reserved2[6];
};
static_assert(sizeof(struct area) == LEGACY_SIZE + HEADER_SIZE, "13.4");

static uint64_t all_states SEALED;	/* of the processor; 0: no XSAVE */
static uint64_t child_states SEALED;
static uint32_t all_size SEALED;
static uint32_t mxcsr_valid SEALED;
static uint16_t offset[8] SEALED, size[8] SEALED;
static uint8_t aligned[8] SEALED;	/* to 64 bytes, when compacted */
static bool has_tsc_aux SEALED, has_xss SEALED;

static void fxsave(void *to)
{
	__asm__ volatile("fxsave64 (%0)" : : "r"(to) : "memory");
}

void fpu_init(void)
{
	static _Alignas(16) struct area now;
	struct cpuid leaf;
	unsigned int i;

	fxsave(&now);
	mxcsr_valid = now.mxcsr_mask ? now.mxcsr_mask : 0xffbf;
	has_tsc_aux = cpuid(0x80000001, 0).edx & 1u << 27;
	all_size = LEGACY_SIZE + HEADER_SIZE;
	child_states = LEGACY_STATES;
	if (!(cpuid(1, 0).ecx & 1u << 26))
		return;
	has_xss = cpuid(0xd, 1).eax & 1u << 3;
	leaf = cpuid(0xd, 0);
	all_states = leaf.eax | (uint64_t)leaf.edx << 32;
	all_size = leaf.ecx;
	for (i = 2; i < 8; i++) {
		leaf = cpuid(0xd, i);
		if (all_states & 1u << i) {
			size[i] = (uint16_t)leaf.eax;
			offset[i] = (uint16_t)leaf.ebx;
			aligned[i] = leaf.ecx >> 1 & 1;
		}
	}
	child_states = all_states & CHILD_STATES;
	/* All that fits into a page. */
	for (i = 2; i < 8; i++) {
		if (offset[i] + size[i] > HV_PAGE_SIZE)
			child_states &= ~(1ull << i);
	}
}

static uint64_t pages(void)
{
	return (all_size + HV_PAGE_SIZE - 1) / HV_PAGE_SIZE;
}

uint64_t fpu_room(void)
{
	return (pages() + 1) * HV_PAGE_SIZE;
}

void fpu_make(struct cpu *cpu)
{
	cpu->fpu = page_take_run(pages());
	cpu->spare = page_take_run(1);
}

uint64_t machine_fpu_states(void)
{
	return child_states;
}

uint32_t machine_fpu_size(uint64_t states)
{
	uint32_t end = LEGACY_SIZE + HEADER_SIZE;
	unsigned int i;

	for (i = 2; i < 8; i++) {
		if (states & 1u << i && offset[i] + size[i] > (int)end)
			end = offset[i] + size[i];
	}
	return end;
}

void machine_fpu_reset(void *to)
{
	struct area *area = to;

	memset(area, 0, HV_PAGE_SIZE);
	area->fcw = FCW_RESET;
	area->mxcsr = MXCSR_RESET;
	/* Without XSAVE there is no header: the fields are what counts. */
}

bool machine_mxcsr_valid(uint32_t mxcsr)
{
	return !(mxcsr & ~mxcsr_valid);
}

static bool is_valid(const struct area *area, uint64_t states)
{
	unsigned int i;

	if (area->states & ~states || !machine_mxcsr_valid(area->mxcsr))
		return false;
	for (i = 0; i < sizeof(area->reserved2) / 8; i++) {
		if (area->reserved2[i])
			return false;
	}
	return true;
}

/* The state's place in the compacted form, end being that of the states before
 * it. */
static uint32_t place(unsigned int i, uint32_t end)
{
	return aligned[i] ? (end + 63) & ~63u : end;
}

void machine_fpu_compact(void *to, const void *from, uint64_t states)
{
	uint32_t end = LEGACY_SIZE + HEADER_SIZE;
	struct area *area = to;
	unsigned int i;

	memset(to, 0, HV_PAGE_SIZE);
	memcpy(to, from, end);
	area->compact = COMPACT | states;
	for (i = 2; i < 8; i++) {
		if (!(states & 1u << i))
			continue;
		end = place(i, end);
		if (area->states & 1u << i)
			memcpy((char *)to + end, (const char *)from +
				offset[i], size[i]);
		end += size[i];
	}
}

bool machine_fpu_expand(void *to, const void *from, uint64_t states)
{
	uint32_t end = LEGACY_SIZE + HEADER_SIZE;
	const struct area *area = from;
	uint64_t form = area->compact;
	unsigned int i;

	/* The legacy states have their place whether they are named or not. */
	if (!(form & COMPACT) || form & ~states & ~COMPACT ||
			area->states & ~form & ~LEGACY_STATES ||
			!is_valid(area, states))
		return false;
	memset(to, 0, HV_PAGE_SIZE);
	memcpy(to, from, end);
	((struct area *)to)->compact = 0;
	for (i = 2; i < 8; i++) {
		if (!(form & 1u << i))
			continue;
		end = place(i, end);
		memcpy((char *)to + offset[i], (const char *)from + end,
			size[i]);
		end += size[i];
	}
	return true;
}

void machine_fpu_note(void *to, uint64_t states)
{
	struct area *area = to;

	/* What was in its first state is now what the area says. */
	if (!(area->states & 1) && states & 1)
		area->fcw = area->fcw ? area->fcw : FCW_RESET;
	area->states |= states;
}

static void save(void *to, uint64_t states)
{
	if (!all_states) {
		fxsave(to);
		return;
	}
	__asm__ volatile("xsave64 (%0)" : : "r"(to), "a"((uint32_t)states),
		"d"((uint32_t)(states >> 32)) : "memory");
}

static void restore(const void *from)
{
	if (!all_states) {
		__asm__ volatile("fxrstor64 (%0)" : : "r"(from) : "memory");
		return;
	}
	__asm__ volatile("xrstor64 (%0)" : : "r"(from),
		"a"((uint32_t)all_states), "d"((uint32_t)(all_states >> 32)) :
		"memory");
}

static void read_debug(uint64_t dr[4])
{
	__asm__ volatile("mov %%db0, %0; mov %%db1, %1; mov %%db2, %2; "
		"mov %%db3, %3" : "=r"(dr[0]), "=r"(dr[1]), "=r"(dr[2]),
		"=r"(dr[3]));
}

static void write_debug(const uint64_t dr[4])
{
	__asm__ volatile("mov %0, %%db0; mov %1, %%db1; mov %2, %%db2; "
		"mov %3, %%db3" : : "r"(dr[0]), "r"(dr[1]), "r"(dr[2]),
		"r"(dr[3]));
}

void machine_load_debug(struct vp *vp)
{
	struct child *child = vp->child;

	if (child->dr_loaded)
		return;
	read_debug(vp->cpu->dr);
	write_debug(child->dr);
	child->dr_loaded = true;
}

void machine_set_tsc_aux(struct vp *vp, uint64_t value)
{
	vp->child->tsc_aux = value;
	wrmsr(MSR_TSC_AUX, value);
}

static void set_xcr0(uint64_t *now, uint64_t value)
{
	if (*now != value)
		write_xcr0(value);
	*now = value;
}

void machine_child_enter(struct vp *vp)
{
	struct cpu *cpu = vp->cpu;
	struct child *child = vp->child;
	uint64_t now = 0;

	if (all_states) {
		now = cpu->xcr0 = read_xcr0();
		set_xcr0(&now, all_states);
	}
	save(cpu->fpu, all_states);
	restore(child->fpu);
	if (all_states)
		set_xcr0(&now, child->xcr0);
	/* A child has XSAVES whatever its CPUID says, but no state for it. */
	if (has_xss) {
		cpu->xss = rdmsr(MSR_XSS);
		if (cpu->xss)
			wrmsr(MSR_XSS, 0);
	}
	if (has_tsc_aux) {
		cpu->tsc_aux = rdmsr(MSR_TSC_AUX);
		if (cpu->tsc_aux != child->tsc_aux)
			wrmsr(MSR_TSC_AUX, child->tsc_aux);
	}
	child->dr_loaded = false;
	if (vp_ops->get(vp, VP_DR7) & DR7_ENABLED)
		machine_load_debug(vp);
}

void machine_child_leave(struct vp *vp)
{
	struct cpu *cpu = vp->cpu;
	struct child *child = vp->child;
	uint64_t now = child->xcr0;

	if (all_states)
		set_xcr0(&now, all_states);
	save(child->fpu, all_states & machine_fpu_states());
	restore(cpu->fpu);
	if (all_states)
		set_xcr0(&now, cpu->xcr0);
	if (has_xss && cpu->xss)
		wrmsr(MSR_XSS, cpu->xss);
	if (has_tsc_aux && cpu->tsc_aux != child->tsc_aux)
		wrmsr(MSR_TSC_AUX, cpu->tsc_aux);
	if (child->dr_loaded) {
		read_debug(child->dr);
		write_debug(cpu->dr);
	}
	child->dr_loaded = false;
}

/* Nothing else here touches them: the compiler is told to leave them alone. */
void machine_get_xmm(void *to)
{
	__asm__ volatile("movups %%xmm0, (%0); movups %%xmm1, 16(%0); "
		"movups %%xmm2, 32(%0); movups %%xmm3, 48(%0); "
		"movups %%xmm4, 64(%0); movups %%xmm5, 80(%0)" : : "r"(to) :
		"memory");
}

void machine_set_xmm(const void *from)
{
	__asm__ volatile("movups (%0), %%xmm0; movups 16(%0), %%xmm1; "
		"movups 32(%0), %%xmm2; movups 48(%0), %%xmm3; "
		"movups 64(%0), %%xmm4; movups 80(%0), %%xmm5" : : "r"(from) :
		"memory");
}
