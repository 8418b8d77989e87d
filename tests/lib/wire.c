/* The other end of a guest's connections, in the parent: TCP that says "push N" or
 * "pull N" first, and echoes of UDP. usage: wire PORT */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PERIOD	251u
#define BLOCK	(PERIOD * 261)

static uint8_t block[2 * BLOCK];

static void push(int fd, uint64_t size)
{
	static uint8_t bytes[BLOCK];
	uint64_t got = 0;
	ssize_t part;

	while (got < size) {
		part = read(fd, bytes, sizeof(bytes));
		if (part <= 0 || memcmp(bytes, block + got % PERIOD, part))
			return;
		got += part;
	}
	if (write(fd, "good\n", 5) < 0)
		perror("wire");
}

static void pull(int fd, uint64_t size)
{
	uint64_t sent = 0;
	ssize_t part;

	while (sent < size) {
		part = write(fd, block + sent % PERIOD,
			size - sent < BLOCK ? size - sent : BLOCK);
		if (part <= 0)
			return;
		sent += part;
	}
	/* Until it has all of it. */
	shutdown(fd, SHUT_WR);
	read(fd, block + BLOCK, 1);
}

static void serve(int fd)
{
	char line[32] = { 0 };
	unsigned int i;

	for (i = 0; i < sizeof(line) - 1; i++)
		if (read(fd, line + i, 1) != 1 || line[i] == '\n')
			break;
	if (!strncmp(line, "push ", 5))
		push(fd, strtoull(line + 5, NULL, 10));
	else if (!strncmp(line, "pull ", 5))
		pull(fd, strtoull(line + 5, NULL, 10));
}

static void echo(int fd)
{
	static uint8_t bytes[65536];
	struct sockaddr_in from;
	socklen_t length;
	ssize_t size;

	for (;;) {
		length = sizeof(from);
		size = recvfrom(fd, bytes, sizeof(bytes), 0, (void *)&from,
			&length);
		if (size >= 0)
			sendto(fd, bytes, size, 0, (void *)&from, length);
	}
}

static int listener(int type, uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	int fd = socket(AF_INET, type, 0), yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (void *)&address, sizeof(address)) ||
	    (type == SOCK_STREAM && listen(fd, 8))) {
		perror("wire");
		exit(1);
	}
	return fd;
}

int main(int count, char **words)
{
	uint16_t port = count > 1 ? atoi(words[1]) : 0;
	int stream, packets, fd;
	unsigned int i;

	for (i = 0; i < sizeof(block); i++)
		block[i] = i % PERIOD * 31 % PERIOD;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	stream = listener(SOCK_STREAM, port);
	packets = listener(SOCK_DGRAM, port);
	if (!fork())
		echo(packets);
	while ((fd = accept(stream, NULL, NULL)) >= 0) {
		if (!fork()) {
			serve(fd);
			_exit(0);
		}
		close(fd);
	}
	return 1;
}
