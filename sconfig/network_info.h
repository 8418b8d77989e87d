/* All that is known of an adapter or a bond. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_NETWORK_INFO_H
#define SCONFIG_NETWORK_INFO_H

#include "page.h"

/* An action's: a page of its own, until it is left. */
void network_info(struct page *page);

#endif
