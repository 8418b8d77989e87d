/* Sleep types in ACPI's programs: as compilers write them, cut, random. usage:
 * test_aml ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "aml.h"
#include "check.h"

#include <stdint.h>
#include <time.h>

static uint64_t state;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Behind other bytes, in a buffer of its exact size. */
static bool types(const void *bytes, size_t size, uint8_t *a, uint8_t *b)
{
	uint8_t *copy = malloc(size ? size : 1);
	bool found;

	CHECK(copy);
	memcpy(copy, bytes, size);
	*a = *b = 0xaa;
	found = aml_sleep_types(copy, size, 5, a, b);
	free(copy);
	return found;
}

#define FOUND(bytes, want_a, want_b) do { \
	CHECK(types(bytes, sizeof(bytes) - 1, &a, &b)); \
	CHECK(a == (want_a) && b == (want_b)); \
} while (0)
#define NOT_FOUND(bytes) CHECK(!types(bytes, sizeof(bytes) - 1, &a, &b))

static void forms(void)
{
	uint8_t a, b;

	FOUND("\x08_S5_\x12\x06\x04\x00\x00\x00\x00", 0, 0);
	FOUND("xx\x08\\_S5_\x12\x06\x04\x01\x00\x00\x00", 1, 0);
	FOUND("\x08_S5_\x12\x08\x04\x0a\x07\x0a\x05\x00\x00", 7, 5);
	FOUND("\x08_S5_\x12\x40\x08\x04\x0b\x07\x00\x0c\x05\x00\x00\x00", 7, 5);
	FOUND("\x08_S3_\x12\x06\x04\x01\x01\x00\x00"
		"\x08_S5_\x12\x06\x04\x0a\x06\x00\x00\x00", 6, 0);
	/* Said twice with the same meaning; a use of the name. */
	FOUND("\x08_S5_\x12\x06\x04\x01\x00" "\x08_S5_\x12\x06\x04\x01\x00",
		1, 0);
	FOUND("\x70_S5_\x12\x06\x04\x01\x00" "\x08_S5_\x12\x06\x04\x00\x00",
		0, 0);
}

static void refused(void)
{
	uint8_t a, b;

	NOT_FOUND("");
	NOT_FOUND("_S5_");
	NOT_FOUND("\x08_S4_\x12\x06\x04\x00\x00");
	NOT_FOUND("\x08_S5_");
	NOT_FOUND("\x08_S5_\x12");
	NOT_FOUND("\x08_S5_\x12\x06\x04\x00");
	NOT_FOUND("\x08_S5_\x12\xc6\x04\x00\x00");
	NOT_FOUND("\x08_S5_\x12\x06\x01\x00\x00");
	NOT_FOUND("\x08_S5_\x12\x06\x04\x0a\x08\x00\x00");
	NOT_FOUND("\x08_S5_\x12\x08\x04\x0b\x01\x01\x00\x00");
	NOT_FOUND("\x08_S5_\x12\x06\x04_VAR\x00");
	NOT_FOUND("\x14_S5_\x12\x06\x04\x00\x00");
	NOT_FOUND("\x08_S5_\x12\x06\x04\x01\x00" "\x08_S5_\x12\x06\x04\x00\x00");
}

/* Whatever comes, nothing outside is read, and types have three bits. */
static void random_bytes(unsigned long rounds)
{
	uint8_t bytes[64], a, b;

	while (rounds--) {
		size_t size = any() % sizeof(bytes), i;

		for (i = 0; i < size; i++)
			bytes[i] = (uint8_t)(any() % 16);
		if (size > 8) {
			memcpy(bytes, "\x08_S5_\x12", 6);
			bytes[6] = (uint8_t)any();
		}
		if (types(bytes, size, &a, &b))
			CHECK(a < 8 && b < 8);
	}
}

int main(int count, char **words)
{
	unsigned long rounds = count > 1 ? strtoul(words[1], NULL, 10) : 1000;

	state = count > 2 && *words[2] ? strtoul(words[2], NULL, 10) :
		(uint64_t)time(NULL) * 2 + 1;
	printf("test_aml: seed %lu\n", (unsigned long)state);
	forms();
	refused();
	random_bytes(rounds);
	return 0;
}
