/* Hypercall codes, the control word, and the layouts of input and output.
 * TLFS 3 and 18; where the TLFS is silent, Linux's include/hyperv. */
/* SPDX-License-Identifier: MIT */
#ifndef ABI_HYPERCALL_H
#define ABI_HYPERCALL_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define HVCALL_FLUSH_SPACE			0x0002
#define HVCALL_FLUSH_LIST			0x0003
#define HVCALL_GET_LOGICAL_PROCESSOR_RUN_TIME	0x0004
#define HVCALL_SPIN_WAIT			0x0008
#define HVCALL_SEND_IPI				0x000b
#define HVCALL_FLUSH_SPACE_EX			0x0013
#define HVCALL_FLUSH_LIST_EX			0x0014
#define HVCALL_SEND_IPI_EX			0x0015
#define HVCALL_CREATE_PARTITION			0x0040
#define HVCALL_INITIALIZE_PARTITION		0x0041
#define HVCALL_FINALIZE_PARTITION		0x0042
#define HVCALL_DELETE_PARTITION			0x0043
#define HVCALL_GET_PARTITION_PROPERTY		0x0044
#define HVCALL_SET_PARTITION_PROPERTY		0x0045
#define HVCALL_GET_PARTITION_ID			0x0046
#define HVCALL_DEPOSIT_MEMORY			0x0048
#define HVCALL_WITHDRAW_MEMORY			0x0049
#define HVCALL_MAP_GPA_PAGES			0x004b
#define HVCALL_UNMAP_GPA_PAGES			0x004c
#define HVCALL_INSTALL_INTERCEPT		0x004d
#define HVCALL_CREATE_VP			0x004e
#define HVCALL_DELETE_VP			0x004f
#define HVCALL_GET_VP_REGISTERS			0x0050
#define HVCALL_SET_VP_REGISTERS			0x0051
#define HVCALL_TRANSLATE_VIRTUAL_ADDRESS	0x0052
#define HVCALL_CLEAR_VIRTUAL_INTERRUPT		0x0056
#define HVCALL_DELETE_PORT			0x0058
#define HVCALL_DISCONNECT_PORT			0x005b
#define HVCALL_POST_MESSAGE			0x005c
#define HVCALL_SIGNAL_EVENT			0x005d
#define HVCALL_MAP_STATS_PAGE			0x006c
#define HVCALL_UNMAP_STATS_PAGE			0x006d
#define HVCALL_SET_SYSTEM_PROPERTY		0x006f
#define HVCALL_ADD_LOGICAL_PROCESSOR		0x0076
#define HVCALL_GET_SYSTEM_PROPERTY		0x007b
#define HVCALL_MAP_DEVICE_INTERRUPT		0x007c
#define HVCALL_UNMAP_DEVICE_INTERRUPT		0x007d
#define HVCALL_ENTER_SLEEP_STATE		0x0084
#define HVCALL_NOTIFY_PARTITION_EVENT		0x0087
#define HVCALL_NOTIFY_PORT_RING_EMPTY		0x008b
#define HVCALL_REGISTER_INTERCEPT_RESULT	0x0091
#define HVCALL_ASSERT_VIRTUAL_INTERRUPT		0x0094
#define HVCALL_CREATE_PORT			0x0095
#define HVCALL_CONNECT_PORT			0x0096
#define HVCALL_START_VP				0x0099
#define HVCALL_GET_VP_INDEX_FROM_APIC_ID	0x009a
#define HVCALL_SIGNAL_EVENT_DIRECT		0x00c0
#define HVCALL_POST_MESSAGE_DIRECT		0x00c1
#define HVCALL_DISPATCH_VP			0x00c2
#define HVCALL_GET_GPA_PAGES_ACCESS_STATES	0x00c9
#define HVCALL_MAP_VP_STATE_PAGE		0x00e1
#define HVCALL_UNMAP_VP_STATE_PAGE		0x00e2
#define HVCALL_GET_VP_STATE			0x00e3
#define HVCALL_SET_VP_STATE			0x00e4
#define HVCALL_GET_VP_CPUID_VALUES		0x00f4
#define HVCALL_GET_PARTITION_PROPERTY_EX	0x0101

/* Extended calls: who runs the guest offers them. TLFS 3.12 */
#define HVCALL_EXTENDED				0x8000
#define HVCALL_QUERY_CAPABILITIES		0x8001

