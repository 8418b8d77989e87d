/* Passwords that are chosen: whether one may be, and its hash. */
/* SPDX-License-Identifier: MIT */
#include "secret.h"

#include <crypt.h>
#include <stdio.h>
#include <string.h>

/* Characters of a UTF-8 string. */
static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

const char *secret_refusal(const char *password)
{
	if (characters(password) < SECRET_LEAST)
		return "It is too short: at least 12 characters are needed.";
	if (strspn(password, (char[]){ password[0], 0 }) == strlen(password))
		return "It is one character repeated: choose a better one.";
	if (strlen(password) >= SECRET_MOST)
		return "It is too long.";
	return NULL;
}

bool secret_hash(const char *password, char hash[SECRET_HASH])
{
	struct crypt_data data = { 0 };
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *made = NULL;

	_Static_assert(SECRET_HASH >= CRYPT_OUTPUT_SIZE, "a hash has room");
	if (crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof(setting)))
		made = crypt_r(password, setting, &data);
	if (made && made[0] != '*')
		snprintf(hash, SECRET_HASH, "%s", made);
	explicit_bzero(&data, sizeof(data));
	return made && made[0] != '*';
}
