/* A synthetic timer's registers, and when it expires. TLFS 12 */
/* SPDX-License-Identifier: MIT */
#include "stimer.h"

#include "../abi/hypercall.h"
#include "../abi/msr.h"

static uint64_t period(const struct stimer *timer)
{
	return timer->count < STIMER_PERIOD_LEAST ? STIMER_PERIOD_LEAST :
		timer->count;
}

/* Never for what has no end. */
static uint64_t add(uint64_t time, uint64_t duration)
{
	return duration > ~0ull - time ? ~0ull : time + duration;
}

/* Short periods of several timers end together: that is one exit. */
static uint64_t due(const struct stimer *timer)
{
	uint64_t time = timer->deadline;

	if (!(timer->config & HV_STIMER_PERIODIC) || time == ~0ull ||
			period(timer) >= 2 * STIMER_PERIOD_LEAST)
		return time;
	return time + STIMER_PERIOD_LEAST - 1 -
		(time + STIMER_PERIOD_LEAST - 1) % STIMER_PERIOD_LEAST;
}

/* What the registers say now decides when it expires. TLFS 12.4 */
static void arm(struct stimer *timer, uint64_t now)
{
	timer->undelivered = false;
	timer->deadline = 0;
	if (timer->config & HV_STIMER_ENABLE && timer->count)
		timer->deadline = timer->config & HV_STIMER_PERIODIC ?
			add(now, period(timer)) : timer->count;
	timer->due = due(timer);
}

/* TLFS 12.4.1 */
static bool is_valid(uint64_t config)
{
	uint8_t vector = (uint8_t)(config >> HV_STIMER_VECTOR_SHIFT);

	if (config & ~(uint64_t)HV_STIMER_VALID)
		return false;
	return !(config & HV_STIMER_DIRECT) || vector >= 16;
}

/* A message timer without a SINT cannot be on. TLFS 12.4.1 */
static uint64_t settle(uint64_t config)
{
	if (!(config & HV_STIMER_DIRECT) &&
			!(config >> HV_STIMER_SINT_SHIFT & 15))
		config &= ~(uint64_t)HV_STIMER_ENABLE;
	return config;
}

bool stimer_set_config(struct stimer *timer, uint64_t value, uint64_t now)
{
	if (!is_valid(value))
		return false;
	timer->config = settle(value);
	arm(timer, now);
	return true;
}

void stimer_set_count(struct stimer *timer, uint64_t value, uint64_t now)
{
	timer->count = value;
	if (!value)
		timer->config &= ~(uint64_t)HV_STIMER_ENABLE;
	else if (timer->config & HV_STIMER_AUTO_ENABLE)
		timer->config |= HV_STIMER_ENABLE;
	timer->config = settle(timer->config);
	arm(timer, now);
}

/* TLFS 12.3.1: a lazy timer goes on with the next period, and one that is near
 * then stands for this; others have shorter ones until they have caught up. */
static bool missed(struct stimer *timer, uint64_t now)
{
	uint64_t length = period(timer);
	uint64_t count = (now - timer->deadline) / length;

	if (timer->config & HV_STIMER_LAZY) {
		timer->deadline = add(timer->deadline, (count + 1) * length);
		timer->due = due(timer);
		return timer->deadline - now >= length / 4;
	}
	if (count > STIMER_MISSED_MOST)
		timer->deadline += (count - STIMER_MISSED_MOST) * length;
	length = length / 2 < STIMER_PERIOD_LEAST ? STIMER_PERIOD_LEAST :
		length / 2;
	timer->due = add(now, length);
	return true;
}

bool stimer_expire(struct stimer *timer, uint64_t now)
{
	timer->expired = timer->deadline;
	if (!(timer->config & HV_STIMER_PERIODIC)) {
		timer->config &= ~(uint64_t)HV_STIMER_ENABLE;
		timer->deadline = 0;
		timer->due = 0;
		return true;
	}
	timer->deadline = add(timer->deadline, period(timer));
	timer->due = due(timer);
	return timer->deadline > now || missed(timer, now);
}

void stimer_get(const struct stimer *timer, struct hv_timer_state *state)
{
	*state = (struct hv_timer_state){
		.flags = timer->undelivered ? HV_TIMER_UNDELIVERED : 0,
		.config = timer->config,
		.count = timer->count,
		.adjustment = timer->config & HV_STIMER_PERIODIC ?
			timer->deadline : 0,
		.undelivered_time = timer->undelivered ? timer->expired : 0,
	};
}

bool stimer_set(struct stimer *timer, const struct hv_timer_state *state,
	uint64_t now)
{
	if (!is_valid(state->config) || state->flags & ~HV_TIMER_UNDELIVERED ||
			settle(state->config) != state->config ||
			(state->flags && state->config & HV_STIMER_DIRECT))
		return false;
	timer->config = state->config;
	timer->count = state->count;
	arm(timer, now);
	if (timer->deadline && timer->config & HV_STIMER_PERIODIC &&
			state->adjustment &&
			state->adjustment < timer->deadline) {
		timer->deadline = state->adjustment;
		timer->due = due(timer);
	}
	timer->undelivered = state->flags;
	timer->expired = state->undelivered_time;
	return true;
}
