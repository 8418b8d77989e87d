/* The settings library: reading, checking, changing, writing. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "conf.h"
#include "keys.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char problems[8192];

static void note(void *context, int line, const char *text)
{
	size_t used = strlen(problems);

	(void)context;
	snprintf(problems + used, sizeof(problems) - used, "%d: %s\n", line,
		text);
}

static void put(const char *text, size_t size)
{
	FILE *file = fopen("conf", "w");

	CHECK(file && fwrite(text, 1, size, file) == size);
	CHECK(!fclose(file));
}

static struct conf *read_bytes(const char *text, size_t size)
{
	struct conf *conf;

	put(text, size);
	problems[0] = '\0';
	conf = conf_read("conf", host_kinds, note, NULL);
	CHECK(conf);
	return conf;
}

static struct conf *read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

/* The file's content, in a static buffer. */
static const char *content(void)
{
	static char text[8192];
	FILE *file = fopen("conf", "r");

	CHECK(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void test_good(void)
{
	struct conf *conf = read_text("\xef\xbb\xbf# first\r\n[host]\r\n"
		"  name=a-1 \t\n\n[dns]\nserver = 1.1.1.1\nserver=2001:db8::1\n"
		"[ nic  52:54:00:AB:CD:ef ]\nvlan = 10\n[dns]\nsearch = a.b");

	CHECK_STRING("", problems);
	CHECK_STRING("a-1", conf_value(conf, "host", "name", 0));
	CHECK(!conf_value(conf, "host", "name", 1));
	CHECK_STRING("1.1.1.1", conf_value(conf, "dns", "server", 0));
	CHECK_STRING("2001:db8::1", conf_value(conf, "dns", "server", 1));
	CHECK_STRING("a.b", conf_value(conf, "dns", "search", 0));
	CHECK_STRING("10",
		conf_value(conf, "nic 52:54:00:AB:CD:EF", "vlan", 0));
	CHECK_STRING("nic 52:54:00:ab:cd:ef", conf_section(conf, "nic", 0));
	CHECK(!conf_section(conf, "nic", 1));
	CHECK_STRING("dns", conf_section(conf, NULL, 1));
	CHECK(!conf_section(conf, NULL, 3));
	conf_free(conf);
}

static void test_bad_lines(void)
{
	struct conf *conf = read_text("name = x\n[host]\nname = -x\n"
		"name = good\nname = again\ncolour = red\nnonsense\n[nic]\n"
		"vlan = 1\n[host x]\n[cloud]\n[host\n[login]\nkey = rubbish\n"
		"password = plain\n[time]\nntp = a b\nntp = \n");

	CHECK_STRING("1: stands before the first [section]\n"
		"3: [host] name: \"-x\" is not a host name (letters, digits, "
		"hyphens; at most 63)\n"
		"5: [host] name stands twice; the first one counts\n"
		"6: [host] has no key \"colour\"\n"
		"7: not a section, a comment or \"key = value\"\n"
		"8: section [nic]: nic takes a MAC address such as "
		"52:54:00:12:34:56\n"
		"10: section [host x]: host takes no argument\n"
		"11: unknown section [cloud]\n"
		"12: a section header ends with ]\n"
		"14: [login] key: \"rubbish\" is not an OpenSSH public key "
		"(ed25519, ecdsa or rsa)\n"
		"15: [login] password is not a hash that begins "
		"with $y$ or $6$\n"
		"17: [time] ntp: \"a b\" is not a host name or address\n"
		"18: [time] ntp: \"\" is not a host name or address\n",
		problems);
	CHECK_STRING("good", conf_value(conf, "host", "name", 0));
	conf_free(conf);
}

static void test_bad_bytes(void)
{
	static char large[CONF_FILE_MAX + 1];
	struct conf *conf = read_bytes("[host]\nname = a\0b\n\xff\n", 19);

	CHECK_STRING("2: not text in UTF-8\n3: not text in UTF-8\n", problems);
	conf_free(conf);
	memset(large, '#', sizeof(large));
	conf = read_bytes(large, CONF_LINE_MAX + 1);
	CHECK_STRING("1: longer than 4096 bytes\n", problems);
	conf_free(conf);
	conf = read_bytes(large, CONF_FILE_MAX);
	conf_free(conf);
	put(large, CONF_FILE_MAX + 1);
	CHECK(!conf_read("conf", host_kinds, note, NULL) && errno == EFBIG);
	CHECK(!conf_read("/", host_kinds, note, NULL) && errno == EINVAL);
	CHECK(!conf_read("missing", host_kinds, note, NULL));
	CHECK(errno == ENOENT);
	conf = read_text("");
	CHECK(!conf_section(conf, NULL, 0));
	conf_free(conf);
}

/* Whether value is good for key, by way of conf_set(). */
static int good(const char *section, const char *key, const char *value)
{
	struct conf *conf = conf_new(host_kinds);
	int result;

	CHECK(conf);
	result = conf_set(conf, section, key, &value, 1, NULL, NULL);
	CHECK(result == 0 || result == -EINVAL);
	conf_free(conf);
	return !result;
}

static void test_values(void)
{
	const char *nic = "nic 52:54:00:12:34:56";

	CHECK(good("host", "name", "a.b-c.9") && !good("host", "name", "a..b"));
	CHECK(!good("host", "name", "a_b") && !good("host", "name", "b-"));
	CHECK(!good("host", "name", "a b") && !good("host", "name", ""));
	CHECK(good("host", "timezone", "America/Port-au-Prince"));
	CHECK(!good("host", "timezone", "../etc/shadow"));
	CHECK(!good("host", "timezone", "/etc/passwd"));
	CHECK(good("host", "keyboard", "be") && good("host", "keyboard", "ch"));
	CHECK(good("host", "keyboard", "ch-fr") && good("host", "keyboard",
		"us-intl"));
	CHECK(!good("host", "keyboard", "") && !good("host", "keyboard", "c"));
	CHECK(!good("host", "keyboard", "Belgium"));
	CHECK(!good("host", "keyboard", "../us"));
	CHECK(good("host", "storage", "/mnt/disks/a_1"));
	CHECK(!good("host", "storage", "mnt") && !good("host", "storage", "/"));
	CHECK(!good("host", "storage", "/mnt/"));
	CHECK(!good("host", "storage", "//mnt"));
	CHECK(!good("host", "storage", "/mnt/../etc"));
	CHECK(!good("host", "storage", "/mnt/a b"));
	CHECK(good("volume 1-data", "uuid", "0e1f2A3b-4c5d-6e7f-8091-"
		"a2b3c4d5e6f7"));
	CHECK(!good("volume data", "uuid", "0e1f2a3b-4c5d-6e7f-8091-"
		"a2b3c4d5e6f"));
	CHECK(!good("volume data", "uuid", "0e1f2a3b04c5d-6e7f-8091-"
		"a2b3c4d5e6f7"));
	CHECK(!good("volume -data", "uuid", "0e1f2a3b-4c5d-6e7f-8091-"
		"a2b3c4d5e6f7"));
	CHECK(!good("volume ../data", "uuid", "0e1f2a3b-4c5d-6e7f-8091-"
		"a2b3c4d5e6f7"));
	CHECK(good("admin ann-2_x", "password", "$6$0123456789$abcdefgh"));
	CHECK(!good("admin ann", "password", "plain"));
	CHECK(!good("admin root", "password", "$6$0123456789$abcdefgh"));
	CHECK(!good("admin 1ann", "password", "$6$0123456789$abcdefgh"));
	CHECK(!good("admin a:b", "password", "$6$0123456789$abcdefgh"));
	CHECK(!good("admin", "password", "$6$0123456789$abcdefgh"));
	CHECK(good(nic, "address", "10.0.0.1/8"));
	CHECK(good(nic, "address", "dhcp") && good(nic, "address", "none"));
	CHECK(!good(nic, "address", "10.0.0.1"));
	CHECK(!good(nic, "address", "10.0.0.1/33"));
	CHECK(!good(nic, "address", "10.0.0.1/0"));
	CHECK(!good(nic, "address", "10.0.0.1/08"));
	CHECK(!good(nic, "address", "10.0.0.256/8"));
	CHECK(good(nic, "address6", "2001:db8::1/64"));
	CHECK(!good(nic, "address6", "10.0.0.1/8"));
	CHECK(good(nic, "vlan", "1") && good(nic, "vlan", "4094"));
	CHECK(!good(nic, "vlan", "0") && !good(nic, "vlan", "4095"));
	CHECK(!good(nic, "vlan", "99999999999999999999"));
	CHECK(!good(nic, "vlan", "-1") && !good(nic, "vlan", "1 2"));
	CHECK(good(nic, "vlan", " 1\t"));
	CHECK(good(nic, "mtu", "9000") && !good(nic, "mtu", "500"));
	CHECK(!good("nic 53:54:00:12:34:56", "vlan", "1"));
	CHECK(!good("nic 52:54:00:12:34", "vlan", "1"));
	CHECK(!good("nic 00:00:00:00:00:00", "vlan", "1"));
	CHECK(good("bond bond0", "mode", "lacp"));
	CHECK(!good("bond bond0", "mode", "fast"));
	CHECK(!good("bond bond100", "mode", "lacp"));
	CHECK(!good("bond eth0", "mode", "lacp"));
	CHECK(good("bond bond0", "nics",
		"52:54:00:00:00:01 52:54:00:00:00:02"));
	CHECK(!good("bond bond0", "nics", "52:54:00:00:00:01"));
	CHECK(!good("bond bond0", "nics",
		"52:54:00:00:00:0a 52:54:00:00:00:0A"));
	CHECK(good("login", "password", "$6$salt$abcdefghijklmnopqrstuv"));
	CHECK(!good("login", "password", "$1$salt$abcdefghijklmnopqrstuv"));
	CHECK(!good("login", "password", "$6$s:lt$abcdefghijklmnopqrstuv"));
	CHECK(good("login", "key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFW"
		"IGldqdRTlX1dZ1CPHtlrmd1bI8uIJPBuJhHZHZHZH me@here"));
	CHECK(!good("login", "key", "command=\"x\" ssh-ed25519 AAAA"));
}

static void test_change(void)
{
	static const char *const servers[] = { "9.9.9.9", "8.8.8.8" };
	static const char *const name[] = { "new" };
	static const char *const vlan[] = { "7" };
	struct conf *conf = read_text("# top\n[dns]\nserver = 1.1.1.1\n# mid\n"
		"server = 2.2.2.2\nodd line\n[cloud]\nx = y\n");

	CHECK(!conf_set(conf, "dns", "server", servers, 2, NULL, NULL));
	CHECK(!conf_set(conf, "host", "name", name, 1, NULL, NULL));
	CHECK(conf_set(conf, "NIC 52:54:00:00:00:0A", "vlan", vlan, 1, NULL,
		NULL) == -EINVAL);
	CHECK(!conf_set(conf, "nic 52:54:00:00:00:0A", "vlan", vlan, 1, NULL,
		NULL));
	CHECK(conf_set(conf, "host", "name", servers, 2, NULL, NULL) ==
		-EINVAL);
	CHECK(!conf_write(conf, "conf"));
	CHECK_STRING("# top\n[dns]\nserver = 9.9.9.9\nserver = 8.8.8.8\n"
		"# mid\nodd line\n[cloud]\nx = y\n\n[host]\nname = new\n\n"
		"[nic 52:54:00:00:00:0a]\nvlan = 7\n", content());
	CHECK(!conf_unset(conf, "dns", "server"));
	CHECK(conf_unset(conf, "dns", "server") == -ENOENT);
	CHECK(!conf_unset(conf, "host", NULL));
	CHECK(conf_unset(conf, "host", NULL) == -ENOENT);
	CHECK(!conf_write(conf, "conf"));
	CHECK_STRING("# top\n[dns]\n# mid\nodd line\n[cloud]\nx = y\n\n"
		"[nic 52:54:00:00:00:0a]\nvlan = 7\n", content());
	conf_free(conf);
}

/* What had no effect must not get one when something else goes. */
static void test_unset(void)
{
	struct conf *conf = read_text("[host]\nname = one\nname = two\n"
		"timezone = UTC\ntimezone = Etc/UTC\n[dns]\nserver = ::1\n"
		"bad\n[cloud]\nx = y\n[dns]\nsearch = a\n\n# logins\n"
		"[login]\n");

	CHECK(!conf_unset(conf, "host", "name"));
	CHECK(!conf_value(conf, "host", "name", 0));
	CHECK_STRING("UTC", conf_value(conf, "host", "timezone", 0));
	CHECK(!conf_value(conf, "host", "timezone", 1));
	CHECK(!conf_unset(conf, "DNS", NULL));
	CHECK(!conf_write(conf, "conf"));
	CHECK_STRING("[host]\ntimezone = UTC\ntimezone = Etc/UTC\n[cloud]\n"
		"x = y\n# logins\n[login]\n", content());
	conf_free(conf);
}

/* One key is changed beside others, a section is made anew. */
static void test_copy(void)
{
	struct conf *from = read_text("[dns]\nserver = ::1\nserver = ::2\n"
		"[host]\nname = one\n");
	struct conf *to = read_text("[dns]\n# mine\nsearch = a\n[host]\n"
		"# mine\nname = two\ntimezone = UTC\n");

	CHECK(!conf_copy(from, to, "host", "name"));
	CHECK(!conf_copy(from, to, "host", "timezone"));
	CHECK(!conf_copy(from, to, "dns", NULL));
	CHECK(!conf_copy(from, to, "login", NULL));
	CHECK(!conf_write(to, "conf"));
	CHECK_STRING("[host]\n# mine\nname = one\n\n[dns]\nserver = ::1\n"
		"server = ::2\n", content());
	CHECK(!conf_copy(from, to, "login", "password"));
	CHECK(!conf_copy(to, from, "login", NULL));
	conf_free(from);
	conf_free(to);
}

/* What is unknown may be right some day; what is wrong is not. */
static void test_complaints(void)
{
	static const char text[] = "[host]\ncolour = red\nname = -\n"
		"name = a\nname = b\n[cloud]\nx = y\n[nic 1]\nodd\n";
	const char *name = "c";
	struct conf *conf = conf_parse(text, strlen(text), host_kinds, NULL,
		NULL);

	CHECK(conf);
	problems[0] = '\0';
	CHECK(conf_complaints(conf, false, note, NULL) == 3);
	CHECK_STRING("2: [host] has no key \"colour\"\n"
		"5: [host] name stands twice; the first one counts\n"
		"6: unknown section [cloud]\n", problems);
	problems[0] = '\0';
	CHECK(conf_complaints(conf, true, note, NULL) == 2);
	CHECK_STRING("3: [host] name: \"-\" is not a host name (letters, "
		"digits, hyphens; at most 63)\n"
		"8: section [nic 1]: nic takes a MAC address such as "
		"52:54:00:12:34:56\n", problems);
	CHECK(!conf_set(conf, "host", "name", &name, 1, NULL, NULL));
	CHECK(conf_complaints(conf, true, NULL, NULL) == 1);
	CHECK(conf_complaints(conf, false, NULL, NULL) == 2);
	conf_free(conf);
}

static void prints(const char *text, const char *expected)
{
	char copy[64];

	strcpy(copy, text);
	conf_printable(copy);
	CHECK_STRING(expected, copy);
}

static void test_printable(void)
{
	struct conf *conf = conf_new(host_kinds);
	const char *name = "\x1b[2J\xc3";

	prints("", "");
	prints("a\tb\n\x7f", "a?b??");
	prints("\xc3\xa9\xe2\x82", "\xc3\xa9??");
	prints("\xff\xf0\x9f\x98\x80z", "?\xf0\x9f\x98\x80z");
	problems[0] = '\0';
	CHECK(conf && conf_set(conf, "host", "name", &name, 1, note, NULL) ==
		-EINVAL);
	CHECK_STRING("0: [host] name: \"?[2J?\" is not a host name (letters, "
		"digits, hyphens; at most 63)\n", problems);
	conf_free(conf);
}

static void test_text(void)
{
	static const char text[] = "\n# top\r\n[host]\nname=a\nodd line";
	struct conf *conf = conf_parse(text, strlen(text), host_kinds, NULL,
		NULL);
	size_t size;
	char *written;

	CHECK(conf);
	written = conf_text(conf, &size);
	CHECK_STRING("\n# top\n[host]\nname=a\nodd line\n", written);
	CHECK(size == strlen(written));
	free(written);
	conf_free(conf);
	conf = conf_parse("", 0, host_kinds, NULL, NULL);
	CHECK(conf);
	written = conf_text(conf, &size);
	CHECK_STRING("", written);
	CHECK(!size);
	free(written);
	conf_free(conf);
	CHECK(!conf_parse(text, CONF_FILE_MAX + 1, host_kinds, NULL, NULL));
	CHECK(errno == EFBIG);
}

/* UTF-8 has one form for each character; no terminal sees another. */
static void test_utf8(void)
{
	static const char *const bad[] = { "\xc1\x81", "\xe0\x80\x80",
		"\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xe2\x82", "\x80", "\x1b[2J", "\x7f" };
	char text[32];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), "# %s", bad[i]);
		conf_free(read_text(text));
		CHECK_STRING("1: not text in UTF-8\n", problems);
	}
	conf_free(read_text("# \xc3\xa4 \xe2\x82\xac \xed\x9f\xbf "
		"\xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf\t\n"));
	CHECK_STRING("", problems);
}

