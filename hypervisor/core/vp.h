/* Virtual processors, and the waist: what a vendor's code does for them. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_VP_H
#define CORE_VP_H

#include "cpu.h"
#include "stats.h"
#include "synic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct partition;

/* Index of a general register in struct vp, as instructions number them. */
enum gpr {
	GPR_RAX, GPR_RCX, GPR_RDX, GPR_RBX, GPR_RSP, GPR_RBP, GPR_RSI, GPR_RDI,
	GPR_R8, GPR_R9, GPR_R10, GPR_R11, GPR_R12, GPR_R13, GPR_R14, GPR_R15,
};

enum vp_state {
	VP_RUNNING,
	VP_WAIT_SIPI,	/* as after INIT: a start-up IPI ends it */
};

/* Requests of other processors, in vp->requests; a kick follows each. */
#define VP_REQUEST_INIT		0x1
#define VP_REQUEST_SIPI		0x2
#define VP_REQUEST_NMI		0x4

struct vp {
	uint64_t gpr[16];	/* first: the vendor's assembler reads it */
	uint64_t rip;		/* so are these, between entry and exit */
	struct partition *partition;
	struct cpu *cpu;	/* where it runs: a parent's VP never moves */
	void *vendor;		/* what the vendor's code keeps for it */
	uint32_t index;
	uint32_t requests;	/* atomic */
	uint32_t sipi_vector;	/* atomic; the latest one counts */
	enum vp_state state;	/* its own processor's */
	bool created;		/* the parent has called CREATE_VP */
	struct synic synic;
	uint64_t crash[6];	/* CRASH_P0 to P4, CRASH_CTL */
	struct stats stats;
};

/* Registers that core reads and writes by name; the rest are in gpr[]. */
enum vp_register {
	VP_RSP,
	VP_RFLAGS,
	VP_CR0,
	VP_CR3,
	VP_CR4,
	VP_EFER,
};

enum vp_segment {
	VP_ES, VP_CS, VP_SS, VP_DS, VP_FS, VP_GS,
};

/* How a VP starts: in 64-bit mode as Linux's boot protocol wants it, or in
 * real mode where a start-up IPI with that vector says. */
struct vp_entry {
	bool is_long;
	uint8_t vector;
	uint16_t code, data, gdt_limit;	/* selectors; flat segments */
	uint64_t rip, rsp, cr3, gdt;
};

/* Rights in a partition's map. */
#define MAP_READ	0x1
#define MAP_WRITE	0x2
#define MAP_EXECUTE	0x4

/* What a processor lacks or gives; chosen once at boot. */
struct vp_ops {
	const char *name;
	/* NULL when this processor can do it, else a sentence. */
	const char *(*missing)(void);
	/* Once on every processor: turns it on. */
	void (*cpu_start)(struct cpu *cpu);
	/* Pending NMIs are taken, and interrupts too when asked. */
	void (*let_in)(bool interrupts);
	/* Until an NMI comes; see trap_sleep_from. */
	void (*wait)(void);
	void (*partition_init)(struct partition *partition);
	void (*vp_init)(struct vp *vp);
	/* rip and gpr[] must be set for VP_START_LONG. */
	void (*vp_reset)(struct vp *vp, const struct vp_entry *entry);
	/* Runs it until one exit is served; says what it was. */
	enum stats_kind (*run)(struct vp *vp);
	uint64_t (*get)(const struct vp *vp, enum vp_register name);
	void (*set)(struct vp *vp, enum vp_register name, uint64_t value);
	uint64_t (*segment_base)(const struct vp *vp, enum vp_segment segment);
	/* 16, 32 or 64: the size of the code segment; and its privilege. */
	unsigned int (*code_bits)(const struct vp *vp);
	unsigned int (*privilege)(const struct vp *vp);
	/* An exception, with an error code when has_code. */
	void (*raise)(struct vp *vp, uint8_t vector, bool has_code,
		uint32_t code);
	/* Injects an NMI when the VP can take one, else asks to be called. */
	void (*nmi)(struct vp *vp);
	/* The instruction that exited is done: rip is what comes next, and #DB
	 * when it was a single step. */
	void (*skipped)(struct vp *vp);
	/* One page of 4 KB, 2 MB or 1 GB; pieces of a larger one stay as they
	 * are. rights 0 unmaps. False when there is no page for a table. */
	bool (*map)(struct partition *partition, uint64_t gpa, uint64_t spa,
		uint64_t size, unsigned int rights);
	/* Rights there, 0 for none. */
	unsigned int (*rights)(struct partition *partition, uint64_t gpa);
	/* Large sizes that the nested tables can have. */
	uint64_t (*largest_page)(void);
};

#define VP_OPS_MAX 25
static_assert(sizeof(struct vp_ops) / sizeof(void *) <= VP_OPS_MAX, "waist");

extern const struct vp_ops *vp_ops;

/* Runs the parent's VP of this processor for ever. */
_Noreturn void vp_loop(struct vp *vp);

/* Sets a request and calls the processor. */
void vp_request(struct vp *vp, uint32_t request);

/* Exception vectors. */
#define VECTOR_DE	0
#define VECTOR_DB	1
#define VECTOR_UD	6
#define VECTOR_DF	8
#define VECTOR_TS	10
#define VECTOR_NP	11
#define VECTOR_GP	13
#define VECTOR_PF	14
#define VECTOR_AC	17

#endif
