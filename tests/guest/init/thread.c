/* Threads of the test's guest, one for each processor. */
/* SPDX-License-Identifier: MIT */
#include "thread.h"

#include "call.h"

#define STACK 2048	/* bytes */

/* Memory, files, signals, thread group, semaphores shared; linux/sched.h */
#define CLONE_THREADS 0x50f00

static unsigned long stacks[THREADS_MAX][STACK / sizeof(long)];
static void (*work)(unsigned int processor);
static unsigned int running;	/* atomic */

unsigned int thread_processors(void)
{
	static unsigned int count;
	unsigned long mask[16] = { 0 };
	unsigned int i;

	if (count)
		return count;
	call(CALL_GET_AFFINITY, 0, sizeof(mask), (long)mask, 0, 0);
	for (i = 0; i < sizeof(mask) * 8; i++)
		count += mask[i / (8 * sizeof(long))] >>
			i % (8 * sizeof(long)) & 1;
	return count;
}

bool thread_move(unsigned int processor)
{
	unsigned long mask[16] = { 0 };
	unsigned int now = ~0u;

	mask[processor / (8 * sizeof(long))] =
		1ul << processor % (8 * sizeof(long));
	call(CALL_SET_AFFINITY, 0, sizeof(mask), (long)mask, 0, 0);
	call(CALL_GET_CPU, (long)&now, 0, 0, 0, 0);
	return now == processor;
}

static void begin(unsigned long processor)
{
	thread_move(processor);
	work(processor);
	__atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
	call(CALL_EXIT, 0, 0, 0, 0, 0);
}

/* The new thread finds on its stack what to call, and with what. */
static long clone(unsigned long *stack)
{
	long result = CALL_CLONE;

#ifdef __x86_64__
	register long none __asm__("r10") = 0;
	register long nothing __asm__("r8") = 0;

	__asm__ volatile("syscall\n"
		"test %%rax, %%rax\n"
		"jnz 1f\n"
		"pop %%rax\n"
		"pop %%rdi\n"
		"call *%%rax\n"
		"ud2\n"
		"1:\n"
		: "+a" (result) : "D" (CLONE_THREADS), "S" (stack), "d" (0),
		  "r" (none), "r" (nothing) : "rcx", "r11", "memory");
#else
	__asm__ volatile("int $0x80\n"
		"test %%eax, %%eax\n"
		"jnz 1f\n"
		"pop %%eax\n"
		"call *%%eax\n"
		"ud2\n"
		"1:\n"
		: "+a" (result) : "b" (CLONE_THREADS), "c" (stack), "d" (0),
		  "S" (0), "D" (0) : "memory");
#endif
	return result;
}

bool thread_start_all(unsigned int first, void (*run)(unsigned int processor))
{
	unsigned int count = thread_processors(), i;

	work = run;
	for (i = first; i < count && i < THREADS_MAX; i++) {
		unsigned long *top = stacks[i] + STACK / sizeof(long) - 4;

		top[0] = (unsigned long)begin;
		top[1] = i;
		__atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);
		if (clone(top) <= 0) {
			__atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
			return false;
		}
	}
	return true;
}

void thread_join_all(void)
{
	while (__atomic_load_n(&running, __ATOMIC_SEQ_CST))
		call_sleep(10);
	/* The last one is still on its stack for an instant. */
	call_sleep(10);
}
