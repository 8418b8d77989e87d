/* CPUID of children, and the hypercalls about it. */
/* SPDX-License-Identifier: MIT */
#include "child_cpuid.h"

#include "../abi/cpuid.h"
#include "../abi/hypercall.h"
#include "../abi/status.h"
#include "child.h"
#include "feature.h"
#include "guest_cpuid.h"
#include "hypercall.h"
#include "machine.h"
#include "partition.h"
#include "vp.h"

/* Leaf 1, EDX: all but ACPI thermal, debug store, serial number, machine
 * checks' and hyper-threading's. */
#define EDX_1		0x078bfbffu
/* ECX: SSE3 PCLMUL SSSE3 FMA CX16 SSE4.1 SSE4.2 MOVBE POPCNT AES XSAVE AVX
 * F16C RDRAND; PCID, x2APIC and others as below. */
#define ECX_1		0x76d83203u
#define ECX_1_PCID	(1u << 17)
#define ECX_1_X2APIC	(1u << 21)
#define ECX_1_DEADLINE	(1u << 24)
#define ECX_1_OSXSAVE	(1u << 27)
#define ECX_1_HYPERVISOR (1u << 31)
/* Leaf 7.0, EBX: FSGSBASE TSC_ADJUST BMI1 AVX2 SMEP BMI2 ERMS INVPCID AVX512F
 * DQ RDSEED ADX SMAP IFMA CLFLUSHOPT CLWB CD SHA BW VL */
#define EBX_7		0xf1bf07abu
/* ECX: VBMI UMIP VBMI2 GFNI VAES VPCLMUL VNNI BITALG VPOPCNTDQ RDPID */
#define ECX_7		0x00405f46u
/* EDX: FSRM, VP2INTERSECT, SERIALIZE */
#define EDX_7		0x00004110u
/* Leaf 0x80000001, ECX: LAHF CMPLEG.. ABM SSE4A MISALIGN PREFETCH XOP FMA4 TBM,
 */
#define ECX_81		0x002109f1u
#define EDX_81		0x2ff3fbffu	/* with SYSCALL NX MMXEXT 1 GB RDTSCP LM */
#define EDX_81_GB	(1u << 26)
/* Leaf 0x80000008, EBX: CLZERO, XSAVEERPTR, WBNOINVD, IBPB */
#define EBX_88		0x00001205u
/* Leaf 0xd.1, EAX: XSAVEOPT XSAVEC XGETBV1, not XSAVES */
#define EAX_D1		0x00000007u
#define XCR0_KNOWN	0xe7u
#define XCR0_LEGACY	0x3u

#define CR4_OSXSAVE	(1u << 18)

/* A page of results that were registered. */
#define ENTRIES 90
struct cpuid_page {
	struct cpuid_page *next;
	uint32_t count;
	struct entry {
		uint32_t leaf, subleaf;
		bool any_subleaf;
		struct cpuid value, mask;
	} entry[ENTRIES];
};
static_assert(sizeof(struct cpuid_page) <= HV_PAGE_SIZE, "one page");

uint64_t child_xcr0_valid(const struct vp *vp)
{
	struct cpuid leaf = child_cpuid(vp, 0xd, 0);

	/* Whatever was registered: the value goes into the register. The
	 * states of FXSAVE are there without XSAVE, too. */
	return XCR0_LEGACY | (leaf.eax & XCR0_KNOWN & machine_fpu_states());
}

/* One thread of one core of one socket each; the parent may say otherwise. */
static struct cpuid leaf_1(const struct vp *vp, struct cpuid r)
{
	r.ebx = (r.ebx & 0xffff) | 1u << 16 | vp->index << 24;
	if (vp->partition->flags & HV_CREATE_X2APIC)
		r.ecx |= ECX_1_X2APIC;
	if (r.ecx & 1u << 26 && vp_ops->get(vp, VP_CR4) & CR4_OSXSAVE)
		r.ecx |= ECX_1_OSXSAVE;
	return r;
}

static struct cpuid leaf_d(const struct vp *vp, uint32_t subleaf,
	struct cpuid r)
{
	switch (subleaf) {
	case 0:
		r.eax &= XCR0_KNOWN;
		r.edx = 0;
		r.ecx = machine_fpu_size(r.eax);
		r.ebx = machine_fpu_size(vp->child->xcr0);
		return r;
	case 1:
		r.eax &= EAX_D1;
		r.ebx = machine_fpu_size(vp->child->xcr0);
		r.ecx = r.edx = 0;
		return r;
	}
	if (subleaf < 32 && XCR0_KNOWN & 1u << subleaf)
		return r;
	return (struct cpuid){0, 0, 0, 0};
}

