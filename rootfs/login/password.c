/* Passwords of root and of administrators: rules, hashes, where they are. */
/* SPDX-License-Identifier: MIT */
#include "password.h"

#include "keys.h"
#include "lock.h"
#include "lockfile.h"
#include "paths.h"

#include <crypt.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-_"

enum { SECTION = 64 };

/* Characters of a UTF-8 string. */
static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

const char *password_refusal(const char *password)
{
	if (characters(password) < PASSWORD_LEAST)
		return "It is too short: at least 12 characters are needed.";
	if (strspn(password, (char[]){ password[0], 0 }) == strlen(password))
		return "It is one character repeated: choose a better one.";
	return NULL;
}

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

/* Puts hash into the settings file at path. 0 or -errno. */
static int store(const char *path, const char *section, const char *hash)
{
	struct conf *conf = conf_read(path, host_kinds, NULL, NULL);
	int result;

	if (!conf && errno == ENOENT)
		conf = conf_new(host_kinds);
	if (!conf)
		return -errno;
	result = conf_set(conf, section, "password", &hash, 1, NULL, NULL);
	if (!result)
		result = conf_write(conf, path);
	conf_free(conf);
	return result;
}

/* The config volume is there when its folder is a mount point. */
static bool config_mounted(void)
{
	struct stat folder, parent;

	return !stat(PATH_CONFIG, &folder) && !stat(PATH_CONFIG "/..", &parent)
		&& folder.st_dev != parent.st_dev;
}

/*
 * Keeps hash on the config volume. A host without settings of its own gets
 * those in effect, else its next start would fall back to defaults.
 */
static int keep(const char *section, const char *hash)
{
	struct conf *conf;
	int result;

	if (!access(PATH_CONFIG_SETTINGS, F_OK))
		return store(PATH_CONFIG_SETTINGS, section, hash);
	conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	if (!conf)
		return -errno;
	result = conf_write(conf, PATH_CONFIG_SETTINGS);
	conf_free(conf);
	return result;
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
	int result;

	if (only_first && password_any())
		return PASSWORD_TAKEN;
	if (!has_account(section))
		return PASSWORD_NOBODY;
	result = store(PATH_SETTINGS, section, hash);
	if (result) {
		errno = -result;
		return PASSWORD_FAILED;
	}
	if (!config_mounted())
		return PASSWORD_FORGOTTEN;
	result = keep(section, hash);
	errno = -result;
	return result ? PASSWORD_UNSAVED : PASSWORD_KEPT;
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
	struct crypt_data data = { 0 };
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	enum password_kept kept = PASSWORD_FAILED;
	int lock = lockfile_take(PATH_LOCK, true);
	const char *hash;

	if (lock < 0)
		return kept;
	if (crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof(setting))) {
		hash = crypt_r(password, setting, &data);
		if (hash && hash[0] != '*')
			kept = set_locked(name, hash, only_first);
	}
	explicit_bzero(&data, sizeof(data));
	close(lock);
	return kept;
}
