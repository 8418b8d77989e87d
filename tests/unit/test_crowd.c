/* The service's socket, and clients that are too many, or not allowed. */
/* SPDX-License-Identifier: MIT */
#include "vmms_talk.h"

#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static unsigned int answered, turned_away;

/* The first line, or two, of each. */
static void listen_to(int fd)
{
	const char *line = hear(fd);

	CHECK(line);
	if (!strcmp(line, FIRST_ANSWER))
		answered++;
	else if (strstr(line, "too many clients of this user"))
		turned_away++;
}

/* They hold half a line each, too. */
static void crowd(int *fds, unsigned int count)
{
	unsigned int i;

	answered = turned_away = 0;
	for (i = 0; i < count; i++) {
		fds[i] = reach();
		CHECK(fds[i] >= 0);
		say(fds[i], FIRST "{\"version\":1,");
	}
	for (i = 0; i < count; i++)
		listen_to(fds[i]);
}

static void test_crowd(bool many)
{
	static int fds[1000];
	unsigned int most = many ? 1000 : server_limits.of_user, i;
	struct timespec from, to;
	int fd = -1;

	crowd(fds, 1000);
	CHECK(answered == most && answered + turned_away == 1000);
	if (many) {
		fd = greet();
		clock_gettime(CLOCK_MONOTONIC, &from);
		for (i = 0; i < 50; i++) {
			say(fd, FIRST);
			CHECK(hear(fd));
		}
		clock_gettime(CLOCK_MONOTONIC, &to);
		CHECK(to.tv_sec - from.tv_sec < 10);
		CHECK(number(fd, "clients") == 1001);
		CHECK(number(fd, "bytes") < 10 << 20);
	}
	for (i = 0; i < 1000; i++)
		close(fds[i]);
	fd = fd < 0 ? greet() : fd;
	wait_for(fd, "clients", 1);
	close(fd);
}

/* Microseconds of the processor. */
static long used(void)
{
	struct rusage usage;

	CHECK(!getrusage(RUSAGE_SELF, &usage));
	return usage.ru_utime.tv_usec + usage.ru_stime.tv_usec +
		(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000;
}

/* The service is not busy with somebody who can't come in. */
static bool rests(void)
{
	long before = used();

	usleep(800000);
	return used() - before < 30000;
}

/* Without descriptors for a while. */
static void test_no_descriptors(void)
{
	struct rlimit old, few;
	int fds[256], count = 0, fd, other = greet();
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, serving.path);
	wait_for(other, "clients", 1);
	CHECK(!getrlimit(RLIMIT_NOFILE, &old));
	few = old;
	few.rlim_cur = 64;
	CHECK(!setrlimit(RLIMIT_NOFILE, &few));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	while (count < 256 && (fds[count] = dup(fd)) >= 0)
		count++;
	CHECK(!connect(fd, (struct sockaddr *)&address, sizeof(address)));
	say(fd, FIRST);
	CHECK(number(other, "clients") == 1);
	CHECK(rests());
	while (count--)
		close(fds[count]);
	CHECK_STRING(FIRST_ANSWER, hear(fd));
	CHECK(!setrlimit(RLIMIT_NOFILE, &old));
	close(fd);
	close(other);
}

/* Who writes without end and reads all of it takes no more than its turn. */
static void test_fair(void)
{
	int fd, i;
	pid_t flood = fork();
	struct timespec from, to;

	CHECK(flood >= 0);
	if (!flood) {
		signal(SIGPIPE, SIG_IGN);
		fd = greet();
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			while (hear(fd))
				;
			_exit(0);
		}
		for (;;)
			say(fd, FIRST);
	}
	fd = greet();
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < 100; i++) {
		say(fd, FIRST);
		CHECK_STRING(FIRST_ANSWER, hear(fd));
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	CHECK(to.tv_sec - from.tv_sec < 10);
	kill(flood, SIGKILL);
	CHECK(waitpid(flood, NULL, 0) == flood);
	close(fd);
}

