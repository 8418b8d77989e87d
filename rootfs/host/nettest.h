/* Whether the host's network works: what is looked at, and what came of it. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_NETTEST_H
#define HOST_NETTEST_H

#include <jansson.h>

#include "conf.h"
#include "trouble.h"

/*
 * Rows {what, result, detail}: links, addresses, gateways, name servers, time
 * servers. result: "good", "bad", or "none": there is nothing to test. Changes
 * nothing, and ends within 12 seconds.
 */
json_t *nettest(const struct conf *conf);

/* `host network test`: the rows on standard output. */
int network_test(char **words, int count, struct trouble *why);

#endif
