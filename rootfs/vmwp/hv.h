/* Layouts of the hypervisor's interface that the worker uses. No code. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_HV_H
#define VMWP_HV_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Facts from the TLFS and from the parent's kernel (include/hyperv). All
 * numbers are little-endian and all structures are aligned by themselves:
 * no packing is needed, and the asserts say so.
 */
#define HV_PAGE_SIZE 4096u

#define HV_STATUS_SUCCESS			0x0000
#define HV_STATUS_INVALID_HYPERCALL_CODE	0x0002
#define HV_STATUS_INVALID_HYPERCALL_INPUT	0x0003
#define HV_STATUS_INVALID_ALIGNMENT		0x0004
#define HV_STATUS_INVALID_PARAMETER		0x0005
#define HV_STATUS_INVALID_CONNECTION_ID		0x0012
#define HV_STATUS_INSUFFICIENT_BUFFERS		0x0013

/* Hypercalls that the driver lets through (mshv_passthru_hvcalls). */
#define HVCALL_GET_PARTITION_PROPERTY		0x0044
#define HVCALL_SET_PARTITION_PROPERTY		0x0045
#define HVCALL_INSTALL_INTERCEPT		0x004d
#define HVCALL_GET_VP_REGISTERS			0x0050
#define HVCALL_SET_VP_REGISTERS			0x0051
#define HVCALL_TRANSLATE_VIRTUAL_ADDRESS	0x0052
#define HVCALL_CLEAR_VIRTUAL_INTERRUPT		0x0056
#define HVCALL_ASSERT_VIRTUAL_INTERRUPT		0x0094
#define HVCALL_SIGNAL_EVENT_DIRECT		0x00c0
#define HVCALL_POST_MESSAGE_DIRECT		0x00c1

#define HV_PROPERTY_SYNTHETIC_FEATURES		0x00010001
#define HV_PROPERTY_TIME_FREEZE			0x00030003
#define HV_PROPERTY_REFERENCE_TIME		0x00030005
#define HV_PROPERTY_UNIMPLEMENTED_MSR_ACTION	0x00050017
/* Our hypervisor's own: HvSignalEvent(id) of a guest is a write to the doorbell
 * at value + 8 * id. */
#define HV_PROPERTY_DOORBELL_WINDOW		0x7fff0001
#define HV_MSR_ACTION_FAULT			0
#define HV_MSR_ACTION_IGNORE_WRITE_READ_ZERO	1

/* HV_PROPERTY_SYNTHETIC_FEATURES: what a guest gets of the interface (union
 * hv_partition_synthetic_processor_features). */
#define HV_SYNTHETIC_PRESENT		(1ull << 0)
#define HV_SYNTHETIC_HV1		(1ull << 1)
#define HV_SYNTHETIC_VP_RUNTIME		(1ull << 2)
#define HV_SYNTHETIC_REFERENCE_COUNTER	(1ull << 3)
#define HV_SYNTHETIC_SYNIC		(1ull << 4)
#define HV_SYNTHETIC_TIMERS		(1ull << 5)
#define HV_SYNTHETIC_APIC		(1ull << 6)
#define HV_SYNTHETIC_HYPERCALLS		(1ull << 7)
#define HV_SYNTHETIC_VP_INDEX		(1ull << 8)
#define HV_SYNTHETIC_REFERENCE_TSC	(1ull << 9)
#define HV_SYNTHETIC_GUEST_IDLE		(1ull << 10)
#define HV_SYNTHETIC_FREQUENCIES	(1ull << 11)
#define HV_SYNTHETIC_EXTENDED_RANGES	(1ull << 15)
#define HV_SYNTHETIC_FAST_OUTPUT	(1ull << 18)
#define HV_SYNTHETIC_START_VP		(1ull << 20)
#define HV_SYNTHETIC_DIRECT_TIMERS	(1ull << 22)
#define HV_SYNTHETIC_MASKS		(1ull << 24)
#define HV_SYNTHETIC_FLUSH		(1ull << 25)
#define HV_SYNTHETIC_IPI		(1ull << 26)
#define HV_SYNTHETIC_SPIN_WAIT		(1ull << 27)
#define HV_SYNTHETIC_SIGNAL_EVENTS	(1ull << 29)

