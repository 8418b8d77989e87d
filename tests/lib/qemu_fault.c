/* Says where QEMU was when it faulted, in its own process (LD_PRELOAD), for a
 * machine whose files nobody can look at later. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>
#include <unistd.h>

#define DEPTH 32

/* Not all that this calls may be called in a handler: it is the last that the
 * process does, and at worst it says less. */
static void say(int signal, siginfo_t *info, void *context)
{
	const greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	void *calls[DEPTH];
	char line[256];
	int size = snprintf(line, sizeof(line),
		"qemu_fault: signal %d at %#llx, address %p, rax %#llx rcx %#llx rdx %#llx rsi %#llx rdi %#llx\n",
		signal, registers[REG_RIP], info->si_addr, registers[REG_RAX],
		registers[REG_RCX], registers[REG_RDX], registers[REG_RSI],
		registers[REG_RDI]);

	if (write(STDERR_FILENO, line, (size_t)size) == size)
		backtrace_symbols_fd(calls, backtrace(calls, DEPTH),
			STDERR_FILENO);
	raise(signal);	/* by then without a handler */
}

__attribute__((constructor)) static void watch(void)
{
	struct sigaction action = { .sa_sigaction = say,
		.sa_flags = SA_SIGINFO | (int)SA_RESETHAND };
	void *calls[1];

	backtrace(calls, 1);	/* loads what it needs */
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGABRT, &action, NULL);
}
