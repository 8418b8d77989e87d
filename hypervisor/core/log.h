/* What the hypervisor has to say: a ring in memory that survives a warm
 * reboot, and until the parent starts the serial port and the screen too. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The memory at LOG_BASE, which the parent may read: a page of head, then the
 * text of this start, then that of the start before. Text ends at its first
 * NUL; when it is full it starts again behind the first half. */
#define LOG_TEXT	0x7000

struct log_memory {
	uint64_t magic;
	uint64_t used;		/* bytes of text */
	uint64_t panicked;
	uint8_t padding[0x1000 - 24];
	char text[LOG_TEXT];
	char before[LOG_TEXT];	/* the start before this one; may be empty */
	char spare[0x1000];
};

/* Takes the ring over; what it held becomes the text of the start before. */
void log_init(struct log_memory *memory);

/* Until log_quiet() everything also goes to the consoles; a panic always. */
void log_quiet(bool quiet);

/* One line; the time since reset is put before it. */
__attribute__((format(printf, 1, 2)))
void log_line(const char *format, ...);

/* A line that the parent can cause as often as it likes: so many of them in a
 * second; of what is more, the next one says how many they were. */
#define LOG_PARENT_LINES	20
__attribute__((format(printf, 1, 2)))
void log_parent(const char *format, ...);

#endif