/* Register names (TLFS, HV_REGISTER_NAME). */
#define HV_REGISTER_INTERNAL_ACTIVITY_STATE	0x00000004
#define HV_REGISTER_PENDING_INTERRUPTION	0x00010002
#define HV_REGISTER_INTERRUPT_STATE		0x00010003
#define HV_REGISTER_DELIVERABILITY		0x00010006
#define HV_X64_REGISTER_RAX			0x00020000
#define HV_X64_REGISTER_RIP			0x00020010
#define HV_X64_REGISTER_RFLAGS			0x00020011
#define HV_X64_REGISTER_CR0			0x00040000
#define HV_X64_REGISTER_CR2			0x00040001
#define HV_X64_REGISTER_CR3			0x00040002
#define HV_X64_REGISTER_CR4			0x00040003
#define HV_X64_REGISTER_CR8			0x00040004
#define HV_X64_REGISTER_DR7			0x00050005
#define HV_X64_REGISTER_ES			0x00060000
#define HV_X64_REGISTER_CS			0x00060001
#define HV_X64_REGISTER_SS			0x00060002
#define HV_X64_REGISTER_DS			0x00060003
#define HV_X64_REGISTER_FS			0x00060004
#define HV_X64_REGISTER_GS			0x00060005
#define HV_X64_REGISTER_LDTR			0x00060006
#define HV_X64_REGISTER_TR			0x00060007
#define HV_X64_REGISTER_IDTR			0x00070000
#define HV_X64_REGISTER_GDTR			0x00070001
#define HV_X64_REGISTER_EFER			0x00080001
#define HV_X64_REGISTER_APIC_BASE		0x00080003
#define HV_X64_REGISTER_MTRR_DEFAULT		0x0008000e
/* The guest's interface: of the partition, and of each VP. */
#define HV_REGISTER_HYPERCALL			0x00090001
#define HV_REGISTER_GUEST_OS_ID			0x00090002
#define HV_REGISTER_VP_ASSIST_PAGE		0x00090013
#define HV_REGISTER_REFERENCE_TSC		0x00090017
#define HV_REGISTER_SINT0			0x000a0000	/* 16 */
#define HV_SINT_MASKED				0x10000ull
#define HV_REGISTER_SCONTROL			0x000a0010
#define HV_REGISTER_SIEFP			0x000a0012
#define HV_REGISTER_SIMP			0x000a0013
#define HV_REGISTER_STIMER0_CONFIG		0x000b0000	/* and count, 4 */

struct hv_segment {
	uint64_t base;
	uint32_t limit;		/* in bytes, the granularity applied */
	uint16_t selector;
	uint16_t attributes;
};
static_assert(sizeof(struct hv_segment) == 16, "segment");

/* The descriptor's bits 40-55: type, S, DPL, P, -, AVL, L, D/B, G. */
#define HV_SEGMENT_TYPE		0x000f
#define HV_SEGMENT_EXPAND_DOWN	0x0004	/* of a data segment */
#define HV_SEGMENT_WRITABLE	0x0002	/* of a data segment */
#define HV_SEGMENT_CODE		0x0008
#define HV_SEGMENT_PRESENT	0x0080
#define HV_SEGMENT_LONG		0x2000
#define HV_SEGMENT_BIG		0x4000

struct hv_table {
	uint16_t pad[3];
	uint16_t limit;
	uint64_t base;
};
static_assert(sizeof(struct hv_table) == 16, "table");

union hv_value {
	uint64_t reg64;
	uint64_t words[2];
	struct hv_segment segment;
	struct hv_table table;
};
static_assert(sizeof(union hv_value) == 16, "register value");

struct hv_register {
	uint32_t name;
	uint32_t reserved0;
	uint64_t reserved1;
	union hv_value value;
};
static_assert(sizeof(struct hv_register) == 32, "register");

