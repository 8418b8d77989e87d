/* Which calls of the kernel which kinds of threads need. */
/* SPDX-License-Identifier: MIT */
#include "filter_rules.h"

#include <assert.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <termios.h>

#include "filter.h"

#define EVENTS	FILTER_EVENTS
#define VP	FILTER_VP
#define DISK	FILTER_DISK
#define NET	FILTER_NETWORK
#define VIEWERS	FILTER_VIEWERS
#define TERMINAL FILTER_TERMINAL
#define ALL	FILTER_ALL
#define START	FILTER_START
/* Device code runs in the event loop and in VPs' threads; the others reach it
 * with interrupts that they cause. */
#define DEVICES	(EVENTS | VP)
#define CAUSES	(DEVICES | DISK | NET | VIEWERS)

#define ANY		{ 0, 0, 0 }
#define IS(number, value)	{ number, ~0u, value }
#define OWN_PROCESS	IS(0, 0)
#define NOT_EXECUTED	{ 2, PROT_EXEC, 0 }
/* Exactly what pthread_create() of musl asks for: no process, no namespace. */
#define A_THREAD	IS(0, CLONE_VM | CLONE_FS | CLONE_FILES | \
	CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | \
	CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_DETACHED)
/* The driver's calls without their sizes: direction, type, number
 * (linux/mshv.h). What makes partitions and VPs is not among them. */
#define OF_MSHV(direction, number) { 1, 3u << 30 | 0xffffu, \
	(direction) << 30 | 0xb8u << 8 | (number) }
#define TO_KERNEL	1u
#define FROM_KERNEL	2u
#define BOTH		3u
#define RUN_VP			OF_MSHV(FROM_KERNEL, 0)
#define GET_VP_STATE		OF_MSHV(BOTH, 1)
#define SET_VP_STATE		OF_MSHV(BOTH, 2)
#define SET_GUEST_MEMORY	OF_MSHV(TO_KERNEL, 2)
#define GET_GPAP_ACCESS_BITMAP	OF_MSHV(BOTH, 6)
#define ROOT_HVCALL		OF_MSHV(BOTH, 7)

