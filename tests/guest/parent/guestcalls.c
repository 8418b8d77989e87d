/* Hypercalls of guests: who may call, their form, and what each answers.
 * docs/hypercalls.md, "Calls of guests" */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/cpuid.h"
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "guest.h"
#include "run.h"
#include "tests.h"
#include "trap.h"

#define UD		(GUEST_TRAP | VECTOR_UD)
#define PAGE		HV_PAGE_SIZE

static struct child child;

extern const uint8_t child_interface[], child_interface_end[];

/* What a call in good form answers to an input of ones, and the features that
 * it asks for. */
static const struct {
	uint16_t code, status;
	uint64_t features;
} ones[] = {
	{HVCALL_FLUSH_SPACE, HV_STATUS_INVALID_PARAMETER, HV_FEATURE_FLUSH},
	{HVCALL_FLUSH_LIST, HV_STATUS_INVALID_PARAMETER, HV_FEATURE_FLUSH},
	{HVCALL_SPIN_WAIT, HV_STATUS_SUCCESS, HV_FEATURE_LONG_SPIN},
	{HVCALL_SEND_IPI, HV_STATUS_INVALID_PARAMETER,
		HV_FEATURE_CLUSTER_IPI},
	{HVCALL_FLUSH_SPACE_EX, HV_STATUS_INVALID_PARAMETER,
		HV_FEATURE_FLUSH | HV_FEATURE_EX_MASKS},
	{HVCALL_FLUSH_LIST_EX, HV_STATUS_INVALID_PARAMETER,
		HV_FEATURE_FLUSH | HV_FEATURE_EX_MASKS},
	{HVCALL_SEND_IPI_EX, HV_STATUS_INVALID_PARAMETER,
		HV_FEATURE_CLUSTER_IPI | HV_FEATURE_EX_MASKS},
	{HVCALL_GET_VP_REGISTERS, HV_STATUS_INVALID_PARAMETER,
		HV_FEATURE_VP_REGISTERS},
	{HVCALL_SET_VP_REGISTERS, HV_STATUS_INVALID_PARAMETER,
		HV_FEATURE_VP_REGISTERS},
	{HVCALL_POST_MESSAGE, HV_STATUS_INVALID_PARAMETER, HV_FEATURE_SYNIC},
	{HVCALL_SIGNAL_EVENT, HV_STATUS_INVALID_PARAMETER,
		HV_FEATURE_SIGNAL_EVENTS},
	{HVCALL_START_VP, HV_STATUS_INVALID_PARAMETER, HV_FEATURE_START_VP},
	{HVCALL_GET_VP_INDEX_FROM_APIC_ID, HV_STATUS_INVALID_PARAMETER, 0},
	/* No feature gives it. */
	{HVCALL_QUERY_CAPABILITIES, HV_STATUS_ACCESS_DENIED, 0},
};
#define ONES (sizeof(ones) / sizeof(*ones))

/* The call of one row in good form; a test spoils one part of it. */
struct attempt {
	const struct form *form;
	uint64_t control, in, out, features;
	uint32_t in_size, out_size, status;
};

static bool find_answer(struct attempt *a)
{
	unsigned int i;

	for (i = 0; i < ONES; i++) {
		if (ones[i].code != a->form->code)
			continue;
		a->status = ones[i].status;
		a->features = ones[i].features;
		return true;
	}
	report_about("call %x of the document has no line in guestcalls.c",
		a->form->code);
	return EXPECT(0, a->form->code);
}

static bool good(const struct form *form, struct attempt *a)
{
	*a = (struct attempt){
		.form = form, .control = form->code,
		.in = AT_INPUT, .out = AT_OUTPUT,
		.in_size = (uint32_t)form->in + form->in_rep,
		.out_size = (uint32_t)form->out + form->out_rep,
	};
	if (form_repeats(form))
		a->control |= CALL_REPS(1);
	memset(guest_in(&child), 0xff, 2 * PAGE);
	memset(guest_out(&child), 0xee, PAGE);
	return find_answer(a);
}

static void expect(const struct attempt *a, const char *what, uint64_t value,
	uint64_t result)
{
	report_about("%s: %s %lx", a->form->name, what, value);
	EXPECT(guest_call(&child, 0, a->control, a->in, a->out), result);
}

static void each(void (*test)(struct attempt a))
{
	struct attempt a;
	unsigned int i;

	if (!guest_make(&child, 1, GUEST_FEATURES))
		return;
	for (i = 0; i < guest_form_count; i++) {
		if (good(&guest_forms[i], &a))
			test(a);
	}
	child_end(&child);
}

static void try_good(struct attempt a)
{
	expect(&a, "good form", 0, a.status);
	a.control |= HVCALL_FAST;
	/* What is too much for registers; and output behind the input. */
	if (a.in_size > 112)
		a.status = HV_STATUS_INVALID_HYPERCALL_INPUT;
	a.in = a.out = ~0ull;
	if (a.in_size <= 16)
		expect(&a, "fast", 0, a.status);
}

