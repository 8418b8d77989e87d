/* A serial port's other end, with real sockets. usage: test_serialback ROUNDS
 * [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"
#include "serialback.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PORT	0x3f8

static struct machine machine;
static struct serialback back;
static struct i16550 uart;
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static unsigned int told;
static uint64_t produced;	/* bytes that the guest wrote */

/* An epoll set that is kept by what changed() says, and by nothing else. */
static int set;
static struct pollfd watched[2] = {{.fd = -1}, {.fd = -1}};

static void watch(unsigned int i, const struct pollfd *wait)
{
	struct epoll_event event = {.events = wait->events, .data.u32 = i};

	if (watched[i].fd >= 0 && watched[i].fd != wait->fd)
		CHECK(!epoll_ctl(set, EPOLL_CTL_DEL, watched[i].fd, NULL));
	if (wait->fd >= 0)
		CHECK(!epoll_ctl(set, watched[i].fd == wait->fd ?
			EPOLL_CTL_MOD : EPOLL_CTL_ADD, wait->fd, &event));
	watched[i] = *wait;
}

static void changed(void *context)
{
	struct pollfd wait[2];
	unsigned int i;

	CHECK(context == &told);
	told++;
	serialback_wait(&back, wait);
	for (i = 0; i < 2; i++)
		watch(i, &wait[i]);
}

/* What the guest writes as its nth byte. */
static uint8_t pattern(uint64_t n)
{
	return n * 7 + (n >> 8) * 13 + (n >> 16);
}

static void write_bytes(uint64_t count)
{
	while (count--)
		out(&machine, PORT, pattern(produced++));
}

static int make_listener(void)
{
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t size = sizeof(address);

	/* A name of the kernel's choice, in no file system. */
	CHECK(listener >= 0);
	CHECK(!bind(listener, (struct sockaddr *)&address,
		sizeof(sa_family_t)));
	CHECK(!getsockname(listener, (struct sockaddr *)&address, &size));
	CHECK(!listen(listener, 4));
	return listener;
}

/* One turn of an event loop; false: nothing was there to do. */
static bool turn(void)
{
	struct pollfd wait[2];
	struct epoll_event event;

	serialback_wait(&back, wait);
	CHECK(wait[0].fd == watched[0].fd && wait[1].fd == watched[1].fd);
	CHECK(wait[0].events == watched[0].events);
	CHECK(wait[1].events == watched[1].events);
	if (epoll_wait(set, &event, 1, 0) <= 0)
		return false;
	wait[event.data.u32].revents = event.events;
	serialback_ready(&back, wait);
	return true;
}

/* The listener's queue may be full of those that left before their answer. */
static int dial(void)
{
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	CHECK(client >= 0);
	while (connect(client, (struct sockaddr *)&address,
			sizeof(sa_family_t) + 6)) {
		CHECK(errno == EAGAIN);
		CHECK(turn());
	}
	return client;
}

static void settle(void)
{
	unsigned int turns = 0;

	while (turn())
		CHECK(++turns < 10000);		/* a busy loop */
}

/* Reads what comes: the bytes from the nth on; returns how many. */
static uint64_t expect_bytes(int client, uint64_t n)
{
	uint8_t bytes[4096];
	uint64_t count = 0;
	ssize_t size, i;

	for (;;) {
		settle();
		size = read(client, bytes, sizeof(bytes));
		if (size <= 0)
			return count;
		for (i = 0; i < size; i++)
			CHECK(bytes[i] == pattern(n + count++));
	}
}

static bool closed(int client)
{
	uint8_t byte;

	settle();
	return read(client, &byte, 1) == 0;
}

static void test_output(void)
{
	int first, second;

	write_bytes(1000);
	settle();
	CHECK(!told);
	first = dial();
	settle();
	CHECK(told && expect_bytes(first, 0) == 1000);
	told = 0;
	write_bytes(10);
	CHECK(told == 1);		/* once for all that waits */
	CHECK(expect_bytes(first, 1000) == 10);
	/* The second gets all that is kept, and the first is shut out. */
	second = dial();
	CHECK(expect_bytes(second, 0) == 1010 && closed(first));
	close(first);
	write_bytes(SERIALBACK_KEPT);
	first = dial();
	CHECK(expect_bytes(first, 1010) == SERIALBACK_KEPT);
	/* What it got meanwhile is right, too. */
	CHECK(expect_bytes(second, 1010) < SERIALBACK_KEPT && closed(second));
	close(second);
	close(first);
	settle();
	CHECK(back.client < 0);
}

/* One that does not read holds up nothing, and misses what it must. */
static void test_slow(void)
{
	int client = dial();
	uint64_t from = produced - SERIALBACK_KEPT, got, lost;
	uint8_t byte;

	settle();
	write_bytes(20 * SERIALBACK_KEPT);
	CHECK(back.client >= 0 && !turn());
	/* What the sockets held comes first, and then what the ring holds. */
	got = 0;
	while (read(client, &byte, 1) == 1 && byte == pattern(from + got) &&
			got < back.sent - from)
		got++;
	CHECK(got > 0 && back.written - back.sent <= SERIALBACK_KEPT);
	lost = 0;
	settle();
	while (read(client, &byte, 1) == 1 || turn())
		lost++;
	CHECK(lost > 0);
	write_bytes(5);
	CHECK(expect_bytes(client, produced - 5) == 5);
	close(client);
	settle();
	CHECK(back.client < 0);
}

