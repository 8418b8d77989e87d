/* The control socket: commands for a VM. */
/* SPDX-License-Identifier: MIT */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "display/screencommand.h"
#include "display/screenshotcommand.h"
#include "integration.h"
#include "machine.h"
#include "net/e1000.h"
#include "net/netcommand.h"
#include "say.h"
#include "ide/ide.h"
#include "storage/command.h"
#include "storage/storvsp.h"
#include "vm.h"

static void drop_client(struct control *control)
{
	int fd = control->client.fd;

	events_forget(&control->vm->events, &control->client);
	if (fd >= 0)
		close(fd);
}

/* What came, and descriptors with it. */
struct received {
	union {
		struct control_request request;
		struct control_storage_request storage;
		struct control_network_request network;
		struct control_keys_request keys;
		struct control_pointer_request pointer;
	};
	ssize_t size;
	/* Those that nobody has taken. */
	int fds[CONTROL_QUEUES];
	unsigned int count;
};

/* Each fills what it has besides the beginning. */
struct command {
	int (*act)(struct vm *vm, uint32_t argument, union control_any *answer);
	size_t size;		/* of the reply; 0: the beginning alone */
	bool takes_argument;
};

static int nothing(struct vm *vm, uint32_t argument, union control_any *answer)
{
	(void)vm, (void)argument, (void)answer;
	return 0;
}

static int do_pause(struct vm *vm, uint32_t argument, union control_any *answer)
{
	(void)argument, (void)answer;
	vm_pause(vm);
	return 0;
}

static int resume(struct vm *vm, uint32_t argument, union control_any *answer)
{
	(void)argument, (void)answer;
	vm_resume(vm);
	return 0;
}

static int do_reset(struct vm *vm, uint32_t argument, union control_any *answer)
{
	(void)argument, (void)answer;
	vm_want(vm, VM_WANT_RESET);
	return 0;
}

static int press_power(struct vm *vm, uint32_t argument,
	union control_any *answer)
{
	(void)argument, (void)answer;
	pthread_mutex_lock(&vm->lock);
	machine_press_power(vm->machine);
	pthread_mutex_unlock(&vm->lock);
	return 0;
}

static int stop(struct vm *vm, uint32_t argument, union control_any *answer)
{
	(void)argument, (void)answer;
	vm_want(vm, VM_WANT_OFF);
	return 0;
}

static struct control_service service(const struct ic *ic)
{
	return (struct control_service){
		ic->state, ic->version.major, ic->version.minor };
}

static void describe(const struct integration *from,
	struct control_integration *to)
{
	to->vmbus = from->vmbus->version;
	to->heartbeat = service(&from->heartbeat.ic);
	to->shutdown = service(&from->shutdown.ic);
	to->timesync = service(&from->timesync.ic);
	to->kvp = service(&from->kvp.ic);
	to->beat = from->heartbeat.state;
	to->missed = from->heartbeat.missed;
	to->answered = from->shutdown.answered;
	to->status = from->shutdown.status;
	to->items = from->kvp.known.count;
	to->times = from->timesync.sent;
}

static int integration(struct vm *vm, uint32_t argument,
	union control_any *answer)
{
	const struct integration *from;

	(void)argument;
	pthread_mutex_lock(&vm->lock);
	from = machine_integration(vm->machine);
	if (from)
		describe(from, &answer->integration);
	pthread_mutex_unlock(&vm->lock);
	return from ? 0 : -EOPNOTSUPP;
}

static int ask(struct vm *vm, enum shutdown_kind kind)
{
	struct integration *with;
	int error = -EOPNOTSUPP;

	pthread_mutex_lock(&vm->lock);
	with = machine_integration(vm->machine);
	if (with)
		error = ic_shutdown_ask(&with->shutdown, kind);
	pthread_mutex_unlock(&vm->lock);
	return error;
}

static int do_shutdown(struct vm *vm, uint32_t argument,
	union control_any *answer)
{
	(void)argument, (void)answer;
	return ask(vm, SHUTDOWN_OFF);
}

