/* An IDE channel's thread: how it gets jobs, stops, and comes back. */
/* SPDX-License-Identifier: MIT */
#include "ide/work.h"

#include "filter.h"
#include "ide/job.h"

void work_finish(struct ide_channel *channel, enum ide_result result)
{
	channel->result = result;
	channel->finished = true;
}

/* What it waits for may have been just now. */
void work_keep(struct ide_channel *channel)
{
	pthread_mutex_lock(&channel->thread.lock);
	channel->kept = true;
	pthread_mutex_unlock(&channel->thread.lock);
	if (trouble_none(&ide_drive(channel)->store))
		work_wake(channel);
}

/* The next command may begin within. Device lock held. */
static void come_back(struct ide_channel *channel)
{
	work_drop(channel);
	ide_came_back(channel, channel->result);
}

static void turn(struct ide_channel *channel)
{
	if (!channel->finished && atomic_load(&channel->cancel))
		work_finish(channel, IDE_CANCELLED);
	else if (!channel->finished)
		job_step(channel);
	if (!channel->finished ||
	    !thread_enter(&channel->thread, channel->device_lock))
		return;
	come_back(channel);
	pthread_mutex_unlock(channel->device_lock);
}

static bool has_work(const struct ide_channel *channel)
{
	return channel->present &&
		(!channel->kept || atomic_load(&channel->cancel));
}

static bool is_idle(const void *channel)
{
	return !has_work(channel);
}

static void *loop(void *context)
{
	struct ide_channel *channel = context;

	filter_enter(FILTER_DISK);
	while (thread_gate(&channel->thread, is_idle, channel) != THREAD_ENDS)
		turn(channel);
	return NULL;
}

void work_turn(struct ide_channel *channel)
{
	while (has_work(channel))
		turn(channel);
}

void work_begin(struct ide_channel *channel)
{
	pthread_mutex_lock(&channel->thread.lock);
	channel->present = true;
	pthread_cond_broadcast(&channel->thread.changed);
	pthread_mutex_unlock(&channel->thread.lock);
}

void work_cancel(struct ide_channel *channel)
{
	atomic_store(&channel->cancel, true);
	work_wake(channel);
}

void work_drop(struct ide_channel *channel)
{
	pthread_mutex_lock(&channel->thread.lock);
	channel->present = channel->kept = channel->finished = false;
	pthread_mutex_unlock(&channel->thread.lock);
	atomic_store(&channel->cancel, false);
}

void work_wake(void *context)
{
	struct ide_channel *channel = context;

	pthread_mutex_lock(&channel->thread.lock);
	channel->kept = false;
	pthread_cond_broadcast(&channel->thread.changed);
	pthread_mutex_unlock(&channel->thread.lock);
}

void work_stop(struct ide_channel *channel)
{
	thread_stop(&channel->thread, NULL, NULL);
}

void work_go(struct ide_channel *channel)
{
	thread_go(&channel->thread);
}

void work_settle(struct ide_channel *channel)
{
	if (channel->finished)
		come_back(channel);
}

int work_init(struct ide_channel *channel, bool threads)
{
	thread_init(&channel->thread);
	return threads ? thread_start(&channel->thread, loop, channel) : 0;
}

void work_exit(struct ide_channel *channel)
{
	thread_end(&channel->thread, NULL, NULL);
	thread_exit(&channel->thread);
}
