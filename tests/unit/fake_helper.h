/* The helper's end of its socket, in the test's own event loop: it has VMs in
 * memory, and workers that are processes (fake_worker.h). */
/* SPDX-License-Identifier: MIT */
#ifndef FAKE_HELPER_H
#define FAKE_HELPER_H

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "fake_worker.h"
#include "generation.h"
#include "helper.h"
#include "machines.h"
#include "parcel.h"

enum { FAKE_VMS = 64 };

struct fake_vm {
	char name[NAME_SIZE];
	char *conf;		/* NULL: there is no such VM */
	char mark[HELPER_MARK_MAX + 1];
	pid_t worker;		/* 0: none */
	bool sockets;
	bool limits;		/* it has got some */
};

static struct fake_helper {
	struct events *events;
	struct event event;
	struct fake_vm vms[FAKE_VMS];
	int fail[HELPER_TYPES];		/* -errno */
	bool hold[HELPER_TYPES];	/* no answer */
	bool empty[HELPER_TYPES];	/* an answer without descriptors */
	unsigned int asked[HELPER_TYPES], all;
	unsigned int given;	/* descriptors of the last worker */
	/* All: the loop stops before that one is answered; it hangs up then,
	 * the deed is done. */
	unsigned int stop_at, quit_at;
} fake;

static inline struct fake_vm *fake_vm(const char *name)
{
	int i;

	for (i = 0; i < FAKE_VMS; i++)
		if (fake.vms[i].conf && name_same(fake.vms[i].name, name))
			return &fake.vms[i];
	return NULL;
}

static inline struct fake_vm *fake_add(const char *name, const char *conf)
{
	int i;

	for (i = 0; i < FAKE_VMS && fake.vms[i].conf; i++)
		;
	CHECK(i < FAKE_VMS);
	fake.vms[i] = (struct fake_vm){ .conf = strdup(conf) };
	strcpy(fake.vms[i].name, name);
	return &fake.vms[i];
}

static inline void fake_remove(struct fake_vm *vm)
{
	free(vm->conf);
	*vm = (struct fake_vm){ .conf = NULL };
}

static inline int fake_bytes(struct parcel *out, const void *bytes,
	size_t size)
{
	return parcel_add(out, parcel_file(bytes, size));
}

static inline char *fake_text(struct parcel *in)
{
	size_t size;

	return in->count ? parcel_read(in->fds[0], HELPER_FILE_MAX, &size) :
		NULL;
}

static inline int fake_list(struct parcel *out, uint32_t *number)
{
	struct store_entry entries[FAKE_VMS];
	int i, count = 0;

	memset(entries, 0, sizeof(entries));
	for (i = 0; i < FAKE_VMS; i++)
		if (fake.vms[i].conf)
			strcpy(entries[count++].name, fake.vms[i].name);
	*number = count;
	fake_bytes(out, entries, count * sizeof(*entries));
	return fake_bytes(out, "a stray file\n", 13);
}

static inline int fake_load(struct fake_vm *vm, struct parcel *out,
	uint32_t *number)
{
	*number = 1u << GENERATION_CURRENT;
	fake_bytes(out, vm->conf, strlen(vm->conf));
	if (!vm->mark[0])
		return 0;
	*number |= HELPER_MARKED;
	return fake_bytes(out, vm->mark, strlen(vm->mark));
}

static inline int fake_save(struct fake_vm *vm, struct parcel *in)
{
	free(vm->conf);
	vm->conf = fake_text(in);
	CHECK(vm->conf);
	return 0;
}

static inline int fake_mark(struct fake_vm *vm, struct parcel *in)
{
	char *text = fake_text(in);

	strcpy(vm->mark, text ? text : "");
	free(text);
	return 0;
}

static inline struct sockaddr_un fake_address(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1,
		"fake-%d-%.60s", (int)getpid(), name);
	return address;
}

static inline int fake_sockets(struct fake_vm *vm, struct parcel *out)
{
	struct sockaddr_un address = fake_address(vm->name);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	CHECK(!vm->worker && fd >= 0);
	CHECK(!bind(fd, (void *)&address, sizeof(address)) && !listen(fd, 4));
	vm->sockets = true;
	parcel_add(out, fd);
	parcel_add(out, open("/dev/null", O_RDWR | O_CLOEXEC));
	return parcel_add(out, open("/dev/null", O_RDWR | O_CLOEXEC));
}

/* Its pidfd, and the control socket. */
static inline int fake_find(struct fake_vm *vm, struct parcel *out)
{
	struct sockaddr_un address = fake_address(vm->name);
	int fd;

	if (!vm->worker)
		return -ESRCH;
	parcel_add(out, (int)syscall(SYS_pidfd_open, vm->worker, 0));
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (!connect(fd, (void *)&address, sizeof(address)))
		return parcel_add(out, fd);
	close(fd);
	return 0;
}

/* In the plan's order: arguments, log, driver, firmware, control. */
static inline int fake_start(struct fake_vm *vm,
	const struct helper_request *request, struct parcel *in,
	struct parcel *out)
{
	CHECK(!vm->worker && in->count >= 5);
	fake.given = in->count - 2;
	CHECK(request->limits.memory && request->limits.weight);
	vm->limits = true;
	vm->worker = fork();
	CHECK(vm->worker >= 0);
	if (!vm->worker)
		fake_worker_run(in->fds[4], in->fds[1]);
	return fake_find(vm, out);
}

