/* The pages and registers that all VPs of a guest share: its identity, the
 * hypercall page, the reference TSC page. */
/* SPDX-License-Identifier: MIT */
#include "guest_page.h"

#include "../abi/cpuid.h"
#include "../abi/hypercall.h"
#include "../abi/msr.h"
#include "child.h"
#include "child_msr.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

/* VMMCALL, RET; what is behind is INT3. */
static void fill_hypercall(uint8_t *page)
{
	static const uint8_t code[] = {0x0f, 0x01, 0xd9, 0xc3};
	unsigned int i;

	/* It runs there already. */
	if (page[0] == code[0])
		return;
	for (i = sizeof(code); i < HV_PAGE_SIZE; i++)
		page[i] = 0xcc;
	for (i = sizeof(code); i--;)
		page[i] = code[i];
}

/* With the partition's lock. What the MSR says is the same with the page or
 * without. */
static bool set_hypercall(struct partition *partition, uint64_t value)
{
	struct overlay *overlay = &partition->hypercall_overlay;

	if (value & HV_HYPERCALL_ENABLE && overlay->page)
		fill_hypercall(overlay->page);
	if (!overlay_write(partition, overlay, value &
			~(uint64_t)HV_HYPERCALL_LOCKED, MAP_READ |
			MAP_EXECUTE))
		return false;
	partition->hypercall_page = value;
	return true;
}

/* TLFS 3.13: no page without an identity; a locked MSR keeps its value. */
bool guest_write_hypercall(struct partition *partition, uint64_t value)
{
	bool done = true;

	lock_take(&partition->lock);
	if (!partition->guest_os_id)
		value &= ~(uint64_t)HV_HYPERCALL_ENABLE;
	if (!(partition->hypercall_page & HV_HYPERCALL_LOCKED))
		done = set_hypercall(partition, value);
	lock_give(&partition->lock);
	return done;
}

void guest_set_os_id(struct partition *partition, uint64_t value)
{
	lock_take(&partition->lock);
	partition->guest_os_id = value;
	if (!value)
		set_hypercall(partition, partition->hypercall_page &
			~(uint64_t)HV_HYPERCALL_ENABLE);
	lock_give(&partition->lock);
}

bool guest_restore_hypercall(struct partition *partition, uint64_t value)
{
	bool done;

	lock_take(&partition->lock);
	done = set_hypercall(partition, value);
	lock_give(&partition->lock);
	return done;
}

/* TLFS 12.7.1: time = (TSC * scale >> 64) + offset. */
struct tsc_page {
	uint32_t sequence, reserved;
	uint64_t scale, offset;
};

/* The first VP's offset; false when another one has a different TSC. */
static bool agreed_offset(struct partition *partition, uint64_t *offset)
{
	const struct vp *first = child_find(partition, 0);
	uint32_t i;

	if (!first)
		return false;
	*offset = child_time_offset(first);
	for (i = 1; i < partition->vp_count; i++) {
		const struct vp *vp = child_find(partition, i);

		if (vp && child_time_offset(vp) != *offset)
			return false;
	}
	return true;
}

/* Who reads it meanwhile sees that the sequence is 0, or another one, and takes
 * the MSR, or comes again. */
static void set_sequence(struct tsc_page *page, uint32_t sequence)
{
	__atomic_store_n(&page->sequence, sequence, __ATOMIC_SEQ_CST);
}

void guest_update_tsc(struct partition *partition)
{
	struct tsc_page *page = partition->tsc_overlay.page;
	uint64_t offset;

	if (!page)
		return;
	if (!agreed_offset(partition, &offset)) {
		set_sequence(page, 0);
		return;
	}
	if (page->sequence && page->offset == offset)
		return;
	set_sequence(page, 0);
	page->scale = machine.tsc_scale;
	page->offset = offset;
	/* Neither 0 nor ~0, which older guests take for invalid, too. */
	if (++partition->tsc_sequence >= 0xffffffff || !partition->tsc_sequence)
		partition->tsc_sequence = 1;
	set_sequence(page, partition->tsc_sequence);
}

bool guest_write_tsc(struct partition *partition, uint64_t value)
{
	bool done;

	lock_take(&partition->lock);
	guest_update_tsc(partition);
	done = overlay_write(partition, &partition->tsc_overlay, value,
		MAP_READ);
	lock_give(&partition->lock);
	return done;
}

bool guest_make(struct partition *partition)
{
	struct pool *pool = &partition->pool;
	uint64_t has = partition->privileges;

	if (has & HV_ACCESS_HYPERCALL_MSRS &&
			!partition->hypercall_overlay.page &&
			!overlay_make(pool, &partition->hypercall_overlay))
		return false;
	return !(has & HV_ACCESS_REFERENCE_TSC) ||
		partition->tsc_overlay.page ||
		overlay_make(pool, &partition->tsc_overlay);
}

bool guest_make_vp(struct vp *vp)
{
	struct partition *partition = vp->partition;

	return !(partition->privileges & HV_ACCESS_APIC_MSRS) ||
		overlay_make(&partition->pool, &vp->child->assist);
}

void guest_free(struct partition *partition)
{
	overlay_hide(partition, &partition->hypercall_overlay);
	overlay_free(&partition->pool, &partition->hypercall_overlay);
	overlay_hide(partition, &partition->tsc_overlay);
	overlay_free(&partition->pool, &partition->tsc_overlay);
}

void guest_free_vp(struct vp *vp)
{
	overlay_hide(vp->partition, &vp->child->assist);
	overlay_free(&vp->partition->pool, &vp->child->assist);
}
