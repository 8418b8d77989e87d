/* Child partitions that the tests make: their memory, registers and runs. All
 * may be called on any processor: each has parameter pages of its own. */
/* SPDX-License-Identifier: MIT */
#ifndef CHILD_H
#define CHILD_H

#include "../../../hypervisor/abi/hypercall.h"
#include "../../../hypervisor/abi/message.h"
#include "../../../hypervisor/abi/register.h"
#include "../../../hypervisor/abi/status.h"

#include <stdbool.h>
#include <stdint.h>

#define CHILD_VPS	4	/* whose state pages we map */
#define CHILD_PAGES	64	/* of memory, from address 0 on */
#define CHILDREN	4	/* that have memory at the same time */
#define CHILD_FLAGS	(HV_CREATE_EXO | HV_CREATE_LAPIC | \
	HV_CREATE_MESSAGE_PAGE | HV_CREATE_X2APIC)
#define CHILD_ALL	(HV_MAP_READABLE | HV_MAP_WRITABLE | HV_MAP_EXECUTABLE)

/* Places in a child's memory. */
#define AT_CODE		0x1000u
#define AT_GDT		0x3000u
#define AT_IDT		0x4000u
#define AT_STUBS	0x5000u
#define AT_DATA		0x8000u
#define AT_STACK	0xe000u
#define AT_PML4		0x20000u
#define AT_PDPT		0x21000u
#define AT_PD		0x22000u	/* of PAE: 1 GB, one to one */
#define AT_LEGACY	0x24000u	/* page directory, 32 bits */
#define AT_PAE		0x25000u	/* its pointers; directories follow */

struct child {
	uint64_t id;
	unsigned int region;
	uint8_t *memory;
	struct register_page *registers[CHILD_VPS];
	volatile struct hv_message *message[CHILD_VPS];
};

enum child_mode { CHILD_REAL, CHILD_PROTECTED, CHILD_PAE, CHILD_LONG };

/* How a dispatch ended: the state in bits 15:8, the event below. */
#define CHILD_READY	(HV_DISPATCH_READY << 8)
#define CHILD_INTERCEPT	(HV_DISPATCH_READY << 8 | HV_EVENT_INTERCEPT)
#define CHILD_BLOCKED	(HV_DISPATCH_BLOCKED << 8)
#define CHILD_SUSPENDED	(HV_DISPATCH_BLOCKED << 8 | HV_EVENT_SUSPEND)
#define CHILD_REFUSED	0x10000u	/* and the status */

/* A hypercall with this processor's parameter pages; the status. */
uint32_t child_call(uint64_t control, const void *in, unsigned int size);
const volatile uint64_t *child_out(void);

/* Pages for deposits: so many of ours go into the pool; all that are free there
 * come back, and how many. */
bool child_deposit(uint64_t id, unsigned int count);
unsigned int child_withdraw(uint64_t id);
/* Pages that are nowhere else. */
unsigned int child_stash(void);

/* The same call again with one more page each time it lacks one; the pages it
 * took are added to *pages, if that is not NULL. */
uint32_t child_feed(uint64_t id, uint64_t control, const void *in,
	unsigned int size, unsigned int *pages);

uint32_t child_create(uint64_t flags, uint64_t *id);
/* INITIALIZE, FINALIZE, DELETE, CLEAR_VIRTUAL_INTERRUPT */
uint32_t child_do(uint16_t code, uint64_t id);
uint32_t child_create_vp(uint64_t id, uint32_t vp);
uint32_t child_map(uint64_t id, uint64_t gpa, const void *at,
	unsigned int count, uint32_t flags);
uint32_t child_unmap(uint64_t id, uint64_t gpa, unsigned int count,
	uint32_t flags);

/* An active child with its memory in region (below CHILDREN) and VPs whose
 * pages are mapped. False, and reported, when something fails. */
bool child_make(struct child *child, unsigned int region, unsigned int vps);
/* VPs from 0 on, for one that was made without. */
bool child_make_vps(struct child *child, unsigned int vps);
/* All of it ends, and its pages come back. */
void child_end(struct child *child);

uint32_t child_set(const struct child *child, uint32_t vp, uint32_t name,
	uint64_t value);
uint64_t child_get(const struct child *child, uint32_t vp, uint32_t name);
uint32_t child_set_pair(uint64_t id, uint32_t vp, uint32_t name,
	const union hv_register_value *value);
/* Of random registers, those with which QEMU would end itself are not set (false)
 * or made harmless: docs/hypervisor.md, "QEMU with several processors". */
bool child_spare_qemu(uint32_t name, union hv_register_value *value);
/* Fills memory with code for VPs that get anywhere: zeros are an ADD to memory, and
 * what that leaves there would be run next. */
void child_scatter(uint8_t *memory, unsigned int pages);

/* The VP is in that mode, flat, with tables in its memory, and begins at
 * AT_CODE with what is between from and to. */
void child_start(struct child *child, uint32_t vp, enum child_mode mode,
	const void *from, const void *to);

/* Dispatches until something happens or 3 s have passed: CHILD_*. */
uint32_t child_run(const struct child *child, uint32_t vp);
uint32_t child_dispatch(const struct child *child, uint32_t vp);

/* Runs up to a write to that port and answers EAX, or a number above 32 bits;
 * then the instruction is done. */
uint64_t child_until(const struct child *child, uint32_t vp, uint16_t port);
/* The instruction that the message is about is done. */
void child_skip(const struct child *child, uint32_t vp);

/* The probe runs in long mode on VP 0. It reads, writes or calls at an address:
 * EAX then, or CHILD_PROBED with the message it gave. */
enum child_access { CHILD_READ, CHILD_WRITE, CHILD_CALL };
#define CHILD_PROBED(type, access) ((uint64_t)(type) << 32 | (access))
void child_start_probe(struct child *child);
uint64_t child_probe(const struct child *child, enum child_access access,
	uint64_t gpa, uint32_t value);
extern const uint8_t child_probe_code[], child_probe_code_end[];

uint32_t child_assert(const struct child *child, uint32_t type,
	uint64_t destination, uint32_t vector, uint32_t flags);

/* Ports that the children's code writes to. */
#define PORT_DONE	0x80
#define PORT_TRAP	0xe9	/* AL: the vector of what came */

#endif
