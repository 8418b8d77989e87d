/* Processes that have ended, by their pidfds. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_REAP_H
#define VMMS_REAP_H

#include <stdbool.h>
#include <stdint.h>

#define REAP_UNKNOWN	0xffffffffu

bool reap_lives(int process);
/* What waitpid() says of one that has ended, or would say, if it is another's
 * child and the kernel knows; REAP_UNKNOWN. */
uint32_t reap_status(int process);

#endif
