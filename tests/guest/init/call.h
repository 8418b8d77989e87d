/* System calls of Linux without a C library, 64 and 32 bit. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_CALL_H
#define INIT_CALL_H

#include <stddef.h>
#include <stdint.h>

/* arch/x86/entry/syscalls/syscall_{64,32}.tbl */
#ifdef __x86_64__
enum { CALL_READ = 0, CALL_WRITE = 1, CALL_OPEN = 2, CALL_CLOSE = 3,
	CALL_MMAP = 9, CALL_MUNMAP = 11, CALL_IOCTL = 16,
	CALL_PREAD = 17, CALL_YIELD = 24, CALL_MADVISE = 28, CALL_SLEEP = 35,
	CALL_CLONE = 56, CALL_EXIT = 60, CALL_UNAME = 63, CALL_FTRUNCATE = 77,
	CALL_SYSINFO = 99, CALL_MOUNT = 165, CALL_REBOOT = 169,
	CALL_IOPL = 172,
	CALL_FUTEX = 202, CALL_SET_AFFINITY = 203, CALL_GET_AFFINITY = 204,
	CALL_CLOCK = 228, CALL_GET_CPU = 309, CALL_MEMFD = 319,
	CALL_MEMBARRIER = 324, CALL_FINIT_MODULE = 313 };
#else
enum { CALL_EXIT = 1, CALL_READ = 3, CALL_WRITE = 4, CALL_OPEN = 5,
	CALL_CLOSE = 6, CALL_MOUNT = 21, CALL_IOCTL = 54,
	CALL_REBOOT = 88, CALL_MMAP = 90, CALL_MUNMAP = 91,
	CALL_FTRUNCATE = 93, CALL_IOPL = 110, CALL_SYSINFO = 116, CALL_CLONE = 120,
	CALL_UNAME = 122, CALL_YIELD = 158, CALL_SLEEP = 162, CALL_PREAD = 180,
	CALL_MADVISE = 219, CALL_FUTEX = 240, CALL_SET_AFFINITY = 241,
	CALL_GET_AFFINITY = 242, CALL_CLOCK = 265, CALL_GET_CPU = 318,
	CALL_FINIT_MODULE = 350, CALL_MEMFD = 356, CALL_MEMBARRIER = 375 };
#endif

/* The result, or -errno. */
static inline long call(long number, long a, long b, long c, long d, long e)
{
	long result = number;

#ifdef __x86_64__
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = e;

	__asm__ volatile("syscall" : "+a" (result)
		: "D" (a), "S" (b), "d" (c), "r" (fourth), "r" (fifth)
		: "rcx", "r11", "memory");
#else
	__asm__ volatile("int $0x80" : "+a" (result)
		: "b" (a), "c" (b), "d" (c), "S" (d), "D" (e) : "memory");
#endif
	return result;
}

/* New memory of zeros, or NULL. */
void *call_memory(size_t size);
/* Pages of a file, shared; at that address, or anywhere with NULL. NULL: an
 * error. */
void *call_map(void *at, size_t size, long file, unsigned long offset);
/* Milliseconds and microseconds of CLOCK_MONOTONIC. */
unsigned long call_time(void);
unsigned long call_time_us(void);
void call_sleep(unsigned long ms);
/* The 64-bit number at a place of a file; 0: none. */
uint64_t call_number(long file, unsigned long at);

#endif
