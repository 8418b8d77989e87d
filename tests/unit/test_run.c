/* Programs that the installer runs, and what they print. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "program.h"
#include "run.h"

static struct trouble why;

static int shell(const char *script, const char *input)
{
	why.text[0] = '\0';
	return run((const char *[]){ "sh", "-c", script, NULL }, input, "it",
		&why);
}

static void fails(const char *script, const char *sentence)
{
	CHECK(shell(script, NULL) == -EIO);
	CHECK_STRING(sentence, why.text);
}

static void test_last_line(void)
{
	fails("echo one; echo two; exit 1", "it: two");
	fails("echo one; echo two >&2; exit 1", "it: two");
	fails("printf 'one\\ntwo'; exit 3", "it: two");
	fails("printf 'one\\n\\n \\t\\r\\n\\n'; exit 1", "it: one");
	fails("printf 'a\\033[2Jb\\377c'; exit 1", "it: a?[2Jb?c");
	fails("printf '\\n \\n'; exit 1", "it: sh");
	fails("exit 1", "it: sh");
	fails("kill -9 $$", "it: sh");
	fails("echo last words; kill -9 $$", "it: last words");
	/* Not taken for a program that is not there. */
	fails("echo one; exit 127", "it: one");
}

/* Whatever its length: it is cut, and so is its first character. */
static void test_long_line(void)
{
	int length;
	char script[80];

	for (length = 140; length < 180; length++) {
		snprintf(script, sizeof(script), "printf '%%0%dd' 7; exit 1",
			length);
		CHECK(shell(script, NULL) == -EIO);
		CHECK(!strncmp(why.text, "it: 000", 7));
		CHECK(strlen(why.text) <= 4 + 160);
	}
	fails("head -c 1000000 /dev/zero | tr '\\0' '\\n'; exit 1", "it: sh");
	CHECK(!shell("head -c 1000000 /dev/zero", NULL));
}

static void test_no_program(void)
{
	struct trouble none = { "" };

	CHECK(run((const char *[]){ "no-such-program", NULL }, NULL, "it",
		&none) == -EIO);
	CHECK_STRING("it: there is no no-such-program", none.text);
	none.text[0] = '\0';
	CHECK(run((const char *[]){ "/", NULL }, NULL, "it", &none) == -EIO);
	CHECK(none.text[0]);
	/* Nobody wants to know. */
	CHECK(run((const char *[]){ "no-such-program", NULL }, NULL, "it",
		NULL) == -EIO);
}

static void test_input(void)
{
	static char many[1 << 20];

	CHECK(!shell("[ \"$(cat)\" = 'one two' ]", "one two\n"));
	CHECK(!shell("[ -z \"$(cat)\" ]", NULL));
	CHECK(!shell("[ -z \"$(cat)\" ]", ""));
	memset(many, 'x', sizeof(many) - 1);
	CHECK(!shell("[ $(wc -c) = 1048575 ]", many));
	/* Who does not read it is not waited for. */
	CHECK(!shell("exit 0", many));
	CHECK(!why.text[0]);
}

/* No descriptor stays, neither here nor there. */
static void test_descriptors(void)
{
	int before = dup(0), after, i;

	/* Those that this program was given are not meant. */
	for (i = 3; i < 10; i++)
		fcntl(i, F_SETFD, FD_CLOEXEC);
	CHECK(before >= 0 && !close(before));
	CHECK(!shell("for i in 3 4 5 6 7 8 9; do "
		"[ ! -e /proc/$$/fd/$i ] || exit 1; done", "x"));
	shell("exit 1", "x");
	run((const char *[]){ "no-such-program", NULL }, "x", "it", NULL);
	after = dup(0);
	CHECK(after == before && !close(after));
}

static void test_said(void)
{
	size_t size;
	char *said = program_said("printf 'one\\0two'; exit 3", &size);

	CHECK(said && size == 7 && !memcmp(said, "one\0two", 8));
	free(said);
	said = program_said("true", &size);
	CHECK(said && !size && !*said);
	free(said);
	/* Around the room that it has at first, and the most. */
	said = program_said("head -c 16383 /dev/zero", &size);
	CHECK(said && size == 16383 && !said[16383]);
	free(said);
	said = program_said("head -c 16384 /dev/zero", &size);
	CHECK(said && size == 16384 && !said[16384]);
	free(said);
	said = program_said("head -c 16777215 /dev/zero", &size);
	CHECK(!said || size == 16777215);
	free(said);
	said = program_said("head -c 16777217 /dev/zero", &size);
	CHECK(!said);
}

int main(void)
{
	test_last_line();
	test_long_line();
	test_no_program();
	test_input();
	test_descriptors();
	test_said();
	return 0;
}
