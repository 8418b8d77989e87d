/* Hypercalls. */
/* SPDX-License-Identifier: MIT */
#ifndef CALL_H
#define CALL_H

#include "../../../hypervisor/abi/hypercall.h"
#include "../../../hypervisor/abi/status.h"

#include <stdbool.h>
#include <stdint.h>

/* One row of docs/hypercalls.md. */
struct form {
	uint16_t code;
	const char *name;
	uint16_t in, out;	/* bytes of the fixed part */
	uint8_t in_rep, out_rep;	/* bytes of an element; 0: none */
	bool repeats, has_variable;
};
extern const struct form forms[], guest_forms[];
extern const unsigned int form_count, guest_form_count;

static inline bool form_repeats(const struct form *form)
{
	return form->repeats;
}

/* Instead of a status: it met an exception. */
#define CALL_FAULT	0x10000u

#define CALL_REPS(n)	((uint64_t)(n) << 32)
#define CALL_START(n)	((uint64_t)(n) << 48)

/* Pages for parameters. */
extern void *call_in, *call_out;

void call_init(void);

/* Calls and answers the status; repetitions done are in call_done. Checks that
 * no other register changes. */
uint32_t call_raw(uint64_t control, uint64_t rdx, uint64_t r8);
extern uint32_t call_done;

/* With the input copied to call_in and the output in call_out. */
uint32_t call(uint64_t control, const void *in, unsigned int size);

/* The same with a structure as its input. */
#define CALL(code, in) call(code, &(in), sizeof(in))

/* What it wrote. */
#define OUT ((const volatile uint64_t *)call_out)

#define SELF		HV_PARTITION_ID_SELF
#define NOBODY		0x1234567890ull	/* no partition's id */

/* Turns the interface on and off: GUEST_OS_ID and HYPERCALL. */
void call_enable(void);
void call_disable(void);

#endif
