/* Copies of the settings: which one counts, and where changes go. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keep.h"
#include "kept.h"
#include "keys.h"

#define HERE "volumes/one/.socle/socle.conf"
#define THERE "volumes/two/.socle/socle.conf"

static const char *const host = "host";

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CHECK(file && fputs(text, file) >= 0 && !fclose(file));
}

static struct conf *settings(const char *name)
{
	struct conf *conf = conf_new(host_kinds);

	CHECK(conf && !conf_set(conf, "host", "name", &name, 1, NULL, NULL));
	return conf;
}

static void put_kept(const char *path, const char *name, int64_t number,
	const char *owner)
{
	struct conf *conf = settings(name);
	struct kept kept = { number, "" };

	snprintf(kept.host, sizeof(kept.host), "%s", owner);
	CHECK(!kept_write(conf, path, &kept));
	conf_free(conf);
}

static void check_name(const char *path, const char *name)
{
	struct conf *conf = conf_read(path, host_kinds, NULL, NULL);

	CHECK(conf);
	CHECK_STRING(name, conf_value(conf, "host", "name", 0));
	conf_free(conf);
}

static int64_t number(const char *path)
{
	struct kept kept;

	kept_read(path, &kept);
	return kept.number;
}

#define OURS "0123456789ab"
#define THEIRS "ba9876543210"

static void test_line(void)
{
	char text[256];
	FILE *file;
	size_t size, i;

	put_kept("a", "seven", 17, OURS);
	CHECK(number("a") == 17);
	file = fopen("a", "r");
	size = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[size] = '\0';
	CHECK(strstr(text, "[host]\nname = seven\n# kept 17 " OURS " "));
	/* No letter can be another, and none can be missing. */
	for (i = 0; i < size; i++) {
		text[i] ^= 1;
		put("b", text);
		CHECK(number("b") < 1);
		text[i] ^= 1;
	}
	for (i = 1; i < size; i++) {
		file = fopen("b", "w");
		fwrite(text, 1, i, file);
		fclose(file);
		CHECK(number("b") < 1);
	}
	put("b", "[host]\nname = by-hand\n");
	CHECK(number("b") == KEPT_BY_HAND);
	/* What a worn stick gives back is nobody's hand. */
	put("b", "");
	CHECK(number("b") == KEPT_BAD);
	put("b", "[host]\nname = by hand\n");
	CHECK(number("b") == KEPT_BAD);
	put("b", "# nothing\n");
	CHECK(number("b") == KEPT_BAD);
	CHECK(!truncate("b", 600));
	CHECK(number("b") == KEPT_BAD);
	CHECK(!unlink("b") && !mkfifo("b", 0600));
	CHECK(number("b") == KEPT_BAD);
	CHECK(!unlink("b") && !symlink("a", "b"));
	CHECK(number("b") == KEPT_BAD);
	CHECK(!unlink("b"));
	put("b", "# kept 9223372036854775807 " OURS " 00000000\n");
	CHECK(number("b") == KEPT_BAD);
	CHECK(number("none") == KEPT_BAD);
	put("b", "# kept 0 " OURS " 00000000\n");
	CHECK(number("b") == KEPT_BAD);
}

static void test_newest(void)
{
	char *paths[] = { "a", "b", "c" };

	put_kept("a", "a", 3, OURS);
	put_kept("b", "b", 5, OURS);
	put_kept("c", "c", 9, THEIRS);
	CHECK(kept_newest(paths, 1, NULL) == 0);
	CHECK(kept_newest(paths, 2, NULL) == 1);
	CHECK(kept_newest(paths, 3, NULL) == 1); /* another host's is none */
	CHECK(kept_newest(paths, 3, OURS) == 1);
	CHECK(kept_newest(paths, 3, THEIRS) == 2);
	put("a", "[host]\nname = by-hand\n");
	CHECK(kept_newest(paths, 3, OURS) == 0);
	put("a", "# kept 3 " OURS " 12345678\n");
	CHECK(kept_newest(paths, 1, OURS) == -1);
	CHECK(kept_newest(paths, 2, OURS) == 1);
	CHECK(kept_newest(paths, 3, OURS) == 1);
	CHECK(kept_newest(paths, 3, NULL) == -1); /* whose are we */
	CHECK(kept_newest(paths, 3, "") == -1);
	unlink("a");
	CHECK(kept_newest(paths, 2, OURS) == 1);
	put("b", "[host]\nname = by-hand-but-on-a-volume-of-data\n");
	CHECK(kept_newest(paths, 2, OURS) == -1);
	CHECK(kept_newest(paths, 0, OURS) == -1);
}

