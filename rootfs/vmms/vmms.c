/* vmms: the management service; see docs/management.md. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "helper.h"
#include "service.h"
#include "vmms_words.h"

#define FIRST_USER	100000u	/* workers' ids: nobody else's */
#define USERS		65536u
#define FILES		8192	/* that the control process may have */
#define TRIES		20	/* for an earlier service's end, 0.1 s each */

enum { EXIT_GOOD, EXIT_BAD, EXIT_UNUSABLE };

/* What both processes come from. */
struct start {
	struct vmms_words words;
	struct service_setup setup;
	char boot[HELPER_MARK_MAX + 1];
	uid_t user;
	gid_t user_group;
	int ends[2];		/* the control process's, the helper's */
};

static int helper_end = -1;

static int complain(const char *what, int error)
{
	fprintf(stderr, "vmms: %s: %s\n", what, strerror(-error));
	return EXIT_UNUSABLE;
}

/* Without it a VM that ran is like one that ended while nobody looked. */
static void read_boot(char *boot, size_t size)
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!file || !fgets(boot, (int)size, file))
		boot[0] = '\0';
	boot[strcspn(boot, "\n")] = '\0';
	if (file)
		fclose(file);
}

/* The control process of a helper that was killed may be ending still. */
static int listen_at(const char *path, gid_t group)
{
	int fd = server_listen(path, group), tries;

	for (tries = 0; fd == -EADDRINUSE && tries < TRIES; tries++) {
		usleep(100000);
		fd = server_listen(path, group);
	}
	return fd;
}

static bool find_user(struct start *start)
{
	const struct passwd *user = getpwnam(start->words.user);

	if (!user || !user->pw_uid) {
		fprintf(stderr, "vmms: there is no user %s for it\n",
			start->words.user);
		return false;
	}
	start->user = user->pw_uid;
	start->user_group = user->pw_gid;
	return true;
}

/* The control process: nobody's rights, and what it has as descriptors. */
static int give_up_rights(const struct start *start)
{
	const struct rlimit files = { FILES, FILES };

	if (setrlimit(RLIMIT_NOFILE, &files) || setgroups(0, NULL) ||
	    setresgid(start->user_group, start->user_group,
		start->user_group) ||
	    setresuid(start->user, start->user, start->user) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || !setuid(0))
		return errno ? -errno : -EPERM;
	return chdir("/") ? -errno : 0;
}

static int control(struct start *start)
{
	static struct service service;
	int error;

	close(start->ends[1]);
	error = give_up_rights(start);
	if (error)
		return complain("another user", error);
	error = service_init(&service, &start->setup);
	if (error)
		return complain("the control process", error);
	error = calls_of_control();
	if (!error)
		error = service_run(&service);
	service_exit(&service);
	return error && error != -EPIPE ?
		complain("the control process", error) :
		error ? EXIT_BAD : EXIT_GOOD;
}

/* The helper ends, and with it the control process. */
static void told_to_end(int signal)
{
	(void)signal;
	shutdown(helper_end, SHUT_RDWR);
}

static void wait_for_signals(int fd)
{
	const struct sigaction action = { .sa_handler = told_to_end,
		.sa_flags = SA_RESTART };

	helper_end = fd;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

static int help(const struct start *start, pid_t other)
{
	const struct vmms_words *words = &start->words;
	const struct helper_setup setup = {
		.storages = words->storages,
		.storage_count = words->storage_count,
		.program = words->program, .disk = words->disk,
		.firmware = words->firmware, .driver = words->driver,
		.run = words->run, .cgroup = words->cgroup,
		.administrators = start->setup.group,
		.first_user = FIRST_USER, .users = USERS - 1,
	};
	struct trouble why = { "" };
	int error, status = 0;

	error = helper_serve(&setup, start->ends[1], &why);
	if (error)
		fprintf(stderr, "vmms: %s\n", why.text[0] ? why.text :
			strerror(-error));
	close(start->ends[1]);
	waitpid(other, &status, 0);
	unlink(words->socket);
	return error ? EXIT_UNUSABLE : WIFEXITED(status) ?
		WEXITSTATUS(status) : EXIT_BAD;
}

/* A descriptor more than it needs would live in each worker's parent. */
static int become_helper(struct start *start, pid_t other)
{
	close(start->ends[0]);
	close(start->setup.socket);
	if (start->setup.begun >= 0)
		close(start->setup.begun);
	wait_for_signals(start->ends[1]);
	return help(start, other);
}

static int begin(struct start *start)
{
	const struct group *group = getgrnam(start->words.group);
	struct service_setup *setup = &start->setup;

	read_boot(start->boot, sizeof(start->boot));
	setup->group = group ? group->gr_gid : 0;
	setup->socket = listen_at(start->words.socket, setup->group);
	if (setup->socket < 0)
		return complain(start->words.socket, setup->socket);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, start->ends))
		return complain("a socket pair", -errno);
	setup->helper = start->ends[0];
	setup->storages = start->words.storages;
	setup->storage_count = start->words.storage_count;
	setup->boot = start->boot;
	setup->begun = open(start->words.begun, O_RDWR | O_APPEND | O_CREAT |
		O_CLOEXEC | O_NOFOLLOW, 0600);
	return EXIT_GOOD;
}

/* Without a group socle root alone may ask. */
int main(int count, char **words)
{
	static struct start start;
	int result;
	pid_t other;

	umask(022);
	if (!vmms_words_read(&start.words, count, words) || !find_user(&start))
		return EXIT_BAD;
	result = begin(&start);
	if (result)
		return result;
	other = fork();
	if (other < 0)
		return complain("a process", -errno);
	return other ? become_helper(&start, other) : control(&start);
}
