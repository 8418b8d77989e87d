/* Answers that are no tables: a VM's screen, its picture, its serial port. */
/* SPDX-License-Identifier: MIT */
#include "show.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base64.h"
#include "client.h"
#include "console.h"
#include "table.h"
#include "tunnel.h"

static int complain(const char *what, int error)
{
	fprintf(stderr, "vm: ");
	table_text(stderr, what, -1);
	fprintf(stderr, ": %s\n", strerror(-error));
	return error;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int write_file(const char *path, const void *bytes, size_t size)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "wbe") : stdout;
	int error = file ? 0 : -errno;

	if (file && fwrite(bytes, 1, size, file) != size)
		error = -EIO;
	if (file && file != stdout && fclose(file) && !error)
		error = -errno;
	return error ? complain(path, error) : 0;
}

static int save_picture(const json_t *result, const char *path)
{
	const char *letters = text_of(result, "png");
	size_t size;
	void *bytes = letters ? base64_read(letters, &size) : NULL;
	int error;

	if (!bytes)
		return complain("the picture", -EPROTO);
	error = write_file(path, bytes, size);
	free(bytes);
	return error;
}

/* Down to the last one that has something in it. */
static void print_rows(const json_t *rows)
{
	size_t count = json_array_size(rows), i;
	const char *text;

	while (count && !json_string_length(json_array_get(rows, count - 1)))
		count--;
	for (i = 0; i < count; i++) {
		text = json_string_value(json_array_get(rows, i));
		table_text(stdout, text ? text : "", -1);
		putchar('\n');
	}
}

int show_screen(const json_t *result, const struct words *words)
{
	const char *path = text_of(words->args, "png");
	const json_t *rows = json_object_get(result, "text");

	if (path)
		return save_picture(result, path);
	if (rows)
		print_rows(rows);
	else
		printf("the screen shows graphics, %lld x %lld: --png FILE "
			"takes its picture\n",
			(long long)json_integer_value(
				json_object_get(result, "width")),
			(long long)json_integer_value(
				json_object_get(result, "height")));
	return 0;
}

/* A port of another machine is behind its own command. */
static int connect_far(const struct words *words, pid_t *ssh)
{
	const char *const command[] = { "vm", "console",
		text_of(words->args, "name"), "--stdio", NULL };

	return client_ssh(words->host, command, ssh);
}

static int open_port(const json_t *result, const struct words *words,
	pid_t *ssh)
{
	const char *path = text_of(result, "serial");
	int fd = words->host ? connect_far(words, ssh) :
		path ? client_connect(path) : -EPROTO;

	return fd < 0 ? complain("the serial port", fd) : fd;
}

static int use_terminal(int fd, const char *name)
{
	bool terminal = isatty(STDIN_FILENO);
	int error;

	if (terminal)
		fprintf(stderr, "vm: the serial port of %s; Ctrl-] leaves "
			"it\n", name);
	error = console_run(fd);
	if (terminal)
		fprintf(stderr, "\r\nvm: %s\n", error ?
			"the VM, or the way to it, has gone" :
			"left; the VM goes on");
	return error;
}

int show_console(const json_t *result, const struct words *words)
{
	pid_t ssh = 0;
	int fd = open_port(result, words, &ssh), error;

	if (fd < 0)
		return fd;
	if (words->stdio) {
		error = tunnel_run(fd, STDIN_FILENO, STDOUT_FILENO);
		close(fd);
	} else {
		error = use_terminal(fd, text_of(words->args, "name"));
	}
	while (ssh && waitpid(ssh, NULL, 0) < 0 && errno == EINTR)
		;
	return error;
}
