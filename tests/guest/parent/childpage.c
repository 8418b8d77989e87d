/* The pages that a guest's MSRs lay over its memory: the hypercall page and the
 * others, on each other and as memory changes below. docs/guests.md */
/* SPDX-License-Identifier: MIT */
#include "../../../hypervisor/abi/msr.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "childface.h"
#include "childsmp.h"
#include "cpu.h"
#include "memory.h"
#include "tests.h"
#include "trap.h"

#define CODE(name)	name, name##_end
#define CODE_IS(name) extern const uint8_t name[], name##_end[]
CODE_IS(child_face);
CODE_IS(child_toggle);

#define OS_ID		0x8100000000000001ull
#define AT_FAR		0x230000000ull
#define HYPERCALL_CODE	0xc3d9010fu

/* The vector that writing there ends in, 0 when it does not. */
static uint64_t poke_value(struct child *child, uint64_t gpa, uint32_t value)
{
	const volatile struct hv_io_intercept *io = (const volatile void *)
		child->message[0]->payload;
	struct register_page *page = child->registers[0];

	face_point(child, "\x89\x03\xe7\x80", gpa);
	page->gpr[0] = value;
	if (child_run(child, 0) != CHILD_INTERCEPT)
		return ~0ull;
	if (child->message[0]->type != HV_MESSAGE_IO_PORT)
		return (uint64_t)child->message[0]->type << 32;
	return io->port == PORT_TRAP ? (uint8_t)page->gpr[0] : 0;
}

static uint64_t poke(struct child *child, uint64_t gpa)
{
	return poke_value(child, gpa, 0x55);
}

#define UNMAPPED ((uint64_t)HV_MESSAGE_UNMAPPED_GPA << 32)
#define KNOWN ((uint64_t)HV_MESSAGE_GPA_INTERCEPT << 32)

static void hypercall_page(void)
{
	struct child child;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	*(uint32_t *)(child.memory + AT_OVERLAY) = 0x1234;
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_OVERLAY | 1), 0);
	EXPECT(face_read(&child, HV_MSR_HYPERCALL), AT_OVERLAY);
	EXPECT(face_word(&child, AT_OVERLAY), 0x1234);
	EXPECT(face_write(&child, HV_MSR_GUEST_OS_ID, OS_ID), 0);
	EXPECT(face_read(&child, HV_MSR_GUEST_OS_ID), OS_ID);
	EXPECT(child_get(&child, 0, HV_REG_GUEST_OS_ID), OS_ID);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_OVERLAY | 1), 0);
	EXPECT(face_read(&child, HV_MSR_HYPERCALL), AT_OVERLAY | 1);
	EXPECT(child_get(&child, 0, HV_REG_HYPERCALL), AT_OVERLAY | 1);
	EXPECT(face_word(&child, AT_OVERLAY), HYPERCALL_CODE);
	EXPECT(poke(&child, AT_OVERLAY), VECTOR_GP);
	EXPECT(face_word(&child, AT_OVERLAY), HYPERCALL_CODE);
	EXPECT(*(uint32_t *)(child.memory + AT_OVERLAY), 0x1234);
	report_about("reserved bits, addresses that are none");
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, ~0ull), FACE_FAULT);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_OVERLAY | 5),
		FACE_FAULT);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, 0xfee00001), FACE_FAULT);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, 1ull << 52 | 1),
		FACE_FAULT);
	EXPECT(face_word(&child, AT_OVERLAY), HYPERCALL_CODE);
	report_about("moved, locked, and gone with the identity");
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, (AT_OVERLAY + 0x1000) | 3),
		0);
	EXPECT(face_word(&child, AT_OVERLAY), 0x1234);
	EXPECT(face_word(&child, AT_OVERLAY + 0x1000), HYPERCALL_CODE);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_OVERLAY | 1), 0);
	EXPECT(face_read(&child, HV_MSR_HYPERCALL), (AT_OVERLAY + 0x1000) | 3);
	EXPECT(face_write(&child, HV_MSR_GUEST_OS_ID, 0), 0);
	EXPECT(face_word(&child, AT_OVERLAY + 0x1000), 0);
	EXPECT(face_read(&child, HV_MSR_HYPERCALL), (AT_OVERLAY + 0x1000) | 2);
	report_about("restored by the parent");
	EXPECT(child_set(&child, 0, HV_REG_HYPERCALL, AT_OVERLAY | 1),
		HV_STATUS_SUCCESS);
	EXPECT(child_set(&child, 0, HV_REG_GUEST_OS_ID, OS_ID),
		HV_STATUS_SUCCESS);
	EXPECT(face_word(&child, AT_OVERLAY), HYPERCALL_CODE);
	EXPECT(child_set(&child, 0, HV_REG_HYPERCALL, 0), HV_STATUS_SUCCESS);
	EXPECT(face_word(&child, AT_OVERLAY), 0x1234);
	EXPECT(child_set(&child, 0, HV_REG_HYPERCALL, ~0ull),
		HV_STATUS_INVALID_REGISTER_VALUE);
	child_end(&child);
}

