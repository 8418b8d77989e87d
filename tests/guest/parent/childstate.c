/* State of children's VPs: nothing of one is seen in another, and what may be
 * set. docs/partitions.md, "Running". */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "child.h"
#include "clock.h"
#include "memory.h"
#include "option.h"
#include "tests.h"

#define PARTIES		3	/* the parent, and two children */
#define SWITCHES	1000
#define MSRS		10
#define CR4_STATE	0x40620ull
#define MXCSR_RESET	0x1f80u
#define ROUNDING	0x6000u

extern const uint8_t child_state[], child_state_end[];

/* What child_state sees and loads. */
struct party {
	uint64_t ymm[16][4];
	uint32_t mxcsr, xcr0;
	uint64_t dr[4], tsc_aux, msr[MSRS];
	uint8_t rest[0x400 - 0x230 - 8 * MSRS];
};
static_assert(sizeof(struct party) == 0x400, "childcode.S");

static uint64_t seed;

/* xorshift64* */
static uint64_t any(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1d;
}

static void fill(struct party *party)
{
	unsigned int i;

	for (i = 0; i < 64; i++)
		party->ymm[i / 4][i % 4] = any();
	party->mxcsr = MXCSR_RESET | (any() & ROUNDING);
	for (i = 0; i < 4; i++)
		party->dr[i] = any() >> 20;
	party->tsc_aux = (uint32_t)any();
	for (i = 0; i < MSRS; i++)
		party->msr[i] = any() >> 20;
	/* SFMASK and SYSENTER_CS have 32 bits. */
	party->msr[3] = (uint32_t)any();
	party->msr[5] = (uint16_t)any();
}

static void expect_party(const struct party *seen, const struct party *want)
{
	unsigned int i;

	for (i = 0; i < 64; i++)
		EXPECT(seen->ymm[i / 4][i % 4], want->ymm[i / 4][i % 4]);
	EXPECT(seen->mxcsr, want->mxcsr);
	EXPECT(seen->xcr0, 7);
	for (i = 0; i < 4; i++)
		EXPECT(seen->dr[i], want->dr[i]);
	EXPECT(seen->tsc_aux, want->tsc_aux);
	for (i = 0; i < MSRS; i++)
		EXPECT(seen->msr[i], want->msr[i]);
}

/* The parent's own processor can do what the code wants. */
static bool enable(void)
{
	uint64_t cr4;

	if (!(cpuid(1, 0).ecx & 1u << 28)) {
		report_note("child: no AVX");
		return false;
	}
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | CR4_STATE));
	__asm__ volatile("xsetbv" : : "a"(7), "d"(0), "c"(0));
	return true;
}

static void run_parent(struct party *pair)
{
	register uint64_t comes_back __asm__("r8") = 0;

	__asm__ volatile("call *%1" : : "b"(pair), "r"(child_state),
		"r"(comes_back) : "rax", "rcx", "rdx", "rsi", "rdi", "memory");
}

static void run_party(struct child *child, struct party *pair)
{
	if (child)
		EXPECT(child_until(child, 0, PORT_DONE) >> 32, 0);
	else
		run_parent(pair);
}

static bool make(struct child *child, unsigned int region)
{
	if (!child_make(child, region, 1))
		return false;
	child_start(child, 0, CHILD_LONG, child_state, child_state_end);
	child_set(child, 0, HV_REG_CR4, CR4_STATE);
	EXPECT(child_set(child, 0, HV_REG_XFEM, 7), HV_STATUS_SUCCESS);
	child_set(child, 0, HV_REG_RAX + 3, AT_DATA);
	child_set(child, 0, HV_REG_RAX + 8, 1);
	return true;
}

static void never_mixed(void)
{
	static struct party own[2], last[PARTIES];
	struct child child[2];
	struct party *pair[PARTIES];
	unsigned int i, who;

	if (!enable() || !make(&child[0], 0) || !make(&child[1], 1))
		return;
	seed = option_number("seed=", 1) * 0x9e3779b97f4a7c15 | 1;
	pair[0] = own;
	for (i = 0; i < PARTIES; i++) {
		if (i)
			pair[i] = (struct party *)(child[i - 1].memory +
				AT_DATA);
		fill(&pair[i][1]);
		last[i] = pair[i][1];
		run_party(i ? &child[i - 1] : NULL, pair[i]);
	}
	for (i = 0; i < SWITCHES; i++) {
		who = any() % PARTIES;
		report_about("switch %u to %u", i, who);
		fill(&pair[who][1]);
		run_party(who ? &child[who - 1] : NULL, pair[who]);
		expect_party(&pair[who][0], &last[who]);
		last[who] = pair[who][1];
	}
	child_end(&child[0]);
	child_end(&child[1]);
	memset(&own[1], 0, sizeof(own[1]));
	own[1].mxcsr = MXCSR_RESET;
	run_parent(own);
}