static inline int fake_kill(struct fake_vm *vm)
{
	if (!vm->worker)
		return -ESRCH;
	CHECK(!kill(vm->worker, SIGKILL));
	return 0;
}

static inline int fake_ended(struct fake_vm *vm, uint32_t *number)
{
	int status;

	*number = HELPER_UNKNOWN;
	vm->sockets = false;
	if (!vm->worker)
		return 0;
	if (!waitpid(vm->worker, &status, WNOHANG))
		return -EBUSY;
	vm->worker = 0;
	*number = (uint32_t)status;
	return 0;
}

static inline int fake_create(const struct helper_request *request,
	struct parcel *in)
{
	char *text = fake_text(in);

	CHECK(text);
	if (!fake_vm(request->name))
		fake_add(request->name, text);
	free(text);
	return 0;
}

static inline int fake_null(struct parcel *out)
{
	return parcel_add(out, open("/dev/null", O_RDWR | O_CLOEXEC));
}

static inline int fake_tap(const struct helper_request *request,
	struct parcel *out, uint32_t *number)
{
	uint32_t i;

	*number = 9000;
	for (i = 0; i < request->nic.queues; i++)
		if (fake_null(out))
			return -EMFILE;
	return 0;
}

static inline int fake_do(const struct helper_request *request,
	struct parcel *in, struct parcel *out, uint32_t *number)
{
	struct fake_vm *vm = fake_vm(request->name);

	if (fake.fail[request->type])
		return fake.fail[request->type];
	if (request->type == HELPER_LIST_VMS)
		return fake_list(out, number);
	if (request->type == HELPER_CREATE)
		return fake_create(request, in);
	if (!vm)
		return request->type == HELPER_ENDED ? 0 : -ENOENT;
	switch (request->type) {
	case HELPER_LOAD: return fake_load(vm, out, number);
	case HELPER_SAVE: return fake_save(vm, in);
	case HELPER_MARK: return fake_mark(vm, in);
	case HELPER_RENAME: strcpy(vm->name, request->other); return 0;
	case HELPER_DELETE:
		fake_remove(vm);
		return fake_bytes(out, "notes.txt stays\n", 16);
	case HELPER_SOCKETS: return fake_sockets(vm, out);
	case HELPER_TAP: return fake_tap(request, out, number);
	case HELPER_IMAGE:
	case HELPER_DRIVER: case HELPER_FIRMWARE: return fake_null(out);
	case HELPER_WORKER: return fake_start(vm, request, in, out);
	case HELPER_FIND: return fake_find(vm, out);
	case HELPER_KILL: return fake_kill(vm);
	case HELPER_ENDED: return fake_ended(vm, number);
	default: return -ENOSYS;
	}
}

static inline void fake_hang_up(void)
{
	int fd = fake.event.fd;

	if (!fake.events || fd < 0)
		return;
	events_forget(fake.events, &fake.event);
	close(fd);
}

static inline void fake_ready(struct event *event, uint32_t what)
{
	struct helper_request request;
	struct parcel in, out = { .count = 0 };
	struct helper_reply reply = { 0 };
	int fd = event->fd;

	(void)what;
	if (parcel_receive(fd, &request, sizeof(request), sizeof(request),
		&in) <= 0) {
		fake_hang_up();
		return;
	}
	CHECK(request.type < HELPER_TYPES);
	fake.asked[request.type]++;
	fake.all++;
	reply.type = request.type;
	reply.error = fake_do(&request, &in, &out, &reply.number);
	if (reply.error || fake.empty[request.type])
		parcel_empty(&out);
	if (reply.error)
		snprintf(reply.text, sizeof(reply.text), "the helper fails "
			"at %u", request.type);
	parcel_empty(&in);
	fake.events->stop |= fake.all == fake.stop_at;
	if (fake.quit_at && fake.all == fake.quit_at) {
		parcel_empty(&out);
		fake_hang_up();
	} else if (!fake.hold[request.type]) {
		CHECK(!parcel_send(fd, &reply, sizeof(reply), &out));
	}
	parcel_empty(&out);
}

/* Its own end of the socket pair, in a loop. What workers there are stay. */
static inline void fake_hear(struct events *events, int fd)
{
	fake.events = events;
	fake.event = (struct event){ .fd = fd, .ready = fake_ready };
	CHECK(!events_watch(events, &fake.event, EPOLLIN));
	fake.all = 0;
	memset(fake.asked, 0, sizeof(fake.asked));
}

/* The end for the service. */
static inline int fake_begin(struct events *events)
{
	int ends[2];

	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	fake_hear(events, ends[1]);
	return ends[0];
}

/* All is as at first, no worker lives. */
static inline void fake_reset(void)
{
	int i;

	fake_hang_up();
	for (i = 0; i < FAKE_VMS; i++) {
		if (fake.vms[i].worker) {
			kill(fake.vms[i].worker, SIGKILL);
			waitpid(fake.vms[i].worker, NULL, 0);
		}
		free(fake.vms[i].conf);
	}
	fake = (struct fake_helper){ .event = { .fd = -1 } };
	fake_worker_init();
}

#endif
