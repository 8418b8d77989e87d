/* A walk of a guest's page tables: linear to guest-physical address. */
/* SPDX-License-Identifier: MIT */
#ifndef LIB_WALK_H
#define LIB_WALK_H

#include <stdbool.h>
#include <stdint.h>

/* The access that is checked. */
#define WALK_READ	(1u << 0)
#define WALK_WRITE	(1u << 1)
#define WALK_EXECUTE	(1u << 2)
#define WALK_USER	(1u << 3)	/* as user, whatever the CPL */
#define WALK_IMPLICIT	(1u << 4)	/* implicit supervisor, whatever CPL */
#define WALK_EXEMPT	(1u << 5)	/* disregard U/S: as if it fits */
#define WALK_UPDATE	(1u << 6)	/* set Accessed and Dirty */

/* Page-fault error code. APM v2 8.4.2, SDM v3 4.7 */
#define WALK_FAULT_PRESENT	(1u << 0)
#define WALK_FAULT_WRITE	(1u << 1)
#define WALK_FAULT_USER		(1u << 2)
#define WALK_FAULT_RESERVED	(1u << 3)
#define WALK_FAULT_FETCH	(1u << 4)

enum walk_result {
	WALK_DONE,
	WALK_FAULT,		/* page fault with walk->error */
	WALK_NON_CANONICAL,	/* #GP or #SS; no entry was read */
	WALK_NO_READ,		/* the entry at walk->entry_gpa can't be read */
	WALK_NO_WRITE,		/* ... Accessed or Dirty can't be set in it */
	WALK_BUSY,		/* other processors change the tables: repeat */
};

enum walk_exchange {
	WALK_EXCHANGED,
	WALK_CHANGED,		/* another value was found; nothing written */
	WALK_INACCESSIBLE,
};

/* The state of the virtual processor that decides on a walk. */
struct walk_mode {
	uint64_t cr0, cr3, cr4, efer;
	bool rflags_ac;
	uint8_t cpl;
	uint8_t physical_bits;	/* CPUID 80000008 EAX[7:0], 32-52 */
	bool gigabyte_pages;	/* CPUID 80000001 EDX[26] */
};

/*
 * How entries are reached. size is 4 or 8, gpa a multiple of it; a value of 4
 * bytes is zero-extended. read is one access, and false if there is no such
 * memory. exchange writes value if the entry is still 'expected', atomically;
 * it is only called with WALK_UPDATE and may be NULL otherwise.
 */
struct walk_memory {
	bool (*read)(void *context, uint64_t gpa, unsigned int size,
		uint64_t *entry);
	enum walk_exchange (*exchange)(void *context, uint64_t gpa,
		unsigned int size, uint64_t expected, uint64_t value);
	void *context;
};

struct walk {
	uint64_t gpa;		/* WALK_DONE: of the byte at 'linear' */
	uint64_t entry_gpa;	/* WALK_NO_READ, WALK_NO_WRITE */
	uint32_t error;		/* WALK_FAULT */
	uint8_t page_shift;	/* WALK_DONE: 12, 21, 22, 30; 12 if unpaged */
	uint8_t rights;		/* WALK_DONE: READ, WRITE, EXECUTE, USER */
	uint8_t cache;		/* WALK_DONE: index into the PAT */
};

/*
 * Translates one linear address by the mode's paging: none, 32-bit with PSE
 * and PSE-36, PAE, 4-level or 5-level. APM v2 5.2-5.6, SDM v3 4.1-4.8.
 *
 * 'access' of no READ, WRITE or EXECUTE checks presence and reserved bits
 * only. CR0.WP, SMEP, SMAP and EFER.NXE are honoured as the mode has them.
 * Outside long mode the upper half of 'linear' is disregarded.
 *
 * rights is what the tables grant over all levels, not narrowed by CPL or
 * control registers: WRITE for R/W, USER for U/S, EXECUTE unless NX.
 *
 * Accessed and Dirty are set only with WALK_UPDATE, once the access is found
 * allowed, from the top down, Dirty for writes only; an entry that changed
 * meanwhile restarts the walk, and after WALK_TRIES attempts it is WALK_BUSY.
 *
 * Left out: protection keys (CR4.PKE, PKS), shadow stacks (CR4.CET), untagged
 * addresses (LAM, UAI). PAE's page-directory pointers are read from memory,
 * as AMD does under nested paging (APM v2 15.25.10); SDM v3 4.4.1 keeps them
 * in registers. Bit 8 of the entries above 1 GB, which is reserved on AMD and
 * ignored on Intel, is ignored. An attempt is at most 5 reads and 5 exchanges.
 */
#define WALK_TRIES	8	/* attempts */

enum walk_result walk_translate(struct walk *walk,
	const struct walk_mode *mode, const struct walk_memory *memory,
	uint64_t linear, unsigned int access);

#endif
