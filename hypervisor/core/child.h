/* A child's VP beyond what struct vp has: its APIC, its place in dispatch, and
 * what the parent shares with it. docs/partitions.md, "Running". */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_CHILD_H
#define CORE_CHILD_H

#include "overlay.h"
#include "synic_child.h"
#include "vlapic.h"

#include <stdbool.h>
#include <stdint.h>

struct hv_message;
struct partition;
struct register_page;
struct vp;

#define CHILD_DR 4
#define CHILD_MTRR_VARIABLE 8

#define CHILD_EXTINT 0x100

/* An event that waits for the VP's next entry. */
struct child_event {
	bool pending, has_code;
	uint8_t type;		/* HV_PENDING_* */
	uint8_t vector;
	uint32_t code;
	uint8_t length;		/* of the instruction, for software's */
};

/* One page. Its owner is who set busy, except where it says otherwise. */
struct child {
	struct vlapic lapic;	/* others set bits of its IRR */
	struct synic_child synic;
	uint32_t busy;		/* atomic: processor that has it, plus one */
	bool blocked;		/* atomic: who clears it sends the signal */
	bool suspended;		/* atomic: the parent was told so */
	uint32_t wanted;	/* atomic: how many wait for busy */
	/* Atomic: how often others wanted its translations gone, and what of
	 * that its last entry has seen. flush.c */
	uint64_t flushes, flushed;

	/* The last exit changed nothing but general registers and RIP: the VP
	 * is entered again as it is. It cannot be so unless settled is true:
	 * what the entry had of interrupts is as it was. */
	bool steady, settled;

	/* The exit is for the operand of the instruction at RIP; that one,
	 * where the vendor's code knows it. */
	bool operand;
	uint8_t code[8];
	uint8_t code_length;	/* 0: it must be fetched */

	/* Why a run ends. */
	bool interrupted, intercepted, halted, dead;
	bool explicit_suspend, dispatch_suspend, intercept_suspend;
	bool waits_sipi;	/* after INIT; START_VP looks at it first */

	/* Requests of others, atomic. */
	bool nmi, init, sipi;
	uint8_t sipi_vector;
	uint16_t extint;	/* ExtINT: CHILD_EXTINT | vector; 0: none */

	struct child_event event;
	struct child_event given;	/* what the last entry had of it */
	uint64_t given_rip;
	uint8_t injected;	/* vector given to vp_ops->interrupt, or 0 */
	uint16_t injected_extint;	/* it is the PIC's: that word, or 0 */
	struct overlay assist;	/* the VP assist page */
	bool lazy_eoi;		/* it says "no EOI required" */
	bool idle;		/* halted by GUEST_IDLE: IF does not matter */
	bool masked;		/* a lower task priority would let one in */
	bool deliverable;	/* a message when an interrupt can be taken */

	uint64_t signals;	/* sent to the parent so far: atomic */
	struct vp *next_signal;	/* in a processor's list */
	bool listed;		/* atomic: in that list */
	uint32_t pinned;	/* atomic: who wakes it without a reference */

	/* In the list of a processor's sleepers, with that list's lock. */
	struct vp *next_sleeper;
	struct cpu *sleeps_on;	/* atomic */
	uint64_t wake;		/* reference time */

	/* Pages; the parent sees those that are mapped. */
	struct register_page *registers;
	void *message;
	bool registers_mapped, message_mapped;
	bool registers_valid;	/* what the page says is the VP's state */

	/* What the processor carries during a dispatch. */
	void *fpu;		/* XSAVE's area, one page */
	uint64_t xcr0;
	uint64_t dr[CHILD_DR];
	bool dr_loaded;
	uint64_t tsc_aux;

	/* MSRs that only keep their value. */
	uint64_t mtrr_default, mtrr_fixed[11];
	uint64_t mtrr_variable[2 * CHILD_MTRR_VARIABLE];
	uint64_t mcg_status, misc_enable, tsc_adjust;
	uint64_t tsc_offset;	/* atomic: what it wrote; see partition_tsc() */
	uint64_t tsc_shift;	/* the partition's, as the VP runs with it */
};

/* CREATE_VP for a child: HV_STATUS. */
uint16_t child_create(struct partition *partition, uint32_t index);

/* As after power-on. */
void child_reset(struct vp *vp);

/* What its TSC reads now. */
uint64_t child_tsc(const struct vp *vp);

/* Gives back all pages of a VP, which nobody uses. False while a signal to the
 * parent names it. */
bool child_free(struct vp *vp);

/* The VP with that index that has been made, or NULL. */
struct vp *child_find(struct partition *partition, uint32_t index);

/* Makes the VP this processor's: nobody runs or changes it until the release.
 * Waits for who has it, who is called to leave. */
void child_claim(struct vp *vp);
void child_release(struct vp *vp);

/* The same without waiting: false when somebody has it, who is called. */
bool child_try_claim(struct vp *vp);

/* Something is pending for the VP: makes it look, wherever it is. */
void child_wake(struct vp *vp);

/* No signal is sent for the VP from here on; the caller has claimed it and set
 * dispatch_suspend. */
void child_quiet(struct vp *vp);

/* What suspended the VP is over: the parent, which was told, hears of it. */
void child_resume(struct vp *vp);

/* An interprocessor interrupt as its ICR says, the destination in bits 63:32. */
void child_send_ipi(struct vp *from, uint64_t icr, bool x2apic_form);

/* The VP has taken the interrupt that vp_ops->interrupt() offered; or it has
 * not, and none is offered any more. */
void child_interrupt_taken(struct vp *vp);
void child_interrupt_kept(struct vp *vp);

/* The processor that runs the VP, if one does, looks at what it shall do. */
void child_call(struct vp *vp);

/* Its timer has expired; it is out of the list of sleepers and pinned. */
void child_wake_pinned(struct vp *vp);

#endif
