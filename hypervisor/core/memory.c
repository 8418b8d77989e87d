/* The parent's guest-physical memory. */
/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include "../abi/hypercall.h"
#include "../lib/string.h"
#include "access.h"
#include "frame.h"
#include "machine.h"
#include "page.h"
#include "panic.h"
#include "partition.h"
#include "vp.h"

#define SIZE_4K	0x1000ull
#define SIZE_2M	0x200000ull
#define SIZE_1G	0x40000000ull

#define RIGHTS_ALL	(MAP_READ | MAP_WRITE | MAP_EXECUTE)

static bool is_own(uint64_t start, uint64_t end)
{
	unsigned int i;

	for (i = 0; i < sizeof(machine.own) / sizeof(*machine.own); i++) {
		if (start < machine.own[i].end && machine.own[i].start < end)
			return true;
	}
	return false;
}

/* Pages of interrupt controllers, and where writes are interrupts of any kind,
 * INIT among them: some machines take them from processors, too. SDM v3
 * 11.11.1 */
static bool holds_apic(uint64_t start, uint64_t end)
{
	unsigned int i;

	for (i = 0; i < machine.guarded_count; i++) {
		if (start < machine.guarded[i] + SIZE_4K &&
				machine.guarded[i] < end)
			return true;
	}
	return start < 0xfef00000 && 0xfee00000 < end;
}

/* The largest page around gpa in which all is of one kind: the memory types of
 * RAM and devices differ, and APM v2 7.8 wants one type in a page. */
static uint64_t page_size(uint64_t gpa)
{
	uint64_t size;

	for (size = vp_ops->largest_page(); size > SIZE_4K; size >>= 9) {
		uint64_t start = gpa & ~(size - 1);

		/* Below 1 MB the fixed MTRRs change every 4 KB. */
		if (start >= 0x100000 && !is_own(start, start + size) &&
				!holds_apic(start, start + size) &&
				!memmap_is_mixed(&machine.map, start,
					start + size))
			return size;
	}
	return SIZE_4K;
}

static uint64_t map_around(uint64_t gpa)
{
	uint64_t size = page_size(gpa);
	uint64_t start = gpa & ~(size - 1);

	if (!vp_ops->map(parent, start, start, size, RIGHTS_ALL, NULL))
		return 0;
	return size;
}

static void map_ram(const struct memmap_range *range)
{
	uint64_t gpa = range->start & ~(SIZE_4K - 1);

	while (gpa < range->end) {
		uint64_t size = map_around(gpa);

		ASSERT(size);
		gpa = (gpa & ~(size - 1)) + size;
	}
}

void memory_init_parent(void)
{
	uint64_t gpa;
	unsigned int i;

	for (i = 0; i < machine.map.count; i++) {
		const struct memmap_range *range = &machine.map.range[i];

		if (range->type == MEMMAP_RAM)
			map_ram(range);
	}
	for (gpa = machine.log.start; gpa < machine.log.end; gpa += SIZE_4K)
		ASSERT(vp_ops->map(parent, gpa, gpa, SIZE_4K, MAP_READ, NULL));
	/* Reads are free; writes exit (x86/parent_apic.c, x86/ioapic.c). */
	for (i = 0; i < machine.guarded_count; i++)
		ASSERT(vp_ops->map(parent, machine.guarded[i],
			machine.guarded[i], SIZE_4K, MAP_READ, NULL));
}

static uint64_t shown;	/* pages of ours that the parent sees; boot only */

void *memory_parent_page(unsigned int rights)
{
	void *page = page_take();

	shown++;
	ASSERT(page && vp_ops->map(parent, (uint64_t)page, (uint64_t)page,
		SIZE_4K, rights, NULL));
	return page;
}

bool memory_parent_fault(uint64_t gpa)
{
	bool mapped;

	if (gpa >= machine.physical_end || is_own(gpa, gpa + 1) ||
			holds_apic(gpa & ~(SIZE_4K - 1), gpa + 1) ||
			memmap_is_ram(&machine.map, gpa, gpa + 1))
		return false;
	lock_take(&parent->map_lock);
	/* Another processor may have been faster. */
	mapped = vp_rights(parent, gpa) || map_around(gpa);
	lock_give(&parent->map_lock);
	return mapped;
}

