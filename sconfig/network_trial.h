/* What ends a change of the network that is on trial. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_NETWORK_TRIAL_H
#define SCONFIG_NETWORK_TRIAL_H

#include <stdbool.h>

struct page;

/* An action's may(). */
bool network_on_trial(const struct page *page);

/* For the tables of pages that can begin one. */
#define NETWORK_TRIAL_ACTIONS \
	{ 'c', "confirm", "Keeps the change that is on trial.", \
		"host network confirm", .may = network_on_trial }, \
	{ 'r', "revert now", "Takes back the change that is on trial.", \
		"host network revert", .may = network_on_trial }

#endif
