/* The public keys by which somebody comes in over SSH. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_PUBKEYS_H
#define SCONFIG_PUBKEYS_H

#include "action.h"

extern const struct action pubkeys_actions[];

/* Of a section of the settings: "login", "admin ann". */
void pubkeys_run(const char *section);

#endif
