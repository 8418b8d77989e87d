/* A question below the page's body. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_MESSAGE_H
#define SCONFIG_MESSAGE_H

#include <stdbool.h>

/* "Delete web" becomes "Delete web? (y/N)": only y and Y are yes. */
bool message_confirm(const char *question);

#endif
