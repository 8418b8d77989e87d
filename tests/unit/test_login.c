/* Login's rules: which passwords, how they are kept, when it locks. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "failures.h"
#include "keep_paths.h"
#include "password.h"
#include "secret.h"
#include "paths.h"

#include <errno.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static void test_refusals(void)
{
	CHECK(secret_refusal("") && secret_refusal("eleven-char"));
	CHECK(secret_refusal("aaaaaaaaaaaaaaaa"));
	CHECK(!secret_refusal("twelve-chars"));
	/* Eleven characters of two bytes are still eleven. */
	CHECK(secret_refusal("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6"
		"\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6"));
}

static void test_setting(void)
{
	char hash[400];

	unlink(PATH_SETTINGS);
	CHECK(!password_hash("root", hash, sizeof(hash)));
	CHECK(password_set("root", "correct horse", true) == PASSWORD_FORGOTTEN);
	CHECK(password_hash("root", hash, sizeof(hash)));
	CHECK(!strncmp(hash, "$y$", 3));
	CHECK(password_matches("correct horse", hash));
	CHECK(!password_matches("correct horsf", hash));
	CHECK(!password_matches("", hash));
	CHECK(password_set("root", "another horse", true) == PASSWORD_TAKEN);
	CHECK(password_set("root", "another horse", false) == PASSWORD_FORGOTTEN);
	CHECK(password_hash("root", hash, sizeof(hash)));
	CHECK(password_matches("another horse", hash));
	/* sha512crypt made elsewhere, and what is no hash at all. */
	CHECK(password_matches("Hello world!", "$6$saltstring$svn8UoSVapNtMuq1"
		"ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBF"
		"dcbYEdFCoEOfaS35inz1"));
	CHECK(!password_matches("Hello world!", "*"));
	CHECK(!password_matches("Hello world!", ""));
}

static void test_administrators(void)
{
	FILE *file = fopen(PATH_SETTINGS, "w");
	char hash[400];

	CHECK(file && fputs("[admin ann]\n[admin bob]\n", file) >= 0);
	CHECK(!fclose(file));
	CHECK(!password_any() && !password_is("ann", ""));
	CHECK(password_set("eve", "correct horse", false) == PASSWORD_NOBODY);
	CHECK(password_set("a b", "correct horse", false) == PASSWORD_NOBODY);
	CHECK(password_set("", "correct horse", false) == PASSWORD_NOBODY);
	CHECK(password_set("ann", "correct horse", false) ==
		PASSWORD_FORGOTTEN);
	CHECK(password_any());
	CHECK(!password_hash("root", hash, sizeof(hash)));
	CHECK(!password_hash("bob", hash, sizeof(hash)));
	CHECK(password_set("root", "another horse", true) == PASSWORD_TAKEN);
	CHECK(password_is("ann", "correct horse"));
	CHECK(!password_is("ann", "another horse"));
	CHECK(!password_is("bob", "correct horse"));
	CHECK(!password_is("root", "correct horse"));
	CHECK(!password_is("eve", "correct horse"));
	CHECK(!password_is("ann]\n[login", "correct horse"));
	unlink(PATH_SETTINGS);
}

/* The settings that were imported have passwords of their own. */
static void test_replaced(void)
{
	FILE *file = fopen(PATH_REPLACED, "w");
	char hash[400];

	CHECK(file && !fclose(file));
	unlink(PATH_SETTINGS);
	CHECK(password_set("root", "correct horse", true) == PASSWORD_REPLACED);
	CHECK(!password_hash("root", hash, sizeof(hash)));
	CHECK(password_set("eve", "correct horse", false) == PASSWORD_NOBODY);
	CHECK(!unlink(PATH_REPLACED));
}

/* /proc is a mount point where no file can be made: set, but not kept. */
static void test_unwritable_volume(void)
{
	char hash[400];

	unlink(PATH_SETTINGS);
	unlink(PATH_CONFIG);
	CHECK(!symlink("/proc", PATH_CONFIG));
	CHECK(password_set("root", "correct horse", true) == PASSWORD_UNSAVED && errno);
	CHECK(password_hash("root", hash, sizeof(hash)));
	CHECK(password_matches("correct horse", hash));
	CHECK(!unlink(PATH_CONFIG));
}

/* The file as after a lock that began seconds ago. */
static void lock_since(int64_t seconds)
{
	struct timespec now;
	int64_t state[2] = { FAILURES_MOST, 0 };
	FILE *file = fopen(PATH_FAILURES, "w");

	clock_gettime(CLOCK_BOOTTIME, &now);
	state[1] = now.tv_sec - seconds;
	CHECK(file && fwrite(state, sizeof(state), 1, file) == 1);
	CHECK(!fclose(file));
}

static void test_failures(void)
{
	int i;

	failures_clear();
	for (i = 0; i < FAILURES_MOST; i++)
		CHECK(failures_take() == 0);
	for (i = 0; i < 3; i++)
		CHECK(failures_take() >= FAILURES_LOCK - 1);
	failures_clear();
	CHECK(failures_take() == 0);
	/* Trying does not extend the lock; it ends by itself. */
	lock_since(FAILURES_LOCK - 100);
	CHECK(failures_take() <= 100 && failures_take() >= 98);
	lock_since(FAILURES_LOCK);
	for (i = 0; i < FAILURES_MOST; i++)
		CHECK(failures_take() == 0);
	CHECK(failures_take() > 0);
	failures_clear();
}

int main(void)
{
	test_refusals();
	test_setting();
	test_administrators();
	test_replaced();
	test_unwritable_volume();
	test_failures();
	return 0;
}
