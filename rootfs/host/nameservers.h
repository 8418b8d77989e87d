/* The name servers that this host asks. */
/* SPDX-License-Identifier: MIT */
#ifndef HOST_NAMESERVERS_H
#define HOST_NAMESERVERS_H

enum { NAMESERVERS = 3, NAMESERVER_TEXT = 64 };

/* Addresses, as resolv.conf has them: the first ones. Returns how many. */
int nameservers_read(char servers[NAMESERVERS][NAMESERVER_TEXT]);

#endif