/* Pages that lie on each other: the last one that came is on top. */
static void stacked(void)
{
	struct child child;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	*(uint32_t *)(child.memory + AT_OVERLAY) = 0x1234;
	EXPECT(face_write(&child, HV_MSR_GUEST_OS_ID, OS_ID), 0);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_OVERLAY | 1), 0);
	EXPECT(face_write(&child, HV_MSR_VP_ASSIST_PAGE, AT_OVERLAY | 1), 0);
	EXPECT(face_word(&child, AT_OVERLAY), 0);
	EXPECT(poke(&child, AT_OVERLAY), 0);
	EXPECT(face_word(&child, AT_OVERLAY), 0x55);
	EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, AT_OVERLAY | 1), 0);
	EXPECT(face_word(&child, AT_OVERLAY), 1);
	EXPECT(poke(&child, AT_OVERLAY), VECTOR_GP);
	report_about("the middle one goes");
	EXPECT(face_write(&child, HV_MSR_VP_ASSIST_PAGE, AT_OVERLAY), 0);
	EXPECT(face_word(&child, AT_OVERLAY), 1);
	EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, 0), 0);
	EXPECT(face_word(&child, AT_OVERLAY), HYPERCALL_CODE);
	report_about("it keeps what was in it");
	EXPECT(face_write(&child, HV_MSR_VP_ASSIST_PAGE, AT_OVERLAY | 1), 0);
	EXPECT(face_word(&child, AT_OVERLAY), 0x55);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, 0), 0);
	EXPECT(face_word(&child, AT_OVERLAY), 0x55);
	EXPECT(face_write(&child, HV_MSR_VP_ASSIST_PAGE, 0), 0);
	EXPECT(face_word(&child, AT_OVERLAY), 0x1234);
	child_end(&child);
}

#define PLACES	3
#define PILE	5

/* All five pages of a VP at random on three places, against a model of what
 * lies on what. HOSTILE N9 */
static struct layer {
	uint32_t msr, marker;
	unsigned int place;	/* PLACES: none */
	unsigned int since;	/* the later one is on top */
} pile[PILE];

static uint32_t expected_word(unsigned int place)
{
	const struct layer *top = NULL;
	unsigned int i;

	for (i = 0; i < PILE; i++) {
		if (pile[i].place == place && (!top ||
				pile[i].since > top->since))
			top = &pile[i];
	}
	return top ? top->marker : 0x1000 + place;
}

static void make_pile(struct child *child)
{
	static const uint32_t msrs[PILE] = {HV_MSR_HYPERCALL,
		HV_MSR_REFERENCE_TSC, HV_MSR_VP_ASSIST_PAGE, HV_MSR_SIMP,
		HV_MSR_SIEFP};
	unsigned int i;

	EXPECT(face_write(child, HV_MSR_GUEST_OS_ID, OS_ID), 0);
	for (i = 0; i < PILE; i++) {
		pile[i] = (struct layer){msrs[i], i ? 1 : HYPERCALL_CODE,
			PLACES, 0};
		if (i < 2)
			continue;
		/* What the guest wrote stays in it. */
		EXPECT(face_write(child, msrs[i], AT_OVERLAY | 1), 0);
		poke(child, AT_OVERLAY + 8 * i);
		EXPECT(face_word(child, AT_OVERLAY + 8 * i), 0x55);
		poke_value(child, AT_OVERLAY, 0x2000 + i);
		pile[i].marker = 0x2000 + i;
		EXPECT(face_write(child, msrs[i], 0), 0);
	}
	for (i = 0; i < PLACES; i++)
		*(uint32_t *)(child->memory + AT_OVERLAY + i * 0x1000) =
			0x1000 + i;
}

