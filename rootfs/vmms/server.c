/* The service's socket: who comes, who may, and events for all. */
/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "connection.h"
#include "line.h"
#include "peer.h"

#define BACKLOG	64

const struct server_limits server_limits = {
	.clients = 64,
	.reserved = 4,
	.of_user = 16,
	.requests = 256,
	.requests_of_user = 64,
	.output = 1 << 20,
	.patience = 30 * TIMERS_SECOND,
};

/* Of an earlier service, whose socket nobody hears any more. */
static int remove_old(const struct sockaddr_un *address)
{
	struct stat what;
	int fd, error;

	if (lstat(address->sun_path, &what))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(what.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	error = connect(fd, (const struct sockaddr *)address, sizeof(*address)) ?
		errno : 0;
	close(fd);
	if (error != ECONNREFUSED)
		return error && error != EAGAIN ? -error : -EADDRINUSE;
	return unlink(address->sun_path) ? -errno : 0;
}

/* Nobody can connect before it listens: by then its mode is right. */
static int bind_for(int fd, const struct sockaddr_un *address, gid_t group)
{
	const char *path = address->sun_path;
	int error;

	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)))
		return -errno;
	if (!chown(path, (uid_t)-1, group) && !chmod(path, 0660) &&
	    !listen(fd, BACKLOG))
		return 0;
	error = -errno;
	unlink(path);
	return error;
}

int server_listen(const char *path, gid_t group)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, error;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	error = remove_old(&address);
	if (error)
		return error;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	error = bind_for(fd, &address, group);
	if (!error)
		return fd;
	close(fd);
	return error;
}

/* Why somebody who may ask can't come in now; NULL: he can. */
static const char *crowded(const struct server *server,
	const struct peer *peer)
{
	const struct server_limits *limits = &server->limits;
	const struct connection *other = server->connections;
	unsigned int all = 0, of_user = 0;

	for (; other; other = other->next) {
		all++;
		of_user += other->peer.uid == peer->uid;
	}
	if (of_user >= limits->of_user)
		return "too many clients of this user are connected";
	if (all >= limits->clients - (peer->uid ? limits->reserved : 0))
		return "too many clients are connected";
	return NULL;
}

/* A line, if there is room for it; then the client has gone. */
static void turn_away(int fd, enum refusal refusal, const char *text)
{
	json_t *message = request_error(json_null(), refusal,
		json_string(text), NULL);
	size_t size = 0;
	char *line = line_print(message, &size);

	if (line && send(fd, line, size, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		shutdown(fd, SHUT_WR);
	free(line);
	json_decref(message);
	close(fd);
}

static void admit(struct server *server, int fd)
{
	const char *why;
	struct peer peer;

	if (peer_read(&peer, fd, server->group)) {
		close(fd);
		return;
	}
	if (!peer_may(&peer)) {
		turn_away(fd, REFUSE_DENIED,
			"this is for root and members of the group socle");
		return;
	}
	why = crowded(server, &peer);
	if (why)
		turn_away(fd, REFUSE_BUSY, why);
	else if (!connection_open(server, fd, &peer))
		close(fd);
}

/* One in each turn. Without descriptors a listener that is ready would keep
 * the loop awake: it rests for a second. */
static void somebody_comes(struct event *event, uint32_t events)
{
	struct server *server = event->context;
	int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd >= 0) {
		admit(server, fd);
		return;
	}
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	events_forget(server->events, &server->listener);
	timers_set(server->timers, &server->rest,
		events_now() + TIMERS_SECOND);
}

static int hear(struct server *server)
{
	int error;

	server->listener.fd = server->fd;
	error = events_watch(server->events, &server->listener, EPOLLIN);
	if (error)
		server->listener.fd = -1;
	return error;
}

static void rested(struct timer *timer)
{
	struct server *server = timer->context;

	if (hear(server))
		timers_set(server->timers, timer,
			events_now() + TIMERS_SECOND);
}

static void next_comes(struct timer *timer)
{
	request_next(timer->context);
}

int server_init(struct server *server, int fd, gid_t group,
	struct events *events, struct timers *timers,
	const struct verb *verbs, verb_run *const *runs)
{
	size_t i;

	for (i = 0; verbs[i].name; i++)
		if (!runs[i])
			return -EINVAL;
	*server = (struct server){ .events = events, .timers = timers,
		.group = group, .verbs = verbs, .runs = runs,
		.limits = server_limits, .fd = fd };
	server->listener = (struct event){ .ready = somebody_comes,
		.context = server };
	timer_init(&server->rest, rested, server);
	timer_init(&server->next, next_comes, server);
	return hear(server);
}

void server_exit(struct server *server)
{
	while (server->connections)
		connection_close(server->connections);
	timers_stop(server->timers, &server->rest);
	timers_stop(server->timers, &server->next);
	server->timers = NULL;
	events_forget(server->events, &server->listener);
	close(server->fd);
	server->fd = -1;
}

/* Made once for all. */
static char *print_event(const char *event, json_t *fields, size_t *size)
{
	json_t *message = json_pack("{s:s}", "event", event);
	char *line = NULL;

	if (message && (!fields || !json_object_update(message, fields)))
		line = line_print(message, size);
	json_decref(message);
	json_decref(fields);
	return line;
}

void server_tell(struct server *server, const char *event, json_t *fields)
{
	struct connection *connection = server->connections;
	size_t size = 0;
	char *line = print_event(event, fields, &size);

	for (; line && connection; connection = connection->next)
		if (connection->subscribed)
			connection_put(connection, line, size);
	free(line);
}
