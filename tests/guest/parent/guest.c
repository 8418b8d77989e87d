/* Children that make hypercalls. */
/* SPDX-License-Identifier: MIT */
#include "guest.h"

#include "../../../hypervisor/abi/msr.h"
#include "call.h"
#include "report.h"
#include "run.h"

#define AT_CALL		(AT_CODE + 2)	/* behind OUT */
#define PATTERN(i)	(0x5a5a000000000000 + (i) * 0x111111111111)

extern const uint8_t child_interface[], child_interface_end[];
extern const uint8_t child_caller[], child_caller_end[];

void *guest_in(const struct child *child)
{
	return child->memory + AT_INPUT;
}

void *guest_out(const struct child *child)
{
	return child->memory + AT_OUTPUT;
}

void guest_ready(struct child *child, uint32_t vp, enum child_mode mode)
{
	child_start(child, vp, mode, child_caller, child_caller_end);
	EXPECT(child_until(child, vp, PORT_DONE) >> 32, 0);
}

uint32_t guest_offer(const struct child *child, uint32_t property,
	uint64_t value)
{
	struct hv_set_property_in in = {child->id, property, 0, value};

	return child_call(HVCALL_SET_PARTITION_PROPERTY, &in, sizeof(in));
}

bool guest_make_silent(struct child *child, unsigned int vps,
	uint64_t features)
{
	return child_make(child, 0, 0) && EXPECT(guest_offer(child,
		HV_PARTITION_SYNTHETIC_FEATURES, features),
		HV_STATUS_SUCCESS) && child_make_vps(child, vps);
}

bool guest_make(struct child *child, unsigned int vps, uint64_t features)
{
	if (!guest_make_silent(child, vps, features))
		return false;
	guest_enable(child);
	return true;
}

void guest_enable(struct child *child)
{
	child_start(child, 0, CHILD_LONG, child_interface,
		child_interface_end);
	child_set(child, 0, HV_REG_RAX + RUN_RBX, AT_HYPERCALL |
		HV_HYPERCALL_ENABLE);
	EXPECT(child_until(child, 0, PORT_DONE) >> 32, 0);
	guest_ready(child, 0, CHILD_LONG);
}

uint64_t guest_again(struct child *child, uint32_t vp)
{
	const volatile struct hv_message *message = child->message[vp];
	const volatile struct hv_io_intercept *io = (const volatile void *)
		message->payload;
	uint32_t result = child_run(child, vp);

	if (result != CHILD_INTERCEPT)
		return GUEST_ENDED | result;
	if (message->type != HV_MESSAGE_IO_PORT)
		return GUEST_MESSAGE | message->type;
	if (io->port == PORT_TRAP)
		return GUEST_TRAP | (uint8_t)io->rax;
	return io->rax;
}

static void fill(struct register_page *page, const uint64_t *gpr)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		page->gpr[i] = gpr[i];
	page->rip = AT_CALL;
	page->rflags = 2;
	page->dirty |= HV_DIRTY_GENERAL | HV_DIRTY_IP | HV_DIRTY_FLAGS;
}

static void start_values(uint64_t *gpr)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		gpr[i] = PATTERN(i);
	gpr[RUN_RSP] = AT_STACK;
}

/* The start index counts up; with output in registers others change. */
static void check_registers(const struct child *child, uint32_t vp,
	const uint64_t *before)
{
	bool is_fast = before[RUN_RCX] & HVCALL_FAST;
	unsigned int i;

	for (i = 1; i < 16; i++) {
		uint64_t got = child->registers[vp]->gpr[i];

		if (is_fast && (i == RUN_RDX || i == RUN_R8))
			continue;
		if (i == RUN_RCX && HVCALL_REPS(before[i]))
			got = (got & ~HVCALL_START_MASK) |
				(before[i] & HVCALL_START_MASK);
		EXPECT(got, before[i]);
	}
	EXPECT(child->registers[vp]->rflags, 2);
}

uint64_t guest_call(struct child *child, uint32_t vp, uint64_t control,
	uint64_t in, uint64_t out)
{
	uint64_t gpr[16], result;

	start_values(gpr);
	gpr[RUN_RCX] = control;
	gpr[RUN_RDX] = in;
	gpr[RUN_R8] = out;
	fill(child->registers[vp], gpr);
	result = guest_again(child, vp);
	if (!(result >> 48)) {
		EXPECT(result & 0xfffff000ffff0000, 0);
		check_registers(child, vp, gpr);
	}
	return result;
}

uint64_t guest_call_32(struct child *child, uint64_t control, uint64_t in,
	uint64_t out)
{
	const struct register_page *page = child->registers[0];
	uint64_t gpr[16], result;

	start_values(gpr);
	gpr[RUN_RDX] = control >> 32;
	gpr[RUN_RAX] = (uint32_t)control;
	gpr[RUN_RBX] = in >> 32;
	gpr[RUN_RCX] = (uint32_t)in;
	gpr[RUN_RDI] = out >> 32;
	gpr[RUN_RSI] = (uint32_t)out;
	fill(child->registers[0], gpr);
	result = guest_again(child, 0);
	if (result >> 48)
		return result;
	EXPECT((uint32_t)page->gpr[RUN_RBX], (uint32_t)gpr[RUN_RBX]);
	EXPECT((uint32_t)page->gpr[RUN_RCX], (uint32_t)gpr[RUN_RCX]);
	EXPECT((uint32_t)page->gpr[RUN_RDI], (uint32_t)gpr[RUN_RDI]);
	EXPECT((uint32_t)page->gpr[RUN_RSI], (uint32_t)gpr[RUN_RSI]);
	EXPECT((uint32_t)page->gpr[RUN_RBP], (uint32_t)gpr[RUN_RBP]);
	return page->gpr[RUN_RDX] << 32 | (uint32_t)page->gpr[RUN_RAX];
}
