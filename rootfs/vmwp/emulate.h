/* One instruction of a guest, done in software. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_EMULATE_H
#define VMWP_EMULATE_H

#include <stdbool.h>
#include <stdint.h>

#include "hv.h"

#define EMULATE_BYTES	15u	/* the longest instruction */
#define EMULATE_CHUNK	4096u	/* bytes that one REP moves at most */

#define CR0_PE		0x1ull
#define CR4_LA57	0x1000ull
#define EFER_LMA	0x400ull

/* What an instruction can read and change of a VP. */
struct cpu {
	uint64_t gpr[16];	/* rax rcx rdx rbx rsp rbp rsi rdi r8-r15 */
	uint64_t rip, rflags;
	struct hv_segment segment[6];	/* es cs ss ds fs gs */
	uint64_t cr0, cr4, efer;
	unsigned int cpl;
};

struct fault {
	uint8_t vector;
	bool has_code;
	uint32_t code;
	uint64_t address;	/* CR2, of a page fault */
};

#define VECTOR_DB	1
#define VECTOR_UD	6
#define VECTOR_SS	12
#define VECTOR_GP	13
#define VECTOR_PF	14

/* Access to a page; write means read and write. */
enum { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_FETCH = 4 };

/*
 * translate: the guest-physical address of a linear one. 0; 1 with a fault for
 * the guest; -errno. The others never cross a page and cannot fail. size: 1 to
 * 15 bytes of memory; 1, 2 or 4 of a port.
 */
struct emulate_ops {
	int (*translate)(void *context, uint64_t linear, unsigned int access,
		uint64_t *gpa, struct fault *fault);
	void (*read)(void *context, uint64_t gpa, void *to, unsigned int size);
	void (*write)(void *context, uint64_t gpa, const void *from,
		unsigned int size);
	uint32_t (*in)(void *context, uint16_t port, unsigned int size);
	void (*out)(void *context, uint16_t port, unsigned int size,
		uint32_t value);
	/* The same for count accesses in a row, from or to memory within one
	 * page; NULL, or false with nothing done: one after the other. */
	bool (*in_row)(void *context, uint16_t port, unsigned int size,
		unsigned int count, uint64_t gpa);
	bool (*out_row)(void *context, uint16_t port, unsigned int size,
		unsigned int count, uint64_t gpa);
};

enum emulate_result {
	EMULATE_DONE,		/* or a part of a REP: rip has not moved */
	EMULATE_FAULT,		/* fault is for the guest */
	EMULATE_UNKNOWN,	/* not one that we do; text names it */
	EMULATE_ERROR,		/* error of translate() */
};

/* Translations of this instruction. */
struct emulate_page {
	uint64_t linear, gpa;	/* of the page */
	unsigned int access;	/* what it is known for; 0: free */
};

struct emulator {
	struct cpu *cpu;
	const struct emulate_ops *ops;
	void *context;
	struct emulate_page page[4];
	unsigned int next_page;
	unsigned int length;	/* of the instruction, once decoded */
	struct fault fault;
	int error;
	char text[96];
};

void emulate_init(struct emulator *emulator, struct cpu *cpu,
	const struct emulate_ops *ops, void *context);

/* What the hardware found already: the page of linear is gpa's. */
void emulate_hint(struct emulator *emulator, uint64_t linear, uint64_t gpa,
	unsigned int access);

/* bytes: the first count ones of the instruction, as the hardware fetched
 * them, 0 to 15; what is missing is fetched. */
enum emulate_result emulate(struct emulator *emulator, const uint8_t *bytes,
	unsigned int count);

/* The length alone, for an instruction that somebody else does. */
enum emulate_result emulate_length(struct emulator *emulator,
	const uint8_t *bytes, unsigned int count);

#endif
