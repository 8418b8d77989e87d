/* Changes of the host's network, which are taken back unless confirmed. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_NETWORK_H
#define HOST_NETWORK_H

#include "trouble.h"

/*
 * words: SECTION KEY=VALUE ..., again and again; -SECTION goes as a whole, and
 * so do the sections of a bond's adapters. They are in effect then, and on
 * trial. 0 or -errno.
 */
int network_set(char **words, int count, struct trouble *why);

/* words: SECTION, which goes as a whole. */
int network_unset(char **words, int count, struct trouble *why);

/* words: what the command switch gets. Its sentences are its own. */
int network_switch(char **words, int count, struct trouble *why);

/* The change on trial stays, or goes. -ENOENT: there is none. */
int network_confirm(char **words, int count, struct trouble *why);
int network_revert(char **words, int count, struct trouble *why);

/* Whether there is one, as JSON. */
int network_show(char **words, int count, struct trouble *why);

#endif
