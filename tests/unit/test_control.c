/* The control socket and the command line, with a VM that only counts. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "control.h"
#include "display/screen.h"
#include "display/screenshotcommand.h"
#include "ide/ide.h"
#include "input/input.h"
#include "integration.h"
#include "machine.h"
#include "net/netcommand.h"
#include "net/netvsp.h"
#include "options.h"
#include "storage/command.h"
#include "storage/storvsp.h"
#include "vm.h"

static unsigned int paused, resumed, pressed, wanted;

void vm_pause(struct vm *vm)
{
	vm->state = VM_PAUSED;
	paused++;
}

void vm_resume(struct vm *vm)
{
	vm->state = VM_RUNNING;
	resumed++;
}

void vm_want(struct vm *vm, unsigned int want)
{
	(void)vm;
	wanted = want;
}

void machine_press_power(struct machine *machine)
{
	(void)machine;
	pressed++;
}

static struct integration services;
static bool has_services;
static int asked = -1;

struct integration *machine_integration(struct machine *machine)
{
	(void)machine;
	return has_services ? &services : NULL;
}

int ic_shutdown_ask(struct ic_shutdown *shutdown, enum shutdown_kind kind)
{
	CHECK(shutdown == &services.shutdown);
	asked = kind;
	return kind == SHUTDOWN_OFF ? 0 : -EBUSY;
}

static struct storvsp controller;
static struct ide ide;
static bool has_storage, has_ide, critical, ide_critical;
static struct storvsp *asked_store;
static unsigned int asked_lun;
static struct control_storage_request asked_storage;
static bool keeps_descriptor;
static int kept = -1;

static bool has_screen;
static struct screen console;

struct screen *machine_screen(struct machine *machine)
{
	(void)machine;
	return has_screen ? &console : NULL;
}

static struct input input;

struct input *machine_input(struct machine *machine)
{
	(void)machine;
	return has_screen ? &input : NULL;
}

int screenshotcommand(struct screen *screen, pthread_mutex_t *lock,
	struct control_screenshot *answer, int *fd)
{
	CHECK(lock);
	if (!screen)
		return -EOPNOTSUPP;
	*answer = (struct control_screenshot){ .width = 720, .height = 400,
		.size = 5 };
	*fd = memfd_create("screenshot", MFD_CLOEXEC);
	CHECK(write(*fd, "image", 5) == 5 && !lseek(*fd, 0, SEEK_SET));
	return 0;
}

struct storvsp *machine_storage(struct machine *machine)
{
	(void)machine;
	return has_storage ? &controller : NULL;
}

struct ide *machine_ide(struct machine *machine)
{
	(void)machine;
	return has_ide ? &ide : NULL;
}

struct storvsp *ide_place(struct ide *from, unsigned int place)
{
	CHECK(from == &ide && place < IDE_PLACES);
	return &ide.channels[place / 2].drives[place % 2].store;
}

bool trouble_none(struct storvsp *storvsp)
{
	if (storvsp == &controller)
		return !critical;
	return storvsp != ide_place(&ide, 2) || !ide_critical;
}

int command_storage(struct storvsp *storvsp, unsigned int lun,
	const struct control_storage_request *request, int *fd,
	struct control_storage *answer)
{
	asked_storage = *request;
	asked_store = storvsp;
	asked_lun = lun;
	if (!storvsp)
		return -EOPNOTSUPP;
	answer->size = 4711;
	kept = *fd;
	if (keeps_descriptor)
		*fd = -1;
	return request->size ? -ENOSPC : 0;
}

/* Only named by what opens images, which nobody does here. */
int image_open(struct image **image, const struct image_source *source,
	struct disk_error *error)
{
	(void)image, (void)source, (void)error;
	return -EIO;
}

void image_put(struct image *image)
{
	(void)image;
}

const struct disk_facts *disk_facts(const struct disk *disk)
{
	(void)disk;
	return NULL;
}

int lun_add(struct storvsp *storvsp, unsigned int lun, enum scsi_kind kind,
	struct image *image)
{
	(void)storvsp, (void)lun, (void)kind, (void)image;
	return -EIO;
}

static struct netvsp *adapters;
static struct control_network_request asked_network;
static unsigned int queues;

struct netvsp *machine_network(struct machine *machine)
{
	(void)machine;
	return adapters;
}

/* Takes what came along if there is a MTU. */
int netcommand(struct netvsp *netvsp,
	const struct control_network_request *request, const int *fds,
	unsigned int *count, struct control_network *answer)
{
	asked_network = *request;
	queues = *count;
	if (!netvsp)
		return -EOPNOTSUPP;
	for (; request->mtu && *count; --*count)
		CHECK(!close(fds[*count - 1]));
	answer->mtu = 4711;
	return 0;
}

