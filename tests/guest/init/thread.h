/* Threads of the test's guest, one for each processor. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_THREAD_H
#define INIT_THREAD_H

#include <stdbool.h>

#define THREADS_MAX 255

/* Processors that there are, from 0 on; first asked before anybody moves. */
unsigned int thread_processors(void);

/* Moves the caller there; false: it is not there afterwards. */
bool thread_move(unsigned int processor);

/* One on each of the processors from 'first' on; false when one does not
 * start. They share everything but their stacks. */
bool thread_start_all(unsigned int first, void (*run)(unsigned int processor));

/* Until all that were started have returned. */
void thread_join_all(void);

#endif
