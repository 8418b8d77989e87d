/* A VP's registers: by its register page, else by hypercalls. */
/* SPDX-License-Identifier: MIT */
#include "registers.h"

#include <string.h>

#include "mshv.h"

#define CR0_ET		0x10ull
#define CR0_NW_CD	0x60000000ull
#define CR0_PG		0x80000000ull
#define CR4_PAE		0x20ull
#define EFER_LME	0x100ull
#define RFLAGS_FIXED	0x2ull
/* APM v2 7.7.2: enabled, all memory write-back, as firmware leaves it. Linux
 * uses no PAT while MTRRs are off. */
#define MTRR_WRITE_BACK	0x806ull

#define CODE_64		0xa09b
#define CODE_32		0xc09b
#define DATA_32		0xc093
#define CODE_16		0x009b
#define DATA_16		0x0093
#define TSS_BUSY	0x008b
#define LDT		0x0082

static bool page_valid(const struct vp *vp)
{
	return vp->page && vp->page->valid &&
		vp->page->version == HV_REGISTER_PAGE_VERSION;
}

static void load_page(const struct hv_register_page *page, struct cpu *cpu)
{
	memcpy(cpu->gpr, page->gpr, sizeof(cpu->gpr));
	memcpy(cpu->segment, page->segment, sizeof(cpu->segment));
	cpu->rip = page->rip;
	cpu->rflags = page->rflags;
	cpu->cr0 = page->cr0;
	cpu->cr4 = page->cr4;
	cpu->efer = page->efer;
}

/* RAX to R15, RIP, RFLAGS; ES to GS; CR0, CR4, EFER. */
#define LOADED 27

static int load_calls(struct vp *vp, struct cpu *cpu)
{
	struct hv_register all[LOADED] = { 0 };
	unsigned int i;
	int error;

	for (i = 0; i < 18; i++)
		all[i].name = HV_X64_REGISTER_RAX + i;
	for (i = 0; i < 6; i++)
		all[18 + i].name = HV_X64_REGISTER_ES + i;
	all[24].name = HV_X64_REGISTER_CR0;
	all[25].name = HV_X64_REGISTER_CR4;
	all[26].name = HV_X64_REGISTER_EFER;
	error = mshv_get_registers(vp->fd, vp->index, all, LOADED);
	if (error)
		return error;
	for (i = 0; i < 16; i++)
		cpu->gpr[i] = all[i].value.reg64;
	cpu->rip = all[16].value.reg64;
	cpu->rflags = all[17].value.reg64;
	for (i = 0; i < 6; i++)
		cpu->segment[i] = all[18 + i].value.segment;
	cpu->cr0 = all[24].value.reg64;
	cpu->cr4 = all[25].value.reg64;
	cpu->efer = all[26].value.reg64;
	return 0;
}

int registers_load(struct vp *vp, struct cpu *cpu)
{
	cpu->cpl = vp->message.intercept.state & HV_STATE_CPL;
	if (!page_valid(vp))
		return load_calls(vp, cpu);
	load_page(vp->page, cpu);
	return 0;
}

int registers_store(struct vp *vp, const struct cpu *cpu)
{
	struct hv_register all[18] = { 0 };
	unsigned int i;

	if (page_valid(vp)) {
		memcpy(vp->page->gpr, cpu->gpr, sizeof(cpu->gpr));
		vp->page->rip = cpu->rip;
		vp->page->rflags = cpu->rflags;
		vp->page->dirty |=
			HV_DIRTY_GPR | HV_DIRTY_RIP | HV_DIRTY_RFLAGS;
		return 0;
	}
	for (i = 0; i < 18; i++)
		all[i].name = HV_X64_REGISTER_RAX + i;
	for (i = 0; i < 16; i++)
		all[i].value.reg64 = cpu->gpr[i];
	all[16].value.reg64 = cpu->rip;
	all[17].value.reg64 = cpu->rflags;
	return mshv_set_registers(vp->fd, vp->index, all, 18);
}

int registers_finish(struct vp *vp, uint64_t rax, uint64_t rip)
{
	struct hv_register both[2] = {
		{ .name = HV_X64_REGISTER_RAX, .value.reg64 = rax },
		{ .name = HV_X64_REGISTER_RIP, .value.reg64 = rip },
	};

	if (!page_valid(vp))
		return mshv_set_registers(vp->fd, vp->index, both, 2);
	vp->page->gpr[0] = rax;
	vp->page->rip = rip;
	vp->page->dirty |= HV_DIRTY_GPR | HV_DIRTY_RIP;
	return 0;
}