struct e1000 *machine_e1000s(struct machine *machine)
{
	(void)machine;
	return NULL;
}

unsigned int machine_e1000_count(const struct machine *machine)
{
	(void)machine;
	return 0;
}

int netcommand_e1000(struct e1000 *nic,
	const struct control_network_request *request,
	struct control_network *answer)
{
	(void)nic, (void)request, (void)answer;
	return -EIO;
}

int e1000_connect(struct e1000 *nic, struct tap *tap, const uint8_t mac[6],
	uint32_t mtu, bool cable, bool thread)
{
	(void)nic, (void)tap, (void)mac, (void)mtu, (void)cable, (void)thread;
	return -EIO;
}

/* Only named by what opens taps, which nobody does here. */
int tap_open(struct tap *tap, const char *name, unsigned int count)
{
	(void)tap, (void)name, (void)count;
	return -EIO;
}

int tap_take(struct tap *tap, const int *fds, unsigned int count)
{
	(void)tap, (void)fds, (void)count;
	return -EIO;
}

void tap_find_mtu(struct tap *tap)
{
	(void)tap;
}

int netvsp_add(struct netvsp *netvsp, int place, struct netvsp_nic *nic)
{
	(void)netvsp, (void)place, (void)nic;
	return -EIO;
}

static struct vm vm;
static struct control control;
static int client;

/* What the loop would do for all that is there. */
static void turn(void)
{
	struct epoll_event what;
	struct event *event;

	while (epoll_wait(vm.events.fd, &what, 1, 0) == 1) {
		event = what.data.ptr;
		event->ready(event, what.events);
	}
}

static struct control_reply ask_bytes(const void *bytes, size_t size)
{
	struct control_reply reply = { 0 };
	static uint8_t large[8192];
	ssize_t got;

	CHECK(send(client, bytes, size, 0) == (ssize_t)size);
	turn();
	got = recv(client, large, sizeof(large), MSG_DONTWAIT);
	CHECK(got >= (ssize_t)sizeof(reply));
	memcpy(&reply, large, sizeof(reply));
	CHECK(reply.magic == CONTROL_MAGIC && reply.processors == 3);
	return reply;
}

static int ask(uint32_t type)
{
	struct control_request request = {
		CONTROL_MAGIC, CONTROL_VERSION, type, 0 };
	struct control_reply reply = ask_bytes(&request, sizeof(request));

	CHECK(reply.type == type || reply.error == -EMSGSIZE);
	CHECK(reply.state == ((uint32_t)vm.state |
		((has_storage && critical) || (has_ide && ide_critical) ?
		CONTROL_CRITICAL : 0)));
	return reply.error;
}

static void test_commands(void)
{
	CHECK(!ask(CONTROL_STATUS) && !paused && !resumed && !wanted);
	CHECK(!ask(CONTROL_PAUSE) && paused == 1);
	CHECK(!ask(CONTROL_RESUME) && resumed == 1);
	CHECK(!ask(CONTROL_POWER_BUTTON) && pressed == 1);
	CHECK(!ask(CONTROL_RESET) && wanted == VM_WANT_RESET);
	CHECK(!ask(CONTROL_STOP) && wanted == VM_WANT_OFF);
	wanted = 0;
	CHECK(ask(0) == -EOPNOTSUPP && ask(CONTROL_TYPES) == -EOPNOTSUPP);
	CHECK(ask(UINT32_MAX) == -EOPNOTSUPP);
	CHECK(paused == 1 && resumed == 1 && pressed == 1 && !wanted);
}

static void ask_large(uint32_t type, uint32_t argument, void *reply,
	size_t size)
{
	struct control_request request = {
		CONTROL_MAGIC, CONTROL_VERSION, type, argument };

	CHECK(send(client, &request, sizeof(request), 0) == sizeof(request));
	turn();
	CHECK(recv(client, reply, size, MSG_DONTWAIT) == (ssize_t)size);
}

