/* A child's guest-physical memory, and the hypercalls that make it.
 * docs/partitions.md, "Memory". */
/* SPDX-License-Identifier: MIT */
#include "gpa.h"

#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "../lib/string.h"
#include "access.h"
#include "frame.h"
#include "hypercall.h"
#include "machine.h"
#include "memory.h"
#include "overlay.h"
#include "panic.h"
#include "partition.h"
#include "vp.h"

#define SIZE_4K		0x1000ull
#define SIZE_2M		0x200000ull
/* Where its local APICs answer: never memory. */
#define APIC_PAGE	0xfee00000ull

#define KNOWN_FLAGS	(HV_MAP_READABLE | HV_MAP_WRITABLE | \
	HV_MAP_EXECUTABLE | HV_MAP_ADJUSTABLE | HV_MAP_NO_ACCESS | \
	HV_MAP_LARGE)

/* What was taken away in one call, mappings and whole tables: counted down
 * after the flush. */
struct gone {
	unsigned int count;
	bool slow;		/* a large page around overlays: enough */
	struct {
		uint64_t spa, size;
		void *table;
	} entry[HYPERCALL_REPS_AT_ONCE];
};

/* What the parent changes below an overlay is not in the tables. */
static void change_below(struct overlay *overlay, uint64_t spa,
	unsigned int rights, struct gone *gone)
{
	if (overlay->below_rights & MAP_READ) {
		gone->entry[gone->count].table = NULL;
		gone->entry[gone->count].spa = overlay->below;
		gone->entry[gone->count++].size = SIZE_4K;
	}
	overlay->below = spa;
	overlay->below_rights = rights;
}

/* A large page with overlays in it: there is a table, and it stays. No page is
 * given to anybody else before the flush, for the locks are held. */
static void change_around(struct partition *child, uint64_t gpa, uint64_t spa,
	uint64_t size, unsigned int rights, struct gone *gone)
{
	uint64_t end = gpa + size;

	for (; gpa < end; gpa += SIZE_4K, spa += SIZE_4K) {
		struct overlay *overlay = NULL;
		struct mapping old;

		vp_ops->look(child, gpa, &old);
		/* All others that are mapped are lent. */
		if (old.rights & MAP_READ && !frame_is_used(old.spa))
			overlay = overlay_at(child, gpa);
		if (overlay) {
			old.spa = overlay->below;
			old.rights = overlay->below_rights;
			overlay->below = spa;
			overlay->below_rights = rights;
		} else {
			vp_ops->map(child, gpa, spa, SIZE_4K, rights, NULL);
		}
		if (old.rights & MAP_READ)
			frame_drop(old.spa, SIZE_4K);
	}
	memory_flush(child);
	gone->slow = true;
}

/* Whether overlays make the change another one. */
static bool change_covered(struct partition *child, uint64_t gpa,
	uint64_t spa, uint64_t size, unsigned int rights, struct gone *gone)
{
	if (!child->overlays || !overlay_within(child, gpa, size))
		return false;
	if (size == SIZE_4K)
		change_below(overlay_at(child, gpa), spa, rights, gone);
	else
		change_around(child, gpa, spa, size, rights, gone);
	return true;
}

/* One entry becomes what is wanted; what it was goes into the list. The
 * child's and the parent's locks are held. */
static bool change(struct partition *child, uint64_t gpa, uint64_t spa,
	uint64_t size, unsigned int rights, struct gone *gone)
{
	struct mapping old;
	void *table = NULL;

	if (change_covered(child, gpa, spa, size, rights, gone))
		return true;
	vp_ops->look(child, gpa, &old);
	if (!vp_ops->map(child, gpa, spa, size, rights, &table))
		return false;
	if (!table && !(old.rights & MAP_READ))
		return true;
	gone->entry[gone->count].table = table;
	gone->entry[gone->count].spa = old.spa + (gpa & (old.size - 1));
	gone->entry[gone->count++].size = size;
	return true;
}

/* After the flush nobody uses the pages: they may be the hypervisor's now.
 * Still with the child's lock: who has that and sees the same generation as
 * before may use what was mapped then. */
static void settle(struct partition *child, const struct gone *gone)
{
	unsigned int i;

	if (!gone->count)
		return;
	memory_flush(child);
	lock_take(&parent->map_lock);
	for (i = 0; i < gone->count; i++) {
		if (gone->entry[i].table)
			vp_ops->strip(child, gone->entry[i].table, frame_drop);
		else
			frame_drop(gone->entry[i].spa, gone->entry[i].size);
	}
	lock_give(&parent->map_lock);
}

