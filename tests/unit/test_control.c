/* The control socket and the command line, with a VM that only counts. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "control.h"
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
static bool has_storage, critical;
static struct control_storage_request asked_storage;
static bool keeps_descriptor;
static int kept = -1;

struct storvsp *machine_storage(struct machine *machine)
{
	(void)machine;
	return has_storage ? &controller : NULL;
}

bool trouble_none(struct storvsp *storvsp)
{
	CHECK(storvsp == &controller);
	return !critical;
}

int command_storage(struct storvsp *storvsp,
	const struct control_storage_request *request, int *fd,
	struct control_storage *answer)
{
	asked_storage = *request;
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
		(has_storage && critical ? CONTROL_CRITICAL : 0)));
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
	CHECK(read_line(&options, NULL, NULL, NULL, NULL) == OPTIONS_WRONG);
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
		"tap=a,mac=02:00:00:00:00:00,x=1" };
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
	CHECK(read_line(&options, "--kernel", "k", "--network", NULL) ==
		OPTIONS_GO && options.network && !options.nics.count);
}

int main(int argc, char **argv)
{
	int pair[2];

	srandom(argc > 2 ? atoi(argv[2]) : 1);
	/* The sentences themselves are not what is tested. */
	CHECK(freopen("/dev/null", "w", stderr));
	test_options();
	test_drives();
	test_nics();
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
	test_network();
	test_wrong_messages();
	test_descriptors();
	test_leaving();
	events_exit(&vm.events);
	printf("control: good\n");
	return 0;
}