static void test_services(void)
{
	static struct kvp_item items[2] = {
		{ "OSName", "Debian" }, { "Long", "" },
	};
	struct control_integration integration;
	static struct vmbus vmbus = { .version = VMBUS_VERSION_5_3 };
	static struct control_item item;

	ask_large(CONTROL_INTEGRATION, 0, &integration, sizeof(integration));
	CHECK(integration.reply.error == -EOPNOTSUPP && !integration.vmbus);
	CHECK(ask(CONTROL_SHUTDOWN) == -EOPNOTSUPP && asked == -1);
	has_services = true;
	services.vmbus = &vmbus;
	services.heartbeat.ic.state = IC_READY;
	services.heartbeat.ic.version = (struct ic_version){ 3, 0 };
	services.heartbeat.missed = 4;
	services.kvp.known.items = items;
	services.kvp.known.count = 2;
	memset(items[1].value, 'x', sizeof(items[1].value) - 1);
	ask_large(CONTROL_INTEGRATION, 0, &integration, sizeof(integration));
	CHECK(!integration.reply.error && integration.items == 2);
	CHECK(integration.reply.type == CONTROL_INTEGRATION);
	CHECK(integration.vmbus == VMBUS_VERSION_5_3);
	CHECK(integration.heartbeat.state == IC_READY);
	CHECK(integration.heartbeat.major == 3 && integration.missed == 4);
	CHECK(!ask(CONTROL_SHUTDOWN) && asked == SHUTDOWN_OFF);
	CHECK(ask(CONTROL_RESTART) == -EBUSY && asked == SHUTDOWN_RESTART);
	ask_large(CONTROL_KVP, 0, &item, sizeof(item));
	CHECK(!item.reply.error);
	CHECK_STRING("OSName", item.key);
	CHECK_STRING("Debian", item.value);
	ask_large(CONTROL_KVP, 1, &item, sizeof(item));
	CHECK(strlen(item.value) == sizeof(items[1].value) - 1);
	ask_large(CONTROL_KVP, 2, &item, sizeof(item));
	CHECK(item.reply.error == -ENOENT && !item.key[0]);
	ask_large(CONTROL_KVP, UINT32_MAX, &item, sizeof(item));
	CHECK(item.reply.error == -ENOENT);
	has_services = false;
}

/* With a descriptor, if it is none of -1. */
static struct control_storage ask_storage(
	const struct control_storage_request *request, int fd)
{
	char parts[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec where = { (void *)request, sizeof(*request) };
	struct msghdr message = { .msg_iov = &where, .msg_iovlen = 1,
		.msg_control = parts,
		.msg_controllen = fd < 0 ? 0 : sizeof(parts) };
	struct cmsghdr *part = CMSG_FIRSTHDR(&message);
	struct control_storage reply;

	if (part) {
		part->cmsg_level = SOL_SOCKET;
		part->cmsg_type = SCM_RIGHTS;
		part->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(part), &fd, sizeof(fd));
	}
	CHECK(sendmsg(client, &message, 0) == sizeof(*request));
	turn();
	CHECK(recv(client, &reply, sizeof(reply), MSG_DONTWAIT) ==
		sizeof(reply));
	return reply;
}

static unsigned int descriptors(void);

static void test_storage(void)
{
	struct control_storage_request request = {
		{ CONTROL_MAGIC, CONTROL_VERSION, CONTROL_STORAGE_ADD, 7 },
		.name = "disk" };
	struct control_storage reply = ask_storage(&request, -1);
	unsigned int before = descriptors();

	CHECK(reply.reply.error == -EOPNOTSUPP);
	has_storage = true;
	reply = ask_storage(&request, 0);
	CHECK(!reply.reply.error && reply.size == 4711 && kept > 2);
	CHECK(reply.reply.type == CONTROL_STORAGE_ADD);
	CHECK(!memcmp(&asked_storage, &request, sizeof(request)));
	CHECK(asked_store == &controller && asked_lun == 7);
	CHECK(descriptors() == before);
	keeps_descriptor = true;
	ask_storage(&request, 0);
	CHECK(descriptors() == before + 1 && !close(kept));
	ask_storage(&request, -1);
	CHECK(kept == -1);
	request.request.type = CONTROL_STORAGE_GROW;
	request.size = 1;
	CHECK(ask_storage(&request, -1).reply.error == -ENOSPC);
	/* Each has its own size. */
	CHECK(ask(CONTROL_STORAGE) == -EMSGSIZE);
	request.request.type = CONTROL_PAUSE;
	CHECK(ask_bytes(&request, sizeof(request)).error == -EMSGSIZE);
	CHECK(!ask(CONTROL_STATUS));
	critical = true;
	CHECK(!ask(CONTROL_STATUS));
	has_storage = critical = false;
}

static void test_screenshot(void)
{
	struct control_screenshot reply;
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} part;
	struct iovec where = { &reply, sizeof(reply) };
	struct msghdr message = { .msg_iov = &where, .msg_iovlen = 1,
		.msg_control = part.bytes,
		.msg_controllen = sizeof(part.bytes) };
	struct control_request request = {
		CONTROL_MAGIC, CONTROL_VERSION, CONTROL_SCREENSHOT, 0 };
	unsigned int before = descriptors();
	char image[8];
	int fd;

	CHECK(ask(CONTROL_SCREENSHOT) == -EOPNOTSUPP);
	request.argument = 1;
	CHECK(ask_bytes(&request, sizeof(request)).error == -EPROTO);
	request.argument = 0;
	has_screen = true;
	CHECK(send(client, &request, sizeof(request), 0) == sizeof(request));
	turn();
	CHECK(recvmsg(client, &message, MSG_DONTWAIT) == sizeof(reply));
	CHECK(!reply.reply.error && reply.reply.type == CONTROL_SCREENSHOT);
	CHECK(reply.width == 720 && reply.height == 400 && reply.size == 5);
	CHECK(part.header.cmsg_type == SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(&part.header), sizeof(fd));
	CHECK(read(fd, image, sizeof(image)) == 5);
	CHECK(!memcmp(image, "image", 5) && !close(fd));
	CHECK(descriptors() == before);
	has_screen = false;
}

