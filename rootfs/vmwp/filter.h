/* What a worker's threads may ask the kernel for (seccomp). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_FILTER_H
#define VMWP_FILTER_H

/* Kinds of threads: what one of a kind does not do it may not do. */
#define FILTER_EVENTS	0x01u	/* the event loop */
#define FILTER_VP	0x02u
#define FILTER_DISK	0x04u	/* channels of SCSI and IDE */
#define FILTER_NETWORK	0x08u
#define FILTER_VIEWERS	0x10u
#define FILTER_TERMINAL	0x20u
#define FILTER_ALL	0x3fu
#define FILTER_START	0x40u	/* main() before its event loop */

/* The worker's threads are held to their kinds from now on: each calls
 * filter_enter() as it begins. Without this (tests) that does nothing.
 * 0 or -errno. */
int filter_begin(void);

/*
 * From now on the calling thread, and all that it begins, may do only what
 * threads of these kinds do. No files by name, no programs, no processes, no
 * executable memory, no sockets but those that are there, no new io_uring.
 * Called again it becomes less, never more. seccomp(2)
 *
 * What it may not is not done, is said on standard error, once, and the process
 * ends by SIGSYS. So it does where this cannot be set up, with a sentence.
 */
void filter_enter(unsigned int kinds);

#endif
