/* Children with a SynIC. */
/* SPDX-License-Identifier: MIT */
#include "synics.h"

#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "clock.h"
#include "cpu.h"
#include "memory.h"
#include "report.h"

#define CODE(name)	name, name##_end
#define CODE_IS(name) extern const uint8_t name[], name##_end[]
CODE_IS(child_face);
CODE_IS(child_message);
CODE_IS(child_wait);
CODE_IS(child_x2apic);

static void put(const struct child *child, uint32_t at, const uint8_t *from,
	const uint8_t *to)
{
	memcpy(child->memory + at, from, (size_t)(to - from));
}

bool synics_make(struct child *child, unsigned int region, uint64_t features,
	unsigned int vps)
{
	struct hv_set_property_in in = {.property =
		HV_PARTITION_SYNTHETIC_FEATURES, .value = features};
	unsigned int i;

	if (!child_make(child, region, 0))
		return false;
	in.partition_id = child->id;
	if (!EXPECT(child_call(HVCALL_SET_PARTITION_PROPERTY, &in,
			sizeof(in)), HV_STATUS_SUCCESS) ||
			!child_make_vps(child, vps))
		return false;
	for (i = 0; i < vps; i++) {
		child_start(child, i, CHILD_LONG, CODE(child_x2apic));
		EXPECT(child_until(child, i, PORT_DONE), 0x1ff);
		EXPECT(child_run(child, i), CHILD_BLOCKED);
	}
	put(child, AT_FACE, CODE(child_face));
	put(child, AT_WAITS, CODE(child_wait));
	return true;
}

void synics_handle(struct child *child, uint8_t vector)
{
	uint32_t at = AT_TAKES + (vector >> 4) * 64u;
	uint64_t *gate = (uint64_t *)(child->memory + AT_IDT + vector * 16);

	put(child, at, CODE(child_message));
	child->memory[at + 1] = vector;
	*gate = at | 8 << 16 | 0x8e0000000000;
}

void synics_on(struct child *child, uint32_t vp, uint64_t sint)
{
	EXPECT(child_set(child, vp, HV_REG_SIMP, AT_MESSAGES | 1),
		HV_STATUS_SUCCESS);
	EXPECT(child_set(child, vp, HV_REG_SIEFP, AT_FLAGS | 1),
		HV_STATUS_SUCCESS);
	EXPECT(child_set(child, vp, HV_REG_SINT0 + SYNICS_SINT, sint),
		HV_STATUS_SUCCESS);
	EXPECT(child_set(child, vp, HV_REG_SCONTROL, 1), HV_STATUS_SUCCESS);
	synics_handle(child, (uint8_t)sint);
}

void synics_wait(const struct child *child, uint32_t vp)
{
	child_set(child, vp, HV_REG_RIP, AT_WAITS);
	child_set(child, vp, HV_REG_RSP, AT_STACK + vp * 0x400);
	child_set(child, vp, HV_REG_RFLAGS, 0x202);
	child_set(child, vp, HV_REG_INTERCEPT_SUSPEND, 0);
	child_set(child, vp, HV_REG_ACTIVITY_STATE, 0);
}

/* One instruction of child_face, with interrupts off. */
static uint64_t act(const struct child *child, uint64_t what, uint32_t msr,
	uint64_t value)
{
	const volatile struct hv_io_intercept *io = (const volatile void *)
		child->message[0]->payload;
	const struct register_page *page = child->registers[0];
	uint32_t result;

	child_set(child, 0, HV_REG_ACTIVITY_STATE, 0);
	child_set(child, 0, HV_REG_RIP, AT_FACE + 2);
	child_set(child, 0, HV_REG_RFLAGS, 2);
	child_set(child, 0, HV_REG_RSP, AT_STACK);
	child_set(child, 0, HV_REG_RAX, (uint32_t)value);
	child_set(child, 0, HV_REG_RAX + 1, msr);
	child_set(child, 0, HV_REG_RAX + 2, value >> 32);
	child_set(child, 0, HV_REG_RAX + 3, what);
	result = child_run(child, 0);
	if (result != CHILD_INTERCEPT)
		return (uint64_t)result << 32;
	if (child->message[0]->type != HV_MESSAGE_IO_PORT)
		return (uint64_t)child->message[0]->type << 32;
	return io->port == PORT_TRAP ? 1ull << 63 | (uint8_t)page->gpr[0] : 0;
}