static void test_ide(void)
{
	struct control_storage_request request = {
		{ CONTROL_MAGIC, CONTROL_VERSION, CONTROL_STORAGE,
			CONTROL_IDE + 3 }, .name = "disk" };

	CHECK(ask_storage(&request, -1).reply.error == -EOPNOTSUPP);
	has_ide = true;
	CHECK(!ask_storage(&request, -1).reply.error);
	CHECK(asked_store == ide_place(&ide, 3) && !asked_lun);
	request.request.argument++;
	CHECK(ask_storage(&request, -1).reply.error == -EOPNOTSUPP);
	ide_critical = true;
	CHECK(!ask(CONTROL_STATUS));
	has_ide = ide_critical = false;
}

/* A reply, and the descriptor that came along; -1: none. */
static int receive_with(void *reply, size_t size)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} part;
	struct iovec where = { reply, size };
	struct msghdr message = { .msg_iov = &where, .msg_iovlen = 1,
		.msg_control = part.bytes,
		.msg_controllen = sizeof(part.bytes) };
	int fd;

	CHECK(recvmsg(client, &message, MSG_DONTWAIT) == (ssize_t)size);
	if (!message.msg_controllen)
		return -1;
	CHECK(part.header.cmsg_type == SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(&part.header), sizeof(fd));
	return fd;
}

static bool is_text;

static bool give_text(void *context, struct screen_text *text)
{
	unsigned int i;

	(void)context;
	text->columns = 4;
	text->rows = 2;
	text->cursor = true;
	text->cursor_column = 3;
	for (i = 0; i < 8; i++)
		text->character[i] = ' ';
	text->character[0] = 'A';
	text->character[2] = 0xe9;
	text->character[4] = 0x2554;
	return is_text;
}

static void draw(void *context, struct picture *picture, bool whole)
{
	(void)context, (void)whole;
	picture_resize(picture, 640, 480);
}

static void test_screen(void)
{
	const struct screen_source source = { draw, give_text, NULL };
	struct control_request request = {
		CONTROL_MAGIC, CONTROL_VERSION, CONTROL_SCREEN, 0 };
	struct control_screen reply;
	unsigned int before = descriptors();
	char text[16] = "";
	int fd;

	CHECK(ask(CONTROL_SCREEN) == -EOPNOTSUPP);
	has_screen = is_text = true;
	screen_source(&console, SCREEN_VGA, &source);
	screen_use(&console, SCREEN_VGA, true);
	CHECK(send(client, &request, sizeof(request), 0) == sizeof(request));
	turn();
	fd = receive_with(&reply, sizeof(reply));
	CHECK(!reply.reply.error && reply.text && reply.width == 4);
	CHECK(reply.height == 2 && reply.cursor && reply.cursor_column == 3);
	CHECK(fd >= 0 && read(fd, text, sizeof(text)) == (ssize_t)reply.size);
	CHECK_STRING("A \xc3\xa9\n\xe2\x95\x94\n", text);
	CHECK(write(fd, "x", 1) < 0 && !close(fd));
	is_text = false;
	CHECK(send(client, &request, sizeof(request), 0) == sizeof(request));
	turn();
	CHECK(receive_with(&reply, sizeof(reply)) == -1);
	CHECK(!reply.reply.error && !reply.text && reply.width == 640);
	CHECK(descriptors() == before);
	screen_exit(&console);
	has_screen = false;
}

static unsigned int pressed_keys, released_keys, room = 4, last_x;
static int last_wheel;

static void take_key(void *context, unsigned int key, bool down)
{
	(void)context;
	CHECK(key == 0x1e);
	if (down)
		pressed_keys++;
	else
		released_keys++;
}

static unsigned int give_room(void *context)
{
	(void)context;
	return room;
}

static void take_pointer(void *context, unsigned int x, unsigned int y,
	unsigned int buttons, int wheel)
{
	(void)context;
	CHECK(y == 2 && buttons == INPUT_LEFT);
	last_x = x;
	last_wheel = wheel;
}

