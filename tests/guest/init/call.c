/* System calls of Linux without a C library, 64 and 32 bit. */
/* SPDX-License-Identifier: MIT */
#include "call.h"

#define PROT_BOTH	3	/* read and write */
#define MAP_NEW		0x22	/* private and anonymous */
#define MAP_SHARED	0x01
#define MAP_FIXED	0x10
#define MONOTONIC	1

struct time {
	long s, ns;
};

#ifdef __x86_64__
/* Six arguments. */
static long map(void *to, size_t size, long how, long fd, unsigned long offset)
{
	long result = CALL_MMAP;
	register long flags __asm__("r10") = how;
	register long file __asm__("r8") = fd;
	register long at __asm__("r9") = (long)offset;

	__asm__ volatile("syscall" : "+a" (result)
		: "D" (to), "S" (size), "d" (PROT_BOTH), "r" (flags),
		  "r" (file), "r" (at) : "rcx", "r11", "memory");
	return result;
}
#else
/* The old call: its arguments lie in memory. */
static long map(void *to, size_t size, long how, long fd, unsigned long offset)
{
	const unsigned long arguments[6] = { (unsigned long)to, size,
		PROT_BOTH, how, fd, offset };

	return call(CALL_MMAP, (long)arguments, 0, 0, 0, 0);
}
#endif

static void *pointer(long result)
{
	return (unsigned long)result >= -4095ul ? NULL : (void *)result;
}

void *call_memory(size_t size)
{
	return pointer(map(NULL, size, MAP_NEW, -1, 0));
}

void *call_map(void *at, size_t size, long file, unsigned long offset)
{
	return pointer(map(at, size, MAP_SHARED | (at ? MAP_FIXED : 0), file,
		offset));
}

unsigned long call_time(void)
{
	struct time now = { 0, 0 };

	call(CALL_CLOCK, MONOTONIC, (long)&now, 0, 0, 0);
	return now.s * 1000 + now.ns / 1000000;
}

unsigned long call_time_us(void)
{
	struct time now = { 0, 0 };

	call(CALL_CLOCK, MONOTONIC, (long)&now, 0, 0, 0);
	return now.s * 1000000 + now.ns / 1000;
}

void call_sleep(unsigned long ms)
{
	struct time time = { ms / 1000, ms % 1000 * 1000000 };

	call(CALL_SLEEP, (long)&time, 0, 0, 0, 0);
}

uint64_t call_number(long file, unsigned long at)
{
	uint64_t value = 0;

	if (call(CALL_PREAD, file, (long)&value, 8, at, 0) != 8)
		return 0;
	return value;
}
