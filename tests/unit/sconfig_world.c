/* A service for the menu's tests: VMs, files and a host in memory. */
/* usage: sconfig_world SOCKET [SECONDS of a trial [ROWS of VMs' screens]]; ends
 * by SIGTERM. With ROWS there is a VM that has problems, and a switch; SIGUSR1:
 * screens show graphics from then on, or text again. */
/* SPDX-License-Identifier: MIT */
#include "verbs_world.h"

#include <jansson.h>

#include "network_world.h"

static const char host_text[] = "{"
	"\"name\": \"branch-7\", \"version\": \"0.1\","
	"\"hypervisor\": {\"running\": true},"
	"\"processors\": 8, \"processor\": \"Intel(R) Xeon(R)\","
	"\"vendor\": \"ACME\", \"machine\": \"Server 2\","
	"\"memory\": {\"total\": 17179869184, \"available\": 8589934592},"
	"\"load\": 0.42,"
	"\"time\": \"2026-01-02T03:04:05Z\", \"timezone\": \"UTC\", \"keyboard\": \"us\","
	"\"ntp\": [], \"synchronized\": true, \"uptime\": 90061,"
	"\"storage\": [{\"path\": \"/data\", \"there\": true,"
	" \"total\": 1099511627776, \"free\": 549755813888}],"
	"\"administrators\": [{\"name\": \"ann\", \"keys\": 1,"
	" \"password\": true}], \"root\": {\"name\": \"root\","
	" \"keys\": 0, \"password\": true},"
	"\"keys\": {\"login\": [], \"admin ann\": [\"ssh-ed25519 "
	"AAAAC3NzaC1lZDI1NTE5AAAAIJ8p0aGYq5v0b2wE0Qw1 ann@example\"]},"
	"\"consoles\": [\"tty1\", \"ttyS0\"],"
	"\"ssh\": \"SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG\","
	"\"boot\": {\"installed\": true, \"slot\": \"a\", \"disk\": "
	"\"sdc\", \"written\": 2097152},"
	"\"volumes\": [{\"name\": \"data\", \"state\": \"mounted\"}],"
	"\"kept\": [\"/config/socle.conf\", "
	"\"/volumes/data/.socle/socle.conf\"],"
	"\"settings\": \"own config volume, /dev/sdc2\", \"problems\": 0}";

/* A mirror that lacks a disk, and disks of every kind. */
static const char storage_text[] = "{\"volumes\": ["
	"{\"name\": \"data\", \"state\": \"mounted\", \"device\": \"md127\","
	" \"bytes\": 1099511627776, \"free\": 549755813888,"
	" \"folder\": \"/volumes/data\", \"storage\": true,"
	" \"default\": true, \"uuid\": \"x\", \"reason\": "
	"\"its mirror lacks a disk\"},"
	"{\"name\": \"old\", \"state\": \"several\", \"device\": \"\","
	" \"folder\": \"/volumes/old\", \"storage\": false, \"default\": "
	"false, \"uuid\": \"y\", \"reason\": \"sdd1 sde1 have the same "
	"identity; none of them is used\"}],"
	"\"disks\": ["
	"{\"name\": \"nvme0n1\", \"bytes\": 1099511627776, \"bus\": \"NVMe\","
	" \"can\": \"no\", \"content\": \"1 partition\", \"model\": "
	"\"Ultra\", \"serial\": \"1\", \"used\": \"md127\", \"why\": "
	"\"in use: md127\"},"
	"{\"name\": \"sda\", \"bytes\": 2199023255552, \"bus\": \"SATA\","
	" \"can\": \"yes\", \"content\": \"empty\", \"model\": \"Deskstar "
	"\\u0007\", \"serial\": \"2\", \"used\": \"\", \"why\": \"\"},"
	"{\"name\": \"mmcblk0\", \"bytes\": 1073741824, \"bus\": \"SD\","
	" \"can\": \"yes\", \"content\": \"empty\", \"model\": \"Card\","
	" \"serial\": \"\", \"used\": \"\", \"why\": \"\"},"
	"{\"name\": \"sdb\", \"bytes\": 8589934592, \"bus\": \"USB\","
	" \"can\": \"erase\", \"content\": \"1 partition (ntfs PHOTOS)\","
	" \"model\": \"Stick\", \"serial\": \"\", \"used\": \"\","
	" \"why\": \"\"}],"
	"\"arrays\": [{\"name\": \"md127\", \"label\": \"data\", \"level\": "
	"\"raid1\", \"state\": \"degraded\", \"slots\": 2, \"disks\": "
	"[\"nvme0n1p1\"]}]}";

static json_t *host;

static void say(const char *text, int status)
{
	snprintf(world.says, sizeof(world.says), "%s", text);
	world.status = status;
}