/* The control word, RCX. TLFS 3.7 */
#define HVCALL_CODE(control)		((uint16_t)(control))
#define HVCALL_FAST			(1ull << 16)
#define HVCALL_VARIABLE_QUADS(control)	((uint32_t)((control) >> 17) & 0x3ff)
#define HVCALL_REPS(control)		((uint32_t)((control) >> 32) & 0xfff)
#define HVCALL_START(control)		((uint32_t)((control) >> 48) & 0xfff)
#define HVCALL_START_MASK		(0xfffull << 48)
#define HVCALL_START_SHIFT		48
#define HVCALL_RESERVED			0xf000f000f8000000ull
/* The result, RAX: status, and in bits 43:32 the repetitions done. */
#define HVCALL_DONE_SHIFT		32

#define HV_PAGE_SHIFT		12
#define HV_PAGE_SIZE		4096
#define HV_PARTITION_ID_SELF	0xffffffffffffffffull
#define HV_VP_INDEX_SELF	0xfffffffeu

struct hv_lp_run_time_in {
	uint32_t lp_index;
};

struct hv_lp_run_time_out {
	uint64_t global_time;
	uint64_t local_run_time;
	uint64_t reserved;
	uint64_t hypervisor_time;
};
static_assert(sizeof(struct hv_lp_run_time_out) == 32, "layout");

struct hv_deposit_in {
	uint64_t partition_id;
	uint64_t page[];
};

struct hv_withdraw_in {
	uint64_t partition_id;
	uint32_t proximity_domain;
	uint32_t proximity_flags;
};
static_assert(sizeof(struct hv_withdraw_in) == 16, "layout");

struct hv_create_vp_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint8_t padding[3];
	uint8_t subnode_type;
	uint64_t subnode_id;
	uint32_t proximity_domain;
	uint32_t proximity_flags;
	uint64_t flags;
};
static_assert(sizeof(struct hv_create_vp_in) == 40, "layout");

#define HV_STATS_HYPERVISOR	0x00000001
#define HV_STATS_LP		0x00000002
#define HV_STATS_PARTITION	0x00010001
#define HV_STATS_VP		0x00010002

#define HV_STATS_AREA_SELF	0
#define HV_STATS_AREA_PARENT	1
#define HV_STATS_AREA_INTERNAL	2

/* The identity's 16 bytes mean something else for each type; the last is
 * the area. */
struct hv_stats_in {
	uint32_t type;
	uint32_t padding;
	union {
		uint8_t byte[16];
		struct {
			uint32_t lp_index;
		} lp;
		struct {
			uint64_t partition_id;
			uint32_t vp_index;
			uint16_t flags;
			uint8_t reserved;
			uint8_t area;
		} vp;
	};
};
static_assert(sizeof(struct hv_stats_in) == 24, "layout");

struct hv_stats_out {
	uint64_t page;
};

#define HV_PROPERTY_SLEEP_STATE		3
#define HV_PROPERTY_SCHEDULER_TYPE	15
#define HV_SCHEDULER_ROOT		4

struct hv_get_system_property_in {
	uint32_t property;
	uint32_t reserved;
	uint64_t argument;
};

struct hv_get_system_property_out {
	uint64_t value;
};

struct hv_set_system_property_in {
	uint32_t property;
	uint32_t reserved;
	uint32_t sleep_state;
	uint8_t pm1a_type;
	uint8_t pm1b_type;
	uint8_t padding[58];
};
static_assert(sizeof(struct hv_set_system_property_in) == 72, "layout");

struct hv_add_lp_in {
	uint32_t lp_index;
	uint32_t apic_id;
	uint32_t proximity_domain;
	uint32_t proximity_flags;
};

struct hv_add_lp_out {
	uint64_t status;
	uint64_t substatus[6];
};
static_assert(sizeof(struct hv_add_lp_out) == 56, "layout");

#define HV_DEVICE_TYPE(id)	((uint32_t)((id) >> 62))
#define HV_DEVICE_LOGICAL	0
#define HV_DEVICE_PCI		1
#define HV_DEVICE_IOAPIC	2
#define HV_DEVICE_ACPI		3

#define HV_INTERRUPT_SOURCE_MSI		1
#define HV_INTERRUPT_SOURCE_IOAPIC	2

