/* What a child's VP is set to, and how it runs. */
/* SPDX-License-Identifier: MIT */
#include "child.h"

#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "clock.h"
#include "report.h"

#define HV_REG_SS	(HV_REG_ES + 2)
#define DR7_ENABLED	0xffull
#define RFLAGS_VM	0x20000ull
#define RUN_TIME	(3000 * MILLISECOND)
#define SLICE		(100 * MILLISECOND)
#define CODE64		0x08
#define DATA		0x10
#define CODE32		0x18
#define PRESENT		0x3ull
#define LARGE		0x83ull
#define CR0_PROTECTED	0x31ull
#define CR0_PAGED	0x80000031ull
#define CR4_PAE		0x620ull	/* and SSE */
#define CR4_PSE		0x610ull
#define EFER_LONG	0x500ull

uint32_t child_set_pair(uint64_t id, uint32_t vp, uint32_t name,
	const union hv_register_value *value)
{
	struct {
		struct hv_set_registers_in in;
		struct hv_register_pair pair;
	} set = {{.partition_id = id, .vp_index = vp}, {.name = name}};

	set.pair.value = *value;
	return child_call(HVCALL_SET_VP_REGISTERS | CALL_REPS(1), &set,
		sizeof(set));
}

/* An exception of a user's at a TSS that is none; breakpoints. */
bool child_spare_qemu(uint32_t name, union hv_register_value *value)
{
	if (name == HV_REG_DR7)
		value->quad[0] &= ~DR7_ENABLED;
	if (name == HV_REG_RFLAGS)
		value->quad[0] &= ~RFLAGS_VM;
	return name != HV_REG_TR && name != HV_REG_SS;
}

/* Asks, waits, turns: each page something else, over and over. */
void child_scatter(uint8_t *memory, unsigned int pages)
{
	static const char *const code[] = {"\x40\xe6\x80\xeb\xfb",
		"\xf4\xeb\xfd", "\x0f\xa2\xeb\xfc", "\xeb\xfe",
		"\x0f\x32\xeb\xfc", "\xfb\x40\xeb\xfc"};
	static const uint8_t size[] = {5, 3, 4, 2, 4, 4};
	unsigned int i, at;

	for (i = 0; i < pages; i++, memory += HV_PAGE_SIZE) {
		for (at = 0; at + 8 < HV_PAGE_SIZE; at += size[i % 6])
			memcpy(memory + at, code[i % 6], size[i % 6]);
	}
}

uint32_t child_set(const struct child *child, uint32_t vp, uint32_t name,
	uint64_t value)
{
	union hv_register_value wide = {{value, 0}};

	return child_set_pair(child->id, vp, name, &wide);
}

uint64_t child_get(const struct child *child, uint32_t vp, uint32_t name)
{
	struct {
		struct hv_get_registers_in in;
		uint32_t name[2];
	} get = {{.partition_id = child->id, .vp_index = vp}, {name, 0}};

	EXPECT(child_call(HVCALL_GET_VP_REGISTERS | CALL_REPS(1), &get,
		sizeof(get)), HV_STATUS_SUCCESS);
	return child_out()[0];
}

static void set_segment(const struct child *child, uint32_t vp, uint32_t name,
	uint16_t selector, uint16_t attributes, uint32_t limit)
{
	union hv_register_value value;

	value.segment.base = 0;
	value.segment.limit = limit;
	value.segment.selector = selector;
	value.segment.attributes = attributes;
	EXPECT(child_set_pair(child->id, vp, name, &value),
		HV_STATUS_SUCCESS);
}

static void set_table(const struct child *child, uint32_t vp, uint32_t name,
	uint64_t base, uint16_t limit)
{
	union hv_register_value value;

	memset(&value, 0, sizeof(value));
	value.table.base = base;
	value.table.limit = limit;
	EXPECT(child_set_pair(child->id, vp, name, &value),
		HV_STATUS_SUCCESS);
}

static uint64_t *quad(const struct child *child, uint32_t at)
{
	return (uint64_t *)(child->memory + at);
}

