/* Memory and text. */
/* SPDX-License-Identifier: MIT */
#include "string.h"

#include <stdint.h>

void *memcpy(void *to, const void *from, size_t size)
{
	size_t quads = size / 8, rest = size % 8;
	void *start = to;

	__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(quads)
		: : "memory");
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest)
		: : "memory");
	return start;
}

void *memmove(void *to, const void *from, size_t size)
{
	char *target = to;
	const char *source = from;

	if (target <= source || target >= source + size)
		return memcpy(to, from, size);
	while (size--)
		target[size] = source[size];
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	uint64_t all = (uint8_t)byte * 0x0101010101010101ull;
	size_t quads = size / 8, rest = size % 8;
	void *start = to;

	__asm__ volatile("rep stosq" : "+D"(to), "+c"(quads) : "a"(all)
		: "memory");
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(rest) : "a"(all)
		: "memory");
	return start;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *one = a, *two = b;

	for (; size--; one++, two++) {
		if (*one != *two)
			return *one - *two;
	}
	return 0;
}

size_t strlen(const char *text)
{
	size_t size = 0;

	while (text[size])
		size++;
	return size;
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (; size; size--, a++, b++) {
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

bool string_copy(char *to, size_t room, const char *text)
{
	size_t size = strlen(text);
	bool whole = size < room;

	if (!whole)
		size = room - 1;
	memcpy(to, text, size);
	to[size] = '\0';
	return whole;
}

bool string_starts(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

bool string_number(const char *text, unsigned long *number)
{
	unsigned long value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || value > 99999999)
			return false;
		value = value * 10 + (unsigned long)(*text - '0');
	}
	*number = value;
	return true;
}