static void good_form(void)
{
	each(try_good);
}

static void try_control(struct attempt a)
{
	static const uint16_t for_rep[][2] = {
		{0, 0}, {0, 1}, {1, 1}, {1, 2}, {1, 0xfff}, {0xfff, 0xfff},
		{64, 65},
	}, for_others[][2] = {
		{1, 0}, {0, 1}, {2, 1}, {0xfff, 0}, {0, 0xfff}, {0x800, 0},
		{64, 65},
	};
	const uint16_t (*wrong)[2] = form_repeats(a.form) ? for_rep :
		for_others;
	uint64_t bit, control = a.control;
	unsigned int i;

	for (bit = 27; bit < 64; bit++) {
		a.control = control | 1ull << bit;
		if (HVCALL_RESERVED >> bit & 1)
			expect(&a, "bit", bit,
				HV_STATUS_INVALID_HYPERCALL_INPUT);
	}
	for (i = 0; i < 7; i++) {
		a.control = a.form->code | CALL_REPS(wrong[i][0]) |
			CALL_START(wrong[i][1]);
		expect(&a, "reps and start", wrong[i][0] << 16 | wrong[i][1],
			HV_STATUS_INVALID_HYPERCALL_INPUT);
	}
	for (bit = 17; bit < 27 && !a.form->has_variable; bit++) {
		a.control = control | 1ull << bit;
		expect(&a, "bit", bit, HV_STATUS_INVALID_HYPERCALL_INPUT);
	}
	if (a.form->has_variable) {
		a.control = control | 0x3ff << 17;
		expect(&a, "quads", 0x3ff, HV_STATUS_INVALID_ALIGNMENT);
		a.control |= HVCALL_FAST;
		expect(&a, "fast quads", 0x3ff,
			HV_STATUS_INVALID_HYPERCALL_INPUT);
	}
}

static void control_word(void)
{
	each(try_control);
}

/* Wherever it is, with what answer. */
static void try_at(const struct attempt *good_form, uint64_t address,
	uint64_t in_result, uint64_t out_result)
{
	struct attempt a = *good_form;

	/* Denied before it is looked at. */
	if (a.status == HV_STATUS_ACCESS_DENIED)
		return;
	a.in = address;
	expect(&a, "input at", address, a.in_size ? in_result : a.status);
	a = *good_form;
	a.out = address;
	expect(&a, "output at", address, a.out_size ? out_result : a.status);
}

static void try_place(struct attempt a)
{
	const uint64_t input = HV_STATUS_INVALID_HYPERCALL_INPUT;
	const uint64_t off = HV_STATUS_INVALID_ALIGNMENT;
	uint64_t bit;
	unsigned int i;

	for (i = 1; i < 8; i++)
		try_at(&a, AT_INPUT + i, off, off);
	if (a.in_size > 8 && a.out_size != 8)
		try_at(&a, AT_INPUT + PAGE - 8, off, off);
	try_at(&a, AT_BEYOND, input, input);
	try_at(&a, 0xfee00000, input, input);
	for (bit = 33; bit < 64; bit++) {
		try_at(&a, 1ull << bit, input, input);
		/* Must not be cut to an address that there is. */
		try_at(&a, 1ull << bit | AT_INPUT, input, input);
	}
	try_at(&a, 0 - (uint64_t)PAGE, input, input);
}

static void places_of_parameters(void)
{
	each(try_place);
}

/* A page that is only to be read takes no output. */
static void read_only(void)
{
	uint64_t *in;

	if (!guest_make(&child, 1, GUEST_FEATURES))
		return;
	EXPECT(child_map(child.id, AT_OUTPUT, guest_out(&child), 1,
		HV_MAP_READABLE), HV_STATUS_SUCCESS);
	in = guest_in(&child);
	memcpy(in, (uint64_t[]){SELF, 0, 0}, 24);
	EXPECT(guest_call(&child, 0, HVCALL_GET_VP_INDEX_FROM_APIC_ID |
		CALL_REPS(1), AT_INPUT, AT_OUTPUT),
		HV_STATUS_INVALID_HYPERCALL_INPUT);
	memcpy(guest_out(&child), in, 24);
	EXPECT(guest_call(&child, 0, HVCALL_GET_VP_INDEX_FROM_APIC_ID |
		CALL_REPS(1), AT_OUTPUT, AT_INPUT), 1ull << 32);
	EXPECT(in[0], 0);
	child_end(&child);
}

