/* An installation's questions, answered by files; and by random lines.
 * usage: test_questions ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "installer_world.h"
#include "random.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

#include "ask.h"
#include "keys.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBase64Base64Base64Base64Base64" \
	"Base64Base64 ops@branch"
#define OTHER_KEY "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQBase64Base64Base64" \
	"Base64Base64Base64 other@branch"
#define PASSWORD "correct horse"
#define HASH "$y$j9T$saltsaltsalt$hashhashhashhashhashhashhash"

enum { MB = 1 << 20 };

static struct plan plan;
static struct trouble why;
static char said[1 << 16];

static void device(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "dev/%s", name);
	put(path, "", 0);
	CHECK(!truncate(path, 2 * MB));
}

/* An empty disk; and many gives a stick with data, and one that is in use. */
static void machine(bool many)
{
	begin();
	disk("sda", "pci0/ata1/host0", "976773168\n");
	device("sda");
	text("loader/interrupted.bin", "interrupted");
	if (!many)
		return;
	disk("sdb", "pci0/usb1/1-1/host6", "7864320\n");
	text("block/sdb/device/model", "Ultra Fit\n");
	text("block/sdb/sdb1/partition", "1\n");
	device("sdb");
	disk("sdc", "pci0/ata2/host1", "976773168\n");
	device("sdc");
	text("blkid", "/dev/sdb1: LABEL=\"photos\" TYPE=\"vfat\"\n");
	text("mounts", "/dev/sdc1 /volumes/data ext4 rw 0 0\n");
}

/* Lines, each with its end; result is ask()'s, and what was printed is in said. */
static int asks_bytes(const char *answers, size_t size)
{
	FILE *file;
	int result;
	size_t got;

	put("answers", answers, size);
	CHECK(freopen("answers", "r", stdin));
	CHECK(freopen("said", "w", stdout));
	plan_free(&plan);
	why.text[0] = '\0';
	result = ask(&plan, &why);
	CHECK(!fflush(stdout) && !why.text[0]);
	CHECK(!result || result == -ECANCELED);
	file = fopen("said", "r");
	got = file ? fread(said, 1, sizeof(said) - 1, file) : 0;
	said[got] = '\0';
	CHECK(file && !fclose(file));
	return result;
}

static int asks(const char *answers)
{
	return asks_bytes(answers, strlen(answers));
}

static void told(const char *words)
{
	if (strstr(said, words))
		return;
	fprintf(stderr, "not told: \"%s\" in:\n%s\n", words, said);
	exit(1);
}

/* By the last of the answers. */
static void installs(const char *answers)
{
	if (!asks(answers) && getchar() == EOF)
		return;
	fprintf(stderr, "another end than that of the answers:\n%s\n", said);
	exit(1);
}

static void leaves(const char *answers)
{
	if (asks(answers) == -ECANCELED)
		return;
	fprintf(stderr, "not left at:\n%s\n", said);
	exit(1);
}

static void has(const char *section, const char *key, int index,
	const char *value)
{
	const char *found = conf_value(plan.conf, section, key, index);

	if (value)
		CHECK_STRING(value, found);
	else
		CHECK(!found);
}

static void settings_are(const char *expected)
{
	size_t size;
	char *all = conf_text(plan.conf, &size);

	CHECK_STRING(expected, all);
	free(all);
}

#define NIC "52:54:00:12:34:56"
#define OTHER_NIC "52:54:00:12:34:57"

