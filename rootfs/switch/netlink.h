/* Netlink: messages made, sent, and their answers. RFC 3549, netlink(7). */
/* SPDX-License-Identifier: MIT */
#ifndef SWITCH_NETLINK_H
#define SWITCH_NETLINK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that grow; one message or a batch of them. Begins as zeroes. */
struct message {
	uint8_t *bytes;
	size_t used, room;
	size_t start;    /* of the message that is being made */
	uint32_t count;  /* messages begun; their sequence numbers, from 1 */
	bool failed;     /* there was no memory, or an attribute is too long */
};

/*
 * Begins a message with its family's fixed header. The one before it ends.
 * What goes wrong here and below is kept in failed and said when it is sent.
 */
void message_begin(struct message *message, uint16_t type, uint16_t flags,
	const void *header, size_t size);
void message_put(struct message *message, uint16_t type, const void *data,
	size_t size);
void message_put_u8(struct message *message, uint16_t type, uint8_t value);
void message_put_u16(struct message *message, uint16_t type, uint16_t value);
void message_put_u32(struct message *message, uint16_t type, uint32_t value);
/* In network order, as nf_tables wants its numbers. */
void message_put_be32(struct message *message, uint16_t type, uint32_t value);
/* With its zero byte. */
void message_put_string(struct message *message, uint16_t type,
	const char *text);
/* An attribute that holds others, until message_close() of what it returned. */
size_t message_open(struct message *message, uint16_t type);
void message_close(struct message *message, size_t nest);
void message_free(struct message *message);

/* Returns a socket of a netlink protocol, or -errno. */
int netlink_open(int protocol);

/*
 * Sends a message or a batch and waits for the answer to each that asks for
 * one (NLM_F_ACK). 0 or the first error. The message stays the caller's.
 */
int netlink_do(int socket, struct message *message);

/* Called for each answer of a dump, or of a question whose end is an
 * acknowledgement (NLM_F_ACK); an error ends it. */
typedef int netlink_each(void *context, const struct nlmsghdr *answer);
int netlink_dump(int socket, struct message *message, netlink_each *each,
	void *context);

/* The first attribute of a type in bytes, or NULL. */
const struct nlattr *attribute_find(const void *bytes, size_t size,
	uint16_t type);
/* The first attribute of all, or NULL. */
const struct nlattr *attribute_first(const void *bytes, size_t size);
/* The next attribute, *left being counted down; NULL: no more. */
const struct nlattr *attribute_next(const struct nlattr *attribute,
	size_t *left);
const void *attribute_data(const struct nlattr *attribute);
size_t attribute_size(const struct nlattr *attribute);
/* Numbers in host order, or none when there is no such attribute. */
uint32_t attribute_u32(const void *bytes, size_t size, uint16_t type,
	uint32_t none);

#endif