/* The parent takes a page away: the intercept for it, and nothing is done. */
static void expect_missing(uint64_t at, uint8_t access)
{
	const volatile struct hv_memory_intercept *memory =
		(const volatile void *)child.message[0]->payload;
	uint64_t *out = guest_out(&child);

	report_about("page %lx", at);
	out[0] = out[1] = 0x77;
	EXPECT(child_map(child.id, at, NULL, 1, HV_MAP_NO_ACCESS),
		HV_STATUS_SUCCESS);
	EXPECT(guest_call(&child, 0, HVCALL_GET_VP_INDEX_FROM_APIC_ID |
		CALL_REPS(2), AT_INPUT, AT_OUTPUT), GUEST_MESSAGE |
		HV_MESSAGE_GPA_INTERCEPT);
	EXPECT(memory->gpa & ~0xfffull, at);
	EXPECT(memory->header.access, access);
	EXPECT(memory->header.rip, AT_CODE + 2);
	EXPECT(out[0], 0x77);
	EXPECT(child_map(child.id, at, child.memory + at, 1, CHILD_ALL),
		HV_STATUS_SUCCESS);
	EXPECT(guest_again(&child, 0), 2ull << 32);
	EXPECT(out[0], 0);
	EXPECT(out[1], 1);
}

static void taken_away(void)
{
	if (!guest_make(&child, 2, GUEST_FEATURES))
		return;
	memcpy(guest_in(&child), (uint64_t[]){SELF, 0, 0, 1}, 32);
	expect_missing(AT_INPUT, HV_ACCESS_READ);
	expect_missing(AT_OUTPUT, HV_ACCESS_WRITE);
	expect_missing(AT_CODE, HV_ACCESS_EXECUTE);
	child_end(&child);
}

/* Each feature off: the calls that ask for it are denied. */
static void try_feature(uint64_t bit)
{
	struct attempt a;
	unsigned int i;

	if (!guest_make(&child, 1, GUEST_FEATURES & ~bit))
		return;
	for (i = 0; i < guest_form_count; i++) {
		if (good(&guest_forms[i], &a))
			expect(&a, "without feature", bit, a.features & bit ?
				HV_STATUS_ACCESS_DENIED : a.status);
	}
	child_end(&child);
}

static void features(void)
{
	static const uint64_t bits[] = {HV_FEATURE_FLUSH, HV_FEATURE_EX_MASKS,
		HV_FEATURE_CLUSTER_IPI, HV_FEATURE_LONG_SPIN,
		HV_FEATURE_START_VP, HV_FEATURE_VP_REGISTERS, 0};
	unsigned int i;

	for (i = 0; i < sizeof(bits) / sizeof(*bits); i++)
		try_feature(bits[i]);
}

static bool is_guests(uint16_t code)
{
	unsigned int i;

	for (i = 0; i < guest_form_count; i++) {
		if (guest_forms[i].code == code)
			return true;
	}
	return false;
}

/* The parent's calls with every identity that could be meant. */
static void parents_calls(void)
{
	uint64_t ids[] = {SELF, 1, 0, NOBODY, 0};
	struct attempt a;
	unsigned int i, j;

	if (!guest_make(&child, 1, GUEST_FEATURES))
		return;
	ids[4] = child.id;
	for (i = 0; i < form_count; i++) {
		if (is_guests(forms[i].code))
			continue;
		a = (struct attempt){.form = &forms[i],
			.control = forms[i].code, .in = AT_INPUT,
			.out = AT_OUTPUT};
		if (form_repeats(&forms[i]))
			a.control |= CALL_REPS(1);
		memset(guest_out(&child), 0xee, PAGE);
		for (j = 0; j < 5; j++) {
			memset(guest_in(&child), 0, PAGE);
			memcpy(guest_in(&child), &ids[j], 8);
			expect(&a, "id", ids[j], HV_STATUS_ACCESS_DENIED);
		}
		EXPECT(*(uint64_t *)guest_out(&child), 0xeeeeeeeeeeeeeeee);
	}
	child_end(&child);
}

/* Codes that nobody serves go to the worker when it asked for them. */
static void worker(void)
{
	const volatile struct hv_hypercall_intercept *message;
	struct hv_install_intercept_in in = {.access = 4,
		.type = HV_INTERCEPT_HYPERCALL};

	if (!guest_make(&child, 1, GUEST_FEATURES))
		return;
	message = (const volatile void *)child.message[0]->payload;
	in.partition_id = child.id;
	EXPECT(guest_call(&child, 0, 0x7777, 1, 1),
		HV_STATUS_INVALID_HYPERCALL_CODE);
	EXPECT(guest_call(&child, 0, 0x8002, 1, 1),
		HV_STATUS_INVALID_HYPERCALL_CODE);
	EXPECT(child_call(HVCALL_INSTALL_INTERCEPT, &in, sizeof(in)),
		HV_STATUS_SUCCESS);
	child.registers[0]->xmm[0] = 0x1234;
	child.registers[0]->xmm[11] = 0x4321;
	child.registers[0]->dirty = HV_DIRTY_XMM;
	EXPECT(guest_call(&child, 0, 0x7777, 0x55, 0x66), GUEST_MESSAGE |
		HV_MESSAGE_HYPERCALL);
	EXPECT(message->header.length & 15, 3);
	EXPECT(message->rcx, 0x7777);
	EXPECT(message->rdx, 0x55);
	EXPECT(message->r8, 0x66);
	EXPECT(message->xmm[0], 0x1234);
	EXPECT(message->xmm[11], 0x4321);
	EXPECT(guest_call(&child, 0, HVCALL_QUERY_CAPABILITIES, 0, AT_OUTPUT),
		GUEST_MESSAGE | HV_MESSAGE_HYPERCALL);
	EXPECT(guest_call(&child, 0, HVCALL_CREATE_PARTITION, AT_INPUT,
		AT_OUTPUT), HV_STATUS_ACCESS_DENIED);
	EXPECT(guest_call(&child, 0, HVCALL_SPIN_WAIT | HVCALL_FAST, 0, 0),
		HV_STATUS_SUCCESS);
	child_end(&child);
}

