/* The real-time clock of a PC and its CMOS memory (Motorola MC146818). */
/* SPDX-License-Identifier: MIT */
#include "mc146818.h"

#include "container.h"
#include "date.h"

#include <errno.h>
#include <string.h>

#define PORT		0x70
#define HZ		32768u
#define GAP		100000	/* ns between interrupts, at least */
#define MINUTE		(60 * NS_PER_S)	/* the wall is looked at again then */
#define OWED_MAX	512
#define OFFSET_MAX	(1ll << 40)

#define SECONDS		0x00
#define SECONDS_ALARM	0x01
#define MINUTES		0x02
#define MINUTES_ALARM	0x03
#define HOURS		0x04
#define HOURS_ALARM	0x05
#define WEEKDAY		0x06
#define DAY		0x07
#define MONTH		0x08
#define YEAR		0x09
#define REGISTER_A	0x0a
#define REGISTER_B	0x0b
#define REGISTER_C	0x0c
#define REGISTER_D	0x0d
#define CENTURY		0x32	/* the FADT says so */

#define A_UPDATING	0x80
#define A_DIVIDER	0x70
#define A_RUNS		0x20	/* the divider for 32,768 Hz */
#define A_RATE		0x0f
#define B_SET		0x80
#define B_UPDATE	0x10
#define B_INTERRUPTS	0x70	/* periodic, alarm, update */
#define B_SQUARE	0x08
#define B_BINARY	0x04
#define B_24		0x02
#define C_INTERRUPT	0x80
#define C_PERIODIC	0x40
#define C_ALARM		0x20
#define C_UPDATE	0x10
#define D_VALID		0x80
#define HOUR_PM		0x80
#define ALARM_ANY	0xc0
#define UPDATING	244000	/* ns that A_UPDATING is set before */

static uint64_t tick_now(const struct mc146818 *rtc)
{
	unsigned __int128 now = rtc->clock->now(rtc->clock);

	return (uint64_t)(now * HZ / NS_PER_S) + rtc->base;
}

/* Our time now, if it runs: seconds since 1970, and ns of the next. */
static int64_t time_now(const struct mc146818 *rtc, uint32_t *ns)
{
	int64_t wall = rtc->wall(rtc->context);
	int64_t seconds = wall / (int64_t)NS_PER_S;
	int64_t rest = wall % (int64_t)NS_PER_S + rtc->phase;

	if (rest < 0) {
		rest += NS_PER_S;
		seconds--;
	}
	*ns = rest % NS_PER_S;
	return seconds + rest / (int64_t)NS_PER_S + rtc->offset;
}

static bool divider_runs(const struct mc146818 *rtc)
{
	return (rtc->cmos[REGISTER_A] & A_DIVIDER) == A_RUNS;
}

static bool runs(const struct mc146818 *rtc)
{
	return divider_runs(rtc) && !(rtc->cmos[REGISTER_B] & B_SET);
}

static bool is_time(unsigned int index)
{
	return index == CENTURY || (index <= YEAR &&
		(index >= WEEKDAY || index % 2 == 0));
}

static uint8_t encode(const struct mc146818 *rtc, unsigned int value)
{
	if (rtc->cmos[REGISTER_B] & B_BINARY)
		return value;
	return value / 10 << 4 | value % 10;
}

static uint8_t encode_hour(const struct mc146818 *rtc, unsigned int hour)
{
	if (rtc->cmos[REGISTER_B] & B_24)
		return encode(rtc, hour);
	return encode(rtc, hour % 12 ? hour % 12 : 12) |
		(hour >= 12 ? HOUR_PM : 0);
}

static int decode(const struct mc146818 *rtc, uint8_t value)
{
	if (rtc->cmos[REGISTER_B] & B_BINARY)
		return value;
	return (value >> 4) * 10 + (value & 15);
}

static int decode_hour(const struct mc146818 *rtc, uint8_t value)
{
	if (rtc->cmos[REGISTER_B] & B_24)
		return decode(rtc, value);
	return decode(rtc, value & ~HOUR_PM) % 12 +
		(value & HOUR_PM ? 12 : 0);
}