static void say_json(json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);

	say(text, 0);
	free(text);
}

static void show(void)
{
	network_show(host);
	say_json(host);
}

static void show_switches(void)
{
	json_t *list = network_switches();

	say_json(list);
	json_decref(list);
}

/* What is on trial, or may be. */
static void change_network(const char *what)
{
	network_do(what);
	say(strcmp(what, "test") ? network.says : network_tested,
		network.status);
}

static void change_switch(const char *what)
{
	network_switch(what, false);
	say(network.says, network.status);
}

/* The rest of what was asked, if it begins so. */
static const char *asked(const char *start)
{
	size_t size = strlen(start);

	return strncmp(world.asked, start, size) ? NULL : world.asked + size;
}

static void set(const char *pair)
{
	char key[64];
	const char *sign = strchr(pair, '=');

	snprintf(key, sizeof(key), "%.*s", (int)(sign - pair), pair);
	json_object_set_new(host, key, json_string(sign + 1));
	say("", 0);
}

/* From the first change on the host says what the list has. */
static void tell_volumes(void)
{
	json_t *list = json_loads(storage_text, 0, NULL);

	json_object_set(host, "volumes", json_object_get(list, "volumes"));
	json_decref(list);
}

/* What would be erased is refused without the word for it. */
static void change_storage(const char *what)
{
	size_t size = strlen(what);
	bool erases = size > 8 && !strcmp(what + size - 8, " --erase");

	if (strstr(what, "sdb") && !erases && strncmp(what, "adopt", 5))
		say("host: sdb is not empty: 1 partition (ntfs PHOTOS). With "
			"--erase all of it goes\n", 1);
	else
		snprintf(world.says, sizeof(world.says), "done: %s\n", what);
	tell_volumes();
	world.status = strstr(world.says, "host: ") == world.says;
}

static const char exported[] = "# a comment\n[host]\nname = branch-7\n";

/* Those that it has itself written, and no others. */
static void change_settings(const char *what)
{
	if (!strncmp(what, "export", 6))
		snprintf(world.says, sizeof(world.says), "%s%s", exported,
			strcmp(what, "export") ? "# secrets\n" : "");
	else if (!strcmp(what, "reset"))
		say("", 0);
	else if (!strncmp(what, "import ", 7) && !strncmp(what + 7, exported,
		strlen(exported)))
		say("these settings count from the next start of the host "
			"on\n", 0);
	else
		say("host: line 2: \"x\" is not known\n", 1);
	world.status = !strncmp(world.says, "host: ", 6);
}

/* What takes its time, and can fail. */
static void make_stick(const char *disk)
{
	bool erases = strstr(disk, " erase");

	world.takes = 2000;
	if (!strncmp(disk, "sdb", 3) && !erases)
		say("installer: sdb is not empty: 1 partition (ntfs PHOTOS).\n",
			1);
	else
		say("the system is copied\n" "all is read back, and compared "
			"with what was written\nthe stick boots this host\n",
			0);
}

static void answer(void)
{
	const char *rest;

	world.takes = 0;
	if ((rest = asked("host settings ")))
		change_settings(rest);
	else if ((rest = asked("host make-stick ")))
		make_stick(rest);
	else if (asked("host show"))
		show();
	else if (asked("host storage list"))
		say(storage_text, 0);
	else if ((rest = asked("host storage ")))
		change_storage(rest);
	else if (asked("host report"))
		say("# version\n0.1\n# uptime\n 1 day\n", 0);
	else if (asked("switch list"))
		show_switches();
	else if ((rest = asked("switch ")))
		change_switch(rest);
	else if ((rest = asked("host set host ")) && strchr(rest, '!'))
		say("host: name \"x\" is not a host name\n", 1);
	else if (rest)
		set(rest);
	else if ((rest = asked("host network ")))
		change_network(rest);
	else
		say("", 0);
}

static void turn(int number)
{
	(void)number;
	world.graphics = !world.graphics;
}

static const char broken[] = "[vm]\n"
	"id = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\nmemory = 3M\n"
	"notes = it beeps: \x07\xc2\x9b" "2J\nstrange = yes\n";

int main(int count, char **words)
{
	CHECK(count >= 2 && count <= 4);
	signal(SIGUSR1, turn);
	world.rows = count == 4 ? (unsigned int)atoi(words[3]) : 0;
	network_begin(count >= 3 ? atoi(words[2]) : 60);
	if (world.rows) {
		world_add("broken", broken);
		network_switch("create lan type=private", false);
	}
	snprintf(world.path, sizeof(world.path), "%s", words[1]);
	host = json_loads(host_text, 0, NULL);
	CHECK(host);
	world.host = answer;
	world_begin();
	CHECK(!pthread_join(world.server, NULL));
	return 0;
}
