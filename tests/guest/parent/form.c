/* The form of hypercalls: every row of docs/hypercalls.md with every defect. */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "memory.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

/* What a call in good form answers to an input of ones: it changes nothing. */
static const struct {
	uint16_t code, status;
} ones[] = {
	{HVCALL_GET_LOGICAL_PROCESSOR_RUN_TIME, HV_STATUS_INVALID_LP_INDEX},
	{HVCALL_CREATE_PARTITION, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_INITIALIZE_PARTITION, HV_STATUS_ACCESS_DENIED},
	{HVCALL_FINALIZE_PARTITION, HV_STATUS_ACCESS_DENIED},
	{HVCALL_DELETE_PARTITION, HV_STATUS_ACCESS_DENIED},
	{HVCALL_GET_PARTITION_PROPERTY, HV_STATUS_UNKNOWN_PROPERTY},
	{HVCALL_SET_PARTITION_PROPERTY, HV_STATUS_ACCESS_DENIED},
	{HVCALL_MAP_GPA_PAGES, HV_STATUS_ACCESS_DENIED},
	{HVCALL_UNMAP_GPA_PAGES, HV_STATUS_ACCESS_DENIED},
	{HVCALL_INSTALL_INTERCEPT, HV_STATUS_ACCESS_DENIED},
	{HVCALL_DELETE_VP, HV_STATUS_ACCESS_DENIED},
	{HVCALL_GET_VP_REGISTERS, HV_STATUS_ACCESS_DENIED},
	{HVCALL_SET_VP_REGISTERS, HV_STATUS_ACCESS_DENIED},
	{HVCALL_TRANSLATE_VIRTUAL_ADDRESS, HV_STATUS_ACCESS_DENIED},
	{HVCALL_CLEAR_VIRTUAL_INTERRUPT, HV_STATUS_ACCESS_DENIED},
	{HVCALL_REGISTER_INTERCEPT_RESULT, HV_STATUS_ACCESS_DENIED},
	{HVCALL_ASSERT_VIRTUAL_INTERRUPT, HV_STATUS_ACCESS_DENIED},
	{HVCALL_DISPATCH_VP, HV_STATUS_ACCESS_DENIED},
	{HVCALL_GET_GPA_PAGES_ACCESS_STATES, HV_STATUS_ACCESS_DENIED},
	{HVCALL_MAP_VP_STATE_PAGE, HV_STATUS_ACCESS_DENIED},
	{HVCALL_UNMAP_VP_STATE_PAGE, HV_STATUS_ACCESS_DENIED},
	{HVCALL_GET_VP_STATE, HV_STATUS_ACCESS_DENIED},
	{HVCALL_SET_VP_STATE, HV_STATUS_ACCESS_DENIED},
	{HVCALL_GET_VP_CPUID_VALUES, HV_STATUS_ACCESS_DENIED},
	{HVCALL_GET_PARTITION_ID, HV_STATUS_SUCCESS},
	{HVCALL_DEPOSIT_MEMORY, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_WITHDRAW_MEMORY, HV_STATUS_NO_RESOURCES},
	{HVCALL_CREATE_VP, HV_STATUS_INVALID_VP_INDEX},
	{HVCALL_MAP_STATS_PAGE, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_UNMAP_STATS_PAGE, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_SET_SYSTEM_PROPERTY, HV_STATUS_UNKNOWN_PROPERTY},
	{HVCALL_ADD_LOGICAL_PROCESSOR, HV_STATUS_INVALID_LP_INDEX},
	{HVCALL_GET_SYSTEM_PROPERTY, HV_STATUS_UNKNOWN_PROPERTY},
	{HVCALL_MAP_DEVICE_INTERRUPT, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_UNMAP_DEVICE_INTERRUPT, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_ENTER_SLEEP_STATE, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_NOTIFY_PARTITION_EVENT, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_GET_PARTITION_PROPERTY_EX, HV_STATUS_UNKNOWN_PROPERTY},
	{HVCALL_DELETE_PORT, HV_STATUS_INVALID_PORT_ID},
	{HVCALL_DISCONNECT_PORT, HV_STATUS_INVALID_CONNECTION_ID},
	{HVCALL_POST_MESSAGE, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_SIGNAL_EVENT, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_NOTIFY_PORT_RING_EMPTY, HV_STATUS_INVALID_PARAMETER},
	{HVCALL_CREATE_PORT, HV_STATUS_INVALID_PORT_ID},
	{HVCALL_CONNECT_PORT, HV_STATUS_INVALID_CONNECTION_ID},
	{HVCALL_SIGNAL_EVENT_DIRECT, HV_STATUS_ACCESS_DENIED},
	{HVCALL_POST_MESSAGE_DIRECT, HV_STATUS_ACCESS_DENIED},
};

