/* Network adapters on a tap of the kernel, in a network of their own. Needs
 * /dev/net/tun. */
/* SPDX-License-Identifier: MIT */
#include "fake_network.h"

#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>

#define TAP	"t0"

static uint8_t frame[70000], wire[70000];
static int packets;		/* all frames of the tap */

static void request(int fd, unsigned long what, short flags, int mtu)
{
	struct ifreq ifr = { .ifr_name = TAP };

	if (what == SIOCSIFMTU)
		ifr.ifr_mtu = mtu;
	else
		ifr.ifr_flags = flags;
	CHECK(!ioctl(fd, what, &ifr));
}

/* The kernel's own frames would be counted among ours. */
static void without_ipv6(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY);

	if (fd < 0)
		return;
	CHECK(write(fd, "1", 1) == 1);
	close(fd);
}

static void make_tap(short more)
{
	int fd = open("/dev/net/tun", O_RDWR), plain;

	CHECK(fd >= 0);
	request(fd, TUNSETIFF, IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | more, 0);
	CHECK(!ioctl(fd, TUNSETPERSIST, 1));
	plain = socket(AF_INET, SOCK_DGRAM, 0);
	request(plain, SIOCSIFMTU, 0, 9000);
	request(plain, SIOCSIFFLAGS, IFF_UP, 0);
	close(plain);
	close(fd);
}

static void drop_tap(short more)
{
	int fd = open("/dev/net/tun", O_RDWR);

	request(fd, TUNSETIFF, IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | more, 0);
	CHECK(!ioctl(fd, TUNSETPERSIST, 0));
	close(fd);
}

static void open_packets(void)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
		.sll_protocol = htobe16(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(TAP) };
	int yes = 1;

	packets = socket(AF_PACKET, SOCK_RAW, htobe16(ETH_P_ALL));
	CHECK(packets >= 0);
	CHECK(!setsockopt(packets, SOL_PACKET, PACKET_VNET_HDR, &yes, 4));
	CHECK(!bind(packets, (void *)&address, sizeof(address)));
}

/* As stock guests do, with a tap that is one. */
static void begin(unsigned int lanes, uint32_t expected)
{
	struct netvsp_nic nic = { .mtu = 0 };

	down();
	fake_init(&fake);
	CHECK(!vmbus_init(&vmbus, &fake.ram, FAKE_VPS, &fake_host, &fake));
	CHECK(!netvsp_init(&netvsp, &vmbus, &device_lock, lanes, false));
	is_up = true;
	memcpy(nic.mac, guest_mac, 6);
	CHECK(!tap_open(&nic.tap, TAP, lanes));
	CHECK(nic.tap.count == expected && nic.tap.mtu == 9000);
	CHECK(netvsp_add(&netvsp, -1, &nic) == 0);
	CHECK(netvsp.nics[0].used == expected);
	connect_bus();
	negotiated(NVSP_VERSION_6_1);
	CHECK(initialize() == NDIS_GOOD);
	CHECK(query32(OID_MAXIMUM_FRAME_SIZE) == 9000);
	set_filter(FILTER_PROMISCUOUS);
}

/* The next frame from the guest that is ours; its size, or -1. */
static int next(struct virtio_net_hdr *tap)
{
	struct pollfd wait = { .fd = packets, .events = POLLIN };
	static uint8_t bytes[70000];
	int size;

	while (poll(&wait, 1, 100) > 0) {
		size = recv(packets, bytes, sizeof(bytes), 0);
		CHECK(size > (int)sizeof(*tap));
		memcpy(tap, bytes, sizeof(*tap));
		size -= sizeof(*tap);
		memcpy(wire, bytes + sizeof(*tap), size);
		if (!memcmp(wire, frame, 12))
			return size;
	}
	return -1;
}

static void test_send(void)
{
	const uint32_t large[1][2] = { { INFO_LARGE_SEND, LARGE_SEND_V2 |
		34 << 20 | 1460 } };
	const uint32_t large6[1][2] = { { INFO_LARGE_SEND, LARGE_SEND_V2 |
		LARGE_SEND_IPV6 | 54u << 20 | 1440 } };
	const uint32_t tcp[1][2] = { { INFO_CHECKSUM, CHECKSUM_IPV4 |
		CHECKSUM_TCP | 34 << 16 } };
	struct virtio_net_hdr tap;
	uint32_t size = fake_frame(frame, false, 6, 1000), length;
	uint32_t at = DATA_PAGE * FAKE_PAGE;

	CHECK(send_frame(0, frame, size, tcp, 1) == NVSP_GOOD);
	CHECK(next(&tap) == (int)size &&
		tap.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM);
	size = fake_frame(frame, false, 6, 60000);
	length = message_bytes(fake_memory + at, frame, size, large, 1);
	CHECK(send_pages(0, at, length, 4096) == NVSP_GOOD);
	CHECK(next(&tap) == (int)size && tap.gso_size == 1460 &&
		tap.gso_type == VIRTIO_NET_HDR_GSO_TCPV4);
	size = fake_frame(frame, true, 6, 60000);
	length = message_bytes(fake_memory + at, frame, size, large6, 1);
	CHECK(send_pages(0, at, length, 8000) == NVSP_GOOD);
	CHECK(next(&tap) == (int)size && tap.gso_size == 1440 &&
		tap.gso_type == VIRTIO_NET_HDR_GSO_TCPV6);
}

