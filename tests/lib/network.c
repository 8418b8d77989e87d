/* Both ends of what goes over a guest's network adapters. */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PERIOD	251u
#define BLOCK	(PERIOD * 261)

static uint8_t block[2 * BLOCK];	/* what all data are */

static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in address(const char *text, const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port ? atoi(port) : 0) };

	if (text && !inet_aton(text, &to.sin_addr))
		fail(text);
	return to;
}

/* All that is to come: false: it is not that. */
static int take(int fd, uint64_t size)
{
	static uint8_t bytes[BLOCK];
	uint64_t got = 0;
	ssize_t part;

	while (got < size) {
		part = read(fd, bytes, sizeof(bytes));
		if (part <= 0 || memcmp(bytes, block + got % PERIOD, part)) {
			fprintf(stderr, "after %llu bytes: %s\n",
				(unsigned long long)got, part <= 0 ?
				"the end" : "others than were sent");
			return 0;
		}
		got += part;
	}
	return 1;
}

static int give(int fd, uint64_t size)
{
	uint64_t sent = 0;
	ssize_t part;

	while (sent < size) {
		part = write(fd, block + sent % PERIOD,
			size - sent < BLOCK ? size - sent : BLOCK);
		if (part <= 0)
			return 0;
		sent += part;
	}
	return 1;
}

static void serve_one(int fd)
{
	char line[32] = { 0 }, end;
	unsigned int i;

	for (i = 0; i < sizeof(line) - 1; i++)
		if (read(fd, line + i, 1) != 1 || line[i] == '\n')
			break;
	if (!strncmp(line, "push ", 5)) {
		if (take(fd, strtoull(line + 5, NULL, 10)) &&
		    write(fd, "good", 4) < 0)
			fail("answer");
	} else if (give(fd, strtoull(line + 5, NULL, 10))) {
		/* Until it has all of it. */
		shutdown(fd, SHUT_WR);
		while (read(fd, &end, 1) > 0)
			;
	}
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

static int listener(int type, const char *port)
{
	struct sockaddr_in here = address(NULL, port);
	int fd = socket(AF_INET, type, 0), yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (void *)&here, sizeof(here)) ||
	    (type == SOCK_STREAM && listen(fd, 8)))
		fail("listen");
	return fd;
}

/* PORT */
static void serve(char **words)
{
	int stream = listener(SOCK_STREAM, words[0]), fd;
	int packets = listener(SOCK_DGRAM, words[0]);

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	if (!fork())
		echo(packets);
	while ((fd = accept(stream, NULL, NULL)) >= 0) {
		if (!fork()) {
			serve_one(fd);
			_exit(0);
		}
		close(fd);
	}
	fail("accept");
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec * 1e-9;
}

static int ask(char **words, const char *what)
{
	struct sockaddr_in to = address(words[0], words[1]);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (void *)&to, sizeof(to)))
		fail("connect");
	dprintf(fd, "%s %s\n", what, words[2]);
	return fd;
}

/* ADDRESS PORT BYTES, both. */
static void push(char **words)
{
	uint64_t size = strtoull(words[2], NULL, 10);
	double begin = now();
	int fd = ask(words, "push");
	char answer[4];

	if (!give(fd, size) || read(fd, answer, 4) != 4)
		fail("what was sent did not arrive");
	printf("pushed %s bytes, %.1f Mbit/s\n", words[2],
		size * 8e-6 / (now() - begin));
}

static void pull(char **words)
{
	uint64_t size = strtoull(words[2], NULL, 10);
	double begin = now();
	int fd = ask(words, "pull");

	if (!take(fd, size))
		exit(1);
	printf("pulled %s bytes, %.1f Mbit/s\n", words[2],
		size * 8e-6 / (now() - begin));
}