static void test_defaults(void)
{
	machine(false);
	/* Disk, room, name; administrator, no key, password; network: adapter,
	 * VLAN, addresses, name servers; zone, time servers, keyboard. */
	installs("\n\n\n" "\n\n" PASSWORD "\n" PASSWORD "\n" "\n\n\n\n\n"
		"\n\n\n" "install\n");
	CHECK_STRING("sda", plan.disk.name);
	CHECK(!plan.stick);
	CHECK(good_hash(conf_value(plan.conf, "admin admin", "password", 0)));
	CHECK(!conf_unset(plan.conf, "admin admin", "password"));
	settings_are("[admin admin]\n\n[nic " NIC "]\naddress = dhcp\n");
	told("Disk for Socle Server [1]: ");
	told("  1  Disk           sda, 500.1 GB, SATA");
	told("  2  Room for VMs   the rest of the disk");
	told("  3  Host name      socle");
	told("  4  Administrators admin (password)");
	told("  5  Network        " NIC " dhcp");
	told("  6  Time zone      UTC");
	told("  7  Time servers   pool.ntp.org");
	told("  8  Keyboard       us");
	/* Neither what was typed nor its hash. */
	CHECK(!strstr(said, PASSWORD) && !strstr(said, "$y$"));
}

#define FULL(D, R, H, A, K, P, N, B, V, A4, G4, A6, G6, S, Z, T, L, E) \
	D "sdb\n" "sdb\n" R "yes\n" H "branch-7\n" A "ops\n" K KEY "\n" P "\n" \
	N "1 2\n" B "lacp\n" V "100\n" A4 "192.0.2.5/24\n" G4 "192.0.2.1\n" \
	A6 "2001:db8::5/64\n" G6 "2001:db8::1\n" \
	S "192.0.2.53 2001:db8::53\n" Z "Europe/Berlin\n" \
	T "192.0.2.123 ntp.example.org\n" L "de\n" E "install\n"

#define FULL_SETTINGS "[host]\nname = branch-7\ntimezone = Europe/Berlin\n" \
	"keyboard = de\n\n[admin ops]\nkey = " KEY "\n\n[bond bond0]\n" \
	"nics = " NIC " " OTHER_NIC "\nmode = lacp\nvlan = 100\n" \
	"address = 192.0.2.5/24\ngateway = 192.0.2.1\n" \
	"address6 = 2001:db8::5/64\ngateway6 = 2001:db8::1\n\n[dns]\n" \
	"server = 192.0.2.53\nserver = 2001:db8::53\n\n[time]\n" \
	"ntp = 192.0.2.123\nntp = ntp.example.org\n"

static const char full[] = FULL("", "", "", "", "", "", "", "", "", "", "", "",
	"", "", "", "", "", "");

static void test_full(void)
{
	machine(true);
	installs(full);
	settings_are(FULL_SETTINGS);
	CHECK_STRING("sdb", plan.disk.name);
	CHECK(!plan.stick);
	told("sdb is not empty: 1 partition (vfat photos).\n");
	told("Use the rest of it for VMs [no]: ");
	told("  5  Network        bond0 192.0.2.5/24 VLAN 100\n");
	CHECK(!strstr(said, "sdc"));
	/* A serial port's ends of lines, and blanks. */
	installs(FULL(" \t", "", "", "", "", "", " ", "", "", "", "", "", "",
		"", "", "", "", " \t\r"));
	settings_are(FULL_SETTINGS);
}

static void test_bad_answers(void)
{
	machine(true);
	installs(FULL("\n0\n3\n-1\nsdc\nsd\nsda1\n1 2\n/dev/sdz\n/dev/\n?\n"
		"2\nno\n2\n\n2\nyes\n2\n2\n2\nSDB\n2\n?\nno\n",
		"maybe\nYES\n?\n",
		"-branch\nbranch 7\nbranch_7\n?\n",
		"Ops\nroot\n7ops\nan administrator\nvmms\n?\n"
			"a-name-that-has-32-letters-in-it\n",
		"ssh-ed25519\nnonsense\nssh-ed25519 BBBB\nkey " KEY "\n?\n",
		"short\n" "aaaaaaaaaaaaaaaaaaaa\n" PASSWORD "\nanother one\n",
		"0\n3\n1 1\n1 3\n" NIC "\neth0\n,\n1 2 2\n?\n",
		"LACP\nround-robin\n?\n",
		"0\n4095\n010\none\n?\n",
		"192.0.2.5\n192.0.2.5/33\n192.0.2.256/24\nDHCP\n"
			"2001:db8::5/64\n?\n",
		"192.0.2\n192.0.2.1/24\n2001:db8::1\n?\n",
		"2001:db8::5\n2001:db8::5/129\n192.0.2.5/24\ndhcp\n?\n",
		"2001:db8::1/64\n192.0.2.1\n?\n",
		"192.0.2.53,192.0.2.54\n192.0.2.53 ns\n?\n",
		"Berlin\nEurope/\n../etc/passwd\n/etc/passwd\n?\n",
		"-ntp\n192.0.2.123 -ntp\n?\n",
		"DE\ngerman\n?\n",
		"yes\nInstall\ninstall now\n0\n9\n1x\n-1\n\n?\ninstal\n"));
	settings_are(FULL_SETTINGS);
	told("There is no disk \"sdc\" in the list.\n");
	told("That is no list of numbers from 1 to 2.\n");
	told("It is too short: at least 12 characters are needed.\n");
	told("It is one character repeated");
	told("They differ.\n");
}

