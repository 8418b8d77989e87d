/* The hypervisor's CPUID leaves for children. TLFS 2.4 */
/* SPDX-License-Identifier: MIT */
#include "guest_cpuid.h"

#include "../abi/cpuid.h"
#include "../abi/hypercall.h"
#include "cpuid.h"
#include "machine.h"
#include "partition.h"

#define HIGH(bits)	((uint64_t)(bits) << 32)
/* Attempts at a lock before a guest tells of it. */
#define LONG_SPIN	4096

/* What a feature that the parent asks for gives the guest: privileges (leaf
 * FEATURES, EAX and EBX), features (EDX) and hints. Both of the last only while
 * the guest has the privileges. */
static const struct grant {
	uint64_t feature, privileges;
	uint32_t features, hints;
} grants[] = {
	{HV_FEATURE_HV1, 0, HV_CRASH_MSRS_AVAILABLE, HV_HINT_RELAXED_TIMING |
		HV_HINT_DEPRECATE_AUTO_EOI},
	{HV_FEATURE_VP_RUNTIME, HV_ACCESS_VP_RUNTIME, 0, 0},
	{HV_FEATURE_REF_COUNTER, HV_ACCESS_REF_COUNTER, 0, 0},
	/* Messages are of no use without, and have no feature of their own. */
	{HV_FEATURE_SYNIC, HV_ACCESS_SYNIC | HIGH(HV_POST_MESSAGES),
		HV_SINT_POLLING_AVAILABLE, 0},
	{HV_FEATURE_STIMER, HV_ACCESS_STIMER, 0, 0},
	{HV_FEATURE_APIC_MSRS, HV_ACCESS_APIC_MSRS, 0, HV_HINT_APIC_MSRS},
	{HV_FEATURE_HYPERCALL, HV_ACCESS_HYPERCALL_MSRS,
		HV_XMM_INPUT_AVAILABLE | HV_HYPERCALL_LOCK_AVAILABLE, 0},
	{HV_FEATURE_VP_INDEX, HV_ACCESS_VP_INDEX, 0, 0},
	{HV_FEATURE_REFERENCE_TSC, HV_ACCESS_REFERENCE_TSC, 0, 0},
	{HV_FEATURE_GUEST_IDLE, HV_ACCESS_GUEST_IDLE, HV_GUEST_IDLE_AVAILABLE,
		0},
	{HV_FEATURE_FREQUENCY, HV_ACCESS_FREQUENCY_MSRS,
		HV_FREQUENCY_MSRS_AVAILABLE, 0},
	{HV_FEATURE_EXTENDED_RANGES, HIGH(HV_EXTENDED_RANGES),
		HV_EXTENDED_RANGES_AVAILABLE, 0},
	{HV_FEATURE_FAST_OUTPUT, HIGH(HV_FAST_OUTPUT),
		HV_XMM_OUTPUT_AVAILABLE, 0},
	{HV_FEATURE_START_VP, HIGH(HV_START_VP), 0, 0},
	{HV_FEATURE_STIMER_DIRECT, 0, HV_STIMER_DIRECT_AVAILABLE, 0},
	{HV_FEATURE_EX_MASKS, 0, 0, HV_HINT_EX_MASKS},
	{HV_FEATURE_FLUSH, 0, 0, HV_HINT_REMOTE_FLUSH},
	{HV_FEATURE_CLUSTER_IPI, 0, 0, HV_HINT_CLUSTER_IPI},
	{HV_FEATURE_SIGNAL_EVENTS, HIGH(HV_SIGNAL_EVENTS), 0, 0},
	{HV_FEATURE_VP_REGISTERS, HIGH(HV_ACCESS_VP_REGISTERS), 0, 0},
};
#define GRANTS (sizeof(grants) / sizeof(*grants))
/* No feature stands for these: PRIVILEGE_FLAGS gives them. */
#define OTHER_PRIVILEGES (HV_ACCESS_RESET | HIGH(HV_EXTENDED_HYPERCALLS))

bool guest_has_interface(const struct partition *partition)
{
	uint64_t both = HV_FEATURE_PRESENT | HV_FEATURE_HV1;

	return (partition->synthetic & both) == both;
}

void guest_set_privileges(struct partition *partition)
{
	uint64_t asked = 0, known = OTHER_PRIVILEGES;
	unsigned int i;

	for (i = 0; i < GRANTS; i++) {
		known |= grants[i].privileges;
		if (partition->synthetic & grants[i].feature)
			asked |= grants[i].privileges;
	}
	if (partition->has_privilege_flags)
		asked = partition->privilege_flags & known;
	partition->privileges = guest_has_interface(partition) ? asked : 0;
}

static struct cpuid features(const struct partition *partition)
{
	uint64_t has = partition->privileges;
	struct cpuid r = {(uint32_t)has, (uint32_t)(has >> 32), 0, 0};
	unsigned int i;

	for (i = 0; i < GRANTS; i++) {
		if (partition->synthetic & grants[i].feature &&
				!(grants[i].privileges & ~has))
			r.edx |= grants[i].features;
	}
	return r;
}

static struct cpuid hints(const struct partition *partition)
{
	struct cpuid r = {0, HV_SPIN_NEVER, (uint32_t)__builtin_ctzll(
		machine.physical_end), 0};
	unsigned int i;

	for (i = 0; i < GRANTS; i++) {
		if (partition->synthetic & grants[i].feature &&
				!(grants[i].privileges &
				~partition->privileges))
			r.eax |= grants[i].hints;
	}
	if (partition->synthetic & HV_FEATURE_LONG_SPIN)
		r.ebx = LONG_SPIN;
	return r;
}

struct cpuid guest_cpuid(const struct partition *partition, uint32_t leaf)
{
	struct cpuid none = {0, 0, 0, 0};

	if (!(partition->synthetic & HV_FEATURE_PRESENT))
		return none;
	if (!guest_has_interface(partition)) {
		if (leaf != HV_CPUID_VENDOR)
			return none;
		none = cpuid_hypervisor(leaf);
		none.eax = HV_CPUID_INTERFACE;
		return none;
	}
	switch (leaf) {
	case HV_CPUID_VENDOR:
		none = cpuid_hypervisor(leaf);
		none.eax = HV_CPUID_NESTED;
		return none;
	case HV_CPUID_INTERFACE:
	case HV_CPUID_VERSION:
		return cpuid_hypervisor(leaf);
	case HV_CPUID_FEATURES:
		return features(partition);
	case HV_CPUID_HINTS:
		return hints(partition);
	case HV_CPUID_LIMITS:
		return (struct cpuid){PARTITION_VPS, PARTITION_VPS, 0, 0};
	case HV_CPUID_HARDWARE:
		return (struct cpuid){HV_USES_MSR_BITMAPS |
			HV_USES_NESTED_PAGING, 0, 0, 0};
	}
	/* CPU management and nested virtualization are not for guests. */
	return none;
}
