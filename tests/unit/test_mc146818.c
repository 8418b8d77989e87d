/* The real-time clock against its data sheet, and dates against the C
 * library's. usage: test_mc146818 ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"
#include "date.h"
#include "mc146818.h"

#define IRQ	8
#define S	NS_PER_S

static struct machine machine[2];
static struct mc146818 rtc[2];
static int64_t wall_shift[2];	/* seconds: the host's clock is set */
static bool wall_stands;	/* 1 ns before the next second */

/* The wall begins at 14 July 2021, 12:34:56.5, a Wednesday. */
static int64_t wall(void *context)
{
	unsigned int index = (uintptr_t)context;

	if (wall_stands)
		return 1626266097 * (int64_t)S - 1;
	return (1626266096 + wall_shift[index]) * (int64_t)S + S / 2 +
		(int64_t)machine[index].time;
}

static uint8_t get(unsigned int index)
{
	out(&machine[0], 0x70, index);
	return in(&machine[0], 0x71);
}

static void put(unsigned int index, uint8_t value)
{
	out(&machine[0], 0x70, index);
	out(&machine[0], 0x71, value);
}

/* hours, minutes, seconds as the registers have them. */
static uint32_t clock_face(void)
{
	return get(4) << 16 | get(2) << 8 | get(0);
}

/* Century to day. */
static uint32_t calendar(void)
{
	return (uint32_t)get(0x32) << 24 | get(9) << 16 | get(8) << 8 | get(7);
}

static void pass(uint64_t ns)
{
	machine_pass(&machine[0], ns);
}

/* At the wall's time, in BCD and 24 hours. */
static void fresh(void)
{
	wall_shift[0] = 0;
	if (rtc[0].bus)
		rtc[0].device.ops->exit(&rtc[0].device);
	bus_free(&machine[0].ports);
	machine_init(&machine[0]);
	CHECK(!mc146818_init(&rtc[0], &machine[0].ports, &machine[0].clock,
		machine_input(&machine[0], IRQ), wall, NULL, 0));
}

static void set_time(uint8_t b, uint32_t date, uint8_t weekday, uint32_t time)
{
	put(0x0b, b | 0x80);
	put(0x32, date >> 24);
	put(9, date >> 16);
	put(8, date >> 8);
	put(7, date);
	put(6, weekday);
	put(4, time >> 16);
	put(2, time >> 8);
	put(0, time);
	put(0x0b, b & 0x7f);
}

static void test_dates(unsigned int rounds)
{
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		int64_t seconds = (int64_t)(any() >> 16) *
			(any() % 2 ? 1 : -1) >> any() % 40;
		time_t time = seconds;
		struct date date = date_of(seconds);
		struct tm tm;

		CHECK(gmtime_r(&time, &tm));
		CHECK(date.year == tm.tm_year + 1900ll);
		CHECK(date.month == tm.tm_mon + 1 && date.day == tm.tm_mday);
		CHECK(date.hour == tm.tm_hour && date.minute == tm.tm_min);
		CHECK(date.second == tm.tm_sec && date.weekday == tm.tm_wday);
		CHECK(date_seconds(&date) == seconds);
		date.month = tm.tm_mon = any() % 300;
		tm.tm_mon--;
		date.day = tm.tm_mday = any() % 300;
		date.hour = tm.tm_hour = any() % 300;
		date.second = tm.tm_sec = any() % 300;
		CHECK(date_seconds(&date) == timegm(&tm));
	}
}

