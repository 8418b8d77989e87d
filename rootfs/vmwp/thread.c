/* A device's thread that others have stand still. */
/* SPDX-License-Identifier: MIT */
#include "thread.h"

#include <time.h>

#define PATIENCE	2000000		/* ns, then it looks whether to stop */
#define SECOND		1000000000

void thread_init(struct thread *thread)
{
	*thread = (struct thread){ .started = false };
	pthread_mutex_init(&thread->lock, NULL);
	pthread_cond_init(&thread->changed, NULL);
}

void thread_exit(struct thread *thread)
{
	pthread_cond_destroy(&thread->changed);
	pthread_mutex_destroy(&thread->lock);
}

int thread_start(struct thread *thread, void *(*run)(void *), void *context)
{
	int error;

	thread->started = true;
	error = pthread_create(&thread->id, NULL, run, context);
	if (error)
		thread->started = false;
	return -error;
}

void thread_end(struct thread *thread, thread_wake *wake, void *context)
{
	if (!thread->started)
		return;
	thread_stop(thread, wake, context);
	pthread_mutex_lock(&thread->lock);
	thread->ended = true;
	pthread_cond_broadcast(&thread->changed);
	pthread_mutex_unlock(&thread->lock);
	pthread_join(thread->id, NULL);
	thread->started = thread->ended = thread->quiet = false;
	atomic_store(&thread->stops, 0);
}

bool thread_is_own(const struct thread *thread)
{
	return !thread->started || pthread_equal(thread->id, pthread_self());
}

void thread_stop(struct thread *thread, thread_wake *wake, void *context)
{
	if (thread_is_own(thread))
		return;
	pthread_mutex_lock(&thread->lock);
	atomic_fetch_add(&thread->stops, 1);
	pthread_cond_broadcast(&thread->changed);
	if (wake)
		wake(context);
	while (!thread->quiet)
		pthread_cond_wait(&thread->changed, &thread->lock);
	pthread_mutex_unlock(&thread->lock);
}

void thread_go(struct thread *thread)
{
	if (thread_is_own(thread))
		return;
	pthread_mutex_lock(&thread->lock);
	atomic_fetch_sub(&thread->stops, 1);
	pthread_cond_broadcast(&thread->changed);
	pthread_mutex_unlock(&thread->lock);
}

bool thread_is_told(const struct thread *thread)
{
	return atomic_load(&thread->stops);
}

enum thread_gate thread_gate(struct thread *thread,
	bool (*idle)(const void *context), const void *context)
{
	enum thread_gate gate = THREAD_GOES;

	if (!idle && !thread_is_told(thread))
		return gate;
	pthread_mutex_lock(&thread->lock);
	while (!thread->ended &&
	       (thread_is_told(thread) || (idle && idle(context)))) {
		thread->quiet = thread_is_told(thread);
		if (thread->quiet) {
			gate = THREAD_STOOD;
			pthread_cond_broadcast(&thread->changed);
		}
		pthread_cond_wait(&thread->changed, &thread->lock);
	}
	thread->quiet = false;
	if (thread->ended)
		gate = THREAD_ENDS;
	pthread_mutex_unlock(&thread->lock);
	return gate;
}

bool thread_enter(struct thread *thread, pthread_mutex_t *device_lock)
{
	struct timespec until;

	while (pthread_mutex_trylock(device_lock)) {
		if (thread_is_told(thread))
			return false;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += PATIENCE;
		if (until.tv_nsec >= SECOND) {
			until.tv_nsec -= SECOND;
			until.tv_sec++;
		}
		if (!pthread_mutex_timedlock(device_lock, &until))
			break;
	}
	if (!thread_is_told(thread))
		return true;
	pthread_mutex_unlock(device_lock);
	return false;
}