/* "!" and the input's end at each question, and in the middle of a line. */
static void test_leaving(void)
{
	static char part[sizeof(full) + 8];
	const char *line;
	size_t before;

	machine(true);
	for (line = full; *line; line = strchr(line, '\n') + 1) {
		before = (size_t)(line - full);
		memcpy(part, full, before);
		strcpy(part + before, "!\n");
		leaves(part);
		strcpy(part + before, " ! \r\n");
		leaves(part);
		part[before] = '\0';
		leaves(part);
	}
	leaves("!");
	leaves("");
	/* Behind the review's numbers, too. */
	memcpy(part, full, sizeof(full) - sizeof("install\n"));
	strcpy(part + sizeof(full) - sizeof("install\n"), "3\n!\ninstall\n");
	leaves(part);
}

static void test_disks(void)
{
	machine(false);
	text("block/sda/ro", "1\n");
	leaves("1\n\n");
	told("There is no disk that Socle Server can be installed on");
	CHECK(!system("rm -rf block"));
	leaves("1\n\n");
	told("There is no disk that Socle Server can be installed on");
	/* An interrupted installation is not asked for by name. */
	machine(true);
	text("loader/interrupted.bin", "x");
	put("dev/sdb", "x", 1);
	CHECK(!truncate("dev/sdb", 2 * MB));
	text("block/sdb/sdb1/uevent", "PARTNAME=socle-loader\n");
	installs("sdb\n\n\n" "-\n" "all\n" "\n\n\n" "install\n");
	CHECK(!strstr(said, "not empty"));
	CHECK(plan.stick);
	told("  2  Room for VMs   none there: the system alone\n");
	settings_are("");
}

/* What a live system has: Enter all the way leaves it as it is. */
static const char live[] = "# branch 7\n[host]\nname = branch-7\n"
	"keyboard = de\n\n[admin ops]\nkey = " KEY "\nkey = " OTHER_KEY "\n"
	"password = " HASH "\n\n[admin second]\nkey = " KEY "\n\n"
	"[nic " OTHER_NIC "]\naddress = 192.0.2.5/24\ngateway = 192.0.2.1\n"
	"vlan = 7\n\n[time]\nntp = 192.0.2.1\nntp = 192.0.2.2\n";

static void test_live(void)
{
	char many[2048];
	size_t at;
	int i;

	machine(false);
	text("settings", live);
	installs("\n\n\n" "\n\n\n" "\n" "\n\n\n" "install\n");
	settings_are(live);
	told("Adapters for the host itself [keep]: ");
	told("Host name [branch-7]: ");
	told("  4  Administrators ops (key and password), second (key)\n");
	told("  5  Network        " OTHER_NIC " 192.0.2.5/24 VLAN 7\n");
	CHECK(!strstr(said, HASH));
	/* How it was installed last is none of it. */
	snprintf(many, sizeof(many), "[install]\nbus = SATA\n%s", live);
	text("settings", many);
	installs("\n\n\n" "\n\n\n" "keep\n" "\n\n\n" "install\n");
	settings_are(live);
	/* More than a question shows. */
	at = (size_t)snprintf(many, sizeof(many), "[time]\n");
	for (i = 0; i < 70; i++)
		at += (size_t)snprintf(many + at, sizeof(many) - at,
			"ntp = 2001:db8::%x\n", 4096 + i);
	text("settings", many);
	installs("\n\n\n" "-\n" "keep\n" "\n\n\n" "install\n");
	settings_are(many);
	/* Nonsense is no settings. */
	text("settings", "nonsense\n");
	installs("\n\n\n" "-\n" "all\n" "\n\n\n" "install\n");
	told("Host name [socle]: ");
}

