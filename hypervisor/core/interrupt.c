/* Hypercalls about device interrupts of the parent: they go straight to it, so
 * a mapping is the interrupt itself in the device's own format. */
/* SPDX-License-Identifier: MIT */
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "hypercall.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

#define MSI_ADDRESS	0xfee00000u
#define IOAPIC_LEVEL	0x8000u
/* Neither MSI addresses nor IOAPIC entries can name a larger one. */
#define APIC_ID_LAST	254

/* The first VP of the target, or -1; bank i holds 64 VPs. TLFS 7.8.7.3 */
static int64_t first_vp(const struct hv_map_interrupt_in *in,
	uint32_t variable)
{
	uint64_t banks = in->set_banks;
	uint32_t count = 0;
	uint64_t rest;

	for (rest = banks; rest; rest &= rest - 1)
		count++;

	if (!(in->target_flags & HV_TARGET_VP_SET)) {
		/* A mask of VPs 0 to 63 in the place of the format. */
		return in->set_format ? __builtin_ctzll(in->set_format) : -1;
	}
	if (in->set_format != HV_VP_SET_SPARSE_4K || variable != count + 1 ||
			!count || !in->bank[0])
		return -1;
	return __builtin_ctzll(banks) * 64 + __builtin_ctzll(in->bank[0]);
}

static uint16_t check(const struct hv_map_interrupt_in *in, uint32_t variable)
{
	uint32_t type = HV_DEVICE_TYPE(in->device_id);

	if (!partition_find(in->partition_id))
		return HV_STATUS_INVALID_PARTITION_ID;
	if (type != HV_DEVICE_PCI && type != HV_DEVICE_IOAPIC)
		return HV_STATUS_INVALID_PARAMETER;
	/* Fixed delivery, one vector, that an interrupt may have. */
	if (in->interrupt_type || in->vector_count != 1 || in->vector < 16 ||
			in->vector > 255 || in->trigger_mode > 1)
		return HV_STATUS_INVALID_PARAMETER;
	if (in->target_flags & ~(uint32_t)(HV_TARGET_VP_SET |
			HV_TARGET_MULTICAST))
		return HV_STATUS_INVALID_PARAMETER;
	/* A mask needs no variable part; a set needs one. */
	if (!(in->target_flags & HV_TARGET_VP_SET) != !variable)
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	return HV_STATUS_SUCCESS;
}

uint16_t interrupt_map(struct hypercall *call)
{
	const struct hv_map_interrupt_in *in = call->in;
	struct hv_map_interrupt_out *out = call->out;
	uint16_t status = check(in, call->variable);
	uint32_t apic_id;
	int64_t vp;

	if (status != HV_STATUS_SUCCESS)
		return status;
	vp = first_vp(in, call->variable);
	if (vp < 0 || vp >= machine.cpu_count)
		return HV_STATUS_INVALID_VP_INDEX;
	apic_id = cpus[vp]->apic_id;
	if (apic_id > APIC_ID_LAST)
		return HV_STATUS_INVALID_VP_INDEX;
	if (HV_DEVICE_TYPE(in->device_id) == HV_DEVICE_PCI) {
		out->entry.source = HV_INTERRUPT_SOURCE_MSI;
		out->entry.low = MSI_ADDRESS | apic_id << 12;
		out->entry.high = in->vector;
		return HV_STATUS_SUCCESS;
	}
	out->entry.source = HV_INTERRUPT_SOURCE_IOAPIC;
	out->entry.low = in->vector |
		(in->trigger_mode == HV_TRIGGER_LEVEL ? IOAPIC_LEVEL : 0);
	out->entry.high = apic_id << 24;
	return HV_STATUS_SUCCESS;
}

uint16_t interrupt_unmap(struct hypercall *call)
{
	const struct hv_unmap_interrupt_in *in = call->in;
	uint32_t type = HV_DEVICE_TYPE(in->device_id);

	if (!partition_find(in->partition_id))
		return HV_STATUS_INVALID_PARTITION_ID;
	/* Nothing is kept of a mapping. */
	if (type != HV_DEVICE_PCI && type != HV_DEVICE_IOAPIC)
		return HV_STATUS_INVALID_PARAMETER;
	return HV_STATUS_SUCCESS;
}