/* Years have four digits. */
static void store_time(struct mc146818 *rtc, int64_t seconds)
{
	struct date date = date_of(seconds);
	unsigned int year = (date.year % 10000 + 10000) % 10000;
	uint8_t *cmos = rtc->cmos;

	cmos[SECONDS] = encode(rtc, date.second);
	cmos[MINUTES] = encode(rtc, date.minute);
	cmos[HOURS] = encode_hour(rtc, date.hour);
	cmos[WEEKDAY] = encode(rtc, (date.weekday + rtc->weekday) % 7 + 1);
	cmos[DAY] = encode(rtc, date.day);
	cmos[MONTH] = encode(rtc, date.month);
	cmos[YEAR] = encode(rtc, year % 100);
	cmos[CENTURY] = encode(rtc, year / 100);
}

/* Time goes on from what the registers say. A field out of its range counts on
 * into the next, so that any bytes are some date. */
static void take_time(struct mc146818 *rtc)
{
	const uint8_t *cmos = rtc->cmos;
	struct date date = {
		.year = decode(rtc, cmos[CENTURY]) * 100 +
			decode(rtc, cmos[YEAR]),
		.month = decode(rtc, cmos[MONTH]),
		.day = decode(rtc, cmos[DAY]),
		.hour = decode_hour(rtc, cmos[HOURS]),
		.minute = decode(rtc, cmos[MINUTES]),
		.second = decode(rtc, cmos[SECONDS]),
	};
	int64_t seconds = date_seconds(&date);
	uint32_t ns;

	rtc->offset += seconds - time_now(rtc, &ns);
	rtc->second = seconds;
	rtc->weekday = (decode(rtc, cmos[WEEKDAY]) + 6 +
		7 - date_of(seconds).weekday) % 7;
}

static bool alarm_is(
	const struct mc146818 *rtc, unsigned int index, uint8_t now)
{
	return rtc->cmos[index] >= ALARM_ANY || rtc->cmos[index] == now;
}

/* Whether any time of a day is the alarm's: its bytes may be no time at all. */
static bool alarm_possible(const struct mc146818 *rtc)
{
	bool hour = false, minute = false, second = false;
	unsigned int i;

	for (i = 0; i < 60; i++) {
		minute |= alarm_is(rtc, MINUTES_ALARM, encode(rtc, i));
		second |= alarm_is(rtc, SECONDS_ALARM, encode(rtc, i));
	}
	for (i = 0; i < 24; i++)
		hour |= alarm_is(rtc, HOURS_ALARM, encode_hour(rtc, i));
	return hour && minute && second;
}

/* The first second after one that the alarm is set for; INT64_MAX: none. Goes
 * by hours and minutes where those do not match: some 300 steps at most. */
static int64_t next_alarm(const struct mc146818 *rtc, int64_t second)
{
	int64_t limit = second + 86400;

	if (!alarm_possible(rtc))
		return INT64_MAX;
	for (second++; second <= limit;) {
		struct date date = date_of(second);

		if (!alarm_is(rtc, HOURS_ALARM, encode_hour(rtc, date.hour)))
			second += 3600 - date.minute * 60 - date.second;
		else if (!alarm_is(rtc, MINUTES_ALARM,
				encode(rtc, date.minute)))
			second += 60 - date.second;
		else if (!alarm_is(rtc, SECONDS_ALARM,
				encode(rtc, date.second)))
			second++;
		else
			return second;
	}
	return INT64_MAX;
}

/* log2 of the ticks of a period; 0: no periodic event (data sheet, table 5). */
static unsigned int rate(const struct mc146818 *rtc)
{
	unsigned int select = rtc->cmos[REGISTER_A] & A_RATE;

	if (!select || !divider_runs(rtc))
		return 0;
	return select < 3 ? select + 6 : select - 1;
}

static bool wanted(const struct mc146818 *rtc, uint8_t flag)
{
	return rtc->cmos[REGISTER_B] & flag && !(rtc->cmos[REGISTER_C] & flag);
}

/* Periodic events since the last look. */
static void look_periodic(struct mc146818 *rtc, uint64_t now)
{
	uint64_t tick = tick_now(rtc), events = 0;
	unsigned int shift = rate(rtc);

	if (shift)
		events = (tick >> shift) - (rtc->tick >> shift);
	rtc->tick = tick;
	if (rtc->owed && wanted(rtc, C_PERIODIC) && now >= rtc->pay_at) {
		rtc->owed--;
		events++;
	}
	if (!events)
		return;
	if (!(rtc->cmos[REGISTER_C] & C_PERIODIC))
		events--;
	rtc->cmos[REGISTER_C] |= C_PERIODIC;
	if (!(rtc->cmos[REGISTER_B] & C_PERIODIC))
		return;
	rtc->owed = events < OWED_MAX - rtc->owed ? rtc->owed + events :
		OWED_MAX;
}

