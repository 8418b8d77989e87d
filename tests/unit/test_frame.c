/* Headers of frames: what guests leave out, and what they get wrong. */
/* SPDX-License-Identifier: MIT */
#include "vmwp.h"

#include "net/frame.h"
#include "net/ndis.h"

static struct frame frame;

static void fill(bool ipv6, uint8_t protocol, uint32_t data)
{
	uint32_t header = protocol == 6 ? 20 : 8, ip = ipv6 ? 40 : 20, i;

	memset(&frame, 0, sizeof(frame));
	frame.size = 14 + ip + header + data;
	frame.head = frame.size < FRAME_HEAD ? frame.size : FRAME_HEAD;
	for (i = 0; i < frame.head; i++)
		frame.bytes[i] = i * 31;
	frame.bytes[12] = ipv6 ? 0x86 : 0x08;
	frame.bytes[13] = ipv6 ? 0xdd : 0x00;
	frame.bytes[14] = ipv6 ? 0x60 : 0x45;
	frame.bytes[14 + (ipv6 ? 6 : 9)] = protocol;
	if (protocol == 6)
		frame.bytes[14 + ip + 12] = 0x50;
}

static uint32_t large(bool ipv6, uint32_t mss, uint32_t offset)
{
	return LARGE_SEND_V2 | (ipv6 ? LARGE_SEND_IPV6 : 0) | offset << 20 |
		mss;
}

static uint32_t get16(uint32_t at)
{
	return frame.bytes[at] << 8 | frame.bytes[at + 1];
}

static void test_large_ipv4(void)
{
	struct frame_info info = { .large = large(false, 1460, 34) };
	uint8_t pseudo[12] = { 0 };
	uint16_t sum;

	fill(false, 6, 40000);
	CHECK(frame_send(&frame, &info));
	CHECK(get16(16) == 40000 + 40);
	CHECK(frame_sum(0, frame.bytes + 14, 20) == 0xffff);
	memcpy(pseudo, frame.bytes + 26, 8);
	pseudo[9] = 6;
	pseudo[10] = (40000 + 20) >> 8;
	pseudo[11] = (40000 + 20) & 0xff;
	sum = frame_sum(0, pseudo, 12);
	CHECK(!memcmp(frame.bytes + 50, &sum, 2));
	CHECK(frame.tap.gso_type == VIRTIO_NET_HDR_GSO_TCPV4 &&
		frame.tap.gso_size == 1460 && frame.tap.hdr_len == 54 &&
		frame.tap.flags == VIRTIO_NET_HDR_F_NEEDS_CSUM &&
		frame.tap.csum_start == 34 && frame.tap.csum_offset == 16);
	/* One segment is none that is large. */
	fill(false, 6, 1460);
	CHECK(frame_send(&frame, &info) && !frame.tap.gso_type &&
		frame.tap.flags == VIRTIO_NET_HDR_F_NEEDS_CSUM);
	/* With a tag that is put in, and one that is there. */
	info.has_vlan = true;
	info.vlan = VLAN_WORD(0x6123);
	fill(false, 6, 4000);
	CHECK(frame_send(&frame, &info) && get16(12) == 0x8100 &&
		get16(14) == 0x6123 && get16(16) == 0x0800 &&
		frame.tap.csum_start == 38 && frame.tap.hdr_len == 58);
}

static void test_large_ipv6(void)
{
	struct frame_info info = { .large = large(true, 1440, 54) };
	uint8_t pseudo[40] = { 0 };
	uint16_t sum;

	fill(true, 6, 30000);
	CHECK(frame_send(&frame, &info));
	CHECK(get16(18) == 30000 + 20);
	memcpy(pseudo, frame.bytes + 22, 32);
	pseudo[34] = (30000 + 20) >> 8;
	pseudo[35] = (30000 + 20) & 0xff;
	pseudo[39] = 6;
	sum = frame_sum(0, pseudo, 40);
	CHECK(!memcmp(frame.bytes + 70, &sum, 2));
	CHECK(frame.tap.gso_type == VIRTIO_NET_HDR_GSO_TCPV6 &&
		frame.tap.hdr_len == 74 && frame.tap.csum_start == 54);
}

