/* The network's test: what was looked at, and what came of it. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_NETWORK_TEST_H
#define SCONFIG_NETWORK_TEST_H

#include "action.h"

extern const struct action network_test_actions[];

/* An action's: a page of its own, until it is left. */
void network_test(struct page *page);

#endif
