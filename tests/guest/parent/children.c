/* Life cycle of child partitions: order, status, pages. docs/partitions.md */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "child.h"
#include "memory.h"
#include "option.h"
#include "tests.h"

#define STATS_PAGES	3	/* of the hypervisor: free pages of its heap */
#define VP_PAGES	8
#define VPS		512
#define ROUNDS		200

extern const uint8_t child_done[], child_done_end[];

/* Free pages of the heap, read again. */
static uint64_t heap(void)
{
	struct hv_stats_in in = {.type = HV_STATS_HYPERVISOR};
	uint64_t left;

	child_call(HVCALL_UNMAP_STATS_PAGE, &in, sizeof(in));
	EXPECT(child_feed(SELF, HVCALL_MAP_STATS_PAGE, &in, sizeof(in), NULL),
		HV_STATUS_SUCCESS);
	left = ((volatile uint64_t *)(child_out()[0] * HV_PAGE_SIZE))[
		STATS_PAGES];
	child_call(HVCALL_UNMAP_STATS_PAGE, &in, sizeof(in));
	return left;
}

static void flags(void)
{
	static const struct {
		uint64_t flags, isolation;
		uint32_t status;
	} all[] = {
		{CHILD_FLAGS, 1, HV_STATUS_INVALID_PARAMETER},
		{CHILD_FLAGS | 1ull << 63, 0, HV_STATUS_INVALID_PARAMETER},
		{CHILD_FLAGS | 1ull << 2, 0, HV_STATUS_INVALID_PARAMETER},
		{CHILD_FLAGS | HV_CREATE_NESTED, 0,
			HV_STATUS_FEATURE_NOT_SUPPORTED},
		{CHILD_FLAGS & ~HV_CREATE_EXO, 0, HV_STATUS_INVALID_PARAMETER},
		{CHILD_FLAGS & ~HV_CREATE_LAPIC, 0,
			HV_STATUS_INVALID_PARAMETER},
		{CHILD_FLAGS & ~HV_CREATE_MESSAGE_PAGE, 0,
			HV_STATUS_INVALID_PARAMETER},
		{0, 0, HV_STATUS_INVALID_PARAMETER},
		{~0ull, ~0ull, HV_STATUS_INVALID_PARAMETER},
		{CHILD_FLAGS, 0, HV_STATUS_INSUFFICIENT_MEMORY},
	};
	unsigned int i;

	child_withdraw(SELF);
	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct hv_create_partition_in in = {.flags = all[i].flags,
			.isolation = all[i].isolation};

		report_about("flags %lx", all[i].flags);
		EXPECT(child_call(HVCALL_CREATE_PARTITION, &in, sizeof(in)),
			all[i].status);
	}
}

/* What each call of the life cycle answers in each state. */
static void expect_life(uint64_t id, const char *state, uint32_t initialize,
	uint32_t finalize, uint32_t delete, uint32_t vp)
{
	struct hv_create_vp_in in = {.partition_id = id, .vp_index = VPS};

	report_about("%s", state);
	if (initialize)
		EXPECT(child_do(HVCALL_INITIALIZE_PARTITION, id), initialize);
	if (finalize)
		EXPECT(child_do(HVCALL_FINALIZE_PARTITION, id), finalize);
	if (delete)
		EXPECT(child_do(HVCALL_DELETE_PARTITION, id), delete);
	EXPECT(child_call(HVCALL_CREATE_VP, &in, sizeof(in)), vp);
}