static uint64_t spin_wait(void)
{
	return guest_call(&child, 0, HVCALL_SPIN_WAIT | HVCALL_FAST, 1, 0);
}

static void set_segment(uint32_t name, uint16_t selector, uint16_t attributes)
{
	union hv_register_value value;

	value.segment.base = 0;
	value.segment.limit = ~0u;
	value.segment.selector = selector;
	value.segment.attributes = attributes;
	EXPECT(child_set_pair(child.id, 0, name, &value), HV_STATUS_SUCCESS);
}

/* A VP at CPL 3: pages for users, and a stack to come back on. */
static void to_user(void)
{
	uint64_t stack = AT_STACK;

	guest_ready(&child, 0, CHILD_LONG);
	*(uint64_t *)(child.memory + AT_PML4) |= 4;
	*(uint64_t *)(child.memory + AT_PDPT) |= 4;
	memcpy(child.memory + 4, &stack, 8);	/* RSP0 of the TSS at 0 */
	set_segment(HV_REG_ES + 1, 0x2b, 0xa0fb);
	set_segment(HV_REG_ES + 2, 0x33, 0xc0f3);
}

/* Its vector 6 says so. */
static void to_real(void)
{
	static const uint8_t handler[] = {0xb0, VECTOR_UD, 0xe6, PORT_TRAP};
	uint32_t at = AT_CODE + 0x40;

	memcpy(child.memory + at, handler, sizeof(handler));
	memcpy(child.memory + VECTOR_UD * 4, &at, 4);
	guest_ready(&child, 0, CHILD_REAL);
}

/* HYPERCALL written once more. */
static void set_page(uint64_t value)
{
	child_start(&child, 0, CHILD_LONG, child_interface,
		child_interface_end);
	child_set(&child, 0, HV_REG_RAX + RUN_RBX, value);
	EXPECT(child_until(&child, 0, PORT_DONE) >> 32, 0);
	guest_ready(&child, 0, CHILD_LONG);
}

static void callers(void)
{
	if (!guest_make_silent(&child, 1, GUEST_FEATURES))
		return;
	guest_ready(&child, 0, CHILD_LONG);
	report_about("no identity");
	EXPECT(spin_wait(), UD);
	child_end(&child);
	if (!guest_make(&child, 1, GUEST_FEATURES))
		return;
	report_about("64-bit");
	EXPECT(spin_wait(), HV_STATUS_SUCCESS);
	report_about("CPL 3");
	to_user();
	EXPECT(spin_wait(), UD);
	report_about("real mode");
	to_real();
	EXPECT(guest_again(&child, 0), UD);
	report_about("page off");
	set_page(AT_HYPERCALL);
	EXPECT(spin_wait(), UD);
	set_page(AT_HYPERCALL | HV_HYPERCALL_ENABLE);
	EXPECT(spin_wait(), HV_STATUS_SUCCESS);
	child_end(&child);
}

/* Two identities, the second one's index in the answer. */
static void put_ids(uint64_t first, uint64_t second)
{
	memcpy(guest_in(&child), (uint64_t[]){SELF, 0, first, second}, 32);
	memset(guest_out(&child), 0xee, PAGE);
}