/* The call of one row in good form; a test spoils one part of it. */
struct attempt {
	const struct form *form;
	uint64_t control, in, out;
	uint32_t in_size, out_size, status;
};

static uint32_t status_of(uint16_t code)
{
	unsigned int i;

	for (i = 0; i < sizeof(ones) / sizeof(*ones); i++) {
		if (ones[i].code == code)
			return ones[i].status;
	}
	report_about("call %x of the document has no line in form.c", code);
	EXPECT(0, code);
	return 0;
}

static struct attempt good(const struct form *form)
{
	struct attempt a = {
		.form = form, .control = form->code,
		.in = (uint64_t)call_in, .out = (uint64_t)call_out,
		.in_size = (uint32_t)form->in + form->in_rep,
		.out_size = (uint32_t)form->out + form->out_rep,
		.status = status_of(form->code),
	};

	if (form_repeats(form))
		a.control |= CALL_REPS(1);
	memset(call_in, 0xff, HV_PAGE_SIZE);
	memset(call_out, 0xee, HV_PAGE_SIZE);
	return a;
}

static void expect(const struct attempt *a, const char *what, uint64_t value,
	uint32_t status)
{
	report_about("%s: %s %lx", a->form->name, what, value);
	EXPECT(call_raw(a->control, a->in, a->out), status);
	if (status != a->status)
		EXPECT(call_done, 0);
}

static void each(void (*test)(struct attempt a))
{
	unsigned int i;

	for (i = 0; i < form_count; i++)
		test(good(&forms[i]));
}

static void try_good(struct attempt a)
{
	expect(&a, "good form", 0, a.status);
}

static void good_form(void)
{
	each(try_good);
}

static void try_reserved(struct attempt a)
{
	uint64_t bit, control = a.control;

	for (bit = 27; bit < 64; bit++) {
		if (!(HVCALL_RESERVED >> bit & 1))
			continue;
		a.control = control | 1ull << bit;
		expect(&a, "bit", bit, HV_STATUS_INVALID_HYPERCALL_INPUT);
	}
}

static void reserved_bits(void)
{
	EXPECT(HVCALL_RESERVED, 0x1full << 27 | 0xfull << 44 | 0xfull << 60);
	each(try_reserved);
}

static void try_repetitions(struct attempt a)
{
	static const struct {
		uint16_t reps, start;
	} wrong_for_rep[] = {
		{0, 0}, {0, 1}, {1, 1}, {1, 2}, {1, 0xfff}, {0xfff, 0xfff},
		{64, 65},
	}, wrong_for_others[] = {
		{1, 0}, {0, 1}, {2, 1}, {0xfff, 0}, {0, 0xfff}, {0x800, 0},
	};
	bool is_rep = form_repeats(a.form);
	unsigned int i, count = is_rep ? 7 : 6;

	for (i = 0; i < count; i++) {
		uint16_t reps = is_rep ? wrong_for_rep[i].reps :
			wrong_for_others[i].reps;
		uint16_t start = is_rep ? wrong_for_rep[i].start :
			wrong_for_others[i].start;

		a.control = a.form->code | CALL_REPS(reps) | CALL_START(start);
		expect(&a, "reps and start", (uint64_t)reps << 16 | start,
			HV_STATUS_INVALID_HYPERCALL_INPUT);
	}
}

static void repetitions(void)
{
	each(try_repetitions);
}

static void try_variable(struct attempt a)
{
	uint64_t bit, control = a.control;

	for (bit = 17; bit < 27; bit++) {
		a.control = control | 1ull << bit;
		expect(&a, "bit", bit, a.form->has_variable ? a.status :
			HV_STATUS_INVALID_HYPERCALL_INPUT);
		/* 512 quads are a page. */
		if (a.form->has_variable && bit == 24)
			break;
	}
	if (!a.form->has_variable)
		return;
	a.control = control | 512 << 17;
	expect(&a, "quads", 512, HV_STATUS_INVALID_ALIGNMENT);
	a.control = control | 0x3ff << 17;
	expect(&a, "quads", 0x3ff, HV_STATUS_INVALID_ALIGNMENT);
}

static void variable_part(void)
{
	each(try_variable);
}

static void try_fast(struct attempt a)
{
	bool allowed = !form_repeats(a.form) && !a.form->has_variable &&
		a.form->in <= 16 && !a.form->out;

	a.control |= HVCALL_FAST;
	a.in = a.out = ~0ull;
	expect(&a, "fast", 0, allowed ? a.status :
		HV_STATUS_INVALID_HYPERCALL_INPUT);
	/* The registers are the input: no addresses. */
	if (!allowed || !a.in_size)
		return;
	a.out = 1;
	expect(&a, "fast, in registers", 0, a.status);
}

