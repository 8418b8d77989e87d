/* In a worker's place: tries what a worker must not, and says what it could. */
/* SPDX-License-Identifier: MIT */
/*
 * usage: forbidden DESCRIPTORS   passed, from 3 on; the last one is a file
 *
 * What the confinement alone must hold first, without a filter. Then all again
 * with the filter of each kind of thread, each in a process of its own: most of
 * it ends that by SIGSYS.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"

static int passed;

static bool can_open(const char *path, int flags)
{
	return open(path, flags, 0600) >= 0;
}

static bool reads_files(void)
{
	return can_open("/etc/passwd", O_RDONLY) ||
		can_open("../../etc/passwd", O_RDONLY);
}

static bool opens_the_driver(void)
{
	return can_open("/dev/mshv", O_RDWR) || can_open("/dev/kvm", O_RDWR) ||
		can_open("/dev/mem", O_RDWR);
}

static bool looks_at_processes(void)
{
	return can_open("/proc/1/mem", O_RDONLY) ||
		can_open("/proc/self/maps", O_RDONLY);
}

static bool creates_a_file(void)
{
	return can_open("/file", O_CREAT | O_WRONLY);
}

static bool creates_a_file_without_a_name(void)
{
	return can_open("/", O_TMPFILE | O_WRONLY);
}

static bool makes_a_folder(void)
{
	return !mkdir("/folder", 0700);
}

static bool makes_a_device(void)
{
	return !mknod("/sda", S_IFBLK | 0600, 8 << 8);
}

static bool makes_a_link(void)
{
	return !symlink("/", "/link");
}

static bool changes_the_root(void)
{
	return !chmod("/", 0777) || !chown("/", getuid(), getgid());
}

static bool mounts(void)
{
	return !mount("none", "/", "tmpfs", 0, NULL);
}

static bool remounts(void)
{
	return !mount(NULL, "/", NULL, MS_REMOUNT, NULL);
}

static bool unmounts(void)
{
	return !umount2("/", MNT_DETACH);
}

static bool changes_its_root(void)
{
	return !chroot("/");
}

static bool becomes_root(void)
{
	return !setuid(0) || !setresuid(0, 0, 0) || !setgid(0);
}

static bool joins_groups(void)
{
	gid_t group = 0;

	return !setgroups(1, &group);
}

static bool kills_others(void)
{
	return !kill(-1, SIGKILL);
}

static bool traces(void)
{
	return !ptrace(PTRACE_ATTACH, 2, NULL, NULL) ||
		!ptrace(PTRACE_SEIZE, 2, NULL, NULL);
}

static bool reads_others(void)
{
	char byte;
	struct iovec local = { &byte, 1 }, remote = { (void *)0x400000, 1 };

	return process_vm_readv(2, &local, 1, &remote, 1, 0) >= 0;
}

/* Nobody is at home there: its own loopback adapter is down. */
static bool connects(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(22),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd >= 0 && !connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static bool connects_by_name(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX,
		.sun_path = "/run/socle/vmms" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return fd >= 0 && !connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static bool sends_raw(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0 ||
		socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}

static bool brings_up_an_adapter(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	return fd >= 0 && !ioctl(fd, SIOCSIFFLAGS, &request);
}

static bool names_the_host(void)
{
	return !sethostname("mine", 4);
}

static bool sets_the_clock(void)
{
	const struct timeval time = { 0, 0 };

	return !settimeofday(&time, NULL);
}

static bool reboots(void)
{
	return !reboot(RB_DISABLE_CAD);
}

static bool loads_a_module(void)
{
	return !syscall(SYS_init_module, "", 0, "") ||
		!syscall(SYS_finit_module, passed, "", 0);
}

static bool swaps(void)
{
	return !swapon("/dev/sda", 0);
}

static bool uses_ports(void)
{
	return !ioperm(0x60, 1, 1) || !iopl(3);
}

static bool is_preferred(void)
{
	const struct sched_param first = { .sched_priority = 1 };

	return !setpriority(PRIO_PROCESS, 0, -20) ||
		!sched_setscheduler(0, SCHED_FIFO, &first);
}

static bool raises_limits(void)
{
	const struct rlimit more = { 1 << 20, 1 << 20 };

	return !setrlimit(RLIMIT_NOFILE, &more) ||
		!setrlimit(RLIMIT_CORE, &more);
}

static bool has_other_descriptors(void)
{
	int fd;

	for (fd = passed + 1; fd < 4096; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return true;
	return false;
}

static bool gets_privileges_back(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ||
		prctl(PR_CAPBSET_READ, 0, 0, 0, 0) > 0;
}

/* What only the filter holds. */

static bool starts_a_program(void)
{
	static char *const none[] = { NULL };

	return !syscall(SYS_execveat, passed, "", none, none, AT_EMPTY_PATH);
}

static bool makes_a_process(void)
{
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0;
}

static bool makes_a_process_anew(void)
{
	uint64_t arguments[11] = { 0 };

	return syscall(SYS_clone3, arguments, sizeof(arguments)) >= 0;
}

static bool makes_a_thread_elsewhere(void)
{
	return syscall(SYS_clone, CLONE_THREAD | CLONE_VM | CLONE_SIGHAND |
		CLONE_NEWNET, 0, 0, 0, 0) >= 0;
}

static bool makes_a_namespace(void)
{
	return !unshare(CLONE_NEWUSER);
}

static bool enters_a_namespace(void)
{
	return !setns(passed, 0);
}

static bool makes_a_ring(void)
{
	struct io_uring_params params = { .flags = 0 };

	return syscall(SYS_io_uring_setup, 4, &params) >= 0;
}

static bool gives_its_ring_more(void)
{
	return !syscall(SYS_io_uring_register, passed,
		IORING_REGISTER_PERSONALITY, NULL, 0);
}

static bool makes_a_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool listens(void)
{
	return !listen(passed, 1);
}

static bool runs_what_it_wrote(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool runs_what_it_has_written(void)
{
	static char page[4096] __attribute__((aligned(4096)));

	return !mprotect(page, sizeof(page), PROT_READ | PROT_EXEC);
}

static bool runs_by_a_key(void)
{
	static char page[4096] __attribute__((aligned(4096)));

	return !syscall(SYS_pkey_mprotect, page, sizeof(page),
		PROT_READ | PROT_EXEC, -1);
}

static bool runs_what_it_reads(void)
{
	return !syscall(SYS_personality, 0x0400000);
}

static bool counts_events(void)
{
	struct perf_event_attr what = { .size = sizeof(what) };

	return syscall(SYS_perf_event_open, &what, 0, -1, -1, 0) >= 0;
}

static bool loads_a_filter_program(void)
{
	return syscall(SYS_bpf, 0, NULL, 0) >= 0;
}

static bool keeps_keys(void)
{
	return syscall(SYS_add_key, "user", "a", "b", 1, -3) >= 0;
}

static bool handles_faults(void)
{
	return syscall(SYS_userfaultfd, 1) >= 0;
}

/* FS_IOC_GETFLAGS. */
static bool asks_other_devices(void)
{
	long flags;

	return !ioctl(passed, _IOR('f', 1, long), &flags);
}

static bool makes_a_partition(void)
{
	return !ioctl(passed, _IOW(0xb8, 0, uint64_t[2]), NULL);
}

static bool makes_a_processor(void)
{
	return !ioctl(passed, _IOW(0xb8, 1, uint32_t), NULL);
}

static bool takes_another_tap(void)
{
	struct ifreq request = { .ifr_name = "other" };

	return !ioctl(passed, _IOW('T', 202, int), &request);
}

static bool types_into_the_terminal(void)
{
	return !ioctl(0, TIOCSTI, "a");
}

static bool opens_anything(void)
{
	return open("/", O_RDONLY) >= 0;
}

static bool opens_by_number(void)
{
	uint64_t handle[18] = { 8, 0 };

	return syscall(SYS_open_by_handle_at, passed, handle, 0) >= 0;
}

static bool sees_names(void)
{
	char text[16];
	struct stat info;

	return !stat("/", &info) || readlink("/", text, sizeof(text)) >= 0 ||
		!access("/", R_OK);
}

static bool mounts_anew(void)
{
	return syscall(SYS_fsopen, "tmpfs", 0) >= 0;
}

static bool kills_a_thread_of_others(void)
{
	return !syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static bool kills_any_thread(void)
{
	return !syscall(SYS_tkill, getppid(), 0);
}

static bool has_others_signalled(void)
{
	return !fcntl(passed, F_SETOWN, getppid());
}

static bool takes_a_process(void)
{
	return syscall(SYS_pidfd_open, getppid(), 0) >= 0;
}

static bool takes_descriptors(void)
{
	return syscall(SYS_pidfd_getfd, passed, 0, 0) >= 0;
}

static bool catches_its_end(void)
{
	return signal(SIGSYS, SIG_IGN) != SIG_ERR;
}

static bool shares_memory(void)
{
	return syscall(SYS_shmget, 0, 4096, 0600 | 01000) >= 0;
}

static bool reads_the_log(void)
{
	return syscall(SYS_syslog, 3, NULL, 0) >= 0;
}

static bool asks_as_x32(void)
{
	return syscall(0x40000000 | SYS_getpid) >= 0;
}

static bool asks_as_32_bits(void)
{
	int result = 20;

	__asm__ volatile("int $0x80" : "+a"(result) : : "memory");
	return result >= 0;
}

struct action {
	bool (*can)(void);
	const char *name;
};
#define ACTION(name)	{ name, #name }

static const struct action first[] = {
	ACTION(has_other_descriptors), ACTION(gets_privileges_back),
};

static const struct action always[] = {
	ACTION(reads_files), ACTION(opens_the_driver),
	ACTION(looks_at_processes), ACTION(creates_a_file),
	ACTION(creates_a_file_without_a_name), ACTION(makes_a_folder),
	ACTION(makes_a_device), ACTION(makes_a_link),
	ACTION(changes_the_root), ACTION(mounts), ACTION(remounts),
	ACTION(unmounts), ACTION(changes_its_root), ACTION(becomes_root),
	ACTION(joins_groups), ACTION(kills_others), ACTION(traces),
	ACTION(reads_others), ACTION(connects), ACTION(connects_by_name),
	ACTION(sends_raw), ACTION(brings_up_an_adapter),
	ACTION(names_the_host), ACTION(sets_the_clock), ACTION(reboots),
	ACTION(loads_a_module), ACTION(swaps), ACTION(uses_ports),
	ACTION(is_preferred), ACTION(raises_limits),
};

static const struct action filtered[] = {
	ACTION(starts_a_program), ACTION(makes_a_process),
	ACTION(makes_a_process_anew), ACTION(makes_a_thread_elsewhere),
	ACTION(makes_a_namespace), ACTION(enters_a_namespace),
	ACTION(makes_a_ring), ACTION(gives_its_ring_more),
	ACTION(makes_a_socket), ACTION(listens), ACTION(runs_what_it_wrote),
	ACTION(runs_what_it_has_written), ACTION(runs_by_a_key),
	ACTION(runs_what_it_reads), ACTION(counts_events),
	ACTION(loads_a_filter_program), ACTION(keeps_keys),
	ACTION(handles_faults), ACTION(asks_other_devices),
	ACTION(makes_a_partition), ACTION(makes_a_processor),
	ACTION(takes_another_tap), ACTION(types_into_the_terminal),
	ACTION(opens_anything), ACTION(opens_by_number), ACTION(sees_names),
	ACTION(mounts_anew), ACTION(kills_a_thread_of_others),
	ACTION(kills_any_thread), ACTION(has_others_signalled),
	ACTION(takes_a_process), ACTION(takes_descriptors),
	ACTION(catches_its_end), ACTION(shares_memory),
	ACTION(reads_the_log), ACTION(asks_as_x32), ACTION(asks_as_32_bits),
};
#define COUNT(array)	(sizeof(array) / sizeof(array[0]))

/* The threads that there are. */
static const struct kind {
	unsigned int kinds;
	const char *name;
} kinds[] = {
	{ FILTER_EVENTS | FILTER_NETWORK, "event loop" },
	{ FILTER_VP, "processor" },
	{ FILTER_DISK, "disk" },
	{ FILTER_NETWORK, "network" },
	{ FILTER_VIEWERS, "viewers" },
	{ FILTER_TERMINAL, "terminal" },
};

static unsigned int tried, could;
/* Of the processes with a filter. */
static int said[2];

static void try_all(const struct action *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++, tried++) {
		if (!list[i].can())
			continue;
		printf("it %s\n", list[i].name);
		could++;
	}
}

/* In a process of its own, whose status this is, as of waitpid(). */
static int with_filter(unsigned int thread, bool (*can)(void))
{
	int status = -1;
	pid_t id = fork();

	if (id) {
		waitpid(id, &status, 0);
		return status;
	}
	dup2(said[1], STDERR_FILENO);
	if (filter_begin())
		_exit(2);
	filter_enter(thread);
	_exit(can && can() ? 1 : 0);
}

/* One line, which names the thread. */
static bool is_said(const struct kind *kind)
{
	char text[256];
	ssize_t size = read(said[0], text, sizeof(text) - 1);
	const char *end;

	text[size > 0 ? size : 0] = 0;
	end = strchr(text, '\n');
	return end && !end[1] && strstr(text, kind->name) &&
		strstr(text, "asked the kernel for what it must not (call ");
}

/* The attempt is the end. A kernel without 32-bit calls has no way to any: they
 * are an exception, as any number is that stands for nothing. */
static bool is_ended(const struct action *action, const struct kind *kind,
	int status)
{
	if (!WIFSIGNALED(status))
		return false;
	if (action->can == asks_as_32_bits)
		return WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV;
	if (WTERMSIG(status) != SIGSYS)
		return false;
	/* The helper's own filter, which a worker has, too, comes first. */
	return is_said(kind) || action->can == asks_as_x32;
}

static void try_filtered(const struct kind *kind, const struct action *list,
	size_t count)
{
	size_t i;
	int status;

	for (i = 0; i < count; i++, tried++) {
		status = with_filter(kind->kinds, list[i].can);
		if (is_ended(&list[i], kind, status))
			continue;
		printf("%s: it %s (status 0x%x)\n", kind->name, list[i].name,
			status);
		could++;
	}
}

static void try_kind(const struct kind *kind)
{
	int status = with_filter(kind->kinds, NULL);

	if (status) {
		printf("%s: it cannot live (status 0x%x)\n", kind->name,
			status);
		could++;
	}
	try_filtered(kind, always, COUNT(always));
	try_filtered(kind, filtered, COUNT(filtered));
}

int main(int argc, char **argv)
{
	char text[8];
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	passed = argc == 2 ? atoi(argv[1]) + 2 : 0;
	if (passed < 3 || pread(passed, text, 5, 0) != 5 ||
	    memcmp(text, "given", 5)) {
		puts("it does not have what it was given");
		return 1;
	}
	try_all(first, COUNT(first));
	try_all(always, COUNT(always));
	if (pipe2(said, O_CLOEXEC | O_NONBLOCK))
		return 1;
	for (i = 0; i < COUNT(kinds); i++)
		try_kind(&kinds[i]);
	printf("tried %u, could %u\n", tried, could);
	return could ? 1 : 0;
}
