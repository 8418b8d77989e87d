/* Timers, and processes that end, in the event loop. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"
#include "timers.h"

#define MANY 200

static struct events events;
static struct timers timers;
static struct timer many[MANY], last;
static unsigned int expired, seed;
static uint64_t latest;

static void stop(struct timer *timer)
{
	(void)timer;
	events.stop = true;
}

static void run(void)
{
	events.stop = false;
	CHECK(!events_run(&events));
}

static void in_order(struct timer *timer)
{
	CHECK(!timer->set && timer->when >= latest);
	CHECK(timer->when <= events_now());
	latest = timer->when;
	expired++;
}

static void test_order(void)
{
	uint64_t now = events_now();
	unsigned int i, stopped = 0;

	for (i = 0; i < MANY; i++) {
		timer_init(&many[i], in_order, NULL);
		timers_set(&timers, &many[i], now + rand_r(&seed) % 50000000);
	}
	for (i = 0; i < MANY; i += 3)
		timers_set(&timers, &many[i], now + rand_r(&seed) % 50000000);
	for (i = 0; i < MANY; i += 7, stopped++)
		timers_stop(&timers, &many[i]);
	timers_stop(&timers, &many[0]);
	timer_init(&last, stop, NULL);
	timers_set(&timers, &last, now + 60000000);
	run();
	CHECK(expired == MANY - stopped && !timers.first);
}

/* Those of one time in the order in which they were set; and from within. */
static char said[8];

static void say(struct timer *timer)
{
	strcat(said, timer->context);
	if (!strcmp(said, "a"))
		timers_stop(&timers, &many[1]);
	if (!strcmp(said, "ac"))
		timers_set(&timers, timer, 0);
	if (!strcmp(said, "acdc"))
		events.stop = true;
}

static void test_from_within(void)
{
	static char names[4][2] = { "a", "b", "c", "d" };
	unsigned int i;

	for (i = 0; i < 4; i++) {
		timer_init(&many[i], say, names[i]);
		timers_set(&timers, &many[i], 0);
	}
	run();
	CHECK_STRING("acdc", said);
}

/* Two that never rest, and one that has to come through. */
static unsigned int turns;

static void restless(struct timer *timer)
{
	turns++;
	timers_set(&timers, timer, 0);
}

static void test_starving(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		timer_init(&many[i], restless, NULL);
		timers_set(&timers, &many[i], 0);
	}
	timers_set(&timers, &last, events_now() + 20000000);
	run();
	CHECK(turns > 2);
	for (i = 0; i < 2; i++)
		timers_stop(&timers, &many[i]);
	CHECK(!timers.first);
}

static int status;

static void ended(struct process *process, int how)
{
	CHECK(process->event.fd == -1);
	status = how;
	events.stop = true;
}

static pid_t sleeper(int code)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		if (code < 0)
			pause();
		usleep(20000);
		_exit(code);
	}
	return pid;
}

static int pidfd(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	CHECK(fd >= 0);
	return fd;
}

static void test_children(void)
{
	struct process process = { .ended = ended };
	pid_t pid;

	CHECK(!process_watch(&process, &events, pidfd(sleeper(3))));
	run();
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	CHECK(process.event.fd == -1);
	pid = sleeper(-1);
	CHECK(!process_watch(&process, &events, pidfd(pid)));
	CHECK(!kill(pid, SIGTERM));
	run();
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	CHECK(process_watch(&process, &events, -5) == -EBADF);
	process_forget(&process);
}

/* One that somebody else has waited for already. */
static void test_strangers(void)
{
	struct process process = { .ended = ended };
	pid_t pid = sleeper(0);
	int fd = pidfd(pid);

	CHECK(!process_watch(&process, &events, fd));
	CHECK(waitpid(pid, NULL, 0) == pid);
	run();
	CHECK(status == PROCESS_UNKNOWN);
}

int main(int count, char **words)
{
	seed = count > 2 ? strtoul(words[2], NULL, 0) : 1;
	CHECK(!events_init(&events) && !timers_init(&timers, &events));
	test_order();
	test_from_within();
	test_starving();
	test_children();
	test_strangers();
	timers_exit(&timers);
	events_exit(&events);
	return 0;
}
