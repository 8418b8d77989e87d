/* A program in a place where there is nothing but what it is given. */
/* SPDX-License-Identifier: MIT */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMESPACES	(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | \
	CLONE_NEWIPC | CLONE_NEWUTS)
#define CAPABILITIES	64	/* more than there are */

enum step {
	STEP_PROCESS, STEP_DESCRIPTORS, STEP_ROOT, STEP_LIMITS, STEP_USER,
	STEP_PROGRAM, STEPS,
};

static const char *const step_names[STEPS] = {
	"make a process", "hand over descriptors", "make an empty root",
	"set limits", "become another user", "start the program",
};

/* In the new process from here on; what failed is in errno. */

static bool empty_root(const char *folder)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

	return !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
		!mount("none", folder, "tmpfs", flags,
			"size=4k,nr_inodes=2,mode=0555") &&
		!chdir(folder) &&
		!mount(NULL, ".", NULL, MS_REMOUNT | MS_RDONLY | flags, NULL) &&
		!syscall(SYS_pivot_root, ".", ".") &&
		!umount2(".", MNT_DETACH) && !chdir("/");
}

/* All to numbers above those that they shall have, then down. */
static bool move_descriptors(const struct confinement *confinement,
	int *program, int *report)
{
	int high[CONFINE_FDS + 4], last = CONFINE_FIRST +
		(int)confinement->fd_count + 2;
	unsigned int i, count = confinement->fd_count;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (i = 0; i < count; i++)
		high[i] = confinement->fds[i];
	high[count] = *program;
	high[count + 1] = *report;
	high[count + 2] = confinement->log;
	high[count + 3] = null;
	for (i = 0; i < count + 4; i++) {
		high[i] = fcntl(high[i], F_DUPFD, last + 1);
		if (high[i] < 0)
			return false;
	}
	for (i = 0; i < count + 2; i++)
		if (dup2(high[i], CONFINE_FIRST + (int)i) < 0)
			return false;
	*program = CONFINE_FIRST + (int)count;
	*report = *program + 1;
	return dup2(high[count + 3], 0) == 0 && dup2(high[count + 2], 1) == 1 &&
		dup2(high[count + 2], 2) == 2 &&
		!fcntl(*program, F_SETFD, FD_CLOEXEC) &&
		!fcntl(*report, F_SETFD, FD_CLOEXEC) &&
		!syscall(SYS_close_range, last, ~0u, 0);
}

static bool limit(int what, rlim_t most)
{
	const struct rlimit both = { most, most };

	return !setrlimit(what, &both);
}

static bool set_limits(const struct confinement *confinement)
{
	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_MEMLOCK, 0) &&
		limit(RLIMIT_MSGQUEUE, 0) && limit(RLIMIT_RTPRIO, 0) &&
		limit(RLIMIT_NICE, 0) &&
		limit(RLIMIT_NPROC, confinement->threads) &&
		limit(RLIMIT_NOFILE, confinement->files);
}

/* The bounding set is emptied while that is still allowed. */
static bool become(uid_t id)
{
	int capability;

	for (capability = 0; capability < CAPABILITIES; capability++)
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) &&
		    errno != EINVAL)
			return false;
	return !setgroups(0, NULL) && !setresgid(id, id, id) &&
		!setresuid(id, id, id) &&
		!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
		getuid() == id && geteuid() == id && setuid(0) == -1;
}

struct failure {
	enum step step;
	int error;
};

static void fail(int report, enum step step)
{
	const struct failure failure = { step, errno ? errno : EPERM };

	/* Nobody who listens: then there is nobody to tell. */
	if (write(report, &failure, sizeof(failure)) < 0)
		_exit(126);
	_exit(127);
}

static void enter(const struct confinement *confinement, int program,
	char *const arguments[], int report)
{
	static char *const environment[] = { NULL };
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;
	int number;

	sigemptyset(&none);
	for (number = 1; number < NSIG; number++)
		sigaction(number, &usual, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	errno = 0;
	if (!move_descriptors(confinement, &program, &report))
		fail(report, STEP_DESCRIPTORS);
	setsid();
	umask(077);
	if (!empty_root(confinement->root))
		fail(report, STEP_ROOT);
	if (!set_limits(confinement))
		fail(report, STEP_LIMITS);
	if (!become(confinement->id))
		fail(report, STEP_USER);
	syscall(SYS_execveat, program, "", arguments, environment,
		AT_EMPTY_PATH);
	fail(report, STEP_PROGRAM);
}

/* Here again: 0 when it runs, else -errno. */
static int listen_to(int report, const char **step)
{
	struct failure failure;
	ssize_t size;

	do {
		size = read(report, &failure, sizeof(failure));
	} while (size < 0 && errno == EINTR);
	if (!size)
		return 0;
	if (size != sizeof(failure)) {
		*step = step_names[STEP_PROCESS];
		return -EIO;
	}
	*step = step_names[failure.step];
	return -failure.error;
}

/* As fork(), with all that it needs at once. */
static long make_process(const struct confinement *confinement, int *process)
{
	struct clone_args arguments = {
		.flags = NAMESPACES | CLONE_PIDFD,
		.pidfd = (uintptr_t)process,
		.exit_signal = SIGCHLD,
	};

	if (confinement->cgroup >= 0) {
		arguments.flags |= CLONE_INTO_CGROUP;
		arguments.cgroup = (uint64_t)confinement->cgroup;
	}
	return syscall(SYS_clone3, &arguments, sizeof(arguments));
}

int confine_start(const struct confinement *confinement, int program,
	char *const arguments[], const char **step)
{
	int report[2], process = -1, error;
	long id;

	*step = step_names[STEP_PROCESS];
	if (confinement->fd_count > CONFINE_FDS || !confinement->id)
		return -EINVAL;
	if (pipe2(report, O_CLOEXEC))
		return -errno;
	id = make_process(confinement, &process);
	if (!id)
		enter(confinement, program, arguments, report[1]);
	error = id < 0 ? -errno : 0;
	close(report[1]);
	if (!error)
		error = listen_to(report[0], step);
	close(report[0]);
	if (error && process >= 0) {
		waitpid((pid_t)id, NULL, 0);
		close(process);
	}
	return error ? error : process;
}