struct hv_get_registers {
	uint64_t partition;	/* the driver fills it, in all calls */
	uint32_t vp;
	uint8_t vtl;
	uint8_t reserved[3];
	uint32_t names[];	/* repetitions; output: hv_value each */
};
static_assert(sizeof(struct hv_get_registers) == 16, "get registers");

struct hv_set_registers {
	uint64_t partition;
	uint32_t vp;
	uint8_t vtl;
	uint8_t reserved[3];
	struct hv_register registers[];
};
static_assert(sizeof(struct hv_set_registers) == 16, "set registers");

struct hv_get_property {
	uint64_t partition;
	uint32_t code;
	uint32_t reserved;
};

struct hv_set_property {
	uint64_t partition;
	uint32_t code;
	uint32_t reserved;
	uint64_t value;
};
static_assert(sizeof(struct hv_set_property) == 24, "set property");

struct hv_assert_interrupt {
	uint64_t partition;
	uint32_t type;		/* HV_INTERRUPT_* */
	uint32_t flags;
	uint64_t destination;	/* APIC id, or a logical one */
	uint32_t vector;
	uint8_t vtl;
	uint8_t reserved0;
	uint16_t reserved1;
};
static_assert(sizeof(struct hv_assert_interrupt) == 32, "assert");
#define HV_INTERRUPT_FIXED	0
#define HV_INTERRUPT_EXTINT	7
#define HV_INTERRUPT_LEVEL	0x1
#define HV_INTERRUPT_LOGICAL	0x2

struct hv_install_intercept {
	uint64_t partition;
	uint32_t access;	/* HV_INTERCEPT_EXECUTE, ... */
	uint32_t type;
	uint64_t parameter;
};
static_assert(sizeof(struct hv_install_intercept) == 24, "install");
#define HV_INTERCEPT_EXECUTE		4
#define HV_INTERCEPT_UNKNOWN_CONNECTION	0xd

struct hv_signal_event {
	uint64_t partition;
	uint32_t vp;
	uint8_t vtl;
	uint8_t sint;
	uint16_t flag;
};
static_assert(sizeof(struct hv_signal_event) == 16, "signal event");

struct hv_signaled {
	uint8_t newly;
	uint8_t reserved[7];
};

/* In words, as the message in it is not aligned. */
struct hv_post_message {
	uint64_t partition;
	uint32_t vp;
	uint32_t vtl;
	uint32_t sint;
	uint32_t type, size;	/* the message, as struct hv_message */
	uint32_t sender[2];
	uint32_t payload[60];
	uint32_t padding;
};
static_assert(offsetof(struct hv_post_message, type) == 20, "post message");
static_assert(sizeof(struct hv_post_message) == 280, "post message");

struct hv_translate {
	uint64_t partition;
	uint32_t vp;
	uint32_t reserved;
	uint64_t flags;
	uint64_t page;		/* of the virtual address */
};
static_assert(sizeof(struct hv_translate) == 32, "translate");
#define HV_TRANSLATE_READ	0x01
#define HV_TRANSLATE_WRITE	0x02
#define HV_TRANSLATE_EXECUTE	0x04
#define HV_TRANSLATE_SET_BITS	0x10	/* accessed and dirty */

struct hv_translated {
	uint32_t result;
	uint32_t kind;		/* 7:0 cache type; 8 overlay page */
	uint64_t page;
};
static_assert(sizeof(struct hv_translated) == 16, "translated");
#define HV_TRANSLATED			0
#define HV_TRANSLATED_NOT_PRESENT	1
#define HV_TRANSLATED_PRIVILEGE		2
#define HV_TRANSLATED_RESERVED_BITS	3
#define HV_TRANSLATED_UNMAPPED		4
#define HV_TRANSLATED_NO_READ		5	/* of a table on the way */
#define HV_TRANSLATED_NO_WRITE		6
#define HV_TRANSLATED_OVERLAY		7

/* HV_REGISTER_PENDING_INTERRUPTION: what the VP takes at its next entry.
 * Vector in 31:16, error code in 63:32. */
