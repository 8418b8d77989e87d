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

struct child;
struct partition;
struct port;

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
#define VP_REQUEST_SIGNALS	0x8	/* signal_adopt(), ring_serve() */

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
	struct child *child;	/* of a child's VP, else NULL */
	struct vp *signal_first, *signal_last;	/* of a parent's: signal.c */
	struct port *ring_first, *ring_last;	/* so are these: ring.c */
	uint32_t ring_notices;
	uint8_t ring_head[SYNIC_SINTS];
	struct synic synic;
	uint64_t crash[6];	/* CRASH_P0 to P4, CRASH_CTL */
	struct stats stats;
};

/* Registers that core reads and writes by name; the rest are in gpr[]. */
enum vp_register {
	VP_RSP,
	VP_RFLAGS,
	VP_CR0,
	VP_CR2,
	VP_CR3,
	VP_CR4,
	VP_EFER,
	VP_DR6,
	VP_DR7,
	VP_PAT,
	VP_STAR,
	VP_LSTAR,
	VP_CSTAR,
	VP_SFMASK,
	VP_KERNEL_GS_BASE,
	VP_SYSENTER_CS,
	VP_SYSENTER_ESP,
	VP_SYSENTER_EIP,
	VP_SHADOW,	/* 1: no interrupt before the next instruction */
	VP_NMI_MASKED,
	VP_TSC_OFFSET,
	VP_CPL,		/* to be read only */
	VP_REGISTERS
};

enum vp_segment {
	VP_ES, VP_CS, VP_SS, VP_DS, VP_FS, VP_GS, VP_LDTR, VP_TR,
	VP_IDTR, VP_GDTR,
};

/* Attributes as descriptors have them: access rights in bits 7:0, AVL, L, D
 * and G in 15:12. APM v2 4.8 */
struct segment {
	uint64_t base;
	uint32_t limit;
	uint16_t selector, attributes;
};
#define SEGMENT_LONG	0x2000
#define SEGMENT_DEFAULT	0x4000

/* What there is at a guest-physical address. */
struct mapping {
	uint64_t spa, size;	/* where it is mapped; of the entry */
	unsigned int rights;
};

/* How a VP starts: in 64-bit mode as Linux's boot protocol wants it, or in
 * real mode where a start-up IPI with that vector says. */
struct vp_entry {
	bool is_long, power_on;
	uint8_t vector;
	uint16_t code, data, gdt_limit;	/* selectors; flat segments */
	uint64_t rip, rsp, cr3, gdt;
};

/* Rights in a partition's map. */
#define MAP_READ	0x1
#define MAP_WRITE	0x2
#define MAP_EXECUTE	0x4
/* It is in the map, if only without access. */
#define MAP_KNOWN	0x8
/* What processors note. */
#define MAP_ACCESSED	0x10
#define MAP_DIRTY	0x20

/* What a processor lacks or gives; chosen once at boot. */
struct vp_ops {
	const char *name;
	/* NULL when this processor can do it, else a sentence. */
	const char *(*missing)(void);
	/* Once on every processor: turns it on. */
	void (*cpu_start)(struct cpu *cpu);
	/* From here on nothing interrupts the hypervisor on this processor,
	 * and nothing resets it alone. There is no way back. */
	void (*hold)(void);
	/* Pending NMIs are taken, and one interrupt when asked. */
	void (*let_in)(bool interrupts);
	/* Until an NMI comes; see trap_sleep_from. */
	void (*wait)(void);
	/* False when there is no page for it. */
	bool (*partition_init)(struct partition *partition);
	bool (*vp_init)(struct vp *vp);
	/* Gives back what vp_init() took of a child's pool; may be half. */
	void (*vp_end)(struct vp *vp);
	/* rip and gpr[] must be set for VP_START_LONG. */
	void (*vp_reset)(struct vp *vp, const struct vp_entry *entry);
	/* Runs it until one exit is served; says what it was. */
	enum stats_kind (*run)(struct vp *vp);
	uint64_t (*get)(const struct vp *vp, enum vp_register name);
	void (*set)(struct vp *vp, enum vp_register name, uint64_t value);
	void (*segment)(const struct vp *vp, enum vp_segment which,
		struct segment *segment);
	void (*set_segment)(struct vp *vp, enum vp_segment which,
		const struct segment *segment);
	/* An exception, with an error code when has_code. */
	void (*raise)(struct vp *vp, uint8_t vector, bool has_code,
		uint32_t code);
	/* A child's: this interrupt is taken as soon as its IF allows; 0: none
	 * is to be taken. */
	void (*interrupt)(struct vp *vp, uint8_t vector);
	/* Injects an NMI when the VP can take one, else asks to be called. */
	void (*nmi)(struct vp *vp);
	/* The instruction that exited is done: rip is what comes next, and #DB
	 * when it was a single step. */
	void (*skipped)(struct vp *vp);
	/* One page of 4 KB, 2 MB or 1 GB; pieces of a larger one stay as they
	 * are. rights 0 unmaps. False when there is no page for a table. A
	 * table of smaller pages that was there is handed out for strip(),
	 * after a flush; where none can be, replaced is NULL. */
	bool (*map)(struct partition *partition, uint64_t gpa, uint64_t spa,
		uint64_t size, unsigned int rights, void **replaced);
	/* What there is; returns its rights, 0 for none. */
	unsigned int (*look)(struct partition *partition, uint64_t gpa,
		struct mapping *mapping);
	/* Clears and sets MAP_ACCESSED and MAP_DIRTY; what they were. */
	unsigned int (*age)(struct partition *partition, uint64_t gpa,
		unsigned int clear, unsigned int set);
	/* 2 MB of a child's without any mapping become one entry, and more
	 * around it where nothing is known. */
	void (*merge)(struct partition *partition, uint64_t gpa);
	/* Gives back a table that map() replaced, or with NULL a piece of all
	 * the tables, for good; says what was mapped in it. False when it was
	 * the last piece. */
	bool (*strip)(struct partition *partition, void *table,
		void (*gone)(uint64_t spa, uint64_t size));
	/* Large sizes that the nested tables can have. */
	uint64_t (*largest_page)(void);
};

#define VP_OPS_MAX 25
static_assert(sizeof(struct vp_ops) / sizeof(void *) <= VP_OPS_MAX, "waist");

extern const struct vp_ops *vp_ops;

/* Rights of the partition there, without MAP_KNOWN. */
unsigned int vp_rights(struct partition *partition, uint64_t gpa);

/* 16, 32 or 64: the size of the code segment. */
unsigned int vp_code_bits(const struct vp *vp);

/* Of a data or code access; FS and GS alone have one in 64-bit mode. */
uint64_t vp_segment_base(const struct vp *vp, enum vp_segment which);

/* Runs a VP on this processor, vp->cpu, until one exit is served. */
enum stats_kind vp_run(struct vp *vp);

/* Runs the parent's VP of this processor for ever. */
_Noreturn void vp_loop(struct vp *vp);

/* Sets a request and calls the processor. */
void vp_request(struct vp *vp, uint32_t request);

/* Exception vectors. */
#define VECTOR_DE	0
#define VECTOR_DB	1
#define VECTOR_NMI	2
#define VECTOR_BP	3
#define VECTOR_OF	4
#define VECTOR_UD	6
#define VECTOR_DF	8
#define VECTOR_TS	10
#define VECTOR_NP	11
#define VECTOR_GP	13
#define VECTOR_PF	14
#define VECTOR_AC	17
#define VECTOR_MC	18

#endif
