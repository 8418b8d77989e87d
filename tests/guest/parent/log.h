/* The hypervisor's log, which a parent may read. */
/* SPDX-License-Identifier: MIT */
#ifndef LOG_H
#define LOG_H

/* How often a text is in what it has said since its start. */
unsigned int log_count(const char *text);

#endif
