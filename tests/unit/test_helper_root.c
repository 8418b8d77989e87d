/* The privileged process at work: workers, disks, the host's commands, taps.
 * usage: test_helper_root [switches]; as root, beside the static programs idle,
 * forbidden and disk; switches: on a host that has them. */
/* SPDX-License-Identifier: MIT */
#include "helper_talk.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "disk/disk.h"
#include "helper_host.h"
#include "privileges.h"
#include "sockets.h"

#define GROUP	64990u
#define SECONDS	150

static const char words_idle[] = "idle";
static const char words_forbidden[] = "vmwp\0" "1";

static void open_groups(void)
{
	CHECK(!cgroups_open(&helper.cgroups, "groups/socle-test"));
	CHECK(!crew_gather(&helper.crew, &helper.cgroups));
}

static void start_with(const char *program)
{
	struct helper_request request = request_of(HELPER_CREATE, "web");

	start();
	open_groups();
	helper.administrators = GROUP;
	helper.program = open(program, O_RDONLY | O_CLOEXEC);
	helper.disk = open("disk", O_RDONLY | O_CLOEXEC);
	CHECK(helper.program >= 0 && helper.disk >= 0);
	CHECK(!with_text(request, ID));
}

/* The process has ended. */
static void wait_for(int process)
{
	struct pollfd poll_it = { .fd = process, .events = POLLIN };

	CHECK(poll(&poll_it, 1, SECONDS * 1000) == 1);
}

static int simple(enum helper_type type, const char *name)
{
	struct helper_request request = request_of(type, name);

	return ask(&request);
}

static int start_worker(const char *name, const char *words, size_t size)
{
	struct helper_request request = request_of(HELPER_WORKER, name);

	request.limits = (struct helper_limits){ .memory = 64 << 20,
		.weight = 100, .cap = 50 };
	along(words, size);
	CHECK(!parcel_add(&out, open("worker.log", O_WRONLY | O_CREAT |
		O_TRUNC | O_CLOEXEC, 0600)));
	CHECK(!parcel_add(&out, memfd_create("given", MFD_CLOEXEC)));
	CHECK(write(out.fds[2], "given", 5) == 5);
	return ask(&request);
}

static void test_forbidden(void)
{
	int process;

	start_with("forbidden");
	CHECK(start_worker("web", words_forbidden,
		sizeof(words_forbidden) - 1) == -EINVAL);
	CHECK(start_worker("web", "", 0) == -EINVAL);
	CHECK(start_worker("../web", words_forbidden,
		sizeof(words_forbidden)) == -EINVAL);
	CHECK(!start_worker("web", words_forbidden, sizeof(words_forbidden)));
	/* No control socket was made. */
	CHECK(in.count == 1 && reply.number == 64000);
	process = parcel_take(&in, 0);
	wait_for(process);
	close(process);
	CHECK(!simple(HELPER_ENDED, "web") && reply.number == 0);
	CHECK(!simple(HELPER_ENDED, "web"));
	CHECK(reply.number == HELPER_UNKNOWN);
	CHECK(!end());
}

static void check_mode(const char *path, mode_t mode, gid_t group)
{
	struct stat info;

	CHECK(!lstat(path, &info));
	CHECK((info.st_mode & 07777) == mode && !info.st_uid &&
		info.st_gid == group);
}

static void test_sockets(void)
{
	int kept[SOCKETS], i;

	start_with("idle");
	CHECK(simple(HELPER_SOCKETS, "..") == -EINVAL);
	CHECK(!simple(HELPER_SOCKETS, "web") && in.count == SOCKETS);
	check_mode("run/web", 0750, GROUP);
	check_mode("run/web/control", 0600, 0);
	check_mode("run/web/serial", 0660, GROUP);
	check_mode("run/web/screen", 0660, GROUP);
	for (i = 0; i < SOCKETS; i++)
		kept[i] = parcel_take(&in, (unsigned int)i);
	/* Once more: the others reach nobody any more. */
	CHECK(!simple(HELPER_SOCKETS, "web") && in.count == SOCKETS);
	for (i = 0; i < SOCKETS; i++)
		close(kept[i]);
	CHECK(!simple(HELPER_ENDED, "web"));
	CHECK(access("run/web", F_OK));
	CHECK(!end());
}

static void wait_killed(const char *name, int process)
{
	CHECK(!simple(HELPER_KILL, name));
	wait_for(process);
	close(process);
}

