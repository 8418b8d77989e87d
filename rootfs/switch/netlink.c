/* Netlink: messages made, sent, and their answers. */
/* SPDX-License-Identifier: MIT */
#include "netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	ANSWER_MAX = 1 << 16,
	SEND_MAX = 8 << 20,      /* bytes of a batch */
	SECONDS = 10,            /* until the kernel has answered */
};

/* Room for size more bytes, zeroed and rounded up to four, or NULL. */
static void *extend(struct message *message, size_t size)
{
	size_t padded = NLMSG_ALIGN(size);
	size_t room = message->room;
	uint8_t *bytes;

	if (message->failed)
		return NULL;
	while (room - message->used < padded)
		room = room ? room * 2 : 1024;
	if (room != message->room) {
		bytes = room <= SEND_MAX ? realloc(message->bytes, room) : NULL;
		if (!bytes) {
			message->failed = true;
			return NULL;
		}
		message->bytes = bytes;
		message->room = room;
	}
	bytes = message->bytes + message->used;
	memset(bytes, 0, padded);
	message->used += padded;
	return bytes;
}

static struct nlmsghdr *current(struct message *message)
{
	return (struct nlmsghdr *)(message->bytes + message->start);
}

/* The message's length is right after each step. */
static void measure(struct message *message)
{
	if (!message->failed)
		current(message)->nlmsg_len = message->used - message->start;
}

void message_begin(struct message *message, uint16_t type, uint16_t flags,
	const void *header, size_t size)
{
	struct nlmsghdr *at;
	size_t start = message->used;

	at = extend(message, sizeof(*at) + size);
	if (!at)
		return;
	message->start = start;
	at->nlmsg_type = type;
	at->nlmsg_flags = flags | NLM_F_REQUEST;
	at->nlmsg_seq = ++message->count;
	memcpy(at + 1, header, size);
	measure(message);
}

void message_put(struct message *message, uint16_t type, const void *data,
	size_t size)
{
	struct nlattr *at;

	if (size > UINT16_MAX - sizeof(*at)) {
		message->failed = true;
		return;
	}
	at = extend(message, sizeof(*at) + size);
	if (!at)
		return;
	at->nla_type = type;
	at->nla_len = sizeof(*at) + size;
	if (size)
		memcpy(at + 1, data, size);
	measure(message);
}

void message_put_u8(struct message *message, uint16_t type, uint8_t value)
{
	message_put(message, type, &value, sizeof(value));
}

void message_put_u16(struct message *message, uint16_t type, uint16_t value)
{
	message_put(message, type, &value, sizeof(value));
}

void message_put_u32(struct message *message, uint16_t type, uint32_t value)
{
	message_put(message, type, &value, sizeof(value));
}

void message_put_be32(struct message *message, uint16_t type, uint32_t value)
{
	message_put_u32(message, type, htonl(value));
}

void message_put_string(struct message *message, uint16_t type,
	const char *text)
{
	message_put(message, type, text, strlen(text) + 1);
}

