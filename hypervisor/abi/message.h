/* Messages: their form, and those of the hypervisor for the parent. TLFS 11.8.3
 * and 18; where the TLFS is silent, Linux's include/hyperv. */
/* SPDX-License-Identifier: MIT */
#ifndef ABI_MESSAGE_H
#define ABI_MESSAGE_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define HV_INTERCEPTION_SINT	0

#define HV_MESSAGE_UNMAPPED_GPA		0x80000000
#define HV_MESSAGE_GPA_INTERCEPT	0x80000001
#define HV_MESSAGE_TIMER_EXPIRED	0x80000010
#define HV_MESSAGE_INVALID_STATE	0x80000020
#define HV_MESSAGE_UNRECOVERABLE	0x80000021
#define HV_MESSAGE_HYPERCALL		0x80000050
#define HV_MESSAGE_SINT_INTERCEPT	0x80000061
#define HV_MESSAGE_SINT_DELIVERABLE	0x80000062
#define HV_MESSAGE_SIGNAL_PAIR		0x80000101
#define HV_MESSAGE_IO_PORT		0x80010000
#define HV_MESSAGE_MSR			0x80010001
#define HV_MESSAGE_CPUID		0x80010002
#define HV_MESSAGE_EXCEPTION		0x80010003
#define HV_MESSAGE_APIC_EOI		0x80010004
#define HV_MESSAGE_HALT			0x80010007
#define HV_MESSAGE_DELIVERABLE		0x80010008

struct hv_message {
	uint32_t type;
	uint8_t size;
	uint8_t flags;		/* bit 0: another one is pending */
	uint8_t reserved[2];
	uint64_t sender;
	uint64_t payload[30];
};
static_assert(sizeof(struct hv_message) == 256, "TLFS 11.8.3");
#define HV_MESSAGE_PAYLOAD 240
#define HV_MESSAGE_PENDING 0x1u

/* SCHEDULER_VP_SIGNAL_PAIR */
#define HV_SIGNAL_PAIRS 19

struct hv_signal_pair {
	uint32_t overflow_count;
	uint8_t vp_count, reserved1[3];
	uint64_t partition_id[HV_SIGNAL_PAIRS];
	uint32_t vp_index[HV_SIGNAL_PAIRS];
	uint8_t reserved2[4];
};
static_assert(sizeof(struct hv_signal_pair) == 240, "a payload");

/* SINT_INTERCEPT: instead of the interrupt of a SINT with AS_INTERCEPT. */
struct hv_sint_intercept {
	uint32_t sint;
};

/* The event ring of a SINT, in the page of SIRBP. */
#define HV_RING_PORTS 63

struct hv_event_ring {
	uint8_t masked;		/* the reader needs no signal */
	uint8_t full;		/* it shall call NOTIFY_PORT_RING_EMPTY */
	uint16_t reserved;
	uint32_t port[HV_RING_PORTS];	/* 0: read */
};
static_assert(sizeof(struct hv_event_ring) == 256, "layout");

struct hv_segment {
	uint64_t base;
	uint32_t limit;
	uint16_t selector, attributes;
};
static_assert(sizeof(struct hv_segment) == 16, "layout");

#define HV_ACCESS_READ		0
#define HV_ACCESS_WRITE		1
#define HV_ACCESS_EXECUTE	2

/* Bits of the execution state. */
#define HV_STATE_CR0_PE		(1u << 2)
#define HV_STATE_CR0_AM		(1u << 3)
#define HV_STATE_EFER_LMA	(1u << 4)
#define HV_STATE_DEBUG		(1u << 5)
#define HV_STATE_PENDING	(1u << 6)
#define HV_STATE_SHADOW		(1u << 12)

struct hv_intercept {
	uint32_t vp_index;
	uint8_t length;		/* bits 3:0; CR8 in bits 7:4 */
	uint8_t access;
	uint16_t state;		/* CPL in bits 1:0 */
	struct hv_segment cs;
	uint64_t rip, rflags;
};
static_assert(sizeof(struct hv_intercept) == 40, "layout");

