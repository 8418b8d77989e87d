/* What the host says of itself: who may come in, clock, load, what is on trial. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export.h"
#include "import.h"
#include "keys.h"
#include "lock.h"
#include "lockfile.h"
#include "paths.h"
#include "places.h"
#include "show.h"
#include "trial.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8p0aGYq5v0b2wE0Qw1oQbqY6m" \
	"m1hR3nW6mB0yPq2aZ ann@example"

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CHECK(file && fputs(text, file) >= 0 && !fclose(file));
}

/* By a process: it says it on its standard output. */
static json_t *shown(void)
{
	struct trouble why = { "" };
	json_t *object;

	CHECK(freopen("show.out", "w", stdout));
	CHECK(!show(NULL, 0, &why));
	CHECK(!fflush(stdout));
	object = json_load_file("show.out", JSON_REJECT_DUPLICATES, NULL);
	CHECK(object);
	return object;
}

static json_t *part(const json_t *object, const char *key)
{
	json_t *found = json_object_get(object, key);

	CHECK(found);
	return found;
}

static void test_access(const json_t *host)
{
	const json_t *ann = json_array_get(part(host, "administrators"), 0);
	const json_t *root = part(host, "root"), *keys = part(host, "keys");

	CHECK_STRING("ann", json_string_value(part(ann, "name")));
	CHECK(json_integer_value(part(ann, "keys")) == 1);
	CHECK(json_is_false(part(ann, "password")));
	CHECK(json_integer_value(part(root, "keys")) == 0);
	CHECK_STRING(KEY, json_string_value(
		json_array_get(part(keys, "admin ann"), 0)));
	CHECK(json_array_size(part(keys, "login")) == 0);
	CHECK(json_array_size(part(host, "consoles")) == 2);
	CHECK_STRING("ttyS0", json_string_value(
		json_array_get(part(host, "consoles"), 1)));
}

static void test_clock(const json_t *host)
{
	CHECK(json_array_size(part(host, "ntp")) == 2);
	CHECK(json_is_boolean(part(host, "synchronized")));
	CHECK(json_is_real(part(host, "load")));
	CHECK_STRING("Europe/Berlin", json_string_value(
		part(host, "timezone")));
}

static void test_volumes(const json_t *host)
{
	const json_t *data = json_array_get(part(host, "volumes"), 0);
	const json_t *more = json_array_get(part(host, "volumes"), 1);

	CHECK_STRING("missing", json_string_value(part(data, "state")));
	CHECK_STRING("no disk has it", json_string_value(part(data,
		"reason")));
	CHECK_STRING("more", json_string_value(part(more, "name")));
	CHECK_STRING("it cannot be read", json_string_value(part(more,
		"reason")));
}

static void test_sections(const json_t *host)
{
	const json_t *nic = json_array_get(part(host, "nics"), 0);
	const json_t *bond = json_array_get(part(host, "bonds"), 0);
	const json_t *gateways = part(host, "gateways");
	const json_t *dns = part(host, "dns");

	CHECK_STRING("52:54:00:12:34:56", json_string_value(part(nic, "mac")));
	CHECK_STRING("192.0.2.5/24", json_string_value(part(nic, "address")));
	CHECK(json_is_null(part(nic, "vlan")));
	CHECK_STRING("bond0", json_string_value(part(bond, "name")));
	CHECK_STRING("lacp", json_string_value(part(bond, "mode")));
	CHECK_STRING("192.0.2.53", json_string_value(
		json_array_get(part(dns, "server"), 0)));
	CHECK(json_array_size(part(dns, "search")) == 0);
	CHECK_STRING("192.0.2.54", json_string_value(
		json_array_get(part(dns, "in-use"), 0)));
	CHECK(json_array_size(gateways) == 2);
	CHECK_STRING("192.0.2.1", json_string_value(
		part(json_array_get(gateways, 0), "address")));
	CHECK_STRING("fe80::1", json_string_value(
		part(json_array_get(gateways, 1), "address")));
	CHECK_STRING("eth1", json_string_value(
		part(json_array_get(gateways, 1), "interface")));
}

static void nothing(struct trial *trial)
{
	(void)trial;
}

static void test_kept(void)
{
	json_t *host;

	CHECK(!system("rm -rf config volumes; mkdir -p volumes/a/.socle "
		"volumes/b/.socle config"));
	host = shown();
	CHECK(json_array_size(part(host, "kept")) == 0);
	json_decref(host);
	write_file("config/socle.conf", "");
	write_file("volumes/b/.socle/socle.conf", "");
	host = shown();
	CHECK(json_array_size(part(host, "kept")) == 2);
	CHECK_STRING("config/socle.conf", json_string_value(json_array_get(
		part(host, "kept"), 0)));
	CHECK_STRING("volumes/b/.socle/socle.conf", json_string_value(
		json_array_get(part(host, "kept"), 1)));
	json_decref(host);
	CHECK(!system("rm -r config volumes"));
}

