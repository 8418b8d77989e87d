/* The virtual machine control block. APM v2, appendix B. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_SVM_VMCB_H
#define X86_SVM_VMCB_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

struct vmcb_segment {
	uint16_t selector, attributes;
	uint32_t limit;
	uint64_t base;
};

struct vmcb {
	/* Control area */
	uint16_t cr_read, cr_write;		/* 000: intercepts */
	uint16_t dr_read, dr_write;
	uint32_t exceptions;			/* 008 */
	uint32_t intercepts[2];			/* 00c, 010 */
	uint8_t reserved1[0x40 - 0x14];
	uint64_t iopm, msrpm, tsc_offset;	/* 040 */
	uint32_t asid;				/* 058 */
	uint8_t tlb_control, reserved2[3];
	uint64_t v_intr;			/* 060 */
	uint64_t shadow;			/* 068 */
	uint64_t exit_code, exit_info1, exit_info2, exit_int_info;
	uint64_t nested;			/* 090 */
	uint8_t reserved3[0xa8 - 0x98];
	uint64_t event;				/* 0a8 */
	uint64_t nested_cr3;			/* 0b0 */
	uint64_t lbr;
	uint32_t clean, reserved4;		/* 0c0 */
	uint64_t next_rip;			/* 0c8 */
	uint8_t fetched, bytes[15];		/* 0d0 */
	uint8_t reserved5[0x400 - 0xe0];
	/* State save area */
	struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t reserved6[0x4cb - 0x4a0];
	uint8_t cpl;				/* 4cb */
	uint32_t reserved7;
	uint64_t efer;				/* 4d0 */
	uint8_t reserved8[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t reserved9[0x5d8 - 0x580];
	uint64_t rsp;				/* 5d8 */
	uint8_t reserved10[0x5f8 - 0x5e0];
	uint64_t rax;				/* 5f8 */
	uint64_t star, lstar, cstar, sfmask, kernel_gs_base;
	uint64_t sysenter_cs, sysenter_esp, sysenter_eip;
	uint64_t cr2;				/* 640 */
	uint8_t reserved11[0x668 - 0x648];
	uint64_t pat;				/* 668 */
	uint8_t rest[0x1000 - 0x670];
};
static_assert(offsetof(struct vmcb, iopm) == 0x40, "APM v2 B.1");
static_assert(offsetof(struct vmcb, exit_code) == 0x70, "APM v2 B.1");
static_assert(offsetof(struct vmcb, event) == 0xa8, "APM v2 B.1");
static_assert(offsetof(struct vmcb, next_rip) == 0xc8, "APM v2 B.1");
static_assert(offsetof(struct vmcb, es) == 0x400, "APM v2 B.2");
static_assert(offsetof(struct vmcb, cpl) == 0x4cb, "APM v2 B.2");
static_assert(offsetof(struct vmcb, efer) == 0x4d0, "APM v2 B.2");
static_assert(offsetof(struct vmcb, cr4) == 0x548, "APM v2 B.2");
static_assert(offsetof(struct vmcb, rip) == 0x578, "APM v2 B.2");
static_assert(offsetof(struct vmcb, rsp) == 0x5d8, "APM v2 B.2");
static_assert(offsetof(struct vmcb, rax) == 0x5f8, "APM v2 B.2");
static_assert(offsetof(struct vmcb, cr2) == 0x640, "APM v2 B.2");
static_assert(offsetof(struct vmcb, pat) == 0x668, "APM v2 B.2");
static_assert(sizeof(struct vmcb) == 0x1000, "one page");

/* dr_read, dr_write: a bit for each register */
#define DR_0_TO_3	0x0fu
#define DR_5		0x20u	/* DR7 while CR4.DE is 0 */
#define DR_7		0x80u
/* cr_write */
#define CR_4		0x010u
#define CR_8		0x100u

/* intercepts[0] */
#define INTERCEPT_INTR		(1u << 0)
#define INTERCEPT_NMI		(1u << 1)
#define INTERCEPT_INIT		(1u << 3)
#define INTERCEPT_VINTR		(1u << 4)
#define INTERCEPT_CPUID		(1u << 18)
#define INTERCEPT_IRET		(1u << 20)
#define INTERCEPT_INVD		(1u << 22)
#define INTERCEPT_INVLPGA	(1u << 26)
#define INTERCEPT_RDPMC		(1u << 15)
#define INTERCEPT_HLT		(1u << 24)
#define INTERCEPT_IO		(1u << 27)
#define INTERCEPT_MSR		(1u << 28)
#define INTERCEPT_SHUTDOWN	(1u << 31)
/* intercepts[1] */
#define INTERCEPT_VMRUN		(1u << 0)
#define INTERCEPT_VMMCALL	(1u << 1)
#define INTERCEPT_VMLOAD	(1u << 2)
#define INTERCEPT_VMSAVE	(1u << 3)
#define INTERCEPT_STGI		(1u << 4)
#define INTERCEPT_CLGI		(1u << 5)
#define INTERCEPT_SKINIT	(1u << 6)
#define INTERCEPT_WBINVD	(1u << 9)
#define INTERCEPT_MONITOR	(1u << 10)
#define INTERCEPT_MWAIT		(1u << 11)
#define INTERCEPT_XSETBV	(1u << 13)
#define INTERCEPT_RDPRU		(1u << 14)

/* tlb_control */
#define TLB_KEEP	0
#define TLB_FLUSH_ALL	1
#define TLB_FLUSH_ASID	3

/* v_intr */
#define V_IRQ		(1ull << 8)
#define V_IGNORE_TPR	(1ull << 20)
#define V_TPR		0xfull
#define V_PRIORITY_SHIFT 16
#define V_INTR_MASKING	(1ull << 24)
#define V_VECTOR(n)	((uint64_t)(n) << 32)

/* nested */
#define NESTED_PAGING	1ull

/* event */
#define EVENT_NMI	(2ull << 8)
#define EVENT_EXCEPTION	(3ull << 8)
#define EVENT_SOFTWARE	(4ull << 8)
#define EVENT_TYPE(event) ((event) >> 8 & 7)
#define EVENT_HAS_CODE	(1ull << 11)
#define EVENT_VALID	(1ull << 31)

/* exit_code. APM v2, appendix C */
#define EXIT_EXCEPTION	0x40
#define EXIT_CR_WRITE	0x10
#define EXIT_DR_READ	0x20
#define EXIT_DR_WRITE	0x30
#define EXIT_INTR	0x60
#define EXIT_NMI	0x61
#define EXIT_INIT	0x63
#define EXIT_VINTR	0x64
#define EXIT_CPUID	0x72
#define EXIT_IRET	0x74
#define EXIT_INVD	0x76
#define EXIT_INVLPGA	0x7a
#define EXIT_RDPMC	0x6f
#define EXIT_HLT	0x78
#define EXIT_IOIO	0x7b
#define EXIT_MSR	0x7c
#define EXIT_SHUTDOWN	0x7f
#define EXIT_VMRUN	0x80
#define EXIT_VMMCALL	0x81
#define EXIT_SKINIT	0x86
#define EXIT_WBINVD	0x89
#define EXIT_MONITOR	0x8a
#define EXIT_MWAIT	0x8b
#define EXIT_MWAIT_IF	0x8c
#define EXIT_XSETBV	0x8d
#define EXIT_RDPRU	0x8e
#define EXIT_NPF	0x400
/* QEMU stores 32 bits of it only. */
#define EXIT_IS_INVALID(code) ((uint32_t)(code) == 0xffffffffu)

#endif