#define HV_IO_SIZE		0x7u
#define HV_IO_STRING		0x8u
#define HV_IO_REP		0x10u

struct hv_io_intercept {
	struct hv_intercept header;
	uint16_t port;
	uint8_t info;
	uint8_t byte_count;
	uint32_t reserved;
	uint64_t rax;
	uint8_t bytes[16];
	struct hv_segment ds, es;
	uint64_t rcx, rsi, rdi;
};
static_assert(sizeof(struct hv_io_intercept) == 128, "layout");

#define HV_MEMORY_GVA_VALID	0x1u
#define HV_MEMORY_GVA_GPA_VALID	0x2u

struct hv_memory_intercept {
	struct hv_intercept header;
	uint32_t cache_type;
	uint8_t byte_count, info, tpr, reserved;
	uint64_t gva, gpa;
	uint8_t bytes[16];
};
static_assert(sizeof(struct hv_memory_intercept) == 80, "layout");

struct hv_msr_intercept {
	struct hv_intercept header;
	uint32_t msr, reserved;
	uint64_t rdx, rax;
};
static_assert(sizeof(struct hv_msr_intercept) == 64, "layout");

struct hv_cpuid_intercept {
	struct hv_intercept header;
	uint64_t rax, rcx, rdx, rbx;
	uint64_t default_rax, default_rcx, default_rdx, default_rbx;
};
static_assert(sizeof(struct hv_cpuid_intercept) == 104, "layout");

#define HV_EXCEPTION_HAS_CODE	0x1u

struct hv_exception_intercept {
	struct hv_intercept header;
	uint16_t vector;
	uint8_t info, byte_count;
	uint32_t code;
	uint64_t parameter, reserved;
	uint8_t bytes[16];
	struct hv_segment ds, ss;
	uint64_t gpr[16];
};
static_assert(sizeof(struct hv_exception_intercept) == 240, "layout");

struct hv_hypercall_intercept {
	struct hv_intercept header;
	uint64_t rax, rbx, rcx, rdx, r8, rsi, rdi;
	uint64_t xmm[12];
	uint32_t flags, reserved[3];
};
static_assert(sizeof(struct hv_hypercall_intercept) == 208, "layout");

struct hv_deliverable {
	struct hv_intercept header;
	uint32_t type, reserved;
};

struct hv_sint_deliverable {
	struct hv_intercept header;
	uint16_t sints, reserved1;
	uint32_t reserved2;
};
static_assert(sizeof(struct hv_sint_deliverable) == 48, "layout");

/* Not an intercept of an instruction. */
struct hv_apic_eoi {
	uint32_t vp_index, vector;
};

/* The register page; Linux's include/hyperv/hvhdk.h. */
#define HV_DIRTY_GENERAL	0x1u
#define HV_DIRTY_IP		0x2u
#define HV_DIRTY_XMM		0x4u
#define HV_DIRTY_SEGMENT	0x8u
#define HV_DIRTY_FLAGS		0x10u

struct register_page {
	uint16_t version;
	uint8_t valid, reserved1;
	uint32_t dirty;
	uint64_t gpr[16], rip, rflags;
	uint64_t reserved2;
	uint64_t xmm[12];
	struct hv_segment segment[6];
	uint64_t cr0, cr3, cr4, cr8, efer, dr7;
	uint64_t pending_interruption, interrupt_state;
	uint64_t hints, xfem;
	uint8_t reserved3[0x100];
	uint64_t vectors;	/* count in bits 7:0, then vectors */
};
static_assert(offsetof(struct register_page, xmm) == 160, "layout");
static_assert(offsetof(struct register_page, segment) == 256, "layout");
static_assert(offsetof(struct register_page, cr0) == 352, "layout");
static_assert(offsetof(struct register_page, vectors) == 0x2b0, "layout");

#endif
