/* Partitions. */
/* SPDX-License-Identifier: MIT */
#include "partition.h"

#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "../lib/string.h"
#include "child.h"
#include "child_cpuid.h"
#include "connection.h"
#include "cpuid.h"
#include "gpa.h"
#include "guest_page.h"
#include "hypercall.h"
#include "machine.h"
#include "memory.h"
#include "page.h"
#include "panic.h"
#include "port.h"
#include "vp.h"

struct partition *parent;

/* A slot's index is the low part of its partitions' identities; 0 and 1 are
 * never a child's. */
#define SLOTS		2048
#define SLOT(id)	((id) & (SLOTS - 1))

static struct slot {
	uint64_t id;			/* atomic: 0 when none can be found */
	uint64_t next;			/* identity of the next in this slot */
	uint32_t users;			/* atomic */
	struct partition *partition;
} *slots;
static struct lock table = LOCK_INIT(LOCK_PARTITION);	/* free slots, ends */
static unsigned int children;		/* atomic */

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
	ASSERT(vp_ops->vp_init(vp));
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
	parent->privileges = cpuid_parent_privileges();
	parent->map_lock.rank = LOCK_MAP;
	parent->connection_lock.rank = LOCK_CONNECTIONS;
	parent->pool.lock.rank = LOCK_POOL;
	stats_init(&parent->stats);
	ASSERT(vp_ops->partition_init(parent));
	memory_init_parent();
	/* Its time is the machine's. */
	parent->time_base = machine.tsc_offset;
	parent->hypercall_page = make_hypercall_page();
	parent->tsc_page = make_tsc_page();
	parent->vp = page_take_aligned(power_of_two(machine.cpu_count *
		sizeof(*parent->vp)));
	for (i = 0; i < machine.cpu_count; i++)
		parent->vp[i] = make_vp(parent, i);
	parent->vp_count = 1;
	slots = page_take_run((SLOTS * sizeof(*slots) + HV_PAGE_SIZE - 1) /
		HV_PAGE_SIZE);
}

struct partition *partition_find(uint64_t id)
{
	if (id == HV_PARTITION_ID_SELF || id == PARENT_ID)
		return parent;
	return NULL;
}

struct partition *partition_get(uint64_t id)
{
	struct slot *slot = &slots[SLOT(id)];

	if (id == HV_PARTITION_ID_SELF || id == PARENT_ID)
		return parent;
	/* Pairs with hide(): there the identity goes, then users are looked
	 * at. */
	__atomic_add_fetch(&slot->users, 1, __ATOMIC_SEQ_CST);
	if (id && __atomic_load_n(&slot->id, __ATOMIC_SEQ_CST) == id)
		return slot->partition;
	__atomic_sub_fetch(&slot->users, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

void partition_put(struct partition *partition)
{
	if (partition && partition != parent)
		__atomic_sub_fetch(&slots[SLOT(partition->id)].users, 1,
			__ATOMIC_SEQ_CST);
}

static enum partition_state state_of(const struct partition *partition)
{
	return __atomic_load_n(&partition->state, __ATOMIC_SEQ_CST);
}

static void set_state(struct partition *partition, enum partition_state state)
{
	__atomic_store_n(&partition->state, state, __ATOMIC_SEQ_CST);
}

uint16_t partition_get_active(uint64_t id, struct partition **child)
{
	struct partition *partition = partition_get(id);

	*child = NULL;
	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	if (partition == parent)
		return HV_STATUS_ACCESS_DENIED;
	if (state_of(partition) != PARTITION_ACTIVE) {
		partition_put(partition);
		return HV_STATUS_INVALID_PARTITION_STATE;
	}
	*child = partition;
	return HV_STATUS_SUCCESS;
}

unsigned int partition_count(void)
{
	return __atomic_load_n(&children, __ATOMIC_RELAXED);
}

#define KNOWN_FLAGS (HV_CREATE_SMT | HV_CREATE_NESTED | \
	HV_CREATE_GPA_SUPER_PAGES | HV_CREATE_EXO | HV_CREATE_LAPIC | \
	HV_CREATE_MESSAGE_PAGE | HV_CREATE_X2APIC)

static uint16_t check_create(const struct hv_create_partition_in *in)
{
	/* Isolation and nested virtualization are not offered; exo partitions
	 * with a local APIC and a message page are what there is. */
	if (in->flags & ~KNOWN_FLAGS || in->isolation)
		return HV_STATUS_INVALID_PARAMETER;
	if (in->flags & HV_CREATE_NESTED)
		return HV_STATUS_FEATURE_NOT_SUPPORTED;
	if (!(in->flags & HV_CREATE_EXO) || !(in->flags & HV_CREATE_LAPIC) ||
			!(in->flags & HV_CREATE_MESSAGE_PAGE))
		return HV_STATUS_INVALID_PARAMETER;
	return HV_STATUS_SUCCESS;
}

/* A free slot gets the partition; NULL when there is none. */
static struct slot *enter(struct partition *partition)
{
	unsigned int i;