static bool is_taken(bool ipv6, uint32_t data, uint32_t word)
{
	const struct frame_info info = { .large = word };

	fill(ipv6, 6, data);
	return frame_send(&frame, &info);
}

static void test_wrong_large(void)
{
	const struct frame_info info = { .large = large(false, 1460, 34) };

	CHECK(is_taken(false, 4000, large(false, 1460, 34)));
	CHECK(!is_taken(false, 4000, large(false, 0, 34)));
	CHECK(!is_taken(false, 4000, large(false, 65536, 34)));
	CHECK(!is_taken(false, 4000, large(true, 1460, 34)));
	CHECK(!is_taken(true, 4000, large(false, 1460, 54)));
	CHECK(!is_taken(false, 4000, large(false, 1460, 0)));
	CHECK(!is_taken(false, 4000, large(false, 1460, 33)));
	CHECK(!is_taken(false, 4000, large(false, 1460, 1023)));
	CHECK(!is_taken(true, 4000, large(true, 1460, 53)));
	CHECK(!is_taken(false, 4000, large(false, 1460, 34) & ~LARGE_SEND_V2));
	CHECK(!is_taken(false, 65536 - 40, large(false, 1460, 34)));
	CHECK(!is_taken(true, 65536, large(true, 1460, 54)));
	/* Headers that are longer than the frame, or too short. */
	fill(false, 6, 4000);
	frame.bytes[14] = 0x44;
	CHECK(!frame_send(&frame, &info));
	fill(false, 6, 4000);
	frame.bytes[14] = 0x4f;
	CHECK(!frame_send(&frame, &info));
	fill(false, 6, 4000);
	frame.bytes[46] = 0x40;
	CHECK(!frame_send(&frame, &info));
	fill(false, 6, 10);
	frame.bytes[46] = 0xf0;
	CHECK(!frame_send(&frame, &info));
	fill(false, 17, 4000);
	frame.bytes[46] = 0x50;
	CHECK(!frame_send(&frame, &info));
}

static bool sums(bool ipv6, uint8_t protocol, uint32_t word)
{
	const struct frame_info info = { .checksum = word };

	fill(ipv6, protocol, 60);
	return frame_send(&frame, &info);
}

static void test_sums(void)
{
	CHECK(sums(false, 6, CHECKSUM_IPV4 | CHECKSUM_TCP | 34 << 16) &&
		frame.tap.csum_start == 34 && frame.tap.csum_offset == 16);
	CHECK(sums(true, 17, CHECKSUM_IPV6 | CHECKSUM_UDP | 54 << 16) &&
		frame.tap.csum_start == 54 && frame.tap.csum_offset == 6);
	CHECK(sums(false, 17, CHECKSUM_IPV4 | CHECKSUM_UDP) &&
		frame.tap.csum_start == 34);
	CHECK(sums(false, 6, CHECKSUM_IPV4 | CHECKSUM_IP_HEADER) &&
		!frame.tap.flags &&
		frame_sum(0, frame.bytes + 14, 20) == 0xffff);
	CHECK(sums(false, 6, CHECKSUM_IPV4) && !frame.tap.flags);
	/* No place for it, or not where it is said to be. */
	CHECK(!sums(false, 6, CHECKSUM_IPV4 | CHECKSUM_TCP));
	CHECK(!sums(false, 6, CHECKSUM_IPV4 | CHECKSUM_TCP | 33 << 16));
	CHECK(!sums(false, 6, CHECKSUM_IPV4 | CHECKSUM_TCP | 1023 << 16));
	CHECK(!sums(false, 6, CHECKSUM_IPV4 | CHECKSUM_TCP | 97u << 16));
	CHECK(!sums(false, 6, CHECKSUM_IPV6 | CHECKSUM_TCP | 34 << 16));
	CHECK(!sums(false, 6, CHECKSUM_TCP | 34 << 16));
	CHECK(!sums(false, 6, CHECKSUM_IPV4 | CHECKSUM_TCP | CHECKSUM_UDP |
		34 << 16));
}

