/* Intel's 82540EM on PCI. docs/network.md */
/* SPDX-License-Identifier: MIT */
#include "net/e1000.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/e1000_serial.h"
#include "net/e1000_work.h"
#include "say.h"

#define MTU		1500u
#define MTU_MIN		68u
#define DESCRIPTOR	16u
#define IOADDR		0u	/* ports (13.1.3) */
#define IODATA		4u

static const struct pci_identity identity = {
	.vendor = 0x8086,
	.device = 0x100e,
	.subsystem_vendor = 0x8086,
	.subsystem = 0x001e,
	.class = 0x020000,	/* Ethernet */
	.revision = 2,
	.pin = 1,
};

void e1000_interrupt(struct e1000 *nic, uint32_t causes)
{
	nic->registers[E1000_ICR] |= causes;
	pci_interrupt(&nic->function, nic->registers[E1000_ICR] &
		nic->registers[E1000_IMS]);
}

void e1000_kick(struct e1000 *nic)
{
	uint64_t one = 1;

	nic->partial = false;
	if (!nic->asleep)
		return;
	nic->asleep = false;
	if (write(nic->wake, &one, sizeof(one)) < 0)
		say_limited("cannot wake a network adapter: %s",
			strerror(errno));
}

void e1000_count(struct e1000 *nic, uint32_t offset)
{
	uint32_t *counter = &nic->counters[(offset - E1000_STATISTICS) / 4];

	if (*counter != UINT32_MAX)
		++*counter;
}

static void count_bytes(struct e1000 *nic, uint32_t offset, uint32_t size)
{
	uint32_t *counter = &nic->counters[(offset - E1000_STATISTICS) / 4];

	counter[0] += size;
	counter[1] += counter[0] < size;
}

void e1000_count_frame(struct e1000 *nic, const struct e1000_counts *at,
	const uint8_t *frame, uint32_t size)
{
	static const uint16_t sizes[] = { 64, 127, 255, 511, 1023 };
	enum frame_kind kind = frame_kind(frame);
	unsigned int i;

	for (i = 0; i < 5 && size > sizes[i]; i++)
		;
	e1000_count(nic, at->sizes + 4 * i);
	e1000_count(nic, at->good);
	e1000_count(nic, at->total);
	count_bytes(nic, at->good_bytes, size);
	count_bytes(nic, at->total_bytes, size);
	if (kind != FRAME_DIRECTED)
		e1000_count(nic, kind == FRAME_MULTICAST ? at->group : at->all);
}

static bool find_ring(const struct e1000 *nic, enum e1000_register low,
	uint32_t head, uint32_t tail, struct e1000_ring *ring)
{
	const uint32_t *at = &nic->registers[low];

	ring->base = at[0] | (uint64_t)at[1] << 32;
	ring->count = at[2] / DESCRIPTOR;
	ring->head = head;
	ring->tail = tail;
	if (!pci_is_master(&nic->function) || head >= ring->count ||
	    tail >= ring->count)
		return false;
	ring->ready = (tail >= head ? tail : tail + ring->count) - head;
	return true;
}

bool e1000_transmit_ring(const struct e1000 *nic, struct e1000_ring *ring)
{
	return nic->registers[E1000_TCTL] & E1000_TCTL_EN &&
		find_ring(nic, E1000_TDBAL, nic->registers[E1000_TDH],
			nic->registers[E1000_TDT], ring);
}

bool e1000_listens(const struct e1000 *nic)
{
	return nic->cable && nic->registers[E1000_RCTL] & E1000_RCTL_EN;
}

bool e1000_receive_ring(const struct e1000 *nic, struct e1000_ring *ring)
{
	return e1000_listens(nic) &&
		find_ring(nic, E1000_RDBAL, nic->registers[E1000_RDH],
			nic->registers[E1000_RDT], ring);
}

/* Registers are of 32 bits: less of one can be read, not written. */
static uint64_t memory_read(void *context, uint64_t offset, unsigned int size)
{
	struct e1000 *nic = context;
	uint64_t value = e1000_register_read(nic, offset & ~3ull);

	if (size == 8)
		value |= (uint64_t)e1000_register_read(nic,
			(offset & ~3ull) + 4) << 32;
	return value >> (8 * (offset % 4));
}

static void memory_write(void *context, uint64_t offset, unsigned int size,
	uint64_t value)
{
	struct e1000 *nic = context;

	if (size < 4 || offset % 4)
		return;
	e1000_register_write(nic, offset, value);
	if (size == 8)
		e1000_register_write(nic, offset + 4, value >> 32);
}

