/* What the service's processes may ask the kernel for (seccomp). */
/* SPDX-License-Identifier: MIT */
#include "calls.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "vmwp/callfilter.h"

struct call {
	uint16_t number;
	struct callfilter_argument argument;
};

#define COUNT(list)	(sizeof(list) / sizeof(*(list)))
#define WRITES		((uint32_t)(O_ACCMODE | O_CREAT | O_TRUNC))

#define ANY(call)	{ SYS_##call, { 0, 0, 0 } }
/* With none of these bits in an argument. */
#define BUT(call, argument, never)	{ SYS_##call, { argument, never, 0 } }

static const struct call denied_to_helper[] = {
	ANY(acct), ANY(add_key), ANY(adjtimex), ANY(bpf), ANY(chroot),
	ANY(clock_adjtime), ANY(clock_settime), ANY(create_module),
	ANY(delete_module), ANY(fanotify_init), ANY(finit_module),
	ANY(init_module), ANY(ioperm), ANY(iopl), ANY(kcmp),
	ANY(kexec_file_load), ANY(kexec_load), ANY(keyctl),
	ANY(lookup_dcookie), ANY(mknod), ANY(mknodat), ANY(modify_ldt),
	ANY(move_pages), ANY(name_to_handle_at), ANY(open_by_handle_at),
	ANY(perf_event_open), ANY(personality), ANY(process_vm_readv),
	ANY(process_vm_writev), ANY(ptrace), ANY(quotactl), ANY(reboot),
	ANY(request_key), ANY(setns), ANY(settimeofday), ANY(swapoff),
	ANY(swapon), ANY(syslog), ANY(uselib), ANY(userfaultfd), ANY(vhangup),
};

static const struct call allowed_to_control[] = {
	/* The event loop: timers, signals, clients, the helper, workers. */
	ANY(epoll_wait), ANY(epoll_pwait), ANY(epoll_ctl),
	ANY(timerfd_settime), ANY(accept4), ANY(recvfrom), ANY(sendto),
	ANY(recvmsg), ANY(sendmsg), ANY(getsockopt), ANY(shutdown),
	ANY(waitid), ANY(clock_gettime), ANY(getrandom),
	/* What is in parcels, and how long a process has lived. */
	ANY(memfd_create), ANY(ftruncate), ANY(fcntl), ANY(dup),
	BUT(open, 1, WRITES), BUT(openat, 2, WRITES), ANY(read), ANY(readv),
	ANY(pread64), ANY(write), ANY(writev), ANY(lseek), ANY(fstat),
	ANY(newfstatat), ANY(close),
	/* Memory, and the C library's own. */
	BUT(mmap, 2, PROT_EXEC), BUT(mprotect, 2, PROT_EXEC), ANY(munmap),
	ANY(mremap), ANY(madvise), ANY(brk), ANY(futex), ANY(rt_sigaction),
	ANY(rt_sigprocmask), ANY(rt_sigreturn), ANY(restart_syscall),
	ANY(getpid), ANY(gettid), ANY(exit), ANY(exit_group),
};

static_assert(COUNT(denied_to_helper) <= CALLFILTER_RULES &&
	COUNT(allowed_to_control) <= CALLFILTER_RULES, "rules of a process");

#define DENY		(SECCOMP_RET_ERRNO | EPERM)
/* Calls of the x32 ABI have numbers of their own. */
#define X32		0x40000000u

/* A list's calls get the one, all others the other. */
static int enter(const struct call *list, size_t count, uint32_t action,
	uint32_t others)
{
	struct callfilter filter;
	size_t i;

	callfilter_begin(&filter);
	callfilter_ends(&filter, X32);
	for (i = 0; i < count; i++)
		callfilter_rule(&filter, list[i].number, &list[i].argument,
			action);
	return callfilter_enter(&filter, others);
}

int calls_of_helper(void)
{
	return enter(denied_to_helper, COUNT(denied_to_helper), DENY,
		SECCOMP_RET_ALLOW);
}

int calls_of_control(void)
{
	return enter(allowed_to_control, COUNT(allowed_to_control),
		SECCOMP_RET_ALLOW, DENY);
}
