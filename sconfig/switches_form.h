/* Forms for a virtual switch: a new one, and one that is there. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_SWITCHES_FORM_H
#define SCONFIG_SWITCHES_FORM_H

#include "form.h"

extern const struct form switches_new, switches_change;

#endif
