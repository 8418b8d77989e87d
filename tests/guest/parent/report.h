/* What the tests say on the serial port. */
/* SPDX-License-Identifier: MIT */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*run)(void);
};

void report_init(void);

/* Runs tests until one without a name. */
void report_run(const struct test *tests);

/* What the next comparisons are about: shown with a difference. */
__attribute__((format(printf, 1, 2)))
void report_about(const char *text, ...);

/* How many have failed so far. */
unsigned int report_failures(void);

/* The last line. */
void report_end(void);

/* One line, for whom reads the log. */
__attribute__((format(printf, 1, 2)))
void report_note(const char *text, ...);

/* There is no going on: a line, and the machine stands still. */
__attribute__((format(printf, 1, 2)))
_Noreturn void report_stop(const char *text, ...);

bool report_expect(const char *file, unsigned int line, uint64_t got,
	uint64_t want);
bool report_between(const char *file, unsigned int line, uint64_t got,
	uint64_t least, uint64_t most);

/* True when it is as expected. */
#define EXPECT(got, want) report_expect(__FILE__, __LINE__, \
	(uint64_t)(got), (uint64_t)(want))
/* Evaluated from left to right: the bounds may be later than the value. */
#define EXPECT_BETWEEN(got, least, most) ({ \
	uint64_t expect_got = (uint64_t)(got); \
	uint64_t expect_least = (uint64_t)(least); \
	report_between(__FILE__, __LINE__, expect_got, expect_least, \
		(uint64_t)(most)); \
})

#endif
