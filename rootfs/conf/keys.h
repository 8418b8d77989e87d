/* The sections and keys of a host's socle.conf; see docs/settings.md. */
/* SPDX-License-Identifier: MIT */
#ifndef KEYS_H
#define KEYS_H

#include "conf.h"

/* The table for conf_read(). */
extern const struct conf_kind host_kinds[];

/*
 * What no single line shows: bonds with too few or shared adapters, gateways
 * without an address. Returns the number of problems reported (line 0).
 */
int host_check(const struct conf *conf, conf_report *report, void *context);

/* A password hash that login accepts: yescrypt or sha512crypt. */
bool good_hash(const char *value);

#endif
