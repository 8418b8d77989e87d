/* The little that is read of ACPI's programs. */
/* SPDX-License-Identifier: MIT */
#include "aml.h"

#include "string.h"

/* Opcodes: ACPI 20.3 */
#define ZERO		0x00
#define ONE		0x01
#define NAME		0x08
#define BYTE_PREFIX	0x0a
#define WORD_PREFIX	0x0b
#define DWORD_PREFIX	0x0c
#define PACKAGE		0x12
#define ROOT		'\\'
#define TYPE_MAX	7

struct cursor {
	const uint8_t *at, *end;
};

static bool next(struct cursor *cursor, uint8_t *byte)
{
	if (cursor->at == cursor->end)
		return false;
	*byte = *cursor->at++;
	return true;
}

/* The length is not needed: its first byte says how many follow. ACPI 20.2.4 */
static bool skip_length(struct cursor *cursor)
{
	uint8_t lead, other;
	unsigned int left;

	if (!next(cursor, &lead))
		return false;
	for (left = lead >> 6; left; left--) {
		if (!next(cursor, &other))
			return false;
	}
	return true;
}

static bool constant(struct cursor *cursor, uint8_t *value)
{
	uint8_t opcode, high = 0, any = 0;
	unsigned int more;

	if (!next(cursor, &opcode))
		return false;
	*value = opcode;
	if (opcode == ZERO || opcode == ONE)
		return true;
	if (opcode != BYTE_PREFIX && opcode != WORD_PREFIX &&
			opcode != DWORD_PREFIX)
		return false;
	if (!next(cursor, value))
		return false;
	more = opcode == DWORD_PREFIX ? 3 : opcode == WORD_PREFIX;
	for (; more; more--) {
		if (!next(cursor, &high))
			return false;
		any |= high;
	}
	return !any && *value <= TYPE_MAX;
}

/* Behind the name. */
static bool package(struct cursor cursor, uint8_t *type_a, uint8_t *type_b)
{
	uint8_t opcode, count;

	return next(&cursor, &opcode) && opcode == PACKAGE &&
		skip_length(&cursor) && next(&cursor, &count) && count >= 2 &&
		constant(&cursor, type_a) && constant(&cursor, type_b);
}

/* Name(_Sx or Name(\_Sx, not a use of it. */
static bool is_name(const uint8_t *bytes, size_t at, char digit)
{
	const char name[4] = {'_', 'S', digit, '_'};

	if (memcmp(bytes + at, name, 4))
		return false;
	if (at >= 2 && bytes[at - 1] == ROOT)
		return bytes[at - 2] == NAME;
	return at >= 1 && bytes[at - 1] == NAME;
}

bool aml_sleep_types(const uint8_t *bytes, size_t size, unsigned int state,
	uint8_t *type_a, uint8_t *type_b)
{
	uint8_t a, b;
	bool found = false;
	size_t at;

	for (at = 0; size >= 4 && at <= size - 4; at++) {
		struct cursor cursor = {bytes + at + 4, bytes + size};

		if (!is_name(bytes, at, (char)('0' + state)))
			continue;
		if (!package(cursor, &a, &b))
			return false;
		if (found && (a != *type_a || b != *type_b))
			return false;
		*type_a = a;
		*type_b = b;
		found = true;
	}
	return found;
}
