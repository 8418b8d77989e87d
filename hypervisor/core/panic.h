/* The end of the road: an invariant of the hypervisor's own is broken. */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_PANIC_H
#define CORE_PANIC_H

#include <stdbool.h>
#include <stdint.h>

/* Stops the other processors, says the sentence with a back-trace on serial
 * port and screen and in the log, restarts the machine after a while. */
__attribute__((format(printf, 1, 2)))
_Noreturn void panic(const char *format, ...);

/* The same, for a fault: the back-trace starts at frame. */
_Noreturn void panic_at(uint64_t rip, const uint64_t *frame,
	const char *sentence);

/* Set once; every processor looks at it when it enters the hypervisor. */
extern bool panicked;

/* Where a processor ends when another one has panicked. */
_Noreturn void panic_stop(void);

#define ASSERT(condition) \
	do { \
		if (!(condition)) \
			panic("%s:%d: not so: %s", __FILE__, __LINE__, \
				#condition); \
	} while (0)

#endif