static void turn_off(const char *name)
{
	CHECK(!simple(HELPER_FIND, name));
	wait_killed(name, parcel_take(&in, 0));
	CHECK(!simple(HELPER_ENDED, name));
	CHECK(reply.number == SIGKILL);
}

/* What of another helper's? */
static void again(void)
{
	CHECK(!end());
	crew_free(&helper.crew);
	CHECK(!crew_gather(&helper.crew, &helper.cgroups));
	begin();
}

static void check_busy(const char *name)
{
	struct helper_request request = request_of(HELPER_RENAME, name);

	CHECK(simple(HELPER_SOCKETS, name) == -EBUSY);
	CHECK(simple(HELPER_ENDED, name) == -EBUSY);
	CHECK(start_worker(name, words_idle, sizeof(words_idle)) == -EBUSY);
	strcpy(request.other, "mail");
	CHECK(ask(&request) == -EBUSY);
	request = request_of(HELPER_DELETE, name);
	along("", 0);
	CHECK(ask(&request) == -EBUSY);
}

static void test_life(void)
{
	struct helper_request request = request_of(HELPER_LIMITS, "web");
	int process, listeners[SOCKETS], i;

	start_with("idle");
	CHECK(!simple(HELPER_SOCKETS, "web"));
	for (i = 0; i < SOCKETS; i++)
		listeners[i] = parcel_take(&in, (unsigned int)i);
	CHECK(!start_worker("web", words_idle, sizeof(words_idle)));
	CHECK(in.count == 2 && reply.number == 64000);
	process = parcel_take(&in, 0);
	check_busy("web");
	check_busy("WEB");
	request.limits = (struct helper_limits){ .weight = 200 };
	CHECK(!ask(&request));
	request.limits.weight = 0;
	CHECK(ask(&request) == -EINVAL);
	again();
	CHECK(!simple(HELPER_FIND, "web") && in.count == 2);
	CHECK(reply.number == 64000);
	check_busy("web");
	CHECK(!start_worker("mail", words_idle, sizeof(words_idle)));
	CHECK(reply.number == 64001);
	CHECK(!simple(HELPER_KILL, "web"));
	wait_for(process);
	CHECK(simple(HELPER_FIND, "web") == -ESRCH);
	CHECK(simple(HELPER_KILL, "web") == -ESRCH);
	CHECK(!simple(HELPER_ENDED, "web") && reply.number == SIGKILL);
	CHECK(access("run/web", F_OK));
	CHECK(access("groups/socle-test/vm-web", F_OK));
	turn_off("mail");
	for (i = 0; i < SOCKETS; i++)
		close(listeners[i]);
	close(process);
	CHECK(!end());
	crew_free(&helper.crew);
}

/* As many as there are users; then one more. */
static void test_users(void)
{
	char name[] = "a";
	int processes[4], i;

	start_with("idle");
	for (i = 0; i < 4; i++, name[0]++) {
		CHECK(!start_worker(name, words_idle, sizeof(words_idle)));
		CHECK(reply.number == 64000u + (unsigned int)i);
		processes[i] = parcel_take(&in, 0);
	}
	CHECK(start_worker(name, words_idle, sizeof(words_idle)) == -EUSERS);
	again();
	CHECK(start_worker(name, words_idle, sizeof(words_idle)) == -EUSERS);
	CHECK(!simple(HELPER_KILL, "b"));
	wait_for(processes[1]);
	CHECK(!simple(HELPER_ENDED, "b"));
	CHECK(!start_worker("b", words_idle, sizeof(words_idle)));
	CHECK(reply.number == 64001);
	for (name[0] = 'a', i = 0; i < 4; i++, name[0]++) {
		close(processes[i]);
		turn_off(name);
	}
	CHECK(!end());
	crew_free(&helper.crew);
}

static int make_disk(const char *name, const char *file, uint64_t size,
	uint32_t format, uint32_t fixed)
{
	struct helper_request request = request_of(HELPER_DISK_CREATE, name);

	strcpy(request.file, file);
	request.disk = (struct helper_disk){ .size = size, .format = format,
		.fixed = fixed };
	return ask(&request);
}