/* As nobody; only root can become him. */
static void test_strangers(void)
{
	pid_t stranger;
	int status, fd;

	if (geteuid())
		return;
	CHECK(!chmod(serving.path, 0666));
	stranger = fork();
	CHECK(stranger >= 0);
	if (!stranger) {
		CHECK(!setgroups(0, NULL) && !setgid(65534) && !setuid(65534));
		fd = reach();
		say(fd, FIRST);
		CHECK_STRING(ERROR("null", "denied", "this is for root and "
			"members of the group socle"), hear(fd));
		CHECK(!hear(fd));
		_exit(0);
	}
	CHECK(waitpid(stranger, &status, 0) == stranger && !status);
	stranger = fork();
	CHECK(stranger >= 0);
	if (!stranger) {
		gid_t group = serving.server.group;

		CHECK(!setgroups(1, &group) && !setgid(65534));
		CHECK(!setuid(65534));
		fd = greet();
		say(fd, "{\"id\":1,\"verb\":\"reign\"}\n");
		CHECK_STRING(ERROR("1", "denied", "reign is for root"),
			hear(fd));
		_exit(0);
	}
	CHECK(waitpid(stranger, &status, 0) == stranger && !status);
	CHECK(!chmod(serving.path, 0660));
}

/* Some places are root's alone. */
static void test_reserved(void)
{
	gid_t group = getegid();
	pid_t stranger;
	int status, fd;

	if (geteuid())
		return;
	serving_make();
	serving.server.limits.clients = 3;
	serving.server.limits.reserved = 2;
	serving_start();
	CHECK(!chmod(serving.path, 0666));
	stranger = fork();
	CHECK(stranger >= 0);
	if (!stranger) {
		CHECK(!setgroups(1, &group) && !setuid(65534));
		fd = greet();
		CHECK_STRING(ERROR("null", "busy", "too many clients are "
			"connected"), hear(reach()));
		close(fd);
		_exit(0);
	}
	CHECK(waitpid(stranger, &status, 0) == stranger && !status);
	fd = greet();
	wait_for(fd, "clients", 1);
	status = greet();
	close(greet());
	close(status);
	close(fd);
	serving_stop();
}

static void test_socket(void)
{
	struct stat what;
	int fd;

	CHECK(!stat(serving.path, &what) && S_ISSOCK(what.st_mode));
	CHECK((what.st_mode & 07777) == 0660 && what.st_gid == getegid());
	CHECK(server_listen(serving.path, getegid()) == -EADDRINUSE);
	CHECK(server_listen("/tmp", getegid()) == -EEXIST);
	fd = greet();
	close(fd);
}

/* One that was killed leaves its socket. */
static void test_left_socket(void)
{
	int fd;

	serving_make();
	close(serving.server.fd);
	fd = server_listen(serving.path, getegid());
	CHECK(fd >= 0);
	serving.server.fd = fd;
	serving.server.listener.fd = fd;
	CHECK(!events_watch(&serving.events, &serving.server.listener,
		EPOLLIN));
	serving_start();
	close(greet());
	serving_stop();
}

static void tests_of_many(void)
{
	struct rlimit limit;

	CHECK(!getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
	CHECK(limit.rlim_cur >= 2100 && !setrlimit(RLIMIT_NOFILE, &limit));
	serving_make();
	serving_start();
	test_crowd(false);
	serving_stop();
	serving_make();
	serving.server.limits.clients = serving.server.limits.of_user = 2000;
	serving.server.limits.patience = 200 * TIMERS_SECOND;
	serving_start();
	test_crowd(true);
	serving_stop();
}

int main(void)
{
	if (geteuid())
		printf("test_crowd: strangers are tested by root only\n");
	serving_make();
	serving_start();
	test_socket();
	test_no_descriptors();
	test_fair();
	test_strangers();
	serving_stop();
	test_left_socket();
	test_reserved();
	tests_of_many();
	return 0;
}