static int ask_keys(unsigned int count, unsigned int argument)
{
	struct control_keys_request request = {
		{ CONTROL_MAGIC, CONTROL_VERSION, CONTROL_KEYS, argument },
		count, 0, { 0x1e, 0x1e | CONTROL_KEY_UP, 0xfff, 0 } };

	return ask_bytes(&request, sizeof(request)).error;
}

static void test_input(void)
{
	const struct input_sink sink = {
		take_key, give_room, take_pointer, NULL };
	struct control_pointer_request move = {
		{ CONTROL_MAGIC, CONTROL_VERSION, CONTROL_POINTER, 0 },
		32767, 2, INPUT_LEFT, -1000 };

	CHECK(ask_keys(2, 0) == -EOPNOTSUPP);
	CHECK(ask(CONTROL_KEYS) == -EMSGSIZE);
	has_screen = true;
	CHECK(!ask_keys(2, 0) && !pressed_keys);
	input_keyboard(&input, INPUT_PS2, &sink);
	input_pointer(&input, INPUT_PS2, &sink);
	input_use_keyboard(&input, INPUT_PS2, true);
	input_use_pointer(&input, INPUT_PS2, true);
	CHECK(!ask_keys(4, 0) && pressed_keys == 1 && released_keys == 1);
	CHECK(ask_keys(5, 0) == -EAGAIN && pressed_keys == 1);
	CHECK(ask_keys(65, 0) == -EPROTO && ask_keys(1, 1) == -EPROTO);
	CHECK(ask_keys(UINT32_MAX, 0) == -EPROTO && pressed_keys == 1);
	CHECK(!ask_bytes(&move, sizeof(move)).error && last_x == 32767);
	CHECK(last_wheel == -127);
	move.x = 32768;
	CHECK(ask_bytes(&move, sizeof(move)).error == -EPROTO);
	has_screen = false;
}

static struct control_network ask_network(
	const struct control_network_request *request, unsigned int count)
{
	char parts[CMSG_SPACE(CONTROL_QUEUES * sizeof(int))] = { 0 };
	struct iovec where = { (void *)request, sizeof(*request) };
	struct msghdr message = { .msg_iov = &where, .msg_iovlen = 1,
		.msg_control = parts,
		.msg_controllen = count ? CMSG_SPACE(count * sizeof(int)) : 0 };
	struct cmsghdr *part = CMSG_FIRSTHDR(&message);
	struct control_network reply;

	/* All are descriptor 0. */
	if (part) {
		part->cmsg_level = SOL_SOCKET;
		part->cmsg_type = SCM_RIGHTS;
		part->cmsg_len = CMSG_LEN(count * sizeof(int));
	}
	CHECK(sendmsg(client, &message, 0) == sizeof(*request));
	turn();
	CHECK(recv(client, &reply, sizeof(reply), MSG_DONTWAIT) ==
		sizeof(reply));
	return reply;
}

static void test_network(void)
{
	struct control_network_request request = {
		{ CONTROL_MAGIC, CONTROL_VERSION, CONTROL_NETWORK_ADD,
			CONTROL_NETWORK_ANY },
		.mac = { 2, 0, 0, 0, 0, 1 } };
	struct control_network reply = ask_network(&request, 1);
	unsigned int before = descriptors();
	static char netvsp;

	CHECK(reply.reply.error == -EOPNOTSUPP);
	adapters = (void *)&netvsp;
	reply = ask_network(&request, CONTROL_QUEUES);
	CHECK(!reply.reply.error && reply.mtu == 4711 &&
		queues == CONTROL_QUEUES && descriptors() == before);
	CHECK(!memcmp(&asked_network, &request, sizeof(request)));
	request.mtu = 1500;
	ask_network(&request, 3);
	CHECK(queues == 3 && descriptors() == before);
	ask_network(&request, 0);
	CHECK(!queues);
	/* Each has its own size. */
	CHECK(ask(CONTROL_NETWORK) == -EMSGSIZE);
	request.request.type = CONTROL_STORAGE;
	CHECK(ask_bytes(&request, sizeof(request)).error == -EMSGSIZE);
	adapters = NULL;
}

static void test_wrong_messages(void)
{
	struct control_request good = {
		CONTROL_MAGIC, CONTROL_VERSION, CONTROL_PAUSE, 0 }, wrong;
	uint8_t bytes[320] = { 0 };
	unsigned int i;

	memcpy(bytes, &good, sizeof(good));
	for (i = 1; i < sizeof(bytes); i++)
		if (i != sizeof(good) &&
		    i != sizeof(struct control_storage_request) &&
		    i != sizeof(struct control_network_request))
			CHECK(ask_bytes(bytes, i).error == -EMSGSIZE);
	for (i = 0; i < 4; i++) {
		if (i == 2)
			continue;
		wrong = good;
		((uint32_t *)&wrong)[i] ^= 0x100;
		CHECK(ask_bytes(&wrong, sizeof(wrong)).error == -EPROTO);
	}
	for (i = 0; i < 20000; i++) {
		((uint8_t *)&wrong)[random() % sizeof(wrong)] = random();
		ask_bytes(&wrong, sizeof(wrong));
	}
	CHECK(paused == 1);
}

