/* Names of VMs, which are names of folders, too. */
/* SPDX-License-Identifier: MIT */
#include "name.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

static bool is_letter(char letter)
{
	return letter && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789._-", letter);
}

static bool is_printable(char letter)
{
	return letter >= ' ' && letter <= '~';
}

/* Enough of it to know it again, and nothing that a terminal obeys. */
static void print_name(const char *name, size_t length, char shown[68])
{
	size_t i;

	for (i = 0; i < length && i < NAME_MAX_LENGTH; i++)
		shown[i] = is_printable(name[i]) ? name[i] : '?';
	strcpy(shown + i, length > i ? "..." : "");
}

/* The first letter that no name has, or the length. */
static size_t find_bad(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < length && is_letter(name[i]); i++)
		;
	return i;
}

int name_check(const char *name, size_t length, struct trouble *why)
{
	size_t bad = find_bad(name, length);
	char shown[68];

	print_name(name, length, shown);
	if (!length)
		return trouble(why, -EINVAL, "a VM's name is not empty: it "
			"has 1 to %d characters", NAME_MAX_LENGTH);
	if (bad < length && is_printable(name[bad]))
		return trouble(why, -EINVAL, "the name \"%s\" has a '%c'; a "
			"VM's has A-Z, a-z, 0-9, '.', '_' and '-'", shown,
			name[bad]);
	if (bad < length)
		return trouble(why, -EINVAL, "the name \"%s\" has a byte "
			"0x%02x; a VM's has A-Z, a-z, 0-9, '.', '_' and '-'",
			shown, (unsigned char)name[bad]);
	if (length > NAME_MAX_LENGTH)
		return trouble(why, -EINVAL, "the name \"%s\" has %zu "
			"characters; a VM's has at most %d", shown, length,
			NAME_MAX_LENGTH);
	if (!isalnum((unsigned char)name[0]))
		return trouble(why, -EINVAL, "the name \"%s\" begins with "
			"'%c'; a VM's begins with a letter or a digit", shown,
			name[0]);
	if (name[length - 1] == '.')
		return trouble(why, -EINVAL, "the name \"%s\" ends with a "
			"dot; a VM's does not", shown);
	return 0;
}

bool name_good(const char *name)
{
	return !name_check(name, strlen(name), NULL);
}

bool name_same(const char *one, const char *other)
{
	return !strcasecmp(one, other);
}
