/* One counter of an interval timer (Intel 8254). */
/* SPDX-License-Identifier: MIT */
#include "counter.h"

#define CONTROL_BCD	0x01

/* Modes 6 and 7 are 2 and 3 (data sheet, control word format). */
unsigned int counter_mode(const struct counter *counter)
{
	unsigned int mode = counter->control >> 1 & 7;

	return mode > 5 ? mode - 4 : mode;
}

bool counter_periodic(const struct counter *counter)
{
	return counter_mode(counter) == 2 || counter_mode(counter) == 3;
}

/* In modes 1 and 5 the gate's rise starts, and its level means nothing. */
static bool triggered(const struct counter *counter)
{
	return counter_mode(counter) == 1 || counter_mode(counter) == 5;
}

static bool halted(const struct counter *counter)
{
	return !counter->gate && !triggered(counter);
}

static unsigned int access_of(const struct counter *counter)
{
	return counter->control >> 4 & 3;
}

static uint32_t span(const struct counter *counter)
{
	return counter->control & CONTROL_BCD ? 10000 : 0x10000;
}

/* Digits above 9 count what they would, so 16665 is the most. */
static uint32_t decode(const struct counter *counter, uint16_t value)
{
	uint32_t count = value;

	if (counter->control & CONTROL_BCD)
		count = (value >> 12) * 1000 + (value >> 8 & 15) * 100 +
			(value >> 4 & 15) * 10 + (value & 15);
	return count ? count : span(counter);
}

static uint16_t encode(const struct counter *counter, uint32_t count)
{
	count %= span(counter);
	if (!(counter->control & CONTROL_BCD))
		return count;
	return count / 1000 << 12 | count / 100 % 10 << 8 |
		count / 10 % 10 << 4 | count % 10;
}

static uint64_t elapsed(const struct counter *counter, uint64_t now)
{
	return halted(counter) ? counter->held : now - counter->start;
}

/* Ticks of a square wave's upper half. */
static uint32_t upper(const struct counter *counter)
{
	return (counter->count + 1) / 2;
}

static uint16_t value_of(const struct counter *counter, uint64_t now)
{
	uint32_t count = counter->count, phase;
	uint64_t passed = elapsed(counter, now);

	if (!counter->running)
		return encode(counter, count);
	phase = passed % count;
	switch (counter_mode(counter)) {
	case 2:
		return encode(counter, count - phase);
	case 3:
		/* By twos from an even number in each half; an odd count's
		 * upper half is one tick longer. */
		if (phase >= upper(counter))
			phase -= upper(counter);
		return encode(counter, (count & ~1u) - 2 * phase);
	default:
		return encode(counter, count + 2 * span(counter) -
			passed % span(counter));
	}
}

static void begin(struct counter *counter, uint64_t now)
{
	counter->count = decode(counter, counter->written);
	counter->pending = false;
	counter->running = true;
	counter->start = now;
	counter->held = 0;
}

/* A new count in modes 2 and 3 takes effect at the end of the period or half
 * period; here it is when that has passed. */
static void catch_up(struct counter *counter, uint64_t now)
{
	if (!counter->pending || !counter->running ||
			!counter_periodic(counter) || halted(counter) ||
			!tick_reached(now, counter->load_at))
		return;
	begin(counter, counter->load_at);
	if (counter->load_low)
		counter->start -= upper(counter);
}

static void plan_load(struct counter *counter, uint64_t now)
{
	uint64_t passed = elapsed(counter, now);
	uint32_t phase = passed % counter->count;

	counter->load_low = counter_mode(counter) == 3 &&
		phase < upper(counter);
	counter->load_at = now - phase +
		(counter->load_low ? upper(counter) : counter->count);
}

static void set_count(
	struct counter *counter, uint16_t value, uint64_t now)
{
	counter->written = value;
	counter->pending = true;
	counter->has_count = true;
	if (triggered(counter))
		return;
	if (!counter_periodic(counter) || !counter->running)
		begin(counter, now);
	else if (!halted(counter))
		plan_load(counter, now);
}

void counter_gate(struct counter *counter, bool gate, uint64_t now)
{
	catch_up(counter, now);
	if (gate == counter->gate)
		return;
	if (!gate) {
		counter->held = elapsed(counter, now);
		counter->gate = false;
		return;
	}
	counter->gate = true;
	if (triggered(counter) || counter_periodic(counter)) {
		if (counter->has_count)
			begin(counter, now);
	} else {
		counter->start = now - counter->held;
	}
}

bool counter_output(struct counter *counter, uint64_t now)
{
	uint64_t passed;
	uint32_t count;

	catch_up(counter, now);
	passed = elapsed(counter, now);
	count = counter->count;
	if (!counter->running)
		return counter_mode(counter) != 0;
	switch (counter_mode(counter)) {
	case 2:
		return !counter->gate || passed % count != count - 1;
	case 3:
		return !counter->gate || passed % count < upper(counter);
	case 4:
	case 5:
		return passed != count;
	default:
		return passed >= count;
	}
}