uint64_t synics_read(const struct child *child, uint32_t msr)
{
	const struct register_page *page = child->registers[0];
	uint64_t result = act(child, 0, msr, 0);

	return result ? result : (uint32_t)page->gpr[0] | page->gpr[2] << 32;
}

uint64_t synics_write(const struct child *child, uint32_t msr, uint64_t value)
{
	return act(child, 1, msr, value);
}

uint32_t synics_post(const struct child *child, uint32_t vp, uint32_t sint,
	uint32_t type, uint64_t value, uint8_t size)
{
	struct hv_post_direct_in in = {.partition_id = child->id,
		.vp_index = vp, .sint = sint};
	struct hv_message message = {.type = type, .size = size,
		.sender = 0x1234, .payload = {value}};

	memcpy(in.message, &message, sizeof(message));
	return child_call(HVCALL_POST_MESSAGE_DIRECT, &in, sizeof(in));
}

uint32_t synics_signal(const struct child *child, uint32_t vp, uint32_t sint,
	uint32_t flag)
{
	struct hv_signal_direct_in in = {.partition_id = child->id,
		.vp_index = vp, .sint = (uint8_t)sint, .flag = (uint16_t)flag};

	return child_call(HVCALL_SIGNAL_EVENT_DIRECT, &in, sizeof(in));
}

uint32_t synics_state(const struct child *child, uint16_t code, uint32_t type,
	uint32_t vp, const void *page)
{
	struct {
		struct hv_vp_state_in in;
		uint64_t page;
	} call = {{.partition_id = child->id, .vp_index = vp, .type = type},
		(uint64_t)page / HV_PAGE_SIZE};

	return child_call(code | 1ull << 17, &call, sizeof(call));
}

const struct hv_message *synics_slot(const struct child *child, uint32_t vp,
	unsigned int sint)
{
	static struct hv_message *page;

	if (!page)
		page = memory_take(1);
	EXPECT(synics_state(child, HVCALL_GET_VP_STATE, HV_VP_STATE_SIMP, vp,
		page), HV_STATUS_SUCCESS);
	return page + sint;
}

uint64_t synics_trap(const struct child *child, uint32_t vp)
{
	uint64_t eax = child_until(child, vp, PORT_TRAP);

	return eax >> 32 ? eax : eax & 0xff;
}

/* Of this processor's; to ask each time would cost more than what is tested. */
static volatile struct hv_message *own_slot(void)
{
	static volatile struct hv_message *slots[CPUS];
	unsigned int index = cpu_self()->index;

	if (!slots[index])
		slots[index] = (volatile void *)(rdmsr(HV_MSR_SIMP) &
			~0xfffull);
	return slots[index];
}

static void empty_slot(void)
{
	own_slot()->type = 0;
	wrmsr(HV_MSR_EOM, 0);
}

bool synics_signalled(struct hv_signal_pair *pair)
{
	if (!own_slot()->type)
		return false;
	memcpy(pair, (const void *)own_slot()->payload, sizeof(*pair));
	empty_slot();
	return true;
}

uint64_t synics_await(const struct child *child, uint32_t vp, unsigned int ms)
{
	uint64_t end = clock_now() + ms * MILLISECOND;

	do {
		uint64_t trap;

		if (own_slot()->type)
			empty_slot();
		trap = synics_trap(child, vp);
		if (trap >> 32 != CHILD_BLOCKED && trap >> 32 != CHILD_READY)
			return trap;
		WAIT_UNTIL(own_slot()->type, 1);
	} while (clock_now() < end);
	return 0;
}

void synics_signals(bool on)
{
	wrmsr(HV_MSR_SIMP, (rdmsr(HV_MSR_SIMP) & ~1ull) | on);
	wrmsr(HV_MSR_SCONTROL, on);
	wrmsr(HV_MSR_SINT0, on ? 0x5a : HV_SINT_MASKED);
	while (on && WAIT_UNTIL(own_slot()->type, 2))
		empty_slot();
}
