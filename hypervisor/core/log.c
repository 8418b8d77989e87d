/* The log. */
/* SPDX-License-Identifier: MIT */
#include "log.h"

#include "../lib/format.h"
#include "../lib/string.h"
#include "lock.h"
#include "machine.h"

#include <assert.h>

#define LOG_MAGIC	0x0031474f4c434c46ull	/* "FLCLOG1" */

static_assert(sizeof(struct log_memory) == 0x10000, "the parent's view");

/* For what is said before log_init(). */
static struct log_memory *ring;
static struct lock lock = LOCK_INIT(LOCK_LOG);	/* the ring and the consoles */
static bool is_quiet;

void log_init(struct log_memory *memory)
{
	if (memory->magic == LOG_MAGIC && memory->used < LOG_TEXT)
		memcpy(memory->before, memory->text, LOG_TEXT);
	else
		memset(memory->before, 0, LOG_TEXT);
	memory->before[LOG_TEXT - 1] = '\0';
	memset(memory->text, 0, LOG_TEXT);
	memory->used = 0;
	memory->panicked = 0;
	memory->magic = LOG_MAGIC;
	ring = memory;
}

void log_quiet(bool quiet)
{
	if (is_quiet && !quiet)
		machine_take_screen();
	is_quiet = quiet;
}

static void keep(const char *text, size_t size)
{
	if (ring->used + size >= LOG_TEXT) {
		/* The beginning tells what machine it is: it stays. */
		ring->used = LOG_TEXT / 2;
		memset(ring->text + ring->used, 0, LOG_TEXT - ring->used);
	}
	memcpy(ring->text + ring->used, text, size);
	ring->used += size;
}

void log_line(const char *format_text, ...)
{
	char line[256];
	va_list list;
	size_t used;
	uint64_t ms = machine_time() / 10000;

	used = format(line, sizeof(line), "[%5lu.%03lu] ", ms / 1000,
		ms % 1000);
	va_start(list, format_text);
	used += format_list(line + used, sizeof(line) - used - 1, format_text,
		list);
	va_end(list);
	line[used++] = '\n';
	line[used] = '\0';
	lock_take(&lock);
	if (ring)
		keep(line, used);
	if (!is_quiet)
		machine_print(line);
	lock_give(&lock);
}