/* What it came to; what it said is in *text. */
static uint32_t job_end(char **text)
{
	struct helper_request request = request_of(HELPER_JOB, "");
	int process = parcel_take(&in, 0);
	size_t size;

	request.number = reply.number;
	wait_for(process);
	close(process);
	if (ask(&request)) {
		*text = strdup(reply.text);
		return HELPER_UNKNOWN;
	}
	CHECK(in.count == 1);
	*text = parcel_read(in.fds[0], HELPER_FILE_MAX, &size);
	CHECK(*text);
	return reply.number;
}

static void test_disks(void)
{
	struct stat info;
	char *text;

	start_with("idle");
	CHECK(make_disk("web", "a.vhdx", 64 << 20, DISK_VHD, 0) == -EINVAL);
	CHECK(make_disk("web", "a.vhdx", 1000, DISK_VHDX, 0) == -EINVAL);
	CHECK(make_disk("web", "../a.vhdx", 64 << 20, DISK_VHDX, 0) < 0);
	CHECK(make_disk("web", "vm.conf", 64 << 20, DISK_VHDX, 0) < 0);
	CHECK(make_disk("none", "a.vhdx", 64 << 20, DISK_VHDX, 0) == -ENOENT);
	CHECK(!make_disk("web", "a.vhdx", 64 << 20, DISK_VHDX, 0));
	CHECK(access("one/vms/web/a.vhdx", F_OK));
	CHECK(!job_end(&text));
	CHECK_STRING("", text);
	free(text);
	CHECK(!stat("one/vms/web/a.vhdx", &info) && info.st_size > 1 << 20);
	CHECK(!system("./disk check one/vms/web/a.vhdx > /dev/null"));
	CHECK(make_disk("web", "a.vhdx", 64 << 20, DISK_VHDX, 0) == -EEXIST);
	CHECK(!make_disk("", "/data/two/b.img", 8 << 20, DISK_RAW, 1));
	CHECK(!job_end(&text));
	free(text);
	CHECK(!stat("two/b.img", &info) && info.st_size == 8 << 20);
	CHECK((uint64_t)info.st_blocks * 512 >= 8 << 20);
	CHECK(!end());
}

/* No space; and a name that somebody else took meanwhile. */
static void test_disks_refused(void)
{
	struct stat info;
	char *text;

	start_with("idle");
	CHECK(!mount("none", "two", "tmpfs", 0, "size=4m"));
	close(helper.store.folders[1]);
	helper.store.folders[1] = open_folder("two");
	CHECK(!make_disk("", "/data/two/b.img", 8 << 20, DISK_RAW, 1));
	CHECK(job_end(&text) == 2 << 8);
	CHECK(strstr(text, "No space left"));
	free(text);
	CHECK(!system("[ -z \"$(ls -A two)\" ]"));
	CHECK(!make_disk("", "/data/two/c.vhdx", 8 << 20, DISK_VHDX, 0));
	CHECK(!system("echo mine > two/c.vhdx"));
	CHECK(job_end(&text) == HELPER_UNKNOWN);
	CHECK(!stat("two/c.vhdx", &info) && info.st_size == 5);
	free(text);
	CHECK(!end());
	close(helper.store.folders[1]);
	helper.store.folders[1] = -1;
	CHECK(!umount("two"));
}

static void *serve_host(void *socket)
{
	return (void *)(intptr_t)host_serve((int)(intptr_t)socket);
}

static int host_command(const char *words, size_t size)
{
	struct helper_request request = request_of(HELPER_HOST, "");

	along(words, size);
	return ask(&request);
}
#define COMMAND(words)	host_command(words, sizeof(words))

