/* What the control process cannot do, and what it can. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "check.h"

static char *const nothing[] = { NULL };

#define REFUSED(action)	CHECK((long)(action) == -1 && errno == EPERM)

static void refused_files(void)
{
	REFUSED(open("/etc/passwd", O_RDWR));
	REFUSED(open("/etc/passwd", O_WRONLY));
	REFUSED(open("/tmp/new", O_RDONLY | O_CREAT, 0600));
	REFUSED(open("/tmp", O_RDWR | O_TMPFILE, 0600));
	REFUSED(openat(AT_FDCWD, "/etc/passwd", O_RDONLY | O_TRUNC));
	REFUSED(unlink("/tmp/nothing"));
	REFUSED(rename("/tmp/nothing", "/tmp/new"));
	REFUSED(mkdir("/tmp/new", 0700));
	REFUSED(chmod("/tmp", 0700));
	REFUSED(symlink("/etc", "/tmp/new"));
	REFUSED(syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0));
	REFUSED(chdir("/tmp"));
}

static void refused_processes(void)
{
	REFUSED(syscall(SYS_fork));
	REFUSED(syscall(SYS_vfork));
	REFUSED(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
	REFUSED(syscall(SYS_clone3, NULL, 0));
	REFUSED(execve("/bin/true", nothing, nothing));
	REFUSED(kill(getppid(), 0));
	REFUSED(syscall(SYS_pidfd_open, getppid(), 0));
	REFUSED(ptrace(PTRACE_ATTACH, getppid(), 0, 0));
	REFUSED(syscall(SYS_unshare, CLONE_NEWUSER));
	REFUSED(syscall(SYS_io_uring_setup, 1, NULL));
	REFUSED(syscall(SYS_bpf, 0, NULL, 0));
	REFUSED(setuid(getuid()));
	REFUSED(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static void refused_rest(int file)
{
	static char page[4096] __attribute__((aligned(4096)));
	int pair[2];

	REFUSED(socket(AF_INET, SOCK_STREAM, 0));
	REFUSED(socket(AF_UNIX, SOCK_STREAM, 0));
	REFUSED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	REFUSED(connect(file, NULL, 0));
	REFUSED(syscall(SYS_ioctl, file, 0, 0));
	REFUSED(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0));
	REFUSED(mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
}

static void allowed(void)
{
	int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	int memory = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct stat about;
	char byte;

	CHECK(file >= 0 && read(file, &byte, 1) == 1 && !fstat(file, &about));
	CHECK(memory >= 0 && !ftruncate(memory, 1) && pread(memory, &byte, 1, 0));
	CHECK(!fcntl(memory, F_ADD_SEALS, F_SEAL_GROW));
	CHECK(!close(file) && !close(memory));
	CHECK(mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

/* The sanitizers have something to do in _exit(), too. */
static void confined(void)
{
	int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !calls_of_control());
	refused_files();
	refused_processes();
	refused_rest(file);
	allowed();
	syscall(SYS_exit_group, 0);
}

static void other_abi(void)
{
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !calls_of_control());
	syscall(0x40000000 + SYS_getpid);
	syscall(SYS_exit_group, 0);
}

static int status_of(void action(void))
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0);
	if (!pid)
		action();
	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

int main(void)
{
	int status;

	CHECK(status_of(confined) == 0);
	status = status_of(other_abi);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	return 0;
}