static unsigned int rights_of(uint32_t flags)
{
	if (flags & HV_MAP_NO_ACCESS)
		return MAP_KNOWN;
	return MAP_KNOWN | MAP_READ |
		(flags & HV_MAP_WRITABLE ? MAP_WRITE : 0) |
		(flags & HV_MAP_EXECUTABLE ? MAP_EXECUTE : 0);
}

/* Guest-physical pages from first on, count entries of that size. */
static bool is_range(uint64_t first, uint64_t count, uint64_t size)
{
	uint64_t end = machine.physical_end >> HV_PAGE_SHIFT;
	uint64_t pages = count * (size >> HV_PAGE_SHIFT);
	uint64_t apic = APIC_PAGE >> HV_PAGE_SHIFT;

	if (first > end || pages > end - first ||
			first & ((size >> HV_PAGE_SHIFT) - 1))
		return false;
	return apic < first || apic >= first + pages;
}

static uint16_t check_flags(const struct hv_map_gpa_in *in)
{
	if (in->flags & ~KNOWN_FLAGS)
		return HV_STATUS_INVALID_PARAMETER;
	if (!(in->flags & HV_MAP_NO_ACCESS) && !(in->flags & HV_MAP_READABLE))
		return HV_STATUS_INVALID_PARAMETER;
	/* Kernel and user cannot be told apart. */
	if ((in->flags & HV_MAP_EXECUTABLE) != HV_MAP_EXECUTABLE &&
			in->flags & HV_MAP_EXECUTABLE)
		return HV_STATUS_INVALID_PARAMETER;
	return HV_STATUS_SUCCESS;
}

/* Whether the parent owns all of it, and may lend it. */
static bool lend(uint64_t page, uint64_t size)
{
	uint64_t spa = page << HV_PAGE_SHIFT;

	if (page >= machine.physical_end >> HV_PAGE_SHIFT ||
			spa & (size - 1))
		return false;
	return memory_parent_owns_all(spa, size) && frame_use(spa, size);
}

static uint16_t map_one(struct partition *child, uint64_t gpa, uint64_t page,
	uint32_t flags, struct gone *gone)
{
	uint64_t size = flags & HV_MAP_LARGE ? SIZE_2M : SIZE_4K;
	uint64_t spa = 0;

	if (!(flags & HV_MAP_NO_ACCESS)) {
		if (!lend(page, size))
			return HV_STATUS_INVALID_PARAMETER;
		spa = page << HV_PAGE_SHIFT;
	}
	if (change(child, gpa, spa, size, rights_of(flags), gone))
		return HV_STATUS_SUCCESS;
	if (!(flags & HV_MAP_NO_ACCESS))
		frame_drop(spa, size);
	return HV_STATUS_INSUFFICIENT_MEMORY;
}

static uint16_t map_all(struct hypercall *call, struct partition *child,
	struct gone *gone)
{
	const struct hv_map_gpa_in *in = call->in;
	uint64_t size = in->flags & HV_MAP_LARGE ? SIZE_2M : SIZE_4K;
	uint64_t gpa = (in->gpa_page << HV_PAGE_SHIFT) + call->done * size;
	uint16_t status = HV_STATUS_SUCCESS;

	for (; call->done < call->reps && !gone->slow; call->done++,
			gpa += size) {
		status = map_one(child, gpa, in->page[call->done], in->flags,
			gone);
		if (status != HV_STATUS_SUCCESS)
			break;
		/* The last page of a table: is all of it the same now? */
		if (in->flags & HV_MAP_NO_ACCESS && size == SIZE_4K &&
				!((gpa + size) & (SIZE_2M - 1)))
			vp_ops->merge(child, gpa & ~(SIZE_2M - 1));
	}
	return status;
}

uint16_t gpa_map_pages(struct hypercall *call)
{
	const struct hv_map_gpa_in *in = call->in;
	uint64_t size = in->flags & HV_MAP_LARGE ? SIZE_2M : SIZE_4K;
	struct partition *child;
	struct gone gone = {0};
	uint16_t status;

	status = partition_get_active(in->partition_id, &child);
	if (status != HV_STATUS_SUCCESS)
		return status;
	status = check_flags(in);
	if (status == HV_STATUS_SUCCESS && !is_range(in->gpa_page, call->reps,
			size))
		status = HV_STATUS_INVALID_PARAMETER;
	if (status == HV_STATUS_SUCCESS) {
		lock_take(&child->map_lock);
		lock_take(&parent->map_lock);
		status = map_all(call, child, &gone);
		lock_give(&parent->map_lock);
		settle(child, &gone);
		lock_give(&child->map_lock);
	}
	partition_put(child);
	return status;
}