static void test_trial(void)
{
	struct conf *conf = conf_read(PATH_SETTINGS, host_kinds, NULL, NULL);
	struct trial trial = { .count = 0 };
	struct trouble why = { "" };
	json_t *host;

	/* What another test has left here. */
	unlink(PLACE_TRIAL_LAST);
	CHECK(conf && !trial_add(&trial, conf, "dns", &why));
	CHECK(!trial_begin(&trial, 60, nothing, &why));
	host = shown();
	CHECK(json_integer_value(part(part(host, "trial"), "seconds")) > 50);
	CHECK_STRING("dns", json_string_value(json_array_get(
		part(part(host, "trial"), "sections"), 0)));
	CHECK(json_is_null(part(host, "last-trial")));
	trial_note("reverted");
	trial_end();
	json_decref(host);
	host = shown();
	CHECK(json_is_null(part(host, "trial")));
	CHECK_STRING("reverted", json_string_value(part(host, "last-trial")));
	unlink(PLACE_TRIAL_LAST);
	json_decref(host);
	trial_free(&trial);
	conf_free(conf);
}

static void exported(const char *option, const char *expected)
{
	char secrets[] = "secrets", text[512] = "";
	char *words[] = { secrets, NULL };
	struct trouble why = { "" };
	FILE *file;

	CHECK(freopen("export.out", "w", stdout));
	CHECK(!export_settings(words, option ? 1 : 0, &why));
	file = fopen("export.out", "r");
	CHECK(file && fread(text, 1, sizeof(text) - 1, file) < sizeof(text));
	CHECK(!fclose(file));
	CHECK_STRING(expected, text);
}

static void test_export(void)
{
	char other[] = "all";
	char *words[] = { other, NULL };
	struct trouble why = { "" };

	write_file(PATH_SETTINGS, "# mine\n[login]\n  password\t= $6$x\n"
		"key = password=\n[admin ann]\npassword=$y$z\npasswords = 1");
	exported(NULL, "# mine\n[login]\n# password: left out\n"
		"key = password=\n[admin ann]\n# password: left out\n"
		"passwords = 1");
	write_file(PATH_SETTINGS, "[host]\r\nname = a\r\n\r\n");
	exported(NULL, "[host]\nname = a\n\n");
	write_file(PATH_SETTINGS, "# mine\n[login]\n  password\t= $6$x\n"
		"key = password=\n[admin ann]\npassword=$y$z\npasswords = 1");
	exported("secrets", "# mine\n[login]\n  password\t= $6$x\n"
		"key = password=\n[admin ann]\npassword=$y$z\npasswords = 1");
	CHECK(export_settings(words, 1, &why) == -EINVAL);
	CHECK(!unlink(PATH_SETTINGS));
	why.text[0] = '\0';
	CHECK(export_settings(words, 0, &why) == -ENOENT);
	CHECK_STRING("this host has no settings of its own: all is as it is "
		"without", why.text);
}

/* In this folder. */
int lock_settings(void)
{
	return lockfile_take("settings.lock", true);
}

static bool checks;	/* and keeps nothing */

static int import(const char *text, struct trouble *why)
{
	char copy[512];
	char *words[] = { copy, NULL };

	snprintf(copy, sizeof(copy), "%s", text);
	why->text[0] = '\0';
	return (checks ? import_check : import_settings)(words, 1, why);
}

/* An ext4 file system, as its superblock has it, that is mounted there. */
static void mounted(const char *folder)
{
	unsigned char bytes[4096] = { 0 };
	FILE *file;

	memcpy(bytes + 1024 + 56, "\x53\xef", 2);
	bytes[1024 + 96] = 0x40;
	memcpy(bytes + 1024 + 104, "\x5e\x1f\x2a\x3b\x4c\x5d\x6e\x7f"
		"\x80\x91\xa2\xb3\xc4\xd5\xe6\xf7", 16);
	CHECK(!system("mkdir -p dev class/sda2"));
	write_file("class/sda2/size", "131072\n");
	file = fopen("dev/sda2", "w");
	CHECK(file && fwrite(bytes, 1, sizeof(bytes), file) == sizeof(bytes) &&
		!fclose(file));
	file = fopen(PLACE_MOUNTS, "w");
	CHECK(file && fprintf(file, "/dev/sda2 %s ext4 rw 0 0\n", folder) > 0 &&
		!fclose(file));
}

#define KEPT "volumes/data/.socle/socle.conf"

static void check_kept(const char *section, const char *key,
	const char *expected)
{
	struct conf *conf = conf_read(KEPT, host_kinds, NULL, NULL);
	const char *value;

	CHECK(conf);
	value = conf_value(conf, section, key, 0);
	CHECK_STRING(expected, value ? value : "none");
	conf_free(conf);
}

