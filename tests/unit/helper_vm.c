/* The helper as a host has it, and a real worker with a tiny guest that spins.
 * usage: helper_vm, on a host with a switch vmtest; /run/helper/iso/tiny is the
 * guest. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disk/disk.h"
#include "helper.h"
#include "parcel.h"
#include "vmwp/control.h"

#define STORAGE	"/run/helper"
#define ID	"[vm]\nid = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n"
#define GROUP	64990u

static const char *const storages[] = { STORAGE };
static const struct helper_setup setup = {
	.storages = storages, .storage_count = 1,
	.program = "/usr/lib/vmwp", .disk = "/sbin/disk",
	.firmware = "/usr/share/vmwp", .driver = "/dev/mshv",
	.run = "/run/helper-vms", .cgroup = "/sys/fs/cgroup/helper",
	.administrators = GROUP, .first_user = 200000, .users = 16,
};

static int socket_to;
static pid_t helper;
static struct helper_request request;
static struct helper_reply reply;
static struct parcel in, out;

static void begin(void)
{
	struct trouble why = { "" };
	int ends[2], error;

	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	helper = fork();
	if (!helper) {
		close(ends[0]);
		error = helper_serve(&setup, ends[1], &why);
		if (error)
			fprintf(stderr, "helper: %d: %s\n", error, why.text);
		_exit(error ? 1 : 0);
	}
	close(ends[1]);
	socket_to = ends[0];
}

/* Killed, or in order; the worker lives on. */
static void end(bool kill_it)
{
	int status;

	if (kill_it)
		CHECK(!kill(helper, SIGKILL));
	close(socket_to);
	CHECK(waitpid(helper, &status, 0) == helper);
	CHECK(kill_it || !status);
}

static void ask_of(enum helper_type type, const char *name)
{
	memset(&request, 0, sizeof(request));
	request.type = type;
	strcpy(request.name, name);
}

static int ask(void)
{
	parcel_empty(&in);
	CHECK(!parcel_send(socket_to, &request, sizeof(request), &out));
	CHECK(parcel_receive(socket_to, &reply, sizeof(reply), sizeof(reply),
		&in) > 0);
	if (reply.error)
		fprintf(stderr, "%u: %s\n", reply.type, reply.text);
	return reply.error;
}

static int simple(enum helper_type type)
{
	ask_of(type, "web");
	return ask();
}

static void wait_for(int process)
{
	struct pollfd poll_it = { .fd = process, .events = POLLIN };

	CHECK(poll(&poll_it, 1, 20000) == 1);
	close(process);
}

static void make_vm(void)
{
	ask_of(HELPER_CREATE, "web");
	CHECK(!parcel_add(&out, parcel_file(ID, strlen(ID))));
	CHECK(!ask());
	ask_of(HELPER_DISK_CREATE, "web");
	strcpy(request.file, "d.vhdx");
	request.disk = (struct helper_disk){ .size = 64 << 20,
		.format = DISK_VHDX };
	CHECK(!ask());
	wait_for(parcel_take(&in, 0));
	ask_of(HELPER_JOB, "");
	request.number = reply.number;
	CHECK(!ask() && reply.number == 0);
}

static int image(const char *file, uint32_t read_only)
{
	ask_of(HELPER_IMAGE, "web");
	strcpy(request.file, file);
	request.number = read_only;
	CHECK(!ask());
	return parcel_take(&in, 0);
}

static int tap(void)
{
	ask_of(HELPER_TAP, "web");
	request.nic = (struct helper_nic){ .id = { 1, 2, 3, 4 }, .queues = 1,
		.guards = 1, .native = 1, .mac = { 2, 0, 0, 0, 0, 1 } };
	strcpy(request.nic.of, "vmtest");
	CHECK(!ask());
	return parcel_take(&in, 0);
}

static int took(enum helper_type type)
{
	CHECK(!simple(type) && in.count == 1);
	return parcel_take(&in, 0);
}