static const struct bus_ops memory_ops = {
	.read = memory_read,
	.write = memory_write,
};

static uint64_t ports_read(void *context, uint64_t offset, unsigned int size)
{
	struct e1000 *nic = context;

	if (size != 4)
		return UINT64_MAX;
	if (offset == IOADDR)
		return nic->port;
	return offset == IODATA && nic->port < E1000_MEMORY ?
		e1000_register_read(nic, nic->port & ~3u) : 0;
}

static void ports_write(void *context, uint64_t offset, unsigned int size,
	uint64_t value)
{
	struct e1000 *nic = context;

	if (size != 4)
		return;
	if (offset == IOADDR)
		nic->port = value;
	else if (offset == IODATA && nic->port < E1000_MEMORY)
		e1000_register_write(nic, nic->port & ~3u, value);
}

static const struct bus_ops ports_ops = {
	.read = ports_read,
	.write = ports_write,
};

/* The command may have let it reach memory. */
static void written(struct pci_function *function, unsigned int offset,
	unsigned int size)
{
	(void)offset, (void)size;
	e1000_kick((struct e1000 *)((char *)function -
		offsetof(struct e1000, function)));
}

int e1000_init(struct e1000 *nic, struct pci *pci, unsigned int slot,
	pthread_mutex_t *device_lock)
{
	const struct pci_bar bars[PCI_BARS] = {
		{ .space = PCI_MEMORY, .size = E1000_MEMORY,
			.ops = &memory_ops, .context = nic },
		{ .space = PCI_PORTS, .size = E1000_PORTS,
			.ops = &ports_ops, .context = nic },
	};
	static const uint8_t none[6];
	int error;

	memset(nic, 0, sizeof(*nic));
	nic->device.ops = &e1000_ops;
	nic->device_lock = device_lock;
	nic->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (nic->wake < 0)
		return -errno;
	error = pci_add(pci, &nic->function, slot, 0, &identity, bars);
	if (error)
		return error;
	nic->function.written = written;
	e1000_eeprom_fill(nic, none);
	e1000_reset_all(nic);
	return 0;
}

void e1000_free(struct e1000 *nic)
{
	e1000_work_end(nic);
	tap_close(&nic->tap);
	if (nic->wake > 0)
		close(nic->wake);
}

static uint32_t choose_mtu(const struct tap *tap, uint32_t asked)
{
	if (!asked)
		asked = tap->mtu ? tap->mtu : MTU;
	if (asked < MTU_MIN || (tap->mtu && asked > tap->mtu))
		return 0;
	return asked <= E1000_MTU_MAX ? asked : 0;
}

int e1000_connect(struct e1000 *nic, struct tap *tap, const uint8_t mac[6],
	uint32_t mtu, bool cable, bool thread)
{
	int error;

	mtu = choose_mtu(tap, mtu);
	if (!mtu || nic->present) {
		tap_close(tap);
		return mtu ? -EBUSY : -EINVAL;
	}
	nic->tap = *tap;
	nic->mtu = mtu;
	tap_set_large(&nic->tap, false, false);
	pthread_mutex_lock(nic->device_lock);
	nic->present = true;
	nic->cable = cable;
	e1000_eeprom_fill(nic, mac);
	e1000_reset_all(nic);
	pthread_mutex_unlock(nic->device_lock);
	error = e1000_work_begin(nic, thread);
	nic->present = !error;
	return error;
}

int e1000_plug(struct e1000 *nic, bool in)
{
	int error = 0;

	pthread_mutex_lock(nic->device_lock);
	if (!nic->present) {
		error = -ENODEV;
	} else if (nic->cable != in) {
		nic->cable = in;
		e1000_phy_link(nic);
		e1000_interrupt(nic, E1000_CAUSE_LSC);
		e1000_kick(nic);
	}
	pthread_mutex_unlock(nic->device_lock);
	return error;
}

static void set_paused(struct e1000 *nic, bool paused)
{
	pthread_mutex_lock(nic->device_lock);
	nic->paused = paused;
	e1000_kick(nic);
	pthread_mutex_unlock(nic->device_lock);
}

void e1000_pause(struct e1000 *nic)
{
	set_paused(nic, true);
}

void e1000_go(struct e1000 *nic)
{
	set_paused(nic, false);
}
