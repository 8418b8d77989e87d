/* The service with all its verbs in a thread; its helper is another one, which
 * has VMs, files and workers in memory. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_VERBS_WORLD_H
#define TESTS_VERBS_WORLD_H

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "generation.h"
#include "helper.h"
#include "parcel.h"
#include "service.h"
#include "vmwp/control.h"

enum { WORLD_VMS = 300, WORLD_FILES = 8, WORLD_DRIVES = 3, WORLD_JOBS = 16 };

extern char **environ;

struct world_vm {
	char name[NAME_SIZE];
	char *conf;		/* NULL: there is none */
	char files[WORLD_FILES][64];	/* disks in its folder */
	pid_t worker;		/* 0: none */
	int control;		/* the worker's end */
	unsigned int keys;	/* pressed and let go */
	uint8_t macs[8][6];	/* of adapters that it has */
	bool cables[8];
};

static struct world {
	struct service service;
	pthread_t server, helper;
	int socket;		/* the helper's end */
	char path[108];		/* of the service's socket; "": any */
	struct world_vm vms[WORLD_VMS];
	/* What the host's commands are asked, with blanks between, and say. */
	char asked[40000];
	char says[16384];
	int status;
	/* ms that they take from now on; then half of it is said at once. */
	long takes;
	/* NULL, or who answers them: writes says and status. */
	void (*host)(void);
	/* By number, what jobs have come to. */
	struct world_job { char *says; int status; } jobs[WORLD_JOBS];
	uint32_t job;
	/* -errno, of the next requests of that type. */
	atomic_int fails[HELPER_TYPES];
	atomic_int worker_fails;	/* of storage and network commands */
	atomic_uint last_storage, last_network;	/* control types */
	atomic_bool graphics;	/* what screens show */
	unsigned int rows;	/* of text that they show; 0: a few */
	struct helper_nic nic;	/* the last tap */
	struct helper_limits limits;	/* that were changed last */
} world;

static inline struct world_vm *world_vm(const char *name)
{
	int i;

	for (i = 0; i < WORLD_VMS; i++)
		if (world.vms[i].conf && name_same(world.vms[i].name, name))
			return &world.vms[i];
	return NULL;
}

static inline struct world_vm *world_add(const char *name, const char *conf)
{
	int i;

	for (i = 0; i < WORLD_VMS && world.vms[i].conf; i++)
		;
	CHECK(i < WORLD_VMS);
	world.vms[i] = (struct world_vm){ .conf = strdup(conf),
		.control = -1 };
	strcpy(world.vms[i].name, name);
	return &world.vms[i];
}

static inline char *world_text(const struct parcel *in)
{
	size_t size;

	return in->count ? parcel_read(in->fds[0], HELPER_FILE_MAX, &size) :
		NULL;
}

static inline void world_file(struct parcel *out, const void *bytes,
	size_t size)
{
	CHECK(!parcel_add(out, parcel_file(bytes, size)));
}

static inline void world_null(struct parcel *out)
{
	CHECK(!parcel_add(out, open("/dev/null", O_RDWR | O_CLOEXEC)));
}

static inline void world_list(struct parcel *out, uint32_t *number)
{
	static struct store_entry entries[WORLD_VMS];
	int i, count = 0;

	memset(entries, 0, sizeof(entries));
	for (i = 0; i < WORLD_VMS; i++)
		if (world.vms[i].conf)
			strcpy(entries[count++].name, world.vms[i].name);
	*number = (uint32_t)count;
	world_file(out, entries, (size_t)count * sizeof(*entries));
	world_file(out, "", 0);
}

static inline char *world_slot(struct world_vm *vm, const char *file)
{
	int i;

	for (i = 0; i < WORLD_FILES; i++)
		if (!strcmp(vm->files[i], file))
			return vm->files[i];
	return NULL;
}

/* Readable at the end of so many ms. */
static inline int world_later(long ms)
{
	struct itimerspec when = { .it_value = { ms / 1000,
		ms % 1000 * 1000000 } };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	CHECK(fd >= 0 && !timerfd_settime(fd, 0, &when, NULL));
	return fd;
}

