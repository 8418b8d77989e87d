/* A helper in a thread, and what is said to it. */
/* SPDX-License-Identifier: MIT */
#ifndef HELPER_TALK_H
#define HELPER_TALK_H

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper_work.h"

#define ID "[vm]\nid = f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n"

static struct helper helper;
static int ends[2];		/* ours is the first */
static pthread_t thread;
static struct helper_reply reply;
static struct parcel in, out;

/* As root: no interface and no settings of this machine are touched. */
static void helper_alone(void)
{
	if (getuid())
		return;
	CHECK(!unshare(CLONE_NEWNS | CLONE_NEWNET));
	CHECK(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	CHECK(!mount("none", "/run", "tmpfs", 0, NULL));
	CHECK(!mkdir("/run/socle", 0700));
}

static inline void *serve(void *context)
{
	(void)context;
	return (void *)(intptr_t)helper_run(&helper, ends[1]);
}

static inline void begin(void)
{
	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	CHECK(!pthread_create(&thread, NULL, serve, NULL));
}

/* What helper_run() returned. */
static inline int end(void)
{
	void *result;

	close(ends[0]);
	CHECK(!pthread_join(thread, &result));
	close(ends[1]);
	return (int)(intptr_t)result;
}

static inline int open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	CHECK(fd >= 0);
	return fd;
}

static inline void start(void)
{
	CHECK(!system("rm -rf one two away run && mkdir -p one two away "
		"run root; echo secret > away/file"));
	crew_free(&helper.crew);
	store_free(&helper.store);
	helper = (struct helper){ .program = -1, .disk = -1, .firmware = -1,
		.run = open_folder("run"), .cgroups.folder = -1, .host = -1,
		.driver = "/dev/null", .root = "root", .first_user = 64000,
		.users = 4, .functions = helper_functions };
	jobs_init(&helper.jobs);
	CHECK(!store_add(&helper.store, "/data/one", open_folder("one"), NULL));
	CHECK(!store_add(&helper.store, "/data/two", open_folder("two"), NULL));
	begin();
}

static inline struct helper_request request_of(enum helper_type type,
	const char *name)
{
	struct helper_request request = { .type = type };

	strcpy(request.name, name);
	return request;
}

/* What is in out goes along; in has what came. */
static inline int ask(const struct helper_request *request)
{
	parcel_empty(&in);
	CHECK(!parcel_send(ends[0], request, sizeof(*request), &out));
	CHECK(parcel_receive(ends[0], &reply, sizeof(reply), sizeof(reply),
		&in) > 0);
	CHECK(reply.type == request->type);
	CHECK(!reply.error == !reply.text[0]);
	CHECK(!reply.error || !in.count);
	return reply.error;
}

static inline void along(const void *bytes, size_t size)
{
	CHECK(!parcel_add(&out, parcel_file(bytes, size)));
}

static inline int with_text(struct helper_request request, const char *text)
{
	along(text, strlen(text));
	return ask(&request);
}

static inline void came(unsigned int index, const char *expected)
{
	size_t size;
	char *text = parcel_read(in.fds[index], HELPER_FILE_MAX, &size);

	CHECK(text && size == strlen(expected));
	CHECK_STRING(expected, text);
	free(text);
}

#endif