static void protected_mode(void)
{
	const uint64_t *out = guest_out(&child);
	uint64_t control = HVCALL_GET_VP_INDEX_FROM_APIC_ID | CALL_REPS(2);

	if (!guest_make(&child, 2, GUEST_FEATURES))
		return;
	out = guest_out(&child);
	guest_ready(&child, 0, CHILD_PROTECTED);
	put_ids(1, 0);
	EXPECT(guest_call_32(&child, control, AT_INPUT, AT_OUTPUT),
		2ull << 32);
	EXPECT(out[0], 1);
	EXPECT(out[1], 0);
	report_about("the second of them");
	put_ids(1, 7);
	EXPECT(guest_call_32(&child, control, AT_INPUT, AT_OUTPUT),
		1ull << 32 | HV_STATUS_INVALID_PARAMETER);
	report_about("high halves");
	EXPECT(guest_call_32(&child, control, 1ull << 32 | AT_INPUT,
		AT_OUTPUT), HV_STATUS_INVALID_HYPERCALL_INPUT);
	EXPECT(guest_call_32(&child, control, AT_INPUT, 1ull << 32 |
		AT_OUTPUT), HV_STATUS_INVALID_HYPERCALL_INPUT);
	report_about("fast");
	EXPECT(guest_call_32(&child, HVCALL_SEND_IPI | HVCALL_FAST, 0x40,
		0), HV_STATUS_SUCCESS);
	EXPECT(guest_call_32(&child, HVCALL_SEND_IPI | HVCALL_FAST, 0xf,
		0), HV_STATUS_INVALID_PARAMETER);
	report_about("fast with output");
	EXPECT(guest_call_32(&child, control | HVCALL_FAST, SELF, 0), UD);
	child_end(&child);
}

static void set_xmm(const uint64_t *value)
{
	struct register_page *page = child.registers[0];
	unsigned int i;

	for (i = 0; i < 12; i++)
		page->xmm[i] = value[i];
	page->dirty |= HV_DIRTY_XMM;
}

/* Input in RDX, R8 and XMM0 (two identities), output from XMM1 on. */
static void registers_as_parameters(void)
{
	const uint64_t *xmm;
	uint64_t value[12], control = HVCALL_GET_VP_INDEX_FROM_APIC_ID |
		HVCALL_FAST;
	unsigned int i;

	if (!guest_make(&child, 4, GUEST_FEATURES))
		return;
	xmm = child.registers[0]->xmm;
	for (i = 0; i < 12; i++)
		value[i] = 0x1111111111111111ull * (i + 1);
	value[0] = 3;
	value[1] = 2;
	set_xmm(value);
	EXPECT(guest_call(&child, 0, control | CALL_REPS(2), SELF, 0),
		2ull << 32);
	for (i = 0; i < 12; i++) {
		report_about("half %u", i);
		EXPECT(xmm[i], i == 2 ? 3 : i == 3 ? 2 : value[i]);
	}
	report_about("only the second");
	set_xmm(value);
	EXPECT(guest_call(&child, 0, control | CALL_REPS(2) | CALL_START(1),
		SELF, 0), 2ull << 32);
	EXPECT(xmm[2], value[2]);
	EXPECT(xmm[3], 2);
	report_about("six of them");
	set_xmm((uint64_t[12]){3, 2, 1, 0, 1, 2});
	EXPECT(guest_call(&child, 0, control | CALL_REPS(6), SELF, 0),
		6ull << 32);
	EXPECT(xmm[6], 3);
	EXPECT(xmm[11], 2);
	report_about("no room");
	EXPECT(guest_call(&child, 0, control | CALL_REPS(7), SELF, 0),
		HV_STATUS_INVALID_HYPERCALL_INPUT);
	EXPECT(guest_call(&child, 0, control | CALL_REPS(12), SELF, 0),
		HV_STATUS_INVALID_HYPERCALL_INPUT);
	report_about("input alone");
	set_xmm((uint64_t[12]){HV_VP_SET_ALL});
	EXPECT(guest_call(&child, 0, HVCALL_FLUSH_SPACE_EX | HVCALL_FAST, 0,
		2), HV_STATUS_SUCCESS);
	set_xmm((uint64_t[12]){HV_VP_SET_SPARSE_4K, 0x81, 1, 1});
	EXPECT(guest_call(&child, 0, HVCALL_FLUSH_SPACE_EX | HVCALL_FAST |
		2 << 17, 0, 2), HV_STATUS_SUCCESS);
	set_xmm((uint64_t[12]){HV_VP_SET_SPARSE_4K, 0x1ff, 1, 1});
	EXPECT(guest_call(&child, 0, HVCALL_FLUSH_SPACE_EX | HVCALL_FAST |
		9 << 17, 0, 2), HV_STATUS_SUCCESS);
	EXPECT(guest_call(&child, 0, HVCALL_FLUSH_SPACE_EX | HVCALL_FAST |
		11 << 17, 0, 2), HV_STATUS_INVALID_HYPERCALL_INPUT);
	child_end(&child);
}

/* Output in registers is #UD for who is not offered it. */
static void no_output_in_registers(void)
{
	if (!guest_make(&child, 1, GUEST_FEATURES & ~HV_FEATURE_FAST_OUTPUT))
		return;
	EXPECT(guest_call(&child, 0, HVCALL_GET_VP_INDEX_FROM_APIC_ID |
		HVCALL_FAST | CALL_REPS(1), SELF, 0), UD);
	child_end(&child);
}

