/* The file of VMs' ports: what is written is read as the same, and what is
 * wrong in it harms nobody. usage: test_liveports [ROUNDS [SEED]]; as root. */
/* SPDX-License-Identifier: MIT */
#include "helper_talk.h"

#include <time.h>

#include "liveports.h"
#include "random.h"
#include "switch/paths.h"

/* Of an interface that there always is. */
static struct liveport random_port(void)
{
	struct liveport live = { .nic = random_below(8), .port = {
		.name = "lo", .trunk = random_below(2),
		.guards = random_below(8),
		.mac = { 2, (uint8_t)random_below(256), 1, 2, 3, 4 } } };
	int i;

	snprintf(live.vm, sizeof(live.vm), "VM.%u", random_below(1000));
	if (random_below(4))
		strcpy(live.port.of, "lan-1");
	live.port.native = (uint16_t)(live.port.trunk && random_below(2) ? 0 :
		1 + random_below(VLAN_LAST));
	for (i = 0; live.port.trunk && i <= (int)random_below(300); i++)
		vlans_add(&live.port.tagged, (uint16_t)(1 +
			random_below(VLAN_LAST)));
	live.port.addresses = (int)random_below(PORT_ADDRESSES + 1);
	for (i = 0; i < live.port.addresses; i++)
		snprintf(live.port.address[i], ADDRESS_TEXT, random_below(2) ?
			"192.0.2.%d" : "2001:db8::%d", 1 + i);
	return live;
}

static void test_round(unsigned int count)
{
	struct liveports ports = { .list = NULL }, again;
	struct trouble why = { "" };
	struct liveport live;
	int i;

	while (count--) {
		live = random_port();
		CHECK(!liveports_add(&ports, &live));
	}
	CHECK(!liveports_write(&ports, &why));
	CHECK(!liveports_read(&again, &why));
	CHECK(again.count == ports.count);
	for (i = 0; i < ports.count; i++)
		CHECK(!memcmp(&ports.list[i], &again.list[i], sizeof(live)));
	liveports_free(&ports);
	liveports_free(&again);
}

/* Bytes that are others now: read, or refused. */
static void test_damaged(void)
{
	struct liveports ports;
	struct trouble why = { "" };
	int fd = open(PATH_PORTS, O_RDWR | O_CLOEXEC);
	off_t size = lseek(fd, 0, SEEK_END);
	unsigned int i;
	char byte;

	for (i = 0; size && i < 8; i++) {
		byte = (char)random_below(256);
		CHECK(pwrite(fd, &byte, 1, random_below((uint32_t)size)) == 1);
	}
	close(fd);
	if (!liveports_read(&ports, &why))
		liveports_free(&ports);
}

/* Of a tap that is gone. */
static void test_gone(void)
{
	struct liveports ports = { .list = NULL };
	struct liveport live = random_port();
	struct trouble why = { "" };

	strcpy(live.port.name, "vgone-0");
	CHECK(!liveports_add(&ports, &live));
	CHECK(liveports_find(&ports, live.vm, live.nic));
	CHECK(!liveports_find(&ports, live.vm, live.nic + 1));
	CHECK(!liveports_write(&ports, &why));
	liveports_free(&ports);
	CHECK(!liveports_read(&ports, &why) && !ports.count);
	CHECK(!unlink(PATH_PORTS));
	CHECK(!liveports_read(&ports, &why) && !ports.count);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? (unsigned int)atoi(argv[1]) : 100;

	random_state = argc > 2 ? strtoull(argv[2], NULL, 0) :
		(uint64_t)time(NULL);
	printf("test_liveports: %u rounds, seed %llu\n", rounds,
		(unsigned long long)random_state);
	CHECK(!getuid());
	helper_alone();
	test_round(0);
	while (rounds--) {
		test_round(1 + random_below(20));
		test_damaged();
	}
	test_gone();
	return 0;
}