static void test_time(void)
{
	fresh();
	CHECK(calendar() == 0x20210714 && clock_face() == 0x123456);
	CHECK(get(6) == 4 && get(0x0d) == 0x80);
	pass(S / 2 - 1);
	CHECK(clock_face() == 0x123456 && get(0x0a) == 0xa6);
	pass(1);
	CHECK(clock_face() == 0x123457 && get(0x0a) == 0x26);
	put(0x0b, 0x06);
	CHECK(calendar() == 0x1415070e && clock_face() == 0x0c2239);
	put(0x0b, 0x04);
	CHECK(clock_face() == 0x8c2239);
	put(0x0b, 0x00);
	CHECK(clock_face() == 0x923457);
	put(0x0b, 0x02);
	/* An hour at a time: the clock of 12 hours. */
	set_time(0x00, 0x20210714, 4, 0x120000);
	CHECK(clock_face() == 0x120000);	/* midnight */
	put(0x0b, 0x02);
	CHECK(clock_face() == 0x000000);
	put(0x0b, 0x00);
	pass(3600 * S);
	CHECK(clock_face() == 0x010000);
	pass(11 * 3600 * S);
	CHECK(clock_face() == 0x920000);
	pass(11 * 3600 * S);
	CHECK(clock_face() == 0x910000);	/* 11 in the evening */
	set_time(0x00, 0x20210714, 4, 0x810000);
	put(0x0b, 0x02);
	CHECK(clock_face() == 0x130000);
	set_time(0x00, 0x20210714, 4, 0x920000);
	put(0x0b, 0x02);
	CHECK(clock_face() == 0x120000);
	/* Leap years, the century's end, and a week that is the guest's. */
	set_time(0x02, 0x20000228, 1, 0x235959);
	pass(S);
	CHECK(calendar() == 0x20000229 && get(6) == 2);
	set_time(0x02, 0x19000228, 7, 0x235959);
	pass(S);
	CHECK(calendar() == 0x19000301 && get(6) == 1);
	set_time(0x06, 0x13630c1f, 3, 0x173b3b);
	pass(S);
	CHECK(calendar() == 0x14000101 && clock_face() == 0 && get(6) == 4);
	/* One field at a time, without SET. */
	put(2, 40);
	put(4, 7);
	CHECK((clock_face() & 0xffff00) == 0x072800);
	CHECK(mc146818_offset(&rtc[0]) < -600000000);
}

static void test_stopped(void)
{
	fresh();
	put(0x0b, 0x92);
	CHECK(get(0x0b) == 0x82);		/* SET takes updates back */
	pass(100 * S);
	CHECK(clock_face() == 0x123456 && get(0x0a) == 0x26);
	put(4, 0x99);				/* kept as they are written */
	put(0, 0xee);
	CHECK(clock_face() == 0x9934ee);
	put(4, 0x10);
	put(0, 0x00);
	put(0x0b, 0x02);
	CHECK(clock_face() == 0x103400);
	/* Half a second after the divider is let go is the first update. */
	put(0x0a, 0x76);
	pass(1234567890);
	CHECK(clock_face() == 0x103400);
	put(0x0a, 0x26);
	pass(S / 2 - 1);
	CHECK(clock_face() == 0x103400);
	pass(1);
	CHECK(clock_face() == 0x103401);
	/* Other dividers do not run with the PC's crystal. */
	put(0x0a, 0x06);
	pass(10 * S);
	CHECK(clock_face() == 0x103401);
}

/* HOSTILE N30: nothing that can be written is no date. */
static void test_absurd(void)
{
	unsigned int i, b;

	fresh();
	for (b = 0; b < 8; b += 2) {
		set_time(b, 0x99991231, 5, 0x235959);
		pass(2 * S);
		set_time(b, 0xffffffff, 0xff, 0xffffff);
		pass(2 * S);
		get(0);
		set_time(b, 0, 0, 0);
		pass(2 * S);
		CHECK(!(get(0) & 0x80) && get(8) && get(7) && get(6));
	}
	set_time(0x02, 0x99991231, 6, 0x235959);
	CHECK(calendar() == 0x99991231 && clock_face() == 0x235959);
	pass(S);
	CHECK(calendar() == 0x00000101 && clock_face() == 0);
	for (i = 0; i < 2000; i++) {
		put(0x0b, (any() & 6) | 0x80);
		out(&machine[0], 0x70, any() % 10);
		out(&machine[0], 0x71, any());
		put(0x32, any());
		put(0x0b, get(0x0b) & 6);
		pass(any() % S);
		put(0x0b, 0x06);
		CHECK(get(0) < 60 && get(2) < 60 && get(4) < 24);
		CHECK(get(7) >= 1 && get(7) <= 31 && get(8) <= 12);
		CHECK(get(6) >= 1 && get(6) <= 7 && get(9) < 100);
	}
	/* The host's own clock may be absurd, too. */
	wall_shift[0] = -8000000000ll;
	get(0);
	wall_shift[0] = 7000000000ll;
	get(0);
	CHECK(mc146818_init(&(struct mc146818){0}, &machine[1].ports,
		&machine[0].clock, (struct line){0}, wall, NULL,
		INT64_MAX) == -EINVAL);
}

