/* Hypercall codes, the control word, and the layouts of input and output.
 * TLFS 3 and 18; where the TLFS is silent, Linux's include/hyperv. */
/* SPDX-License-Identifier: MIT */
#ifndef ABI_HYPERCALL_H
#define ABI_HYPERCALL_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define HVCALL_GET_LOGICAL_PROCESSOR_RUN_TIME	0x0004
#define HVCALL_GET_PARTITION_ID			0x0046
#define HVCALL_DEPOSIT_MEMORY			0x0048
#define HVCALL_WITHDRAW_MEMORY			0x0049
#define HVCALL_CREATE_VP			0x004e
#define HVCALL_MAP_STATS_PAGE			0x006c
#define HVCALL_UNMAP_STATS_PAGE			0x006d
#define HVCALL_SET_SYSTEM_PROPERTY		0x006f
#define HVCALL_ADD_LOGICAL_PROCESSOR		0x0076
#define HVCALL_GET_SYSTEM_PROPERTY		0x007b
#define HVCALL_MAP_DEVICE_INTERRUPT		0x007c
#define HVCALL_UNMAP_DEVICE_INTERRUPT		0x007d
#define HVCALL_ENTER_SLEEP_STATE		0x0084
#define HVCALL_NOTIFY_PARTITION_EVENT		0x0087
#define HVCALL_GET_PARTITION_PROPERTY_EX	0x0101

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

struct hv_property_ex_in {
	uint64_t partition_id;
	uint32_t property;
	uint32_t padding;
};

#endif
