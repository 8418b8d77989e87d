/* A serial port's other end in the event loop. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_SERIAL_EVENTS_H
#define VMWP_SERIAL_EVENTS_H

#include <pthread.h>

#include "events.h"
#include "serialback.h"

struct serial_events {
	struct serialback back;
	struct event event[2];	/* listener, client */
	struct events *events;
	pthread_mutex_t *lock;	/* the device lock */
};

/* The listener (-1: none) is owned from success on. 0 or -errno. */
int serial_events_init(struct serial_events *serial, int listener,
	struct events *events, pthread_mutex_t *lock);
void serial_events_exit(struct serial_events *serial);

#endif
