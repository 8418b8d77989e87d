/* The pair of interrupt controllers of a PC (Intel 8259A, with ELCR). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_I8259_H
#define VMWP_I8259_H

#include "device.h"
#include "isa.h"

struct i8259_chip {
	bool master;
	uint8_t level;		/* ELCR: inputs that are level-triggered */
	uint8_t inputs;		/* as they are driven now */
	uint8_t edges;		/* rose, not acknowledged, not fallen since */
	uint8_t imr, isr;
	uint8_t lowest;		/* 0-7: the input of the lowest priority */
	uint8_t base;		/* ICW2: vector of input 0 */
	uint8_t step;		/* the ICW that is expected next; 0: none */
	bool single, want_icw4;	/* ICW1 */
	bool auto_eoi, nested;	/* ICW4: AEOI, special fully nested */
	bool rotate;		/* in AEOI mode */
	bool special_mask;
	bool read_isr, poll;	/* OCW3: what the next read gives */
	bool initialised;	/* no interrupts before */
};

struct i8259 {
	struct device device;
	struct bus *bus;
	struct isa_ports ports[3];
	struct line output;	/* INTR of the master */
	struct i8259_chip chip[2];
};

/* The output is an ExtINT for VP 0. 0 or -errno. */
int i8259_init(struct i8259 *pic, struct bus *ports, struct line output);

/* For struct line: inputs 0-15. Input 2 leads nowhere: the slave is there. */
void i8259_set(void *context, unsigned int number, bool level);

/* Interrupt acknowledge: the vector. When the request has gone meanwhile it is
 * that of input 7 (or 15), as the chip does. */
uint8_t i8259_acknowledge(struct i8259 *pic);

#endif