struct hv_interrupt_entry {
	uint32_t source;
	uint32_t reserved;
	uint32_t low;		/* MSI address, or IOAPIC entry bits 31:0 */
	uint32_t high;		/* MSI data, or IOAPIC entry bits 63:32 */
};
static_assert(sizeof(struct hv_interrupt_entry) == 16, "layout");

#define HV_TARGET_MULTICAST	1
#define HV_TARGET_VP_SET	2
#define HV_VP_SET_SPARSE_4K	0
#define HV_VP_SET_ALL		1
#define HV_TRIGGER_EDGE		0
#define HV_TRIGGER_LEVEL	1

struct hv_map_interrupt_in {
	uint64_t partition_id;
	uint64_t device_id;
	uint32_t flags;
	uint32_t base_index;
	struct hv_interrupt_entry logical;
	uint32_t interrupt_type;
	uint32_t trigger_mode;
	uint32_t vector_count;
	uint32_t reserved;
	uint32_t vector;
	uint32_t target_flags;
	uint64_t set_format;	/* of the VP set, or the processor mask */
	uint64_t set_banks;
	uint64_t bank[];
};
static_assert(offsetof(struct hv_map_interrupt_in, trigger_mode) == 0x2c, "");
static_assert(offsetof(struct hv_map_interrupt_in, vector) == 0x38, "layout");
static_assert(offsetof(struct hv_map_interrupt_in, bank) == 0x50, "layout");

struct hv_map_interrupt_out {
	struct hv_interrupt_entry entry;
	uint64_t reserved[5];
};

struct hv_unmap_interrupt_in {
	uint64_t partition_id;
	uint64_t device_id;
	struct hv_interrupt_entry entry;
};

struct hv_sleep_in {
	uint32_t sleep_state;
};

#define HV_EVENT_DEBUG_DEVICE		1
#define HV_EVENT_ALL_LPS_STARTED	4

struct hv_notify_event_in {
	uint32_t event;
};

/* Flags of CREATE_PARTITION; Linux's include/hyperv/hvhdk.h. */
#define HV_CREATE_SMT			(1ull << 0)
#define HV_CREATE_NESTED		(1ull << 1)
#define HV_CREATE_GPA_SUPER_PAGES	(1ull << 4)
#define HV_CREATE_EXO			(1ull << 8)
#define HV_CREATE_LAPIC			(1ull << 13)
#define HV_CREATE_MESSAGE_PAGE		(1ull << 19)
#define HV_CREATE_X2APIC		(1ull << 22)

struct hv_create_partition_in {
	uint64_t flags;
	uint32_t proximity_domain;
	uint32_t proximity_flags;
	uint32_t compatibility;
	uint32_t padding;
	uint64_t disabled_features[2];
	uint64_t disabled_xsave;
	uint64_t isolation;
};
static_assert(sizeof(struct hv_create_partition_in) == 56, "layout");

/* INITIALIZE, FINALIZE, DELETE, CLEAR_VIRTUAL_INTERRUPT. */
struct hv_partition_in {
	uint64_t partition_id;
};

/* Partition properties. */
#define HV_PARTITION_PRIVILEGE_FLAGS	0x00010000
#define HV_PARTITION_SYNTHETIC_FEATURES	0x00010001
#define HV_PARTITION_TIME_FREEZE	0x00030003
#define HV_PARTITION_APIC_FREQUENCY	0x00030004
#define HV_PARTITION_REFERENCE_TIME	0x00030005
#define HV_PARTITION_ACCESS_TRACKING	0x00050005
#define HV_PARTITION_MSR_ACTION		0x00050017
#define HV_PARTITION_PROCESSOR_VENDOR	0x00060000
#define HV_VENDOR_AMD			0
#define HV_PARTITION_PROCESSOR_FEATURES	0x00060001
#define HV_PARTITION_XSAVE_FEATURES	0x00060002
#define HV_PARTITION_CLFLUSH_SIZE	0x00060003
#define HV_PARTITION_XSAVE_STATES	0x00060007
#define HV_PARTITION_XSAVE_SIZE		0x00060008
#define HV_PARTITION_CLOCK_FREQUENCY	0x00060009
#define HV_PARTITION_PROCESSOR_FEATURES0	0x0006000a
#define HV_PARTITION_PROCESSOR_FEATURES1	0x0006000b
/* Ours, not Microsoft's: where SIGNAL_EVENT looks for doorbells. A call for
 * connection id is a write to the 8 bytes at value + 8 * id; 0: there is none. */
