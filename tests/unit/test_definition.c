/* Definitions of VMs: values, problems, remarks, changes, and random texts.
 * usage: test_definition DOCUMENT ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

#include "definition.h"
#include "definition_change.h"
#include "definition_check.h"
#include "definition_keys.h"
#include "random.h"

#define ID "id = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n"
#define VM "[vm]\n" ID
#define MB (1ull << 20)

static const char *const storages[] = { "/data", "/mnt/stick" };
static const struct definition_home home = { storages, 2, 0, "web" };
static char said[16384];

static void note(void *context, int line, const char *text)
{
	size_t used = strlen(said);

	(void)context;
	(void)line;
	snprintf(said + used, sizeof(said) - used, "%s\n", text);
}

static struct conf *parse_bytes(const char *text, size_t size)
{
	struct conf *conf = conf_parse(text, size, definition_kinds, NULL,
		NULL);

	CHECK(conf);
	return conf;
}

static struct conf *parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

/* What is said of a text: problems or remarks. */
static void says(const char *text, bool problems, const char *expected)
{
	struct conf *conf = parse(text);

	said[0] = '\0';
	if (problems)
		definition_check(conf, &home, note, NULL);
	else
		definition_remarks(conf, note, NULL);
	CHECK_STRING(expected, said);
	conf_free(conf);
}

static void test_defaults(void)
{
	struct conf *conf = parse(VM);
	struct definition is;

	CHECK(!definition_take(&is, conf));
	conf_free(conf);
	CHECK(is.id.bytes[0] == 0xf8 && is.generation == 1);
	CHECK(is.memory == 1024 * MB && is.processors == 1);
	CHECK(is.boots == 2 && is.boot[0] == BOOT_DISK &&
		is.boot[1] == BOOT_DVD);
	CHECK_STRING("", is.notes);
	CHECK(is.start == START_IF_RUNNING && is.start_order == 500 &&
		!is.start_delay && !is.start_wait);
	CHECK(is.stop == STOP_SHUT_DOWN && is.stop_limit == 120);
	CHECK(is.cpu_weight == 100 && is.cpu_cap == 100 && !is.services_off);
	CHECK(!is.drive_count && !is.nic_count);
	definition_free(&is);
}

static const char whole[] = VM "generation = 1\nmemory = 3G\n"
	"processors = 4\nboot = dvd\nnotes = Frau Müller's\nstart = always\n"
	"start-order = 7\nstart-delay = 30\nstart-wait = heartbeat\n"
	"stop = turn-off\nstop-limit = 60\ncpu-weight = 200\ncpu-cap = 50\n"
	"integration = time\nintegration = exchange\n"
	"[disk ide0:0]\nfile = web.vhdx\n"
	"[dvd ide1:0]\nfile = /data/iso/a.iso\n[dvd ide1:1]\n"
	"[disk scsi0:63]\nfile = /mnt/stick/d/x.raw\nformat = raw\n"
	"read-only = yes\n[disk scsi0:2]\nfile = old.vhd\nformat = vhd\n"
	"[nic 3]\nmac = 02:53:4f:00:00:01\nswitch = lan\ntrunk = 10,20-29\n"
	"native = 1\nguard = mac dhcp\naddress = 192.0.2.7\naddress = ::2\n"
	"[nic 0]\nmac = 02:53:4f:00:00:02\nmodel = e1000\n";

static void check_drives(const struct definition *is)
{
	const struct drive *drive = is->drives;

	CHECK(is->drive_count == 5);
	CHECK(drive->ide && !drive->place && !drive->dvd);
	CHECK(drive->format == DISK_VHDX && !drive->read_only);
	CHECK_STRING("web.vhdx", drive->file);
	drive++;
	CHECK(drive->ide && drive->place == 2 && drive->dvd);
	CHECK(drive->format == DISK_RAW && drive->read_only);
	drive++;
	CHECK(drive->ide && drive->place == 3 && drive->dvd && !drive->file);
	drive++;
	CHECK(!drive->ide && drive->place == 63 && drive->read_only);
	CHECK(drive->format == DISK_RAW);
	CHECK_STRING("/mnt/stick/d/x.raw", drive->file);
	drive++;
	CHECK(drive->format == DISK_VHD && drive->read_only);
}