/* A job is at its end at once. Without host() it says what the test says by
 * then. */
static inline void world_job(struct parcel *out, uint32_t *number)
{
	struct world_job *job = &world.jobs[++world.job % WORLD_JOBS];

	free(job->says);
	job->says = world.host ? strdup(world.says) : NULL;
	job->status = world.status;
	*number = world.job;
	CHECK(!parcel_add(out, world.takes ? world_later(world.takes) :
		eventfd(1, EFD_CLOEXEC)));
	if (world.takes)
		world_file(out, world.says, strlen(world.says) / 2);
}

static inline void world_job_end(uint32_t number, struct parcel *out,
	uint32_t *status)
{
	struct world_job *job = &world.jobs[number % WORLD_JOBS];
	const char *says = job->says ? job->says : world.says;

	*status = (uint32_t)(job->says ? job->status : world.status) << 8;
	world_file(out, says, strlen(says));
}

static inline int world_disk(struct world_vm *vm,
	const struct helper_request *request, struct parcel *out,
	uint32_t *number)
{
	char *slot;

	if (world_slot(vm, request->file))
		return -EEXIST;
	slot = world_slot(vm, "");
	CHECK(slot && request->disk.size);
	strcpy(slot, request->file);
	world.says[0] = '\0';
	world.status = 0;
	world_job(out, number);
	return 0;
}

static inline void world_host(const struct parcel *in, struct parcel *out,
	uint32_t *number)
{
	size_t size = 0, at;
	char *words;

	CHECK(in->count);
	words = parcel_read(in->fds[0], HELPER_FILE_MAX, &size);
	CHECK(words && size && size < sizeof(world.asked));
	for (at = 0; at + 1 < size; at++)
		world.asked[at] = words[at] ? words[at] : ' ';
	world.asked[at] = '\0';
	free(words);
	if (world.host)
		world.host();
	world_job(out, number);
}

static inline int world_image(const struct helper_request *request,
	struct parcel *out)
{
	struct world_vm *vm = world_vm(request->name);

	if (request->file[0] == '/' ? !strstr(request->file, "debian") :
	    !world_slot(vm, request->file))
		return -ENOENT;
	world_null(out);
	return 0;
}

static inline int world_files(const struct helper_request *request,
	struct parcel *out, uint32_t *number)
{
	struct helper_file files[2] = {
		{ .name = "tools.iso", .size = 4096, .used = 4096 },
		{ .name = "debian-13.iso", .size = 650ull << 20 },
	};

	if (strcmp(request->file, "/data/iso"))
		return -ENOENT;
	*number = 2;
	world_file(out, files, sizeof(files));
	return 0;
}

static inline void world_find(struct world_vm *vm, struct parcel *out)
{
	CHECK(!parcel_add(out, (int)syscall(SYS_pidfd_open, vm->worker, 0)));
}

/* The adapters that its words name. */
static inline void world_take_macs(struct world_vm *vm, const char *words,
	size_t size)
{
	unsigned int nic = 0;
	const char *at;

	memset(vm->macs, 0, sizeof(vm->macs));
	for (at = words; at < words + size; at += strlen(at) + 1)
		if (strstr(at, "mac=") && nic < 8)
			define_mac(strstr(at, "mac=") + 4, vm->macs[nic++]);
}

/* A process that lives as long as this one, or until it is killed. */
static inline pid_t world_process(void)
{
	char *words[] = { "cat", NULL };
	posix_spawn_file_actions_t actions;
	static int ends[2];
	pid_t pid;

	if (!ends[1])
		CHECK(!pipe2(ends, O_CLOEXEC));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY,
		0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY,
		0);
	CHECK(!posix_spawnp(&pid, "cat", &actions, NULL, words, environ));
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static inline void world_start(struct world_vm *vm, const struct parcel *in,
	struct parcel *out)
{
	size_t size = 0;
	char *text = parcel_read(in->fds[0], HELPER_FILE_MAX, &size);
	int ends[2];

