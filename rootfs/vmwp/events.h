/* The event loop: descriptors and what to call for them. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_EVENTS_H
#define VMWP_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

/* Owned by who adds it; fd is not. ready() runs in the loop's thread, with no
 * lock held; events: EPOLLIN, ... */
struct event {
	int fd;			/* -1: not in the loop */
	void (*ready)(struct event *event, uint32_t events);
	void *context;
};

struct events {
	int fd;
	bool stop;		/* the loop's thread's */
};

/* 0 or -errno. */
int events_init(struct events *events);
void events_exit(struct events *events);
/* Adds it, or changes what it waits for. Any thread. */
int events_watch(struct events *events, struct event *event, uint32_t mask);
void events_forget(struct events *events, struct event *event);
/* Until somebody sets stop. 0 or -errno. */
int events_run(struct events *events);

/* A timer descriptor at a time of CLOCK_MONOTONIC, in ns; UINT64_MAX: never. */
int events_timer(void);
void events_timer_set(int fd, uint64_t time);
uint64_t events_now(void);
/* Empties a timer's or an eventfd's descriptor. */
void events_drain(int fd);

#endif
