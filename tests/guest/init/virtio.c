/* What the guest does with devices of a VMM that has virtio: what it reads from
 * the disk and from the network it writes to the disk, where the parent sees
 * whether it is right. */
/* SPDX-License-Identifier: MIT */
#include "virtio.h"

#include "call.h"
#include "modules.h"
#include "say.h"

#ifdef __x86_64__
enum { CALL_SEEK = 8, CALL_PWRITE = 18, CALL_SOCKET = 41,
	CALL_CONNECT = 42, CALL_SETSOCKOPT = 54, CALL_FSYNC = 74 };
#else
enum { CALL_SEEK = 19, CALL_FSYNC = 118, CALL_PWRITE = 181,
	CALL_SOCKET = 359, CALL_CONNECT = 362, CALL_SETSOCKOPT = 366 };
#endif

#define OPEN_BOTH	2
#define OPEN_DIRECT	040000
#define SEEK_END	2
#define PIECE		(64l << 10)

/* The disk's end, for what comes from the network. */
#define NET_SIZE	(128l << 10)
#define BLOCK		512l	/* RFC 1350 */

/* In an order in which each finds what it needs. */
static const char *const modules[] = {
	"/modules/virtio.ko", "/modules/virtio_ring.ko",
	"/modules/virtio_pci_legacy_dev.ko",
	"/modules/virtio_pci_modern_dev.ko", "/modules/virtio_pci.ko",
	"/modules/virtio_blk.ko", "/modules/failover.ko",
	"/modules/net_failover.ko", "/modules/virtio_net.ko", NULL,
};

void virtio_modules(void)
{
	modules_load(modules);
}

/* The disk, once there is one; its size. */
static long disk_open(long *size)
{
	static bool mounted;
	unsigned int i;
	long file = -1;

	if (!mounted)
		call(CALL_MOUNT, (long)"dev", (long)"/dev", (long)"devtmpfs",
			0, 0);
	mounted = true;
	for (i = 0; i < 300 && file < 0; i++) {
		file = call(CALL_OPEN, (long)"/dev/vda",
			OPEN_BOTH | OPEN_DIRECT, 0, 0, 0);
		if (file < 0)
			call_sleep(100);
	}
	if (file >= 0)
		*size = call(CALL_SEEK, file, 0, SEEK_END, 0, 0);
	return file;
}

void virtio_disk(void)
{
	long size = 0, file = disk_open(&size), half, at, good = 0;
	void *piece = call_memory(PIECE);

	half = (size - NET_SIZE) / 2;
	for (at = 0; file >= 0 && at < half; at += PIECE) {
		if (call(CALL_PREAD, file, (long)piece, PIECE, at, 0) != PIECE)
			break;
		if (call(CALL_PWRITE, file, (long)piece, PIECE, half + at,
				0) != PIECE)
			break;
		good += PIECE;
	}
	check(file >= 0 && good == half && good && !call(CALL_FSYNC, file, 0,
		0, 0, 0), "virtio disk copied (KB)", number(good >> 10));
	call(CALL_CLOSE, file, 0, 0, 0, 0);
}

/* struct ifreq with an address, in the host's byte order, or with flags. */
struct request {
	char name[16];
	uint16_t family, port;
	uint8_t address[4];
	uint8_t padding[16];
};

static long set(long socket, long what, uint16_t family, uint32_t address)
{
	struct request request = {
		.name = "eth0", .family = family, .address = {
			address >> 24, address >> 16, address >> 8, address },
	};

	return call(CALL_IOCTL, socket, what, (long)&request, 0, 0);
}

/* A socket to the TFTP server of QEMU's user networking. */
static long net_open(void)
{
	static const uint8_t server[16] = { 2, 0, 0, 69, 10, 0, 2, 2 };
	static const long patience[2] = { 2, 0 };
	long socket = call(CALL_SOCKET, 2, 2, 0, 0, 0);

	if (set(socket, 0x8916, 2, 0x0a00020f) ||	/* SIOCSIFADDR */
			set(socket, 0x891c, 2, 0xffffff00) ||	/* NETMASK */
			set(socket, 0x8914, 0x1043, 0))		/* FLAGS: up */
		return -1;
	/* SO_RCVTIMEO */
	if (call(CALL_SETSOCKOPT, socket, 1, 20, (long)patience,
			sizeof(patience)) ||
			call(CALL_CONNECT, socket, (long)server,
			sizeof(server), 0, 0))
		return -1;
	return socket;
}

/* The next block, asked for again when nothing comes; its bytes, or -1. */
static long net_block(long socket, uint16_t block, uint8_t *packet)
{
	static const char request[] = "\0\1file\0octet";
	const uint8_t got[4] = { 0, 4, (block - 1) >> 8, block - 1 };
	unsigned int tries;
	long count;

	for (tries = 0; tries < 10; tries++) {
		if (block == 1)
			call(CALL_WRITE, socket, (long)request,
				sizeof(request), 0, 0);
		else
			call(CALL_WRITE, socket, (long)got, sizeof(got), 0, 0);
		do {
			count = call(CALL_READ, socket, (long)packet,
				BLOCK + 4, 0, 0);
		} while (count >= 4 && (packet[1] != 3 ||
			packet[2] << 8 != (block & 0xff00) ||
			packet[3] != (block & 0xff)));
		if (count >= 4)
			return count - 4;
	}
	return -1;
}

void virtio_net(void)
{
	uint8_t packet[BLOCK + 4], *buffer = call_memory(NET_SIZE);
	long size = 0, disk = disk_open(&size), socket = net_open();
	long got = 0, count = BLOCK, i;
	uint16_t block;

	for (block = 1; socket >= 0 && count == BLOCK && got < NET_SIZE;
			block++) {
		count = net_block(socket, block, packet);
		for (i = 0; i < count; i++)
			buffer[got + i] = packet[4 + i];
		got += count > 0 ? count : 0;
	}
	check(got == NET_SIZE && call(CALL_PWRITE, disk, (long)buffer,
		NET_SIZE, size - NET_SIZE, 0) == NET_SIZE &&
		!call(CALL_FSYNC, disk, 0, 0, 0, 0),
		"virtio network brought (KB)", number(got >> 10));
}