#define HV_PARTITION_DOORBELL_WINDOW	0x7fff0001
#define HV_DOORBELL_WINDOW_SIZE		(8ull << 24)

/* Bits of SYNTHETIC_FEATURES: Linux's include/hyperv/hvhdk.h, OpenVMM's
 * HvPartitionSyntheticProcessorFeatures. */
#define HV_FEATURE_PRESENT		(1ull << 0)	/* two leaves */
#define HV_FEATURE_HV1			(1ull << 1)	/* the others */
#define HV_FEATURE_VP_RUNTIME		(1ull << 2)
#define HV_FEATURE_REF_COUNTER		(1ull << 3)
#define HV_FEATURE_SYNIC		(1ull << 4)
#define HV_FEATURE_STIMER		(1ull << 5)
#define HV_FEATURE_APIC_MSRS		(1ull << 6)
#define HV_FEATURE_HYPERCALL		(1ull << 7)
#define HV_FEATURE_VP_INDEX		(1ull << 8)
#define HV_FEATURE_REFERENCE_TSC	(1ull << 9)
#define HV_FEATURE_GUEST_IDLE		(1ull << 10)
#define HV_FEATURE_FREQUENCY		(1ull << 11)
#define HV_FEATURE_EXTENDED_RANGES	(1ull << 15)
#define HV_FEATURE_FAST_OUTPUT		(1ull << 18)
#define HV_FEATURE_START_VP		(1ull << 20)
#define HV_FEATURE_STIMER_DIRECT	(1ull << 22)
#define HV_FEATURE_EX_MASKS		(1ull << 24)
#define HV_FEATURE_FLUSH		(1ull << 25)
#define HV_FEATURE_CLUSTER_IPI		(1ull << 26)
#define HV_FEATURE_LONG_SPIN		(1ull << 27)
#define HV_FEATURE_SIGNAL_EVENTS	(1ull << 29)
#define HV_FEATURE_VP_REGISTERS		(1ull << 38)

struct hv_get_property_in {
	uint64_t partition_id;
	uint32_t property;
	uint32_t padding;
};

struct hv_set_property_in {
	uint64_t partition_id;
	uint32_t property;
	uint32_t padding;
	uint64_t value;
};

/* MAP_GPA_PAGES. */
#define HV_MAP_READABLE		0x1u
#define HV_MAP_WRITABLE		0x2u
#define HV_MAP_EXECUTABLE	0xcu	/* kernel and user */
#define HV_MAP_ADJUSTABLE	0x8000u
#define HV_MAP_NO_ACCESS	0x10000u
#define HV_MAP_NOT_CACHED	0x200000u
#define HV_MAP_LARGE		0x80000000u

struct hv_map_gpa_in {
	uint64_t partition_id;
	uint64_t gpa_page;
	uint32_t flags;
	uint32_t padding;
	uint64_t page[];
};
static_assert(sizeof(struct hv_map_gpa_in) == 24, "layout");

#define HV_UNMAP_LARGE		0x2u

struct hv_unmap_gpa_in {
	uint64_t partition_id;
	uint64_t gpa_page;
	uint32_t flags;
	uint32_t padding;
};
static_assert(sizeof(struct hv_unmap_gpa_in) == 24, "layout");

#define HV_ACCESS_CLEAR_ACCESSED	0x1u
#define HV_ACCESS_SET_ACCESSED		0x2u
#define HV_ACCESS_CLEAR_DIRTY		0x4u
#define HV_ACCESS_SET_DIRTY		0x8u
#define HV_ACCESS_ACCESSED		0x1u	/* in the answer */
#define HV_ACCESS_DIRTY			0x2u

struct hv_access_states_in {
	uint64_t partition_id;
	uint64_t flags;
	uint64_t gpa_page;
};