const struct filter_rule filter_rules[] = {
	/* What is asked for all the time comes first. */
	{ SYS_ioctl, VP, RUN_VP },
	{ SYS_ioctl, CAUSES, ROOT_HVCALL },
	{ SYS_futex, ALL, ANY },
	{ SYS_io_uring_enter, DISK, ANY },
	{ SYS_readv, NET | VIEWERS, ANY },
	{ SYS_writev, ALL, ANY },
	{ SYS_read, ALL, ANY },
	{ SYS_write, ALL, ANY },
	{ SYS_poll, EVENTS | NET | VIEWERS | TERMINAL, ANY },
	{ SYS_epoll_pwait, EVENTS, ANY },
	{ SYS_timerfd_settime, CAUSES, ANY },
	{ SYS_clock_gettime, ALL, ANY },
	{ SYS_sched_yield, NET, ANY },
	{ SYS_tgkill, ALL, OWN_PROCESS },

	/* A thread's own: memory, signals, its end. */
	{ SYS_brk, ALL, ANY },
	{ SYS_mmap, ALL, NOT_EXECUTED },
	{ SYS_mprotect, ALL, NOT_EXECUTED },
	{ SYS_munmap, ALL, ANY },
	{ SYS_mremap, ALL, ANY },
	{ SYS_madvise, ALL, ANY },
	{ SYS_rt_sigreturn, ALL, ANY },
	{ SYS_rt_sigprocmask, ALL, ANY },
	{ SYS_restart_syscall, ALL, ANY },
	{ SYS_getpid, ALL, ANY },
	{ SYS_gettid, ALL, ANY },
	{ SYS_exit, ALL, ANY },
	{ SYS_exit_group, ALL, ANY },

	/* The machine. Bells of VMBus are all there from the start. */
	{ SYS_ioctl, DEVICES, SET_GUEST_MEMORY },
	{ SYS_ioctl, DEVICES, GET_VP_STATE },
	{ SYS_ioctl, EVENTS, SET_VP_STATE },
	{ SYS_ioctl, EVENTS | VIEWERS, GET_GPAP_ACCESS_BITMAP },
	{ SYS_epoll_ctl, DEVICES, ANY },

	/* Adapters that come later get their threads, which become less. */
	{ SYS_clone, EVENTS, A_THREAD },
	{ SYS_seccomp, EVENTS, ANY },
	{ SYS_ioctl, DEVICES | NET, IS(1, TUNSETQUEUE) },
	{ SYS_ioctl, DEVICES | NET, IS(1, TUNSETOFFLOAD) },
	{ SYS_ioctl, EVENTS, IS(1, TUNGETIFF) },
	{ SYS_ioctl, EVENTS, IS(1, TUNSETVNETHDRSZ) },

	/* Images; they also come later, and are checked by the event loop. */
	{ SYS_io_uring_register, DISK, IS(1, IORING_REGISTER_ENABLE_RINGS) },
	{ SYS_io_uring_register, DISK, IS(1, IORING_REGISTER_FILES_UPDATE) },
	{ SYS_pread64, EVENTS | DISK, ANY },
	{ SYS_pwrite64, EVENTS | DISK, ANY },
	{ SYS_fdatasync, EVENTS | DISK, ANY },
	{ SYS_fallocate, EVENTS | DISK, ANY },
	{ SYS_ftruncate, EVENTS | DISK, ANY },
	{ SYS_fstat, EVENTS | DISK, ANY },
	{ SYS_flock, EVENTS | DISK, ANY },
	{ SYS_ioctl, EVENTS | DISK, IS(1, BLKGETSIZE64) },
	{ SYS_getrandom, EVENTS | DISK, ANY },
	{ SYS_fstatfs, EVENTS, ANY },

	/* Files and sockets that are there. */
	{ SYS_close, EVENTS | DISK | VP | VIEWERS, ANY },
	{ SYS_lseek, EVENTS, ANY },
	{ SYS_fcntl, EVENTS | VIEWERS, IS(1, F_SETFD) },
	{ SYS_fcntl, EVENTS | VIEWERS, IS(1, F_GETFL) },
	{ SYS_fcntl, EVENTS | VIEWERS, IS(1, F_SETFL) },
	{ SYS_fcntl, EVENTS, IS(1, F_ADD_SEALS) },
	{ SYS_fcntl, VIEWERS, IS(1, F_DUPFD_CLOEXEC) },
	{ SYS_memfd_create, EVENTS, ANY },
	{ SYS_accept4, EVENTS | VIEWERS, ANY },
	{ SYS_recvmsg, EVENTS, ANY },
	{ SYS_sendmsg, EVENTS, ANY },
	{ SYS_recvfrom, EVENTS | VIEWERS | TERMINAL, ANY },
	{ SYS_sendto, DEVICES | TERMINAL, ANY },
	{ SYS_shutdown, EVENTS | VIEWERS, ANY },
	{ SYS_setsockopt, VIEWERS, IS(1, IPPROTO_TCP) },
	{ SYS_getpeername, VIEWERS, ANY },
	{ SYS_select, VIEWERS, ANY },
	{ SYS_uname, VIEWERS, ANY },
	{ SYS_ioctl, VIEWERS, IS(1, FIONREAD) },
	{ SYS_ioctl, VIEWERS, IS(1, TIOCOUTQ) },
	/* Only while main() makes what is to be there. */
	{ SYS_socketpair, START, ANY },
	{ SYS_rt_sigaction, START, ANY },
	{ SYS_membarrier, START, ANY },
	{ SYS_getpgid, START, ANY },
	{ SYS_ioctl, START, IS(1, TCGETS) },
	{ SYS_ioctl, START, IS(1, TIOCGPGRP) },
	{ SYS_ioctl, START, IS(1, TIOCGWINSZ) },
	/* The terminal as it was. */
	{ SYS_ioctl, ALL, IS(1, TCSETS) },
	{ SYS_ioctl, EVENTS, IS(1, TCSETSW) },
};

static_assert(sizeof(filter_rules) / sizeof(filter_rules[0]) == FILTER_RULES,
	"number of rules");