static void piled(void)
{
	unsigned int step, i;
	struct child child;
	uint64_t x = 7;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	make_pile(&child);
	for (step = 1; step <= 500; step++) {
		struct layer *layer;
		unsigned int place;

		x = x * 6364136223846793005 + 1442695040888963407;
		layer = &pile[(x >> 33) % PILE];
		place = (x >> 41) % (PLACES + 1);
		report_about("step %u: MSR %x to place %u", step, layer->msr,
			place);
		EXPECT(face_write(&child, layer->msr, place == PLACES ? 0 :
			(AT_OVERLAY + place * 0x1000) | 1), 0);
		if (layer->place != place)
			layer->since = step;
		layer->place = place;
		for (i = 0; i < PLACES; i++)
			EXPECT(face_word(&child, AT_OVERLAY + i * 0x1000),
				expected_word(i));
	}
	child_end(&child);
}

static uint8_t age(const struct child *child, uint64_t gpa, uint64_t how)
{
	struct hv_access_states_in in = {child->id, how, gpa >> 12};

	EXPECT(child_feed(child->id, HVCALL_GET_GPA_PAGES_ACCESS_STATES |
		CALL_REPS(1), &in, sizeof(in), NULL), HV_STATUS_SUCCESS);
	return (uint8_t)child_out()[0];
}

/* What the parent does with the memory below an overlay. */
static void below(void)
{
	const uint64_t clear = HV_ACCESS_CLEAR_ACCESSED |
		HV_ACCESS_CLEAR_DIRTY;
	struct child child;
	uint32_t *other;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	other = (uint32_t *)(child.memory + 0x30000);
	*other = 0x4321;
	*(uint32_t *)(child.memory + AT_OVERLAY) = 0x1234;
	face_word(&child, AT_OVERLAY);
	EXPECT(face_write(&child, HV_MSR_GUEST_OS_ID, OS_ID), 0);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_OVERLAY | 1), 0);
	EXPECT(face_word(&child, AT_OVERLAY), HYPERCALL_CODE);
	report_about("accessed and dirty");
	EXPECT(age(&child, AT_OVERLAY, clear), HV_ACCESS_ACCESSED);
	EXPECT(face_word(&child, AT_OVERLAY), HYPERCALL_CODE);
	EXPECT(age(&child, AT_OVERLAY, HV_ACCESS_SET_DIRTY), 0);
	EXPECT(age(&child, AT_OVERLAY, 0), HV_ACCESS_DIRTY);
	report_about("another page, none, no access");
	EXPECT(child_map(child.id, AT_OVERLAY, other, 1, CHILD_ALL),
		HV_STATUS_SUCCESS);
	EXPECT(face_word(&child, AT_OVERLAY), HYPERCALL_CODE);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, 0), 0);
	EXPECT(face_word(&child, AT_OVERLAY), 0x4321);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_OVERLAY | 1), 0);
	EXPECT(child_unmap(child.id, AT_OVERLAY, 1, 0), HV_STATUS_SUCCESS);
	EXPECT(face_word(&child, AT_OVERLAY), HYPERCALL_CODE);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, 0), 0);
	EXPECT(face_word(&child, AT_OVERLAY) >> 32 << 32, UNMAPPED);
	child_start(&child, 0, CHILD_LONG, CODE(child_face));
	EXPECT(child_until(&child, 0, PORT_DONE) >> 32, 0);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_OVERLAY | 1), 0);
	EXPECT(child_map(child.id, AT_OVERLAY, other, 1, HV_MAP_NO_ACCESS),
		HV_STATUS_SUCCESS);
	EXPECT(face_word(&child, AT_OVERLAY), HYPERCALL_CODE);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, 0), 0);
	EXPECT(face_word(&child, AT_OVERLAY) >> 32 << 32, KNOWN);
	child_end(&child);
}