bool counter_edge(struct counter *counter, uint64_t now, uint64_t *edge)
{
	uint32_t count;
	uint64_t passed;

	catch_up(counter, now);
	count = counter->count;
	passed = elapsed(counter, now);
	if (!counter->running || halted(counter))
		return false;
	if (counter_periodic(counter) && counter->pending) {
		*edge = counter->load_at;
		if (counter->load_low)
			*edge += decode(counter, counter->written) / 2;
		return true;
	}
	if (counter_periodic(counter)) {
		*edge = now - passed % count + count;
		return true;
	}
	if (counter_mode(counter) >= 4)
		count++;
	*edge = counter->start + count;
	return passed < count;
}

void counter_latch(struct counter *counter, uint64_t now)
{
	if (counter->latched)
		return;
	catch_up(counter, now);
	counter->latch = value_of(counter, now);
	counter->latched = access_of(counter) == 3 ? 2 : 1;
}

void counter_latch_status(struct counter *counter, uint64_t now)
{
	if (counter->status_latched)
		return;
	counter->status_latched = true;
	counter->status = counter_output(counter, now) << 7 |
		counter->pending << 6 | counter->control;
}

void counter_program(struct counter *counter, uint8_t control)
{
	counter->control = control & 0x3f;
	counter->has_count = false;
	counter->running = false;
	counter->pending = true;
	counter->held = 0;
	counter->write_high = false;
	counter->read_high = false;
	counter->latched = 0;
	counter->status_latched = false;
}

/* Whether the count is complete. */
static bool take_byte(
	struct counter *counter, uint8_t value, uint16_t *count)
{
	switch (access_of(counter)) {
	case 1:
		*count = value;
		return true;
	case 2:
		*count = value << 8;
		return true;
	}
	counter->write_high = !counter->write_high;
	if (!counter->write_high) {
		*count = value << 8 | counter->low;
		return true;
	}
	counter->low = value;
	return false;
}

void counter_write(struct counter *counter, uint8_t value, uint64_t now)
{
	uint16_t count;

	catch_up(counter, now);
	if (take_byte(counter, value, &count))
		set_count(counter, count, now);
	else if (!counter_mode(counter))
		counter->running = false;	/* the first byte stops it */
}

uint8_t counter_read(struct counter *counter, uint64_t now)
{
	bool high = access_of(counter) == 2;
	uint16_t value;

	catch_up(counter, now);
	if (counter->status_latched) {
		counter->status_latched = false;
		return counter->status;
	}
	value = counter->latched ? counter->latch : value_of(counter, now);
	if (counter->latched)
		counter->latched--;
	if (access_of(counter) == 3) {
		high = counter->read_high;
		counter->read_high = !high;
	}
	return high ? value >> 8 : value;
}

/* Times are saved as distances from now: the clock may begin anew. */
void counter_save(
	const struct counter *counter, uint64_t now, struct stream *to)
{
	stream_put(to, counter->control, 1);
	stream_put(to, counter->gate | counter->has_count << 1 |
		counter->running << 2 | counter->pending << 3 |
		counter->load_low << 4 | counter->write_high << 5 |
		counter->read_high << 6 | counter->status_latched << 7, 1);
	stream_put(to, counter->written, 2);
	stream_put(to, counter->count, 4);
	stream_put(to, now - counter->start, 8);
	stream_put(to, counter->held, 8);
	stream_put(to, counter->load_at - now, 8);
	stream_put(to, counter->low, 1);
	stream_put(to, counter->latched, 1);
	stream_put(to, counter->latch, 2);
	stream_put(to, counter->status, 1);
}

bool counter_load(struct counter *counter, uint64_t now, struct stream *from)
{
	unsigned int flags;

	counter->control = stream_get(from, 1);
	flags = stream_get(from, 1);
	counter->gate = flags & 1;
	counter->has_count = flags & 2;
	counter->running = flags & 4;
	counter->pending = flags & 8;
	counter->load_low = flags & 0x10;
	counter->write_high = flags & 0x20;
	counter->read_high = flags & 0x40;
	counter->status_latched = flags & 0x80;
	counter->written = stream_get(from, 2);
	counter->count = stream_get(from, 4);
	counter->start = now - stream_get(from, 8);
	counter->held = stream_get(from, 8);
	counter->load_at = now + stream_get(from, 8);
	counter->low = stream_get(from, 1);
	counter->latched = stream_get(from, 1);
	counter->latch = stream_get(from, 2);
	counter->status = stream_get(from, 1);
	return !from->failed && counter->control < 0x40 &&
		access_of(counter) && counter->count &&
		counter->count <= 0x10000 && counter->latched <= 2;
}