/* A choice that the settings do not keep from before. */
static void test_network(void)
{
	machine(false);
	text("settings", live);
	installs("\n\n\n" "-\n" "all\n" "\n\n\n" "install\n");
	CHECK(!conf_section(plan.conf, "nic", 0));
	told("  5  Network        every adapter that has a link, by DHCP\n");
	installs("\n\n\n" "-\n" "1\n\nnone\nnone\n\n" "\n\n\n" "install\n");
	CHECK(!conf_line(plan.conf, "nic " OTHER_NIC, NULL));
	has("nic " NIC, "address", 0, "none");
	has("nic " NIC, "address6", 0, "none");
	has("nic " NIC, "gateway", 0, NULL);
	/* Bond, then one adapter, then the other, then none. */
	installs("\n\n\n" "-\n" "2,1\n\n\n\n\n\n" "\n\n\n" "install\n");
	has("bond bond0", "nics", 0, OTHER_NIC " " NIC);
	has("bond bond0", "mode", 0, NULL);
	CHECK(!conf_section(plan.conf, "nic", 0));
	installs("\n\n\n" "-\n" "2,1\n\n\n\n\n\n" "\n\n\n" "5\n2\n\n\n\n\n"
		"install\n");
	CHECK(!conf_section(plan.conf, "bond", 0));
	has("nic " OTHER_NIC, "address", 0, "dhcp");
	/* An adapter without an address of its own is none, alone and in a
	 * bond, but no reason to leave. */
	text("host", "{\"network\": [{\"name\": \"eth0\", \"kind\": "
		"\"adapter\", \"mac\": \"00:00:00:00:00:00\", \"driver\": "
		"\"x\"}, {\"name\": \"eth1\", \"kind\": \"adapter\", \"mac\": \""
		NIC "\", \"driver\": \"x\"}, {\"kind\": \"adapter\", "
		"\"driver\": 7}]}");
	installs("\n\n\n" "-\n" "1\n1 2\n3\n2\n\n\n\n\n" "\n\n\n" "install\n");
	told("What has no MAC address of its own cannot be used.\n");
	has("nic " NIC, "address", 0, "dhcp");
	text("settings", "");
	text("host", "nonsense");
	installs("\n\n\n" "-\n" "1\n\n" "\n\n\n" "install\n");
	settings_are("");
	told("Adapters for the host itself [all]: ");
}

#define START "\n\n\n" "-\n" "all\n" "\n\n\n"

static void test_review(void)
{
	machine(true);
	installs("sda\n\n\n" "-\n" "all\n" "\n\n\n"
		"1\nsdb\nsdb\n\n" "2\nyes\n" "3\nbranch-8\n"
		"4\nops\n" KEY "\n\n" "5\n1\n\n192.0.2.6/24\n-\nnone\n-\n"
		"6\nEurope/Berlin\n" "7\n192.0.2.1\n" "8\nfr\n" "install\n");
	CHECK_STRING("sdb", plan.disk.name);
	CHECK(!plan.stick);
	settings_are("[host]\nname = branch-8\ntimezone = Europe/Berlin\n"
		"keyboard = fr\n\n[admin ops]\nkey = " KEY "\n\n[nic " NIC "]\n"
		"address = 192.0.2.6/24\naddress6 = none\n\n[time]\n"
		"ntp = 192.0.2.1\n");
	/* And back to what is written nowhere. */
	machine(false);
	text("settings", live);
	installs("\n\n\n" "\n\n\n" "keep\n" "\n\n\n" "3\nsocle\n" "4\n-\n"
		"5\nall\n" "7\n-\n" "8\nus\n" "install\n");
	told("  4  Administrators none: root's password is set at a console\n");
	CHECK(!conf_section(plan.conf, "admin", 0));
	CHECK(!conf_section(plan.conf, "nic", 0));
	has("host", "name", 0, NULL);
	has("host", "keyboard", 0, NULL);
	has("time", "ntp", 0, NULL);
	text("settings", "[login]\npassword = " HASH "\n");
	installs(START "install\n");
	told("  4  Administrators none but root, as now\n");
}

