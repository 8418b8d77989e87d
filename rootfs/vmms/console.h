/* A VM's serial port on this terminal. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_CONSOLE_H
#define VMMS_CONSOLE_H

#define CONSOLE_LEAVE	0x1d	/* Ctrl-] */

/*
 * Passes bytes between standard input and output, and a connected socket, which
 * is closed, until the port's end goes or, on a terminal, Ctrl-] is typed. A
 * terminal is raw meanwhile, and afterwards as it was, however it ends. 0: it
 * was left; -EPIPE: the other end went; or another -errno.
 */
int console_run(int socket);

#endif
