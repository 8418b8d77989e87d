/* Bytes both ways between a socket and two descriptors: `vm --stdio`. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_TUNNEL_H
#define VMMS_TUNNEL_H

/* Until the socket's other end says no more; the end of the input is passed
 * on. 0 or -errno. */
int tunnel_run(int socket, int input, int output);

#endif