/* The host's clock and the VM's differ: no timer without end. */
static void test_wall_stands(void)
{
	fresh();
	put(0x0b, 0x12);
	wall_stands = true;
	machine[0].runs = 0;
	pass(1500 * MS);
	CHECK(machine[0].runs > 1 && machine[0].runs < 15000);
	CHECK(!machine[0].level[IRQ]);
	wall_stands = false;
	pass(MS);
	CHECK(machine[0].level[IRQ]);
}

/* See mc146818_save(). */
static void test_bad_values(void)
{
	struct device *device = &rtc[0].device;

	fresh();
	check_bad_value(device, 0, 8, 1ull << 41);	/* offset */
	check_bad_value(device, 0, 8, -(1ull << 41));
	check_bad_value(device, 8, 4, NS_PER_S);	/* phase */
	check_bad_value(device, 12, 1, 7);		/* weekday */
	check_bad_value(device, 13, 1, 128);		/* index */
	check_bad_value(device, 14, 8, 1ull << 42);	/* second */
	check_bad_value(device, 14, 8, -(1ull << 42));
	check_bad_value(device, 22, 8, 1ull << 62);	/* ticks */
	check_bad_value(device, 30, 8, 1ull << 61);	/* the last one */
	check_bad_value(device, 38, 4, 513);		/* owed */
	check_bad_value(device, 42, 8, NS_PER_S + 1);	/* pay_at */
	check_bad_value(device, 50, 4, 100001);		/* expired_at */
	check_bad_value(device, 54 + 0x0a, 1, 0x80);
	check_bad_value(device, 54 + 0x0c, 1, 0x01);
}

static void test_update_and_alarm(void)
{
	fresh();
	put(0x0a, 0x20);
	pass(S / 2);
	CHECK(get(0x0c) == 0x10 && get(0x0c) == 0);
	CHECK(machine[0].wake == UINT64_MAX);	/* nothing interrupts */
	put(0x0b, 0x12);
	pass(S - 1);
	CHECK(!machine[0].level[IRQ]);
	pass(1);
	CHECK(machine[0].level[IRQ] && machine[0].wake == UINT64_MAX);
	pass(10 * S);
	CHECK(machine[0].rises[IRQ] == 1);
	CHECK(get(0x0c) == 0x90 && !machine[0].level[IRQ]);
	pass(3 * S);
	CHECK(machine[0].rises[IRQ] == 2 && get(0x0c) == 0x90);
	/* 12:35:20, once a day. */
	put(0x0b, 0x22);
	put(5, 0x12);
	put(3, 0x35);
	put(1, 0x20);
	CHECK(clock_face() == 0x123511);
	pass(9 * S - 1);
	CHECK(!machine[0].level[IRQ]);
	pass(1);
	CHECK(machine[0].level[IRQ] && get(0x0c) == 0xb0);
	CHECK(clock_face() == 0x123520);
	pass(86400 * S - 1);
	CHECK(!machine[0].level[IRQ]);
	pass(1);
	CHECK(machine[0].level[IRQ]);
	get(0x0c);
	/* Each minute; each second; at a time of no day. */
	put(5, 0xff);
	put(3, 0xc0);
	put(1, 0x19);
	pass(59 * S);
	CHECK(machine[0].level[IRQ] && get(0x0c) == 0xb0);
	put(1, 0xff);
	pass(S);
	CHECK(machine[0].level[IRQ] && get(0x0c) == 0xb0);
	put(1, 0x60);
	pass(2 * 86400 * S);
	CHECK(!machine[0].level[IRQ] && get(0x0c) == 0x10);
	/* Without its interrupt the flag is there all the same. */
	put(0x0b, 0x00);
	put(5, 0x81);				/* 1 in the afternoon */
	put(3, 0x00);
	put(1, 0x00);
	pass(1300 * S);
	CHECK(get(0x0c) == 0x10);
	pass(300 * S);
	CHECK((clock_face() & 0xff0000) == 0x810000 && get(0x0c) == 0x30);
	/* The host's clock goes back: no alarm, no harm. */
	put(0x0b, 0x72);
	get(0x0c);
	wall_shift[0] -= 100000;
	pass(2 * S);
	CHECK(machine[0].level[IRQ] && get(0x0c) == 0x90);
	/* But the second that it goes back to may be the alarm's. */
	put(5, 0xff);
	put(3, 0xff);
	put(1, 0xff);
	get(0x0c);
	wall_shift[0] -= 1000;
	CHECK(get(0x0c) == 0xb0);
}