/* Offered by its own privilege only; we have none of them. */
static void extended(void)
{
	if (!child_make(&child, 0, 0))
		return;
	guest_offer(&child, HV_PARTITION_SYNTHETIC_FEATURES, GUEST_FEATURES);
	EXPECT(guest_offer(&child, HV_PARTITION_PRIVILEGE_FLAGS,
		HV_ACCESS_HYPERCALL_MSRS | (uint64_t)(HV_EXTENDED_HYPERCALLS |
		HV_FAST_OUTPUT) << 32), HV_STATUS_SUCCESS);
	if (!child_make_vps(&child, 1))
		return;
	guest_enable(&child);
	memset(guest_out(&child), 0xee, 16);
	EXPECT(guest_call(&child, 0, HVCALL_QUERY_CAPABILITIES, 0, AT_OUTPUT),
		HV_STATUS_SUCCESS);
	EXPECT(((uint64_t *)guest_out(&child))[0], 0);
	EXPECT(((uint64_t *)guest_out(&child))[1], 0xeeeeeeeeeeeeeeee);
	report_about("in registers");
	EXPECT(guest_call(&child, 0, HVCALL_QUERY_CAPABILITIES | HVCALL_FAST,
		~0ull, 0x77), HV_STATUS_SUCCESS);
	EXPECT(child.registers[0]->gpr[RUN_RDX], 0);
	EXPECT(child.registers[0]->gpr[RUN_R8], 0x77);
	child_end(&child);
}

/* More than is done at once: the guest comes again with a higher index. */
static void long_list(void)
{
	uint64_t *in, *out, control = HVCALL_GET_VP_INDEX_FROM_APIC_ID |
		CALL_REPS(500);
	unsigned int i;

	if (!guest_make(&child, 4, GUEST_FEATURES))
		return;
	in = guest_in(&child);
	out = guest_out(&child);
	put_ids(0, 0);
	for (i = 0; i < 500; i++)
		in[2 + i] = i & 3;
	EXPECT(guest_call(&child, 0, control, AT_INPUT, AT_OUTPUT),
		500ull << 32);
	for (i = 0; i < 500; i++)
		EXPECT(out[i], i & 3);
	EXPECT(out[500], 0xeeeeeeeeeeeeeeee);
	report_about("from 100 on");
	put_ids(0, 0);
	EXPECT(guest_call(&child, 0, control | CALL_START(100), AT_INPUT,
		AT_OUTPUT), 500ull << 32);
	EXPECT(out[99], 0xeeeeeeeeeeeeeeee);
	EXPECT(out[100], 0);
	report_about("an error in the middle");
	in[2 + 150] = 4;
	EXPECT(guest_call(&child, 0, control, AT_INPUT, AT_OUTPUT),
		150ull << 32 | HV_STATUS_INVALID_PARAMETER);
	report_about("longer than the page");
	EXPECT(guest_call(&child, 0, HVCALL_GET_VP_INDEX_FROM_APIC_ID |
		CALL_REPS(511), AT_INPUT, AT_OUTPUT),
		HV_STATUS_INVALID_ALIGNMENT);
	child_end(&child);
}

