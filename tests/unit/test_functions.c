/* Every verb, with good and bad input: the command, the service, a helper and
 * workers in memory. */
/* SPDX-License-Identifier: MIT */
#include "verbs_world.h"

#include "client.h"
#include "command.h"

static char program[4096], out[1 << 20], err[1 << 16];

static void slurp(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");

	CHECK(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
	unlink(path);
}

static void spill(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CHECK(file && fputs(text, file) >= 0 && !fclose(file));
}

/* What it reads. */
static const char *input = "/dev/null";

static pid_t start(char **words)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "verbs.out",
		O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&actions, 2, "verbs.err",
		O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CHECK(!posix_spawn(&pid, program, &actions, NULL, words, environ));
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* Its words, each behind a blank; "_" in a word is one. */
static int run(const char *line)
{
	char *words[64] = { "vm", "--socket", world.path }, *text, *at;
	int count = 3, status;
	pid_t pid;

	text = strdup(line);
	for (words[count] = strtok(text, " "); words[count];
	     words[count] = strtok(NULL, " "))
		CHECK(++count < 63);
	for (count = 3; words[count]; count++)
		for (at = words[count]; *at; at++)
			if (*at == '_')
				*at = ' ';
	pid = start(words);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	free(text);
	slurp("verbs.out", out, sizeof(out));
	slurp("verbs.err", err, sizeof(err));
	return WEXITSTATUS(status);
}

static void show(const char *line, int status)
{
	fprintf(stderr, "vm %s: status %d\n%s%s", line, status, out, err);
}

/* It is done, and says this. */
static void done(const char *line, const char *said)
{
	int status = run(line);

	if (status || strcmp(out, said) || *err)
		show(line, status);
	CHECK(!status && !*err);
	CHECK_STRING(said, out);
}

/* It is refused with a sentence, which begins like this, and nothing else. */
static void refused(const char *line, int expected, const char *why)
{
	int status = run(line);

	if (status != expected || *out || !strstr(err, why))
		show(line, status);
	CHECK(status == expected && !*out && strstr(err, why) &&
		!strncmp(err, "vm: ", 4));
}

/* What the definition of web has now. */
static void has(const char *text, bool there)
{
	const char *conf = world_vm("web")->conf;

	if (!strstr(conf, text) == there)
		fprintf(stderr, "%s: %s\n", text, conf);
	CHECK(!strstr(conf, text) != there);
}

/* Its answer as JSON is one; the caller owns it. */
static json_t *json_of(const char *line)
{
	char text[512];
	json_t *result;
	int status;

	snprintf(text, sizeof(text), "--json %s", line);
	status = run(text);
	result = json_loads(out, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES,
		NULL);
	if (status || !result || *err)
		show(text, status);
	CHECK(!status && result && !*err);
	return result;
}

static void check_widths(const char *line)
{
	const char *at = out;

	for (; *at; at += strcspn(at, "\n") + 1) {
		if (strcspn(at, "\n") > 80)
			show(line, 0);
		CHECK(strcspn(at, "\n") <= 80);
	}
}

static void test_create(void)
{
	done("create web --dry-run", "web would be made, in /data\n");
	CHECK(!world_vm("web"));
	done("create web --disk 20G --iso debian-13.iso --switch lan "
		"--memory 2G start=always notes=the_shop",
		"web is made, in /data\n");
	has("memory = 2G", true);
	has("start = always", true);
	has("notes = the shop", true);
	has("[disk ide0:0]\nfile = disk.vhdx", true);
	has("[dvd ide1:0]\nfile = /data/iso/debian-13.iso", true);
	has("switch = lan", true);
	has("mac = 02:53:4f:", true);
	CHECK(world_slot(world_vm("web"), "disk.vhdx"));
	refused("create WEB", 1, "there is a VM of this name already");
	refused("create", 2, "name is missing");
	refused("create .web", 2, "name is not");
	refused("create mail --memory 3", 2, "memory is not");
	refused("create mail --processors 65", 2, "from 1 to 64");
	refused("create mail --disk 20", 2, "size of a new disk");
	refused("create mail --iso nothing.iso", 1,
		"there is no disc nothing.iso");
	refused("create mail --storage /nowhere", 1, "no storage folder");
	refused("create mail start=sometimes", 2, "sometimes");
	refused("create mail nonsense=1", 2, "nonsense");
	refused("create mail id=1", 2, "stays as it is");
	world.fails[HELPER_DISK_CREATE] = -ENOSPC;
	refused("create mail --disk 1G", 1, "mail is not made, as its disk");
	CHECK(!world_vm("mail"));
	world.fails[HELPER_DISK_CREATE] = 0;
	done("create bare --storage /run/spare", "bare is made, in /run/spare\n"
		"this folder is in the host's memory: what is in it is gone at "
		"the next start;\nvm host set host storage=PATH names one "
		"that stays\n");
	done("delete bare", "notes.txt stays\n");
}

static void test_set(void)
{
	done("set web stop-limit=60 --dry-run",
		"the settings of web would change\n");
	has("stop-limit", false);
	done("set web stop-limit=60 start=", "the settings of web are "
		"changed\n");
	has("stop-limit = 60", true);
	has("start = always", false);
	done("set web start=", "the settings of web are changed\n");
	refused("set web", 2, "set is missing");
	refused("set web nonsense=", 1, "nonsense");
	refused("set web stop=perhaps", 2, "stop");
	refused("set nobody stop=turn-off", 1, "there is no VM nobody");
	done("cpu web --count 4 --weight 200", "the processors of web are "
		"changed\n");
	done("cpu web", "name        web\nprocessors  4\nweight      200\n"
		"cap         100\n");
	refused("cpu web --cap 101", 2, "from 1 to 100");
	done("memory web 4G --dry-run", "web would have 4G of memory\n");
	done("memory web 1536M", "web has 1536M of memory\n");
	done("memory web", "name    web\nmemory  1536M\n");
	refused("memory web 1M", 2, "size is not");
	done("integration web time off", "time is off for web\n");
	done("integration web heartbeat off", "heartbeat is off for web\n");
	has("integration = time\nintegration = heartbeat", true);
	done("integration web time on", "time is on for web\n");
	done("integration web", "name       web\nshutdown   on\n"
		"time       on\nheartbeat  off\nexchange   on\n");
	done("integration web heartbeat on", "heartbeat is on for web\n");
	has("integration", false);
	refused("integration web time", 2, "state is missing");
	refused("integration web fax off", 2, "service is not");
}

static void test_disks(void)
{
	done("disk add web --size 1G", "web has disk2.vhdx at ide0:1, a new "
		"disk\n");
	done("disk add web --size 1G --format raw", "web has disk.raw at "
		"scsi0:0, a new disk\n");
	has("[disk scsi0:0]\nfile = disk.raw\nformat = raw", true);
	done("disk create web data.vhdx 5G", "data.vhdx is made; vm disk add "
		"web --file data.vhdx gives it to the VM\n");
	done("disk create web data2.vhdx 5G --dry-run",
		"data2.vhdx would be made in the folder of web\n");
	refused("disk create web data.vhdx 5G", 1, "File exists");
	refused("disk create web ../x.vhdx 5G", 2, "file is not");
	refused("disk create web x.vhd 5G", 2, "VHDX or raw");
	done("disk add web scsi0:7 --file data.vhdx --read-only",
		"web has data.vhdx at scsi0:7\n");
	refused("disk add web scsi0:7 --size 1G", 1, "has a drive at");
	refused("disk add web scsi0:64 --size 1G", 2, "place is not");
	refused("disk add web", 2, "size or file is missing");
	refused("disk add web --file nothing.vhdx", 1, "No such file");
	refused("disk add web --file disk.vhdx", 2, "disk.vhdx");
	done("disk set web scsi0:7 read-only=", "the drive of web at scsi0:7 "
		"is changed\n");
	has("read-only", false);
	refused("disk set web scsi0:7 read-only=maybe", 2, "read-only");
	refused("disk set web scsi0:9 read-only=no", 1, "no drive at scsi0:9");
	done("disk remove web scsi0:7", "web has no drive at scsi0:7 any "
		"more; its file stays: data.vhdx\n");
	refused("disk remove web scsi0:7", 1, "no drive at scsi0:7");
	done("disk remove web scsi0:0 --dry-run",
		"web would lose its drive at scsi0:0\n");
	has("[disk scsi0:0]", true);
}

static void test_discs(void)
{
	done("iso list", "NAME           SIZE  PATH\n"
		"debian-13.iso  650M  /data/iso/debian-13.iso\n"
		"tools.iso        4K  /data/iso/tools.iso\n");
	done("iso eject web", "web has no disc in its drive at ide1:0\n");
	has("[dvd ide1:0]", true);
	has("debian-13.iso", false);
	refused("iso eject web", 1, "is empty");
	done("iso insert web debian-13.iso", "web has /data/iso/debian-13.iso "
		"in its drive at ide1:0\n");
	refused("iso insert web nothing.iso", 1, "No such file");
	refused("iso insert web debian-13.iso --place ide0:0", 1,
		"there is a disk");
	done("iso insert web debian-13.iso --place ide1:1 --dry-run",
		"web would have /data/iso/debian-13.iso in its drive at "
		"ide1:1\n");
	refused("iso eject web --place ide0:0", 1, "no DVD drive there");
}

static void test_nics(void)
{
	done("nic add web", "web has an adapter 1\n");
	done("nic add web --switch lan vlan=20 --model e1000",
		"web has an adapter 2, plugged in lan\n");
	has("[nic 2]", true);
	has("vlan = 20", true);
	done("nic connect web 1 lab", "adapter 1 of web is plugged in lab\n");
	has("switch = lab", true);
	done("nic disconnect web 1", "adapter 1 of web is without a cable\n");
	has("switch = lab", false);
	done("nic disconnect web 1", "adapter 1 of web is without a cable\n");
	done("nic set web 1 address=192.0.2.7_192.0.2.8 guard=mac_dhcp",
		"adapter 1 of web is changed\n");
	has("address = 192.0.2.7\naddress = 192.0.2.8", true);
	refused("nic set web 1 vlan=10 trunk=20", 2, "vlan");
	refused("nic set web 1 vlan=5000", 2, "vlan");
	refused("nic set web 7 vlan=5", 1, "web has no adapter 7");
	refused("nic set web 8 vlan=5", 2, "from 0 to 7");
	refused("nic connect web 1 No_Switch", 2, "switch is not");
	done("nic remove web 2 --dry-run", "adapter 2 of web would be "
		"removed\n");
	done("nic remove web 2", "adapter 2 of web is removed\n");
	has("[nic 2]", false);
	refused("nic remove web 2", 1, "web has no adapter 2");
}

static void test_off(void)
{
	done("rename web shop --dry-run", "web would become shop\n");
	done("rename web Web", "");
	done("rename Web web", "");
	refused("rename web", 2, "to is missing");
	refused("stop web", 1, "is off");
	refused("stop web --hard", 1, "is off");
	refused("pause web", 1, "is off");
	refused("reset nobody", 1, "there is no VM nobody");
	refused("console web", 1, "web is not running: it is Off");
	refused("screen web", 1, "web is not running: it is Off");
}

/* What a running VM gets at once. */
static void test_running(void)
{
	done("start web --dry-run", "web would be started\n");
	done("start web", "");
	refused("start web", 1, "running");
	refused("delete web", 1, "web is not off: it is Running");
	refused("rename web shop", 1, "web is not off");
	done("cpu web --cap 50 --weight 300", "the processors of web are "
		"changed\n");
	CHECK(world.limits.weight == 300 && world.limits.cap == 200);
	done("cpu web --cap 100 --weight 200 --count 4", "the processors of "
		"web are changed\nthe VM is not off: it has that from its next "
		"start on\n");
	done("memory web 1G", "web has 1G of memory\n"
		"the VM is not off: it has that from its next start on\n");
	done("set web notes=shop stop-limit=60", "the settings of web "
		"are changed\n");
	done("set web notes= boot=disk", "the settings of web are changed\n"
		"the VM is not off: it has that from its next start on\n");
	done("set web boot=", "the settings of web are changed\n"
		"the VM is not off: it has that from its next start on\n");
	done("disk add web --file data.vhdx", "web has data.vhdx at "
		"scsi0:1\n");
	CHECK(world.last_storage == CONTROL_STORAGE_ADD);
	done("disk remove web scsi0:1", "web has no drive at scsi0:1 any "
		"more; its file stays: data.vhdx\n");
	CHECK(world.last_storage == CONTROL_STORAGE_REMOVE);
	done("disk remove web ide0:1", "web has no drive at ide0:1 any "
		"more; its file stays: disk2.vhdx\n"
		"the VM is not off: it has that from its next start on\n");
	world.worker_fails = -EBUSY;
	refused("disk add web --file data.vhdx", 1,
		"web runs, and does not do it: the image is locked");
	refused("disk add web --size 1G", 1, "the image is locked");
	CHECK(!world_slot(world_vm("web"), "disk3.vhdx"));
	has("scsi0:1", false);
	world.worker_fails = 0;
	world.fails[HELPER_SAVE] = -ENOSPC;
	refused("disk add web --file data.vhdx", 1,
		"the VM has it now, and at its next start no more");
	refused("set web notes=shop", 1, "No space left");
	CHECK(!strstr(err, "now"));
	world.fails[HELPER_SAVE] = 0;
	done("iso eject web", "web has no disc in its drive at ide1:0\n");
	CHECK(world.last_storage == CONTROL_STORAGE_EJECT);
	done("iso insert web debian-13.iso", "web has /data/iso/debian-13.iso "
		"in its drive at ide1:0\n");
	CHECK(world.last_storage == CONTROL_STORAGE_INSERT);
}

static void test_running_nics(void)
{
	done("nic add web --switch lan", "web has an adapter 2, plugged in "
		"lan\n");
	CHECK(world.last_network == CONTROL_NETWORK_ADD);
	CHECK_STRING("lan", world.nic.of);
	done("nic disconnect web 2", "adapter 2 of web is without a cable\n");
	CHECK(world.last_network == CONTROL_NETWORK_CABLE);
	CHECK_STRING("", world.nic.of);
	CHECK(!world_vm("web")->cables[2]);
	done("nic connect web 2 lab", "adapter 2 of web is plugged in lab\n");
	CHECK(world_vm("web")->cables[2]);
	done("nic set web 2 vlan=7", "adapter 2 of web is changed\n");
	CHECK(world.nic.native == 7);
	done("nic set web 2 mac=02:53:4f:00:00:01", "adapter 2 of web is "
		"changed\nthe VM is not off: it has that from its next start "
		"on\n");
	done("nic remove web 0", "adapter 0 of web is removed\n");
	CHECK(world.last_network == CONTROL_NETWORK_REMOVE);
	done("nic add web --model e1000", "web has an adapter 0\n"
		"the VM is not off: it has that from its next start on\n");
}

static void test_screen(void)
{
	FILE *file;

	done("screen web", "SeaBIOS\n\nlogin: ?[2J\n");
	done("screen web --keys ab<enter><ctrl-alt-del>", "SeaBIOS\n\n"
		"login: ?[2J\n");
	CHECK(world_vm("web")->keys == 2 + 2 + 2 + 6);
	refused("screen web --keys <nothing>", 2,
		"there is no key for \"<nothing>\"");
	done("screen web --png verbs.png", "");
	file = fopen("verbs.png", "r");
	CHECK(file && fgetc(file) == 0x89 && fgetc(file) == 'P');
	fclose(file);
	unlink("verbs.png");
	refused("screen web --png /nowhere/web.png", 1, "/nowhere/web.png");
	world.graphics = true;
	done("screen web", "the screen shows graphics, 1024 x 768: --png FILE "
		"takes its picture\n");
	world.graphics = false;
}

/* Between what is typed and the look after that. Where that comes first, it is
 * what is on the screen. */
static void test_screen_of_deleted(void)
{
	char *words[] = { "vm", "--socket", world.path, "screen", "gone",
		"--keys", "a", NULL };
	int status, tries;
	pid_t pid;

	CHECK(!run("create gone") && !run("start gone"));
	pid = start(words);
	for (tries = 0; tries < 2000 && !world_vm("gone")->keys; tries++)
		usleep(1000);
	CHECK(world_vm("gone")->keys == 2);
	/* Its output is in files that run() has, too. */
	CHECK(!rename("verbs.out", "gone.out") &&
		!rename("verbs.err", "gone.err"));
	CHECK(!run("stop gone --hard") && !run("delete gone"));
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	slurp("gone.out", out, sizeof(out));
	slurp("gone.err", err, sizeof(err));
	if (WEXITSTATUS(status))
		CHECK(WEXITSTATUS(status) == 1 && !*out && strstr(err,
			"the screen of gone is not to be had: the VM does not "
			"answer"));
	else
		CHECK_STRING("SeaBIOS\n\nlogin: ?[2J\n", out);
}

static void host_says(const char *text, int status)
{
	snprintf(world.says, sizeof(world.says), "%s", text);
	world.status = status;
}

static void asked(const char *line, const char *words, const char *said)
{
	done(line, said);
	CHECK_STRING(words, world.asked);
}

/* What is in a file is asked, and not its path. */
static void test_settings(void)
{
	static char text[40000];

	spill("settings.conf", "[host]\n\tname = b-\xc3\xbc \"x\"\r\n");
	host_says("host: these settings count from the next start\n", 0);
	asked("host settings import settings.conf", "host settings import "
		"[host]\n\tname = b-\xc3\xbc \"x\"\r\n",
		"host: these settings count from the next start\n");
	host_says("these settings are good\n", 0);
	asked("host settings import settings.conf --dry-run", "host settings "
		"check [host]\n\tname = b-\xc3\xbc \"x\"\r\n",
		"these settings are good\n");
	host_says("host: line 2: name is wrong\n", 1);
	refused("host settings import settings.conf", 1,
		"vm: line 2: name is wrong\n");
	strcpy(world.asked, "nothing");
	refused("host settings import", 2, "a file, or - for standard input");
	refused("host settings import settings.conf --secrets", 2, "nothing else");
	refused("host settings import nowhere", 1, "nowhere: No such file");
	refused("host settings import .", 1, ".: Is a directory");
	refused("host settings import /dev/null", 1, "/dev/null is empty");
	refused("host settings export settings.conf", 2, "export has");
	spill("settings.conf", "[host]\nname = \x1b[2J\n");
	refused("host settings import settings.conf", 1, "file is not lines");
	spill("settings.conf", "[host]\nname = \xff\n");
	refused("host settings import settings.conf", 1, "not text in UTF-8");
	/* All that it takes, and every byte two in JSON; and one more. */
	memset(text, '\n', 32001);
	memcpy(text, "[host]", 6);
	spill("settings.conf", text);
	refused("host settings import settings.conf", 1,
		"settings.conf has more than 32000 bytes");
	CHECK_STRING("nothing", world.asked);
	text[32000] = '\0';
	spill("settings.conf", text);
	host_says("", 0);
	done("host settings import settings.conf", "");
	CHECK(strlen(world.asked) == strlen("host settings import ") + 32000);
	world.asked[0] = '\0';
	input = "settings.conf";
	done("host settings import -", "");
	input = "/dev/null";
	CHECK(strlen(world.asked) == strlen("host settings import ") + 32000);
	CHECK(!unlink("settings.conf"));
	refused("host settings reset", 2, "--erase says that this is meant");
	refused("host settings reset --erase --secrets", 2, "--erase says");
	done("host settings reset --erase --dry-run",
		"the host would do: host settings reset\n");
	asked("host settings reset --erase", "host settings reset",
		"the settings are forgotten; the host goes down, as soon as "
		"its VMs are stopped\n");
	refused("host settings explode", 2, "export, import or reset");
}

static void stepped(const char *line, const char *words)
{
	int status = run(line);

	if (status)
		show(line, status);
	CHECK(!status);
	CHECK_STRING("sdb boots this host\n", out);
	CHECK_STRING("vm: partitions\nvm: sdb boots this host\n", err);
	CHECK_STRING(words, world.asked);
}

static uint64_t milliseconds(void)
{
	return events_now() / 1000000;
}

/* What a job says is heard while it is at work. */
static void test_in_time(void)
{
	struct client client;
	json_t *message;
	uint64_t first;

	CHECK(!client_open(&client, world.path));
	CHECK(!client_send(&client, "host make-stick", json_pack("{s:s}",
		"disk", "sdb")));
	CHECK(!client_next(&client, &message));
	first = milliseconds();
	CHECK_STRING("partitions", json_string_value(json_object_get(message,
		"progress")));
	json_decref(message);
	CHECK(!client_next(&client, &message));
	CHECK(milliseconds() > first + 300);
	CHECK_STRING("sdb boots this host", json_string_value(
		json_object_get(message, "progress")));
	json_decref(message);
	CHECK(!client_next(&client, &message));
	CHECK(json_object_get(message, "result"));
	json_decref(message);
	client_close(&client);
}

/* Its lines are progress, in time, and the last one is what came of it. */
static void test_stick(void)
{
	host_says("partitions\nsdb boots this host\n", 0);
	stepped("host make-stick sdb --erase", "host make-stick sdb erase");
	done("host make-stick sdb --dry-run",
		"the host would do: host make-stick sdb\n");
	refused("host make-stick", 2, "disk is missing");
	world.takes = 1500;
	stepped("host make-stick sdb", "host make-stick sdb");
	test_in_time();
	world.takes = 0;
	host_says("installer: sdb is not empty.\npartitions\n", 1);
	refused("host make-stick sdb", 1, "vm: sdb is not empty.\n");
	CHECK(!strstr(err, "installer"));
	host_says("", 2);
	refused("host make-stick sdb", 1, "the command said nothing");
}

static void test_host(void)
{
	host_says("", 0);
	asked("host set host name=branch-7", "host set host name=branch-7",
		"");
	asked("host set nic_52:54:00:12:34:56 address=192.0.2.5/24",
		"host network set nic 52:54:00:12:34:56 address=192.0.2.5/24",
		"");
	asked("host set admin_ann --remove", "host unset admin ann", "");
	asked("host network confirm", "host network confirm", "");
	done("host set host name=x --dry-run",
		"the host would do: host set host name=x\n");
	refused("host set host", 2, "KEY=VALUE is missing");
	refused("host set switch_lan mtu=1500", 2, "verbs of their own");
	refused("host network explode", 2, "confirm, revert, show or test");
	host_says("host: that is no name\n", 1);
	refused("host set host name=x", 1, "vm: that is no name\n");
	host_says("one\ntwo \x1b[1m\n", 0);
	asked("host report", "host report", "one\ntwo ?[1m\n");
	host_says("the clock says 2026-01-31 14:05, UTC\n", 0);
	asked("host clock 2026-01-31_14:05", "host clock 2026-01-31 14:05",
		"the clock says 2026-01-31 14:05, UTC\n");
	host_says("the volume data is in /volumes/data\n", 0);
	asked("host storage claim sda data", "host storage claim sda data",
		"the volume data is in /volumes/data\n");
	asked("host storage mirror add data sdb --erase",
		"host storage mirror add data sdb --erase",
		"the volume data is in /volumes/data\n");
	asked("host storage format data erase",
		"host storage format data erase",
		"the volume data is in /volumes/data\n");
	done("host storage forget data --dry-run",
		"the host would do: host storage forget data\n");
	refused("host storage explode", 2, "claim, mirror, format, adopt");
	host_says("{\"volumes\":[{\"name\":\"data\",\"state\":"
		"\"mounted\",\"bytes\":1073741824}],\"disks\":[],"
		"\"arrays\":[]}", 0);
	asked("host storage list --dry-run", "host storage list",
		"volumes\nNAME  STATE    BYTES\ndata  mounted     1G\n");
	host_says("[host]\nname = branch-7\n", 0);
	asked("host settings export", "host settings export",
		"[host]\nname = branch-7\n");
	asked("host settings export --secrets", "host settings export secrets",
		"[host]\nname = branch-7\n");
	test_settings();
	test_stick();
	host_says("{\"name\":\"branch-7\",\"memory\":{\"total\":1073741824,"
		"\"free\":99614720}}", 0);
	asked("host show", "host show", "name    branch-7\nmemory\n"
		"  total  1G\n  free   95M\n");
	host_says("", 0);
	asked("host restart", "host restart",
		"the host goes down, as soon as its VMs are stopped\n");
	asked("host stop", "host stop",
		"the host goes down, as soon as its VMs are stopped\n");
	done("host stop --dry-run", "the host would do: host stop\n");
	host_says("[{\"what\":\"link of eth0\",\"result\":\"good\","
		"\"detail\":\"1000 Mb/s\"}]", 0);
	asked("host network test", "host network test", "WHAT          RESULT  "
		"DETAIL\nlink of eth0  good    1000 Mb/s\n");
	asked("host network test --dry-run", "host network test",
		"WHAT          RESULT  DETAIL\n"
		"link of eth0  good    1000 Mb/s\n");
	host_says("nonsense", 0);
	refused("host show", 1, "not to be read");
}

/* Who comes when all of his user's places are taken waits for one. */
static void test_crowd(void)
{
	static struct client others[256];
	char *words[] = { "vm", "--socket", world.path, "version", NULL };
	unsigned int i, most = world.service.server.limits.of_user;
	int status;
	pid_t pid;

	CHECK(most && most <= 256);
	for (i = 0; i < most; i++) {
		json_t *answer;

		CHECK(!client_open(&others[i], world.path));
		CHECK(!client_ask(&others[i], "version", NULL, &answer));
		CHECK(json_object_get(answer, "result"));
		json_decref(answer);
	}
	pid = start(words);
	usleep(700000);
	CHECK(!waitpid(pid, &status, WNOHANG));
	for (i = 0; i < most; i++)
		client_close(&others[i]);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	slurp("verbs.out", out, sizeof(out));
	slurp("verbs.err", err, sizeof(err));
	if (WEXITSTATUS(status) || *err)
		show("version in a crowd", WEXITSTATUS(status));
	CHECK(!WEXITSTATUS(status) && !*err);
}

#define SWITCHES "[{\"name\": \"lan\", \"type\": \"external\", \"nic\": " \
	"\"52:54:00:12:34:56\", \"uplink\": \"eth0\", \"host\": true, " \
	"\"nat\": false, \"mtu\": 1500, \"made\": true, \"ports\": []},\n" \
	"{\"name\": \"dmz\", \"type\": \"private\", \"host\": false, " \
	"\"nat\": false, \"mtu\": 9000, \"made\": true, \"ports\": " \
	"[{\"name\": \"fw0\"}]}]"

static void test_switches(void)
{
	host_says("", 0);
	asked("switch create dmz type=private", "switch create dmz "
		"type=private", "");
	asked("switch create lan type=external nic=52:54:00:12:34:56",
		"host network switch create lan type=external "
		"nic=52:54:00:12:34:56", "");
	refused("switch create Lan type=private", 2, "name is not");
	refused("switch create lan", 2, "set is missing");
	host_says(SWITCHES, 0);
	CHECK(run("switch list") == 0 && strstr(out, "lan"));
	check_widths("switch list");
	asked("switch set dmz mtu=1500 --dry-run", "switch list --json dmz",
		"the host would do: switch set dmz mtu=1500\n");
	asked("switch set lan mtu=1500 --dry-run", "switch list --json lan",
		"the host would do: host network switch set lan mtu=1500\n");
	refused("switch delete lab", 1,
		"an adapter of web is plugged in lab");
	CHECK(run("switch delete dmz") == 0);
	CHECK_STRING("switch delete dmz", world.asked);
	host_says("switch: there is no switch x\n", 1);
	refused("switch delete x", 1, "vm: there is no switch x");
	refused("nic add web --switch x", 1, "vm: there is no switch x");
	refused("nic connect web 1 x --dry-run", 1, "vm switch list shows all");
	refused("create mail --switch x", 1, "vm: there is no switch x");
	CHECK(!world_vm("mail"));
}

static void test_stop(void)
{
	done("pause web", "");
	done("resume web", "");
	done("reset web", "");
	done("stop web --hard", "");
	done("start web", "");
	CHECK(!run("stop web") && !*out);
	CHECK_STRING("vm: web: its guest is asked to shut down, and has 60 s"
		"\n", err);
	refused("stop web", 1, "is off");
}

static void test_reads(void)
{
	static const char *const reads[] = { "list", "show web", "cpu web",
		"memory web", "integration web", "iso list", "switch list",
		"host report", "version", "screen web", "console web" };
	size_t i;

	for (i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		host_says(SWITCHES, 0);
		json_decref(json_of(reads[i]));
	}
}

static void test_show(void)
{
	json_t *result = json_of("show web"), *row;

	CHECK_STRING("web.example", json_string_value(
		json_object_get(result, "guest")));
	CHECK_STRING("Debian ?[1mGNU", json_string_value(
		json_object_get(result, "system")));
	CHECK(json_array_size(json_object_get(result, "addresses")) == 3);
	CHECK(json_array_size(json_object_get(result, "drives")) == 3);
	row = json_object_get(result, "running");
	CHECK(json_integer_value(json_object_get(row, "processors")) == 1);
	CHECK(json_integer_value(json_object_get(row, "memory")) == 64 << 20);
	json_decref(result);
	CHECK(!run("show web"));
	check_widths("show web");
	CHECK(strstr(out, "\nstate        Running\n"));
	result = json_of("list");
	row = json_array_get(result, 1);
	CHECK_STRING("192.0.2.7", json_string_value(
		json_object_get(row, "address")));
	CHECK_STRING("good", json_string_value(
		json_object_get(row, "heartbeat")));
	CHECK(json_integer_value(json_object_get(row, "cpu")) == 1);
	json_decref(result);
	refused("show nobody", 1, "there is no VM nobody");
}

/* A definition that somebody has spoiled. */
static void test_problems(void)
{
	json_t *result = json_of("show bad");

	CHECK(json_array_size(json_object_get(result, "problems")));
	json_decref(result);
	CHECK(!run("show bad") && strstr(out, "problems\n  "));
	check_widths("show bad");
	refused("start bad", 1, "bad cannot be started");
	done("set bad processors=2", "the settings of bad are changed\n");
	refused("memory worse 1G", 1, "the definition of worse cannot be");
	CHECK(!run("show worse"));
	check_widths("show worse");
	CHECK(!run("delete worse"));
}

static void test_many(void)
{
	char line[64];
	json_t *result;
	int i;

	for (i = 0; i < 254; i++) {
		snprintf(line, sizeof(line), "create vm-%03d%s", i, i ? "" :
			"-with-the-longest-name-that-is-possible");
		CHECK(!run(line));
	}
	result = json_of("list");
	CHECK(json_array_size(result) == 256);
	json_decref(result);
	CHECK(!run("list"));
	check_widths("list");
}

int main(void)
{
	CHECK(getcwd(program, sizeof(program) - 16));
	strcat(program, "/verbs_vm");
	world_add("bad", "[vm]\nid = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n"
		"generation = 1\nmemory = lots\nnonsense = 1\n");
	world_add("worse", "this is no definition\n");
	world_begin();
	test_create();
	test_set();
	test_disks();
	test_discs();
	test_nics();
	test_off();
	test_running();
	test_running_nics();
	test_screen();
	test_screen_of_deleted();
	test_host();
	test_crowd();
	test_switches();
	test_show();
	test_reads();
	test_stop();
	test_problems();
	test_many();
	world_end();
	return 0;
}
