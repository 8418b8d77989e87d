/* Whether name servers and time servers answer. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_NETTEST_SERVERS_H
#define HOST_NETTEST_SERVERS_H

#include <jansson.h>

#include "conf.h"

/* A row for each server that the host asks. */
void servers_test(json_t *rows, const struct conf *conf);

#endif
