/* What a stock kernel makes of the Hyper-V interface. */
/* SPDX-License-Identifier: MIT */
#include "hyperv.h"

#include "call.h"
#include "modules.h"
#include "say.h"

#ifdef __x86_64__
enum { CALL_READLINK = 89, CALL_SYSLOG = 103, CALL_SETTIME = 227 };
#else
enum { CALL_READLINK = 85, CALL_SYSLOG = 103, CALL_SETTIME = 264 };
#endif

#define REALTIME	0
#define LONG_AGO	1000000000l	/* 2001 */
#define SENSIBLE	1577836800l	/* 2020 */
#define PATIENCE	200		/* tenths of a second */

static const char *const modules[] = {
	"/modules/hv_vmbus.ko", "/modules/hv_utils.ko", NULL,
};

static bool contains(const char *text, const char *part)
{
	const char *a, *b;

	for (; *text; text++) {
		for (a = text, b = part; *b && *a == *b; a++)
			b++;
		if (!*b)
			return true;
	}
	return !*part;
}

/* The lines of the kernel's log that are about this, without their times. */
static void tell_log(void)
{
	static const char *const parts[] = { "Hyper-V:", "hv_", "Vmbus",
		"Hypervisor detected", "clocksource: Switched" };
	static char log[256 << 10];
	long size = call(CALL_SYSLOG, 3, (long)log, sizeof(log) - 1, 0, 0);
	char *line = log, *end, *text;
	unsigned int i;

	for (; size > 0 && line < log + size; line = end + 1) {
		for (end = line; *end && *end != '\n'; end++)
			;
		*end = 0;
		for (text = line; *text && *text != ']'; text++)
			;
		for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
			if (contains(line, parts[i]))
				break;
		if (i < sizeof(parts) / sizeof(*parts) && *text)
			say("log:", text + 1, NULL);
	}
}

static void tell_clocksource(void)
{
	static const char path[] = "/sys/devices/system/clocksource/"
		"clocksource0/current_clocksource";
	long file = call(CALL_OPEN, (long)path, 0, 0, 0, 0);
	char name[64] = "";
	long size = call(CALL_READ, file, (long)name, sizeof(name) - 1, 0, 0);

	if (size > 0)
		name[size - 1] = 0;
	call(CALL_CLOSE, file, 0, 0, 0, 0);
	say("clocksource ", name, NULL);
}

/* Each processor's count of a kind of interrupts, from its line. */
static void tell_interrupts(const char *kind)
{
	static char table[64 << 10];
	long file = call(CALL_OPEN, (long)"/proc/interrupts", 0, 0, 0, 0);
	char *line = table, *end;
	long size, used = 0;

	while ((size = call(CALL_READ, file, (long)table + used,
			(long)sizeof(table) - 1 - used, 0, 0)) > 0)
		used += size;
	call(CALL_CLOSE, file, 0, 0, 0, 0);
	for (; line < table + used; line = end + 1) {
		for (end = line; *end && *end != '\n'; end++)
			;
		*end = 0;
		if (contains(line, kind))
			say("interrupts", line, NULL);
	}
}

/* By its channel's instance; the driver is bound when it has answered. */
static void check_service(const char *name, const char *link)
{
	char driver[256] = "";
	unsigned int i;
	long size;

	for (i = 0; i < PATIENCE && !contains(driver, "/hv_utils"); i++) {
		size = call(CALL_READLINK, (long)link, (long)driver,
			sizeof(driver) - 1, 0, 0);
		driver[size > 0 ? size : 0] = 0;
		if (size <= 0)
			call_sleep(100);
	}
	check(contains(driver, "/hv_utils"), name, driver);
}

#define SERVICE(name, instance) \
	check_service(name, "/sys/bus/vmbus/devices/" instance "/driver")

