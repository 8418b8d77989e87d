/* The other end of the service's socket: what `vm` asks through. */
/* SPDX-License-Identifier: MIT */
#include "client.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "line.h"
#include "server.h"

extern char **environ;

static void begin(struct client *client, int fd)
{
	*client = (struct client){ .fd = fd };
	buffer_init(&client->input, line_answer.bytes + 1);
}

/* A socket of that type, with so much patience. */
static int connect_to(const char *path, int type,
	const struct timeval *patience)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, error;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, type, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, patience, sizeof(*patience));
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	error = -errno;
	close(fd);
	return error;
}

int client_connect(const char *path)
{
	/* For a place in the queue of a service that hangs. */
	static const struct timeval patience = { .tv_sec = 10 };

	return connect_to(path, SOCK_STREAM | SOCK_CLOEXEC, &patience);
}

int client_open(struct client *client, const char *path)
{
	int fd = client_connect(path);

	if (fd < 0)
		return fd;
	begin(client, fd);
	return 0;
}

int client_open_now(struct client *client, const char *path)
{
	static const struct timeval none;
	int fd = connect_to(path, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		&none);

	if (fd < 0)
		return fd;
	begin(client, fd);
	return 0;
}

/* Ssh with a socket as its input and output. Returns its id or -errno. */
static pid_t start_ssh(char **words, int fd)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	error = posix_spawn_file_actions_adddup2(&actions, fd, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, fd, 1);
	if (!error)
		error = posix_spawnp(&pid, "ssh", &actions, NULL, words,
			environ);
	posix_spawn_file_actions_destroy(&actions);
	return error ? -error : pid;
}

int client_ssh(const char *host, const char *const *command, pid_t *ssh)
{
	char *words[16] = { "ssh", "-T", "-e", "none", "--", (char *)host };
	int ends[2], count = 6;

	if (!*host || *host == '-')
		return -EINVAL;
	while (*command && count < 15)
		words[count++] = (char *)*command++;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	*ssh = start_ssh(words, ends[1]);
	close(ends[1]);
	if (*ssh > 0)
		return ends[0];
	close(ends[0]);
	return *ssh;
}

int client_open_host(struct client *client, const char *host)
{
	static const char *const command[] = { "vm", "--stdio", NULL };
	pid_t pid;
	int fd = client_ssh(host, command, &pid);

	if (fd < 0)
		return fd;
	begin(client, fd);
	client->ssh = pid;
	return 0;
}

void client_close(struct client *client)
{
	close(client->fd);
	client->fd = -1;
	buffer_exit(&client->input);
	while (client->ssh && waitpid(client->ssh, NULL, 0) < 0 &&
		errno == EINTR)
		;
	client->ssh = 0;
}

static int send_all(struct client *client, const char *bytes, size_t size)
{
	ssize_t sent;

	while (size) {
		sent = send(client->fd, bytes, size, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		bytes += sent;
		size -= sent;
	}
	return 0;
}

/* More bytes. 0 or -errno. */
static int receive(struct client *client)
{
	char bytes[16384];
	ssize_t size;

	do
		size = recv(client->fd, bytes, sizeof(bytes), 0);
	while (size < 0 && errno == EINTR);
	if (size < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	if (!size)
		return -EPIPE;
	return buffer_put(&client->input, bytes, size) ? 0 : -EPROTO;
}

/* The first line of what has come. *searched: what has none, from 0 on. */
static bool find_line(const struct buffer *input, size_t *searched,
	const char **end)
{
	*end = NULL;
	if (input->used > *searched)
		*end = memchr(buffer_peek(input) + *searched, '\n',
			input->used - *searched);
	*searched = input->used;
	return *end;
}

int client_next(struct client *client, json_t **message)
{
	struct buffer *input = &client->input;
	char why[LINE_SENTENCE];
	size_t searched = 0;
	const char *end;
	int error;

	*message = NULL;
	while (!find_line(input, &searched, &end)) {
		error = receive(client);
		if (error)
			return error;
	}
	*message = line_parse(buffer_peek(input), end - buffer_peek(input),
		&line_answer, why);
	buffer_take(input, end + 1 - buffer_peek(input));
	return *message ? 0 : -EPROTO;
}

bool client_is_answer(const struct client *client, const json_t *message)
{
	const json_t *id = json_object_get(message, "id");

	if (json_object_get(message, "error"))
		return json_is_null(id) || json_integer_value(id) == client->id;
	return json_object_get(message, "result") &&
		json_integer_value(id) == client->id;
}

static void tell(const struct client *client, const json_t *message)
{
	const char *text = json_string_value(
		json_object_get(message, "progress"));

	if (text && client->progress)
		client->progress(text);
}

int client_send(struct client *client, const char *verb, json_t *args)
{
	json_t *request = json_pack("{s:i, s:I, s:s, s:o}", "version",
		SERVER_VERSION, "id", ++client->id, "verb", verb, "args",
		args ? args : json_object());
	size_t size = 0;
	char *line = line_print(request, &size);
	int error;

	json_decref(request);
	if (!line)
		return -ENOMEM;
	error = send_all(client, line, size);
	free(line);
	return error;
}

int client_ask(struct client *client, const char *verb, json_t *args,
	json_t **answer)
{
	int error = client_send(client, verb, args);

	*answer = NULL;
	if (error == -ENOMEM)
		return error;
	/* A service that does not hear may still have said why. */
	while (!(error = client_next(client, answer))) {
		if (client_is_answer(client, *answer))
			return 0;
		tell(client, *answer);
		json_decref(*answer);
	}
	*answer = NULL;
	return error;
}