/* A fresh VP has what a processor has at power-on, whatever others had. */
static void fresh(void)
{
	static struct party own[2], zero;
	struct child child;
	unsigned int i;

	if (!enable())
		return;
	seed = 77;
	fill(&own[1]);
	run_parent(own);
	memset(&zero, 0, sizeof(zero));
	zero.mxcsr = MXCSR_RESET;
	if (!child_make(&child, 0, 1))
		return;
	for (i = 0; i < 16; i++) {
		report_about("register %u", i);
		EXPECT(child_get(&child, 0, HV_REG_RAX + i), i == 2 ?
			cpuid(1, 0).eax : 0);
	}
	EXPECT(child_get(&child, 0, HV_REG_XFEM), 1);
	EXPECT(child_get(&child, 0, HV_REG_RIP), 0xfff0);
	EXPECT(child_get(&child, 0, HV_REG_CR0), 0x60000010);
	EXPECT(child_get(&child, 0, HV_REG_EFER), 0);
	child_end(&child);
	if (!make(&child, 0))
		return;
	fill((struct party *)(child.memory + AT_DATA + 0x400));
	run_party(&child, NULL);
	report_about("fresh");
	expect_party((struct party *)(child.memory + AT_DATA), &zero);
	child_end(&child);
	own[1] = zero;
	run_parent(own);
}

struct bad {
	uint32_t name;
	uint64_t value;
};

/* What no processor has: refused, and nothing changes. */
static void refused(void)
{
	static const struct bad bad[] = {
		{HV_REG_RIP, 1ull << 62},
		{HV_REG_CR0, 0x80000000},	/* PG without PE */
		{HV_REG_CR0, 0x20000010},	/* NW without CD */
		{HV_REG_CR0, 1ull << 32}, {HV_REG_CR0, 1ull << 6},
		{HV_REG_CR3, 1ull << 52}, {HV_REG_CR3, ~0ull},
		{HV_REG_CR4, 1ull << 13},	/* VMXE */
		{HV_REG_CR4, 1ull << 63}, {HV_REG_CR4, ~0ull},
		{HV_REG_CR8, 16}, {HV_REG_CR8, ~0ull},
		{HV_REG_EFER, 1ull << 12}, {HV_REG_EFER, ~0ull},
		{HV_REG_XFEM, 0}, {HV_REG_XFEM, 2}, {HV_REG_XFEM, 5},
		{HV_REG_XFEM, 9}, {HV_REG_XFEM, ~0ull},
		{HV_REG_PAT, 2}, {HV_REG_PAT, ~0ull},
		{HV_REG_KERNEL_GS_BASE, 1ull << 47},
		{HV_REG_LSTAR, 1ull << 63}, {HV_REG_CSTAR, 1ull << 50},
		{HV_REG_SYSENTER_EIP, 1ull << 50},
		{HV_REG_SYSENTER_ESP, 1ull << 50},
		{HV_REG_TSC_AUX, 1ull << 32},
		{HV_REG_APIC_BASE, ~0ull},
		{HV_REG_MTRR_CAP, 1}, {HV_REG_MTRR_DEFAULT, 2},
		{HV_REG_MTRR_BASE0, 2}, {HV_REG_MTRR_FIX0, ~0ull},
		{HV_REG_PENDING_EVENT0, 1},
		{HV_REG_PENDING_INTERRUPTION, 3 | 256 << 16},
		{HV_REG_PENDING_INTERRUPTION, 0xf},
		{HV_REG_PENDING_INTERRUPTION, 7 | 32 << 16},
		{HV_REG_PENDING_INTERRUPTION, 7 | 2 << 16},
	};
	struct child child;
	unsigned int i;
	uint64_t old;

	if (!child_make(&child, 0, 1))
		return;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		report_about("register %x = %lx", bad[i].name, bad[i].value);
		old = child_get(&child, 0, bad[i].name);
		EXPECT(child_set(&child, 0, bad[i].name, bad[i].value),
			HV_STATUS_INVALID_REGISTER_VALUE);
		EXPECT(child_get(&child, 0, bad[i].name), old);
	}
	report_about("names");
	EXPECT(child_set(&child, 0, 0x12345678, 0),
		HV_STATUS_INVALID_PARAMETER);
	EXPECT(child_set(&child, 0, ~0u, 0), HV_STATUS_INVALID_PARAMETER);
	EXPECT(child_set(&child, 1, HV_REG_RIP, 0), HV_STATUS_INVALID_VP_INDEX);
	EXPECT(child_set(&child, ~0u, HV_REG_RIP, 0),
		HV_STATUS_INVALID_VP_INDEX);
	child_end(&child);
}

/* Every name there may be, with odd values, and then a run: whatever the VP has
 * now, the processor survives. */