static unsigned int descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned int count = 0;

	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

/* Descriptors that nobody asked for are closed, also more than there is
 * room for. */
static void test_descriptors(void)
{
	struct control_request request = {
		CONTROL_MAGIC, CONTROL_VERSION, CONTROL_STATUS, 0 };
	struct control_reply reply;
	char parts[CMSG_SPACE(40 * sizeof(int))] = { 0 };
	struct iovec where = { &request, sizeof(request) };
	struct msghdr message = { .msg_iov = &where, .msg_iovlen = 1,
		.msg_control = parts, .msg_controllen = sizeof(parts) };
	struct cmsghdr *part = CMSG_FIRSTHDR(&message);
	unsigned int before = descriptors(), i;
	int zero = 0;

	part->cmsg_level = SOL_SOCKET;
	part->cmsg_type = SCM_RIGHTS;
	part->cmsg_len = CMSG_LEN(40 * sizeof(int));
	for (i = 0; i < 40; i++)
		memcpy(CMSG_DATA(part) + i * sizeof(int), &zero, sizeof(int));
	CHECK(sendmsg(client, &message, 0) == sizeof(request));
	turn();
	CHECK(recv(client, &reply, sizeof(reply), MSG_DONTWAIT) ==
		sizeof(reply));
	CHECK(descriptors() == before);
}

static void test_leaving(void)
{
	close(client);
	turn();
	CHECK(control.client.fd == -1);
	control_exit(&control);
}

static enum options_result read_line(struct options *options,
	const char *a, const char *b, const char *c, const char *d)
{
	char *argv[] = { (char *)"vmwp", (char *)a, (char *)b, (char *)c,
		(char *)d, NULL };
	int argc = 1;

	while (argc < 5 && argv[argc])
		argc++;
	return options_read(options, argc, argv);
}

static void test_options(void)
{
	static const char *const wrong[][2] = {
		{ "--memory", "0" }, { "--memory", "1M" },
		{ "--memory", "-1" }, { "--memory", " 64M" },
		{ "--memory", "64K" }, { "--memory", "64MM" },
		{ "--memory", "" }, { "--memory", "3M" },
		{ "--memory", "4097G" }, { "--memory", "17592186044416M" },
		{ "--memory", "99999999999999999999" },
		{ "--processors", "0" }, { "--processors", "256" },
		{ "--processors", "2x" }, { "--name", "" },
		{ "--name", "a\nb" }, { "--other", "1" },
	};
	struct options options;
	unsigned int i;

	CHECK(read_line(&options, "--kernel", "k", NULL, NULL) == OPTIONS_GO);
	CHECK(options.memory == 256ull << 20 && options.processors == 1);
	CHECK_STRING("", options.command_line);
	CHECK(read_line(&options, "--kernel", "k", "--memory", "4096G") ==
		OPTIONS_GO && options.memory == 4096ull << 30);
	CHECK(read_line(&options, NULL, NULL, NULL, NULL) == OPTIONS_GO);
	CHECK(read_line(&options, "--initrd", "i", NULL, NULL) ==
		OPTIONS_WRONG);
	CHECK(read_line(&options, "--kernel", NULL, NULL, NULL) ==
		OPTIONS_WRONG);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(read_line(&options, "--kernel", "k", wrong[i][0],
			wrong[i][1]) == OPTIONS_WRONG);
}

static bool drive(struct drive_option *option, const char *name,
	const char *value)
{
	struct options options;
	bool good = read_line(&options, "--kernel", "k", name, value) ==
		OPTIONS_GO;

	*option = options.drives.list[0];
	CHECK(!good || (options.drives.count == 1 && options.scsi));
	return good;
}