size_t message_open(struct message *message, uint16_t type)
{
	size_t nest = message->used;

	message_put(message, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void message_close(struct message *message, size_t nest)
{
	size_t size = message->used - nest;

	if (message->failed)
		return;
	if (size > UINT16_MAX)
		message->failed = true;
	else
		((struct nlattr *)(message->bytes + nest))->nla_len = size;
}

void message_free(struct message *message)
{
	free(message->bytes);
	*message = (struct message){ 0 };
}

int netlink_open(int protocol)
{
	int handle = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	int room = SEND_MAX;
	struct timeval limit = { .tv_sec = SECONDS };
	struct sockaddr_nl own = { .nl_family = AF_NETLINK };

	if (handle < 0)
		return -errno;
	setsockopt(handle, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	setsockopt(handle, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit,
		    sizeof(limit)) ||
	    bind(handle, (struct sockaddr *)&own, sizeof(own))) {
		int error = -errno;

		close(handle);
		return error;
	}
	return handle;
}

static int send_all(int handle, struct message *message)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t sent;

	if (message->failed)
		return -ENOMEM;
	sent = sendto(handle, message->bytes, message->used, 0,
		(struct sockaddr *)&kernel, sizeof(kernel));
	if (sent < 0)
		return -errno;
	return (size_t)sent == message->used ? 0 : -EMSGSIZE;
}

/* A datagram of the kernel's: its length, or -errno. */
static ssize_t receive(int handle, void *answers)
{
	struct sockaddr_nl from;
	socklen_t size;
	ssize_t got;

	do {
		size = sizeof(from);
		got = recvfrom(handle, answers, ANSWER_MAX, MSG_TRUNC,
			(struct sockaddr *)&from, &size);
		if (got < 0 && errno != EINTR)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
	} while (got < 0 || from.nl_pid);
	return got > ANSWER_MAX ? -EMSGSIZE : got;
}

static int error_of(const struct nlmsghdr *answer)
{
	const struct nlmsgerr *error = NLMSG_DATA(answer);

	if (answer->nlmsg_len < NLMSG_LENGTH(sizeof(*error)))
		return -EPROTO;
	return error->error;
}

/* The sequence number of the last message that wants an answer. */
static uint32_t last_asked(const struct message *message)
{
	uint32_t last = 0;
	size_t at;
	const struct nlmsghdr *header;

	for (at = 0; at < message->used;
		at += NLMSG_ALIGN(header->nlmsg_len)) {
		header = (const void *)(message->bytes + at);
		if (header->nlmsg_flags & NLM_F_ACK)
			last = header->nlmsg_seq;
	}
	return last;
}

/* 0: the last answer has come; 1: not yet; else an error. */
static int take_answers(const void *answers, ssize_t left, uint32_t last)
{
	const struct nlmsghdr *answer = answers;
	int result;

	for (; NLMSG_OK(answer, left); answer = NLMSG_NEXT(answer, left)) {
		if (answer->nlmsg_type != NLMSG_ERROR)
			continue;
		result = error_of(answer);
		if (result || answer->nlmsg_seq == last)
			return result;
	}
	return 1;
}

int netlink_do(int handle, struct message *message)
{
	uint32_t last = last_asked(message);
	void *answers = malloc(ANSWER_MAX);
	ssize_t got;
	int result;

	if (!answers)
		return -ENOMEM;
	result = send_all(handle, message);
	while (!result && last) {
		got = receive(handle, answers);
		if (got < 0) {
			result = got;
			break;
		}
		result = take_answers(answers, got, last);
		if (result != 1)
			break;
		result = 0;
	}
	free(answers);
	return result;
}

/* 0: more is to come; 1: the dump has ended; else an error. */
static int take_dump(const void *answers, ssize_t left, netlink_each *each,
	void *context)
{
	const struct nlmsghdr *answer = answers;
	int result;

	for (; NLMSG_OK(answer, left); answer = NLMSG_NEXT(answer, left)) {
		if (answer->nlmsg_type == NLMSG_DONE)
			return 1;
		if (answer->nlmsg_type == NLMSG_ERROR) {
			result = error_of(answer);
			return result ? result : 1;
		}
		result = each(context, answer);
		if (result)
			return result < 0 ? result : -EPROTO;
	}
	return 0;
}

int netlink_dump(int handle, struct message *message, netlink_each *each,
	void *context)
{
	void *answers = malloc(ANSWER_MAX);
	int result;
	ssize_t got;

	if (!answers)
		return -ENOMEM;
	result = send_all(handle, message);
	while (!result) {
		got = receive(handle, answers);
		result = got < 0 ? got :
			take_dump(answers, got, each, context);
	}
	free(answers);
	return result < 0 ? result : 0;
}

const void *attribute_data(const struct nlattr *attribute)
{
	return attribute + 1;
}

size_t attribute_size(const struct nlattr *attribute)
{
	return attribute->nla_len - sizeof(*attribute);
}

/* at begins a whole attribute within left bytes. */
static bool is_whole(const struct nlattr *at, size_t left)
{
	return left >= sizeof(*at) && at->nla_len >= sizeof(*at) &&
		at->nla_len <= left;
}

const struct nlattr *attribute_first(const void *bytes, size_t size)
{
	return is_whole(bytes, size) ? bytes : NULL;
}

const struct nlattr *attribute_next(const struct nlattr *attribute,
	size_t *left)
{
	size_t step = NLA_ALIGN(attribute->nla_len);

	if (step >= *left)
		return NULL;
	*left -= step;
	attribute = (const void *)((const uint8_t *)attribute + step);
	return is_whole(attribute, *left) ? attribute : NULL;
}

const struct nlattr *attribute_find(const void *bytes, size_t size,
	uint16_t type)
{
	const struct nlattr *at;

	for (at = attribute_first(bytes, size); at;
		at = attribute_next(at, &size))
		if ((at->nla_type & NLA_TYPE_MASK) == type)
			return at;
	return NULL;
}

uint32_t attribute_u32(const void *bytes, size_t size, uint16_t type,
	uint32_t none)
{
	const struct nlattr *at = attribute_find(bytes, size, type);
	uint32_t value;

	if (!at || attribute_size(at) < sizeof(value))
		return none;
	memcpy(&value, attribute_data(at), sizeof(value));
	return value;
}