static void check_time(void)
{
	long now[2] = { 0, 0 };
	unsigned int i;

	for (i = 0; i < PATIENCE && now[0] < SENSIBLE; i++) {
		call(CALL_CLOCK, REALTIME, (long)now, 0, 0, 0);
		if (now[0] < SENSIBLE)
			call_sleep(100);
	}
	check(now[0] >= SENSIBLE, "the time of day that the guest was told",
		number(now[0]));
}

/* What needs no drivers. */
void hyperv_face(void)
{
	call(CALL_MOUNT, (long)"sys", (long)"/sys", (long)"sysfs", 0, 0);
	tell_clocksource();
	tell_interrupts("HVS:");
	tell_log();
}

void hyperv_look(void)
{
	const long wrong[2] = { LONG_AGO, 0 };

	call(CALL_MOUNT, (long)"sys", (long)"/sys", (long)"sysfs", 0, 0);
	call(CALL_SETTIME, REALTIME, (long)wrong, 0, 0, 0);
	modules_load(modules);
	SERVICE("heartbeat", "fd149e91-82e0-4a7d-afa6-2a4166cbd7c0");
	SERVICE("shutdown", "b6650ff7-33bc-4840-8048-e0676786f393");
	SERVICE("time synchronisation", "2dd1ce17-079e-403c-b352-a1921ee207ee");
	SERVICE("data exchange", "242ff919-07db-4180-9c2e-b86cb68c8c55");
	check_time();
	tell_clocksource();
	tell_log();
}

/* include/uapi/linux/hyperv.h: struct hv_kvp_msg, which has the size of its
 * largest form. The driver sends one, and gets one back. */
struct exchange {
	union {
		struct {
			uint8_t operation, pool;
			uint16_t padding;
		};
		uint32_t status;
	};
	uint32_t index;
	uint32_t type, key_size, value_size;
	char key[512], value[2048];
	char rest[4852];
} __attribute__((packed));
_Static_assert(sizeof(struct exchange) == 7432, "exchange");

#define REGISTER	100
#define ENUMERATE	3
#define GOOD		0
#define NO_MORE		0x80070103u

static const struct item {
	unsigned int pool, index;
	const char *key, *value;
} items[] = {
	{ 2, 0, "OSName", "init of the tests" },
	{ 2, 1, "Word", "\xc3\xa9t\xc3\xa9 \xe2\x82\xac" },
	{ 1, 0, "Left", "by a program" },
};

static void copy(char *to, const char *from)
{
	while ((*to++ = *from++))
		;
}

static void answer(struct exchange *message)
{
	const struct item *item;
	unsigned int i;

	for (i = 0; i < sizeof(items) / sizeof(*items); i++) {
		item = &items[i];
		if (message->operation != ENUMERATE ||
		    message->pool != item->pool ||
		    message->index != item->index)
			continue;
		copy(message->key, item->key);
		copy(message->value, item->value);
		message->status = GOOD;
		return;
	}
	message->status = NO_MORE;
}

void hyperv_tell(void)
{
	static struct exchange message = { .operation = REGISTER };
	long file = -1;
	unsigned int i;

	call(CALL_MOUNT, (long)"dev", (long)"/dev", (long)"devtmpfs", 0, 0);
	for (i = 0; i < PATIENCE && file < 0; i++) {
		file = call(CALL_OPEN, (long)"/dev/vmbus/hv_kvp", 2, 0, 0, 0);
		if (file < 0)
			call_sleep(100);
	}
	check(file >= 0, "data exchange has a daemon", number(file));
	call(CALL_WRITE, file, (long)&message, sizeof(message), 0, 0);
	while (call(CALL_READ, file, (long)&message, sizeof(message), 0, 0) ==
	    (long)sizeof(message)) {
		if (message.operation == REGISTER)
			continue;
		answer(&message);
		call(CALL_WRITE, file, (long)&message, sizeof(message), 0, 0);
	}
	check(false, "data exchange goes on", "no");
}
