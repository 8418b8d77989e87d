/* Passwords of root and of administrators: which there are, and setting one. */
/* SPDX-License-Identifier: MIT */
#include "password.h"

#include "keep.h"
#include "keys.h"
#include "lock.h"
#include "lockfile.h"
#include "paths.h"
#include "secret.h"

#include <crypt.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-_"

enum { SECTION = 64 };

/* Where the settings have an account. False: no name of one. */
static bool section_of(const char *name, char section[SECTION])
{
	if (!strcmp(name, "root"))
		return snprintf(section, SECTION, "login") > 0;
	return *name && !name[strspn(name, NAME_CHARACTERS)] &&
		snprintf(section, SECTION, "admin %s", name) < SECTION;
}

bool password_hash(const char *name, char *hash, size_t size)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	char section[SECTION];
	const char *value = conf && section_of(name, section) ?
		conf_value(conf, section, "password", 0) : NULL;
	bool set = value && strlen(value) < size;

	if (set)
		strcpy(hash, value);
	conf_free(conf);
	return set;
}

bool password_any(void)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	const char *section;
	bool any = conf && conf_value(conf, "login", "password", 0);
	int i;

	for (i = 0; conf && !any &&
		(section = conf_section(conf, "admin", i)); i++)
		any = conf_value(conf, section, "password", 0);
	conf_free(conf);
	return any;
}

bool password_matches(const char *password, const char *hash)
{
	struct crypt_data data = { 0 };
	const char *got = crypt_r(password, hash, &data);
	unsigned char differ = 0;
	size_t length = strlen(hash);
	bool whole = got && got[0] != '*' && strlen(got) == length;
	size_t i;

	for (i = 0; whole && i < length; i++)
		differ |= got[i] ^ hash[i];
	explicit_bzero(&data, sizeof(data));
	return whole && !differ;
}

bool password_is(const char *name, const char *password)
{
	char hash[CRYPT_OUTPUT_SIZE];
	bool known = password_hash(name, hash, sizeof(hash));

	if (!known && !crypt_gensalt_rn("$y$", 0, NULL, 0, hash, sizeof(hash)))
		return false;
	return password_matches(password, hash) && known;
}

/* In effect from now on, and, if there is a volume, from the next start on. */
static enum password_kept store(struct conf *conf, const char *section,
	const char *hash)
{
	bool kept;
	int result = conf_set(conf, section, "password", &hash, 1, NULL, NULL);

	if (!result)
		result = conf_write(conf, PATH_SETTINGS);
	if (result) {
		errno = -result;
		return PASSWORD_FAILED;
	}
	result = keep_settings(conf, &section, 1, "password", &kept);
	errno = -result;
	if (!kept)
		return PASSWORD_FORGOTTEN;
	return result ? PASSWORD_UNSAVED : PASSWORD_KEPT;
}

/* root, or an administrator who has a section. */
static bool has_account(const char *section)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	bool has = !strcmp(section, "login") ||
		(conf && conf_line(conf, section, NULL));

	conf_free(conf);
	return has;
}

static enum password_kept set_hash(const char *section, const char *hash,
	bool only_first)
{
	enum password_kept kept;
	struct conf *conf;

	if (only_first && password_any())
		return PASSWORD_TAKEN;
	if (!has_account(section))
		return PASSWORD_NOBODY;
	if (keep_is_replaced())
		return PASSWORD_REPLACED;
	conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	if (!conf && errno == ENOENT)
		conf = conf_new(host_kinds);
	kept = conf ? store(conf, section, hash) : PASSWORD_FAILED;
	conf_free(conf);
	return kept;
}

/* Nobody else changes the settings meanwhile. */
static enum password_kept set_locked(const char *name, const char *hash,
	bool only_first)
{
	int lock = lock_settings();
	char section[SECTION];
	enum password_kept kept = section_of(name, section) ?
		set_hash(section, hash, only_first) : PASSWORD_NOBODY;

	if (lock >= 0)
		close(lock);
	return kept;
}

enum password_kept password_set(const char *name, const char *password,
	bool only_first)
{
	enum password_kept kept = PASSWORD_FAILED;
	int lock = lockfile_take(PATH_LOCK, true);
	char hash[SECRET_HASH];

	if (lock < 0)
		return kept;
	if (secret_hash(password, hash))
		kept = set_locked(name, hash, only_first);
	close(lock);
	return kept;
}
