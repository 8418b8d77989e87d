/* A synthetic timer's registers, and when it expires. Depends on nothing but its
 * arguments. TLFS 12 */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_STIMER_H
#define CORE_STIMER_H

#include <stdbool.h>
#include <stdint.h>

/* The shortest period, 500 us: a VP that waits is woken through the parent, and
 * sixteen timers with shorter ones would take a fifth of a processor. 100 ns
 * units. */
#define STIMER_PERIOD_LEAST	5000
/* Periods that were missed are made up for, up to so many. */
#define STIMER_MISSED_MOST	8

struct hv_timer_state;

/* All times are the partition's reference time. */
struct stimer {
	uint64_t config, count;
	uint64_t deadline;	/* 0: not armed; ~0: never */
	uint64_t due;		/* when to look: not before the deadline */
	uint64_t expired;	/* the deadline that passed last */
	bool undelivered;	/* expired, its message slot was full */
};

/* A write to CONFIG or COUNT. False, with nothing changed: #GP. */
bool stimer_set_config(struct stimer *timer, uint64_t value, uint64_t now);
void stimer_set_count(struct stimer *timer, uint64_t value, uint64_t now);

/* It is due: its next period begins, or it is off. False: nothing is to be
 * signalled, a lazy timer's next one is near. */
bool stimer_expire(struct stimer *timer, uint64_t now);

/* What GET_VP_STATE and SET_VP_STATE say of it. The adjustment is when a
 * periodic one expires next. False, with nothing changed: it cannot be. */
void stimer_get(const struct stimer *timer, struct hv_timer_state *state);
bool stimer_set(struct stimer *timer, const struct hv_timer_state *state,
	uint64_t now);

/* The vector of a direct timer, the SINT of another. */
static inline uint8_t stimer_vector(const struct stimer *timer)
{
	return (uint8_t)(timer->config >> 4);
}

static inline unsigned int stimer_sint(const struct stimer *timer)
{
	return timer->config >> 16 & 15;
}

#endif