static void test_zones(void)
{
	FILE *file;

	CHECK(good_zone_in("no-folder", "Mars/Olympus"));
	CHECK(!good_zone_in("no-folder", "../etc/shadow"));
	CHECK(!good_zone_in("no-folder", "") && !good_zone_in("zones", ""));
	CHECK(!mkdir("zones", 0700) || errno == EEXIST);
	CHECK(!mkdir("zones/Land", 0700) || errno == EEXIST);
	file = fopen("zones/Land/Town", "w");
	CHECK(file && fputs("TZif2", file) >= 0 && !fclose(file));
	file = fopen("zones/readme", "w");
	CHECK(file && fputs("text", file) >= 0 && !fclose(file));
	CHECK(good_zone_in("zones", "Land/Town"));
	CHECK(!good_zone_in("zones", "Land"));
	CHECK(!good_zone_in("zones", "Land/"));
	CHECK(!good_zone_in("zones", "readme"));
	CHECK(!good_zone_in("zones", "Mars/Olympus"));
}

static void ignore(void *context, int line, const char *text)
{
	(void)context;
	(void)line;
	(void)text;
}

/* The worst a file may hold takes seconds, not minutes; more is refused. */
static void test_many(void)
{
	static char text[CONF_FILE_MAX];
	static const char *const name[] = { "a" };
	size_t used = 0;
	struct conf *conf;
	clock_t start = clock();
	int i;

	for (i = 0; i < CONF_LINES_MAX; i++)
		used += sprintf(text + used, "[nic 52:54:00:00:%02x:%02x]\n",
			i >> 8, i & 255);
	conf = read_bytes(text, used);
	CHECK_STRING("", problems);
	CHECK(host_check(conf, ignore, NULL) == 0);
	for (i = 0; conf_section(conf, NULL, i); i++)
		;
	CHECK(i == CONF_LINES_MAX);
	CHECK(!conf_set(conf, "host", "name", name, 1, NULL, NULL));
	CHECK(conf_write(conf, "conf") == -EFBIG);
	conf_free(conf);
	CHECK((clock() - start) / CLOCKS_PER_SEC < 20);
	text[used++] = '\n';
	put(text, used);
	CHECK(!conf_read("conf", host_kinds, ignore, NULL) && errno == EFBIG);
	memset(text, '#', sizeof(text));
	conf = read_bytes(text, sizeof(text));
	CHECK(conf_write(conf, "conf") == -EFBIG);
	conf_free(conf);
}