/* A page of ours, which is nobody's else, can be deposited. */
static bool is_lent(const void *page)
{
	uint64_t deposit[] = {SELF, (uint64_t)page >> HV_PAGE_SHIFT};
	struct hv_withdraw_in withdraw = {.partition_id = SELF};

	child_withdraw(SELF);
	if (child_call(HVCALL_DEPOSIT_MEMORY | CALL_REPS(1), deposit,
			sizeof(deposit)) != HV_STATUS_SUCCESS)
		return true;
	EXPECT(child_call(HVCALL_WITHDRAW_MEMORY | CALL_REPS(1), &withdraw,
		sizeof(withdraw)), HV_STATUS_SUCCESS);
	EXPECT(child_out()[0], deposit[1]);
	return false;
}

/* 2 MB of ours. */
static uint8_t *aligned_pages(void)
{
	return (uint8_t *)(((uint64_t)memory_take(1023) + 0x1fffff) &
		~0x1fffffull);
}

/* Large pages around overlays, and a place that is nowhere. */
static void large(void)
{
	uint8_t *page = aligned_pages();
	struct child child;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	*(uint32_t *)page = 0x11;
	*(uint32_t *)(page + 0x3000) = 0x33;
	*(uint32_t *)(page + 0x4000) = 0x44;
	EXPECT(face_write(&child, HV_MSR_GUEST_OS_ID, OS_ID), 0);
	/* A table for its place: the guest has not enough pages. */
	EXPECT(child_deposit(child.id, 8), true);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_FAR + 0x3001), 0);
	EXPECT(face_write(&child, HV_MSR_VP_ASSIST_PAGE, AT_FAR + 0x3001), 0);
	report_about("mapped over it");
	EXPECT(child_map(child.id, AT_FAR, page, 1, CHILD_ALL | HV_MAP_LARGE),
		HV_STATUS_SUCCESS);
	EXPECT(is_lent(page), true);
	EXPECT(is_lent(page + 0x3000), true);
	EXPECT(face_word(&child, AT_FAR), 0x11);
	EXPECT(face_word(&child, AT_FAR + 0x3000), 0);
	EXPECT(face_word(&child, AT_FAR + 0x4000), 0x44);
	EXPECT(face_write(&child, HV_MSR_VP_ASSIST_PAGE, 0), 0);
	EXPECT(face_word(&child, AT_FAR + 0x3000), HYPERCALL_CODE);
	report_about("again, and away");
	EXPECT(child_map(child.id, AT_FAR, page, 1, CHILD_ALL | HV_MAP_LARGE),
		HV_STATUS_SUCCESS);
	EXPECT(face_word(&child, AT_FAR + 0x3000), HYPERCALL_CODE);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_FAR + 0x5001), 0);
	EXPECT(face_word(&child, AT_FAR + 0x3000), 0x33);
	EXPECT(face_word(&child, AT_FAR + 0x5000), HYPERCALL_CODE);
	EXPECT(child_unmap(child.id, AT_FAR, 1, HV_UNMAP_LARGE),
		HV_STATUS_SUCCESS);
	EXPECT(is_lent(page), false);
	EXPECT(is_lent(page + 0x5000), false);
	EXPECT(face_word(&child, AT_FAR + 0x5000), HYPERCALL_CODE);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, 0), 0);
	EXPECT(face_word(&child, AT_FAR + 0x5000) >> 32 << 32, UNMAPPED);
	report_about("split by it");
	child_start(&child, 0, CHILD_LONG, CODE(child_face));
	EXPECT(child_until(&child, 0, PORT_DONE) >> 32, 0);
	EXPECT(child_map(child.id, AT_FAR, page, 1, CHILD_ALL | HV_MAP_LARGE),
		HV_STATUS_SUCCESS);
	EXPECT(face_write(&child, HV_MSR_HYPERCALL, AT_FAR + 0x3001), 0);
	EXPECT(face_word(&child, AT_FAR + 0x3000), HYPERCALL_CODE);
	EXPECT(face_word(&child, AT_FAR + 0x4000), 0x44);
	child_end(&child);
	EXPECT(is_lent(page), false);
	EXPECT(is_lent(page + 0x3000), false);
}

