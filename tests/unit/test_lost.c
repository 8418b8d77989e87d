/* What becomes of the settings' volumes when a disk is erased, on machines made of
 * files. */
/* SPDX-License-Identifier: MIT */
#include "installer_world.h"

#include "keys.h"
#include "lost.h"

#define ONE "11111111-1111-4111-8111-111111111111"
#define TWO "22222222-2222-4222-8222-222222222222"
#define NEW "99999999-9999-4999-8999-999999999999"
#define DATA "[volume data]\nuuid = " ONE "\n"

static const struct disk target = { .name = "sda" };

/* blkid says this; then the settings are that, and the new volume is called so. */
static void becomes(const char *blkid, const char *settings, const char *uuid,
	const char *expected, const char *name)
{
	struct conf *conf = conf_parse(settings, strlen(settings), host_kinds,
		NULL, NULL);
	char called[LOST_NAME] = "";
	size_t size;
	char *all;

	text("blkid", blkid);
	CHECK(conf && !lost_renew(conf, &target, uuid, called));
	all = conf_text(conf, &size);
	CHECK_STRING(expected, all);
	CHECK_STRING(name, called);
	free(all);
	conf_free(conf);
}

#define HERE(N, UUID) "/dev/sda" N ": LABEL=\"data\" UUID=\"" UUID "\" " \
	"TYPE=\"ext4\" PARTUUID=\"" TWO "\"\n"
#define THERE(UUID) "/dev/sdaa1: UUID=\"" UUID "\" TYPE=\"ext4\"\n"
#define STORED(PATHS) "[host]\n" PATHS "\n"
#define AT(PATH) "storage = " PATH "\n"

static void test_new(void)
{
	begin();
	becomes("", "", NEW, "[volume data]\nuuid = " NEW "\n\n"
		"[host]\n" AT("/volumes/data"), "data");
}

/* Installed anew over what the settings are of. */
static void test_again(void)
{
	begin();
	becomes(HERE("3", ONE), STORED(AT("/volumes/data")) DATA, NEW,
		STORED(AT("/volumes/data")) "[volume data]\nuuid = " NEW "\n",
		"data");
	becomes(HERE("3", ONE), STORED(AT("/volumes/vms/a")) "[volume vms]\n"
		"uuid = " ONE "\n", NEW, STORED(AT("/volumes/vms/a"))
		"[volume vms]\nuuid = " NEW "\n", "vms");
	/* Two were on it. */
	becomes(HERE("3", ONE) HERE("4", TWO), STORED(AT("/volumes/old")
		AT("/volumes/data")) DATA "\n[volume old]\nuuid = " TWO "\n",
		NEW, STORED(AT("/volumes/data")) "[volume data]\nuuid = " NEW
		"\n\n", "data");
}

/* Other disks' volumes stay what they are, missing ones, too. */
static void test_others(void)
{
	begin();
	becomes(THERE(ONE), STORED(AT("/volumes/data")) DATA, NEW,
		STORED(AT("/volumes/data")) DATA "\n[volume data2]\nuuid = "
		NEW "\n", "data2");
	becomes(HERE("3", ONE) THERE(ONE), STORED(AT("/volumes/data")) DATA,
		NEW, STORED(AT("/volumes/data")) DATA "\n[volume data2]\n"
		"uuid = " NEW "\n", "data2");
	/* VMs go where there is room for them. */
	becomes("", STORED(AT("/volumes/data")) DATA, NEW,
		STORED(AT("/volumes/data2") AT("/volumes/data")) DATA
		"\n[volume data2]\nuuid = " NEW "\n", "data2");
	becomes("", STORED(AT("/mnt/own")) DATA, NEW,
		STORED(AT("/mnt/own")) DATA "\n[volume data2]\nuuid = " NEW
		"\n", "data2");
}

/* A stick has none. */
static void test_stick(void)
{
	begin();
	becomes(HERE("3", ONE), STORED(AT("/volumes/data")) DATA, NULL,
		"[host]\n\n", "");
	becomes(HERE("3", ONE), STORED(AT("/volumes/data/vms") AT("/mnt/own"))
		DATA, NULL, STORED(AT("/mnt/own")), "");
	becomes(THERE(ONE), STORED(AT("/volumes/data")) DATA, NULL,
		STORED(AT("/volumes/data")) DATA, "");
}

static void test_names(void)
{
	static const char settings[] = DATA "[volume old]\nuuid = " TWO "\n";
	struct conf *conf = conf_parse(settings, strlen(settings), host_kinds,
		NULL, NULL);
	char names[64];

	begin();
	CHECK(conf && !lost_names(conf, &target, names, sizeof(names)));
	text("blkid", HERE("3", ONE) HERE("4", TWO));
	CHECK_STRING("data, old", lost_names(conf, &target, names,
		sizeof(names)));
	text("blkid", HERE("3", ONE) HERE("4", TWO) THERE(TWO));
	CHECK_STRING("data", lost_names(conf, &target, names, sizeof(names)));
	/* Not by the partition's own identity. */
	text("blkid", "/dev/sda3: PARTUUID=\"" ONE "\" TYPE=\"ext4\"\n");
	CHECK(!lost_names(conf, &target, names, sizeof(names)));
	conf_free(conf);
}

int main(void)
{
	test_new();
	test_again();
	test_others();
	test_stick();
	test_names();
	return 0;
}