/* The second may have gone back, with the wall's. */
static void look_time(struct mc146818 *rtc)
{
	uint32_t ns;
	int64_t second = time_now(rtc, &ns), from = rtc->second;

	if (!runs(rtc) || second == from)
		return;
	if (second < from)
		from = second - 1;
	rtc->second = second;
	rtc->cmos[REGISTER_C] |= C_UPDATE;
	if (next_alarm(rtc, from) <= second)
		rtc->cmos[REGISTER_C] |= C_ALARM;
}

/* What passed since the last look becomes flags: no timer is needed for those
 * that do not interrupt. */
static void look(struct mc146818 *rtc)
{
	look_periodic(rtc, rtc->clock->now(rtc->clock));
	look_time(rtc);
}

static uint64_t earlier(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

static uint64_t later(uint64_t one, uint64_t other)
{
	return one > other ? one : other;
}

static uint64_t periodic_deadline(const struct mc146818 *rtc)
{
	unsigned int shift = rate(rtc);
	uint64_t next = ((rtc->tick >> shift) + 1) << shift;
	unsigned __int128 ticks = next - rtc->base;
	uint64_t deadline = (ticks * NS_PER_S + HZ - 1) / HZ;

	return rtc->owed ? earlier(deadline, rtc->pay_at) : deadline;
}

static uint64_t time_deadline(const struct mc146818 *rtc, uint64_t now)
{
	uint64_t wait = UINT64_MAX;
	uint32_t ns;
	int64_t second = time_now(rtc, &ns), alarm;

	if (wanted(rtc, C_UPDATE))
		wait = NS_PER_S - ns;
	if (wanted(rtc, C_ALARM)) {
		alarm = next_alarm(rtc, second);
		if (alarm != INT64_MAX && alarm - second <= 60)
			wait = earlier(wait, (alarm - second) * NS_PER_S - ns);
		else
			wait = earlier(wait, MINUTE - now % MINUTE);
	}
	return wait < UINT64_MAX ? now + wait : wait;
}

/* After look(). An interrupt that waits to be acknowledged needs no timer for
 * another of its kind. */
static void update(struct mc146818 *rtc)
{
	uint64_t now = rtc->clock->now(rtc->clock), deadline = UINT64_MAX;
	uint8_t *flags = &rtc->cmos[REGISTER_C];

	if (*flags & rtc->cmos[REGISTER_B] & B_INTERRUPTS)
		*flags |= C_INTERRUPT;
	else
		*flags &= ~C_INTERRUPT;
	line_set(&rtc->line, *flags & C_INTERRUPT);
	if (wanted(rtc, C_PERIODIC) && rate(rtc))
		deadline = periodic_deadline(rtc);
	if (runs(rtc))
		deadline = earlier(deadline, time_deadline(rtc, now));
	if (deadline == UINT64_MAX) {
		clock_disarm(rtc->clock, &rtc->timer);
		return;
	}
	if (now - rtc->expired_at < GAP)
		deadline = later(deadline, rtc->expired_at + GAP);
	clock_arm(rtc->clock, &rtc->timer, deadline);
}

static void expired(struct timer *timer)
{
	struct mc146818 *rtc = container_of(timer, struct mc146818, timer);

	rtc->expired_at = rtc->clock->now(rtc->clock);
	look(rtc);
	update(rtc);
}

static uint8_t read_c(struct mc146818 *rtc)
{
	uint8_t value = rtc->cmos[REGISTER_C];
	uint64_t half = (1ull << rate(rtc)) * NS_PER_S / HZ / 2;

	rtc->cmos[REGISTER_C] = 0;
	if (value & C_PERIODIC)
		rtc->pay_at = rtc->clock->now(rtc->clock) +
			(half > GAP ? half : GAP);
	return value;
}

static uint8_t read_data(struct mc146818 *rtc)
{
	uint32_t ns;
	int64_t second = time_now(rtc, &ns);

	switch (rtc->index) {
	case REGISTER_A:
		return rtc->cmos[REGISTER_A] | (runs(rtc) &&
			ns >= NS_PER_S - UPDATING ? A_UPDATING : 0);
	case REGISTER_C:
		return read_c(rtc);
	case REGISTER_D:
		return D_VALID;
	}
	if (is_time(rtc->index) && runs(rtc))
		store_time(rtc, second);
	return rtc->cmos[rtc->index];
}

/* The divider or the SET bit may stop the time, or let it go on. Half a second
 * after the divider is let go is the first update. */
static void write_control(
	struct mc146818 *rtc, unsigned int index, uint8_t value)
{
	bool ran = runs(rtc), divided = divider_runs(rtc);
	uint32_t ns;
	int64_t second = time_now(rtc, &ns);

	if (ran)
		store_time(rtc, second);
	rtc->cmos[index] = value;
	if (!divided && divider_runs(rtc))
		rtc->phase = (rtc->phase + NS_PER_S + NS_PER_S / 2 - ns) %
			NS_PER_S;
	if (!ran && runs(rtc))
		take_time(rtc);
	rtc->owed = 0;
	rtc->tick = tick_now(rtc);
}

static void write_data(struct mc146818 *rtc, uint8_t value)
{
	unsigned int index = rtc->index;
	uint32_t ns;

	switch (index) {
	case REGISTER_A:
		write_control(rtc, index, value & ~A_UPDATING);
		return;
	case REGISTER_B:
		if (value & B_SET)
			value &= ~B_UPDATE;
		write_control(rtc, index, value);
		return;
	case REGISTER_C:
	case REGISTER_D:
		return;
	}
	if (!is_time(index) || !runs(rtc)) {
		rtc->cmos[index] = value;
		return;
	}
	store_time(rtc, time_now(rtc, &ns));
	rtc->cmos[index] = value;
	take_time(rtc);
}

static uint8_t mc146818_read(void *context, unsigned int port)
{
	struct mc146818 *rtc = context;
	uint8_t value;

	if (port == PORT)
		return 0xff;
	look(rtc);
	update(rtc);
	value = read_data(rtc);
	update(rtc);
	return value;
}

static void mc146818_write(void *context, unsigned int port, uint8_t value)
{
	struct mc146818 *rtc = context;

	if (port == PORT) {
		/* Bit 7 would mask NMIs, which nobody makes. */
		rtc->index = value % MC146818_BYTES;
		return;
	}
	look(rtc);
	write_data(rtc, value);
	update(rtc);
}

static const struct isa_ops port_ops = {
	.read = mc146818_read,
	.write = mc146818_write,
};

static void put_word(struct mc146818 *rtc, unsigned int index, uint64_t value)
{
	if (value > 0xffff)
		value = 0xffff;
	rtc->cmos[index] = value;
	rtc->cmos[index + 1] = value >> 8;
}

void mc146818_memory(struct mc146818 *rtc, uint64_t below, uint64_t above)
{
	uint64_t extended = below > 0x100000 ? below - 0x100000 : 0;
	uint64_t large = below > 0x1000000 ? below - 0x1000000 : 0;
	unsigned int i, sum = 0;

	put_word(rtc, 0x15, 640);
	put_word(rtc, 0x17, extended >> 10);
	put_word(rtc, 0x30, extended >> 10);
	put_word(rtc, 0x34, large >> 16);
	for (i = 0; i < 3; i++)
		rtc->cmos[0x5b + i] = above >> (16 + i * 8);
	for (i = 0x10; i < 0x2e; i++)
		sum += rtc->cmos[i];
	rtc->cmos[0x2e] = sum >> 8;
	rtc->cmos[0x2f] = sum;
}

int64_t mc146818_offset(struct mc146818 *rtc)
{
	return rtc->offset;
}

/* A battery keeps the rest (data sheet, RESET). */
static void mc146818_reset(struct device *device)
{
	struct mc146818 *rtc = (struct mc146818 *)device;
	uint32_t ns;

	rtc->index = 0;
	rtc->cmos[REGISTER_B] &= ~(B_INTERRUPTS | B_SQUARE);
	rtc->cmos[REGISTER_C] = 0;
	rtc->owed = 0;
	rtc->pay_at = rtc->clock->now(rtc->clock);
	rtc->expired_at = rtc->pay_at - GAP;
	rtc->tick = tick_now(rtc);
	rtc->second = time_now(rtc, &ns);
	update(rtc);
}

static void mc146818_save(const struct device *device, struct stream *to)
{
	const struct mc146818 *rtc = (const struct mc146818 *)device;
	uint64_t now = rtc->clock->now(rtc->clock);

	stream_put(to, rtc->offset, 8);
	stream_put(to, rtc->phase, 4);
	stream_put(to, rtc->weekday, 1);
	stream_put(to, rtc->index, 1);
	stream_put(to, rtc->second, 8);
	stream_put(to, tick_now(rtc), 8);
	stream_put(to, rtc->tick, 8);
	stream_put(to, rtc->owed, 4);
	stream_put(to, rtc->pay_at > now ? rtc->pay_at - now : 0, 8);
	stream_put(to, earlier(now - rtc->expired_at, GAP), 4);
	stream_put_bytes(to, rtc->cmos, sizeof(rtc->cmos));
}

static bool sane(const struct mc146818 *rtc, uint64_t tick, uint64_t wait,
	uint64_t ago)
{
	return rtc->offset <= OFFSET_MAX && rtc->offset >= -OFFSET_MAX &&
		rtc->second <= 2 * OFFSET_MAX &&
		rtc->second >= -2 * OFFSET_MAX &&
		rtc->phase < NS_PER_S && rtc->weekday < 7 &&
		rtc->index < MC146818_BYTES && rtc->owed <= OWED_MAX &&
		rtc->tick <= tick && tick < 1ull << 62 && wait <= NS_PER_S &&
		ago <= GAP &&
		!(rtc->cmos[REGISTER_A] & A_UPDATING) &&
		!(rtc->cmos[REGISTER_C] & 0x0f);
}

/* Ticks go on from where they were; the time of day from the wall's. */
static int mc146818_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct mc146818 *rtc = (struct mc146818 *)device, before = *rtc;
	uint64_t now = rtc->clock->now(rtc->clock), tick, wait, ago;

	rtc->offset = stream_get(from, 8);
	rtc->phase = stream_get(from, 4);
	rtc->weekday = stream_get(from, 1);
	rtc->index = stream_get(from, 1);
	rtc->second = stream_get(from, 8);
	tick = stream_get(from, 8);
	rtc->tick = stream_get(from, 8);
	rtc->owed = stream_get(from, 4);
	wait = stream_get(from, 8);
	ago = stream_get(from, 4);
	stream_get_bytes(from, rtc->cmos, sizeof(rtc->cmos));
	if (version != device->ops->version || from->failed ||
			!sane(rtc, tick, wait, ago)) {
		*rtc = before;
		mc146818_reset(device);
		return -EINVAL;
	}
	rtc->base += tick - tick_now(rtc);
	rtc->pay_at = now + wait;
	rtc->expired_at = now - ago;
	update(rtc);
	return 0;
}