int registers_inject(struct vp *vp, const struct fault *fault)
{
	struct hv_register both[2] = {
		{ .name = HV_X64_REGISTER_CR2,
		  .value.reg64 = fault->address },
		{ .name = HV_REGISTER_PENDING_INTERRUPTION },
	};
	uint64_t event = HV_PENDING | HV_PENDING_EXCEPTION |
		(uint64_t)fault->vector << 16;
	bool page_fault = fault->vector == VECTOR_PF;

	if (fault->has_code)
		event |= HV_PENDING_ERROR_CODE | (uint64_t)fault->code << 32;
	both[1].value.reg64 = event;
	return mshv_set_registers(vp->fd, vp->index,
		page_fault ? both : both + 1, page_fault ? 2 : 1);
}

static struct hv_register plain(uint32_t name, uint64_t value)
{
	return (struct hv_register){ .name = name, .value.reg64 = value };
}

static struct hv_register segment(uint32_t name, uint64_t base,
	uint32_t limit, unsigned int selector, unsigned int attributes)
{
	return (struct hv_register){
		.name = name,
		.value.segment = { base, limit, selector, attributes },
	};
}

static struct hv_register table(
	uint32_t name, uint64_t base, unsigned int limit)
{
	return (struct hv_register){
		.name = name,
		.value.table = { .limit = limit, .base = base },
	};
}

/* CR4 and EFER before CR0: paging begins with what it needs. */
int registers_start(struct vp *vp, const struct start *start)
{
	struct hv_register all[MSHV_REGISTERS];
	unsigned int count = 0, i;
	bool wide = start->long_mode;

	all[count++] = table(HV_X64_REGISTER_GDTR, START_GDT, 4 * 8 - 1);
	all[count++] = table(HV_X64_REGISTER_IDTR, 0, 0);
	all[count++] = segment(HV_X64_REGISTER_CS, 0, UINT32_MAX, START_CODE,
		wide ? CODE_64 : CODE_32);
	for (i = HV_X64_REGISTER_ES; i <= HV_X64_REGISTER_GS; i++)
		if (i != HV_X64_REGISTER_CS)
			all[count++] = segment(
				i, 0, UINT32_MAX, START_DATA, DATA_32);
	all[count++] = segment(HV_X64_REGISTER_TR, 0, 0x67, 0, TSS_BUSY);
	all[count++] = segment(HV_X64_REGISTER_LDTR, 0, 0xffff, 0, LDT);
	all[count++] = plain(HV_X64_REGISTER_MTRR_DEFAULT, MTRR_WRITE_BACK);
	all[count++] = plain(HV_X64_REGISTER_CR4, wide ? CR4_PAE : 0);
	all[count++] = plain(HV_X64_REGISTER_CR3, start->cr3);
	all[count++] = plain(HV_X64_REGISTER_EFER,
		wide ? EFER_LME | EFER_LMA : 0);
	all[count++] = plain(HV_X64_REGISTER_CR0,
		CR0_PE | CR0_ET | (wide ? CR0_PG : 0));
	for (i = 0; i < 16; i++)
		all[count++] = plain(HV_X64_REGISTER_RAX + i,
			i == 3 ? start->rbx : i == 4 ? start->rsp :
			i == 6 ? start->rsi : 0);
	all[count++] = plain(HV_X64_REGISTER_RIP, start->rip);
	all[count++] = plain(HV_X64_REGISTER_RFLAGS, RFLAGS_FIXED);
	return mshv_set_registers(vp->fd, vp->index, all, count);
}

/* APM v2 14.1.3: real mode, at the end of 4 GB. */
int registers_start_firmware(struct vp *vp)
{
	struct hv_register all[MSHV_REGISTERS];
	unsigned int count = 0, i;

	all[count++] = table(HV_X64_REGISTER_GDTR, 0, 0xffff);
	all[count++] = table(HV_X64_REGISTER_IDTR, 0, 0xffff);
	all[count++] = segment(HV_X64_REGISTER_CS, 0xffff0000, 0xffff, 0xf000,
		CODE_16);
	for (i = HV_X64_REGISTER_ES; i <= HV_X64_REGISTER_GS; i++)
		if (i != HV_X64_REGISTER_CS)
			all[count++] = segment(i, 0, 0xffff, 0, DATA_16);
	all[count++] = segment(HV_X64_REGISTER_TR, 0, 0xffff, 0, TSS_BUSY);
	all[count++] = segment(HV_X64_REGISTER_LDTR, 0, 0xffff, 0, LDT);
	all[count++] = plain(HV_X64_REGISTER_CR3, 0);
	for (i = 0; i < 16; i++)
		all[count++] = plain(HV_X64_REGISTER_RAX + i, 0);
	all[count++] = plain(HV_X64_REGISTER_RIP, 0xfff0);
	all[count++] = plain(HV_X64_REGISTER_RFLAGS, RFLAGS_FIXED);
	return mshv_set_registers(vp->fd, vp->index, all, count);
}

