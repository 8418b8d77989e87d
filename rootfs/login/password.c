/* Root's password: rules, hash, and where it is kept. */
/* SPDX-License-Identifier: MIT */
#include "password.h"

#include "keys.h"
#include "paths.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

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

bool password_hash(char *hash, size_t size)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	const char *value =
		conf ? conf_value(conf, "login", "password", 0) : NULL;
	bool set = value && strlen(value) < size;

	if (set)
		strcpy(hash, value);
	conf_free(conf);
	return set;
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

/* Puts hash into the settings file at path. 0 or -errno. */
static int store(const char *path, const char *hash)
{
	struct conf *conf = conf_read(path, host_kinds, NULL, NULL);
	int result;

	if (!conf && errno == ENOENT)
		conf = conf_new(host_kinds);
	if (!conf)
		return -errno;
	result = conf_set(conf, "login", "password", &hash, 1, NULL, NULL);
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
static int keep(const char *hash)
{
	struct conf *conf;
	int result;

	if (!access(PATH_CONFIG_SETTINGS, F_OK))
		return store(PATH_CONFIG_SETTINGS, hash);
	conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	if (!conf)
		return -errno;
	result = conf_write(conf, PATH_CONFIG_SETTINGS);
	conf_free(conf);
	return result;
}

static enum password_kept set_hash(const char *hash, bool only_first)
{
	char present[CRYPT_OUTPUT_SIZE];
	int result;

	if (only_first && password_hash(present, sizeof(present)))
		return PASSWORD_TAKEN;
	result = store(PATH_SETTINGS, hash);
	if (result) {
		errno = -result;
		return PASSWORD_FAILED;
	}
	if (!config_mounted())
		return PASSWORD_FORGOTTEN;
	result = keep(hash);
	errno = -result;
	return result ? PASSWORD_UNSAVED : PASSWORD_KEPT;
}

enum password_kept password_set(const char *password, bool only_first)
{
	struct crypt_data data = { 0 };
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	enum password_kept kept = PASSWORD_FAILED;
	int lock = open(PATH_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	const char *hash;

	if (lock < 0)
		return kept;
	if (!flock(lock, LOCK_EX) &&
		crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof(setting))) {
		hash = crypt_r(password, setting, &data);
		if (hash && hash[0] != '*')
			kept = set_hash(hash, only_first);
	}
	explicit_bzero(&data, sizeof(data));
	close(lock);
	return kept;
}