bool memory_parent_owns(uint64_t gpa, uint64_t size)
{
	unsigned int need = MAP_READ | MAP_WRITE;
	uint64_t last = gpa + size - 1;

	if (size > machine.physical_end || gpa > machine.physical_end - size)
		return false;
	if (!memmap_is_ram(&machine.map, gpa, gpa + size) ||
			(vp_rights(parent, gpa) & need) != need)
		return false;
	return gpa >> HV_PAGE_SHIFT == last >> HV_PAGE_SHIFT ||
		(vp_rights(parent, last) & need) == need;
}

bool memory_parent_owns_all(uint64_t gpa, uint64_t size)
{
	struct mapping mapping;
	uint64_t at;

	if (size > machine.physical_end || gpa > machine.physical_end - size ||
			!memmap_is_ram(&machine.map, gpa, gpa + size))
		return false;
	for (at = gpa; at < gpa + size; at = (at & ~(mapping.size - 1)) +
			mapping.size) {
		/* Pages of ours that it shares are never executable. */
		if ((vp_ops->look(parent, at, &mapping) & RIGHTS_ALL) !=
				RIGHTS_ALL)
			return false;
	}
	return true;
}

uint64_t memory_spa(const void *page)
{
	uint64_t at = (uint64_t)page;

	return at >= machine.own_window ? at - machine.own_window : at;
}

void *memory_own(uint64_t spa)
{
	/* While we start there is no window, and all of ours is the heap's. */
	if (spa - machine.own[1].start < machine.own[1].end -
			machine.own[1].start)
		return (void *)spa;
	return (void *)(machine.own_window + spa);
}

static bool can(uint64_t gpa, unsigned int right)
{
	if (gpa >= 0x100000 && !memmap_is_ram(&machine.map, gpa, gpa + 1) &&
			!is_own(gpa, gpa + 1))
		return false;
	return vp_rights(parent, gpa) & right;
}

bool memory_parent_readable(uint64_t gpa)
{
	return can(gpa, MAP_READ);
}

bool memory_parent_executable(uint64_t gpa)
{
	return can(gpa, MAP_EXECUTE);
}

/* With the map's lock: else a page could become the hypervisor's between the
 * check and the copy. */
static bool copy(uint64_t gpa, uint32_t size, void *to, const void *from)
{
	bool owned;

	lock_take(&parent->map_lock);
	owned = memory_parent_owns(gpa, size);
	if (owned) {
		access_open();
		memcpy(to, from, size);
		access_close();
	}
	lock_give(&parent->map_lock);
	return owned;
}

bool memory_copy_in(void *to, uint64_t gpa, uint32_t size)
{
	return copy(gpa, size, to, access_at(gpa));
}

bool memory_copy_out(uint64_t gpa, const void *from, uint32_t size)
{
	return copy(gpa, size, access_at(gpa), from);
}

void *memory_taken_page(uint64_t pfn)
{
	return (void *)(machine.own_window + (pfn << HV_PAGE_SHIFT));
}

uint64_t memory_taken_pfn(const void *page)
{
	return ((uint64_t)page - machine.own_window) >> HV_PAGE_SHIFT;
}

static enum memory_taken unmap_one(uint64_t pfn)
{
	uint64_t gpa = pfn << HV_PAGE_SHIFT;

	if (pfn >= machine.physical_end >> HV_PAGE_SHIFT ||
			!memory_parent_owns_all(gpa, SIZE_4K) ||
			frame_is_used(gpa))
		return MEMORY_NOT_OWNED;
	return vp_ops->map(parent, gpa, 0, SIZE_4K, 0, NULL) ? MEMORY_TAKEN :
		MEMORY_NO_TABLE;
}

