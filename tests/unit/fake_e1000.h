/* A guest of an 82540EM that is not there, and the wire's other end. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKE_E1000_H
#define TESTS_FAKE_E1000_H

#include "vmwp.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net/e1000_serial.h"
#include "net/e1000_work.h"
#include "reset.h"

#define FAKE_RAM	(4u << 20)
#define REGISTERS	0xe0000000u
#define PORTS		0xc000u
#define TX_RING		0x10000u
#define RX_RING		0x20000u
#define RING		64u	/* descriptors */
#define TX_DATA		0x100000u
#define RX_DATA		0x200000u
#define RX_ROOM		2048u

static uint8_t fake_memory[FAKE_RAM] __attribute__((aligned(4096)));
static struct ram fake_ram = { fake_memory, FAKE_RAM };
static pthread_mutex_t device_lock = PTHREAD_MUTEX_INITIALIZER;
static const uint8_t guest_mac[6] = { 2, 0x53, 0x4f, 0, 0, 7 };

static struct board {
	struct machine machine;
	struct bus mmio;
	struct reset reset;
	struct pci pci;
	struct e1000 nic;
	int wire;
	bool is_up;
} board[2];
static struct board *at = &board[0];
static uint32_t tail;		/* of the transmit ring */

static inline void set_config(unsigned int offset, unsigned int size,
	uint32_t value)
{
	pthread_mutex_lock(&device_lock);
	bus_write(&at->machine.ports, 0xcf8, 4, 0x80000000u |
		E1000_SLOT << 11 | (offset & 0xfc));
	bus_write(&at->machine.ports, 0xcfc + offset % 4, size, value);
	pthread_mutex_unlock(&device_lock);
}

static inline uint32_t get(uint32_t offset)
{
	uint32_t value;

	pthread_mutex_lock(&device_lock);
	value = bus_read(&at->mmio, REGISTERS + offset, 4);
	pthread_mutex_unlock(&device_lock);
	return value;
}

static inline void put(uint32_t offset, uint32_t value)
{
	pthread_mutex_lock(&device_lock);
	bus_write(&at->mmio, REGISTERS + offset, 4, value);
	pthread_mutex_unlock(&device_lock);
}

static inline void down(void)
{
	if (!at->is_up)
		return;
	at->is_up = false;
	e1000_pause(&at->nic);
	pthread_mutex_lock(&device_lock);
	at->nic.device.ops->exit(&at->nic.device);
	pthread_mutex_unlock(&device_lock);
	e1000_free(&at->nic);
	close(at->wire);
	CHECK(!at->mmio.count);
	bus_free(&at->machine.ports);
	bus_free(&at->mmio);
}

/* As firmware leaves it. */
static inline void configure(void)
{
	set_config(0x10, 4, REGISTERS);
	set_config(0x14, 4, PORTS);
	set_config(0x04, 2, 0x0007);
}

static inline void up(bool thread)
{
	struct tap tap;
	int ends[2];

	down();
	memset(at, 0, sizeof(*at));
	machine_init(&at->machine);
	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends));
	at->wire = ends[0];
	CHECK(!pci_init(&at->pci, &at->machine.ports, &at->mmio, &fake_ram,
		&at->reset));
	at->pci.link[E1000_SLOT - 1] = machine_input(&at->machine, 11);
	CHECK(!e1000_init(&at->nic, &at->pci, E1000_SLOT, &device_lock));
	CHECK(!tap_take(&tap, &ends[1], 1));
	CHECK(!e1000_connect(&at->nic, &tap, guest_mac, 0, true, thread));
	at->is_up = true;
	configure();
}

/* Both rings, the second with room everywhere. */
static inline void rings(uint32_t rctl)
{
	uint64_t entry[2] = { 0, 0 };
	unsigned int i;

	memset(fake_memory + TX_RING, 0, RING * 16);
	for (i = 0; i < RING; i++) {
		entry[0] = RX_DATA + i * RX_ROOM;
		memcpy(fake_memory + RX_RING + 16 * i, entry, 16);
	}
	put(0x3800, TX_RING);
	put(0x3804, 0);
	put(0x3808, RING * 16);
	put(0x3810, 0);
	put(0x3818, 0);
	put(0x2800, RX_RING);
	put(0x2804, 0);
	put(0x2808, RING * 16);
	put(0x2810, 0);
	put(0x2818, RING - 1);
	put(0x0400, E1000_TCTL_EN | E1000_TCTL_PSP);
	put(0x0100, E1000_RCTL_EN | E1000_RCTL_BAM | rctl);
	tail = 0;
}

static inline void turns(unsigned int count)
{
	while (count--)
		e1000_turn(&at->nic, false);
}

/* A descriptor of the guest's, which goes when it says so. */
static inline void give(uint64_t address, uint32_t lower, uint32_t upper)
{
	const struct e1000_descriptor part = { address, lower, upper };

	memcpy(fake_memory + TX_RING + 16 * tail, &part, 16);
	tail = (tail + 1) % RING;
}

static inline void go(void)
{
	put(0x3818, tail);
	turns(3);
}

static inline uint8_t sent_status(uint32_t number)
{
	return fake_memory[TX_RING + 16 * number + E1000_STATUS_AT];
}

/* What came out; its size without the tap's header, or -1. */
static inline int from_wire(struct virtio_net_hdr_v1 *tap, uint8_t *to,
	size_t size)
{
	struct iovec parts[2] = { { tap, sizeof(*tap) }, { to, size } };
	ssize_t result = readv(at->wire, parts, 2);

	return result < 0 ? -1 : (int)result - (int)sizeof(*tap);
}

static inline void to_wire(const struct virtio_net_hdr_v1 *tap,
	const uint8_t *from, size_t size)
{
	static const struct virtio_net_hdr_v1 none;
	struct iovec parts[2] = { { (void *)(tap ? tap : &none), sizeof(none) },
		{ (void *)from, size } };

	CHECK(writev(at->wire, parts, 2) == (ssize_t)(size + sizeof(none)));
}

struct arrived {
	struct e1000_written written;
	uint8_t *bytes;
};

static inline struct arrived came(uint32_t number)
{
	struct arrived result;

	memcpy(&result.written, fake_memory + RX_RING + 16 * number + 8, 8);
	result.bytes = fake_memory + RX_DATA + number * RX_ROOM;
	return result;
}

/* Ethernet, IPv4, TCP or UDP, data; its size. */
static inline uint32_t some_frame(uint8_t *to, bool is_tcp, uint32_t data)
{
	uint32_t size = 34 + (is_tcp ? 20 : 8) + data, i;
	uint8_t *ip = to + 14;

	memset(to, 0, size);
	memcpy(to, guest_mac, 6);
	to[6] = 2;
	to[12] = 8;
	ip[0] = 0x45;
	ip[2] = (size - 14) >> 8;
	ip[3] = size - 14;
	ip[9] = is_tcp ? 6 : 17;
	for (i = 12; i < 20; i++)
		ip[i] = i;
	if (is_tcp)
		ip[32] = 0x50;
	for (i = 34 + (is_tcp ? 20 : 8); i < size; i++)
		to[i] = i * 7;
	return size;
}

#endif