static int restart(struct vm *vm, uint32_t argument, union control_any *answer)
{
	(void)argument, (void)answer;
	return ask(vm, SHUTDOWN_RESTART);
}

static int item(struct vm *vm, uint32_t argument, union control_any *answer)
{
	const struct integration *from;
	const struct kvp_item *found = NULL;

	pthread_mutex_lock(&vm->lock);
	from = machine_integration(vm->machine);
	if (from && argument < from->kvp.known.count)
		found = &from->kvp.known.items[argument];
	if (found) {
		strcpy(answer->item.key, found->key);
		strcpy(answer->item.value, found->value);
	}
	pthread_mutex_unlock(&vm->lock);
	return found ? 0 : -ENOENT;
}

static bool is_storage(uint32_t type)
{
	return type >= CONTROL_STORAGE && type <= CONTROL_STORAGE_RESUME;
}

static bool is_network(uint32_t type)
{
	return type >= CONTROL_NETWORK && type <= CONTROL_NETWORK_CABLE;
}

static ssize_t request_size(uint32_t type)
{
	if (is_storage(type))
		return sizeof(struct control_storage_request);
	switch (type) {
	case CONTROL_KEYS: return sizeof(struct control_keys_request);
	case CONTROL_POINTER: return sizeof(struct control_pointer_request);
	default:
		return is_network(type) ?
			sizeof(struct control_network_request) :
			sizeof(struct control_request);
	}
}

static_assert(sizeof(((struct control_item *)0)->key) >=
	sizeof(((struct kvp_item *)0)->key) &&
	sizeof(((struct control_item *)0)->value) >=
	sizeof(((struct kvp_item *)0)->value), "an item fits");

static const struct command commands[CONTROL_TYPES] = {
	[CONTROL_STATUS] = { nothing },
	[CONTROL_PAUSE] = { do_pause },
	[CONTROL_RESUME] = { resume },
	[CONTROL_RESET] = { do_reset },
	[CONTROL_POWER_BUTTON] = { press_power },
	[CONTROL_STOP] = { stop },
	[CONTROL_INTEGRATION] = { integration,
		sizeof(struct control_integration) },
	[CONTROL_SHUTDOWN] = { do_shutdown },
	[CONTROL_RESTART] = { restart },
	[CONTROL_KVP] = { item, sizeof(struct control_item), true },
};

static int obey_small(struct vm *vm, const struct control_request *request,
	union control_any *answer, size_t *size)
{
	const struct command *command = &commands[request->type];

	if (request->argument && !command->takes_argument)
		return -EPROTO;
	if (command->size)
		*size = command->size;
	return command->act(vm, request->argument, answer);
}

/* Who has the drive that a request's argument names, and as which LUN. */
static struct storvsp *store_of(struct vm *vm, uint32_t argument,
	unsigned int *lun)
{
	struct ide *ide = machine_ide(vm->machine);

	*lun = argument;
	if (argument < CONTROL_IDE)
		return machine_storage(vm->machine);
	*lun = 0;
	if (!ide || argument - CONTROL_IDE >= IDE_PLACES)
		return NULL;
	return ide_place(ide, argument - CONTROL_IDE);
}

/* An image has one descriptor. */
static int obey_storage(struct vm *vm, struct received *received,
	union control_any *answer)
{
	int fd = received->count ? received->fds[0] : -1, error;
	unsigned int lun;
	struct storvsp *store = store_of(vm, received->request.argument, &lun);

	error = command_storage(store, lun, &received->storage, &fd,
		&answer->storage);
	if (received->count && fd < 0)
		received->fds[0] = received->fds[--received->count];
	return error;
}

static int obey_screenshot(struct vm *vm, uint32_t argument,
	union control_any *answer, size_t *size, int *fd)
{
	if (argument)
		return -EPROTO;
	*size = sizeof(answer->screenshot);
	return screenshotcommand(machine_screen(vm->machine), &vm->lock,
		&answer->screenshot, fd);
}