#define HV_PENDING		0x1ull
#define HV_PENDING_INTERRUPT	0x0ull	/* type 0 in bits 3:1 */
#define HV_PENDING_EXCEPTION	0x6ull	/* type 3 */
#define HV_PENDING_ERROR_CODE	0x10ull

/* HV_REGISTER_DELIVERABILITY: each is once. */
#define HV_DELIVERABILITY_INTERRUPT	0x2	/* priority in bits 5:2 */
#define HV_DELIVERABILITY_SINTS		48	/* a bit for each from here */

/* The register page. What the worker changes counts with its dirty bit. */
struct hv_register_page {
	uint16_t version;
	uint8_t valid;
	uint8_t reserved0;
	uint32_t dirty;
	uint64_t gpr[16];	/* rax rcx rdx rbx rsp rbp rsi rdi r8-r15 */
	uint64_t rip;
	uint64_t rflags;
	uint64_t reserved1;
	uint64_t xmm[6][2];
	struct hv_segment segment[6];	/* es cs ss ds fs gs */
	uint64_t cr0, cr3, cr4, cr8, efer, dr7;	/* only read */
	uint64_t pending_interruption;
	uint64_t interrupt_state;
	uint64_t emulation_hints;
	uint64_t xfem;
	uint8_t reserved2[0x100];
	uint64_t vectors;	/* the driver's, for fast interrupts */
};
static_assert(offsetof(struct hv_register_page, rip) == 0x88, "rip");
static_assert(offsetof(struct hv_register_page, xmm) == 0xa0, "xmm");
static_assert(offsetof(struct hv_register_page, segment) == 0x100, "segment");
static_assert(offsetof(struct hv_register_page, cr0) == 0x160, "cr0");
static_assert(offsetof(struct hv_register_page, xfem) == 0x1a8, "xfem");
static_assert(offsetof(struct hv_register_page, vectors) == 0x2b0, "vectors");
#define HV_REGISTER_PAGE_VERSION	1
#define HV_DIRTY_GPR			0x01
#define HV_DIRTY_RIP			0x02
#define HV_DIRTY_XMM			0x04
#define HV_DIRTY_SEGMENTS		0x08
#define HV_DIRTY_RFLAGS			0x10
#define HV_INTERRUPT_SHADOW		0x1	/* interrupt_state */

/* Messages. */
#define HVMSG_UNMAPPED_GPA		0x80000000
#define HVMSG_GPA_INTERCEPT		0x80000001
#define HVMSG_INVALID_VP_REGISTER	0x80000020
#define HVMSG_UNRECOVERABLE_EXCEPTION	0x80000021
#define HVMSG_UNSUPPORTED_FEATURE	0x80000022
#define HVMSG_HYPERCALL			0x80000050
#define HVMSG_SYNIC_SINT_DELIVERABLE	0x80000062
#define HVMSG_X64_IO_PORT		0x80010000
#define HVMSG_X64_MSR			0x80010001
#define HVMSG_X64_CPUID			0x80010002
#define HVMSG_X64_EXCEPTION		0x80010003
#define HVMSG_X64_APIC_EOI		0x80010004
#define HVMSG_X64_HALT			0x80010007
#define HVMSG_X64_INTERRUPTION_DELIVERABLE 0x80010008

struct hv_message_header {
	uint32_t type;
	uint8_t size;		/* of the payload */
	uint8_t flags;
	uint8_t reserved[2];
	uint64_t sender;
};
static_assert(sizeof(struct hv_message_header) == 16, "message header");

struct hv_intercept {
	uint32_t vp;
	uint8_t length_cr8;	/* 3:0 instruction's length; 7:4 CR8 */
	uint8_t access;		/* HV_ACCESS_* */
	uint16_t state;		/* HV_STATE_* */
	struct hv_segment cs;
	uint64_t rip, rflags;
};
static_assert(sizeof(struct hv_intercept) == 40, "intercept");
#define HV_ACCESS_READ		0
#define HV_ACCESS_WRITE		1
#define HV_ACCESS_EXECUTE	2
#define HV_STATE_CPL		0x0003
#define HV_STATE_PE		0x0004
#define HV_STATE_LMA		0x0010

