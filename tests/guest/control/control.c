/* Asks a worker process one thing. usage: control SOCKET COMMAND [ARGUMENT...];
 * the status is 0 when it did it. */
/* SPDX-License-Identifier: MIT */
#include "control.h"

#include "call.h"
#include "console.h"
#include "network.h"
#include "say.h"
#include "screenshot.h"
#include "storage.h"

/* asm/unistd_64.h, linux/socket.h */
enum { CALL_SOCKET = 41, CALL_CONNECT = 42 };
#define AF_UNIX		1
#define SOCK_SEQPACKET	5

struct address {
	uint16_t family;
	char path[108];
};

static const char *const names[CONTROL_TYPES] = {
	[CONTROL_STATUS] = "status", [CONTROL_PAUSE] = "pause",
	[CONTROL_RESUME] = "resume", [CONTROL_RESET] = "reset",
	[CONTROL_POWER_BUTTON] = "power", [CONTROL_STOP] = "stop",
	[CONTROL_INTEGRATION] = "integration",
	[CONTROL_SHUTDOWN] = "shutdown", [CONTROL_RESTART] = "restart",
	[CONTROL_KVP] = "items",
};
static const char *const states[] = { "running", "paused", "ended" };

static uint32_t type_of(const char *name)
{
	uint32_t type;

	for (type = 1; type < CONTROL_TYPES; type++)
		if (names[type] && same(names[type], name))
			return type;
	return 0;
}

static long connect_to(const char *path)
{
	struct address address = { .family = AF_UNIX };
	long file = call(CALL_SOCKET, AF_UNIX, SOCK_SEQPACKET, 0, 0, 0);
	unsigned int i;

	for (i = 0; path[i] && i < sizeof(address.path) - 1; i++)
		address.path[i] = path[i];
	if (call(CALL_CONNECT, file, (long)&address, sizeof(address), 0, 0))
		return -1;
	return file;
}

/* The largest reply of all. */
static union {
	struct control_reply reply;
	struct control_integration integration;
	struct control_item item;
} got;

/* false: no reply, or an error in it. */
static bool ask(long file, uint32_t type, uint32_t argument)
{
	const struct control_request request = {
		.magic = CONTROL_MAGIC, .version = CONTROL_VERSION,
		.type = type, .argument = argument,
	};

	return call(CALL_WRITE, file, (long)&request, sizeof(request), 0,
		0) > 0 && call(CALL_READ, file, (long)&got, sizeof(got), 0,
		0) >= (long)sizeof(got.reply) && !got.reply.error;
}

static void tell_service(const char *name,
	const struct control_service *service)
{
	static const char *const is[] = { "closed", "negotiating", "ready",
		"refused" };

	say(name, ": ", service->state < 4 ? is[service->state] : "unknown",
		" ", number(service->major), ".", number(service->minor),
		NULL);
}

static void tell_integration(void)
{
	static const char *const beats[] = { "none", "good", "lost" };
	const struct control_integration *all = &got.integration;

	say("vmbus: ", number(all->vmbus >> 16), ".",
		number(all->vmbus & 0xffff), NULL);
	tell_service("heartbeat", &all->heartbeat);
	tell_service("shutdown", &all->shutdown);
	tell_service("time synchronisation", &all->timesync);
	tell_service("data exchange", &all->kvp);
	say("beat: ", all->beat < 3 ? beats[all->beat] : "unknown",
		", missed ", number(all->missed), NULL);
	say("told the time ", number(all->times), " times", NULL);
	say("items: ", number(all->items), NULL);
}

/* All that there are. */
static bool tell_items(long file)
{
	uint32_t i;

	for (i = 0; ask(file, CONTROL_KVP, i); i++)
		say("item ", got.item.key, " = ", got.item.value, NULL);
	return i;
}

static void tell_state(uint32_t state)
{
	uint32_t known = state & ~CONTROL_CRITICAL;

	say(known < 3 ? states[known] : "unknown",
		state & CONTROL_CRITICAL ? ", critical" : "", NULL);
}

static bool run(long file, uint32_t type)
{
	if (type == CONTROL_KVP)
		return tell_items(file);
	if (!ask(file, type, 0))
		return false;
	if (type == CONTROL_INTEGRATION)
		tell_integration();
	else
		tell_state(got.reply.state);
	return true;
}

static bool run_words(char **words, long count)
{
	uint32_t type = count == 2 ? type_of(words[1]) : 0;
	long file = connect_to(words[0]);
	bool good = false;

	if (file < 0)
		return false;
	return type ? run(file, type) :
		(storage_run(file, words + 1, count - 1, &good) ||
		network_run(file, words + 1, count - 1, &good) ||
		screenshot_run(file, words + 1, count - 1, &good) ||
		console_run(file, words + 1, count - 1, &good)) && good;
}

void begin(long *stack)
{
	char **words = (char **)(stack + 2);
	bool good = stack[0] >= 3 && run_words(words, stack[0] - 1);

	if (!good)
		say("no answer, or a refusal", NULL);
	call(CALL_EXIT, good ? 0 : 1, 0, 0, 0, 0);
}

__asm__(".globl _start\n_start:\n"
	"mov %rsp, %rdi\nand $-16, %rsp\ncall begin\nud2\n");
