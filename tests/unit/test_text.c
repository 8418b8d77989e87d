/* The hypervisor's own strings and its small printf, against the host's.
 * usage: test_text ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Under names of their own: the host has functions of these names. */
#define memcpy own_memcpy
#define memmove own_memmove
#define memset own_memset
#define memcmp own_memcmp
#define strlen own_strlen
#define strcmp own_strcmp
#define strncmp own_strncmp
#include "../../hypervisor/lib/string.c"
#include "../../hypervisor/lib/format.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strcmp
#undef strncmp

#define ROOM 300

static uint64_t state;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void fill(uint8_t *a, uint8_t *b, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		a[i] = b[i] = (uint8_t)(any() % 4);
}

static void try_memory(void)
{
	uint8_t a[ROOM], b[ROOM];
	size_t from = any() % 150, to = any() % 150, size = any() % 150;

	fill(a, b, ROOM);
	own_memmove(a + to, a + from, size);
	memmove(b + to, b + from, size);
	CHECK(!memcmp(a, b, ROOM));
	CHECK(sign(own_memcmp(a + to, a + from, size)) ==
		sign(memcmp(a + to, a + from, size)));
	own_memset(a + from, (int)size, size);
	memset(b + from, (int)size, size);
	CHECK(!memcmp(a, b, ROOM));
	own_memcpy(a + 150, a, 150);
	CHECK(!memcmp(a + 150, a, 150));
}

static void try_strings(void)
{
	char a[20] = {0}, b[20] = {0}, to[12];
	size_t i, length = any() % 19, room = 1 + any() % 12;
	bool whole;

	for (i = 0; i < length; i++) {
		a[i] = (char)('a' + any() % 2);
		b[i] = (char)('a' + any() % 2);
	}
	CHECK(own_strlen(a) == strlen(a));
	CHECK(sign(own_strcmp(a, b)) == sign(strcmp(a, b)));
	CHECK(sign(own_strncmp(a, b, 5)) == sign(strncmp(a, b, 5)));
	whole = string_copy(to, room, a);
	CHECK(whole == (strlen(a) < room));
	CHECK(!strncmp(to, a, room - 1) && strlen(to) < room);
	CHECK(string_starts(a, "ab") == !strncmp(a, "ab", 2));
}

static void numbers(void)
{
	unsigned long n = 7;

	CHECK(string_number("0", &n) && n == 0);
	CHECK(string_number("999999999", &n) && n == 999999999);
	CHECK(!string_number("1000000000", &n));
	CHECK(!string_number("99999999999999999999999", &n));
	CHECK(!string_number("", &n));
	CHECK(!string_number("12x", &n) && !string_number(" 1", &n));
	CHECK(!string_number("-1", &n) && !string_number("+1", &n));
}

/* The same text as the host's printf makes, cut at the same place. */
#define SAME(...) do { \
	char want[ROOM], got[ROOM]; \
	size_t room_ = 1 + any() % 60, length_; \
	snprintf(want, room_, __VA_ARGS__); \
	length_ = format(got, room_, __VA_ARGS__); \
	CHECK_STRING(want, got); \
	CHECK(length_ == strlen(got)); \
} while (0)

static void try_format(void)
{
	uint64_t n = any() >> any() % 64;

	SAME("%lu and %lx", n, n);
	SAME("%u %x %d", (unsigned int)n, (unsigned int)n, (int)n);
	SAME("%ld", (long)n);
	SAME("[%016lx] [%08x] [%5u]", n, (unsigned int)n, (unsigned int)n);
	SAME("%s, %c, 100%%", "text", 'x');
}

int main(int count, char **words)
{
	uint64_t i, rounds = count > 1 ? strtoull(words[1], NULL, 10) : 1000;

	state = count > 2 ? strtoull(words[2], NULL, 10) : (uint64_t)time(NULL);
	printf("test_text: %lu rounds, seed %lu\n", rounds, state);
	state = state * 0x9e3779b97f4a7c15 + 1;
	numbers();
	for (i = 0; i < rounds; i++) {
		try_memory();
		try_strings();
		try_format();
	}
	return 0;
}