	CHECK(text);
	world_take_macs(vm, text, size);
	free(text);
	vm->worker = world_process();
	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	vm->control = ends[1];
	vm->keys = 0;
	world_find(vm, out);
	CHECK(!parcel_add(out, ends[0]));
}

static inline int world_ended(struct world_vm *vm, uint32_t *number)
{
	int status = 0;

	*number = HELPER_UNKNOWN;
	if (!vm || !vm->worker)
		return 0;
	if (!waitpid(vm->worker, &status, WNOHANG))
		return -EBUSY;
	*number = (uint32_t)status;
	vm->worker = 0;
	if (vm->control >= 0)
		close(vm->control);
	vm->control = -1;
	return 0;
}

static inline int world_do(const struct helper_request *request,
	struct parcel *in, struct parcel *out, struct helper_reply *reply)
{
	uint32_t i;
	struct world_vm *vm = world_vm(request->name);
	char *slot;

	switch (request->type) {
	case HELPER_LIST_VMS:
		world_list(out, &reply->number);
		return 0;
	case HELPER_HOST:
		world_host(in, out, &reply->number);
		return 0;
	case HELPER_JOB:
		world_job_end(request->number, out, &reply->number);
		return 0;
	case HELPER_LIST_FILES:
		return world_files(request, out, &reply->number);
	case HELPER_CREATE:
		slot = world_text(in);
		CHECK(slot && !vm);
		world_add(request->name, slot);
		free(slot);
		return 0;
	case HELPER_ENDED:
		return world_ended(vm, &reply->number);
	}
	if (!vm)
		return -ENOENT;
	switch (request->type) {
	case HELPER_LOAD:
		reply->number = 1u << GENERATION_CURRENT;
		world_file(out, vm->conf, strlen(vm->conf));
		return 0;
	case HELPER_SAVE:
		free(vm->conf);
		vm->conf = world_text(in);
		CHECK(vm->conf);
		return 0;
	case HELPER_RENAME:
		strcpy(vm->name, request->other);
		return 0;
	case HELPER_DELETE:
		free(vm->conf);
		vm->conf = NULL;
		world_file(out, "notes.txt stays\n", 16);
		return 0;
	case HELPER_MARK:
		return 0;
	case HELPER_LIMITS:
		world.limits = request->limits;
		return 0;
	case HELPER_TAP_CHANGE:
		world.nic = request->nic;
		return 0;
	case HELPER_IMAGE:
		return world_image(request, out);
	case HELPER_DISK_CREATE:
		return world_disk(vm, request, out, &reply->number);
	case HELPER_DISK_DELETE:
		slot = world_slot(vm, request->file);
		if (slot)
			*slot = '\0';
		return slot ? 0 : -ENOENT;
	case HELPER_SOCKETS:
		world_null(out);
		world_null(out);
		world_null(out);
		return 0;
	case HELPER_TAP:
		world.nic = request->nic;
		reply->number = 9000;
		for (i = 0; i < request->nic.queues; i++)
			world_null(out);
		return 0;
	case HELPER_DRIVER: case HELPER_FIRMWARE:
		world_null(out);
		return 0;
	case HELPER_WORKER:
		world_start(vm, in, out);
		return 0;
	case HELPER_FIND:
		if (!vm->worker)
			return -ESRCH;
		world_find(vm, out);
		return 0;
	case HELPER_KILL:
		return vm->worker ? kill(vm->worker, SIGKILL) : -ESRCH;
	default:
		return -ENOSYS;
	}
}

static inline void world_answer(void)
{
	struct helper_request request;
	struct helper_reply reply = { 0 };
	struct parcel in, out = { .count = 0 };

	if (parcel_receive(world.socket, &request, sizeof(request),
		sizeof(request), &in) <= 0) {
		close(world.socket);
		world.socket = -1;
		return;
	}
	CHECK(request.type < HELPER_TYPES);
	reply.type = request.type;
	reply.error = world.fails[request.type] ?
		world.fails[request.type] :
		world_do(&request, &in, &out, &reply);
	if (reply.error)
		parcel_empty(&out);
	if (reply.error)
		snprintf(reply.text, sizeof(reply.text), "%.60s: %s",
			request.file[0] ? request.file : request.name,
			strerror(-reply.error));
	parcel_empty(&in);
	parcel_send(world.socket, &reply, sizeof(reply), &out);
	parcel_empty(&out);
}