/* Programs that are not there end with 127. */
static void test_host(void)
{
	static char long_text[21 + 32768 + 2];
	int pair[2];
	pthread_t host;
	void *result;
	char *text;

	start_with("idle");
	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	helper.host = pair[0];
	CHECK(!pthread_create(&host, NULL, serve_host,
		(void *)(intptr_t)pair[1]));
	CHECK(COMMAND("") == -EINVAL);
	CHECK(COMMAND("switch") == -EINVAL);
	CHECK(COMMAND("switch\0connect\0a\0b") == -EINVAL);
	CHECK(COMMAND("switch\0delete") == -EINVAL);
	CHECK(COMMAND("switch\0delete\0a\0b") == -EINVAL);
	CHECK(COMMAND("switch\0list\0--help") == -EINVAL);
	CHECK(COMMAND("conf\0-f\0/etc/shadow\0check") == -EINVAL);
	CHECK(COMMAND("conf\0get\0login\0password") == -EINVAL);
	CHECK(COMMAND("host\0unset\0a\nb") == -EINVAL);
	CHECK(COMMAND("sh\0-c\0reboot") == -EINVAL);
	CHECK(COMMAND("/bin/sh\0show") == -EINVAL);
	CHECK(host_command("host\0show", 9) == -EINVAL);
	/* Lines are settings' alone, in that one place. */
	CHECK(COMMAND("host\0settings\0export\0a\nb") == -EINVAL);
	CHECK(COMMAND("host\0settings\0reset\0a\nb") == -EINVAL);
	CHECK(COMMAND("host\0settings\0import\0") == -EINVAL);
	CHECK(COMMAND("host\0settings\0import\0a\x1b") == -EINVAL);
	CHECK(COMMAND("host\0settings\0import\0a\0b") == -EINVAL);
	CHECK(COMMAND("host\0make-stick\0a\nb") == -EINVAL);
	CHECK(COMMAND("host\0make-stick\0--file") == -EINVAL);
	CHECK(COMMAND("host\0make-stick\0sdb\0--file") == -EINVAL);
	/* The word that takes data is the last of storage's alone. */
	CHECK(COMMAND("host\0make-stick\0sdb\0--erase") == -EINVAL);
	CHECK(COMMAND("host\0storage\0format\0--erase\0x") == -EINVAL);
	CHECK(!COMMAND("host\0storage\0format\0x\0--erase"));
	job_end(&text);
	free(text);
	memset(long_text, 'a', sizeof(long_text));
	memcpy(long_text, "host\0settings\0import", 21);
	CHECK(host_command(long_text, sizeof(long_text)) == -EINVAL);
	long_text[sizeof(long_text) - 1] = '\0';
	CHECK(host_command(long_text, sizeof(long_text)) == -EINVAL);
	CHECK(!COMMAND("conf\0keys") && reply.number >= HELPER_JOBS);
	/* What it says can be read, and not written. */
	CHECK(in.count == 2 && write(in.fds[1], "", 1) < 0 && errno == EBADF);
	CHECK(job_end(&text) == (access("/sbin/conf", X_OK) ? 127 << 8 : 0));
	free(text);
	close(pair[0]);
	CHECK(!pthread_join(host, &result) && !result);
	CHECK(COMMAND("conf\0keys") < 0);
	helper.host = -1;
	close(pair[1]);
	CHECK(!end());
}

static bool has(int capability)
{
	return prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1;
}

/* In a process of its own: what is left is enough, and no more. */
static int dropped(void)
{
	CHECK(!privileges_drop());
	CHECK(has(0) && !has(16) && !has(19) && !has(22) && has(21));
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	CHECK(mknod("device", S_IFCHR | 0600, 0x103) && errno == EPERM);
	CHECK(reboot(0) && errno == EPERM);
	CHECK(syscall(SYS_init_module, NULL, 0, "") && errno == EPERM);
	CHECK(syscall(SYS_ptrace, 0, 0, 0, 0) && errno == EPERM);
	CHECK(syscall(SYS_setns, 0, 0) && errno == EPERM);
	CHECK(syscall(SYS_bpf, 0, NULL, 0) && errno == EPERM);
	test_sockets();
	test_life();
	test_disks();
	test_forbidden();
	return 0;
}

static void test_dropped(void)
{
	int status;
	pid_t child = fork();

	if (!child)
		_exit(dropped());
	CHECK(child > 0 && waitpid(child, &status, 0) == child && !status);
}

static bool shell(const char *command)
{
	return !system(command);
}

static int tap(enum helper_type type, const char *name, uint32_t number,
	const char *of, uint8_t mac, uint16_t vlan)
{
	struct helper_request request = request_of(type, name);

	request.nic = (struct helper_nic){ .id = { 0xab, 1, 2, 3 },
		.number = number, .queues = 2, .guards = 1, .native = vlan,
		.mac = { 2, 0, 0, 0, 0, mac } };
	strcpy(request.nic.of, of);
	return ask(&request);
}