static void keep_name(const char *name)
{
	struct conf *conf = settings(name);
	bool kept = false;

	CHECK(!keep_settings(conf, &host, 1, NULL, &kept) && kept);
	conf_free(conf);
}

static void test_keep(void)
{
	struct conf *conf = settings("nowhere");
	struct kept first, again;
	bool kept = true;

	CHECK(!system("rm -rf volumes written"));
	CHECK(!keep_settings(conf, &host, 1, NULL, &kept) && !kept);
	CHECK(!system("mkdir -p volumes/one/.socle volumes/two/.socle "
		"volumes/three"));
	/* Both get it, with one number and a host. */
	keep_name("one");
	check_name(HERE, "one");
	check_name(THERE, "one");
	CHECK(number(HERE) == 1 && number(THERE) == 1);
	kept_read(HERE, &first);
	CHECK(strlen(first.host) == KEPT_HOST);
	/* One is older: it is not what the change is made to. */
	put_kept(HERE, "old", 7, first.host);
	put_kept(THERE, "new", 8, first.host);
	CHECK(!conf_set(conf, "host", "timezone", &(const char *){ "UTC" }, 1,
		NULL, NULL));
	CHECK(!keep_settings(conf, &host, 0, NULL, &kept) && kept);
	CHECK(number(HERE) == 7);
	CHECK(!keep_settings(conf, &host, 1, "timezone", &kept) && kept);
	check_name(HERE, "new");
	check_name(THERE, "new");
	CHECK(number(HERE) == 9 && number(THERE) == 9);
	kept_read(THERE, &again);
	CHECK_STRING(first.host, again.host);
	/* A place that takes nothing does not matter while another does. */
	CHECK(!system("rm -r volumes/one/.socle && : > volumes/one/.socle"));
	keep_name("three");
	check_name(THERE, "three");
	CHECK(!system("rm -r volumes/two/.socle && : > volumes/two/.socle"));
	CHECK(!keep_settings(conf, &host, 1, NULL, &kept) && !kept);
	CHECK_STRING("this host has no volume of its own", keep_why_nowhere());
	put("cmdline", "quiet socle.disk=0e1f\n");
	CHECK(strstr(keep_why_nowhere(), "the boot medium is not there"));
	CHECK(!keep_has_medium() && !unlink("cmdline"));
	conf_free(conf);
}

static void test_all_and_nothing(void)
{
	struct conf *conf = settings("all");
	bool kept;

	CHECK(!system("rm -rf volumes; mkdir -p volumes/one/.socle "
		"volumes/two/.socle"));
	CHECK(!unlink("written"));
	put_kept(HERE, "old", 7, OURS);
	unlink("replaced");
	CHECK(!keep_settings(conf, &host, 0, NULL, &kept) && kept);
	CHECK(!keep_is_replaced());
	CHECK(!keep_all(conf, &kept) && kept);
	CHECK(keep_is_replaced());
	check_name(HERE, "all");
	CHECK(number(HERE) == 8 && number(THERE) == 8);
	conf_free(conf);
	/* None at all is newer, too. */
	conf = conf_new(host_kinds);
	CHECK(!keep_all(conf, &kept) && kept);
	CHECK(number(HERE) == 9);
	conf_free(conf);
	conf = conf_read(HERE, host_kinds, NULL, NULL);
	CHECK(conf && !conf_section(conf, NULL, 0));
	conf_free(conf);
	/* A link leads nowhere. */
	CHECK(!system("rm -r volumes/two/.socle && ln -s ../one volumes/two/"
		".socle"));
	keep_name("linked");
	CHECK(access("volumes/one/socle.conf", F_OK));
	CHECK(keep_none() == -ENODEV);
	check_name(HERE, "linked");
}