/* Its guest's own words, as it likes. */
static inline size_t world_item(union control_any *any, uint32_t at)
{
	static const char *const items[][2] = {
		{ "OSName", "Debian \x1b[1mGNU" },
		{ "FullyQualifiedDomainName", "web.example" },
		{ "NetworkAddressIPv4", "nonsense;192.0.2.7" },
		{ "NetworkAddressIPv6", "fe80::1;2001:db8::7" },
	};

	if (at > 3) {
		any->reply.error = -ENOENT;
		return sizeof(any->item);
	}
	strcpy(any->item.key, items[at][0]);
	strcpy(any->item.value, items[at][1]);
	return sizeof(any->item);
}

static inline size_t world_network(struct world_vm *vm,
	union control_any *any, const struct control_network_request *request)
{
	static const uint8_t none[6];
	uint32_t at = request->request.argument;
	unsigned int i;

	if (request->request.type != CONTROL_NETWORK) {
		world.last_network = request->request.type;
		any->reply.error = world.worker_fails;
	}
	if (request->request.type == CONTROL_NETWORK_ADD)
		for (at = 0; at < 7 && memcmp(vm->macs[at], none, 6); at++)
			;
	i = at & 7;
	if (request->request.type == CONTROL_NETWORK_ADD)
		memcpy(vm->macs[i], request->mac, 6);
	if (request->request.type == CONTROL_NETWORK_REMOVE)
		memset(vm->macs[i], 0, 6);
	if (request->request.type == CONTROL_NETWORK_CABLE)
		vm->cables[i] = request->cable;
	any->network.place = at;
	any->network.present = at < 8 && memcmp(vm->macs[i], none, 6);
	memcpy(any->network.mac, vm->macs[i], 6);
	return sizeof(any->network);
}

static inline int world_memory(const void *bytes, size_t size)
{
	int fd = parcel_file(bytes, size);

	CHECK(fd >= 0);
	return fd;
}

/* In its last row the number of keys that were pressed and let go. */
static inline void world_rows(const struct world_vm *vm, char *text,
	size_t size)
{
	size_t used = 0;
	unsigned int i;

	for (i = 1; i < world.rows; i++)
		used += (size_t)snprintf(text + used, size - used,
			"row %u \xe2\x95\x91\n", i);
	snprintf(text + used, size - used, "keys %u\n", vm->keys);
}

static inline size_t world_screen(const struct world_vm *vm,
	union control_any *any, struct parcel *out)
{
	char text[2048] = "SeaBIOS\n\nlogin: \x1b[2J\n";

	any->screen.width = world.graphics ? 1024 : 80;
	any->screen.height = world.graphics ? 768 : 25;
	if (world.graphics)
		return sizeof(any->screen);
	if (world.rows) {
		world_rows(vm, text, sizeof(text));
		any->screen.height = world.rows;
		any->screen.cursor = 1;
		any->screen.cursor_row = world.rows - 1;
	}
	any->screen.text = 1;
	any->screen.size = (uint32_t)strlen(text);
	CHECK(!parcel_add(out, world_memory(text, strlen(text))));
	return sizeof(any->screen);
}

static inline size_t world_say(struct world_vm *vm, union control_any *any,
	const void *asked, struct parcel *out)
{
	const struct control_request *request = asked;
	const struct control_keys_request *keys = asked;

	switch (request->type) {
	case CONTROL_INTEGRATION:
		any->integration.beat = 1;
		any->integration.items = 4;
		return sizeof(any->integration);
	case CONTROL_KVP:
		return world_item(any, request->argument);
	case CONTROL_STORAGE ... CONTROL_STORAGE_RESUME:
		world.last_storage = request->type;
		any->reply.error = world.worker_fails;
		if (world.worker_fails)
			strcpy(any->storage.text, "the image is locked");
		return sizeof(any->storage);
	case CONTROL_NETWORK ... CONTROL_NETWORK_CABLE:
		return world_network(vm, any, asked);
	case CONTROL_SCREENSHOT:
		any->screenshot.width = 640;
		any->screenshot.height = 480;
		any->screenshot.size = 5;
		CHECK(!parcel_add(out, world_memory("\x89PNG\n", 5)));
		return sizeof(any->screenshot);
	case CONTROL_SCREEN:
		return world_screen(vm, any, out);
	case CONTROL_KEYS:
		vm->keys += keys->count;
		return sizeof(any->reply);
	default:
		return sizeof(any->reply);
	}
}

