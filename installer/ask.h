/* The questions of an installation. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_ASK_H
#define INSTALLER_ASK_H

#include "plan.h"

/*
 * Asks for all that a plan has, shows it, lets each answer be changed, and asks
 * for the last time before anything is written. 0: it is to be done; -ECANCELED:
 * not, by who was asked; or -errno after a sentence. plan_free() in any case.
 */
int ask(struct plan *plan, struct trouble *why);

#endif