/* From the other side; the sum is left to the tap. */
static void put(struct virtio_net_hdr *tap, uint32_t size)
{
	struct iovec parts[2] = { { tap, sizeof(*tap) }, { frame, size } };

	CHECK(writev(packets, parts, 2) == (int)(sizeof(*tap) + size));
}

/* The kernel starts the device's queue a moment after its link is up, and what
 * is sent before is lost. */
static void wait_for_link(void)
{
	struct virtio_net_hdr tap = { 0 };
	uint32_t size = fake_frame(frame, false, 17, 100);
	struct taken taken;
	unsigned int tries;

	for (tries = 0; ; tries++) {
		CHECK(tries < 1000);
		put(&tap, size);
		usleep(2000);
		pump();
		if (take(0, &taken))
			break;
	}
	complete(0, taken.id);
	pump();
	CHECK(!take(0, &taken));
}

static void test_receive(void)
{
	struct virtio_net_hdr tap = { .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = 34, .csum_offset = 16, .hdr_len = 54,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4, .gso_size = 1448 };
	struct ndis_offload_parameters parameters = {
		.object = { NDIS_OBJECT_DEFAULT, 3, 26 },
		.rsc4 = 2, .rsc6 = 2 };
	uint32_t size = fake_frame(frame, false, 6, 30000), got, word, all, i;
	static uint8_t bytes[70000];
	struct taken taken;

	/* Without RSC: segments. */
	put(&tap, size);
	for (all = 0; all < 30000; ) {
		CHECK(must_take(0, &taken));
		for (i = 0; i < taken.count; i++) {
			got_frame(&taken, i, &got, INFO_CHECKSUM, &word);
			CHECK(got <= 1448 + 54);
			all += got - 54;
		}
		complete(0, taken.id);
	}
	CHECK(all == 30000);
	CHECK(set(OID_OFFLOAD_PARAMETERS, &parameters, 26) == NDIS_GOOD);
	put(&tap, size);
	CHECK(must_take(0, &taken));
	got = got_pieces(&taken, bytes, &word, &all);
	CHECK(got == size && word == CHECKSUM_TCP_GOOD);
	CHECK(!memcmp(bytes + 54, frame + 54, size - 54));
	complete(0, taken.id);
	pump();
}

/* What comes while the guest wants nothing does not come later. */
static void test_quiet(void)
{
	struct virtio_net_hdr tap = { 0 };
	uint32_t size = fake_frame(frame, false, 17, 100);
	struct taken taken;

	set_filter(0);
	put(&tap, size);
	pump();
	/* It may send all the same. */
	while (next(&tap) >= 0)
		;
	CHECK(send_frame(0, frame, size, NULL, 0) == NVSP_GOOD);
	CHECK(next(&tap) == (int)size);
	set_filter(FILTER_PROMISCUOUS);
	pump();
	CHECK(!take(0, &taken));
	put(&tap, size);
	CHECK(must_take(0, &taken));
	complete(0, taken.id);
	pump();
}

static void test_all(short flags, unsigned int queues)
{
	make_tap(flags);
	open_packets();
	begin(3, queues);
	wait_for_link();
	test_send();
	test_receive();
	test_quiet();
	down();
	close(packets);
	drop_tap(flags);
}

static void test_wrong(void)
{
	struct tap tap;
	int fd = open("/dev/net/tun", O_RDWR), plain[2];

	CHECK(tap_open(&tap, "nobody", 1) == -ENODEV);
	/* No virtio headers. */
	request(fd, TUNSETIFF, IFF_TAP | IFF_NO_PI, 0);
	CHECK(tap_take(&tap, &fd, 1) == -EINVAL);
	CHECK(fcntl(fd, F_GETFD) < 0);
	CHECK(!pipe(plain));
	close(plain[1]);
	CHECK(tap_take(&tap, plain, 0) == -EBADF);
	close(plain[0]);
}

int main(int count, char **arguments)
{
	start("test_net_tap", count, arguments);
	/* Who may not has a user namespace first. */
	CHECK(!unshare(CLONE_NEWNET) ||
		!unshare(CLONE_NEWUSER | CLONE_NEWNET));
	without_ipv6();
	test_all(IFF_MULTI_QUEUE, 3);
	test_all(0, 1);
	test_wrong();
	return 0;
}