static void order(void)
{
	const uint32_t nobody = HV_STATUS_INVALID_PARTITION_ID;
	const uint32_t state = HV_STATUS_INVALID_PARTITION_STATE;
	uint64_t id;

	EXPECT(child_create(CHILD_FLAGS, &id), HV_STATUS_SUCCESS);
	expect_life(id, "created", HV_STATUS_INSUFFICIENT_MEMORY, state, 0,
		state);
	expect_life(id, "created, too little", HV_STATUS_INSUFFICIENT_MEMORY,
		state, 0, state);
	EXPECT(child_deposit(id, 2), true);
	expect_life(id, "with pages", 0, state, HV_STATUS_OPERATION_DENIED,
		state);
	EXPECT(child_do(HVCALL_INITIALIZE_PARTITION, id), HV_STATUS_SUCCESS);
	expect_life(id, "active", state, 0, state,
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(child_withdraw(id), 0);
	EXPECT(child_do(HVCALL_FINALIZE_PARTITION, id), HV_STATUS_SUCCESS);
	expect_life(id, "finalized", state, state,
		HV_STATUS_OPERATION_DENIED, state);
	EXPECT(child_withdraw(id), 2);
	EXPECT(child_do(HVCALL_DELETE_PARTITION, id), HV_STATUS_SUCCESS);
	expect_life(id, "deleted", nobody, nobody, nobody, nobody);
	report_about("a page of the parent's pool was the partition");
	EXPECT(child_withdraw(SELF), 1);
	report_about("deleted before it was active");
	EXPECT(child_create(CHILD_FLAGS, &id), HV_STATUS_SUCCESS);
	EXPECT(child_do(HVCALL_DELETE_PARTITION, id), HV_STATUS_SUCCESS);
	EXPECT(child_withdraw(SELF), 1);
}

static void identities(void)
{
	uint64_t id[8], last = 0;
	unsigned int i, j;

	for (i = 0; i < 300; i++) {
		report_about("round %u", i);
		for (j = 0; j < 1 + i % 8; j++) {
			EXPECT(child_create(CHILD_FLAGS, &id[j]),
				HV_STATUS_SUCCESS);
			EXPECT(id[j] != SELF && id[j] > 1, true);
		}
		/* The slot's number counts up: never what was before. */
		if (i % 8 == 0) {
			EXPECT(id[0] > last, true);
			last = id[0];
		}
		while (j--)
			EXPECT(child_do(HVCALL_DELETE_PARTITION, id[j]),
				HV_STATUS_SUCCESS);
	}
	EXPECT(child_withdraw(SELF), 8);
}

/* Two thousand at once are too many; each costs one page. */
static void full_table(void)
{
	static uint64_t id[2100];
	unsigned int count, i;
	uint32_t status = 0;

	for (count = 0; count < 2100; count++) {
		status = child_create(CHILD_FLAGS, &id[count]);
		if (status != HV_STATUS_SUCCESS)
			break;
	}
	EXPECT(status, HV_STATUS_NO_RESOURCES);
	EXPECT_BETWEEN(count, 1024, 2048);
	for (i = 0; i < count; i++) {
		if (!EXPECT(child_do(HVCALL_DELETE_PARTITION, id[i]),
				HV_STATUS_SUCCESS))
			break;
	}
	EXPECT(child_withdraw(SELF), count + 1);
}

/* One page at a time until it works: what was taken comes back at the end, and
 * one page fewer is not enough. */
static void one_page_at_a_time(void)
{
	struct hv_create_vp_in vp = {.vp_index = 0};
	struct hv_cpuid_result_in leaf = {.type = HV_INTERCEPT_CPUID,
		.eax = 0x40000000};
	unsigned int pages = 0, before;
	uint64_t id;

	EXPECT(child_create(CHILD_FLAGS, &id), HV_STATUS_SUCCESS);
	EXPECT(child_feed(id, HVCALL_INITIALIZE_PARTITION, &id, 8, &pages),
		HV_STATUS_SUCCESS);
	EXPECT(pages, 2);
	vp.partition_id = leaf.partition_id = id;
	EXPECT(child_feed(id, HVCALL_CREATE_VP, &vp, sizeof(vp), &pages),
		HV_STATUS_SUCCESS);
	EXPECT(pages, 2 + VP_PAGES);
	EXPECT(child_call(HVCALL_CREATE_VP, &vp, sizeof(vp)),
		HV_STATUS_INVALID_VP_STATE);
	EXPECT(child_feed(id, HVCALL_REGISTER_INTERCEPT_RESULT, &leaf,
		sizeof(leaf), &pages), HV_STATUS_SUCCESS);
	EXPECT(pages, 3 + VP_PAGES);
	/* Tables of three levels below the root. */
	before = child_stash();
	EXPECT(child_map(id, 0x40000000, (void *)0x4000000, 1, CHILD_ALL),
		HV_STATUS_SUCCESS);
	EXPECT(before - child_stash(), 3);
	pages += 3;
	EXPECT(child_withdraw(id), 0);
	EXPECT(child_do(HVCALL_FINALIZE_PARTITION, id), HV_STATUS_SUCCESS);
	EXPECT(child_withdraw(id), pages);
	EXPECT(child_do(HVCALL_DELETE_PARTITION, id), HV_STATUS_SUCCESS);
	EXPECT(child_withdraw(SELF), 1);
}

static void many_vps(void)
{
	struct hv_delete_vp_in delete;
	struct child child;
	unsigned int i, before = child_stash();

	if (!child_make(&child, 0, 0))
		return;
	for (i = 0; i < VPS; i++) {
		report_about("VP %u", i);
		if (!EXPECT(child_create_vp(child.id, VPS - 1 - i),
				HV_STATUS_SUCCESS))
			break;
	}
	report_about("VP %u", VPS);
	EXPECT(child_create_vp(child.id, VPS), HV_STATUS_INVALID_VP_INDEX);
	EXPECT(child_create_vp(child.id, ~0u), HV_STATUS_INVALID_VP_INDEX);
	EXPECT(child_create_vp(child.id, HV_VP_INDEX_SELF),
		HV_STATUS_INVALID_VP_INDEX);
	EXPECT(child_create_vp(child.id, 300), HV_STATUS_INVALID_VP_STATE);
	/* All of them get it: nobody runs. */
	EXPECT(child_assert(&child, HV_INTERRUPT_FIXED, ~0u, 0x40, 0),
		HV_STATUS_SUCCESS);
	EXPECT(child_get(&child, 511, HV_REG_VP_INDEX), 511);
	delete = (struct hv_delete_vp_in){child.id, 300, 0};
	EXPECT(child_call(HVCALL_DELETE_VP, &delete, sizeof(delete)),
		HV_STATUS_SUCCESS);
	EXPECT(child_dispatch(&child, 300), CHILD_REFUSED |
		HV_STATUS_INVALID_VP_STATE);
	child_end(&child);
	EXPECT(child_stash(), before);
}

static void rounds(void)
{
	uint64_t count = option_number("rounds=", ROUNDS), i, before = 0;
	unsigned int stash;
	struct child child;

	heap();		/* the page that it takes once */
	stash = child_stash();
	for (i = 0; i < count; i++) {
		report_about("round %lu", i);
		if (!child_make(&child, i % CHILDREN, 2))
			return;
		child_start(&child, i & 1, CHILD_LONG, child_done,
			child_done_end);
		child_set(&child, i & 1, HV_REG_RAX, i);
		if (!EXPECT(child_until(&child, i & 1, PORT_DONE), i))
			return;
		child_end(&child);
		/* The first ones split large pages of the parent's. */
		if (i == CHILDREN)
			before = heap();
		EXPECT(child_stash(), stash);
	}
	EXPECT(heap(), before);
}

static void call_nobody(void)
{
	static const uint64_t ids[] = {0, 2, 0x7ff, 0x800, 0x801, NOBODY, ~1ull,
		1ull << 63};
	static uint64_t in[32];
	unsigned int i, j;

	for (i = 0; i < form_count; i++) {
		const struct form *form = &forms[i];
		uint64_t control = form->code |
			(form->repeats ? CALL_REPS(1) : 0);

		/* Those that take a partition first, and a child at that. */
		if (form->code < HVCALL_INITIALIZE_PARTITION ||
				form->code == HVCALL_GET_PARTITION_ID ||
				form->code == HVCALL_POST_MESSAGE ||
				form->code == HVCALL_SIGNAL_EVENT ||
				(form->code >= HVCALL_MAP_STATS_PAGE &&
				form->code < HVCALL_REGISTER_INTERCEPT_RESULT))
			continue;
		for (j = 0; j < sizeof(ids) / sizeof(*ids); j++) {
			report_about("%s of %lx", form->name, ids[j]);
			in[0] = ids[j];
			EXPECT(child_call(control, in, sizeof(in)),
				HV_STATUS_INVALID_PARTITION_ID);
		}
	}
}

const struct test children_tests[] = {
	{"child: which partitions there are", flags},
	{"child: calls in every order", order},
	{"child: calls about nobody", call_nobody},
	{"child: an identity is never used twice", identities},
	{"child: more than the table holds", full_table},
	{"child: one page at a time", one_page_at_a_time},
	{"child: 512 VPs", many_vps},
	{"child: made, run and ended again and again", rounds},
	{0},
};