static void fill_tables(const struct child *child)
{
	uint32_t *legacy = (uint32_t *)(child->memory + AT_LEGACY);
	unsigned int i;

	quad(child, AT_PML4)[0] = AT_PDPT | PRESENT;
	quad(child, AT_PAE)[0] = AT_PD | 1;
	for (i = 0; i < 512; i++) {
		quad(child, AT_PDPT)[i] = (uint64_t)i << 30 | LARGE;
		quad(child, AT_PD)[i] = (uint64_t)i << 21 | LARGE;
	}
	for (i = 0; i < 256; i++)
		legacy[i] = i << 22 | (uint32_t)LARGE;
	quad(child, AT_GDT)[CODE64 / 8] = 0x00af9b000000ffff;
	quad(child, AT_GDT)[DATA / 8] = 0x00cf93000000ffff;
	quad(child, AT_GDT)[CODE32 / 8] = 0x00cf9b000000ffff;
}

/* mov $vector, %al; out %al, $PORT_TRAP; iret of the mode */
static void fill_stubs(const struct child *child, bool is_long)
{
	unsigned int i;

	for (i = 0; i < 256; i++) {
		uint8_t *stub = child->memory + AT_STUBS + i * 8;
		uint64_t at = AT_STUBS + i * 8;

		memcpy(stub, "\xb0\0\xe6\xe9\x48\xcf", 6);
		stub[1] = (uint8_t)i;
		if (!is_long)
			stub[4] = 0x90;
		if (is_long)
			quad(child, AT_IDT)[2 * i] = at | CODE64 << 16 |
				0x8e0000000000;
		else
			quad(child, AT_IDT)[i] = at | CODE32 << 16 |
				0x8e0000000000;
	}
}

static void set_flat(const struct child *child, uint32_t vp,
	enum child_mode mode)
{
	uint16_t code = mode == CHILD_LONG ? 0xa09b : 0xc09b;
	uint32_t name;

	set_segment(child, vp, HV_REG_ES + 1, mode == CHILD_LONG ? CODE64 :
		CODE32, code, ~0u);
	for (name = HV_REG_ES; name < HV_REG_ES + 6; name++) {
		if (name != HV_REG_ES + 1)
			set_segment(child, vp, name, DATA, 0xc093, ~0u);
	}
}

static void set_real(const struct child *child, uint32_t vp)
{
	uint32_t name;

	for (name = HV_REG_ES; name < HV_REG_ES + 6; name++)
		set_segment(child, vp, name, 0, name == HV_REG_ES + 1 ? 0x9b :
			0x93, 0xffff);
}

static void set_mode(const struct child *child, uint32_t vp,
	enum child_mode mode)
{
	static const uint64_t cr3[] = {0, AT_LEGACY, AT_PAE, AT_PML4};
	static const uint64_t cr4[] = {0, CR4_PSE, CR4_PAE, CR4_PAE};

	EXPECT(child_set(child, vp, HV_REG_CR4, cr4[mode]),
		HV_STATUS_SUCCESS);
	EXPECT(child_set(child, vp, HV_REG_CR3, cr3[mode]),
		HV_STATUS_SUCCESS);
	EXPECT(child_set(child, vp, HV_REG_EFER, mode == CHILD_LONG ?
		EFER_LONG : 0), HV_STATUS_SUCCESS);
	EXPECT(child_set(child, vp, HV_REG_CR0, mode == CHILD_REAL ? 0x10 :
		CR0_PAGED), HV_STATUS_SUCCESS);
}

