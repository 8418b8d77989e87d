/* Addresses and routes of an interface, and their way to another. */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_ADDRESS_H
#define SWITCH_ADDRESS_H

/* What rtnetlink told of them. */
struct addresses {
	struct nlmsghdr **addresses, **routes;
	int address_count, route_count;
};

/*
 * The IPv4 and IPv6 addresses of an interface, but those that it makes itself
 * (link-local), and the routes through it, but those that come with an
 * address. 0 or -errno; the caller frees them with addresses_free().
 */
int addresses_read(int socket, int index, struct addresses *addresses);
void addresses_free(struct addresses *addresses);

/*
 * Gives them to an interface, which is up: with what is left of their times,
 * without asking the network whether they are free, and with the routes going
 * through it from then on. 0, or -errno and some of them may stand there.
 */
int addresses_put(int socket, int index, const struct addresses *addresses);
/* Takes them from an interface, as far as they stand there. */
void addresses_take(int socket, int index, const struct addresses *addresses);

/* "192.0.2.1/24" or "2001:db8::1/64". 0 or -errno. */
int address_add(int socket, int index, const char *text);
int address_delete(int socket, int index, const char *text);

#endif
