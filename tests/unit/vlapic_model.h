/* A simple local APIC to hold core/vlapic against: one bool for each bit, a
 * counter that is counted down unit by unit. */
/* SPDX-License-Identifier: MIT */
#ifndef VLAPIC_MODEL_H
#define VLAPIC_MODEL_H

#include <stdbool.h>
#include <stdint.h>

struct model {
	uint32_t id;
	uint64_t base;
	bool irr[256], isr[256], tmr[256];
	uint32_t reg[64];	/* what was written, by offset / 16 */
	uint32_t errors;
	/* The counter: cycles until it is 0, and until it interrupts. */
	bool counting, late;
	int64_t left, due;
	uint64_t now, tsc_deadline;
	/* What the last write caused. */
	bool ipi, eoi;
	uint64_t icr;
	uint8_t eoi_vector;
};

void model_reset(struct model *model);
bool model_is_x2(const struct model *model);
void model_accept(struct model *model, unsigned int vector, bool level);
int model_pending(const struct model *model);
uint32_t model_ppr(const struct model *model);
void model_pass(struct model *model, uint64_t units);
void model_serve(struct model *model);
uint64_t model_deadline(const struct model *model);
bool model_set_base(struct model *model, uint64_t value);
void model_restore(struct model *model);

/* By offset / 16. False: no such register, in the model's mode. */
bool model_read(const struct model *model, unsigned int reg, uint64_t *value);
bool model_page_write(struct model *model, unsigned int reg, uint32_t value);
bool model_msr_write(struct model *model, unsigned int reg, uint64_t value);
void model_tsc_write(struct model *model, uint64_t tsc);

#endif