/* Flags, sets and vectors; VPs that are not there are left out. */
static const struct {
	const char *name;
	uint64_t control, in[6];
	uint64_t result;
} table[] = {
	{"flush", HVCALL_FLUSH_SPACE, {0x1000, 0, 0xf}, 0},
	{"flush: nobody", HVCALL_FLUSH_SPACE, {0, 0, 0}, 0},
	{"flush: all that could be", HVCALL_FLUSH_SPACE, {0, 0, ~0ull}, 0},
	{"flush: all flags", HVCALL_FLUSH_SPACE, {0, 7}, 0},
	{"flush: ranges of a list", HVCALL_FLUSH_SPACE, {0, 8},
		HV_STATUS_INVALID_PARAMETER},
	{"flush: VTL", HVCALL_FLUSH_SPACE, {0, 16},
		HV_STATUS_INVALID_PARAMETER},
	{"list", HVCALL_FLUSH_LIST | CALL_REPS(2), {0, 3, 1, 0x1000, ~0ull},
		2ull << 32},
	{"list: extended", HVCALL_FLUSH_LIST | CALL_REPS(1), {0, 9, 1},
		1ull << 32},
	{"list: global", HVCALL_FLUSH_LIST | CALL_REPS(1), {0, 4, 1},
		HV_STATUS_INVALID_PARAMETER},
	{"list: a page of them", HVCALL_FLUSH_LIST | CALL_REPS(509), {0, 1},
		509ull << 32},
	{"list: from the 300th on", HVCALL_FLUSH_LIST | CALL_REPS(509) |
		CALL_START(300), {0, 1}, 509ull << 32},
	{"list: too long", HVCALL_FLUSH_LIST | CALL_REPS(510), {0, 1},
		HV_STATUS_INVALID_ALIGNMENT},
	{"set", HVCALL_FLUSH_SPACE_EX | 1 << 17, {0, 0, 0, 1, 0xf}, 0},
	{"set: empty", HVCALL_FLUSH_SPACE_EX, {0, 0, 0, 0}, 0},
	{"set: all", HVCALL_FLUSH_SPACE_EX, {0, 0, 1, 0}, 0},
	{"set: all with a bank", HVCALL_FLUSH_SPACE_EX | 1 << 17,
		{0, 0, 1, 1}, 0},
	{"set: far banks", HVCALL_FLUSH_SPACE_EX | 2 << 17,
		{0, 0, 0, 3ull << 62, ~0ull, ~0ull}, 0},
	{"set: last bank that can be, and the next", HVCALL_FLUSH_SPACE_EX |
		2 << 17, {0, 0, 0, 3ull << 7, ~0ull, ~0ull}, 0},
	{"set: fewer banks", HVCALL_FLUSH_SPACE_EX | 1 << 17, {0, 0, 0, 3, 1},
		HV_STATUS_INVALID_HYPERCALL_INPUT},
	{"set: more banks", HVCALL_FLUSH_SPACE_EX | 2 << 17, {0, 0, 0, 1, 1},
		HV_STATUS_INVALID_HYPERCALL_INPUT},
	{"set: 64 banks, none behind", HVCALL_FLUSH_SPACE_EX, {0, 0, 0, ~0ull},
		HV_STATUS_INVALID_HYPERCALL_INPUT},
	{"set: 64 banks", HVCALL_FLUSH_SPACE_EX | 64 << 17, {0, 0, 0, ~0ull},
		0},
	{"set: format", HVCALL_FLUSH_SPACE_EX, {0, 0, 2, 0},
		HV_STATUS_INVALID_PARAMETER},
	{"set: list", HVCALL_FLUSH_LIST_EX | 1 << 17 | CALL_REPS(1),
		{0, 0, 0, 1, 0xf}, 1ull << 32},
	{"set: list, global", HVCALL_FLUSH_LIST_EX | 1 << 17 | CALL_REPS(1),
		{0, 4, 0, 1, 0xf}, HV_STATUS_INVALID_PARAMETER},
	{"IPI", HVCALL_SEND_IPI, {0x40, 0}, 0},
	{"IPI: lowest", HVCALL_SEND_IPI, {0x10, 0}, 0},
	{"IPI: too low", HVCALL_SEND_IPI, {0xf, 0},
		HV_STATUS_INVALID_PARAMETER},
	{"IPI: too high", HVCALL_SEND_IPI, {0x100, 0},
		HV_STATUS_INVALID_PARAMETER},
	{"IPI: VTL", HVCALL_SEND_IPI, {0x1100000040, 0},
		HV_STATUS_INVALID_PARAMETER},
	{"IPI: this VTL", HVCALL_SEND_IPI, {0x1000000040, 0}, 0},
	{"IPI set", HVCALL_SEND_IPI_EX | 1 << 17, {0x40, 0, 1, 0xe}, 0},
	{"IPI set: nobody there", HVCALL_SEND_IPI_EX | 2 << 17,
		{0x40, 0, 0x6, ~0ull, ~0ull}, 0},
	{"IPI set: banks", HVCALL_SEND_IPI_EX | 2 << 17, {0x40, 0, 1},
		HV_STATUS_INVALID_HYPERCALL_INPUT},
	{"IPI set: too low", HVCALL_SEND_IPI_EX, {0xf, 1},
		HV_STATUS_INVALID_PARAMETER},
	{"index: another partition", HVCALL_GET_VP_INDEX_FROM_APIC_ID |
		CALL_REPS(1), {1, 0, 0}, HV_STATUS_ACCESS_DENIED},
	{"index: VTL", HVCALL_GET_VP_INDEX_FROM_APIC_ID | CALL_REPS(1),
		{SELF, 1, 0}, HV_STATUS_INVALID_PARAMETER},
	{"index: none", HVCALL_GET_VP_INDEX_FROM_APIC_ID | CALL_REPS(1),
		{SELF, 0, 1}, HV_STATUS_INVALID_PARAMETER},
	{"index: far away", HVCALL_GET_VP_INDEX_FROM_APIC_ID | CALL_REPS(1),
		{SELF, 0, 0xffffffff}, HV_STATUS_INVALID_PARAMETER},
	{"capabilities", HVCALL_QUERY_CAPABILITIES, {0},
		HV_STATUS_ACCESS_DENIED},
};

static void answers(void)
{
	unsigned int i;

	if (!guest_make(&child, 1, GUEST_FEATURES))
		return;
	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		memset(guest_in(&child), 0, PAGE);
		memcpy(guest_in(&child), table[i].in, sizeof(table[i].in));
		report_about("%s", table[i].name);
		EXPECT(guest_call(&child, 0, table[i].control, AT_INPUT,
			AT_OUTPUT), table[i].result);
	}
	child_end(&child);
}