static void test_import(void)
{
	struct trouble why;

	write_file(PATH_SETTINGS, "[login]\npassword = $6$salt$of-root-and-longer\n"
		"[admin ann]\npassword = $y$salt$of-ann-and-longer\n");
	CHECK(!system("rm -rf volumes"));
	CHECK(import("[host]\nname = seven\n", &why) == -ENODEV);
	CHECK(!system("mkdir -p volumes/data/.socle"));
	/* All of it has to be good, and nothing is kept otherwise. */
	CHECK(import("[host]\nname = a b\n", &why) == -EINVAL);
	CHECK(!strncmp(why.text, "line 2: ", 8));
	CHECK(import("[house]\nname = b\n", &why) == -EINVAL);
	CHECK(import("nonsense\n", &why) == -EINVAL);
	CHECK(import("[nic 52:54:00:12:34:56]\ngateway = 192.0.2.1\n",
		&why) == -EINVAL);
	CHECK(access(KEPT, F_OK));
	/* A password that is left out stays, another's does not come in. */
	CHECK(!import("# mine\n[host]\nname = seven\n[admin ann]\n"
		"key = " KEY "\n[admin bob]\nkey = " KEY "\n[install]\n"
		"bus = SATA\n", &why));
	check_kept("host", "name", "seven");
	check_kept("login", "password", "$6$salt$of-root-and-longer");
	check_kept("admin ann", "password", "$y$salt$of-ann-and-longer");
	check_kept("admin bob", "password", "none");
	check_kept("install", "bus", "none");
	/* What host set and host storage refuse; nothing of it is kept. */
	CHECK(import("# nothing\n", &why) == -EINVAL);
	CHECK(import("[install]\nbus = SATA\n", &why) == -EINVAL);
	CHECK(import("[host]\nname = eight\n[admin eve]\n", &why) == -EINVAL);
	CHECK_STRING("[admin eve] needs a key or a password", why.text);
	mounted("/config");
	CHECK(import("[volume own]\nuuid = "
		"5e1f2a3b-4c5d-6e7f-8091-a2b3c4d5e6f7\n", &why) == -EBUSY);
	CHECK_STRING("[volume own] uuid: sda2 is in use: /config", why.text);
	check_kept("host", "name", "seven");
	mounted(PLACE_VOLUMES "/own");
	checks = true;
	CHECK(import("[volume own]\nuuid = 5e1f2a3b-4c5d-6e7f-8091-"
		"a2b3c4d5e6f7\n[volume later]\nuuid = 6e1f2a3b-4c5d-6e7f-"
		"8091-a2b3c4d5e6f7\n", &why) == 0);
	CHECK(import("[admin eve]\n", &why) == -EINVAL);
	check_kept("host", "name", "seven");
	checks = false;
	CHECK(!system("rm -r dev class") && !unlink(PLACE_MOUNTS));
	CHECK(!import("[admin ann]\npassword = $y$salt$a-new-one-and-longer\n", &why));
	check_kept("admin ann", "password", "$y$salt$a-new-one-and-longer");
	CHECK(!system("rm -r volumes") && !unlink("replaced"));
	CHECK(!unlink(PATH_SETTINGS));
}

int main(void)
{
	json_t *host;

	write_file(PATH_SETTINGS, "[host]\ntimezone = Europe/Berlin\n"
		"[time]\nntp = 192.0.2.1\nntp = 192.0.2.2\n"
		"[admin ann]\nkey = " KEY "\n"
		"[nic 52:54:00:12:34:56]\naddress = 192.0.2.5/24\n"
		"[bond bond0]\nnics = 52:54:00:12:34:57 52:54:00:12:34:58\n"
		"mode = lacp\n[dns]\nserver = 192.0.2.53\n"
		"[volume data]\nuuid = 0e1f2a3b-4c5d-6e7f-8091-a2b3c4d5e6f7\n"
		"[volume more]\nuuid = 1e1f2a3b-4c5d-6e7f-8091-a2b3c4d5e6f7\n"
		);
	mkdir(PLACE_REASONS, 0755);
	write_file(PLACE_REASONS "/more", "it cannot be read\n");
	write_file(PLACE_RESOLVER, "search example\nnameserver 192.0.2.54\n");
	write_file(PLACE_ROUTES, "Iface\tDestination\tGateway\n"
		"eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\n"
		"eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\n");
	write_file(PLACE_ROUTES6, "00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 00 "
		"fe800000000000000000000000000001 00000400 00000001 00000000 "
		"00450003     eth1\n");
	write_file(PLACE_INITTAB, "::sysinit:/bin/true\n"
		"tty1::respawn:/sbin/getty -n tty1\n"
		"ttyS0::respawn:/sbin/getty -L ttyS0\n");
	unlink(PLACE_TRIAL_LAST);
	host = shown();
	test_access(host);
	test_clock(host);
	test_sections(host);
	test_volumes(host);
	json_decref(host);
	test_trial();
	unlink(PATH_SETTINGS);
	unlink(PLACE_INITTAB);
	unlink(PLACE_RESOLVER);
	unlink(PLACE_ROUTES);
	unlink(PLACE_ROUTES6);
	unlink(PLACE_REASONS "/more");
	test_kept();
	test_export();
	test_import();
	return 0;
}
