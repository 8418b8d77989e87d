/* VMs' names and ids, MAC addresses of their adapters, and twins. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>

#include "id.h"
#include "name.h"
#include "nicmac.h"
#include "twins.h"

#define LETTERS10 "abcdefghij"
#define LETTERS60 LETTERS10 LETTERS10 LETTERS10 LETTERS10 LETTERS10 LETTERS10

static void test_good(void)
{
	static const char *const names[] = { "a", "9", "Web-1", "x_.y", "con",
		"a..b", LETTERS60 "abc" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		CHECK(name_good(names[i]));
	CHECK(name_same("Web", "wEB") && !name_same("web", "web1"));
}

static void refused(const char *name, size_t length, const char *sentence)
{
	struct trouble why = { "" };

	CHECK(name_check(name, length, &why) == -EINVAL);
	CHECK_STRING(sentence, why.text);
}

#define REFUSED(name, sentence) refused(name, sizeof(name) - 1, sentence)
#define HAS "; a VM's has A-Z, a-z, 0-9, '.', '_' and '-'"

static void test_bad(void)
{
	static char long_one[100000];

	memset(long_one, 'a', sizeof(long_one));
	REFUSED("", "a VM's name is not empty: it has 1 to 63 characters");
	REFUSED("../x", "the name \"../x\" has a '/'" HAS);
	REFUSED("..", "the name \"..\" begins with '.'; a VM's begins with a "
		"letter or a digit");
	REFUSED(".x", "the name \".x\" begins with '.'; a VM's begins with a "
		"letter or a digit");
	REFUSED("-hard", "the name \"-hard\" begins with '-'; a VM's begins "
		"with a letter or a digit");
	REFUSED("x.", "the name \"x.\" ends with a dot; a VM's does not");
	REFUSED("a\0b", "the name \"a?b\" has a byte 0x00" HAS);
	REFUSED("a\n", "the name \"a?\" has a byte 0x0a" HAS);
	REFUSED("\x1b[2J", "the name \"?[2J\" has a byte 0x1b" HAS);
	REFUSED("caf\xc3\xa9", "the name \"caf??\" has a byte 0xc3" HAS);
	REFUSED("a b", "the name \"a b\" has a ' '" HAS);
	REFUSED(LETTERS60 "abcd", "the name \"" LETTERS60 "abc...\" has 64 "
		"characters; a VM's has at most 63");
	refused(long_one, sizeof(long_one), "the name \"aaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\" has 100000 "
		"characters; a VM's has at most 63");
}

static void test_ids(void)
{
	static const char *const bad[] = { "", "f81d4fae",
		"f81d4fae-7dec-11d0-a765-00a0c91e6bf",
		"f81d4fae-7dec-11d0-a765-00a0c91e6bf61",
		"f81d4fae07dec-11d0-a765-00a0c91e6bf6",
		"g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
		"00000000-0000-0000-0000-000000000000",
		"{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}" };
	char text[ID_TEXT];
	struct id one, other;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(!id_read(bad[i], &one));
	CHECK(id_read("F81D4FAE-7dec-11d0-a765-00a0c91e6bf6", &one));
	id_print(&one, text);
	CHECK_STRING("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", text);
	CHECK(!id_make(&one) && !id_make(&other));
	CHECK(memcmp(&one, &other, sizeof(one)));
	id_print(&one, text);
	CHECK(text[14] == '4' && strchr("89ab", text[19]));
	CHECK(id_read(text, &other) && !memcmp(&one, &other, sizeof(one)));
}

static bool taken_so_often(void *context, const uint8_t mac[6])
{
	int *times = context;

	CHECK(mac[0] == 0x02 && mac[1] == 0x53 && mac[2] == 0x4f);
	return (*times)-- > 0;
}

static void test_macs(void)
{
	uint8_t one[6], other[6];
	int none = 0, again = 0, two = 2, many = 1 << 20;
	struct id id;

	CHECK(!id_make(&id));
	CHECK(!nicmac_make(&id, 0, taken_so_often, &none, one));
	CHECK(!nicmac_make(&id, 0, taken_so_often, &again, other));
	CHECK(!memcmp(one, other, 6));
	CHECK(!nicmac_make(&id, 0, taken_so_often, &two, other));
	CHECK(memcmp(one, other, 6));
	CHECK(nicmac_make(&id, 1, taken_so_often, &many, other) ==
		-EADDRINUSE);
}

static char told[200];

static void tell(void *context, const struct twin *twin,
	const struct twin *before)
{
	size_t used = strlen(told);

	(void)context;
	snprintf(told + used, sizeof(told) - used, "%s has %s's\n",
		twin->owner, before->owner);
}

static void test_twins(void)
{
	struct twin twins[] = { { { 2 }, "web" }, { { 1 }, "mail" },
		{ { 2 }, "copy" }, { { 0 }, "a" }, { { 2 }, "zebra" } };

	CHECK(twins_find(twins, 5, tell, NULL) == 2);
	CHECK_STRING("web has copy's\nzebra has copy's\n", told);
	CHECK(twins_find(NULL, 0, tell, NULL) == 0);
}

int main(void)
{
	test_good();
	test_bad();
	test_ids();
	test_macs();
	test_twins();
	return 0;
}
