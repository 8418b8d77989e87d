/* The sockets of a VM that others reach it by: control, serial, screen. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_SOCKETS_H
#define VMMS_SOCKETS_H

#include <sys/types.h>

enum { SOCKET_CONTROL, SOCKET_SERIAL, SOCKET_SCREEN, SOCKETS };

/*
 * Makes the VM's folder in the folder run, and in it listening sockets, instead
 * of those that were there: the group may connect to serial and screen, nobody
 * but root to control. 0 or -errno, and nothing is left.
 */
int sockets_make(int run, const char *name, gid_t group, int fds[SOCKETS]);
/* What is not there is no error. 0 or -errno. */
int sockets_remove(int run, const char *name);
/* A socket that is connected to control, or -errno. */
int sockets_connect(int run, const char *name);

#endif