static void patience(int fd, unsigned int seconds)
{
	struct timeval time = { seconds, 0 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
}

/* ADDRESS PORT BYTES COUNT: each comes back. */
static void udp(char **words)
{
	struct sockaddr_in to = address(words[0], words[1]);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = atoi(words[2]), i, tries;
	static uint8_t out[65536], in[65536];

	patience(fd, 2);
	for (i = 0; i < atoi(words[3]); i++) {
		memcpy(out, block, size);
		memcpy(out, &i, sizeof(i));
		for (tries = 0; tries < 5; tries++) {
			sendto(fd, out, size, 0, (void *)&to, sizeof(to));
			if (recv(fd, in, sizeof(in), 0) == size &&
			    !memcmp(in, out, size))
				break;
		}
		if (tries == 5)
			fail("a packet is lost");
	}
	printf("echoed %s\n", words[3]);
}

static uint16_t sum_of(const uint8_t *bytes, unsigned int size)
{
	uint32_t sum = 0;
	unsigned int i;

	for (i = 0; i + 1 < size; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* ADDRESS BYTES: not split on its way. */
static void ping(char **words)
{
	struct sockaddr_in to = address(words[0], NULL);
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), whole = 2, i;
	unsigned int size = (atoi(words[1]) & ~1u) + 8;
	static uint8_t out[65536], in[65536];
	uint16_t sum;
	ssize_t got;

	setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &whole, sizeof(whole));
	patience(fd, 1);
	memcpy(out + 8, block, size - 8);
	for (i = 0; i < 20; i++) {
		memcpy(out, (uint8_t[8]){ 8, 0, 0, 0, 77, 77, 0, i }, 8);
		sum = sum_of(out, size);
		memcpy(out + 2, &sum, 2);
		if (sendto(fd, out, size, 0, (void *)&to, sizeof(to)) < 0)
			sleep(1);
		while ((got = recv(fd, in, sizeof(in), 0)) > 0)
			if (got == (ssize_t)size + 20 && !in[20] &&
			    !memcmp(in + 24, out + 4, size - 4)) {
				printf("answer %d\n", i);
				return;
			}
	}
	fail("no answer");
}

static void request(const char *nic, unsigned long what, struct ifreq *with)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	strncpy(with->ifr_name, nic, IFNAMSIZ - 1);
	if (ioctl(fd, what, with))
		fail(nic);
	close(fd);
}

/* NIC ADDRESS, of a network of 24 bits. */
static void up(char **words)
{
	struct sockaddr_in here = address(words[1], NULL);
	struct sockaddr_in mask = address("255.255.255.0", NULL);
	struct ifreq with = { .ifr_flags = 0 };

	memcpy(&with.ifr_addr, &here, sizeof(here));
	request(words[0], SIOCSIFADDR, &with);
	memcpy(&with.ifr_netmask, &mask, sizeof(mask));
	request(words[0], SIOCSIFNETMASK, &with);
	request(words[0], SIOCGIFFLAGS, &with);
	with.ifr_flags |= IFF_UP;
	request(words[0], SIOCSIFFLAGS, &with);
}

/* NIC BYTES */
static void mtu(char **words)
{
	struct ifreq with = { .ifr_mtu = atoi(words[1]) };

	request(words[0], SIOCSIFMTU, &with);
}

static uint32_t ethtool(const char *nic, uint32_t command, uint32_t value)
{
	struct ethtool_value data = { command, value };
	struct ifreq with = { .ifr_data = (void *)&data };

	request(nic, SIOCETHTOOL, &with);
	return data.data;
}

/* NIC on|off rx|tx|sg|tso|gso|gro|lro ... */
static void set(char **words)
{
	static const struct {
		const char *name;
		uint32_t command;
	} all[] = { { "rx", ETHTOOL_SRXCSUM }, { "tx", ETHTOOL_STXCSUM },
		{ "sg", ETHTOOL_SSG }, { "tso", ETHTOOL_STSO },
		{ "gso", ETHTOOL_SGSO }, { "gro", ETHTOOL_SGRO } };
	uint32_t on = !strcmp(words[1], "on"), flags;
	unsigned int i, word;

	for (word = 2; words[word]; word++) {
		for (i = 0; i < 6; i++)
			if (!strcmp(words[word], all[i].name))
				ethtool(words[0], all[i].command, on);
		if (strcmp(words[word], "lro"))
			continue;
		flags = ethtool(words[0], ETHTOOL_GFLAGS, 0) & ~ETH_FLAG_LRO;
		ethtool(words[0], ETHTOOL_SFLAGS,
			flags | (on ? ETH_FLAG_LRO : 0));
	}
}

static const struct {
	const char *name;
	int words;
	void (*run)(char **words);
} commands[] = {
	{ "serve", 1, serve }, { "push", 3, push }, { "pull", 3, pull },
	{ "udp", 4, udp }, { "ping", 2, ping }, { "up", 2, up },
	{ "mtu", 2, mtu }, { "set", 3, set },
};

int main(int count, char **words)
{
	unsigned int i;

	for (i = 0; i < sizeof(block); i++)
		block[i] = i % PERIOD * 31 % PERIOD;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (count >= 2 + commands[i].words &&
		    !strcmp(words[1], commands[i].name)) {
			commands[i].run(words + 2);
			return 0;
		}
	fprintf(stderr, "usage: network COMMAND ARGUMENT...\n");
	return 2;
}