static void fast_form(void)
{
	each(try_fast);
}

static void try_alignment(struct attempt a)
{
	struct attempt good = a;
	unsigned int off;

	for (off = 1; off < 8; off++) {
		a = good;
		a.in += off;
		expect(&a, "input off by", off, a.in_size ?
			HV_STATUS_INVALID_ALIGNMENT : a.status);
		a = good;
		a.out += off;
		expect(&a, "output off by", off, a.out_size ?
			HV_STATUS_INVALID_ALIGNMENT : a.status);
	}
}

static void alignment(void)
{
	each(try_alignment);
}

/* The last place in a page where so many bytes fit. */
static uint64_t last_place(uint32_t size)
{
	return (HV_PAGE_SIZE - size) & ~7u;
}

static void try_page(struct attempt a)
{
	struct attempt good = a;

	memset((char *)call_in + HV_PAGE_SIZE, 0xff, HV_PAGE_SIZE);
	if (a.in_size) {
		a.in += last_place(a.in_size);
		expect(&a, "input at the page's end", 0, a.status);
		a.in += 8;
		if (a.in_size > 8)
			expect(&a, "input across pages", 0,
				HV_STATUS_INVALID_ALIGNMENT);
	}
	a = good;
	if (a.out_size) {
		a.out += last_place(a.out_size);
		expect(&a, "output at the page's end", 0, a.status);
		a.out += 8;
		if (a.out_size > 8)
			expect(&a, "output across pages", 0,
				HV_STATUS_INVALID_ALIGNMENT);
	}
}

static void page(void)
{
	each(try_page);
}

/* A list is in one page, too. */
static void try_list(struct attempt a)
{
	if (a.form->in_rep) {
		a.control = a.form->code | CALL_REPS((HV_PAGE_SIZE -
			a.form->in) / a.form->in_rep + 1);
		expect(&a, "longest input and one more", 0,
			HV_STATUS_INVALID_ALIGNMENT);
		a.control = a.form->code | CALL_REPS(0xfff);
		expect(&a, "reps", 0xfff, HV_STATUS_INVALID_ALIGNMENT);
	}
	if (a.form->out_rep) {
		a.control = a.form->code | CALL_REPS((HV_PAGE_SIZE -
			a.form->out) / a.form->out_rep + 1);
		/* As many bytes as a page has cannot be counted. */
		expect(&a, "longest output and one more", 0,
			a.form->out_rep == 1 ?
			HV_STATUS_INVALID_HYPERCALL_INPUT :
			HV_STATUS_INVALID_ALIGNMENT);
		/* As many bytes as there are repetitions fit into a page. */
		a.control = a.form->code | CALL_REPS(0xfff);
		expect(&a, "reps", 0xfff, a.form->out_rep == 1 ? a.status :
			HV_STATUS_INVALID_ALIGNMENT);
	}
}

static void list(void)
{
	each(try_list);
}

static uint32_t status_at(uint64_t address, uint32_t size, uint32_t good)
{
	if (!size)
		return good;
	return (address & (HV_PAGE_SIZE - 1)) + size > HV_PAGE_SIZE ?
		HV_STATUS_INVALID_ALIGNMENT :
		HV_STATUS_INVALID_HYPERCALL_INPUT;
}

static void try_place(const struct attempt *good, const char *what,
	uint64_t address)
{
	struct attempt a = *good;

	report_about("%s", what);
	a.in = address;
	expect(&a, "input at", address, status_at(address, a.in_size,
		a.status));
	a = *good;
	a.out = address;
	expect(&a, "output at", address, status_at(address, a.out_size,
		a.status));
}

static void try_hypervisor(struct attempt a)
{
	try_place(&a, "log", places.log);
	try_place(&a, "image", places.image);
	try_place(&a, "heap", places.heap);
	try_place(&a, "hypercall page", rdmsr(HV_MSR_HYPERCALL) & ~0xfffull);
	try_place(&a, "TSC page", rdmsr(HV_MSR_REFERENCE_TSC) & ~0xfffull);
	try_place(&a, "messages", rdmsr(HV_MSR_SIMP) & ~0xfffull);
	try_place(&a, "assist page", rdmsr(HV_MSR_VP_ASSIST_PAGE) & ~0xfffull);
}

static void hypervisor_memory(void)
{
	EXPECT(places.heap != 0, true);
	each(try_hypervisor);
}