/* On a host with its programs; a switch lan is made and goes again. */
static void test_taps(void)
{
	int fds[3];

	start_with("idle");
	CHECK(shell("switch create tap type=private mtu=4000 2> /dev/null"));
	CHECK(tap(HELPER_TAP, "web", 0, "none", 7, 1) == -ENODEV);
	CHECK(tap(HELPER_TAP, "web", 0, "", 7, 0) == -EINVAL);
	CHECK(tap(HELPER_TAP, "web", 8, "", 7, 1) == -EINVAL);
	CHECK(tap(HELPER_TAP, "web", 0, "Tap/", 7, 1) == -EINVAL);
	CHECK(!tap(HELPER_TAP, "web", 0, "tap", 7, 10) && in.count == 2);
	fds[0] = parcel_take(&in, 0);
	fds[1] = parcel_take(&in, 1);
	CHECK(shell("cd /sys/class/net/vab010203-0 && [ $(cat mtu) = 4000 ] &&"
		" [ $(cat ifalias) = 02:00:00:00:00:07 ] && [ -e brport ]"));
	CHECK(shell("switch list tap | grep -q 'vlan 10, guard mac, VM web "
		"adapter 0'"));
	CHECK(shell("switch list --json tap | grep -q '\"vm\": \"web\", "
		"\"adapter\": 0'"));
	CHECK(shell("switch delete tap 2>&1 | grep -q 'in use by the VM web, "
		"adapter 0'"));
	CHECK(tap(HELPER_TAP, "web", 0, "tap", 8, 1) == -EBUSY);
	CHECK(tap(HELPER_TAP, "mail", 0, "tap", 7, 1) == -EADDRINUSE);
	CHECK(strstr(reply.text, "the VM web"));
	CHECK(shell("switch connect tap p0 mac=02:00:00:00:00:07 2>&1 | "
		"grep -q 'the VM web has this MAC'"));
	/* The same id, as of a copied folder: another name. */
	CHECK(!tap(HELPER_TAP, "mail", 0, "", 9, 1));
	fds[2] = parcel_take(&in, 0);
	CHECK(shell("cd /sys/class/net/vab010203-8 && [ ! -e brport ] && "
		"! grep -q 1 carrier 2> /dev/null"));
	CHECK(!tap(HELPER_TAP_CHANGE, "mail", 0, "tap", 9, 20));
	CHECK(shell("[ -e /sys/class/net/vab010203-8/brport ]"));
	CHECK(!tap(HELPER_TAP_CHANGE, "web", 0, "", 7, 10));
	CHECK(shell("[ ! -e /sys/class/net/vab010203-0/brport ]"));
	CHECK(!tap(HELPER_TAP_CHANGE, "web", 0, "tap", 7, 30));
	CHECK(shell("switch list tap | grep -q 'vlan 30.*VM web adapter 0'"));
	CHECK(tap(HELPER_TAP_CHANGE, "web", 0, "none", 7, 30) == -ENODEV);
	CHECK(shell("switch list tap | grep -q 'vlan 30.*VM web adapter 0'"));
	CHECK(shell("[ -e /sys/class/net/vab010203-0/brport ]"));
	CHECK(tap(HELPER_TAP_CHANGE, "web", 1, "tap", 7, 30) == -ENOENT);
	/* Other commands keep them. */
	CHECK(shell("switch connect tap p1 && switch disconnect p1"));
	CHECK(shell("switch list tap | grep -q 'VM web adapter 0'"));
	/* They are gone with their descriptors, or when they are forgotten. */
	close(fds[0]);
	close(fds[1]);
	CHECK(shell("[ ! -e /sys/class/net/vab010203-0 ]"));
	CHECK(shell("! switch list tap | grep -q 'VM web'"));
	close(fds[2]);
	CHECK(!tap(HELPER_TAP, "mail", 1, "tap", 11, 1));
	fds[0] = parcel_take(&in, 0);
	CHECK(!simple(HELPER_ENDED, "mail"));
	CHECK(shell("! ls /sys/class/net | grep -q '^vab'"));
	close(fds[0]);
	CHECK(shell("switch delete tap 2> /dev/null"));
	CHECK(!end());
}

int main(int argc, char **argv)
{
	bool switches = argc > 1 && !strcmp(argv[1], "switches");

	CHECK(!getuid());
	if (!switches)
		helper_alone();
	CHECK(!mkdir("groups", 0700) || errno == EEXIST);
	CHECK(!mount("none", "groups", "cgroup2", 0, NULL));
	test_forbidden();
	test_sockets();
	test_life();
	test_users();
	test_disks();
	test_disks_refused();
	test_host();
	test_dropped();
	if (switches)
		test_taps();
	else
		fputs("test_helper_root: no switches here\n", stderr);
	CHECK(!rmdir("groups/socle-test"));
	umount("groups");
	return 0;
}