static void test_input(void)
{
	uint8_t text[1000];
	unsigned int i;
	int client = dial();

	for (i = 0; i < sizeof(text); i++)
		text[i] = pattern(i);
	CHECK(write(client, text, sizeof(text)) == (ssize_t)sizeof(text));
	settle();
	CHECK(uart.receiver.count == 16 && back.input_count == 240);
	for (i = 0; i < 500; i++) {
		CHECK(in(&machine, PORT) == pattern(i));
		settle();
	}
	/* It goes, and all it wrote still arrives. */
	close(client);
	settle();
	for (; i < sizeof(text); i++) {
		CHECK(in(&machine, PORT + 5) & 1);
		CHECK(in(&machine, PORT) == pattern(i));
		settle();
	}
	CHECK(!(in(&machine, PORT + 5) & 1) && back.client < 0);
	/* Gone before it was answered, with output and input waiting. */
	client = dial();
	CHECK(write(client, text, 10) == 10);
	close(client);
	settle();
	for (i = 0; i < 10; i++)
		CHECK(in(&machine, PORT) == pattern(i));
	settle();
	CHECK(back.client < 0);
}

/* No descriptor left for a client: no busy loop, and better later. */
static void test_no_descriptor(void)
{
	struct rlimit limit, none;
	int client = dial(), other;

	CHECK(!getrlimit(RLIMIT_NOFILE, &limit));
	none = limit;
	none.rlim_cur = client + 1;
	while ((other = open("/dev/null", O_RDONLY)) >= 0 && other < client)
		continue;
	if (other > client)
		close(other);
	CHECK(!setrlimit(RLIMIT_NOFILE, &none));
	settle();
	CHECK(back.client < 0 && back.deaf);
	CHECK(!setrlimit(RLIMIT_NOFILE, &limit));
	told = 0;
	write_bytes(1);
	CHECK(told);
	CHECK(expect_bytes(client, produced - SERIALBACK_KEPT) ==
		SERIALBACK_KEPT);
	close(client);
	settle();
}

static int clients[3] = {-1, -1, -1};

static void step(void)
{
	unsigned int which = any() % 3;
	uint8_t bytes[512];

	switch (any() % 8) {
	case 0:
		if (clients[which] >= 0)
			close(clients[which]);
		clients[which] = any() % 2 ? dial() : -1;
		break;
	case 1:
		if (clients[which] >= 0)
			shutdown(clients[which], any() % 3);
		break;
	case 2:
		if (clients[which] >= 0 && send(clients[which], bytes,
				1 + any() % sizeof(bytes), MSG_NOSIGNAL) < 0)
			CHECK(errno == EPIPE || errno == EAGAIN ||
				errno == ECONNRESET || errno == ENOTCONN);
		break;
	case 3:
		if (clients[which] >= 0 &&
				read(clients[which], bytes, sizeof(bytes)) < 0)
			CHECK(errno == EAGAIN || errno == ECONNRESET);
		break;
	case 4:
		write_bytes(any() % 8 ? any() % 100 : any() % 100000);
		break;
	case 5:
		in(&machine, PORT);
		break;
	default:
		turn();
	}
	CHECK(back.written - back.sent <= SERIALBACK_KEPT);
	CHECK(back.written == produced);
}

static void fuzz(unsigned int rounds)
{
	unsigned int i;

	for (i = 0; i < rounds * 5; i++)
		step();
	for (i = 0; i < 3; i++)
		if (clients[i] >= 0)
			close(clients[i]);
	for (i = 0; i < 4096 && back.client >= 0; i++) {
		settle();
		in(&machine, PORT);
	}
	CHECK(back.client < 0);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_serialback", count, arguments);
	struct serialback other;

	machine_init(&machine);
	CHECK(serialback_init(&other, 12345, NULL, NULL) == -EBADF);
	set = epoll_create1(0);
	CHECK(set >= 0);
	CHECK(!serialback_init(&back, make_listener(), changed, &told));
	changed(&told);
	told = 0;
	CHECK(!serialback_init(&other, -1, NULL, NULL));
	CHECK(!i16550_init(&uart, &machine.ports, PORT, &machine.clock,
		machine_input(&machine, 4), &serialback_ops, &back));
	serialback_attach(&back, &uart);
	out(&machine, PORT + 2, 0x01);
	test_output();
	test_slow();
	test_input();
	test_no_descriptor();
	fuzz(rounds);
	CHECK(!other.written);
	uart.device.ops->exit(&uart.device);
	serialback_exit(&back);
	serialback_exit(&other);
	bus_free(&machine.ports);
	close(set);
	return 0;
}