static enum memory_taken unmap_all(const uint64_t *pfn, unsigned int count)
{
	enum memory_taken taken = MEMORY_TAKEN;
	unsigned int i;

	for (i = 0; i < count && taken == MEMORY_TAKEN; i++)
		taken = unmap_one(pfn[i]);
	if (taken == MEMORY_TAKEN)
		return taken;
	/* Back as it was: all but the last; the tables are there. */
	for (i--; i--;) {
		uint64_t gpa = pfn[i] << HV_PAGE_SHIFT;

		ASSERT(vp_ops->map(parent, gpa, gpa, SIZE_4K, RIGHTS_ALL, NULL));
	}
	return taken;
}

enum memory_taken memory_take(const uint64_t *pfn, unsigned int count)
{
	enum memory_taken taken;

	lock_take(&parent->map_lock);
	taken = unmap_all(pfn, count);
	lock_give(&parent->map_lock);
	if (taken == MEMORY_TAKEN)
		memory_flush(parent);
	return taken;
}

static void set_rights(void *page, unsigned int rights)
{
	uint64_t gpa = memory_taken_pfn(page) << HV_PAGE_SHIFT;

	lock_take(&parent->map_lock);
	/* It is 4 KB in the tables already: no new one is needed. */
	ASSERT(vp_ops->map(parent, gpa, gpa, SIZE_4K, rights, NULL));
	lock_give(&parent->map_lock);
}

void memory_give(void *page, unsigned int rights)
{
	set_rights(page, rights);
}

void memory_hide(void *page)
{
	set_rights(page, 0);
	memory_flush(parent);
}

void memory_flush(struct partition *partition)
{
	uint64_t generation = __atomic_add_fetch(&partition->generation, 1,
		__ATOMIC_SEQ_CST);
	unsigned int i;

	/* Kick them all, then wait for them all. Processors in the hypervisor
	 * look at the generation before they enter the partition again: pairs
	 * with vp_loop(). Two that flush at once do not wait for each other. */
	for (i = 0; i < machine.cpu_count; i++) {
		if (cpus[i] != cpu_self() && __atomic_load_n(
				&cpus[i]->running, __ATOMIC_SEQ_CST) ==
				partition)
			machine_kick(i);
	}
	for (i = 0; i < machine.cpu_count; i++) {
		if (cpus[i] == cpu_self())
			continue;
		while (__atomic_load_n(&cpus[i]->running, __ATOMIC_SEQ_CST) ==
				partition && __atomic_load_n(&cpus[i]->flushed,
					__ATOMIC_SEQ_CST) < generation) {
			/* Another one when the first was lost. */
			machine_kick(i);
			pause();
		}
	}
}

/* Pages of a range that the parent can use in one of these ways. */
static uint64_t count_rights(const struct memmap_range *range,
	unsigned int any)
{
	uint64_t gpa, count = 0;

	for (gpa = range->start; gpa < range->end; gpa += SIZE_4K)
		count += (vp_rights(parent, gpa) & any) != 0;
	return count;
}

void memory_check(void)
{
	const struct memmap_range *log = &machine.log;
	unsigned int i;

	for (i = 0; i < machine.cpu_count; i++) {
		const struct vp *vp = parent->vp[i];

		ASSERT(vp_rights(parent, vp->synic.messages & ~1ull) ==
			(MAP_READ | MAP_WRITE));
	}
	ASSERT(count_rights(log, MAP_READ) == (log->end - log->start) /
		SIZE_4K);
	ASSERT(!count_rights(log, MAP_WRITE | MAP_EXECUTE));
	ASSERT(count_rights(&machine.own[0], RIGHTS_ALL) ==
		(log->end - log->start) / SIZE_4K);
	ASSERT(count_rights(&machine.own[1], RIGHTS_ALL) == shown);
	ASSERT(count_rights(&machine.own[1], MAP_EXECUTE) == 1);
	for (i = 0; i < machine.guarded_count; i++)
		ASSERT(vp_rights(parent, machine.guarded[i]) == MAP_READ);
}