struct hv_io_port {
	struct hv_intercept header;
	uint16_t port;
	uint8_t info;		/* HV_IO_* */
	uint8_t byte_count;
	uint32_t reserved;
	uint64_t rax;
	uint8_t bytes[16];
	struct hv_segment ds;	/* the source's segment, overrides applied */
	struct hv_segment es;
	uint64_t rcx, rsi, rdi;
};
static_assert(offsetof(struct hv_io_port, rax) == 48, "io rax");
static_assert(offsetof(struct hv_io_port, ds) == 72, "io ds");
static_assert(sizeof(struct hv_io_port) == 128, "io port");
#define HV_IO_SIZE	0x07
#define HV_IO_STRING	0x08
#define HV_IO_REP	0x10

struct hv_memory {
	struct hv_intercept header;
	uint32_t cache;
	uint8_t byte_count;
	uint8_t info;		/* HV_MEMORY_* */
	uint8_t tpr;
	uint8_t reserved;
	uint64_t gva, gpa;
	uint8_t bytes[16];
};
static_assert(sizeof(struct hv_memory) == 80, "memory");
#define HV_MEMORY_GVA_VALID	0x01

struct hv_msr {
	struct hv_intercept header;
	uint32_t number;
	uint32_t reserved;
	uint64_t rdx, rax;
};
static_assert(sizeof(struct hv_msr) == 64, "msr");

struct hv_cpuid {
	struct hv_intercept header;
	uint64_t rax, rcx, rdx, rbx;
	uint64_t result_rax, result_rcx, result_rdx, result_rbx;
};
static_assert(sizeof(struct hv_cpuid) == 104, "cpuid");

struct hv_exception {
	struct hv_intercept header;
	uint16_t vector;
	uint8_t info;
	uint8_t byte_count;
	uint32_t error_code;
	uint64_t parameter;
};
static_assert(sizeof(struct hv_exception) == 56, "exception");

struct hv_hypercall {
	struct hv_intercept header;
	uint64_t rax, rbx, rcx, rdx, r8, rsi, rdi;
	uint64_t xmm[6][2];
	uint32_t flags;
	uint32_t reserved[3];
};
static_assert(sizeof(struct hv_hypercall) == 208, "hypercall");

struct hv_sint_deliverable {
	struct hv_intercept header;
	uint16_t sints;
	uint16_t reserved0;
	uint32_t reserved1;
};
static_assert(sizeof(struct hv_sint_deliverable) == 48, "deliverable");

struct hv_eoi {
	uint32_t vp;
	uint32_t vector;
};

struct hv_bad_register {
	uint32_t vp;
	uint32_t reserved;
};

struct hv_message {
	struct hv_message_header header;
	union {
		uint8_t payload[240];
		struct hv_intercept intercept;
		struct hv_io_port io;
		struct hv_memory memory;
		struct hv_msr msr;
		struct hv_cpuid cpuid;
		struct hv_exception exception;
		struct hv_hypercall hypercall;
		struct hv_sint_deliverable sints;
		struct hv_eoi eoi;
		struct hv_bad_register bad_register;
	};
};
static_assert(sizeof(struct hv_message) == 256, "message");

/* The local APIC's state (MSHV_VP_STATE_LAPIC), one page. */
struct hv_lapic {
	uint32_t id, version, ldr, dfr, spurious;
	uint32_t isr[8], tmr[8], irr[8];
	uint32_t esr, icr_high, icr_low;
	uint32_t lvt_timer, lvt_thermal, lvt_perfmon;
	uint32_t lvt_lint0, lvt_lint1, lvt_error, lvt_cmci;
	uint32_t error_status, initial_count, current_count, divide;
	uint32_t remote_read;
};
static_assert(offsetof(struct hv_lapic, lvt_lint0) == 140, "lint0");

#endif
