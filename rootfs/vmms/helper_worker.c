/* The privileged process: workers, and what they are started with. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"
#include "helper_work.h"
#include "reap.h"
#include "sockets.h"

#define WORKER_WORDS	256u	/* arguments of a worker */
#define WORKER_THREADS	1024u
#define WORKER_FILES	4096u
#define WORKER_MEMORY	(2ull << 20)	/* bytes; less is a mistake */
#define WEIGHT_MAX	10000u
#define CAP_MAX		(100u * 1024)

int helper_sockets(struct work *work)
{
	int fds[SOCKETS], i, error = work_name(work);

	if (!error)
		error = work_idle(work);
	if (!error)
		error = sockets_make(work->helper->run, work->request->name,
			work->helper->administrators, fds);
	for (i = 0; !error && i < SOCKETS; i++)
		error = parcel_add(work->out, fds[i]);
	return error;
}

int helper_driver(struct work *work)
{
	const char *path = work->helper->driver;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	return fd >= 0 ? parcel_add(work->out, fd) : trouble(&work->why,
		-errno, "the hypervisor's device %s cannot be opened: %s",
		path, strerror(errno));
}

int helper_firmware(struct work *work)
{
	int fd = fcntl(work->helper->firmware, F_DUPFD_CLOEXEC, 0);

	return fd < 0 ? -errno : parcel_add(work->out, fd);
}

static bool good_limits(const struct helper_limits *limits)
{
	return limits->weight && limits->weight <= WEIGHT_MAX &&
		limits->cap <= CAP_MAX;
}

static struct cgroup_limits limits_of(const struct helper_request *request)
{
	return (struct cgroup_limits){ .memory = request->limits.memory,
		.weight = request->limits.weight, .cap = request->limits.cap,
		.threads = WORKER_THREADS };
}

/* Its pidfd and its control socket. */
static int give(struct work *work, const struct member *member)
{
	int process = fcntl(member->process, F_DUPFD_CLOEXEC, 0), control,
	    error;

	if (process < 0)
		return -errno;
	work->number = member->user;
	error = parcel_add(work->out, process);
	if (error)
		return error;
	control = sockets_connect(work->helper->run, member->name);
	return control < 0 ? 0 : parcel_add(work->out, control);
}

/* From here on it is one of the crew, or is killed. */
static int enlist(struct work *work, int process, uid_t user)
{
	const char *name = work->request->name;
	struct crew *crew = &work->helper->crew;
	int error = crew_add(crew, name, process, user);

	if (!error)
		return give(work, crew_last(crew, name));
	syscall(SYS_pidfd_send_signal, process, SIGKILL, NULL, 0);
	close(process);
	return error;
}

static int start(struct work *work, char *const *words, int cgroup, uid_t user)
{
	const struct helper *helper = work->helper;
	const struct confinement confinement = {
		.id = user, .root = helper->root, .cgroup = cgroup,
		.log = work->in->fds[1],
		.fds = work->in->fds + 2, .fd_count = work->in->count - 2,
		.threads = WORKER_THREADS, .files = WORKER_FILES,
	};
	const char *step;
	int process = confine_start(&confinement, helper->program, words,
		&step);

	if (process < 0)
		return trouble(&work->why, process,
			"a worker cannot be started: %s: %s", step,
			strerror(-process));
	return enlist(work, process, user);
}

/* In a cgroup that goes again if it does not start. */
static int start_in_group(struct work *work, char *const *words)
{
	const struct cgroup_limits limits = limits_of(work->request);
	struct helper *helper = work->helper;
	uid_t user = crew_user(&helper->crew, helper->first_user,
		helper->users);
	int cgroup, error;

	if (!user)
		return trouble(&work->why, -EUSERS,
			"there are too many workers already");
	cgroup = cgroup_make(&helper->cgroups, work->request->name, &limits);
	if (cgroup < 0)
		return trouble(&work->why, cgroup, "a worker cannot be "
			"started: make its cgroup: %s", strerror(-cgroup));
	error = start(work, words, cgroup, user);
	close(cgroup);
	if (error)
		cgroup_remove(&helper->cgroups, work->request->name);
	return error;
}

int helper_worker(struct work *work)
{
	char *words[WORKER_WORDS + 1], *text;
	int count, error = work_name(work);
	size_t size;

	if (!error)
		error = work_idle(work);
	if (error)
		return error;
	if (work->in->count < 2 || !good_limits(&work->request->limits) ||
	    work->request->limits.memory < WORKER_MEMORY)
		return -EINVAL;
	text = work_received(work, 0, &size);
	if (!text)
		return -errno;
	count = work_split(text, size, words, WORKER_WORDS);
	if (count > 0)
		count = start_in_group(work, words);
	else if (!count)
		count = -EINVAL;
	free(text);
	return count;
}

static_assert(HELPER_UNKNOWN == REAP_UNKNOWN, "status");

static const struct member *find(struct work *work)
{
	const struct member *member = crew_find(&work->helper->crew,
		work->request->name);

	if (!member)
		trouble(&work->why, 0, "the VM \"%.63s\" has no worker",
			work->request->name);
	return member;
}

int helper_limits(struct work *work)
{
	const struct cgroup_limits limits = limits_of(work->request);
	const struct member *member = find(work);

	if (!member)
		return -ESRCH;
	if (!good_limits(&work->request->limits))
		return -EINVAL;
	return cgroup_change(&work->helper->cgroups, member->name, &limits);
}

int helper_find(struct work *work)
{
	const struct member *member = find(work);

	return member ? give(work, member) : -ESRCH;
}

/* All of its cgroup, too: nothing that it may have made is left. */
int helper_kill(struct work *work)
{
	const struct member *member = find(work);
	int error = 0;

	if (!member)
		return -ESRCH;
	if (syscall(SYS_pidfd_send_signal, member->process, SIGKILL, NULL, 0)
	    && errno != ESRCH)
		error = -errno;
	cgroup_kill(&work->helper->cgroups, member->name);
	return error;
}

int helper_ended(struct work *work)
{
	struct helper *helper = work->helper;
	const char *name = work->request->name;
	const struct member *member;
	int error = work_name(work), other;

	if (!error)
		error = work_idle(work);
	if (error)
		return error;
	member = crew_last(&helper->crew, name);
	work->number = member ? reap_status(member->process) :
		HELPER_UNKNOWN;
	crew_remove(&helper->crew, name);
	error = sockets_remove(helper->run, name);
	other = cgroup_remove(&helper->cgroups, name);
	error = error ? error : other;
	other = work_forget_taps(work);
	return error ? error : other;
}