static void test_tags(void)
{
	struct frame_info info = { .has_vlan = true,
		.vlan = VLAN_WORD(0xffff) };

	fill(false, 6, 60);
	CHECK(!frame_send(&frame, &info));
	info.vlan = 0;
	fill(false, 6, 60);
	CHECK(frame_send(&frame, &info) && get16(12) == 0x0800);
	/* 16 bits in another order. */
	CHECK(VLAN_WORD(0xb005) == (5 | 1 << 3 | 5 << 4));
}

static void test_info(void)
{
	const uint32_t good[] = { 16, INFO_VLAN, 12, 0x50, 16, INFO_CHECKSUM,
		12, 0x11, 12, 99, 12 };
	struct frame_info info;
	uint32_t wrong[11], i;

	CHECK(frame_parse_info((void *)good, sizeof(good), &info));
	CHECK(info.has_vlan && info.vlan == 0x50 && info.checksum == 0x11 &&
		!info.large);
	CHECK(frame_parse_info((void *)good, 0, &info) && !info.has_vlan);
	for (i = 1; i < sizeof(good); i++)
		if (i != 16 && i != 32)
			CHECK(!frame_parse_info((void *)good, i, &info));
	for (i = 0; i < 8; i++) {
		static const uint32_t sizes[] = { 0, 1, 11, 15, 17, 45,
			0x80000000, UINT32_MAX };

		memcpy(wrong, good, sizeof(good));
		wrong[0] = sizes[i];
		CHECK(!frame_parse_info((void *)wrong, sizeof(wrong), &info));
		memcpy(wrong, good, sizeof(good));
		wrong[2] = sizes[i];
		CHECK(!frame_parse_info((void *)wrong, sizeof(wrong), &info));
	}
}

static void test_towards_guest(void)
{
	struct virtio_net_hdr_v1 tap = {
		.flags = VIRTIO_NET_HDR_F_DATA_VALID };
	struct frame_sums found;

	fill(false, 6, 60);
	frame_look_at_sums(&tap, frame.bytes, frame.head, frame.size, &found);
	CHECK(found.word == CHECKSUM_TCP_GOOD && !found.missing);
	fill(true, 17, 60);
	frame_look_at_sums(&tap, frame.bytes, frame.head, frame.size, &found);
	CHECK(found.word == CHECKSUM_UDP_GOOD);
	fill(true, 58, 60);
	frame_look_at_sums(&tap, frame.bytes, frame.head, frame.size, &found);
	CHECK(!found.word);
	tap.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	tap.csum_start = 34;
	tap.csum_offset = 6;
	fill(false, 17, 60);
	frame_look_at_sums(&tap, frame.bytes, frame.head, frame.size, &found);
	CHECK(found.missing && found.is_udp && found.from == 34 &&
		found.at == 40 && found.word == CHECKSUM_UDP_GOOD);
	tap.csum_start = frame.size - 1;
	frame_look_at_sums(&tap, frame.bytes, frame.head, frame.size, &found);
	CHECK(!found.missing);
	tap.flags = 0;
	frame_look_at_sums(&tap, frame.bytes, frame.head, frame.size, &found);
	CHECK(!found.word && !found.missing);
}

/* Any bytes, any information: nothing is touched beyond what is there. */
static void test_random(unsigned int rounds)
{
	uint8_t *info = NULL;
	struct frame_info said;
	uint32_t size, i;

	while (rounds--) {
		fill(any() % 2, any() % 2 ? 6 : 17, any() % 300);
		frame.head = any() % (frame.head + 1);
		for (i = any() % 8; i && frame.head; i--)
			frame.bytes[any() % frame.head] = any();
		size = any() % 64;
		info = malloc(size);
		for (i = 0; i < size; i++)
			info[i] = any() % 3 ? any() % 20 : any();
		if (!frame_parse_info(info, size, &said))
			said = (struct frame_info){ any() % 2, any(), any(),
				any() };
		free(info);
		if (frame_send(&frame, &said)) {
			CHECK(frame.head <= sizeof(frame.bytes));
			CHECK(!frame.tap.flags || frame.tap.csum_start +
				frame.tap.csum_offset + 2u <= frame.size + 4);
		}
	}
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_frame", count, arguments);

	test_large_ipv4();
	test_large_ipv6();
	test_wrong_large();
	test_sums();
	test_tags();
	test_info();
	test_towards_guest();
	test_random(rounds * 20);
	return 0;
}
