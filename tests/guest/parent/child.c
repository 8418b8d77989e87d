/* Child partitions that the tests make: their life, pages and memory. */
/* SPDX-License-Identifier: MIT */
#include "child.h"

#include "../../../hypervisor/lib/asm.h"
#include "../../../hypervisor/lib/string.h"
#include "call.h"
#include "cpu.h"
#include "memory.h"
#include "report.h"

#define STASH		5000
#define PFN(page)	((uint64_t)(page) >> HV_PAGE_SHIFT)
#define AT_ONCE		64

static uint64_t stash[STASH];
static unsigned int stashed;
static bool stash_busy;			/* atomic */
static uint8_t *parameters[CPUS];	/* input, output, and a page behind */
static uint8_t *regions;

static void stash_lock(void)
{
	while (__atomic_exchange_n(&stash_busy, true, __ATOMIC_SEQ_CST))
		pause();
}

static void stash_unlock(void)
{
	__atomic_store_n(&stash_busy, false, __ATOMIC_SEQ_CST);
}

/* Once, at the first use: other tests should not wait for it. */
static void prepare(void)
{
	uint64_t page;
	unsigned int i;

	if (regions)
		return;
	for (i = 0; i < CPUS; i++)
		parameters[i] = memory_take(2);
	page = PFN(memory_take(STASH));
	for (stashed = 0; stashed < STASH; stashed++)
		stash[stashed] = page + stashed;
	regions = memory_take(CHILDREN * CHILD_PAGES);
}

const volatile uint64_t *child_out(void)
{
	return (uint64_t *)(parameters[cpu_self()->index] + HV_PAGE_SIZE);
}

uint32_t child_call(uint64_t control, const void *in, unsigned int size)
{
	uint8_t *page;

	prepare();
	page = parameters[cpu_self()->index];
	memcpy(page, in, size);
	return call_raw(control, (uint64_t)page,
		(uint64_t)page + HV_PAGE_SIZE);
}

unsigned int child_stash(void)
{
	prepare();
	return stashed;
}

static bool deposit(uint64_t id, unsigned int count)
{
	uint64_t in[1 + AT_ONCE] = {id};
	uint32_t status;
	unsigned int i;

	prepare();
	stash_lock();
	if (count > stashed)
		report_stop("no page left to deposit");
	for (i = 0; i < count; i++)
		in[1 + i] = stash[--stashed];
	stash_unlock();
	status = child_call(HVCALL_DEPOSIT_MEMORY | CALL_REPS(count), in,
		8 + count * 8);
	if (status == HV_STATUS_SUCCESS)
		return true;
	stash_lock();
	for (i = 0; i < count; i++)
		stash[stashed++] = in[1 + i];
	stash_unlock();
	return false;
}

bool child_deposit(uint64_t id, unsigned int count)
{
	for (; count > AT_ONCE; count -= AT_ONCE) {
		if (!deposit(id, AT_ONCE))
			return false;
	}
	return !count || deposit(id, count);
}

/* One at a time: the count of repetitions is not each processor's own. */
unsigned int child_withdraw(uint64_t id)
{
	struct hv_withdraw_in in = {.partition_id = id};
	unsigned int count = 0;

	while (child_call(HVCALL_WITHDRAW_MEMORY | CALL_REPS(1), &in,
			sizeof(in)) == HV_STATUS_SUCCESS) {
		stash_lock();
		stash[stashed++] = child_out()[0];
		stash_unlock();
		count++;
	}
	return count;
}

uint32_t child_feed(uint64_t id, uint64_t control, const void *in,
	unsigned int size, unsigned int *pages)
{
	uint32_t status;

	while ((status = child_call(control, in, size)) ==
			HV_STATUS_INSUFFICIENT_MEMORY) {
		if (!deposit(id, 1))
			break;
		if (pages)
			++*pages;
	}
	return status;
}

