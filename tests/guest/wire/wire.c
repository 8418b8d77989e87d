/* Traffic of a guest's NIC, counted in instructions of the host, for
 * tests/lib/bench_network.py. Beside QEMU with -icount, whose TSC counts them. */
/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define KVM	"/sys/kernel/debug/kvm/"
#define NET	"/sys/class/net/"

/* What a guest of this host has said. */
static void show_guest(void)
{
	char bytes[4096];
	int file = open("/guest.log", O_RDONLY);
	ssize_t size;

	while (file >= 0 && (size = read(file, bytes, sizeof(bytes))) > 0)
		if (write(1, bytes, size) < 0)
			break;
}

void wire_fail(const char *what)
{
	printf("wire: %s: %s\n", what, strerror(errno));
	fflush(stdout);
	show_guest();
	if (getpid() == 1)
		reboot(RB_POWER_OFF);
	exit(1);
}

static struct sockaddr_in place(const char *address)
{
	struct sockaddr_in place = { .sin_family = AF_INET,
		.sin_port = htons(WIRE_PORT) };

	inet_aton(address, &place.sin_addr);
	return place;
}

static void at_once(int fd)
{
	int yes = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

static void serve_one(int control)
{
	const struct wire_phase *phase;
	uint32_t count;
	char kind;

	at_once(control);
	if (recv(control, &kind, 1, MSG_WAITALL) != 1 ||
	    recv(control, &count, 4, MSG_WAITALL) != 4)
		return;
	for (phase = wire_phases; phase->name; phase++)
		if (phase->kind == kind)
			phase->near(control, count);
}

/* The guest's init. */
static void guest(void)
{
	struct sockaddr_in any = place("0.0.0.0");
	int fd, control, yes = 1;

	setup_system();
	setup_nic("eth0", WIRE_GUEST);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (void *)&any, sizeof(any)) || listen(fd, 4))
		wire_fail("listen");
	printf("wire: ready\n");
	fflush(stdout);
	while ((control = accept(fd, NULL, NULL)) >= 0) {
		serve_one(control);
		close(control);
	}
	wire_fail("accept");
}

static uint64_t number_of(const char *folder, const char *name)
{
	unsigned long long number = 0;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu", &number) != 1)
		number = 0;
	if (file)
		fclose(file);
	return number;
}

/* Hundredths of seconds that the processors have waited. */
static uint64_t waited(void)
{
	unsigned long long idle = 0, other = 0;
	FILE *file = fopen("/proc/stat", "r");

	if (!file || fscanf(file, "cpu %*u %*u %*u %llu %llu", &idle,
	    &other) != 2)
		wire_fail("/proc/stat");
	fclose(file);
	return idle + other;
}

static const char *const exits[] = { "exits", "io_exits", "mmio_exits",
	"halt_exits", "irq_exits", "irq_window_exits", "signal_exits",
	"host_state_reload" };
#define KINDS (sizeof(exits) / sizeof(exits[0]))

struct counted {
	uint64_t instructions, idle, in, out, exits[KINDS];
};

static void count(struct counted *counted, const char *tap)
{
	char folder[64];
	unsigned int i;

	snprintf(folder, sizeof(folder), NET "%s/statistics/", tap);
	for (i = 0; i < KINDS; i++)
		counted->exits[i] = number_of(KVM, exits[i]);
	counted->in = number_of(folder, "tx_packets");
	counted->out = number_of(folder, "rx_packets");
	counted->idle = waited();
	counted->instructions = __builtin_ia32_rdtsc();
}

static void tell(const struct wire_phase *phase, const struct counted *from,
	const struct counted *to)
{
	unsigned int i;

	printf("figure: %s: %u of %llu, idle %llu, in %llu, out %llu",
		phase->name, phase->count,
		(unsigned long long)(to->instructions - from->instructions),
		(unsigned long long)(to->idle - from->idle),
		(unsigned long long)(to->in - from->in),
		(unsigned long long)(to->out - from->out));
	for (i = 0; i < KINDS; i++)
		printf(", %s %llu", exits[i],
			(unsigned long long)(to->exits[i] - from->exits[i]));
	printf("\n");
	fflush(stdout);
}

/* The guest's end, once it is there. */
static int reach(void)
{
	const struct timeval patience = { .tv_sec = 3 };
	struct sockaddr_in to = place(WIRE_GUEST);
	unsigned int i;
	int fd;

	for (i = 0; i < 60; i++) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
			sizeof(patience));
		if (!connect(fd, (void *)&to, sizeof(to))) {
			at_once(fd);
			return fd;
		}
		close(fd);
		sleep(1);
	}
	wire_fail("the guest");
}

/* What the guest is told with the kind, so that it does as much. */
static void far(const struct wire_phase *phase, const char *tap)
{
	struct counted from, to;
	int control = reach();

	if (write(control, &phase->kind, 1) != 1 ||
	    write(control, &phase->count, 4) != 4)
		wire_fail(phase->name);
	count(&from, tap);
	phase->far(control, phase->count);
	count(&to, tap);
	close(control);
	tell(phase, &from, &to);
}

/* Waiting that is spent in a loop would be instructions too. */
static void do_not_poll(void)
{
	FILE *file = fopen("/sys/module/kvm/parameters/halt_poll_ns", "w");

	if (!file || fprintf(file, "0") != 1 || fclose(file))
		wire_fail("halt_poll_ns");
}

/* The init of a host with KVM: its guest is QEMU's, with vhost-net. */
static void host(void)
{
	const struct wire_phase *phase;

	setup_system();
	do_not_poll();
	setup_bridge("br0", "t0");
	if (!fork()) {
		execl("/qemu", "qemu", "-accel", "kvm", "-cpu", "host", "-M",
			"q35", "-m", "256", "-nodefaults", "-no-user-config",
			"-display", "none", "-serial", "file:/guest.log",
			"-L", "/bios", "-kernel", "/debian", "-initrd",
			"/guest.cpio", "-append",
			"console=ttyS0 quiet nokaslr no_timer_check panic=-1 "
			"-- guest", "-no-reboot", "-netdev",
			"tap,id=n,ifname=t0,script=no,downscript=no,vhost=on",
			"-device", "virtio-net-pci,netdev=n,romfile=",
			(char *)NULL);
		wire_fail("qemu");
	}
	for (phase = wire_phases; phase->name; phase++)
		far(phase, "t0");
	printf("wire: done\n");
	fflush(stdout);
	reboot(RB_POWER_OFF);
}

int main(int words, char **word)
{
	const struct wire_phase *phase;

	signal(SIGPIPE, SIG_IGN);
	if (words > 1 && !strcmp(word[words - 1], "guest"))
		guest();
	if (words > 1 && !strcmp(word[words - 1], "host"))
		host();
	for (phase = wire_phases; words == 3 && phase->name; phase++)
		if (!strcmp(word[1], phase->name)) {
			far(phase, word[2]);
			return 0;
		}
	fprintf(stderr, "usage: wire guest | host | PHASE TAP\n");
	return 2;
}
