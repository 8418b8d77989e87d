/* The network's test: its messages, and servers that answer it, or do not. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "dns.h"
#include "echo.h"
#include "gateways.h"
#include "keys.h"
#include "nettest.h"
#include "ntp.h"
#include "places.h"

int dns_port, ntp_port;

static int dns_socket, ntp_socket;
static volatile bool mute, lying;

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CHECK(file && fputs(text, file) >= 0 && !fclose(file));
}

static int serve(int *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	CHECK(fd >= 0 && !bind(fd, (void *)&address, size));
	CHECK(!getsockname(fd, (void *)&address, &size));
	*port = ntohs(address.sin_port);
	return fd;
}

/* 127.0.0.1, or that there is no such name. */
static size_t answer_dns(uint8_t *bytes, size_t size)
{
	static const uint8_t record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60,
		0, 4, 127, 0, 0, 1 };

	bytes[2] |= 0x80;
	if (memmem(bytes, size, "nowhere", 7)) {
		bytes[3] = 3;
		return size;
	}
	bytes[7] = 1;
	memcpy(bytes + size, record, sizeof(record));
	return size + sizeof(record);
}

/* A time that is 100 s later than ours. */
static size_t answer_ntp(uint8_t *bytes, size_t size)
{
	uint32_t seconds = htonl((uint32_t)(time(NULL) + 100 + 2208988800));

	memcpy(bytes + 24, bytes + 40, 8);
	bytes[0] = 4 << 3 | 4;
	bytes[1] = lying ? 0 : 2;
	memcpy(bytes + 40, &seconds, 4);
	memset(bytes + 44, 0, 4);
	return size;
}

static void *answer(void *nothing)
{
	struct pollfd wait[] = { { dns_socket, POLLIN, 0 },
		{ ntp_socket, POLLIN, 0 } };
	uint8_t bytes[1024];
	struct sockaddr_in whom;
	socklen_t length;
	ssize_t size;
	int i;

	while (poll(wait, 2, -1) > 0)
		for (i = 0; i < 2; i++) {
			length = sizeof(whom);
			size = wait[i].revents ? recvfrom(wait[i].fd, bytes,
				512, 0, (void *)&whom, &length) : -1;
			if (size < 0 || mute)
				continue;
			size = (ssize_t)(i ? answer_ntp(bytes, (size_t)size) :
				answer_dns(bytes, (size_t)size));
			sendto(wait[i].fd, bytes, (size_t)size, 0,
				(void *)&whom, length);
		}
	return nothing;
}

static struct conf *settings(const char *text)
{
	struct conf *conf;

	write_file("nettest.conf", text);
	conf = conf_read("nettest.conf", host_kinds, NULL, NULL);
	CHECK(conf);
	unlink("nettest.conf");
	return conf;
}

/* The row about it has this result, and this in its detail. */
static void row(const json_t *rows, const char *what, const char *result,
	const char *detail)
{
	const json_t *each;
	size_t i;

	json_array_foreach((json_t *)rows, i, each) {
		if (strcmp(json_string_value(json_object_get(each, "what")),
			what))
			continue;
		CHECK_STRING(result, json_string_value(json_object_get(each,
			"result")));
		CHECK(strstr(json_string_value(json_object_get(each,
			"detail")), detail));
		return;
	}
	fprintf(stderr, "no row \"%s\"\n", what);
	CHECK(false);
}

static void test_good(void)
{
	struct conf *conf = settings("[time]\nntp = time.example\n"
		"[nic 02:00:00:00:00:99]\n");
	json_t *rows = nettest(conf);

	row(rows, "adapter 02:00:00:00:00:99", "bad", "not in this machine");
	row(rows, "name server 127.0.0.1", "good",
		"time.example is 127.0.0.1");
	row(rows, "time server time.example", "good", "s behind");
	row(rows, "gateway", "none", "");
	json_decref(rows);
	lying = true;
	rows = nettest(conf);
	row(rows, "time server time.example", "bad", "no time to give");
	lying = false;
	json_decref(rows);
	conf_free(conf);
}

static void test_bad(void)
{
	struct conf *conf = settings("[time]\nntp = nowhere.example\n"
		"ntp = 127.0.0.1\n");
	struct timespec begin, end;
	json_t *rows = nettest(conf);

	row(rows, "name server 127.0.0.1", "bad", "nowhere.example does not exist");
	row(rows, "time server nowhere.example", "bad", "no name server");
	row(rows, "time server 127.0.0.1", "good", "");
	json_decref(rows);
	mute = true;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	rows = nettest(conf);
	clock_gettime(CLOCK_MONOTONIC, &end);
	mute = false;
	CHECK(end.tv_sec - begin.tv_sec <= 10);
	row(rows, "name server 127.0.0.1", "bad", "does not answer");
	row(rows, "time server 127.0.0.1", "bad", "does not answer");
	json_decref(rows);
	unlink(PLACE_RESOLVER);
	rows = nettest(conf);
	row(rows, "name server", "bad", "there is none");
	json_decref(rows);
	conf_free(conf);
}