	lock_take(&table);
	for (i = PARENT_ID + 1; i < SLOTS && slots[i].partition; i++)
		;
	if (i < SLOTS) {
		slots[i].partition = partition;
		/* Identities are never used twice. */
		partition->id = slots[i].next ? slots[i].next : i;
		slots[i].next = partition->id + SLOTS;
	}
	lock_give(&table);
	return i < SLOTS ? &slots[i] : NULL;
}

uint16_t partition_create(struct hypercall *call)
{
	const struct hv_create_partition_in *in = call->in;
	uint16_t status = check_create(in);
	struct partition *partition;
	struct slot *slot;

	if (status != HV_STATUS_SUCCESS)
		return status;
	partition = pool_take(&parent->pool);
	if (!partition)
		return HV_STATUS_INSUFFICIENT_MEMORY;
	partition->map_lock.rank = LOCK_CHILD_MAP;
	partition->pool.lock.rank = LOCK_POOL;
	partition->lock.rank = LOCK_PARTITION;
	partition->connection_lock.rank = LOCK_CONNECTIONS;
	partition->flags = in->flags;
	partition->disabled_features[0] = in->disabled_features[0];
	partition->disabled_features[1] = in->disabled_features[1];
	partition->disabled_xsave = in->disabled_xsave;
	partition_start_time(partition);
	slot = enter(partition);
	if (!slot) {
		pool_give(&parent->pool, partition);
		return HV_STATUS_NO_RESOURCES;
	}
	__atomic_add_fetch(&children, 1, __ATOMIC_RELAXED);
	*(uint64_t *)call->out = partition->id;
	__atomic_store_n(&slot->id, partition->id, __ATOMIC_SEQ_CST);
	return HV_STATUS_SUCCESS;
}

/* All that an active partition has from the start; false undoes it. */
static bool furnish(struct partition *partition)
{
	partition->vp = pool_take(&partition->pool);
	if (!partition->vp)
		return false;
	if (vp_ops->partition_init(partition))
		return true;
	pool_give(&partition->pool, partition->vp);
	partition->vp = NULL;
	return false;
}

static uint16_t initialize(struct partition *partition)
{
	if (state_of(partition) != PARTITION_CREATED)
		return HV_STATUS_INVALID_PARTITION_STATE;
	if (!furnish(partition))
		return HV_STATUS_INSUFFICIENT_MEMORY;
	set_state(partition, PARTITION_ACTIVE);
	return HV_STATUS_SUCCESS;
}

uint16_t partition_initialize(struct hypercall *call)
{
	const struct hv_partition_in *in = call->in;
	struct partition *partition = partition_get(in->partition_id);
	uint16_t status = HV_STATUS_ACCESS_DENIED;

	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	if (partition != parent) {
		lock_take(&partition->lock);
		status = initialize(partition);
		lock_give(&partition->lock);
	}
	partition_put(partition);
	return status;
}

/* Whether nobody but the caller has it; who runs it is called to leave. */
static bool is_alone(struct partition *partition)
{
	unsigned int i;

	if (__atomic_load_n(&slots[SLOT(partition->id)].users,
			__ATOMIC_SEQ_CST) == 1)
		return true;
	for (i = 0; i < machine.cpu_count; i++) {
		if (__atomic_load_n(&cpus[i]->running, __ATOMIC_SEQ_CST) ==
				partition)
			machine_kick(i);
	}
	return false;
}

/* One piece of the end; true when it was the last. */
static bool finalize_piece(struct partition *partition)
{
	unsigned int i;

	/* Who sends to one of its ports needs its VPs. */
	if (connection_end(partition) || port_end(partition))
		return false;
	for (i = 0; i < partition->vp_count; i++) {
		if (!partition->vp[i])
			continue;
		/* A signal under way names it. */
		if (!child_free(partition->vp[i]))
			return false;
		partition->vp[i] = NULL;
		return false;
	}
	guest_free(partition);
	if (gpa_strip(partition))
		return false;
	child_cpuid_free(partition);
	stats_free(&partition->stats, &partition->pool);
	pool_give(&partition->pool, partition->vp);
	/* Its properties can still be asked for and set. */
	partition->vp = NULL;
	partition->vp_count = 0;
	return true;
}

/* Nobody else has it any more: users is one and it cannot be made active. */
static uint16_t finalize(struct partition *partition)
{
	switch (state_of(partition)) {
	case PARTITION_CREATED:
	case PARTITION_FINALIZED:
		return HV_STATUS_INVALID_PARTITION_STATE;
	case PARTITION_ACTIVE:
		set_state(partition, PARTITION_ENDING);
		break;
	case PARTITION_ENDING:
		break;
	}
	if (!is_alone(partition))
		return HYPERCALL_AGAIN;
	/* Who had it, too, may have come to the end of this. */
	if (state_of(partition) != PARTITION_ENDING)
		return HV_STATUS_INVALID_PARTITION_STATE;
	if (!finalize_piece(partition))
		return HYPERCALL_AGAIN;
	set_state(partition, PARTITION_FINALIZED);
	return HV_STATUS_SUCCESS;
}

uint16_t partition_finalize(struct hypercall *call)
{
	const struct hv_partition_in *in = call->in;
	struct partition *partition = partition_get(in->partition_id);
	uint16_t status = HV_STATUS_ACCESS_DENIED;

	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	if (partition != parent)
		status = finalize(partition);
	partition_put(partition);
	return status;
}

static uint16_t check_delete(const struct partition *partition)
{
	enum partition_state state = state_of(partition);

	if (state != PARTITION_CREATED && state != PARTITION_FINALIZED)
		return HV_STATUS_INVALID_PARTITION_STATE;
	/* Pages of the parent would be lost. */
	if (partition->pool.total)
		return HV_STATUS_OPERATION_DENIED;
	return HV_STATUS_SUCCESS;
}

/* Out of the table for good; false when somebody else still has it, or had it
 * and changed it. One at a time: else one would show again what the other has
 * hidden. */
static bool hide(struct partition *partition)
{
	struct slot *slot = &slots[SLOT(partition->id)];
	bool is_hidden;

	lock_take(&table);
	/* Pairs with partition_get(). */
	__atomic_store_n(&slot->id, 0, __ATOMIC_SEQ_CST);
	is_hidden = __atomic_load_n(&slot->users, __ATOMIC_SEQ_CST) == 1 &&
		check_delete(partition) == HV_STATUS_SUCCESS;
	if (!is_hidden)
		__atomic_store_n(&slot->id, partition->id, __ATOMIC_SEQ_CST);
	lock_give(&table);
	return is_hidden;
}

static uint16_t delete(struct partition *partition)
{
	struct slot *slot = &slots[SLOT(partition->id)];
	uint16_t status = check_delete(partition);

	if (status != HV_STATUS_SUCCESS)
		return status;
	if (!hide(partition))
		return HYPERCALL_AGAIN;
	lock_take(&table);
	slot->partition = NULL;
	__atomic_sub_fetch(&slot->users, 1, __ATOMIC_SEQ_CST);
	lock_give(&table);
	__atomic_sub_fetch(&children, 1, __ATOMIC_RELAXED);
	pool_give(&parent->pool, partition);
	return HV_STATUS_SUCCESS;
}

uint16_t partition_delete(struct hypercall *call)
{
	const struct hv_partition_in *in = call->in;
	struct partition *partition = partition_get(in->partition_id);
	uint16_t status;

	if (!partition)
		return HV_STATUS_INVALID_PARTITION_ID;
	if (partition == parent)
		return HV_STATUS_ACCESS_DENIED;
	status = delete(partition);
	if (status != HV_STATUS_SUCCESS)
		partition_put(partition);
	return status;
}
