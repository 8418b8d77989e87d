/* The worker's terminal, with real pipes and a pseudoterminal. usage:
 * test_terminal ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"
#include "terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT	10000	/* ms: longer is a failure */

static struct terminal terminal;
static atomic_uint ended;
static int port;	/* what the serial port would have */

static void end(void *context)
{
	CHECK(context == &terminal);
	ended++;
}

static void begin(int in, int out)
{
	port = terminal_init(&terminal, in, out, end, &terminal);
	CHECK(port >= 0);
}

static void finish(void)
{
	close(port);
	terminal_exit(&terminal);
}

static void get(int fd, const void *wanted, size_t size)
{
	struct pollfd wait = { fd, POLLIN, 0 };
	char bytes[256];
	size_t done = 0;
	ssize_t count;

	while (done < size) {
		CHECK(poll(&wait, 1, WAIT) == 1);
		count = read(fd, bytes, sizeof(bytes));
		CHECK(count > 0 && done + count <= size);
		CHECK(!memcmp(bytes, (const char *)wanted + done, count));
		done += count;
	}
}

static void put(int fd, const void *bytes, size_t size)
{
	CHECK(write(fd, bytes, size) == (ssize_t)size);
}

/* Output still comes after the input's end, and Ctrl-] is a byte. */
static void test_pipes(void)
{
	int in[2], out[2];

	CHECK(!pipe(in) && !pipe(out));
	begin(in[0], out[1]);
	put(in[1], "to\x1dguest", 8);
	get(port, "to\x1dguest", 8);
	close(in[1]);
	put(port, "from guest", 10);
	get(out[0], "from guest", 10);
	finish();
	CHECK(!ended);
	close(in[0]);
	close(out[0]);
	close(out[1]);
}

static void test_null(void)
{
	int in = open("/dev/null", O_RDONLY), out[2];

	CHECK(in >= 0 && !pipe(out));
	begin(in, out[1]);
	put(port, "x", 1);
	get(out[0], "x", 1);
	finish();
	close(in);
	close(out[0]);
	close(out[1]);
}

/* A pipe that nobody reads, then one that nobody reads any more: the port never
 * waits, and the rest is written at the end. */
static void test_slow(unsigned int size)
{
	char *bytes = calloc(1, size);
	int out[2];
	pid_t reader;
	unsigned int i;
	int status;

	CHECK(bytes && !pipe(out));
	for (i = 0; i < size; i++)
		bytes[i] = any();
	reader = fork();
	CHECK(reader >= 0);
	if (!reader) {
		close(out[1]);
		usleep(20000);
		get(out[0], bytes, size);
		_exit(0);
	}
	begin(-1, out[1]);
	put(port, bytes, size);
	finish();
	close(out[1]);
	CHECK(waitpid(reader, &status, 0) == reader && !status);
	close(out[0]);
	free(bytes);
}

static void test_closed(void)
{
	int out[2];

	CHECK(!pipe(out));
	close(out[0]);
	begin(-1, out[1]);
	put(port, "nobody", 6);
	finish();
	close(out[1]);
}

/* A session with a terminal of its own; what it leaves is looked at from here.
 * how: 0 it ends in order, else a signal kills it. */
static void session(int how)
{
	struct termios before, now;
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, status;
	pid_t child;

	CHECK(master >= 0 && !grantpt(master) && !unlockpt(master));
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	CHECK(slave >= 0 && !tcgetattr(slave, &before));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(setsid() >= 0 && !ioctl(slave, TIOCSCTTY, 0));
		/* Who started the tests may have it ignored (nohup). */
		if (how)
			signal(how, SIG_DFL);
		begin(slave, slave);
		get(port, "\x03\x1a", 2);	/* Ctrl-C and Ctrl-Z */
		put(port, "raw\n", 4);
		while (!ended)
			usleep(1000);
		if (how)
			raise(how);
		get(port, "abc", 3);
		finish();
		_exit(0);
	}
	/* Not before it is raw: the terminal itself would take them. */
	do {
		usleep(1000);
		CHECK(!tcgetattr(slave, &now));
	} while (now.c_lflag & (ICANON | ECHO | ISIG));
	CHECK(now.c_oflag == before.c_oflag);
	put(master, "\x03\x1a", 2);
	get(master, "raw\r\n", 5);
	put(master, "abc\x1dgone", 8);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(how ? WIFSIGNALED(status) && WTERMSIG(status) == how : !status);
	CHECK(!tcgetattr(slave, &now));
	CHECK(now.c_lflag == before.c_lflag && now.c_iflag == before.c_iflag);
	CHECK(!memcmp(now.c_cc, before.c_cc, sizeof(now.c_cc)));
	close(slave);
	close(master);
}

/* One that another job of the session reads is left alone. */
static void test_background(void)
{
	struct termios before, now;
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, status;
	pid_t child = fork(), job;

	CHECK(child >= 0);
	if (!child) {
		CHECK(setsid() >= 0 && !grantpt(master) && !unlockpt(master));
		slave = open(ptsname(master), O_RDWR);
		CHECK(slave >= 0 && !tcgetattr(slave, &before));
		job = fork();
		if (!job) {
			CHECK(!setpgid(0, 0));
			begin(slave, slave);
			put(port, "x", 1);
			finish();
			CHECK(!tcgetattr(slave, &now));
			_exit(now.c_lflag != before.c_lflag);
		}
		CHECK(waitpid(job, &status, WUNTRACED) == job && !status);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child && !status);
	close(master);
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_terminal", count, arguments), i;

	signal(SIGPIPE, SIG_IGN);
	alarm(120);
	test_pipes();
	test_null();
	test_closed();
	for (i = 0; i < 3; i++)
		test_slow(1 + any() % (rounds * 128));
	session(0);
	session(SIGTERM);
	session(SIGABRT);
	session(SIGHUP);
	test_background();
	return 0;
}