static uint16_t unmap_all(struct hypercall *call, struct partition *child,
	struct gone *gone)
{
	const struct hv_unmap_gpa_in *in = call->in;
	uint64_t size = in->flags & HV_UNMAP_LARGE ? SIZE_2M : SIZE_4K;
	uint64_t gpa = (in->gpa_page << HV_PAGE_SHIFT) + call->done * size;

	for (; call->done < call->reps && !gone->slow; call->done++,
			gpa += size) {
		struct mapping old;

		/* Nothing there: no table is made for it. */
		if (!vp_ops->look(child, gpa, &old) && old.size >= size)
			continue;
		if (!change(child, gpa, 0, size, 0, gone))
			return HV_STATUS_INSUFFICIENT_MEMORY;
	}
	return HV_STATUS_SUCCESS;
}

uint16_t gpa_unmap_pages(struct hypercall *call)
{
	const struct hv_unmap_gpa_in *in = call->in;
	uint64_t size = in->flags & HV_UNMAP_LARGE ? SIZE_2M : SIZE_4K;
	struct partition *child;
	struct gone gone = {0};
	uint16_t status;

	status = partition_get_active(in->partition_id, &child);
	if (status != HV_STATUS_SUCCESS)
		return status;
	if (in->flags & ~HV_UNMAP_LARGE || !is_range(in->gpa_page, call->reps,
			size)) {
		status = HV_STATUS_INVALID_PARAMETER;
	} else {
		lock_take(&child->map_lock);
		lock_take(&parent->map_lock);
		status = unmap_all(call, child, &gone);
		lock_give(&parent->map_lock);
		settle(child, &gone);
		lock_give(&child->map_lock);
	}
	partition_put(child);
	return status;
}

/* A large page is split first: its bits are those of all pages in it. */
static bool age_one(struct partition *child, uint64_t gpa,
	unsigned int clear, unsigned int set, unsigned int *was)
{
	struct overlay *overlay = overlay_at(child, gpa);
	struct mapping now;

	if (overlay) {
		*was = overlay->below_rights & (MAP_ACCESSED | MAP_DIRTY);
		if (overlay->below_rights & MAP_READ)
			overlay->below_rights = (overlay->below_rights &
				~clear) | set;
		return true;
	}
	*was = vp_ops->age(child, gpa, 0, 0);
	if (!(vp_ops->look(child, gpa, &now) & MAP_READ))
		return true;
	if (*was & clear && now.size > SIZE_4K) {
		if (!vp_ops->map(child, gpa, now.spa + (gpa & (now.size - 1)),
				SIZE_4K, now.rights, NULL))
			return false;
		vp_ops->age(child, gpa, 0, *was);
	}
	vp_ops->age(child, gpa, clear, set);
	return true;
}

static unsigned int bits_of(uint64_t flags, uint64_t accessed, uint64_t dirty)
{
	return (flags & accessed ? MAP_ACCESSED : 0) |
		(flags & dirty ? MAP_DIRTY : 0);
}

static uint16_t age_all(struct hypercall *call, struct partition *child)
{
	const struct hv_access_states_in *in = call->in;
	unsigned int clear = bits_of(in->flags, HV_ACCESS_CLEAR_ACCESSED,
		HV_ACCESS_CLEAR_DIRTY);
	unsigned int set = bits_of(in->flags, HV_ACCESS_SET_ACCESSED,
		HV_ACCESS_SET_DIRTY);
	uint8_t *out = call->out;
	unsigned int was;

	for (; call->done < call->reps; call->done++) {
		if (!age_one(child, (in->gpa_page + call->done) <<
				HV_PAGE_SHIFT, clear, set, &was))
			return HV_STATUS_INSUFFICIENT_MEMORY;
		out[call->done] = (was & MAP_ACCESSED ? HV_ACCESS_ACCESSED :
			0) | (was & MAP_DIRTY ? HV_ACCESS_DIRTY : 0);
	}
	return HV_STATUS_SUCCESS;
}

