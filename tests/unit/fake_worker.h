/* A process in a worker's place: it answers on its control socket, or does what
 * the test says instead. */
/* SPDX-License-Identifier: MIT */
#ifndef FAKE_WORKER_H
#define FAKE_WORKER_H

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "vmwp/control.h"

enum fake_act {
	FAKE_GOOD, FAKE_ERROR,	/* with fake_worker.error */
	FAKE_HANG, FAKE_LIE, FAKE_HANG_UP,
	FAKE_END,		/* with fake_worker.status, and a last line */
};

/* Shared with the processes: what all of them do. */
struct fake_worker {
	atomic_int act[CONTROL_TYPES];
	atomic_int error, status;
	atomic_uint flags;	/* CONTROL_CRITICAL */
	atomic_uint beat;	/* enum heartbeat_state */
	/* What its guest does when it shall shut down. */
	atomic_bool stays;	/* nothing */
	atomic_uint will_not;	/* the status that it answers with */
	atomic_uint asked[CONTROL_TYPES];	/* how often */
};
static struct fake_worker *fake_worker;

static inline void fake_worker_init(void)
{
	if (!fake_worker)
		fake_worker = mmap(NULL, sizeof(*fake_worker),
			PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	CHECK(fake_worker != MAP_FAILED);
	memset(fake_worker, 0, sizeof(*fake_worker));
}

struct fake_guest {
	enum vm_state state;
	bool answered;
};

static inline void fake_say(int fd, uint32_t type, int error,
	const struct fake_guest *guest)
{
	union control_any any = { .reply = { CONTROL_MAGIC, CONTROL_VERSION,
		type, error, guest->state | fake_worker->flags, 1, 1 << 30 } };
	size_t size = sizeof(any.reply);

	if (type == CONTROL_INTEGRATION) {
		size = sizeof(any.integration);
		any.integration.beat = fake_worker->beat;
		any.integration.answered = guest->answered;
		any.integration.status = fake_worker->will_not;
	}
	if (type == CONTROL_STORAGE_RESUME) {
		size = sizeof(any.storage);
		if (error)
			strcpy(any.storage.text, "the medium is no better");
	}
	/* Who has gone hears nothing. */
	send(fd, &any, size, MSG_NOSIGNAL);
}

static inline void fake_obey(int fd, uint32_t type, struct fake_guest *guest)
{
	switch (type) {
	case CONTROL_PAUSE:
		guest->state = VM_PAUSED;
		break;
	case CONTROL_RESUME:
	case CONTROL_RESET:
		guest->state = VM_RUNNING;
		break;
	case CONTROL_STORAGE_RESUME:
		fake_worker->flags = 0;
		break;
	case CONTROL_SHUTDOWN:
		guest->answered = fake_worker->will_not;
		break;
	default:
		break;
	}
	fake_say(fd, type, 0, guest);
	if (type == CONTROL_SHUTDOWN && !fake_worker->stays &&
	    !fake_worker->will_not)
		_exit(0);
}

/* False: the client is gone, or shall be. */
static inline bool fake_answer(int fd, int log, struct fake_guest *guest)
{
	struct control_storage_request request;

	if (recv(fd, &request, sizeof(request), 0) < 16)
		return false;
	fake_worker->asked[request.request.type]++;
	switch ((enum fake_act)fake_worker->act[request.request.type]) {
	case FAKE_GOOD:
		fake_obey(fd, request.request.type, guest);
		return true;
	case FAKE_ERROR:
		fake_say(fd, request.request.type, fake_worker->error, guest);
		return true;
	case FAKE_HANG:
		while (fake_worker->act[request.request.type] == FAKE_HANG)
			usleep(1000);
		fake_obey(fd, request.request.type, guest);
		return true;
	case FAKE_LIE:
		send(fd, "lies", 4, MSG_NOSIGNAL);
		return true;
	case FAKE_HANG_UP:
		return false;
	case FAKE_END:
		dprintf(log, "vmwp web: first\nvmwp web: it breaks\n");
		_exit(fake_worker->status);
	}
	return false;
}

/* As vmwp: one client at a time, and nobody's end ends it. */
static inline void fake_worker_run(int listener, int log)
{
	struct fake_guest guest = { VM_RUNNING, false };
	int fd;

	for (fd = 3; fd < 1024; fd++)
		if (fd != listener && fd != log)
			close(fd);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			_exit(8);
		while (fake_answer(fd, log, &guest))
			;
		close(fd);
	}
}

#endif