static struct cpuid extended(uint32_t leaf, struct cpuid r)
{
	switch (leaf) {
	case 0x80000001:
		r.ecx &= ECX_81;
		r.edx &= EDX_81;
		if (vp_ops->largest_page() < 1ull << 30)
			r.edx &= ~EDX_81_GB;
		return r;
	case 0x80000007:	/* the TSC's rate is constant */
		return (struct cpuid){0, 0, 0, r.edx & 1u << 8};
	case 0x80000008:
		r.eax = (r.eax & 0xff00) | (uint32_t)__builtin_ctzll(
			machine.physical_end);
		r.ebx &= EBX_88;
		r.ecx = r.edx = 0;
		return r;
	case 0x80000000:
		r.eax = r.eax > 0x80000021 ? 0x80000021 : r.eax;
		return r;
	case 0x80000002 ... 0x80000006:
	case 0x80000019:
		return r;
	case 0x80000021:	/* LFENCE serializes; null selectors clear */
		return (struct cpuid){r.eax & 0x44, 0, 0, 0};
	}
	/* Virtualization, monitoring, topology, encryption. */
	return (struct cpuid){0, 0, 0, 0};
}

struct cpuid child_cpuid_offered(uint32_t leaf)
{
	struct cpuid r = cpuid(leaf, 0);

	switch (leaf) {
	case 1:
		r.ecx &= ECX_1 | ECX_1_PCID;
		r.ecx |= ECX_1_HYPERVISOR | ECX_1_DEADLINE;
		r.edx &= EDX_1;
		return r;
	case 7:
		return (struct cpuid){0, r.ebx & EBX_7, r.ecx & ECX_7,
			r.edx & EDX_7};
	}
	return extended(leaf, r);
}

static struct cpuid default_leaf(const struct vp *vp, uint32_t leaf,
	uint32_t subleaf)
{
	struct cpuid r = cpuid(leaf, subleaf);

	switch (leaf) {
	case 0:
		r.eax = r.eax > 0xd ? 0xd : r.eax;
		return r;
	case 1:
		r = feature_limit(vp->partition, leaf,
			child_cpuid_offered(leaf));
		return leaf_1(vp, r);
	case 7:
		if (subleaf)
			break;
		return feature_limit(vp->partition, leaf,
			child_cpuid_offered(leaf));
	case 0xb:	/* x2APIC id; a level of one */
		if (cpuid(0, 0).eax < 0xb)
			break;
		return (struct cpuid){0, subleaf < 2, subleaf |
			(subleaf < 2 ? (subleaf + 1) << 8 : 0), vp->index};
	case 0xd:
		return leaf_d(vp, subleaf, r);
	}
	if (leaf >= HV_CPUID_VENDOR && leaf < HV_CPUID_VENDOR + 0x10000)
		return guest_cpuid(vp->partition, leaf);
	if (leaf >= 0x80000000 && leaf < 0x80010000)
		return feature_limit(vp->partition, leaf,
			child_cpuid_offered(leaf));
	return (struct cpuid){0, 0, 0, 0};
}

static uint32_t mix(uint32_t of, uint32_t value, uint32_t mask)
{
	return (of & ~mask) | (value & mask);
}

/* The one that was registered for exactly this subleaf comes first. */
static const struct entry *find(const struct partition *partition,
	uint32_t leaf, uint32_t subleaf)
{
	const struct cpuid_page *page;
	const struct entry *any = NULL;
	uint32_t i;

	for (page = __atomic_load_n(&partition->cpuid, __ATOMIC_ACQUIRE);
			page; page = __atomic_load_n(&page->next,
			__ATOMIC_ACQUIRE)) {
		uint32_t count = __atomic_load_n(&page->count,
			__ATOMIC_ACQUIRE);

		for (i = 0; i < count; i++) {
			const struct entry *entry = &page->entry[i];

			if (entry->leaf != leaf)
				continue;
			if (entry->any_subleaf)
				any = entry;
			else if (entry->subleaf == subleaf)
				return entry;
		}
	}
	return any;
}

struct cpuid child_cpuid(const struct vp *vp, uint32_t leaf, uint32_t subleaf)
{
	const struct entry *entry = find(vp->partition, leaf, subleaf);
	struct cpuid r = default_leaf(vp, leaf, subleaf);