/* All over its addresses: the tables that this takes come back. HOSTILE N1 */
static void moved(void)
{
	unsigned int before = child_stash(), i;
	struct child child;
	uint64_t x = 1;

	if (!face_make(&child, FACE_ALL, 1))
		return;
	EXPECT(child_deposit(child.id, 6), true);
	EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, ~0ull), FACE_FAULT);
	EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, 0xfee00001),
		FACE_FAULT);
	EXPECT(face_read(&child, HV_MSR_REFERENCE_TSC), 0);
	for (i = 0; i < 2000; i++) {
		x = x * 6364136223846793005 + 1442695040888963407;
		report_about("move %u", i);
		EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, (x >> 25 &
			0x7ffffff000) | (i & 1)), 0);
	}
	EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, 0), 0);
	for (i = 0; i < 2000; i++)
		EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, AT_OVERLAY |
			(i & 1)), 0);
	report_about("pages");
	EXPECT_BETWEEN(child_withdraw(child.id), 6, 40);
	/* Without a page for a table it stays where it is. */
	EXPECT(face_write(&child, HV_MSR_REFERENCE_TSC, AT_FAR | 1),
		FACE_FAULT);
	EXPECT(face_word(&child, AT_OVERLAY), 1);
	child_end(&child);
	EXPECT(child_stash(), before);
}

static struct child toggling;
static volatile uint64_t toggled;

static void toggle(void)
{
	toggled = face_finish(&toggling);
}

static void start_toggle(struct child *child)
{
	child_start(child, 0, CHILD_LONG, CODE(child_toggle));
	child_set(child, 0, HV_REG_RAX + 1, HV_MSR_HYPERCALL);
	child_set(child, 0, HV_REG_RAX + 6, AT_OVERLAY | 1);
	child_set(child, 0, HV_REG_RAX + 3, AT_OVERLAY);
	child_set(child, 0, HV_REG_RAX + 7, AT_FAR | 0x3001);
	child_set(child, 0, HV_REG_RAX + 9, AT_FAR | 0x3000);
	child_set(child, 0, HV_REG_RAX + 5, HYPERCALL_CODE);
	child_set(child, 0, HV_REG_RAX + 8, 2000);
}

/* A page moves while the parent changes what is below both places. */
static void moved_meanwhile(void)
{
	struct child *child = &toggling;
	uint8_t *page = aligned_pages();
	uint64_t rounds = 0;

	if (!childsmp_start() || !face_make(child, FACE_ALL, 1))
		return;
	EXPECT(face_write(child, HV_MSR_GUEST_OS_ID, OS_ID), 0);
	EXPECT(child_deposit(child->id, 20), true);
	start_toggle(child);
	toggled = ~0ull;
	cpu_give(1, toggle);
	for (; cpu_at(1)->job; rounds++) {
		report_about("round %lu", rounds);
		EXPECT(child_unmap(child->id, AT_OVERLAY, 1, 0),
			HV_STATUS_SUCCESS);
		EXPECT(child_map(child->id, AT_FAR, page, 1, CHILD_ALL |
			HV_MAP_LARGE), HV_STATUS_SUCCESS);
		age(child, AT_OVERLAY, 15);
		EXPECT(child_map(child->id, AT_OVERLAY, page + 0x1000, 1,
			rounds & 1 ? CHILD_ALL : HV_MAP_NO_ACCESS),
			HV_STATUS_SUCCESS);
		EXPECT(child_unmap(child->id, AT_FAR, 1, HV_UNMAP_LARGE),
			HV_STATUS_SUCCESS);
	}
	EXPECT(toggled, 0);
	EXPECT(rounds > 10, true);
	child_end(child);
	EXPECT(is_lent(page), false);
	EXPECT(is_lent(page + 0x1000), false);
}

const struct test childpage_tests[] = {
	{"face: the hypercall page", hypercall_page},
	{"face: pages on each other", stacked},
	{"face: five pages on three places", piled},
	{"face: memory below a page", below},
	{"face: large pages around it", large},
	{"face: a page that moves", moved},
	{"face: a page that moves while memory does", moved_meanwhile},
	{0},
};
