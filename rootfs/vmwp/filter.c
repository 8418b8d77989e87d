/* What a worker's threads may ask the kernel for (seccomp). */
/* SPDX-License-Identifier: MIT */
#include "filter.h"

#include <assert.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "callfilter.h"
#include "filter_rules.h"
#include "say.h"

static_assert(FILTER_RULES <= CALLFILTER_RULES, "rules of a thread");

static bool begun;
static _Thread_local unsigned int own_kinds;

/* For the sentence. */
static const struct name {
	unsigned int kinds;
	const char *name;
} names[] = {
	{ FILTER_START, "the beginning" },
	{ FILTER_EVENTS, "the event loop" },
	{ FILTER_VP, "a processor's thread" },
	{ FILTER_DISK, "a disk's thread" },
	{ FILTER_NETWORK, "a network adapter's thread" },
	{ FILTER_VIEWERS, "the viewers' thread" },
	{ FILTER_TERMINAL, "the terminal's thread" },
};

/* The first one will do: the event loop is network, too. */
static const char *own_name(void)
{
	unsigned int i = 0;

	while (!(names[i].kinds & own_kinds))
		i++;
	return names[i].name;
}

static void add_rule(struct callfilter *filter, const struct filter_rule *rule)
{
	struct callfilter_argument argument = rule->argument;

	if (rule->call == SYS_tgkill)
		argument.value = (uint32_t)getpid();
	callfilter_rule(filter, rule->call, &argument, SECCOMP_RET_ALLOW);
}

/*
 * It is called once in the process's life: the next forbidden call of any
 * thread finds no handler, and no call sets one again, so the kernel ends the
 * process. That call is made here.
 */
static void forbidden(int number, siginfo_t *info, void *context)
{
	const ucontext_t *at = context;

	(void)number;
	say("%s asked the kernel for what it must not "
		"(call %d, 0x%llx, 0x%llx): the VM ends", own_name(), info->si_syscall,
		at->uc_mcontext.gregs[REG_RDI], at->uc_mcontext.gregs[REG_RSI]);
	for (;;)
		syscall(SYS_execve, NULL, NULL, NULL);
}

int filter_begin(void)
{
	struct sigaction action = { .sa_sigaction = forbidden,
		.sa_flags = SA_SIGINFO | SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGSYS, &action, NULL) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	begun = true;
	return 0;
}

static int set(unsigned int kinds)
{
	struct callfilter filter;
	sigset_t signals;
	unsigned int i;

	/* One that is blocked has no handler. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGSYS);
	pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
	callfilter_begin(&filter);
	for (i = 0; i < FILTER_RULES; i++)
		if (filter_rules[i].kinds & kinds)
			add_rule(&filter, &filter_rules[i]);
	own_kinds = kinds;
	return callfilter_enter(&filter, SECCOMP_RET_TRAP);
}

void filter_enter(unsigned int kinds)
{
	int error = begun ? set(kinds) : 0;

	if (!error)
		return;
	say("cannot restrict a thread: %s", strerror(-error));
	_exit(1);
}