static uint64_t get_register(uint32_t name)
{
	struct hv_get_registers_in *in = guest_in(&child);

	*in = (struct hv_get_registers_in){.partition_id = SELF,
		.vp_index = HV_VP_INDEX_SELF};
	in->name[0] = name;
	memset(guest_out(&child), 0xee, 16);
	return guest_call(&child, 0, HVCALL_GET_VP_REGISTERS | CALL_REPS(1),
		AT_INPUT, AT_OUTPUT);
}

static uint64_t set_register(uint32_t name, uint64_t value)
{
	struct hv_set_registers_in *in = guest_in(&child);

	memset(in, 0, sizeof(*in) + sizeof(in->element[0]));
	in->partition_id = SELF;
	in->vp_index = HV_VP_INDEX_SELF;
	in->element[0].name = name;
	in->element[0].value.quad[0] = value;
	return guest_call(&child, 0, HVCALL_SET_VP_REGISTERS | CALL_REPS(1),
		AT_INPUT, AT_OUTPUT);
}

/* What a guest may see and set of itself; nothing of what is the parent's. */
static void own_registers(void)
{
	static const uint32_t denied[] = {HV_REG_EXPLICIT_SUSPEND,
		HV_REG_INTERCEPT_SUSPEND, HV_REG_DISPATCH_SUSPEND,
		HV_REG_ACTIVITY_STATE, HV_REG_PENDING_INTERRUPTION,
		HV_REG_DELIVERABILITY, HV_REG_SIGNAL_COUNT, HV_REG_XMM0,
		HV_REG_FP_CONTROL, HV_REG_XFEM, HV_REG_DR0, HV_REG_DR7,
		HV_REG_TSC_AUX, HV_REG_MTRR_DEFAULT, 0xdeadbeef};
	const uint64_t once = 1ull << 32;
	const uint64_t *out;
	unsigned int i;

	if (!guest_make(&child, 2, GUEST_FEATURES))
		return;
	out = guest_out(&child);
	EXPECT(get_register(HV_REG_CR3), once);
	EXPECT(out[0], AT_PML4);
	EXPECT(out[1], 0);
	EXPECT(get_register(HV_REG_RIP), once);
	EXPECT(out[0], AT_CODE + 2);
	EXPECT(get_register(HV_REG_VP_INDEX), once);
	EXPECT(out[0], 0);
	EXPECT(set_register(HV_REG_LSTAR, 0x7000), once);
	EXPECT(child_get(&child, 0, HV_REG_LSTAR), 0x7000);
	EXPECT(set_register(HV_REG_LSTAR, 1ull << 60),
		HV_STATUS_INVALID_REGISTER_VALUE);
	EXPECT(set_register(HV_REG_CR4, 1ull << 40),
		HV_STATUS_INVALID_REGISTER_VALUE);
	EXPECT(set_register(HV_REG_RIP, 0), HV_STATUS_INVALID_PARAMETER);
	for (i = 0; i < sizeof(denied) / sizeof(*denied); i++) {
		report_about("register %x", denied[i]);
		EXPECT(get_register(denied[i]), HV_STATUS_INVALID_PARAMETER);
		EXPECT(set_register(denied[i], 1),
			HV_STATUS_INVALID_PARAMETER);
	}
	report_about("others");
	memcpy(guest_in(&child), (uint64_t[]){1, 0, HV_REG_CR3}, 24);
	EXPECT(guest_call(&child, 0, HVCALL_GET_VP_REGISTERS | CALL_REPS(1),
		AT_INPUT, AT_OUTPUT), HV_STATUS_ACCESS_DENIED);
	memcpy(guest_in(&child), (uint64_t[]){SELF, 1, HV_REG_CR3}, 24);
	EXPECT(guest_call(&child, 0, HVCALL_GET_VP_REGISTERS | CALL_REPS(1),
		AT_INPUT, AT_OUTPUT), HV_STATUS_INVALID_VP_INDEX);
	child_end(&child);
}

const struct test guestcall_tests[] = {
	{"guestcall: who may call", callers},
	{"guestcall: every call in good form", good_form},
	{"guestcall: every defect of the control word", control_word},
	{"guestcall: parameters where they cannot be", places_of_parameters},
	{"guestcall: no output into a page that is only to be read",
		read_only},
	{"guestcall: a parameter's page that the parent takes away",
		taken_away},
	{"guestcall: each feature off", features},
	{"guestcall: the parent's calls are denied", parents_calls},
	{"guestcall: calls of the worker", worker},
	{"guestcall: from 32-bit code", protected_mode},
	{"guestcall: parameters in XMM registers", registers_as_parameters},
	{"guestcall: output in registers that is not offered",
		no_output_in_registers},
	{"guestcall: extended calls", extended},
	{"guestcall: a list that is too long for once", long_list},
	{"guestcall: what each answers", answers},
	{"guestcall: registers of its own", own_registers},
	{0},
};