/* INSTALL_INTERCEPT. Types: TLFS 18, Linux's hvgdk_mini.h. */
#define HV_INTERCEPT_IO_PORT		0
#define HV_INTERCEPT_MSR		1
#define HV_INTERCEPT_CPUID		2
#define HV_INTERCEPT_EXCEPTION		3
#define HV_INTERCEPT_HYPERCALL		8
#define HV_INTERCEPT_UNKNOWN_CONNECTION	0xd
#define HV_INTERCEPT_RETARGET		0xe
#define HV_INTERCEPT_MSR_INDEX		12
#define HV_INTERCEPT_ON_READ		0x1u
#define HV_INTERCEPT_ON_WRITE		0x2u
#define HV_INTERCEPT_ON_EXECUTE		0x4u

struct hv_install_intercept_in {
	uint64_t partition_id;
	uint32_t access;
	uint32_t type;
	uint64_t parameter;
};
static_assert(sizeof(struct hv_install_intercept_in) == 24, "layout");

struct hv_delete_vp_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint32_t reserved;
};

union hv_register_value {
	uint64_t quad[2];
	struct {
		uint64_t base;
		uint32_t limit;
		uint16_t selector, attributes;
	} segment;
	struct {
		uint16_t padding[3];
		uint16_t limit;
		uint64_t base;
	} table;
};
static_assert(sizeof(union hv_register_value) == 16, "layout");

struct hv_get_registers_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint8_t vtl, reserved1;
	uint16_t reserved2;
	uint32_t name[];
};
static_assert(sizeof(struct hv_get_registers_in) == 16, "layout");

struct hv_register_pair {
	uint32_t name, reserved1;
	uint64_t reserved2;
	union hv_register_value value;
};
static_assert(sizeof(struct hv_register_pair) == 32, "layout");

struct hv_set_registers_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint8_t vtl, reserved1;
	uint16_t reserved2;
	struct hv_register_pair element[];
};
static_assert(sizeof(struct hv_set_registers_in) == 16, "layout");

#define HV_TRANSLATE_READ	0x1ull
#define HV_TRANSLATE_WRITE	0x2ull
#define HV_TRANSLATE_EXECUTE	0x4ull
#define HV_TRANSLATE_EXEMPT	0x8ull
#define HV_TRANSLATE_SET_BITS	0x10ull

struct hv_translate_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint32_t padding;
	uint64_t flags;
	uint64_t gva_page;
};

enum hv_translate_code {
	HV_TRANSLATE_SUCCESS,
	HV_TRANSLATE_NOT_PRESENT,
	HV_TRANSLATE_VIOLATION,
	HV_TRANSLATE_INVALID_FLAGS,
	HV_TRANSLATE_UNMAPPED,
	HV_TRANSLATE_NO_READ,
	HV_TRANSLATE_NO_WRITE,
};

struct hv_translate_out {
	uint32_t code;
	uint8_t cache_type;
	uint8_t overlay;
	uint16_t reserved;
	uint64_t gpa_page;
};
static_assert(sizeof(struct hv_translate_out) == 16, "layout");

/* REGISTER_INTERCEPT_RESULT, for CPUID: bits of the masks replace the default
 * result's. */
struct hv_cpuid_result_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint32_t type;
	uint32_t eax, ecx;	/* leaf, subleaf */
	uint8_t subleaf_specific, always_override;
	uint16_t padding;
	struct {
		uint32_t value, mask;
	} eax_result, ebx_result, ecx_result, edx_result;
} __attribute__((packed));
static_assert(sizeof(struct hv_cpuid_result_in) == 60, "layout");

/* Interrupts of the parent for a child. */
#define HV_INTERRUPT_FIXED	0
#define HV_INTERRUPT_LOWEST	1
#define HV_INTERRUPT_NMI	4
#define HV_INTERRUPT_INIT	5
#define HV_INTERRUPT_SIPI	6
#define HV_INTERRUPT_EXTINT	7
#define HV_INTERRUPT_LINT0	8
#define HV_INTERRUPT_LINT1	9
#define HV_INTERRUPT_LEVEL	0x1u	/* in the flags */
#define HV_INTERRUPT_LOGICAL	0x2u

struct hv_assert_interrupt_in {
	uint64_t partition_id;
	uint32_t type;
	uint32_t flags;
	uint64_t destination;
	uint32_t vector;
	uint8_t vtl, reserved1;
	uint16_t reserved2;
};
static_assert(sizeof(struct hv_assert_interrupt_in) == 32, "layout");