static inline void world_obey(struct world_vm *vm)
{
	union { struct control_storage_request storage;
		struct control_keys_request keys;
		struct control_network_request network;
		struct control_request request; } asked;
	union control_any any = { .reply = { .magic = CONTROL_MAGIC } };
	struct parcel in, out = { .count = 0 };
	size_t size;

	if (parcel_receive(vm->control, &asked, sizeof(asked.request),
		sizeof(asked), &in) <= 0) {
		close(vm->control);
		vm->control = -1;
		return;
	}
	any.reply.version = CONTROL_VERSION;
	any.reply.type = asked.request.type;
	any.reply.processors = 1;
	/* What the menu gives a VM, too. */
	any.reply.memory = world.rows ? 1ull << 30 : 64 << 20;
	size = world_say(vm, &any, &asked, &out);
	parcel_empty(&in);
	parcel_send(vm->control, &any, size, &out);
	parcel_empty(&out);
	if (asked.request.type == CONTROL_SHUTDOWN)
		kill(vm->worker, SIGKILL);
}

static inline void *world_help(void *nothing)
{
	static struct pollfd wait[WORLD_VMS + 1];
	int i;

	while (world.socket >= 0) {
		wait[0] = (struct pollfd){ world.socket, POLLIN, 0 };
		for (i = 0; i < WORLD_VMS; i++)
			wait[i + 1] = (struct pollfd){ world.vms[i].conf ?
				world.vms[i].control : -1, POLLIN, 0 };
		if (poll(wait, WORLD_VMS + 1, -1) < 0)
			continue;
		for (i = 0; i < WORLD_VMS; i++)
			if (wait[i + 1].revents)
				world_obey(&world.vms[i]);
		if (wait[0].revents)
			world_answer();
	}
	return nothing;
}

static inline void *world_serve(void *nothing)
{
	CHECK(!service_run(&world.service));
	return nothing;
}

static inline void world_begin(void)
{
	static const char *const storages[] = { "/data", "/run/spare" };
	struct service_setup setup = { .storages = storages,
		.storage_count = 2, .boot = "aaaa", .begun = -1 };
	int ends[2];

	if (!world.path[0])
		snprintf(world.path, sizeof(world.path),
			"/tmp/socle-verbs-%d", (int)getpid());
	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	world.socket = ends[1];
	setup.helper = ends[0];
	setup.group = getegid();
	setup.socket = server_listen(world.path, getegid());
	CHECK(setup.socket >= 0);
	CHECK(!service_init(&world.service, &setup));
	CHECK(!pthread_create(&world.helper, NULL, world_help, NULL));
	CHECK(!pthread_create(&world.server, NULL, world_serve, NULL));
}

static inline void world_end(void)
{
	int i;

	CHECK(!kill(getpid(), SIGTERM));
	CHECK(!pthread_join(world.server, NULL));
	service_exit(&world.service);
	CHECK(!pthread_join(world.helper, NULL));
	for (i = 0; i < WORLD_VMS; i++) {
		if (world.vms[i].worker) {
			kill(world.vms[i].worker, SIGKILL);
			waitpid(world.vms[i].worker, NULL, 0);
		}
		if (world.vms[i].control >= 0)
			close(world.vms[i].control);
		free(world.vms[i].conf);
	}
	for (i = 0; i < WORLD_JOBS; i++)
		free(world.jobs[i].says);
	unlink(world.path);
}

#endif
