/* The service itself: its clients, events, signals, the VMs that begin with the
 * host. Its helper is in its own loop. */
/* SPDX-License-Identifier: MIT */
#include "fake_helper.h"

#include "client.h"
#include "service.h"

#define ALWAYS "[vm]\nid = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n" \
	"generation = 1\nstart = always\n"

static char path[64], begun[80];

/* Its workers are not its own children. */
int __wrap_waitid(idtype_t type, id_t id, siginfo_t *what, int options);
int __wrap_waitid(idtype_t type, id_t id, siginfo_t *what, int options)
{
	(void)type, (void)id, (void)what, (void)options;
	errno = ECHILD;
	return -1;
}

/* Quit_at: of what the helper is asked; it is gone then. */
static void serve(unsigned int quit_at)
{
	static const char *const storages[] = { "/data" };
	static struct service service;
	struct service_setup setup = { .storages = storages,
		.storage_count = 1, .boot = "aaaa" };
	int ends[2], error;

	setup.socket = server_listen(path, 0);
	setup.begun = open(begun, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC,
		0600);
	CHECK(setup.socket >= 0 && setup.begun >= 0);
	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	setup.helper = ends[0];
	fake_add("web", ALWAYS);
	CHECK(!service_init(&service, &setup));
	fake_hear(&service.events, ends[1]);
	fake.quit_at = quit_at;
	error = service_run(&service);
	fake_hang_up();
	service_exit(&service);
	fake_reset();
	exit(error ? 3 : 0);
}

static pid_t start(unsigned int quit_at)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		/* What is said of VMs that start is meant. */
		CHECK(freopen("service.err", "a", stderr));
		serve(quit_at);
	}
	return pid;
}

static int end_of(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void reach(struct client *client)
{
	int tries = 2000;

	while (client_open(client, path)) {
		CHECK(tries--);
		usleep(5000);
	}
}

static json_t *ask(struct client *client, const char *verb, const char *name)
{
	json_t *answer;

	CHECK(!client_ask(client, verb, name ? json_pack("{s:s}", "name", name)
		: NULL, &answer));
	return answer;
}

static void good(struct client *client, const char *verb, const char *name)
{
	json_t *answer = ask(client, verb, name);

	CHECK(json_object_get(answer, "result"));
	json_decref(answer);
}

/* It is wrong-state until a start is done that nobody has asked for. */
static void soon(struct client *client, const char *verb, const char *name)
{
	int tries = 2000;
	json_t *answer;

	for (answer = ask(client, verb, name); !json_object_get(answer,
		"result"); answer = ask(client, verb, name)) {
		json_decref(answer);
		CHECK(tries--);
		usleep(5000);
	}
	json_decref(answer);
}

static void bad(struct client *client, const char *verb, const char *name,
	const char *code)
{
	json_t *answer = ask(client, verb, name);
	const char *is;

	CHECK(!json_unpack(answer, "{s:{s:s}}", "error", "code", &is));
	CHECK_STRING(code, is);
	json_decref(answer);
}

/* Until this state of the VM web is told. */
static void event(struct client *client, const char *state)
{
	const char *kind, *name, *is;
	json_t *message;
	bool same;

	do {
		CHECK(!client_next(client, &message));
		CHECK(!json_unpack(message, "{s:s, s:s, s:s}", "event", &kind,
			"name", &name, "state", &is));
		CHECK_STRING("web", name);
		same = !strcmp(is, state);
		json_decref(message);
	} while (!same);
}

static void test_asked(void)
{
	struct client client, other;
	pid_t pid = start(0);

	reach(&client);
	reach(&other);
	good(&other, "subscribe", NULL);
	good(&client, "version", NULL);
	bad(&client, "start", "nobody", "not-found");
	/* It begins with the host: one of the two is second. */
	json_decref(ask(&client, "start", "web"));
	bad(&client, "start", "web", "wrong-state");
	soon(&client, "pause", "web");
	event(&other, "Paused");
	good(&client, "resume", "web");
	event(&other, "Running");
	good(&client, "stop", "web");
	event(&other, "Off");
	CHECK(!kill(pid, SIGTERM) && !end_of(pid));
	client_close(&client);
	client_close(&other);
}

/* In this boot all have had their turn; in the next one they have it again. */
static void test_begins_once(void)
{
	struct client client;
	pid_t pid = start(0);

	reach(&client);
	usleep(300000);
	bad(&client, "pause", "web", "wrong-state");
	client_close(&client);
	CHECK(!kill(pid, SIGTERM) && !end_of(pid));
	CHECK(!unlink(begun));
	pid = start(0);
	reach(&client);
	soon(&client, "pause", "web");
	/* Root's; the host goes down. */
	good(&client, "going-down", NULL);
	bad(&client, "start", "web", "wrong-state");
	client_close(&client);
	CHECK(!kill(pid, SIGTERM) && !end_of(pid));
}

/* Whenever its helper goes, it goes. */
static void test_helper_goes(void)
{
	unsigned int when;
	pid_t pid;

	for (when = 1; when < 9; when++) {
		unlink(begun);
		pid = start(when);
		CHECK(end_of(pid) == 3);
	}
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	fake_reset();
	snprintf(path, sizeof(path), "/tmp/socle-service-%d", (int)getpid());
	snprintf(begun, sizeof(begun), "%s.begun", path);
	test_asked();
	test_begins_once();
	test_helper_goes();
	unlink(path);
	unlink(begun);
	return 0;
}
