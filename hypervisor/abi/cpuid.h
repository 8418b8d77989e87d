/* The hypervisor's CPUID leaves. TLFS 2.4. */
/* SPDX-License-Identifier: MIT */
#ifndef ABI_CPUID_H
#define ABI_CPUID_H

#define HV_CPUID_VENDOR		0x40000000
#define HV_CPUID_INTERFACE	0x40000001
#define HV_CPUID_VERSION	0x40000002
#define HV_CPUID_FEATURES	0x40000003
#define HV_CPUID_HINTS		0x40000004
#define HV_CPUID_LIMITS		0x40000005
#define HV_CPUID_HARDWARE	0x40000006
#define HV_CPUID_NESTED		0x4000000a
#define HV_CPUID_LAST		0x4000000b

/* FEATURES, EAX: the partition's privileges, low half. TLFS 4.2.2 */
#define HV_ACCESS_VP_RUNTIME		(1u << 0)
#define HV_ACCESS_REF_COUNTER		(1u << 1)
#define HV_ACCESS_SYNIC			(1u << 2)
#define HV_ACCESS_STIMER		(1u << 3)
#define HV_ACCESS_APIC_MSRS		(1u << 4)
#define HV_ACCESS_HYPERCALL_MSRS	(1u << 5)
#define HV_ACCESS_VP_INDEX		(1u << 6)
#define HV_ACCESS_RESET			(1u << 7)
#define HV_ACCESS_STATS_MSRS		(1u << 8)
#define HV_ACCESS_REFERENCE_TSC		(1u << 9)
#define HV_ACCESS_GUEST_IDLE		(1u << 10)
#define HV_ACCESS_FREQUENCY_MSRS	(1u << 11)
#define HV_ACCESS_DEBUG_MSRS		(1u << 12)
#define HV_ACCESS_REENLIGHTENMENT	(1u << 13)
#define HV_ACCESS_TSC_INVARIANT		(1u << 15)
/* FEATURES, EBX: privileges, high half. */
#define HV_CREATE_PARTITIONS		(1u << 0)
#define HV_ACCESS_PARTITION_ID		(1u << 1)
#define HV_ACCESS_MEMORY_POOL		(1u << 2)
#define HV_POST_MESSAGES		(1u << 4)
#define HV_SIGNAL_EVENTS		(1u << 5)
#define HV_CREATE_PORT			(1u << 6)
#define HV_CONNECT_PORT			(1u << 7)
#define HV_ACCESS_STATS			(1u << 8)
#define HV_CPU_MANAGEMENT		(1u << 12)
#define HV_EXTENDED_RANGES		(1u << 15)	/* of a flush list */
#define HV_ACCESS_VP_REGISTERS		(1u << 17)
#define HV_FAST_OUTPUT			(1u << 19)
#define HV_EXTENDED_HYPERCALLS		(1u << 20)
#define HV_START_VP			(1u << 21)
/* FEATURES, EDX */
#define HV_XMM_INPUT_AVAILABLE		(1u << 4)
#define HV_GUEST_IDLE_AVAILABLE		(1u << 5)
#define HV_FREQUENCY_MSRS_AVAILABLE	(1u << 8)
#define HV_CRASH_MSRS_AVAILABLE		(1u << 10)
#define HV_EXTENDED_RANGES_AVAILABLE	(1u << 14)
#define HV_XMM_OUTPUT_AVAILABLE		(1u << 15)
#define HV_SINT_POLLING_AVAILABLE	(1u << 17)
#define HV_HYPERCALL_LOCK_AVAILABLE	(1u << 18)
#define HV_STIMER_DIRECT_AVAILABLE	(1u << 19)
/* HINTS, EAX; EBX: attempts at a lock before a long spin is told */
#define HV_HINT_REMOTE_FLUSH		(1u << 2)
#define HV_HINT_APIC_MSRS		(1u << 3)
#define HV_HINT_RELAXED_TIMING		(1u << 5)
#define HV_HINT_DEPRECATE_AUTO_EOI	(1u << 9)
#define HV_HINT_CLUSTER_IPI		(1u << 10)
#define HV_HINT_EX_MASKS		(1u << 11)
#define HV_SPIN_NEVER			0xffffffffu
/* HARDWARE, EAX */
#define HV_USES_MSR_BITMAPS		(1u << 1)
#define HV_USES_NESTED_PAGING		(1u << 3)

#endif