static void test_whole(void)
{
	struct conf *conf = parse(whole);
	struct definition is;
	const struct port *port;

	CHECK(!definition_check(conf, &home, NULL, NULL));
	CHECK(!definition_take(&is, conf));
	conf_free(conf);
	CHECK(is.memory == 3072 * MB && is.processors == 4);
	CHECK(is.boots == 1 && is.boot[0] == BOOT_DVD);
	CHECK_STRING("Frau Müller's", is.notes);
	CHECK(is.start == START_ALWAYS && is.start_order == 7 &&
		is.start_delay == 30 && is.start_wait);
	CHECK(is.stop == STOP_TURN_OFF && is.stop_limit == 60);
	CHECK(is.cpu_weight == 200 && is.cpu_cap == 50);
	CHECK(is.services_off == (1u << SERVICE_TIME | 1u << SERVICE_EXCHANGE));
	check_drives(&is);
	CHECK(is.nic_count == 2 && is.nics[0].number == 0 && is.nics[0].e1000);
	CHECK(!is.nics[0].port.of[0] && is.nics[0].port.native == 1);
	CHECK(is.nics[1].number == 3 && !is.nics[1].e1000);
	port = &is.nics[1].port;
	CHECK_STRING("lan", port->of);
	CHECK(port->trunk && port->native == 1 && vlans_has(&port->tagged, 25));
	CHECK(port->guards == (GUARD_MAC | GUARD_DHCP) && port->mac[5] == 1);
	CHECK(port->addresses == 2);
	definition_free(&is);
}

/* Whether a value may stand for a key, by way of a definition. */
static bool takes(const char *section, const char *key, const char *value)
{
	struct conf *conf = parse(VM);
	bool good = !conf_set(conf, section, key, &value, 1, note, NULL);

	conf_free(conf);
	return good;
}

static void refuses(const char *section, const char *key, const char *value,
	const char *sentence)
{
	said[0] = '\0';
	CHECK(!takes(section, key, value));
	CHECK_STRING(sentence, said);
}