uint32_t child_create(uint64_t flags, uint64_t *id)
{
	struct hv_create_partition_in in = {.flags = flags};
	uint32_t status = child_feed(SELF, HVCALL_CREATE_PARTITION, &in,
		sizeof(in), NULL);

	*id = status == HV_STATUS_SUCCESS ? child_out()[0] : NOBODY;
	return status;
}

uint32_t child_do(uint16_t code, uint64_t id)
{
	return child_call(code, &id, sizeof(id));
}

uint32_t child_create_vp(uint64_t id, uint32_t vp)
{
	struct hv_create_vp_in in = {.partition_id = id, .vp_index = vp};

	return child_feed(id, HVCALL_CREATE_VP, &in, sizeof(in), NULL);
}

uint32_t child_map(uint64_t id, uint64_t gpa, const void *at,
	unsigned int count, uint32_t flags)
{
	struct {
		struct hv_map_gpa_in in;
		uint64_t page[AT_ONCE];
	} map = {{id, gpa >> HV_PAGE_SHIFT, flags, 0}, {0}};
	unsigned int step = flags & HV_MAP_LARGE ? 512 : 1, i;

	for (i = 0; i < count && i < AT_ONCE; i++)
		map.page[i] = PFN(at) + i * step;
	return child_feed(id, HVCALL_MAP_GPA_PAGES | CALL_REPS(count), &map,
		sizeof(map), NULL);
}

uint32_t child_unmap(uint64_t id, uint64_t gpa, unsigned int count,
	uint32_t flags)
{
	struct hv_unmap_gpa_in in = {id, gpa >> HV_PAGE_SHIFT, flags, 0};

	return child_feed(id, HVCALL_UNMAP_GPA_PAGES | CALL_REPS(count), &in,
		sizeof(in), NULL);
}

static void *map_state(uint64_t id, uint32_t vp, uint16_t type)
{
	struct hv_state_page_in in = {.partition_id = id, .vp_index = vp,
		.type = type};

	if (!EXPECT(child_call(HVCALL_MAP_VP_STATE_PAGE, &in, sizeof(in)),
			HV_STATUS_SUCCESS))
		return NULL;
	return (void *)(child_out()[0] << HV_PAGE_SHIFT);
}

static bool make_vp(struct child *child, unsigned int vp)
{
	if (!EXPECT(child_create_vp(child->id, vp), HV_STATUS_SUCCESS))
		return false;
	if (vp >= CHILD_VPS)
		return true;
	child->registers[vp] = map_state(child->id, vp,
		HV_STATE_PAGE_REGISTERS);
	child->message[vp] = map_state(child->id, vp, HV_STATE_PAGE_MESSAGE);
	return child->registers[vp] && child->message[vp];
}

bool child_make_vps(struct child *child, unsigned int vps)
{
	unsigned int i;

	for (i = 0; i < vps; i++) {
		if (!make_vp(child, i))
			return false;
	}
	return true;
}

bool child_make(struct child *child, unsigned int region, unsigned int vps)
{
	prepare();
	*child = (struct child){.region = region};
	child->memory = regions + region * CHILD_PAGES * HV_PAGE_SIZE;
	memset(child->memory, 0, CHILD_PAGES * HV_PAGE_SIZE);
	if (!EXPECT(child_create(CHILD_FLAGS, &child->id),
			HV_STATUS_SUCCESS))
		return false;
	if (!EXPECT(child_feed(child->id, HVCALL_INITIALIZE_PARTITION,
			&child->id, 8, NULL), HV_STATUS_SUCCESS))
		return false;
	if (!EXPECT(child_map(child->id, 0, child->memory, CHILD_PAGES,
			CHILD_ALL), HV_STATUS_SUCCESS))
		return false;
	return child_make_vps(child, vps);
}

void child_end(struct child *child)
{
	EXPECT(child_do(HVCALL_FINALIZE_PARTITION, child->id),
		HV_STATUS_SUCCESS);
	child_withdraw(child->id);
	EXPECT(child_do(HVCALL_DELETE_PARTITION, child->id),
		HV_STATUS_SUCCESS);
	child_withdraw(SELF);
}