uint16_t gpa_access_states(struct hypercall *call)
{
	const struct hv_access_states_in *in = call->in;
	struct partition *child;
	uint16_t status;

	status = partition_get_active(in->partition_id, &child);
	if (status != HV_STATUS_SUCCESS)
		return status;
	if (in->flags & ~0xfull || !is_range(in->gpa_page, call->reps,
			SIZE_4K)) {
		status = HV_STATUS_INVALID_PARAMETER;
	} else {
		lock_take(&child->map_lock);
		status = age_all(call, child);
		lock_give(&child->map_lock);
		/* Processors look at the bits only where they have none in
		 * their TLBs. */
		if (in->flags & (HV_ACCESS_CLEAR_ACCESSED |
				HV_ACCESS_CLEAR_DIRTY))
			memory_flush(child);
	}
	partition_put(child);
	return status;
}

/* With the map's lock: nobody takes the page away meanwhile. */
static bool locate(struct partition *child, uint64_t gpa, unsigned int right,
	uint64_t *spa)
{
	struct mapping mapping;

	if (gpa >= machine.physical_end ||
			!(vp_ops->look(child, gpa, &mapping) & right))
		return false;
	*spa = mapping.spa + (gpa & (mapping.size - 1));
	return true;
}

static void *reach(struct partition *child, uint64_t gpa, unsigned int right)
{
	uint64_t spa;

	return locate(child, gpa, right, &spa) ? access_at(spa) : NULL;
}

bool gpa_place_locked(struct partition *child, uint64_t gpa, uint64_t *spa)
{
	return locate(child, gpa, MAP_READ, spa);
}

bool gpa_place(struct partition *child, uint64_t gpa, uint64_t *spa)
{
	bool found;

	lock_take(&child->map_lock);
	found = gpa_place_locked(child, gpa, spa);
	lock_give(&child->map_lock);
	return found;
}

unsigned int gpa_rights(struct partition *child, uint64_t gpa)
{
	struct mapping mapping;
	unsigned int rights;

	if (gpa >= machine.physical_end)
		return 0;
	lock_take(&child->map_lock);
	rights = vp_ops->look(child, gpa, &mapping);
	lock_give(&child->map_lock);
	return rights;
}

bool gpa_is_overlay(struct partition *child, uint64_t gpa)
{
	bool found;

	lock_take(&child->map_lock);
	found = overlay_at(child, gpa);
	lock_give(&child->map_lock);
	return found;
}

bool gpa_read(struct partition *child, uint64_t gpa, void *to, uint32_t size)
{
	void *at;

	lock_take(&child->map_lock);
	at = reach(child, gpa, MAP_READ);
	if (at) {
		access_open();
		memcpy(to, at, size);
		access_close();
		vp_ops->age(child, gpa, 0, MAP_ACCESSED);
	}
	lock_give(&child->map_lock);
	return at;
}

bool gpa_write(struct partition *child, uint64_t gpa, const void *from,
	uint32_t size)
{
	void *at;

	lock_take(&child->map_lock);
	at = reach(child, gpa, MAP_WRITE);
	if (at) {
		access_open();
		memcpy(at, from, size);
		access_close();
		vp_ops->age(child, gpa, 0, MAP_ACCESSED | MAP_DIRTY);
	}
	lock_give(&child->map_lock);
	return at;
}

int gpa_exchange(struct partition *child, uint64_t gpa, unsigned int size,
	uint64_t expected, uint64_t value)
{
	uint32_t expected32 = (uint32_t)expected;
	bool done = false;
	void *at;

	lock_take(&child->map_lock);
	at = reach(child, gpa, MAP_WRITE);
	if (at) {
		access_open();
		done = size == 8 ? __atomic_compare_exchange_n((uint64_t *)at,
			&expected, value, false, __ATOMIC_SEQ_CST,
			__ATOMIC_SEQ_CST) :
			__atomic_compare_exchange_n((uint32_t *)at,
			&expected32, (uint32_t)value, false, __ATOMIC_SEQ_CST,
			__ATOMIC_SEQ_CST);
		access_close();
		vp_ops->age(child, gpa, 0, MAP_ACCESSED | MAP_DIRTY);
	}
	lock_give(&child->map_lock);
	return at ? done : -1;
}

bool gpa_strip(struct partition *child)
{
	bool more;

	lock_take(&parent->map_lock);
	more = vp_ops->strip(child, NULL, frame_drop);
	lock_give(&parent->map_lock);
	return more;
}