#define HV_DISPATCH_CLEAR_INTERCEPT	0x1u
#define HV_DISPATCH_SCAN_INTERRUPTS	0x40u
#define HV_DISPATCH_KNOWN_FLAGS		0x7fu

struct hv_dispatch_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint32_t flags;
	uint64_t time_slice;	/* 100 ns; 0: none */
	uint64_t spec_ctrl;
};
static_assert(sizeof(struct hv_dispatch_in) == 32, "layout");

#define HV_DISPATCH_BLOCKED	1
#define HV_DISPATCH_READY	2
#define HV_EVENT_NONE		0
#define HV_EVENT_SUSPEND	1
#define HV_EVENT_INTERCEPT	2

struct hv_dispatch_out {
	uint32_t state, event;
};

#define HV_STATE_PAGE_REGISTERS	0
#define HV_STATE_PAGE_MESSAGE	1

struct hv_state_page_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint16_t type;
	uint8_t vtl, flags;
	uint64_t location;
};
static_assert(sizeof(struct hv_state_page_in) == 24, "layout");

struct hv_state_page_out {
	uint64_t page;
};

#define HV_VP_STATE_LAPIC	0x80000000u
#define HV_VP_STATE_XSAVE	0x80000001u
#define HV_VP_STATE_SIMP	0x80000002u
#define HV_VP_STATE_SIEFP	0x80000003u
#define HV_VP_STATE_TIMERS	4u

#define HV_TIMER_UNDELIVERED	0x1u	/* its message waits for its slot */

struct hv_timer_state {
	uint32_t flags, reserved;
	uint64_t config, count;
	uint64_t adjustment;
	uint64_t undelivered_time;	/* when that one expired */
};
static_assert(sizeof(struct hv_timer_state) == 40, "layout");

struct hv_timers_state {
	struct hv_timer_state timer[4];
	uint64_t reserved[5];
};
static_assert(sizeof(struct hv_timers_state) == 200, "layout");

/* GET_VP_STATE and SET_VP_STATE; pages of the caller follow. */
struct hv_vp_state_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint8_t vtl, reserved1;
	uint16_t reserved2;
	uint32_t type, reserved3;
	uint64_t xsave_flags, xsave_states;
	uint64_t page[];
};
static_assert(sizeof(struct hv_vp_state_in) == 40, "layout");

struct hv_cpuid_values_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint32_t flags;
	struct {
		uint32_t eax, ecx;
	} leaf[];
};

/* Ports and connections; Linux's include/hyperv/hvhdk.h. Their numbers have 24
 * bits. */
#define HV_ID_RESERVED		0xff000000u
#define HV_ANY_VP		0xffffffffu
#define HV_EVENT_FLAGS		2048u	/* of a SINT, 256 bytes in the page */

#define HV_PORT_MESSAGE		1
#define HV_PORT_EVENT		2
#define HV_PORT_MONITOR		3
#define HV_PORT_DOORBELL	4	/* the parent's only */

struct hv_create_port_in {
	uint64_t port_partition_id;
	uint32_t port_id;
	uint8_t port_vtl, connection_vtl;
	uint16_t padding1;
	uint64_t connection_partition_id;
	uint32_t type;
	uint32_t padding2;
	uint32_t sint, vp_index;
	uint16_t flag_base, flag_count;	/* of an event port */
	uint32_t reserved;
	uint32_t proximity_domain, proximity_flags;
};
static_assert(sizeof(struct hv_create_port_in) == 56, "layout");
static_assert(offsetof(struct hv_create_port_in, type) == 24, "layout");

struct hv_delete_port_in {
	uint64_t port_partition_id;
	uint32_t port_id;
	uint32_t reserved;
};

#define HV_DOORBELL_SIZE_MASK	0x7ull	/* 0: any, else 1 << (n - 1) bytes */
#define HV_DOORBELL_ANY_VALUE	0x80000000ull

struct hv_connect_port_in {
	uint64_t connection_partition_id;
	uint32_t connection_id;
	uint8_t connection_vtl, reserved1;
	uint16_t reserved2;
	uint64_t port_partition_id;
	uint32_t port_id;
	uint32_t reserved3;
	uint32_t type;
	uint32_t padding;
	uint64_t gpa, value, flags;	/* of a doorbell */
	uint32_t proximity_domain, proximity_flags;
};
static_assert(sizeof(struct hv_connect_port_in) == 72, "layout");
static_assert(offsetof(struct hv_connect_port_in, gpa) == 40, "layout");

