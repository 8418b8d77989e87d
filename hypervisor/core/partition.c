/* Partitions. */
/* SPDX-License-Identifier: MIT */
#include "partition.h"

#include "../abi/hypercall.h"
#include "../lib/string.h"
#include "machine.h"
#include "memory.h"
#include "page.h"
#include "panic.h"
#include "vp.h"

struct partition *parent;

static_assert(sizeof(struct vp) <= HV_PAGE_SIZE, "a VP is one page");
static_assert(sizeof(struct partition) <= HV_PAGE_SIZE, "one page");

static void *page_or_panic(void)
{
	void *page = page_take();

	ASSERT(page);
	return page;
}

static size_t power_of_two(size_t size)
{
	size_t power = HV_PAGE_SIZE;

	while (power < size)
		power *= 2;
	return power;
}

static struct vp *make_vp(struct partition *partition, unsigned int index)
{
	struct vp *vp = page_or_panic();

	vp->partition = partition;
	vp->index = index;
	vp->cpu = cpus[index];
	vp->cpu->vp = vp;
	vp->state = VP_WAIT_SIPI;
	/* The boot processor needs no hypercall to exist. */
	vp->created = index == 0;
	stats_init(&vp->stats);
	vp_ops->vp_init(vp);
	synic_init(vp);
	return vp;
}

/* Page bytes that the parent calls: VMMCALL or VMCALL, then RET. */
static uint64_t make_hypercall_page(void)
{
	static const uint8_t amd[] = {0x0f, 0x01, 0xd9, 0xc3};
	uint8_t *page = memory_parent_page(MAP_READ | MAP_EXECUTE);

	memset(page, 0xcc, HV_PAGE_SIZE);
	memcpy(page, amd, sizeof(amd));
	return (uint64_t)page;
}

/* TLFS 12.7.3: time = (tsc * scale >> 64) + offset while sequence is not 0. */
static uint64_t make_tsc_page(void)
{
	uint64_t *page = memory_parent_page(MAP_READ);

	page[1] = machine.tsc_scale;
	page[2] = machine.tsc_offset;
	*(uint32_t *)page = 1;
	return (uint64_t)page;
}

void partition_init_parent(void)
{
	unsigned int i;

	parent = page_or_panic();
	parent->id = PARENT_ID;
	parent->map_lock.rank = LOCK_MAP;
	parent->pool.lock.rank = LOCK_POOL;
	stats_init(&parent->stats);
	vp_ops->partition_init(parent);
	memory_init_parent();
	parent->hypercall_page = make_hypercall_page();
	parent->tsc_page = make_tsc_page();
	parent->vp = page_take_aligned(power_of_two(machine.cpu_count *
		sizeof(*parent->vp)));
	for (i = 0; i < machine.cpu_count; i++)
		parent->vp[i] = make_vp(parent, i);
	parent->vp_count = 1;
}

struct partition *partition_find(uint64_t id)
{
	if (id == HV_PARTITION_ID_SELF || id == PARENT_ID)
		return parent;
	return NULL;
}