static void test_drives(void)
{
	static const char *const wrong[] = { "", "x", "raw", "raw:", "qcow2:x",
		"64:raw:x", "100000:raw:x", ":raw:x", "1:", "1:2:raw:x",
		"vhdx", "VHDX:x" };
	struct drive_option option;
	struct options options;
	unsigned int i;

	CHECK(drive(&option, "--scsi-disk", "raw:/a/b"));
	CHECK(!option.lun && option.kind == SCSI_DISK &&
		option.format == DISK_RAW && !option.read_only);
	CHECK_STRING("/a/b", option.file);
	CHECK(drive(&option, "--scsi-disk", "63:vhdx:a:b,read-only"));
	CHECK(option.lun == 63 && option.format == DISK_VHDX &&
		option.read_only);
	CHECK_STRING("a:b", option.file);
	CHECK(drive(&option, "--scsi-disk", "0:vhd:7"));
	CHECK(option.format == DISK_VHD && option.read_only);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(!drive(&option, "--scsi-disk", wrong[i]));
	CHECK(drive(&option, "--dvd", "") && !option.file[0] && !option.lun);
	CHECK(drive(&option, "--dvd", "5:") && !option.file[0] &&
		option.lun == 5 && option.kind == SCSI_DVD);
	CHECK(drive(&option, "--dvd", "x.iso") && option.read_only);
	CHECK_STRING("x.iso", option.file);
	CHECK(!drive(&option, "--dvd", "64:"));
	/* Several; the lowest that is free. */
	{
		char *argv[] = { (char *)"vmwp", (char *)"--kernel",
			(char *)"k", (char *)"--dvd", (char *)"1:",
			(char *)"--scsi-disk", (char *)"raw:x",
			(char *)"--scsi-disk", (char *)"raw:y",
			(char *)"--scsi-disk", (char *)"2:raw:z", NULL };

		CHECK(options_read(&options, 9, argv) == OPTIONS_GO);
		CHECK(options.drives.count == 3 &&
			options.drives.list[0].lun == 1 &&
			options.drives.list[1].lun == 0 &&
			options.drives.list[2].lun == 2);
		CHECK(options_read(&options, 11, argv) == OPTIONS_WRONG);
	}
	CHECK(read_line(&options, "--kernel", "k", "--scsi", NULL) ==
		OPTIONS_GO && options.scsi && !options.drives.count);
}

static bool ide_drive_option(struct drive_option *option, const char *name,
	const char *value)
{
	struct options options;
	bool good = read_line(&options, name, value, NULL, NULL) == OPTIONS_GO;

	*option = options.ide.list[0];
	CHECK(!good || (options.ide.count == 1 && !options.scsi));
	return good;
}

static void test_ide_drives(void)
{
	static const char *const wrong[] = { "", "raw:", "2:0:raw:x",
		"0:2:raw:x", "1:raw:x", "00:0:raw:x", "0:10000000000:raw:x",
		"0:0:", ":0:raw:x" };
	char *argv[] = { (char *)"vmwp", (char *)"--ide-dvd", (char *)"0:1:",
		(char *)"--ide-disk", (char *)"raw:a",
		(char *)"--ide-disk", (char *)"raw:b",
		(char *)"--ide-disk", (char *)"raw:c",
		(char *)"--ide-disk", (char *)"raw:d", NULL };
	struct drive_option option;
	struct options options;
	unsigned int i;

	CHECK(ide_drive_option(&option, "--ide-disk", "1:0:raw:/a,read-only"));
	CHECK(option.lun == 2 && option.read_only);
	CHECK_STRING("/a", option.file);
	CHECK(ide_drive_option(&option, "--ide-dvd", "1:1:") &&
		option.lun == 3 && !option.file[0]);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(!ide_drive_option(&option, "--ide-disk", wrong[i]));
	CHECK(options_read(&options, 9, argv) == OPTIONS_GO);
	CHECK(options.ide.count == 4 && options.ide.list[1].lun == 0 &&
		options.ide.list[2].lun == 2 && options.ide.list[3].lun == 3);
	CHECK(options_read(&options, 11, argv) == OPTIONS_WRONG);
	CHECK(read_line(&options, "--kernel", "k", "--ide-dvd", "") ==
		OPTIONS_WRONG);
}