#define HV_DISCONNECT_DOORBELL	0x1u

struct hv_disconnect_port_in {
	uint64_t connection_partition_id;
	uint32_t connection_id;
	uint32_t flags;
};

struct hv_notify_ring_empty_in {
	uint32_t sint;
	uint32_t reserved;
};

struct hv_post_message_in {
	uint32_t connection_id;
	uint32_t reserved;
	uint32_t type;
	uint32_t size;
	uint8_t payload[240];
};
static_assert(sizeof(struct hv_post_message_in) == 256, "TLFS 11.10");

struct hv_signal_event_in {
	uint32_t connection_id;
	uint16_t flag;
	uint16_t reserved;
};
static_assert(sizeof(struct hv_signal_event_in) == 8, "TLFS 11.10");

/* SIGNAL_EVENT_DIRECT and POST_MESSAGE_DIRECT; mshv_root's user interface. */
struct hv_signal_direct_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint8_t vtl, sint;
	uint16_t flag;
};
static_assert(sizeof(struct hv_signal_direct_in) == 16, "layout");

struct hv_signal_direct_out {
	uint8_t newly_signaled;
	uint8_t reserved[7];
};

struct hv_post_direct_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint8_t vtl, padding1[3];
	uint32_t sint;
	uint8_t message[256];	/* struct hv_message, not aligned */
	uint32_t padding2;
};
static_assert(sizeof(struct hv_post_direct_in) == 280, "layout");
static_assert(offsetof(struct hv_post_direct_in, message) == 20, "layout");

struct hv_property_ex_in {
	uint64_t partition_id;
	uint32_t property;
	uint32_t padding;
};

/* Calls of guests. TLFS 9.4, 10.5, 7.8 */
#define HV_INPUT_VTL(vtl)	((vtl) & 0xf)

struct hv_vp_set {
	uint64_t format;
	uint64_t banks;		/* which of them are there */
	uint64_t bank[];
};

#define HV_FLUSH_ALL_PROCESSORS		0x1ull
#define HV_FLUSH_ALL_SPACES		0x2ull
#define HV_FLUSH_NON_GLOBAL_ONLY	0x4ull
#define HV_FLUSH_EXTENDED_RANGES	0x8ull

struct hv_flush_in {
	uint64_t space;
	uint64_t flags;
	uint64_t processors;
	uint64_t range[];
};
static_assert(sizeof(struct hv_flush_in) == 24, "layout");

struct hv_flush_ex_in {
	uint64_t space;
	uint64_t flags;
	struct hv_vp_set processors;
};
static_assert(sizeof(struct hv_flush_ex_in) == 32, "layout");

struct hv_spin_wait_in {
	uint32_t count, padding;
};

struct hv_send_ipi_in {
	uint32_t vector;
	uint8_t vtl, reserved[3];
	uint64_t processors;
};
static_assert(sizeof(struct hv_send_ipi_in) == 16, "layout");

struct hv_send_ipi_ex_in {
	uint32_t vector;
	uint8_t vtl, reserved[3];
	struct hv_vp_set processors;
};
static_assert(sizeof(struct hv_send_ipi_ex_in) == 24, "layout");

/* In the order CS, DS, ES, FS, GS, SS, TR, LDTR. */
#define HV_CONTEXT_SEGMENTS 8

struct hv_vp_context {
	uint64_t rip, rsp, rflags;
	union hv_register_value segment[HV_CONTEXT_SEGMENTS];
	union hv_register_value idtr, gdtr;
	uint64_t efer, cr0, cr3, cr4, pat;
};
static_assert(sizeof(struct hv_vp_context) == 224, "TLFS 7.8.5");

struct hv_start_vp_in {
	uint64_t partition_id;
	uint32_t vp_index;
	uint8_t vtl, reserved[3];
	struct hv_vp_context context;
};
static_assert(sizeof(struct hv_start_vp_in) == 240, "layout");

struct hv_vp_index_in {
	uint64_t partition_id;
	uint8_t vtl, reserved[7];
	uint64_t apic_id[];	/* in the low half */
};
static_assert(sizeof(struct hv_vp_index_in) == 16, "layout");

#endif