static void mc146818_exit(struct device *device)
{
	struct mc146818 *rtc = (struct mc146818 *)device;

	clock_disarm(rtc->clock, &rtc->timer);
	isa_remove(rtc->bus, &rtc->ports, 1);
}

static const struct device_ops mc146818_ops = {
	.name = "mc146818",
	.version = 1,
	.reset = mc146818_reset,
	.save = mc146818_save,
	.load = mc146818_load,
	.exit = mc146818_exit,
};

int mc146818_init(struct mc146818 *rtc, struct bus *ports, struct clock *clock,
	struct line line, int64_t (*wall)(void *context), void *context,
	int64_t offset)
{
	int error;

	if (offset > OFFSET_MAX || offset < -OFFSET_MAX)
		return -EINVAL;
	memset(rtc, 0, sizeof(*rtc));
	rtc->device.ops = &mc146818_ops;
	rtc->bus = ports;
	rtc->clock = clock;
	rtc->timer.expired = expired;
	rtc->line = line;
	rtc->wall = wall;
	rtc->context = context;
	rtc->offset = offset;
	rtc->cmos[REGISTER_A] = A_RUNS | 6;
	rtc->cmos[REGISTER_B] = B_24;
	rtc->cmos[REGISTER_D] = D_VALID;
	rtc->cmos[0x14] = 0x02;		/* equipment: a numeric processor */
	rtc->ports = (struct isa_ports){PORT, 2, &port_ops, rtc};
	error = isa_add(ports, &rtc->ports, 1);
	if (!error)
		mc146818_reset(&rtc->device);
	return error;
}
