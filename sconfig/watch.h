/* What changes by itself and is shown on every page. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_WATCH_H
#define SCONFIG_WATCH_H

#include <jansson.h>
#include <stddef.h>

/* Asks for the host and the VMs now and then, and hears what happens to VMs. */
void watch_begin(void);
void watch_end(void);
/* Asks now: something was done. */
void watch_again(void);

/* `host show`, an object; NULL: it has not come, or does not any more. */
const json_t *watch_host(void);
/* A text of it, by its key; "" where there is none. */
const char *watch_text(const char *key);
/* `list`, an array; NULL. */
const json_t *watch_vms(void);
/* Seconds until a change of the network goes back; 0: none is on trial. */
long watch_trial(void);
/* One line: the network's trial, what keeps the service from answering, or what
 * happened to a VM last; "". */
const char *watch_news(void);
/* The host's name and version. */
void watch_name(char *text, size_t size);

#endif