static int obey_screen(struct vm *vm, uint32_t argument,
	union control_any *answer, size_t *size, int *fd)
{
	if (argument)
		return -EPROTO;
	*size = sizeof(answer->screen);
	return screencommand(machine_screen(vm->machine), &vm->lock,
		&answer->screen, fd);
}

/* What belongs to a PC's screen, and to who sits before it. */
static bool is_console(uint32_t type)
{
	return type >= CONTROL_SCREENSHOT && type <= CONTROL_POINTER;
}

static int obey_console(struct vm *vm, const struct received *received,
	union control_any *answer, size_t *size, int *fd)
{
	uint32_t argument = received->request.argument;

	switch (received->request.type) {
	case CONTROL_SCREENSHOT:
		return obey_screenshot(vm, argument, answer, size, fd);
	case CONTROL_SCREEN:
		return obey_screen(vm, argument, answer, size, fd);
	case CONTROL_KEYS:
		return screencommand_keys(machine_input(vm->machine),
			&vm->lock, &received->keys);
	default:
		return screencommand_pointer(machine_input(vm->machine),
			&vm->lock, &received->pointer);
	}
}

/* The size of the reply in *size; *fd: what comes along with it. */
static int obey(struct vm *vm, struct received *received,
	union control_any *answer, size_t *size, int *fd)
{
	const struct control_request *request = &received->request;

	if (received->size != sizeof(*request) &&
	    received->size != sizeof(received->storage) &&
	    received->size != sizeof(received->network) &&
	    received->size != sizeof(received->keys))
		return -EMSGSIZE;
	if (request->magic != CONTROL_MAGIC ||
	    request->version != CONTROL_VERSION)
		return -EPROTO;
	if (request->type == 0 || request->type >= CONTROL_TYPES)
		return -EOPNOTSUPP;
	if (received->size != request_size(request->type))
		return -EMSGSIZE;
	if (is_storage(request->type)) {
		*size = sizeof(answer->storage);
		return obey_storage(vm, received, answer);
	}
	if (is_console(request->type))
		return obey_console(vm, received, answer, size, fd);
	if (!is_network(request->type))
		return obey_small(vm, request, answer, size);
	*size = sizeof(answer->network);
	if (request->type != CONTROL_NETWORK_ADD &&
	    request->argument - CONTROL_NETWORK_E1000 <
		machine_e1000_count(vm->machine))
		return netcommand_e1000(machine_e1000s(vm->machine) +
			request->argument - CONTROL_NETWORK_E1000,
			&received->network, &answer->network);
	return netcommand(machine_network(vm->machine), &received->network,
		received->fds, &received->count, &answer->network);
}

static bool is_critical(struct vm *vm)
{
	struct storvsp *storvsp = machine_storage(vm->machine);
	struct ide *ide = machine_ide(vm->machine);
	bool works = !storvsp || trouble_none(storvsp);
	unsigned int i;

	for (i = 0; ide && works && i < IDE_PLACES; i++)
		works = trouble_none(ide_place(ide, i));
	return !works;
}

static void begin_reply(
	struct vm *vm, struct control_reply *reply, uint32_t type, int error)
{
	*reply = (struct control_reply){
		.magic = CONTROL_MAGIC,
		.version = CONTROL_VERSION,
		.type = type,
		.error = error,
		.processors = vm->vp_count,
		.memory = vm->memory.ram.size,
	};
	pthread_mutex_lock(&vm->state_lock);
	reply->state = vm->state;
	pthread_mutex_unlock(&vm->state_lock);
	if (is_critical(vm))
		reply->state |= CONTROL_CRITICAL;
}