static void test_values(void)
{
	static const struct { const char *key, *good, *bad; } rows[] = {
		{ "memory", "2", "0" }, { "memory", "4096G", "4097G" },
		{ "memory", "2M", "3M" }, { "memory", "512", "1T" },
		{ "memory", "100000M", "99999999999999999999" },
		{ "memory", "1G", "1 G" }, { "memory", "2G", "-2" },
		{ "processors", "64", "65" }, { "processors", "1", "0" },
		{ "boot", "dvd disk", "disk disk" }, { "boot", "disk", "" },
		{ "boot", "dvd", "floppy" }, { "notes", "", "\x7f" },
		{ "notes", "a = [b] # c", "a\nb" }, { "notes", "x", "\x1b" },
		{ "start", "nothing", "Always" },
		{ "start-order", "999", "1000" },
		{ "start-delay", "3600", "3601" },
		{ "start-wait", "heartbeat", "yes" },
		{ "stop", "turn-off", "save" }, { "stop-limit", "1", "0" },
		{ "cpu-weight", "10000", "0" }, { "cpu-cap", "100", "101" },
		{ "integration", "exchange", "all" },
		{ "generation", "1", "2" },
		{ "id", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "1" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK(takes("vm", rows[i].key, rows[i].good));
		CHECK(!takes("vm", rows[i].key, rows[i].bad));
	}
	refuses("vm", "memory", "1023", "[vm] memory: \"1023\" is not a "
		"number of MB, or one with M or G: 2M to 4096G in steps of "
		"2M\n");
	refuses("disk ide2:0", "file", "x", "section [disk ide2:0]: disk "
		"takes a place: ide0:0 to ide1:1, or scsi0:0 to scsi0:63\n");
	refuses("nic 8", "mac", "x", "section [nic 8]: nic takes a number "
		"from 0 to 7\n");
	refuses("disk scsi0:00", "file", "x", "section [disk scsi0:00]: disk "
		"takes a place: ide0:0 to ide1:1, or scsi0:0 to scsi0:63\n");
	CHECK(!takes("disk ide0:0", "format", "qcow2"));
	CHECK(!takes("nic 0", "mac", "01:00:00:00:00:01"));
	CHECK(!takes("nic 0", "switch", "../lan"));
}

static void test_files(void)
{
	static const char *const good[] = { "a", "web.vhdx", "a b.raw",
		"/data/x", "/data/a/b/c.vhd", "vm.con", "x.vm.conf" };
	static const char *const bad[] = { "", "/", ".", "..", "../x", "a/b",
		".x", "/data/", "/data//x", "/data/../etc/shadow", "/data/./x",
		"vm.conf", "VM.CONF.old", "vm.conf.new", "vm.configured",
		"/data/vms/other/vm.conf", "/data/vm.conf/x", "/data/.x/y",
		"a\tb", "a\nb", "\t.vhdx" };
	char text[600];
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		CHECK(takes("disk ide0:0", "file", good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(!takes("disk ide0:0", "file", bad[i]));
	memset(text, 'a', sizeof(text));
	text[256] = '\0';
	CHECK(!takes("dvd ide0:0", "file", text));
	text[255] = '\0';
	CHECK(takes("dvd ide0:0", "file", text));
	for (i = 0; i < 599; i += 100)
		text[i] = '/';
	text[255] = text[256] = 'a';
	text[599] = '\0';
	CHECK(!takes("dvd ide0:0", "file", text));
	text[511] = '\0';
	CHECK(takes("dvd ide0:0", "file", text));
}

static void test_problems(void)
{
	says("", true, "[vm] id is missing\n");
	says(VM "[dvd ide0:0]\n[disk ide0:0]\n", true,
		"[disk ide0:0] file is missing\n"
		"[disk ide0:0] there is a [dvd ide0:0] too, at one place\n");
	says(VM "[disk ide0:0]\nfile = /etc/shadow\n", true,
		"[disk ide0:0] file: /etc/shadow is in none of the storage "
		"folders: /data, /mnt/stick\n");
	says(VM "[dvd ide0:0]\nfile = /database/x\n", true,
		"[dvd ide0:0] file: /database/x is in none of the storage "
		"folders: /data, /mnt/stick\n");
	says(VM "[disk ide0:0]\nfile = /data/vms/Web/x.vhdx\n", true,
		"[disk ide0:0] file: /data/vms/Web/x.vhdx is in the VM's own "
		"folder: there its name stands alone, without a path\n");
	says(VM "[disk ide0:0]\nfile = /data/vms/web2/x.vhdx\n", true, "");
	says(VM "[disk ide0:0]\nfile = /mnt/stick/vms/web/x.vhdx\n", true, "");
	says(VM "[disk ide0:0]\nfile = a\n[disk scsi0:0]\nfile = A\n"
		"read-only = yes\n", true, "[disk scsi0:0] file: [disk ide0:0] "
		"has A too, and not both only read it\n");
	says(VM "[dvd ide0:0]\nfile = a\n[dvd ide0:1]\nfile = a\n", true, "");
	says(VM "[nic 0]\nmac = 02:53:4F:00:00:01\n[nic 1]\n"
		"mac = 02:53:4f:00:00:01\n[nic 2]\nvlan = 3\ntrunk = 5\n"
		"[nic 3]\nmac = 02:53:4f:00:00:02\nnative = 3\n", true,
		"[nic 1] mac: [nic 0] has 02:53:4f:00:00:01 too\n"
		"[nic 2] mac is missing\n"
		"[nic 2] trunk: an adapter has vlan or trunk, not both\n"
		"[nic 3] native: is a trunk's, and there is no trunk\n");
	says(VM "memory = 1\n[disk ide9:0]\nfile = a\nrubbish\n[vm]\nodd\n"
		"colour = red\n", true, "[vm] memory: \"1\" is not a number "
		"of MB, or one with M or G: 2M to 4096G in steps of 2M\n"
		"section [disk ide9:0]: disk takes a place: ide0:0 to ide1:1, "
		"or scsi0:0 to scsi0:63\n"
		"not a section, a comment or \"key = value\"\n");
}

static void test_remarks(void)
{
	says(VM "colour = red\nmemory = 2\nmemory = 4\n[tpm]\nx = y\n"
		"[disk ide0:0]\nfile = a.vhdx\n", false,
		"[vm] has no key \"colour\"\n"
		"[vm] memory stands twice; the first one counts\n"
		"unknown section [tpm]\n");
	says(VM "[disk scsi0:0]\nfile = a.vhd\n", false,
		"[vm] boot: there is nothing to start from: no such disk or "
		"disc at ide0:0 to ide1:1\n[disk scsi0:0] format: is vhdx, "
		"and a.vhd is called as if it were vhd\n");
	says(VM "boot = dvd\nstart-wait = heartbeat\nintegration = heartbeat\n"
		"integration = shutdown\n[disk ide0:0]\nfile = a.vhd\n"
		"format = vhd\n[dvd ide1:0]\nfile = a\n[nic 0]\nvlan = 3\n",
		false, "[vm] start-wait: the heartbeat is switched off: what "
		"starts next waits for nothing\n[vm] stop: the shutdown "
		"service is switched off: the VM is turned off when "
		"stop-limit is over\n[disk ide0:0] read-only: a VHD is only "
		"read; the guest cannot write to it\n[nic 0] vlan: has no "
		"effect without a switch\n");
}

struct row {
	const char *section, *key, *value;
};

/* Several keys at once; the sentence of a refusal, "" for none. */
static void change(struct conf *conf, const struct row *rows, int count,
	const char *sentence)
{
	struct definition_set sets[8];
	struct trouble why = { "" };
	int i, result;

	for (i = 0; i < count; i++)
		sets[i] = (struct definition_set){ rows[i].section,
			rows[i].key, &rows[i].value, rows[i].value ? 1 : 0 };
	result = definition_change(conf, &home, sets, count, &why);
	CHECK_STRING(sentence, why.text);
	CHECK(!result == !*sentence);
}

#define CHANGE(conf, sentence, ...) change(conf, (const struct row[]){ \
	__VA_ARGS__ }, sizeof((const struct row[]){ __VA_ARGS__ }) / \
	sizeof(struct row), sentence)

static void test_change(void)
{
	struct conf *conf = parse("# top\n[vm]\n" ID "# much\nmemory = 2G\n"
		"colour = red\n[tpm]\nx = y\n");
	size_t size;
	char *text;

	CHANGE(conf, "", { "vm", "memory", "4G" }, { "vm", "stop", "turn-off" },
		{ "disk ide0:0", "file", "a.vhdx" });
	text = conf_text(conf, &size);
	CHECK_STRING("# top\n[vm]\n" ID "# much\nmemory = 4G\nstop = turn-off\n"
		"colour = red\n[tpm]\nx = y\n\n[disk ide0:0]\nfile = a.vhdx\n",
		text);
	free(text);
	CHANGE(conf, "", { "vm", "memory", NULL });
	CHECK(!conf_value(conf, "vm", "memory", 0));
	CHANGE(conf, "", { "disk ide0:0", NULL, NULL });
	CHECK(!conf_line(conf, "disk ide0:0", NULL));
	conf_free(conf);
}

/* A value is what would be read back. */
static void test_blanks(void)
{
	static char long_one[CONF_LINE_MAX];
	struct conf *conf = parse(VM);

	CHANGE(conf, "", { "vm", "notes", " a b \t" });
	CHECK_STRING("a b", conf_value(conf, "vm", "notes", 0));
	CHANGE(conf, "[disk ide0:0] file: \".vhdx\" is not the name of a file "
		"in the VM's folder, or the path of one in a storage folder, "
		"without \"..\"", { "disk ide0:0", "file", "\t.vhdx" });
	memset(long_one, 'a', sizeof(long_one) - 1);
	CHANGE(conf, "[vm] notes: longer than a line of 4096 bytes",
		{ "vm", "notes", long_one });
	long_one[CONF_LINE_MAX - 8] = '\0';
	CHANGE(conf, "", { "vm", "notes", long_one });
	conf_free(conf);
}

static void test_change_refused(void)
{
	static const char text[] = VM "memory = 1\n[disk ide0:0]\nfile = a\n"
		"[disk ide0:1]\nfile = b\n";
	struct conf *conf = parse(text);

	/* One old mistake keeps nothing else from being changed. */
	CHANGE(conf, "", { "vm", "notes", "x" });
	CHANGE(conf, "", { "vm", "memory", "2" });
	CHECK(!definition_check(conf, &home, NULL, NULL));
	CHANGE(conf, "[disk ide0:1] file: [disk ide0:0] has b too, and not "
		"both only read it", { "disk ide0:0", "file", "b" });
	conf_free(conf);
	conf = parse(text);
	CHANGE(conf, "[dvd ide0:0] there is a [disk ide0:0] too, at one place",
		{ "dvd ide0:0", "file", "c" });
	conf_free(conf);
	conf = parse(text);
	CHANGE(conf, "[vm] has no key \"colour\"", { "vm", "colour", "red" });
	CHANGE(conf, "[vm] cpu-cap is not there", { "vm", "cpu-cap", NULL });
	CHANGE(conf, "[nic 0] is not there", { "nic 0", NULL, NULL });
	CHANGE(conf, "unknown section [tpm]", { "tpm", "x", "y" });
	CHANGE(conf, "[vm] id is made with the VM and stays as it is",
		{ "vm", "id", "f81d4fae-7dec-11d0-a765-00a0c91e6bf7" });
	CHANGE(conf, "[vm] id is made with the VM and stays as it is",
		{ "vm ", "id", "f81d4fae-7dec-11d0-a765-00a0c91e6bf7" });
	CHANGE(conf, "[vm] generation is made with the VM and stays as it is",
		{ "VM", "generation", NULL });
	CHANGE(conf, "[vm] is made with the VM and stays as it is",
		{ "VM", NULL, NULL });
	conf_free(conf);
}

static void test_new(void)
{
	struct conf *conf = definition_new();
	struct definition one, other;

	CHECK(conf && !definition_check(conf, &home, NULL, NULL));
	CHECK(!definition_take(&one, conf) && !definition_new_id(conf));
	CHECK(!definition_take(&other, conf));
	CHECK(memcmp(&one.id, &other.id, sizeof(one.id)));
	CHECK(!conf_value(conf, "vm", "id", 1));
	definition_free(&one);
	definition_free(&other);
	conf_free(conf);
}

/* The key's row of the document's table: once or repeats. */
static bool documented(const char *document, const char *kind,
	const struct conf_key *key)
{
	char line[512], row[128];
	FILE *file = fopen(document, "r");
	bool found = false;

	CHECK(file);
	while (!found && fgets(line, sizeof(line), file)) {
		snprintf(row, sizeof(row), "| [%s", kind);
		if (strncmp(line, row, strlen(row)))
			continue;
		snprintf(row, sizeof(row), "| `%s` | %s |", key->name,
			key->repeats ? "repeats" : "once");
		found = strstr(line, row);
	}
	fclose(file);
	return found;
}

static void test_document(const char *document)
{
	const struct conf_kind *kind;
	const struct conf_key *key;

	for (kind = definition_kinds; kind->name; kind++)
		for (key = kind->keys; key->name; key++)
			if (!documented(document, kind->name, key)) {
				fprintf(stderr, "%s: no row for [%s] %s\n",
					document, kind->name, key->name);
				exit(1);
			}
}

/* Everything is done with it; written and read again it means the same. */
static void use(const char *text, size_t size)
{
	struct conf *conf = parse_bytes(text, size), *again;
	struct definition one, other;
	int problems = definition_check(conf, &home, note, NULL);
	char *written;

	said[0] = '\0';
	definition_remarks(conf, note, NULL);
	written = conf_text(conf, &size);
	CHECK(written);
	again = parse_bytes(written, size);
	free(written);
	CHECK(definition_check(again, &home, NULL, NULL) == problems);
	CHECK(!definition_take(&one, conf) && !definition_take(&other, again));
	CHECK(one.memory == other.memory && one.memory % (2 * MB) == 0);
	CHECK(one.drive_count == other.drive_count);
	CHECK(one.nic_count == other.nic_count && one.nic_count <= 8);
	CHECK_STRING(one.notes, other.notes);
	definition_free(&one);
	definition_free(&other);
	conf_free(conf);
	conf_free(again);
}

static void test_random(long rounds)
{
	static char text[4096];
	size_t size;

	for (; rounds; rounds--) {
		memcpy(text, whole, sizeof(whole));
		size = random_change(text, sizeof(whole) - 1, sizeof(text));
		use(text, size);
	}
}

int main(int arguments, char **argument)
{
	CHECK(arguments >= 3);
	random_state = arguments > 3 ? strtoull(argument[3], NULL, 0) :
		(uint64_t)time(NULL) * 2 + 1;
	test_defaults();
	test_whole();
	test_values();
	test_files();
	test_problems();
	test_remarks();
	test_change();
	test_blanks();
	test_change_refused();
	test_new();
	test_document(argument[1]);
	printf("definitions: seed %llu\n", (unsigned long long)random_state);
	test_random(atol(argument[2]));
	return 0;
}