static void try_devices(struct attempt a)
{
	try_place(&a, "VGA", 0xa0000);
	try_place(&a, "ROM", 0xf0000);
	try_place(&a, "PCI configuration", 0xb0000000);
	try_place(&a, "IOAPIC", 0xfec00000);
	try_place(&a, "HPET", 0xfed00000);
	try_place(&a, "APIC", 0xfee00000);
	try_place(&a, "flash", 0xfffff000);
}

static void devices(void)
{
	each(try_devices);
}

static void try_no_memory(struct attempt a)
{
	uint64_t bit;

	try_place(&a, "above RAM", places.ram_end + 0x10000000);
	for (bit = 33; bit < 64; bit++) {
		try_place(&a, "bit", 1ull << bit);
		/* Must not be cut to an address that there is. */
		try_place(&a, "bit", 1ull << bit | (uint64_t)call_in);
	}
	try_place(&a, "end", 0 - (uint64_t)HV_PAGE_SIZE);
	try_place(&a, "end", 0 - 8ull);
	try_place(&a, "last of 63 bits", 0x7ffffffffffffff8);
}

static void no_memory(void)
{
	each(try_no_memory);
}

/* What is checked first decides. */
static void try_order(struct attempt a)
{
	struct attempt good = a;

	a.in = a.out = 1;
	a.control |= 1ull << 27;
	expect(&a, "bits before alignment", 0,
		HV_STATUS_INVALID_HYPERCALL_INPUT);
	a.control = good.control;
	if (a.in_size && a.out_size) {
		a.in = 0xf0000;
		expect(&a, "output's alignment before input", 0,
			HV_STATUS_INVALID_ALIGNMENT);
		a.in = 1;
		a.out = 0xf0000;
		expect(&a, "output's place before input's alignment", 0,
			HV_STATUS_INVALID_HYPERCALL_INPUT);
	}
	if (a.in_size) {
		a = good;
		a.in = 0xf0001;
		expect(&a, "alignment before place", 0,
			HV_STATUS_INVALID_ALIGNMENT);
	}
}

static void order(void)
{
	each(try_order);
	EXPECT(call_raw(0xffff, 1, 1), HV_STATUS_INVALID_HYPERCALL_CODE);
	EXPECT(call_raw(~0ull, 1, 1), HV_STATUS_INVALID_HYPERCALL_CODE);
}

/* A call that fails writes nothing; the page keeps what was there. */
static void try_output(struct attempt a)
{
	if (a.status == HV_STATUS_SUCCESS)
		return;
	expect(&a, "call", 0, a.status);
	EXPECT(memory_is_filled(call_out, 0xee), true);
}

static void failed_output(void)
{
	each(try_output);
}

static bool is_in(const struct form *rows, unsigned int count, uint16_t code)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (rows[i].code == code)
			return true;
	}
	return false;
}

/* Calls there are get a misaligned page or no repetitions, so that none is
 * done; GET_PARTITION_ID and the like are not disturbed. */
static void all_codes(void)
{
	uint32_t code;

	for (code = 0; code <= 0xffff; code++) {
		bool known = is_in(forms, form_count, (uint16_t)code);
		bool guests = is_in(guest_forms, guest_form_count,
			(uint16_t)code);
		uint32_t status = call_raw(code, 1, 1);

		report_about("code %x", code);
		EXPECT(status == HV_STATUS_INVALID_HYPERCALL_CODE,
			!known && !guests);
		if (!known && guests)
			EXPECT(status, HV_STATUS_ACCESS_DENIED);
	}
}

static void page_call(void)
{
	static const uint8_t code[] = {0xff, 0xd0, RUN_END};
	struct run run = {.gpr[RUN_RCX] = HVCALL_GET_PARTITION_ID};

	run.gpr[RUN_RAX] = rdmsr(HV_MSR_HYPERCALL) & ~0xfffull;
	run.gpr[RUN_R8] = (uint64_t)call_out;
	run_code(&run, code, CODE64);
	EXPECT(run.vector, VECTOR_BP);
	EXPECT(run.gpr[RUN_RAX], HV_STATUS_SUCCESS);
}

const struct test form_tests[] = {
	{"form: a call through the hypercall page", page_call},
	{"form: every call in good form", good_form},
	{"form: reserved bits of the control word", reserved_bits},
	{"form: repetitions and start index", repetitions},
	{"form: variable part", variable_part},
	{"form: fast calls", fast_form},
	{"form: alignment of input and output", alignment},
	{"form: input and output within a page", page},
	{"form: lists within a page", list},
	{"form: input and output in the hypervisor's memory",
		hypervisor_memory},
	{"form: input and output in device memory", devices},
	{"form: input and output where no memory is", no_memory},
	{"form: order of the checks", order},
	{"form: a call that fails leaves the output alone", failed_output},
	{"form: all 65,536 codes", all_codes},
	{0},
};