	if (!entry)
		return r;
	return (struct cpuid){
		mix(r.eax, entry->value.eax, entry->mask.eax),
		mix(r.ebx, entry->value.ebx, entry->mask.ebx),
		mix(r.ecx, entry->value.ecx, entry->mask.ecx),
		mix(r.edx, entry->value.edx, entry->mask.edx),
	};
}

/* Bits that the hypervisor itself relies on, or the processor lacks, cannot be
 * switched on. */
static void limit(const struct vp *vp, struct entry *entry)
{
	struct cpuid can;

	if (entry->leaf != 1 && entry->leaf != 7 && entry->leaf != 0xd &&
			entry->leaf != 0x80000001 && entry->leaf != 0x80000008)
		return;
	can = default_leaf(vp, entry->leaf, entry->subleaf);
	if (entry->leaf == 1)
		can.ecx |= ECX_1_OSXSAVE;
	else
		entry->value.ebx &= can.ebx;
	/* OSXSAVE is the VP's CR4, whatever was registered. */
	if (entry->leaf == 1)
		entry->mask.ecx &= ~ECX_1_OSXSAVE;
	entry->value.ecx &= can.ecx;
	if (entry->leaf != 0x80000008)
		entry->value.edx &= can.edx;
	if (entry->leaf == 0xd)
		entry->value.eax &= can.eax;
}

static struct cpuid_page *page_with_room(struct partition *partition)
{
	struct cpuid_page **at = &partition->cpuid, *page;

	while (*at && (*at)->count == ENTRIES)
		at = &(*at)->next;
	if (*at)
		return *at;
	page = pool_take(&partition->pool);
	if (page)
		__atomic_store_n(at, page, __ATOMIC_RELEASE);
	return page;
}

static uint16_t add(struct partition *partition, const struct vp *vp,
	const struct hv_cpuid_result_in *in)
{
	struct entry new = {
		.leaf = in->eax, .subleaf = in->ecx,
		.any_subleaf = !in->subleaf_specific,
		.value = {in->eax_result.value, in->ebx_result.value,
			in->ecx_result.value, in->edx_result.value},
		.mask = {in->eax_result.mask, in->ebx_result.mask,
			in->ecx_result.mask, in->edx_result.mask},
	};
	struct entry *old = (struct entry *)find(partition, in->eax, in->ecx);
	struct cpuid_page *page;

	limit(vp, &new);
	if (old && old->any_subleaf == new.any_subleaf) {
		/* VPs that read it meanwhile see some of both. */
		*old = new;
		return HV_STATUS_SUCCESS;
	}
	page = page_with_room(partition);
	if (!page)
		return HV_STATUS_INSUFFICIENT_MEMORY;
	page->entry[page->count] = new;
	__atomic_store_n(&page->count, page->count + 1, __ATOMIC_RELEASE);
	return HV_STATUS_SUCCESS;
}

uint16_t child_cpuid_register(struct hypercall *call)
{
	const struct hv_cpuid_result_in *in = call->in;
	struct partition *partition;
	uint16_t status = partition_get_active(in->partition_id, &partition);
	struct vp *vp;

	if (status != HV_STATUS_SUCCESS)
		return status;
	vp = child_find(partition, 0);
	if (in->type != HV_INTERCEPT_CPUID)
		status = HV_STATUS_INVALID_PARAMETER;
	else if (!vp)
		status = HV_STATUS_INVALID_VP_INDEX;
	if (status == HV_STATUS_SUCCESS) {
		lock_take(&partition->lock);
		status = add(partition, vp, in);
		lock_give(&partition->lock);
	}
	partition_put(partition);
	return status;
}

uint16_t child_cpuid_values(struct hypercall *call)
{
	const struct hv_cpuid_values_in *in = call->in;
	struct partition *partition;
	uint16_t status = partition_get_active(in->partition_id, &partition);
	struct cpuid *out = call->out;
	struct vp *vp;

	if (status != HV_STATUS_SUCCESS)
		return status;
	vp = child_find(partition, in->vp_index);
	if (!vp)
		status = HV_STATUS_INVALID_VP_INDEX;
	for (; vp && call->done < call->reps; call->done++)
		out[call->done] = child_cpuid(vp, in->leaf[call->done].eax,
			in->leaf[call->done].ecx);
	partition_put(partition);
	return status;
}

void child_cpuid_free(struct partition *partition)
{
	while (partition->cpuid) {
		struct cpuid_page *page = partition->cpuid;

		partition->cpuid = page->next;
		pool_give(&partition->pool, page);
	}
}
