/* One counter of an interval timer (Intel 8254). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_COUNTER_H
#define VMWP_COUNTER_H

#include "stream.h"

/* Times are in ticks of the chip's clock since the VM's clock was 0. */
struct counter {
	uint8_t control;	/* the control word without the counter */
	bool gate;
	bool has_count;		/* written since the control word */
	bool running;		/* has begun to count */
	bool pending;		/* written is not in use yet (null count) */
	uint16_t written;	/* by the guest, maybe BCD */
	uint32_t count;		/* in use: 1-16665 or 65536 */
	uint64_t start;		/* when it was at count */
	uint64_t held;		/* ticks from start, while the gate stops it */
	uint64_t load_at;	/* modes 2 and 3: when pending takes effect */
	bool load_low;		/* mode 3: with the output falling there */
	bool write_high;	/* the second byte is next */
	uint8_t low;		/* the first one */
	bool read_high;
	uint8_t latched;	/* bytes of latch not read yet: 0-2 */
	uint16_t latch;
	bool status_latched;
	uint8_t status;
};

/* Ticks may have begun before 0 (a restored VM), so they are never compared but
 * by their distance. */
static inline bool tick_reached(uint64_t now, uint64_t tick)
{
	return (int64_t)(now - tick) >= 0;
}

/* 0-5. */
unsigned int counter_mode(const struct counter *counter);
/* Modes 2 and 3. */
bool counter_periodic(const struct counter *counter);

/* A control word without the counter's number, and with an access. */
void counter_program(struct counter *counter, uint8_t control);
void counter_write(struct counter *counter, uint8_t value, uint64_t now);
uint8_t counter_read(struct counter *counter, uint64_t now);
void counter_latch(struct counter *counter, uint64_t now);
void counter_latch_status(struct counter *counter, uint64_t now);
void counter_gate(struct counter *counter, bool gate, uint64_t now);
bool counter_output(struct counter *counter, uint64_t now);

/* The first rise of the output after now; false: there is none. */
bool counter_edge(struct counter *counter, uint64_t now, uint64_t *edge);

void counter_save(
	const struct counter *counter, uint64_t now, struct stream *to);
/* False for what a counter cannot be. */
bool counter_load(struct counter *counter, uint64_t now, struct stream *from);

#endif
