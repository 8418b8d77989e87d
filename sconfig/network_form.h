/* Forms for the host's addresses: an adapter's, a bond's, name servers. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_NETWORK_FORM_H
#define SCONFIG_NETWORK_FORM_H

#include "form.h"
#include "page.h"

extern const struct form network_nic, network_bond, network_new_bond,
	network_dns;

/* Actions' functions; the page's row is one of network_rows(). */
void network_change(struct page *page);
void network_add_bond(struct page *page);
void network_change_dns(struct page *page);

#endif