static void test_administrators(void)
{
	machine(false);
	text("settings", live);
	/* A second key takes the place of both; no password. */
	installs("\n\n\n" "ops\n" OTHER_KEY "\n-\n" "keep\n" "\n\n\n"
		"install\n");
	has("admin ops", "key", 0, OTHER_KEY);
	has("admin ops", "key", 1, NULL);
	has("admin ops", "password", 0, NULL);
	has("admin second", "key", 0, KEY);
	/* One of both is needed. */
	installs("\n\n\n" "ops\n-\n-\n" "-\n\n" KEY "\n\n" "keep\n" "\n\n\n"
		"install\n");
	told("An administrator needs a key or a password.\n");
	has("admin ops", "key", 0, KEY);
	installs("\n\n\n" "ops\n-\n" PASSWORD "\n" PASSWORD "\n" "keep\n"
		"\n\n\n" "install\n");
	has("admin ops", "key", 0, NULL);
	CHECK(strcmp(HASH, conf_value(plan.conf, "admin ops", "password", 0)));
	installs("\n\n\n" "third\n" KEY "\n\n" "keep\n" "\n\n\n" "install\n");
	told("ops (key and password), second (key), third (key)");
}

/* The settings' parts have to fit each other before anything is written. */
static void test_misfits(void)
{
	machine(false);
	text("settings", "[bond bond0]\nnics = " NIC " " OTHER_NIC "\n"
		"[switch lan]\ntype = external\nnic = bond0\n");
	leaves(START "install\ninstall\n");
	told("Not yet: ");
	installs(START "install\n5\n1 2\n\n\n\n\n\ninstall\n");
}

/* Lines around the longest that is taken, and bytes that noise makes. */
static void test_lines(void)
{
	static char answers[1 << 16];
	size_t length;

	machine(false);
	for (length = 1000; length < 5000; length += length < 1030 ? 1 : 997) {
		char *at = answers + sprintf(answers, "\n\n");

		memset(at, 'x', length);
		strcpy(at + length, "\nname\n-\nall\n\n\n\ninstall\n");
		installs(answers);
		has("host", "name", 0, "name");
		/* As a password that is none. */
		at = answers + sprintf(answers, "\n\n\n\n" KEY "\n");
		memset(at, 'x', length);
		at[0] = 'y';
		strcpy(at + length, "\n" PASSWORD "\n" PASSWORD "\nall\n"
			"\n\n\ninstall\n");
		installs(answers);
		told("is too long.");
		CHECK(conf_value(plan.conf, "admin admin", "password", 0));
	}
	CHECK(!asks_bytes("\0\n\0\0\nna\0me\0\n-\nall\n\n\n\nins\0tall\n", 31));
	has("host", "name", 0, "name");
	/* The last line has no end. */
	installs(START "install");
	memset(answers, 'x', sizeof(answers) - 1);
	leaves(answers);
}

static const char *const words[] = { "", "", "", "", "1", "2", "1 2", "3",
	"1,2", "0", "-1", "99999999999999999999", "sda", "sdb", "sdc", "yes",
	"no", "socle", "branch-7", "admin", "ops", "second", "root", "-", "-",
	KEY, KEY, OTHER_KEY, KEY " " OTHER_KEY, PASSWORD, PASSWORD, PASSWORD,
	"short", "all", "keep", "lacp", "active-backup", "100", "4095", "dhcp",
	"none", "auto", "192.0.2.5/24", "192.0.2.1", "2001:db8::5/64",
	"2001:db8::1", "192.0.2.53 2001:db8::53", "UTC", "Europe/Berlin",
	"ntp.example.org", "de", "us", "4", "5", "6", "7", "8", "9", "install",
	"install", "install", "Install", "?", "[host]", "a\tb", "\xff\xfe",
	"\x1b[2J", "# x", "%s%n", "!" };

