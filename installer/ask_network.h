/* Which adapters an installation's host is managed by, and their addresses. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_ASK_NETWORK_H
#define INSTALLER_ASK_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "conf.h"

/* Asks, and puts the answers into conf. False: one wants to leave. */
bool ask_network(struct conf *conf);
/* What conf has of it, on a line. */
void ask_network_show(const struct conf *conf, char *text, size_t size);

#endif
