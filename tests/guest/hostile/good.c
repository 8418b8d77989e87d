/* A good guest beside hostile ones: how late its timer of 1 ms is. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"

#define SINT		3
#define VECTOR		97
#define PERIOD		MS
#define LATE		(10 * MS)
#define REPORT		256u	/* expirations */

static char line[80], *next = line;
static uint32_t expirations, late, worst;

static void append(const char *text)
{
	char *end = line;

	while (*end)
		end++;
	while (*text)
		*end++ = *text++;
	*end = 0;
}

static void append_number(uint32_t value)
{
	char digits[11], *at = digits + 10;

	*at = 0;
	do
		*--at = '0' + value % 10;
	while (value /= 10);
	append(at);
}

/* It is printed a letter at a time: the port takes longer than that. */
static void report(void)
{
	*line = 0;
	append("guest: good: ");
	append_number(expirations);
	append(" expirations, ");
	append_number(late);
	append(" late, worst ");
	append_number(worst / 10);
	append(" us\r\n");
	next = line;
	worst = 0;
}

static void speak(void)
{
	if (*next)
		outb(0x3f8, *next++);
}

/* When this one is seen, against when the one after the last was due: periods
 * that are left out count with the one that comes. */
static void expired(uint64_t due, uint64_t now)
{
	static uint64_t before;
	uint64_t wanted = before ? before + PERIOD : due;

	before = due;
	if (now < wanted)
		return;
	if (now - wanted > worst)
		worst = now - wanted;
	if (now - wanted > LATE)
		late++;
}

static void take(volatile struct hv_message *slot)
{
	uint64_t due = slot->payload[1];

	CHECK(slot->type == HV_MESSAGE_TIMER_EXPIRED);
	expired(due, hv_time());
	expirations++;
	slot->type = 0;
	__asm__ volatile("lock orl $0, (%%esp)" : : : "memory");
	if (slot->flags & HV_MESSAGE_PENDING)
		wrmsr(HV_MSR_EOM, 0);
	if (expirations % REPORT == 0)
		report();
	speak();
}

void good_run(void)
{
	volatile struct hv_message *slot = hv_messages + SINT;

	hv_init();
	hv_apic_on();
	CHECK(hv_write(HV_MSR_SINT0 + SINT, VECTOR));
	CHECK(hv_write(HV_MSR_STIMER0_CONFIG + 1, PERIOD));
	CHECK(hv_write(HV_MSR_STIMER0_CONFIG, HV_STIMER_ENABLE |
		HV_STIMER_PERIODIC | HV_STIMER_LAZY |
		SINT << HV_STIMER_SINT_SHIFT));
	for (;;) {
		if (slot->type)
			take(slot);
		else
			__asm__ volatile("sti\nhlt\ncli" : : : "memory");
	}
}