void child_start(struct child *child, uint32_t vp, enum child_mode mode,
	const void *from, const void *to)
{
	memcpy(child->memory + AT_CODE, from, (size_t)((const char *)to -
		(const char *)from));
	if (mode == CHILD_REAL) {
		set_real(child, vp);
		set_table(child, vp, HV_REG_IDTR, 0, 0x3ff);
	} else {
		fill_tables(child);
		fill_stubs(child, mode == CHILD_LONG);
		set_flat(child, vp, mode);
		set_table(child, vp, HV_REG_IDTR, AT_IDT, mode == CHILD_LONG ?
			0xfff : 0x7ff);
		set_table(child, vp, HV_REG_GDTR, AT_GDT, 0x1f);
	}
	set_mode(child, vp, mode);
	child_set(child, vp, HV_REG_RSP, AT_STACK + vp * 0x400);
	child_set(child, vp, HV_REG_RFLAGS, 2);
	child_set(child, vp, HV_REG_RIP, AT_CODE);
	child_set(child, vp, HV_REG_INTERCEPT_SUSPEND, 0);
	child_set(child, vp, HV_REG_PENDING_INTERRUPTION, 0);
	child_set(child, vp, HV_REG_INTERRUPT_STATE, 0);
	EXPECT(child_set(child, vp, HV_REG_ACTIVITY_STATE, 0),
		HV_STATUS_SUCCESS);
}

uint32_t child_dispatch(const struct child *child, uint32_t vp)
{
	struct hv_dispatch_in in = {child->id, vp,
		HV_DISPATCH_CLEAR_INTERCEPT, SLICE, 0};
	uint32_t status = child_call(HVCALL_DISPATCH_VP, &in, sizeof(in));
	uint64_t out = child_out()[0];

	if (status != HV_STATUS_SUCCESS)
		return CHILD_REFUSED | status;
	return (uint32_t)out << 8 | (uint32_t)(out >> 32);
}

uint32_t child_run(const struct child *child, uint32_t vp)
{
	uint64_t end = clock_now() + RUN_TIME;
	uint32_t result;

	do {
		result = child_dispatch(child, vp);
	} while (result == CHILD_READY && clock_now() < end);
	return result;
}

void child_skip(const struct child *child, uint32_t vp)
{
	const volatile struct hv_intercept *header = (const volatile void *)
		child->message[vp]->payload;

	child->registers[vp]->rip = header->rip + (header->length & 15);
	child->registers[vp]->dirty |= HV_DIRTY_IP;
}

/* How the probe ended: what it read, or the message with its address. */
static uint64_t probe_result(const struct child *child, uint64_t gpa)
{
	const volatile struct hv_message *message = child->message[0];
	const volatile struct hv_memory_intercept *memory =
		(const volatile void *)message->payload;

	if (message->type == HV_MESSAGE_IO_PORT)
		return child->registers[0]->gpr[0];
	EXPECT(memory->gpa, gpa);
	return (uint64_t)message->type << 32 | memory->header.access;
}

uint64_t child_probe(const struct child *child, enum child_access access,
	uint64_t gpa, uint32_t value)
{
	struct register_page *page = child->registers[0];
	uint32_t result;

	page->rip = AT_CODE + 2;
	page->gpr[0] = value;
	page->gpr[1] = access;
	page->gpr[3] = gpa;
	page->gpr[4] = AT_STACK;
	page->dirty = HV_DIRTY_GENERAL | HV_DIRTY_IP;
	result = child_run(child, 0);
	if (result != CHILD_INTERCEPT)
		return (uint64_t)result << 32;
	return probe_result(child, gpa);
}

void child_start_probe(struct child *child)
{
	child_start(child, 0, CHILD_LONG, child_probe_code,
		child_probe_code_end);
	EXPECT(child_until(child, 0, PORT_DONE) >> 32, 0);
}

uint64_t child_until(const struct child *child, uint32_t vp, uint16_t port)
{
	const volatile struct hv_message *message = child->message[vp];
	const volatile struct hv_io_intercept *io = (const volatile void *)
		message->payload;
	uint32_t result = child_run(child, vp);

	if (result != CHILD_INTERCEPT)
		return (uint64_t)result << 32;
	if (message->type != HV_MESSAGE_IO_PORT || io->port != port)
		return (uint64_t)message->type << 32 | io->port;
	child_skip(child, vp);
	return (uint32_t)io->rax;
}

uint32_t child_assert(const struct child *child, uint32_t type,
	uint64_t destination, uint32_t vector, uint32_t flags)
{
	struct hv_assert_interrupt_in in = {.partition_id = child->id,
		.type = type, .flags = flags, .destination = destination,
		.vector = vector};

	return child_call(HVCALL_ASSERT_VIRTUAL_INTERRUPT, &in, sizeof(in));
}