/* Its pidfd; *control is connected. */
static int start_vm(int log, int *control)
{
	static const char words[] = "vmwp\0--name\0web\0--memory\0" "64M\0"
		"--mshv\0" "3\0--kernel\0" "4\0--cmdline\0spin\0--control\0"
		"5\0--serial\0" "6\0--scsi-disk\0vhdx:7\0--nic\0"
		"tap=8,mac=02:00:00:00:00:01";
	int fds[6] = { [0] = took(HELPER_DRIVER) }, i;

	fds[1] = image(STORAGE "/iso/tiny", 1);
	CHECK(!simple(HELPER_SOCKETS) && in.count == 3);
	fds[2] = parcel_take(&in, 0);
	fds[3] = parcel_take(&in, 1);
	fds[4] = image("d.vhdx", 0);
	fds[5] = tap();
	ask_of(HELPER_WORKER, "web");
	request.limits = (struct helper_limits){ .memory = 256 << 20,
		.weight = 100 };
	CHECK(!parcel_add(&out, parcel_file(words, sizeof(words))));
	CHECK(!parcel_add(&out, dup(log)));
	for (i = 0; i < 6; i++)
		CHECK(!parcel_add(&out, fds[i]));
	CHECK(!ask() && in.count == 2 && reply.number == 200000);
	*control = parcel_take(&in, 1);
	return parcel_take(&in, 0);
}

/* What the worker says of itself. */
static uint32_t state(int control)
{
	struct control_request status = { CONTROL_MAGIC, CONTROL_VERSION,
		CONTROL_STATUS, 0 };
	struct pollfd poll_it = { .fd = control, .events = POLLIN };
	struct control_reply said;

	CHECK(send(control, &status, sizeof(status), 0) == sizeof(status));
	CHECK(poll(&poll_it, 1, 10000) == 1);
	CHECK(recv(control, &said, sizeof(said), 0) == sizeof(said));
	CHECK(!said.error && said.processors == 1);
	return said.state;
}

/* Microseconds of its processors' time. */
static unsigned long long used(void)
{
	FILE *file = fopen("/sys/fs/cgroup/helper/vm-web/cpu.stat", "re");
	unsigned long long time;

	CHECK(file && fscanf(file, "usage_usec %llu", &time) == 1);
	fclose(file);
	return time;
}

/* Percent of one processor, over two seconds. */
static unsigned long long share(void)
{
	unsigned long long before = used();

	sleep(2);
	return (used() - before) / 20000;
}

static void limit(uint32_t cap)
{
	ask_of(HELPER_LIMITS, "web");
	request.limits = (struct helper_limits){ .weight = 50, .cap = cap };
	CHECK(!ask());
}

static void test_limits(void)
{
	unsigned long long free = share(), capped;

	limit(20);
	capped = share();
	limit(0);
	printf("helper_vm: the guest has %llu %%, capped at 20 %%: %llu %%, "
		"then %llu %%\n", free, capped, share());
	CHECK(capped >= 5 && capped <= 30 && free > 50);
	CHECK(!system("cd /sys/fs/cgroup/helper/vm-web && [ $(cat cpu.weight) "
		"= 50 ] && [ $(cat memory.max) = 268435456 ] && "
		"[ $(cat pids.max) = 1024 ]"));
}

int main(void)
{
	int log = memfd_create("log", 0), control, process;

	begin();
	make_vm();
	process = start_vm(log, &control);
	if (state(control) != 1)
		printf("helper_vm: state %u\n", state(control));
	CHECK(!system("id=$(cat /sys/fs/cgroup/helper/vm-web/cgroup.procs) && "
		"grep -q '^Uid:.200000.200000.200000' /proc/$id/status"));
	test_limits();
	close(control);
	/* The next one finds it, however this one ends. */
	end(true);
	begin();
	CHECK(!simple(HELPER_FIND) && in.count == 2 && reply.number == 200000);
	control = parcel_take(&in, 1);
	state(control);
	close(control);
	end(false);
	begin();
	CHECK(!simple(HELPER_FIND) && in.count == 2);
	CHECK(!simple(HELPER_KILL));
	wait_for(process);
	CHECK(!simple(HELPER_ENDED));
	printf("helper_vm: status %#x\n", reply.number);
	CHECK(reply.number == SIGKILL || reply.number == HELPER_UNKNOWN);
	CHECK(!system("! switch list vmtest | grep -q VM"));
	/* Once more, by one that is its parent. */
	process = start_vm(log, &control);
	CHECK(!simple(HELPER_KILL));
	wait_for(process);
	CHECK(!simple(HELPER_ENDED) && reply.number == SIGKILL);
	ask_of(HELPER_DELETE, "web");
	CHECK(!parcel_add(&out, parcel_file("d.vhdx", 7)));
	CHECK(!ask());
	end(false);
	CHECK(access(STORAGE "/vms/web", F_OK));
	CHECK(!rmdir("/sys/fs/cgroup/helper"));
	puts("helper_vm: ok");
	return 0;
}
