/* What the core needs of the machine below it; x86/ provides it. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_MACHINE_H
#define CORE_MACHINE_H

#include "../lib/memmap.h"
#include "../lib/walk.h"

#include <stdbool.h>
#include <stdint.h>

/* Facts found at boot; nothing writes here afterwards. */
struct machine {
	struct memmap map;		/* with our own memory as reserved */
	struct memmap_range own[2];	/* our memory: image and log, heap */
	struct memmap_range log;	/* the parent may read it */
	uint64_t physical_end;		/* first address no processor can name */
	uint64_t tsc_hz;
	uint64_t apic_hz;		/* of the timer, divided by one */
	uint64_t tsc_scale;		/* 100 ns units per tick, times 2^64 */
	uint64_t tsc_offset;		/* 100 ns units */
	unsigned int cpu_count;
	bool x2apic;
	bool emulated;		/* the processor says that it is none */
	/* Pages of interrupt controllers, read-only to the parent: writes to
	 * them are looked at one by one. */
	uint64_t *guarded;
	unsigned int guarded_count;
	unsigned int panic_seconds;	/* before a reboot; 0: stay */
	uint64_t window;	/* added to a gpa: the parent's memory */
	uint64_t own_window;	/* ... and that of pages it deposited */
	bool smap;
};

extern struct machine machine;

/* Written while we start, read-only ever after. */
#define SEALED __attribute__((section(".bss.sealed")))

/* 100 ns units since our start: the partitions' reference time. */
uint64_t machine_time(void);

/* To the serial port and the screen, whatever state they are in. */
void machine_print(const char *text);

/* Makes the screen ours again, whatever the parent did with it. */
void machine_take_screen(void);

/* Another partition runs here next: nothing that the one before taught the
 * processor may help it. */
void machine_switch(void);

/* Restarts the machine. */
_Noreturn void machine_reset(void);

/* What the parent says the firmware wants written for S5. False when the
 * firmware's tables say otherwise. */
bool machine_set_off(uint8_t type_a, uint8_t type_b);

/* Turns the machine off, which goes off some time after the call; calling again
 * is right until then. False when it is not known how, or when it has not gone
 * off for 2 s. */
bool machine_off(void);

/* Makes the processor leave its partition soon. Never waits. */
void machine_kick(unsigned int cpu);

/* The processor carries a child's FPU, XCR0, debug registers and TSC_AUX from
 * here to there, and the parent's again after it. */
struct vp;
void machine_child_enter(struct vp *vp);
void machine_child_leave(struct vp *vp);

/* While it does: the child's breakpoints are in the processor from now on; its
 * TSC_AUX changes. */
void machine_load_debug(struct vp *vp);
void machine_set_tsc_aux(struct vp *vp, uint64_t value);

/* XMM0 to XMM5 of who is in the processor: the parent, or a child's VP that is
 * dispatched. */
#define MACHINE_XMM_BYTES	96
void machine_get_xmm(void *to);
void machine_set_xmm(const void *from);

/* A child's FPU state is XSAVE's area in its standard form, one page. */
void machine_fpu_reset(void *area);
/* States of XCR0 that children may have; bytes of an area with such states. */
uint64_t machine_fpu_states(void);
uint32_t machine_fpu_size(uint64_t states);
bool machine_mxcsr_valid(uint32_t mxcsr);
/* To and from the interface's form, XSAVEC's with these states, also one page.
 * Of one from outside: whether it can be loaded. */
void machine_fpu_compact(void *to, const void *area, uint64_t states);
bool machine_fpu_expand(void *area, const void *from, uint64_t states);
/* These states of the area were written to. */
void machine_fpu_note(void *area, uint64_t states);

/* Up to count bytes of code at RIP; how many there were. */
unsigned int machine_fetch(struct vp *vp, uint8_t *bytes, unsigned int count);

/* The linear address of the operand of a child's instruction, whose bytes these
 * are, which exited for an access to gpa; false where it is not known. */
bool machine_operand(struct vp *vp, const uint8_t *bytes, unsigned int count,
	uint64_t gpa, uint64_t *linear);

/* A linear address of the VP by its tables: lib/walk.h. */
struct walk;
enum walk_result machine_walk(struct vp *vp, struct walk *walk,
	uint64_t linear, unsigned int access);

/* A fixed interrupt for the parent on that processor. */
void machine_interrupt(unsigned int cpu, uint8_t vector);

/* The physical timer of this processor fires the vector in so many 100 ns
 * units, MACHINE_TIMER_REACH at most; vector 0 stops it. */
#define MACHINE_TIMER_REACH	10000000
void machine_timer(uint64_t delay, uint8_t vector);

/* Whether the vector waits in this processor's APIC. */
bool machine_is_pending(uint8_t vector);

/* Whether the timer that was programmed last has expired. */
bool machine_timer_fired(void);

/* The local APIC of this processor as after an INIT. */
void machine_apic_reset(void);

/* Waits until a kick comes; may return for no reason. */
void machine_wait_kick(void);

/* Writes the ICR: fixed and lowest-priority interrupts only. False when the
 * APIC refuses the value. */
bool machine_send(uint64_t icr);

/* Whether a logical destination of the APIC's mode means the processor. */
bool machine_is_logical_target(unsigned int cpu, uint32_t destination);

/* End of interrupt; task priority. */
void machine_eoi(void);
uint8_t machine_priority(void);
void machine_set_priority(uint8_t priority);

#endif