/* /proc is a mount point where no file can be made: a reset changes nothing. */
static void test_reset_refused(void)
{
	CHECK(!system("rm -rf volumes config replaced; mkdir -p volumes/one/.socle; "
		"ln -s /proc config"));
	CHECK(!unlink("written"));
	put_kept(HERE, "old", 7, OURS);
	CHECK(keep_none() < 0);
	check_name(HERE, "old");
	CHECK(number(HERE) == 7 && access("written", F_OK));
	CHECK(!keep_is_replaced());
	/* What was imported before still waits for the next start. */
	put("replaced", "");
	CHECK(keep_none() < 0 && keep_is_replaced());
	CHECK(!unlink("config"));
}

/* A reset leaves nothing: the next change is to all that the host has now. */
static void test_after_reset(void)
{
	struct conf *conf = conf_new(host_kinds);
	const char *zone = "UTC";
	struct kept kept;
	bool was;

	CHECK(!system("rm -rf volumes written; mkdir -p volumes/one/.socle"));
	put_kept(HERE, "old", 7, OURS);
	CHECK(!keep_all(conf, &was) && was);
	CHECK(!keep_read(&kept) && kept.number == 8);
	CHECK_STRING(OURS, kept.host);
	conf_free(conf);
	conf = settings("given");
	CHECK(!conf_set(conf, "host", "timezone", &zone, 1, NULL, NULL));
	CHECK(!keep_settings(conf, &host, 1, "timezone", &was) && was);
	check_name(HERE, "given");
	CHECK(number(HERE) == 9);
	conf_free(conf);
}

/* The place with the last change is away, and an older one is back. */
static void test_away(void)
{
	struct conf *conf;
	bool was;

	CHECK(!system("rm -rf volumes; mkdir -p volumes/one/.socle "
		"volumes/two/.socle"));
	CHECK(!unlink("written"));
	put_kept(HERE, "old", 10, OURS);
	keep_name("new");
	CHECK(number(THERE) == 11);
	CHECK(!system("mv volumes/one away"));
	put_kept(THERE, "old", 10, OURS);
	conf = settings("new");
	CHECK(!keep_settings(conf, &host, 1, "timezone", &was) && was);
	CHECK(number(THERE) == 12);
	check_name(THERE, "new");
	conf_free(conf);
	CHECK(!system("rm -rf away"));
}

/* By hand, and then one of several. */
static void test_by_hand(void)
{
	char *paths[] = { "config/socle.conf", HERE };
	struct kept kept;
	struct conf *conf;

	CHECK(!system("rm -rf volumes; mkdir -p volumes/one/.socle config"));
	put("config/socle.conf", "[host]\nname = by-hand\n");
	put_kept(HERE, "old", 10, OURS);
	CHECK(!kept_next(paths, 2, OURS, &kept) && kept.number == 11);
	CHECK_STRING(OURS, kept.host);
	CHECK(!kept_next(paths, 1, OURS, &kept) && kept.number == 1);
	CHECK(!kept_next(paths, 1, "", &kept) && kept.number == 1);
	CHECK(strlen(kept.host) == KEPT_HOST);
	/* Not mounted: what is there does not count. */
	CHECK(!unlink(HERE));
	put(HERE, "[host]\nname = by-hand\n");
	put("cmdline", "quiet socle.host=" OURS "\n");
	conf = keep_read(&kept);
	CHECK(conf && kept.number == 1);
	CHECK_STRING(OURS, kept.host);
	conf_free(conf);
	CHECK(!system("rm -r config cmdline"));
}

int main(void)
{
	test_line();
	test_newest();
	test_keep();
	test_all_and_nothing();
	test_reset_refused();
	test_after_reset();
	test_away();
	test_by_hand();
	CHECK(!system("rm -r volumes written replaced"));
	return 0;
}