static void test_nics(void)
{
	static const char *const wrong[] = { "", "tap=", "mac=",
		"tap=a,mac=02:00:00:00:00", "tap=a,mac=02:00:00:00:00:0g",
		"tap=a,mac=01:00:00:00:00:00", "tap=a,mac=02-00:00:00:00:00",
		"tap=a,mac=02:00:00:00:00:00,", "tap=0123456789abcdef",
		"tap=a,mac=02:00:00:00:00:00,mtu=67",
		"tap=a,mac=02:00:00:00:00:00,mtu=9001",
		"tap=a,mac=02:00:00:00:00:00,mtu=",
		"tap=a,mac=02:00:00:00:00:00,cable=maybe",
		"tap=a,mac=02:00:00:00:00:00,model=ne2000",
		"tap=a,mac=02:00:00:00:00:00,model=e1000",
		"tap=a,mac=02:00:00:00:00:00,x=1",
		"tap=a+b+c+d+e+f+g+hi,mac=02:00:00:00:00:00" };
	static const uint8_t mac[6] = { 2, 0xab, 0xcd, 0, 0, 0x1f };
	struct options options;
	const struct nic_option *nic = &options.nics.list[0];
	unsigned int i;

	CHECK(read_line(&options, "--kernel", "k", "--nic",
		"tap=port1,mac=02:ab:CD:00:00:1f,mtu=9000,cable=out") ==
		OPTIONS_GO);
	CHECK(options.network && options.nics.count == 1 &&
		!memcmp(nic->mac, mac, 6) && nic->mtu == 9000 &&
		nic->unplugged);
	CHECK_STRING("port1", nic->tap);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(read_line(&options, "--kernel", "k", "--nic",
			wrong[i]) == OPTIONS_WRONG);
	memset(&options.nics, 0, sizeof(options.nics));
	for (i = 0; i < NICOPTION_NICS; i++)
		CHECK(nicoption_read(&options.nics,
			"tap=3,mac=02:00:00:00:00:00"));
	CHECK(!nicoption_read(&options.nics, "tap=3,mac=02:00:00:00:00:00"));
	options.nics.count = 0;
	CHECK(nicoption_read(&options.nics, "tap=243+244+245+246+247+248+249+"
		"250+251+252+253+254+255+256+257+258,"
		"mac=02:00:00:00:00:00"));
	CHECK(read_line(&options, "--kernel", "k", "--network", NULL) ==
		OPTIONS_GO && options.network && !options.nics.count);
	/* That kind has no place on VMBus, and is a PC's. */
	CHECK(read_line(&options, "--memory", "64M", "--nic",
		"tap=a,mac=02:00:00:00:00:00,model=e1000") == OPTIONS_GO);
	CHECK(!options.network && nic->e1000 &&
		nicoption_count(&options.nics, true) == 1 &&
		!nicoption_count(&options.nics, false));
}

/* A VM with disks at 0:1 and 1:0 and a DVD drive at 0:0, given in another order. */
static enum options_result read_boot(struct options *options,
	const char *order)
{
	char *argv[] = { (char *)"vmwp", (char *)"--ide-disk",
		(char *)"1:0:raw:a", (char *)"--ide-dvd", (char *)"0:0:b",
		(char *)"--ide-disk", (char *)"0:1:raw:c", (char *)"--boot",
		(char *)order, NULL };

	return options_read(options, 9, argv);
}

static void test_boot_order(void)
{
	static const char *const wrong[] = { "", ",", "disk,", "disk,disk",
		"dis", "disks", "network", "dvd,disk,dvd" };
	struct options options;
	char text[BOOTORDER_TEXT];
	unsigned int i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(read_boot(&options, wrong[i]) == OPTIONS_WRONG);
	CHECK(read_boot(&options, "dvd,disk") == OPTIONS_GO);
	bootorder_write(&options.boot, &options.ide, text);
	CHECK_STRING("/pci@i0cf8/ide@1,1/drive@0/disk@0\n"
		"/pci@i0cf8/ide@1,1/drive@0/disk@1\n"
		"/pci@i0cf8/ide@1,1/drive@1/disk@0\n", text);
	CHECK(read_boot(&options, "disk") == OPTIONS_GO);
	bootorder_write(&options.boot, &options.ide, text);
	CHECK_STRING("/pci@i0cf8/ide@1,1/drive@0/disk@1\n"
		"/pci@i0cf8/ide@1,1/drive@1/disk@0\n", text);
	CHECK(read_line(&options, "--memory", "64M", NULL, NULL) ==
		OPTIONS_GO);
	bootorder_write(&options.boot, &options.ide, text);
	CHECK_STRING("", text);
	CHECK(read_line(&options, "--kernel", "k", "--boot", "disk") ==
		OPTIONS_WRONG);
}

int main(int argc, char **argv)
{
	int pair[2];

	srandom(argc > 2 ? atoi(argv[2]) : 1);
	/* The sentences themselves are not what is tested. */
	CHECK(freopen("/dev/null", "w", stderr));
	test_options();
	test_drives();
	test_ide_drives();
	test_nics();
	test_boot_order();
	CHECK(freopen("/dev/stdout", "w", stderr));
	vm.vp_count = 3;
	pthread_mutex_init(&vm.lock, NULL);
	pthread_mutex_init(&vm.state_lock, NULL);
	CHECK(!events_init(&vm.events));
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(control_init(&control, &vm, pair[0]) == -EPROTOTYPE);
	close(pair[0]);
	close(pair[1]);
	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	CHECK(!control_init(&control, &vm, pair[0]));
	client = pair[1];
	test_commands();
	test_services();
	test_storage();
	test_screenshot();
	test_ide();
	test_screen();
	test_input();
	test_network();
	test_wrong_messages();
	test_descriptors();
	test_leaving();
	events_exit(&vm.events);
	printf("control: good\n");
	return 0;
}