static void test_periodic(void)
{
	unsigned int i;

	fresh();
	put(0x0b, 0x42);
	pass(3 * S);
	CHECK(machine[0].rises[IRQ] == 1);	/* not acknowledged */
	put(0x0b, 0x02);
	get(0x0c);
	put(0x0b, 0x42);
	machine[0].rises[IRQ] = 0;
	for (i = 0; i < 1024 * 3; i++) {
		pass(S / 1024);
		if (machine[0].level[IRQ])
			CHECK(get(0x0c) & 0x40);
	}
	CHECK(machine[0].rises[IRQ] >= 3070 && machine[0].rises[IRQ] <= 3072);
	/* Late by 100 ms: what was missed comes, one after the other. */
	machine[0].rises[IRQ] = 0;
	machine_until(&machine[0], machine[0].time + 100 * MS, true);
	for (i = 0; i < 20000; i++) {
		pass(20000);
		if (machine[0].level[IRQ])
			get(0x0c);
	}
	CHECK(machine[0].rises[IRQ] >= 510 && machine[0].rises[IRQ] <= 513);
	/* 256 Hz and 8192 Hz; no rate at all. */
	put(0x0a, 0x21);
	for (i = 0, machine[0].rises[IRQ] = 0; i < 10000; i++) {
		pass(100000);
		if (machine[0].level[IRQ])
			get(0x0c);
	}
	CHECK(machine[0].rises[IRQ] >= 255 && machine[0].rises[IRQ] <= 257);
	put(0x0a, 0x23);
	for (i = 0, machine[0].rises[IRQ] = 0; i < 100000; i++) {
		pass(10000);
		if (machine[0].level[IRQ])
			get(0x0c);
	}
	CHECK(machine[0].rises[IRQ] >= 8190 && machine[0].rises[IRQ] <= 8193);
	put(0x0a, 0x20);
	get(0x0c);
	CHECK(machine[0].wake == UINT64_MAX);
	pass(S);
	CHECK((get(0x0c) & 0x40) == 0);
	/* A reset takes interrupts back, and leaves the time. */
	put(0x0a, 0x26);
	put(0x0b, 0x7a);
	pass(S);
	CHECK(machine[0].level[IRQ]);
	rtc[0].device.ops->reset(&rtc[0].device);
	CHECK(!machine[0].level[IRQ] && get(0x0b) == 0x02 && !get(0x0c));
}

