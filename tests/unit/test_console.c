/* A VM's serial port on a terminal: bytes both ways, Ctrl-], and the terminal
 * as it was, however it ends. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base64.h"
#include "console.h"
#include "strokes.h"
#include "unit.h"

static int terminal, port;	/* the person's end, the guest's end */
static struct termios before;

static pid_t begin(void)
{
	int ends[2], child;
	pid_t pid;

	CHECK(!openpty(&terminal, &child, NULL, NULL, NULL));
	CHECK(!tcgetattr(child, &before));
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	port = ends[0];
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		dup2(child, 0);
		dup2(child, 1);
		close(port);
		close(terminal);
		exit(console_run(ends[1]) ? 1 : 0);
	}
	close(ends[1]);
	close(child);
	return pid;
}

/* So many bytes, or those until nobody says more. */
static void hear(int fd, const char *text)
{
	struct pollfd wait = { fd, POLLIN, 0 };
	char bytes[256] = "";
	size_t used = 0;
	ssize_t size;

	while (used < strlen(text)) {
		CHECK(poll(&wait, 1, 20000) == 1);
		size = read(fd, bytes + used, sizeof(bytes) - 1 - used);
		CHECK(size > 0);
		used += (size_t)size;
	}
	CHECK_STRING(text, bytes);
}

static void say(int fd, const char *text)
{
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static bool is_raw(void)
{
	struct termios now;

	CHECK(!tcgetattr(terminal, &now));
	return !(now.c_lflag & ICANON);
}

static int end_of(pid_t pid)
{
	struct termios now;
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(!tcgetattr(terminal, &now));
	CHECK(now.c_lflag == before.c_lflag && now.c_iflag == before.c_iflag &&
		now.c_oflag == before.c_oflag);
	close(terminal);
	return status;
}

static void until_raw(void)
{
	int tries = 2000;

	while (!is_raw()) {
		CHECK(tries--);
		usleep(5000);
	}
}

static void test_left(void)
{
	pid_t pid = begin();

	until_raw();
	say(port, "login: ");
	hear(terminal, "login: ");
	say(terminal, "root\r\x03");
	hear(port, "root\r\x03");
	say(terminal, "bye\x1dnever");
	hear(port, "bye");
	CHECK(end_of(pid) == 0);
	close(port);
}

/* The VM ends. */
static void test_gone(void)
{
	pid_t pid = begin();
	int status;

	until_raw();
	say(port, "off\r\n");
	close(port);
	hear(terminal, "off\r\n");
	status = end_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

static void test_killed(int signal)
{
	pid_t pid = begin();
	int status;

	until_raw();
	CHECK(!kill(pid, signal));
	status = end_of(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == signal);
	close(port);
}

/* Who types more than the guest takes can leave. */
static void test_full(void)
{
	static char many[100000];
	pid_t pid = begin();
	int flags = fcntl(terminal, F_GETFL), i;

	until_raw();
	memset(many, 'x', sizeof(many));
	CHECK(!fcntl(terminal, F_SETFL, flags | O_NONBLOCK));
	for (i = 0; i < 2000; i++) {
		if (write(terminal, many, 4000) < 0)
			usleep(1000);
	}
	while (write(terminal, "\x1d", 1) != 1)
		usleep(1000);
	CHECK(end_of(pid) == 0);
	close(port);
}

static void stroke(const char *text, const char *keys)
{
	struct stroke stroke;
	char pressed[256];
	uint32_t i;

	pressed[0] = '\0';
	while (*text) {
		if (!strokes_next(&text, &stroke)) {
			strcat(pressed, "?");
			break;
		}
		for (i = 0; i < stroke.count; i++)
			sprintf(pressed + strlen(pressed), "%s%x",
				*pressed ? " " : "", stroke.key[i]);
	}
	CHECK_STRING(keys, pressed);
}

static void test_strokes(void)
{
	stroke("aB", "1e 801e 2a 30 8030 802a");
	stroke("<enter>", "1c 801c");
	stroke("<Ctrl-Alt-Delete>", "1d 38 153 8153 8038 801d");
	stroke("<shift-a><f12>", "2a 1e 801e 802a 58 8058");
	stroke("<lt>", "2a 33 8033 802a");
	stroke("<ctrl-ctrl-ctrl-ctrl-c>", "?");
	stroke("<", "?");
	stroke("<>", "?");
	stroke("<f13>", "?");
	stroke("\xc3\xa4", "?");
	stroke("a\n", "1e 801e?");
}

static void test_base64(void)
{
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	static const char *const bad[] = { "Z", "Zg=", "Zg=a", "====",
		"Zg==Zg==", "Z!==" };
	char *text;
	size_t size, i;
	void *bytes;

	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		text = base64_print(pairs[i][0], strlen(pairs[i][0]));
		CHECK_STRING(pairs[i][1], text);
		bytes = base64_read(text, &size);
		CHECK(bytes && size == strlen(pairs[i][0]) &&
			!memcmp(bytes, pairs[i][0], size));
		free(bytes);
		free(text);
	}
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(!base64_read(bad[i], &size));
}

static void unit(const char *key, int64_t value, const char *expected)
{
	char text[UNIT_TEXT];

	CHECK(unit_print(key, value, text));
	CHECK_STRING(expected, text);
}

static void test_units(void)
{
	char text[UNIT_TEXT];

	unit("memory", 0, "0");
	unit("memory", 1 << 30, "1G");
	unit("memory", 1536 << 20, "1536M");
	unit("free", 1500000, "1.4M");
	unit("size", INT64_MAX, "8.0E");
	unit("uptime", 59, "0:59");
	unit("uptime", 3661, "1:01:01");
	unit("uptime", 200000, "2d 07:33");
	CHECK(!unit_print("processors", 4, text));
	CHECK(!unit_print("memory", -1, text));
}

int main(void)
{
	test_left();
	test_gone();
	test_killed(SIGTERM);
	test_killed(SIGHUP);
	test_killed(SIGSEGV);
	test_full();
	test_strokes();
	test_base64();
	test_units();
	return 0;
}
