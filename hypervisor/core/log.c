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

#define SECOND		10000000ull	/* of machine_time() */

/* What the parent may still cause: the lock's. */
static struct {
	uint64_t since, lines, left_out;
} budget;

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

static void say(const char *format_text, va_list list)
{
	char line[256];
	size_t used;
	uint64_t ms = machine_time() / 10000;

	used = format(line, sizeof(line), "[%5lu.%03lu] ", ms / 1000,
		ms % 1000);
	used += format_list(line + used, sizeof(line) - used - 1, format_text,
		list);
	line[used++] = '\n';
	line[used] = '\0';
	lock_take(&lock);
	if (ring)
		keep(line, used);
	if (!is_quiet)
		machine_print(line);
	lock_give(&lock);
}

void log_line(const char *format_text, ...)
{
	va_list list;

	va_start(list, format_text);
	say(format_text, list);
	va_end(list);
}

/* Whether there is room for one more in this second. In a new one, how many
 * were left out before it. */
static bool within_budget(uint64_t *left_out)
{
	uint64_t now = machine_time();
	bool may;

	*left_out = 0;
	lock_take(&lock);
	if (now - budget.since >= SECOND) {
		*left_out = budget.left_out;
		budget.since = now;
		budget.lines = budget.left_out = 0;
	}
	may = budget.lines < LOG_PARENT_LINES;
	budget.lines += may;
	budget.left_out += !may;
	lock_give(&lock);
	return may;
}

void log_parent(const char *format_text, ...)
{
	uint64_t left_out;
	va_list list;

	if (!within_budget(&left_out))
		return;
	if (left_out)
		log_line("%lu more such lines.", left_out);
	va_start(list, format_text);
	say(format_text, list);
	va_end(list);
}
