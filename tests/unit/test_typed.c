/* The menu's commands as they are typed and shown. */
/* SPDX-License-Identifier: MIT */
#include "fake_terminal.h"

#include "rootfs/vmms/line.h"
#include "typed.h"

static struct typed typed;

static void table(const char *words, const char *subject, const char *of)
{
	typed_clear(&typed);
	typed_table(&typed, words, subject, of);
}

static void expect(const char *expected)
{
	char line[TYPED_LINE];

	typed_print(&typed, line, sizeof(line));
	CHECK_STRING(expected, line);
}

static void test_tables(void)
{
	table("  disk remove  % @", "scsi0:1", "web");
	CHECK(typed.count == 4);
	expect("vm disk remove web scsi0:1");
	table("host set 'admin @' key=", "ann", NULL);
	CHECK(typed.count == 4);
	CHECK_STRING("admin ann", typed_word(&typed, 2));
	expect("vm host set \"admin ann\" key=");
	/* What stands for @ is one word, whatever is in it. */
	table("show @", "a b' @ % --hard", NULL);
	CHECK(typed.count == 2);
	expect("vm show \"a b' @ % --hard\"");
	table("", NULL, NULL);
	expect("vm");
}

static void test_quotes(void)
{
	table("set @", "web", NULL);
	typed_join(&typed, "notes=", "the \"shop\" $HOME `x` \\");
	typed_join(&typed, "start=", "");
	typed_join(&typed, "k\xc3\xa4y=", "a b");
	typed_add(&typed, "");
	expect("vm set web notes=\"the \\\"shop\\\" \\$HOME \\`x\\` \\\\\" start="
		" \"k\xc3\xa4y=a b\" \"\"");
}

static void test_too_much(void)
{
	char why[LINE_SENTENCE], word[2000];
	struct words words;
	int i;

	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	table("show @", "web", NULL);
	for (i = 0; i < 100; i++)
		typed_add(&typed, word);
	CHECK(typed.failed && typed.count <= TYPED_WORDS);
	CHECK(!typed_read(&typed, &words, why));
	words_exit(&words);
	table("show @", "web", NULL);
	for (i = 0; i < 100; i++)
		typed_add(&typed, "x");
	CHECK(typed.failed && !typed_read(&typed, &words, why));
	words_exit(&words);
	/* A line that is too long is cut. */
	table("show @", word, NULL);
	typed_add(&typed, word);
	char line[64];

	typed_print(&typed, line, sizeof(line));
	CHECK(strlen(line) == sizeof(line) - 1);
}

static void test_reading(void)
{
	char why[LINE_SENTENCE];
	struct words words;

	table("stop @ --hard", "web", NULL);
	CHECK(typed_read(&typed, &words, why));
	CHECK_STRING("stop", words.verb->name);
	CHECK_STRING("web", json_string_value(json_object_get(words.args,
		"name")));
	words_exit(&words);
	table("explode @", "web", NULL);
	CHECK(!typed_read(&typed, &words, why) && strstr(why, "explode"));
	words_exit(&words);
}

int main(void)
{
	test_tables();
	test_quotes();
	test_too_much();
	test_reading();
	return 0;
}
