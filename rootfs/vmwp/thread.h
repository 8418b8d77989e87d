/* A device's thread that others have stand still. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_THREAD_H
#define VMWP_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct thread {
	pthread_t id;
	bool started;	/* without it (tests) all below is nothing */
	/* How often it was told to stop; changed with the lock held, read by
	 * the thread without. */
	atomic_uint stops;
	/* Nothing is taken below it. What thread_gate() waits for may be under
	 * it, too: who changes that signals. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool quiet, ended;
};

/* What a thread that sleeps elsewhere is woken with. */
typedef void thread_wake(void *context);

enum thread_gate {
	THREAD_GOES,
	THREAD_STOOD,	/* it goes on; others may have touched what is its */
	THREAD_ENDS,
};

void thread_init(struct thread *thread);
void thread_exit(struct thread *thread);

/* 0 or -errno. */
int thread_start(struct thread *thread, void *(*run)(void *), void *context);
/* Not in the thread. wake may be NULL. */
void thread_end(struct thread *thread, thread_wake *wake, void *context);

/* Until it is let go it stays in thread_gate(), and the caller may touch what
 * is its. Calls nest; the device lock may be held. By the thread itself:
 * nothing. */
void thread_stop(struct thread *thread, thread_wake *wake, void *context);
void thread_go(struct thread *thread);
/* This is the thread, or there is none. */
bool thread_is_own(const struct thread *thread);

/* By the thread, before each turn. idle (may be NULL): there is nothing to do;
 * asked with thread->lock held, and again when thread->changed is signalled. */
enum thread_gate thread_gate(struct thread *thread,
	bool (*idle)(const void *context), const void *context);
/* It shall come to the gate soon. */
bool thread_is_told(const struct thread *thread);
/* Takes the device lock; false: it shall stop, and who wants that may hold the
 * lock while waiting for it. */
bool thread_enter(struct thread *thread, pthread_mutex_t *device_lock);

#endif