static void odd_values(void)
{
	static const uint32_t bases[] = {0, 0x10000, 0x20000, 0x30000, 0x40000,
		0x50000, 0x60000, 0x70000, 0x80000, 0x90000};
	struct hv_dispatch_in dispatch = {.flags = HV_DISPATCH_CLEAR_INTERCEPT,
		.time_slice = MILLISECOND};
	uint64_t rounds = option_number("odd=", 300), i;
	struct child child;
	unsigned int j;

	if (!child_make(&child, 0, 2))
		return;
	dispatch.partition_id = child.id;
	seed = option_number("seed=", 1) * 0x9e3779b97f4a7c15 | 1;
	child_scatter(child.memory, CHILD_PAGES);
	memset(child.memory + AT_PAE, 0, 32);	/* its pointers have reserved bits */
	for (i = 0; i < rounds; i++) {
		child_start(&child, i & 1, any() % 4, child_state,
			child_state_end);
		for (j = 0; j < 8; j++) {
			union hv_register_value value = {{any(), any()}};
			uint32_t name = bases[any() % 10] + any() % 0x20;

			report_about("round %lu, register %x = %lx", i, name,
				value.quad[0]);
			if (any() & 1)
				value.quad[0] >>= any() % 64;
			/* It would wait for us. */
			if (name <= HV_REG_ACTIVITY_STATE ||
					!child_spare_qemu(name, &value))
				continue;
			child_set_pair(child.id, i & 1, name, &value);
		}
		dispatch.vp_index = i & 1;
		EXPECT(child_call(HVCALL_DISPATCH_VP, &dispatch,
			sizeof(dispatch)), HV_STATUS_SUCCESS);
	}
	child_end(&child);
}

static uint32_t state(const struct child *child, uint16_t code, uint32_t type,
	uint64_t page, unsigned int pages)
{
	struct {
		struct hv_vp_state_in in;
		uint64_t page[4];
	} call = {{.partition_id = child->id, .type = type}, {page, page + 1,
		page + 2, page + 3}};

	return child_call(code | (uint64_t)pages << 17, &call, sizeof(call));
}

static void states(void)
{
	static const uint32_t types[] = {HV_VP_STATE_LAPIC, HV_VP_STATE_XSAVE};
	uint8_t *page = memory_take(8);
	uint64_t pfn = (uint64_t)page / HV_PAGE_SIZE;
	union hv_register_value value = {{0x1111, 0x2222}}, out;
	struct child child;
	unsigned int i;

	if (!child_make(&child, 0, 1))
		return;
	child_set_pair(child.id, 0, HV_REG_XMM0 + 5, &value);
	for (i = 0; i < 2; i++) {
		uint32_t type = types[i];

		report_about("type %x", type);
		EXPECT(state(&child, HVCALL_GET_VP_STATE, type, pfn, 0),
			HV_STATUS_INVALID_PARAMETER);
		EXPECT(state(&child, HVCALL_GET_VP_STATE, type,
			places.heap / HV_PAGE_SIZE, 1),
			HV_STATUS_INVALID_PARAMETER);
		EXPECT(state(&child, HVCALL_GET_VP_STATE, type, ~0ull, 1),
			HV_STATUS_INVALID_PARAMETER);
		EXPECT(state(&child, HVCALL_GET_VP_STATE, type, pfn + i, 1),
			HV_STATUS_SUCCESS);
		EXPECT(state(&child, HVCALL_SET_VP_STATE, type, pfn + i, 1),
			HV_STATUS_SUCCESS);
		memset(page + 2 * HV_PAGE_SIZE, 0xff, HV_PAGE_SIZE);
		EXPECT(state(&child, HVCALL_SET_VP_STATE, type, pfn + 2, 1),
			HV_STATUS_INVALID_PARAMETER);
		EXPECT(state(&child, HVCALL_GET_VP_STATE, type, pfn + 4, 1),
			HV_STATUS_SUCCESS);
		EXPECT(memcmp(page + i * HV_PAGE_SIZE, page + 4 *
			HV_PAGE_SIZE, HV_PAGE_SIZE), 0);
	}
	report_about("XMM5 is in the state, and comes from there");
	memcpy(&out, page + HV_PAGE_SIZE + 160 + 80, 16);
	EXPECT(out.quad[1], 0x2222);
	page[HV_PAGE_SIZE + 160 + 80] = 0x77;
	EXPECT(state(&child, HVCALL_SET_VP_STATE, HV_VP_STATE_XSAVE, pfn + 1,
		1), HV_STATUS_SUCCESS);
	EXPECT(child_get(&child, 0, HV_REG_XMM0 + 5), 0x1177);
	EXPECT(state(&child, HVCALL_GET_VP_STATE, 77, pfn, 1),
		HV_STATUS_INVALID_PARAMETER);
	child_end(&child);
}

const struct test childstate_tests[] = {
	{"childstate: parent and children never mix", never_mixed},
	{"childstate: nothing is in a fresh VP", fresh},
	{"childstate: values that are refused", refused},
	{"childstate: APIC and FPU as a whole", states},
	{"childstate: odd values, and a run", odd_values},
	{0},
};