/* A write that fails leaves the old file and nothing else. */
static void test_write_failure(void)
{
	static const char *const name[] = { "new" };
	struct rlimit none = { 0, RLIM_INFINITY }, before;
	struct conf *conf = read_text("[host]\nname = old\n");
	struct stat status;

	CHECK(!conf_set(conf, "host", "name", name, 1, NULL, NULL));
	CHECK(!getrlimit(RLIMIT_FSIZE, &before));
	signal(SIGXFSZ, SIG_IGN);
	CHECK(!setrlimit(RLIMIT_FSIZE, &none));
	CHECK(conf_write(conf, "conf") == -EFBIG);
	CHECK(!setrlimit(RLIMIT_FSIZE, &before));
	CHECK_STRING("[host]\nname = old\n", content());
	CHECK(system("ls conf.* 2> /dev/null") != 0);
	CHECK(conf_write(conf, "no/such/folder") == -ENOENT);
	CHECK(!conf_write(conf, "conf"));
	CHECK(!stat("conf", &status) && (status.st_mode & 0777) == 0600);
	conf_free(conf);
}

static void test_cross_checks(void)
{
	struct conf *conf = read_text("[nic 52:54:00:00:00:01]\n"
		"gateway = 10.0.0.1\n[bond bond0]\nnics = 52:54:00:00:00:01 "
		"52:54:00:00:00:02\n[bond bond1]\nnics = 52:54:00:00:00:02 "
		"52:54:00:00:00:03\n[bond bond2]\nmode = lacp\n");

	CHECK_STRING("", problems);
	CHECK(host_check(conf, note, NULL) == 4);
	CHECK_STRING("2: [nic 52:54:00:00:00:01] gateway: has no effect "
		"without an address/prefix\n"
		"4: [bond bond0] nics: 52:54:00:00:00:01 has a [nic] section "
		"too\n"
		"6: [bond bond1] nics: 52:54:00:00:00:02 is in [bond bond0] "
		"too\n"
		"7: [bond bond2] nics is missing\n", problems);
	conf_free(conf);
}

static void test_volumes(void)
{
	struct conf *conf = read_text("[volume a]\n"
		"uuid = 0e1f2a3b-4c5d-6e7f-8091-a2b3c4d5e6f7\n[volume b]\n"
		"uuid = 0E1F2a3b-4c5d-6e7f-8091-a2b3c4d5e6f7\n[volume c]\n");

	CHECK_STRING("", problems);
	CHECK(host_check(conf, note, NULL) == 2);
	CHECK_STRING("4: [volume b] uuid: is that of [volume a], too\n"
		"5: [volume c] uuid is missing\n", problems);
	conf_free(conf);
}

int main(void)
{
	test_good();
	test_bad_lines();
	test_bad_bytes();
	test_values();
	test_change();
	test_unset();
	test_copy();
	test_complaints();
	test_printable();
	test_text();
	test_utf8();
	test_zones();
	test_many();
	test_write_failure();
	test_cross_checks();
	test_volumes();
	return 0;
}