enum { LINES = 80 };

/* Most of them get beyond the disk, which takes time to look at. */
static size_t draw_lines(char *answers, size_t room)
{
	static const char *const first[] = { "sda\n", "1\n", "sdb\nsdb\n",
		"2\nsdb\n" };
	size_t size = (size_t)snprintf(answers, room, "%s", random_below(32) ?
		first[random_below(4)] : "");
	int i;

	for (i = 0; i < LINES; i++) {
		const char *word = words[random_below(
			sizeof(words) / sizeof(*words))];
		unsigned int kind = random_below(64);

		if (kind == 0)
			word = live;
		size += (size_t)snprintf(answers + size, room - size, "%s\n",
			word);
		if (kind == 1 && *word)
			answers[size - 2] = '\0';
		CHECK(size < room);
	}
	return random_below(8) ? size : random_below((unsigned int)size) + 1;
}

/* The line that ends where reading stopped. */
static void ends_with_install(const char *answers)
{
	char line[16] = "";
	long at = ftell(stdin);
	const char *begin;

	CHECK(at > 0);
	if (answers[at - 1] == '\n')
		at--;
	for (begin = answers + at; begin > answers && begin[-1] != '\n';)
		begin--;
	CHECK(answers + at - begin < (long)sizeof(line));
	memcpy(line, begin, (size_t)(answers + at - begin));
	CHECK_STRING("install", line);
}

static void complain(void *context, int line, const char *sentence)
{
	fprintf(stderr, "%d: %s\n", line, sentence);
	++*(int *)context;
}

/* A plan that was agreed to is one that can be done. */
static void check_plan(void)
{
	struct conf *again;
	size_t size;
	char *all = conf_text(plan.conf, &size);
	int problems = 0;

	CHECK(all);
	again = conf_parse(all, size, host_kinds, complain, &problems);
	CHECK(again);
	host_check(again, complain, &problems);
	CHECK(!problems && !conf_line(again, "install", NULL));
	CHECK(!strcmp(plan.disk.name, "sda") || !strcmp(plan.disk.name, "sdb"));
	if (!strcmp(plan.disk.name, "sdb"))
		told("Type sdb to erase it");
	conf_free(again);
	free(all);
}

static void test_random(long rounds)
{
	static char answers[1 << 18];
	long installed = 0, i;

	for (i = 0; i < rounds; i++) {
		bool many = random_below(2);
		size_t size;

		if (i % 50 == 0) {
			machine(many);
			/* Known at once, where a megabyte would be read. */
			put("dev/sda", "interrupted", 11);
			CHECK(!truncate("dev/sda", MB));
			if (random_below(2))
				text("settings", live);
		}
		size = draw_lines(answers, sizeof(answers));
		if (asks_bytes(answers, size))
			continue;
		answers[size] = '\0';
		ends_with_install(answers);
		check_plan();
		installed++;
	}
	fprintf(stderr, "test_questions: %ld of %ld installed\n", installed,
		rounds);
	CHECK(rounds < 1000 || installed);
}

int main(int count, char **arguments)
{
	long rounds = count > 1 ? atol(arguments[1]) : 100;
	unsigned long seed = count > 2 ? strtoul(arguments[2], NULL, 0) :
		(unsigned long)time(NULL);

	fprintf(stderr, "test_questions: %ld rounds, seed %lu\n", rounds, seed);
	random_state = seed * 2 + 1;
	test_defaults();
	test_full();
	test_bad_answers();
	test_leaving();
	test_disks();
	test_live();
	test_network();
	test_review();
	test_administrators();
	test_misfits();
	test_lines();
	test_random(rounds);
	plan_free(&plan);
	return 0;
}