/* Where only the interface itself is asked nobody is to have more power. */
static void test_echo(void)
{
	static const char *const hosts[] = { "127.0.0.1", "::1" };
	struct probe probes[2];
	int i;

	for (i = 0; i < 2; i++)
		echo_open(&probes[i], hosts[i], NULL, 77);
	if (probes[0].fd < 0) {
		CHECK(probes[0].error == EPERM);
		return;
	}
	probe_run(probes, 2, 1000);
	CHECK(probes[0].answered && probes[0].us >= 0);
	CHECK(probes[1].answered || probes[1].error);
	for (i = 0; i < 2; i++)
		probe_close(&probes[i]);
}

static void test_echo_bytes(void)
{
	uint8_t bytes[28] = { [0] = 0x45, [24] = 0, [25] = 77 };
	struct probe probe = { .id = 77 };

	CHECK(echo_take(&probe, bytes, sizeof(bytes)));
	CHECK(!echo_take(&probe, bytes, sizeof(bytes) - 1));
	CHECK(!echo_take(&probe, bytes, 0));
	bytes[0] = 0x4f;
	CHECK(!echo_take(&probe, bytes, sizeof(bytes)));
	bytes[0] = 0x41;
	CHECK(!echo_take(&probe, bytes, sizeof(bytes)));
	bytes[0] = 0x45;
	bytes[20] = 8;
	CHECK(!echo_take(&probe, bytes, sizeof(bytes)));
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = 129;
	bytes[5] = 77;
	CHECK(echo_take6(&probe, bytes, 8) && !echo_take6(&probe, bytes, 7));
}

static void test_names(void)
{
	static const char *const bad[] = { "", ".", "a..b", ".a",
		"a123456789012345678901234567890123456789012345678901234567890"
		"123456.b" };
	static char longest[300];
	struct probe probe;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(!dns_open(&probe, "127.0.0.1", dns_port, bad[i], 1));
	for (i = 0; i + 2 < sizeof(longest); i += 2)
		memcpy(longest + i, "a.", 2);
	CHECK(!dns_open(&probe, "127.0.0.1", dns_port, longest, 1));
	longest[253] = '\0';
	CHECK(dns_open(&probe, "127.0.0.1", dns_port, longest, 1));
	probe_close(&probe);
	CHECK(dns_open(&probe, "nonsense", dns_port, "a.b", 1));
	CHECK(probe.fd < 0 && probe.error == EINVAL);
}

/* Bytes of whoever sits on the line. */
static void test_hostile(void)
{
	struct probe probe, clean;
	uint8_t bytes[80], *copy;
	unsigned int i, round;
	size_t size;

	CHECK(dns_open(&clean, "127.0.0.1", dns_port, "a.b", 0));
	for (round = 0; round < 20000; round++) {
		size = (size_t)rand() % (sizeof(bytes) + 1);
		for (i = 0; i < size; i++)
			bytes[i] = (uint8_t)rand();
		if (round & 1 && size >= 12) {
			memset(bytes, 0, 12);
			bytes[2] = 0x80;
			bytes[5] = bytes[7] = 1;
		}
		/* So that a byte behind it is seen. */
		copy = malloc(size ? size : 1);
		CHECK(copy);
		memcpy(copy, bytes, size);
		probe = clean;
		dns_take(&probe, copy, size);
		ntp_take(&probe, copy, size);
		echo_take(&probe, copy, size);
		echo_take6(&probe, copy, size);
		free(copy);
	}
	probe_close(&clean);
}

static void test_neighbour(void)
{
	struct gateway gateway = { .address = "192.0.2.1",
		.interface = "eth0" };
	char mac[18];

	write_file(PLACE_NEIGHBOURS, "IP address HW type Flags HW address\n"
		"192.0.2.1 0x1 0x0 00:00:00:00:00:00 * eth1\n"
		"192.0.2.1 0x1 0x2 52:54:00:00:00:01 * eth0\n");
	CHECK(gateway_is_seen(&gateway, mac));
	CHECK_STRING("52:54:00:00:00:01", mac);
	strcpy(gateway.interface, "eth1");
	CHECK(!gateway_is_seen(&gateway, mac));
	unlink(PLACE_NEIGHBOURS);
	CHECK(!gateway_is_seen(&gateway, mac));
}

int main(void)
{
	pthread_t thread;

	dns_socket = serve(&dns_port);
	ntp_socket = serve(&ntp_port);
	CHECK(!pthread_create(&thread, NULL, answer, NULL));
	write_file(PLACE_RESOLVER, "nameserver 127.0.0.1\n");
	test_names();
	test_hostile();
	test_echo_bytes();
	test_echo();
	test_neighbour();
	test_good();
	test_bad();
	return 0;
}
