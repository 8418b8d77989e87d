/* Statistics pages. */
/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "../lib/string.h"
#include "child.h"
#include "hypercall.h"
#include "machine.h"
#include "memory.h"
#include "panic.h"
#include "page.h"
#include "partition.h"
#include "vp.h"

static struct lock lock = LOCK_INIT(LOCK_STATS);	/* which are mapped */
static struct stats hypervisor;

void stats_init(struct stats *stats)
{
	stats->page = page_take();
	ASSERT(stats->page);
}

void stats_start(uint64_t startup_cost)
{
	stats_init(&hypervisor);
	hypervisor.page[STATS_HV_LPS] = machine.cpu_count;
	hypervisor.page[STATS_HV_PARTITIONS] = 1;
	hypervisor.page[STATS_HV_VPS] = machine.cpu_count;
	hypervisor.page[STATS_HV_STARTUP_COST] = startup_cost;
	parent->stats.page[STATS_PARTITION_ID] = parent->id;
}

void stats_exit(struct vp *vp, enum stats_kind kind)
{
	struct cpu *cpu = vp->cpu;
	uint64_t now = machine_time();
	uint64_t run = cpu->entered - cpu->left;
	uint64_t spent = now - cpu->entered;

	vp->stats.page[kind]++;
	vp->stats.page[kind + 1] += spent;
	vp->stats.page[STATS_VP_RUN_TIME] += run;
	vp->stats.page[STATS_VP_HYPERVISOR_TIME] += spent;
	cpu->stats.page[STATS_LP_RUN_TIME] += run;
	cpu->stats.page[STATS_LP_HYPERVISOR_TIME] += spent;
	cpu->stats.page[STATS_LP_GLOBAL_TIME] = now;
	cpu->left = now;
}

uint64_t stats_run_time(const struct vp *vp)
{
	const struct cpu *cpu = vp->cpu;

	return vp->stats.page[STATS_VP_RUN_TIME] + cpu->entered - cpu->left;
}

static struct vp *find_vp(struct partition *partition, uint32_t index)
{
	if (partition != parent)
		return child_find(partition, index);
	if (index >= machine.cpu_count || !parent->vp[index]->created)
		return NULL;
	return parent->vp[index];
}

/* A partition's or a VP's. The owner must be put back. */
static uint16_t find_partitions(const struct hv_stats_in *in,
	struct stats **stats, struct partition **owner)
{
	struct vp *vp;

	*owner = partition_find(in->vp.partition_id);
	if (!*owner) {
		uint16_t status = partition_get_active(in->vp.partition_id,
			owner);

		if (status != HV_STATUS_SUCCESS)
			return status;
	}
	if (in->type == HV_STATS_PARTITION) {
		*stats = &(*owner)->stats;
		return HV_STATUS_SUCCESS;
	}
	vp = find_vp(*owner, in->vp.vp_index);
	if (!vp)
		return HV_STATUS_INVALID_VP_INDEX;
	*stats = &vp->stats;
	return HV_STATUS_SUCCESS;
}

/* The object that the identity names. */
static uint16_t find(const struct hv_stats_in *in, struct stats **stats,
	struct partition **owner)
{
	*owner = parent;
	if (in->vp.area != HV_STATS_AREA_SELF)
		return HV_STATUS_INVALID_PARAMETER;
	switch (in->type) {
	case HV_STATS_HYPERVISOR:
		*stats = &hypervisor;
		return HV_STATUS_SUCCESS;
	case HV_STATS_LP:
		if (in->lp.lp_index >= machine.cpu_count)
			return HV_STATUS_INVALID_LP_INDEX;
		*stats = &cpus[in->lp.lp_index]->stats;
		return HV_STATUS_SUCCESS;
	case HV_STATS_PARTITION:
	case HV_STATS_VP:
		return find_partitions(in, stats, owner);
	}
	return HV_STATUS_INVALID_PARAMETER;
}

void stats_free(struct stats *stats, struct pool *pool)
{
	/* A child's are of its pool, or not there. */
	if (!stats->page)
		return;
	if (stats->mapped)
		memory_hide(stats->page);
	pool_give(pool, stats->page);
	*stats = (struct stats){.page = NULL};
}

static void refresh(void)
{
	hypervisor.page[STATS_HV_PAGES] = page_left();
	hypervisor.page[STATS_HV_PARTITIONS] = 1 + partition_count();
	parent->stats.page[STATS_PARTITION_VPS] = parent->vp_count;
	parent->stats.page[STATS_PARTITION_DEPOSITED] = parent->pool.total;
}

/* The first mapping moves the counters to a page that the parent deposited: it
 * reads them through its map of all its memory. */
static bool move_to_deposit(struct stats *stats, struct pool *pool)
{
	uint64_t *page;

	if (stats->deposited)
		return true;
	page = pool_take(pool);
	if (!page)
		return false;
	if (stats->page)
		memcpy(page, stats->page, HV_PAGE_SIZE);
	__atomic_store_n(&stats->page, page, __ATOMIC_RELEASE);
	stats->deposited = true;
	return true;
}

static uint16_t map(struct stats *stats, struct pool *pool, uint64_t *pfn)
{
	if (stats->mapped)
		return HV_STATUS_OPERATION_DENIED;
	if (!move_to_deposit(stats, pool))
		return HV_STATUS_INSUFFICIENT_MEMORY;
	refresh();
	stats->mapped = true;
	memory_give(stats->page, MAP_READ);
	*pfn = memory_taken_pfn(stats->page);
	return HV_STATUS_SUCCESS;
}

static uint16_t unmap(struct stats *stats)
{
	if (!stats->mapped)
		return HV_STATUS_INVALID_PARAMETER;
	stats->mapped = false;
	memory_hide(stats->page);
	return HV_STATUS_SUCCESS;
}

uint16_t stats_map(struct hypercall *call)
{
	struct hv_stats_out *out = call->out;
	struct partition *owner;
	struct stats *stats;
	uint16_t status;

	lock_take(&lock);
	status = find(call->in, &stats, &owner);
	if (status == HV_STATUS_SUCCESS)
		status = map(stats, &owner->pool, &out->page);
	lock_give(&lock);
	partition_put(owner);
	return status;
}

uint16_t stats_unmap(struct hypercall *call)
{
	struct partition *owner;
	struct stats *stats;
	uint16_t status;

	lock_take(&lock);
	status = find(call->in, &stats, &owner);
	if (status == HV_STATUS_SUCCESS)
		status = unmap(stats);
	lock_give(&lock);
	partition_put(owner);
	return status;
}