/* With a descriptor, if it is none of -1. */
static ssize_t send_answer(int socket, const void *bytes, size_t size, int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} part = { .header = {
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
		.cmsg_len = CMSG_LEN(sizeof(int)),
	} };
	struct iovec what = { (void *)bytes, size };
	struct msghdr message = { .msg_iov = &what, .msg_iovlen = 1 };

	if (fd >= 0) {
		memcpy(CMSG_DATA(&part.header), &fd, sizeof(fd));
		message.msg_control = part.bytes;
		message.msg_controllen = sizeof(part.bytes);
	}
	return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void answer(struct control *control, struct received *received)
{
	union control_any answer;
	size_t size = sizeof(answer.reply);
	int error, fd = -1;

	memset(&answer, 0, sizeof(answer));
	error = obey(control->vm, received, &answer, &size, &fd);
	begin_reply(control->vm, &answer.reply,
		error == -EMSGSIZE ? 0 : received->request.type, error);
	/* A client that does not read its replies loses them. */
	if (send_answer(control->client.fd, &answer, size, fd) < 0 &&
	    errno != EAGAIN)
		drop_client(control);
	if (fd >= 0)
		close(fd);
}

/* The first descriptors that come along; others nobody takes. */
static void take_descriptors(struct msghdr *message, struct received *received)
{
	struct cmsghdr *part;
	unsigned int count, i;
	int fd;

	for (part = CMSG_FIRSTHDR(message); part;
	     part = CMSG_NXTHDR(message, part)) {
		if (part->cmsg_level != SOL_SOCKET ||
		    part->cmsg_type != SCM_RIGHTS)
			continue;
		count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(fd);
		for (i = 0; i < count; i++) {
			memcpy(&fd, CMSG_DATA(part) + i * sizeof(fd),
				sizeof(fd));
			if (received->count < CONTROL_QUEUES)
				received->fds[received->count++] = fd;
			else
				close(fd);
		}
	}
}

static void client_ready(struct event *event, uint32_t events)
{
	struct control *control = event->context;
	struct received received = { .count = 0 };
	union {
		char bytes[CMSG_SPACE(CONTROL_QUEUES * sizeof(int))];
		struct cmsghdr aligned;
	} parts;
	struct iovec where = { &received.storage, sizeof(received.storage) };
	struct msghdr message = {
		.msg_iov = &where, .msg_iovlen = 1,
		.msg_control = parts.bytes,
		.msg_controllen = sizeof(parts.bytes),
	};

	(void)events;
	received.size = recvmsg(
		event->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (received.size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (received.size <= 0) {
		drop_client(control);
		return;
	}
	take_descriptors(&message, &received);
	if (message.msg_flags & MSG_TRUNC)
		received.size = 0;
	answer(control, &received);
	while (received.count)
		close(received.fds[--received.count]);
}

static int add_client(struct control *control, int fd)
{
	int error;

	control->client.fd = fd;
	error = events_watch(
		&control->vm->events, &control->client, EPOLLIN);
	if (error)
		control->client.fd = -1;
	return error;
}

/* The newest client is the one: it knows that the others are dead. */
static void listener_ready(struct event *event, uint32_t events)
{
	struct control *control = event->context;
	int fd = accept4(event->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return;
	drop_client(control);
	if (add_client(control, fd))
		close(fd);
}

int control_init(struct control *control, struct vm *vm, int fd)
{
	int listens = 0, type = 0;
	socklen_t size = sizeof(listens);

	control->vm = vm;
	control->listener = (struct event){
		.fd = -1, .ready = listener_ready, .context = control };
	control->client = (struct event){
		.fd = -1, .ready = client_ready, .context = control };
	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size))
		return -errno;
	if (type != SOCK_SEQPACKET)
		return -EPROTOTYPE;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC))
		return -errno;
	if (!listens)
		return add_client(control, fd);
	control->listener.fd = fd;
	return events_watch(&vm->events, &control->listener, EPOLLIN);
}

void control_exit(struct control *control)
{
	int fd = control->listener.fd;

	drop_client(control);
	events_forget(&control->vm->events, &control->listener);
	if (fd >= 0)
		close(fd);
}