static void test_memory(void)
{
	unsigned int i, sum = 0;

	fresh();
	mc146818_memory(&rtc[0], 0xc0000000, 0x1840000000);
	CHECK(get(0x15) == 0x80 && get(0x16) == 0x02);
	CHECK(get(0x17) == 0xff && get(0x18) == 0xff && get(0x31) == 0xff);
	CHECK(get(0x34) == 0x00 && get(0x35) == 0xbf);
	CHECK(!get(0x5b) && get(0x5c) == 0x40 && get(0x5d) == 0x18);
	for (i = 0x10; i < 0x2e; i++)
		sum += get(i);
	CHECK(get(0x2e) == sum >> 8 && get(0x2f) == (sum & 0xff));
	mc146818_memory(&rtc[0], 0x1000000, 0);
	CHECK(get(0x17) == 0x00 && get(0x18) == 0x3c);
	CHECK(get(0x30) == 0x00 && get(0x31) == 0x3c);
	CHECK(!get(0x34) && !get(0x35) && !get(0x5b) && !get(0x5c));
	mc146818_memory(&rtc[0], 0, 0);
	CHECK(!get(0x17) && !get(0x18));
	/* The rest is memory, but for C and D. */
	for (i = 0x0e; i < 0x80; i++)
		if (i != 0x32) {
			put(i, i ^ 0xa5);
			CHECK(get(i | 0x80) == (i ^ 0xa5));
		}
	put(0x0c, 0xff);
	put(0x0d, 0xff);
	CHECK(!get(0x0c) && get(0x0d) == 0x80);
	CHECK(in(&machine[0], 0x70) == 0xff);
}

static void step(void)
{
	unsigned int port = 0x70 + any() % 2, size = 1 << any() % 2, i;
	uint8_t index = any() % 4 ? any() % 14 : any();
	uint64_t value = any(), time = any() % 8 ? any() % (3 * MS) :
		any() % (100 * S);

	switch (any() % 8) {
	case 0:
		for (i = 0; i < 2; i++)
			machine_until(&machine[i], machine[i].time + time,
				value & 1);
		break;
	case 1:
		if (value % 64 == 0)
			wall_shift[0] = wall_shift[1] =
				(int64_t)(any() % 2000000000) - 1000000000;
		/* Timers follow at the next look. */
		CHECK(in(&machine[0], 0x71) == in(&machine[1], 0x71));
		break;
	case 2:
	case 3:
	case 4:
		CHECK(bus_read(&machine[0].ports, port, size) ==
			bus_read(&machine[1].ports, port, size));
		break;
	default:
		for (i = 0; i < 2; i++) {
			out(&machine[i], 0x70, index);
			bus_write(&machine[i].ports, port, size, value);
		}
	}
	CHECK(machine[0].level[IRQ] == machine[1].level[IRQ]);
	CHECK(machine[0].rises[IRQ] == machine[1].rises[IRQ]);
	CHECK(machine[0].wake == machine[1].wake);
}

static void fuzz(unsigned int rounds)
{
	unsigned int i, runs = machine[0].runs;
	uint64_t begin = machine[0].time;

	machine[1].time = machine[0].time;
	wall_shift[1] = wall_shift[0];
	copy_state(&rtc[0].device, &rtc[1].device);
	machine[1].rises[IRQ] = machine[0].rises[IRQ];
	for (i = 0; i < rounds; i++) {
		step();
		if (any() % 32 == 0) {
			rtc[1].device.ops->reset(&rtc[1].device);
			copy_state(&rtc[0].device, &rtc[1].device);
			machine[1].rises[IRQ] = machine[0].rises[IRQ];
		}
	}
	check_same_state(&rtc[0].device, &rtc[1].device);
	CHECK(machine[0].runs - runs <=
		(machine[0].time - begin) / 100000 + 1);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_mc146818", count, arguments), i;

	test_dates(rounds * 10);
	machine_init(&machine[1]);
	CHECK(!mc146818_init(&rtc[1], &machine[1].ports, &machine[1].clock,
		machine_input(&machine[1], IRQ), wall, (void *)1, 0));
	test_time();
	test_stopped();
	test_absurd();
	test_update_and_alarm();
	test_periodic();
	test_memory();
	test_wall_stands();
	test_bad_values();
	CHECK(mc146818_init(&(struct mc146818){0}, &machine[0].ports,
		&machine[0].clock, (struct line){0}, wall, NULL, 0) ==
		-EEXIST);
	for (i = 0; i < 20; i++) {
		fuzz(rounds / 4 + 1);
		check_bad_loads(&rtc[0].device, rounds / 20 + 1);
	}
	for (i = 0; i < 2; i++) {
		rtc[i].device.ops->exit(&rtc[i].device);
		CHECK(!machine[i].ports.count && !machine[i].clock.first);
		bus_free(&machine[i].ports);
	}
	return 0;
}