static int reset_apic(struct vp *vp)
{
	struct hv_lapic lapic;
	int error = mshv_get_lapic(vp->fd, &lapic);
	uint32_t id = lapic.id, version = lapic.version;

	if (error)
		return error;
	/* SDM v3 11.4.7.1: the state after reset. */
	memset(&lapic, 0, sizeof(lapic));
	lapic.id = id;
	lapic.version = version;
	lapic.dfr = UINT32_MAX;
	lapic.spurious = 0xff;
	lapic.lvt_timer = lapic.lvt_thermal = lapic.lvt_perfmon = 1 << 16;
	lapic.lvt_lint0 = lapic.lvt_lint1 = lapic.lvt_error = 1 << 16;
	lapic.lvt_cmci = 1 << 16;
	return mshv_set_lapic(vp->fd, &lapic);
}

/* The pages that the guest has laid over its memory go, and with them what is
 * still in the slots: the next guest must not find it. */
static int reset_synic(struct vp *vp)
{
	struct hv_register all[MSHV_REGISTERS];
	unsigned int count = 0, i;
	int error;

	all[count++] = plain(HV_REGISTER_SCONTROL, 0);
	all[count++] = plain(HV_REGISTER_SIMP, 0);
	all[count++] = plain(HV_REGISTER_SIEFP, 0);
	for (i = 0; i < 16; i++)
		all[count++] = plain(HV_REGISTER_SINT0 + i, HV_SINT_MASKED);
	for (i = 0; i < 8; i++)
		all[count++] = plain(HV_REGISTER_STIMER0_CONFIG + i, 0);
	all[count++] = plain(HV_REGISTER_VP_ASSIST_PAGE, 0);
	error = mshv_set_registers(vp->fd, vp->index, all, count);
	return error ? error : mshv_clear_synic(vp->fd);
}

/* Those of the partition, by way of its first VP. */
static int reset_interface(struct vp *vp)
{
	struct hv_register all[] = {
		plain(HV_REGISTER_REFERENCE_TSC, 0),
		plain(HV_REGISTER_HYPERCALL, 0),
		plain(HV_REGISTER_GUEST_OS_ID, 0),
	};

	if (vp->index)
		return 0;
	return mshv_set_registers(
		vp->fd, vp->index, all, sizeof(all) / sizeof(all[0]));
}

/* HV_INTERNAL_ACTIVITY: bit 0 waits for SIPI, bit 1 halted. From x2APIC mode a
 * way leads only to an APIC that is off (SDM v3 11.12.5). */
int registers_reset(struct vp *vp)
{
	struct hv_register all[] = {
		plain(HV_X64_REGISTER_CR0, CR0_ET | CR0_NW_CD),
		plain(HV_X64_REGISTER_CR4, 0),
		plain(HV_X64_REGISTER_EFER, 0),
		plain(HV_X64_REGISTER_MTRR_DEFAULT, 0),
		plain(HV_REGISTER_PENDING_INTERRUPTION, 0),
		plain(HV_REGISTER_INTERRUPT_STATE, 0),
		plain(HV_REGISTER_DELIVERABILITY, 0),
		plain(HV_X64_REGISTER_APIC_BASE,
			0xfee00000u | (vp->index ? 0 : 0x100)),
		plain(HV_X64_REGISTER_APIC_BASE,
			0xfee00800u | (vp->index ? 0 : 0x100)),
		plain(HV_REGISTER_INTERNAL_ACTIVITY_STATE, vp->index ? 1 : 0),
	};
	int error = mshv_set_registers(
		vp->fd, vp->index, all, sizeof(all) / sizeof(all[0]));

	if (!error)
		error = reset_synic(vp);
	if (!error)
		error = reset_interface(vp);
	return error ? error : reset_apic(vp);
}
