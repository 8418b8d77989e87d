/* Headers of Ethernet frames, as guests and taps see them. */
/* SPDX-License-Identifier: MIT */
#include "net/frame.h"

#include <string.h>

#include "net/ndis.h"

#define TYPE_IPV4	0x0800
#define TYPE_IPV6	0x86dd
#define TYPE_VLAN	0x8100
#define TCP		6
#define UDP		17
#define TCP_HEADER	20u
#define TCP_SUM		16u	/* offsets of the sums */
#define UDP_SUM		6u
#define IPV4_HEADER	20u
#define IPV4_SUM	10u
#define IPV6_HEADER	40u

static uint16_t get16(const uint8_t *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

static void put16(uint8_t *bytes, uint16_t value)
{
	bytes[0] = value >> 8;
	bytes[1] = value;
}

uint32_t frame_sum(uint32_t sum, const uint8_t *bytes, uint32_t size)
{
	uint64_t wide = sum;
	uint16_t word;
	uint32_t i;

	for (i = 0; i + 1 < size; i += 2) {
		memcpy(&word, bytes + i, 2);
		wide += word;
	}
	if (size % 2)
		wide += bytes[size - 1];
	while (wide >> 16)
		wide = (wide & 0xffff) + (wide >> 16);
	return wide;
}

static bool take_info(const struct rndis_info *head, const uint8_t *value,
	struct frame_info *info)
{
	uint32_t word;

	if (head->type != INFO_CHECKSUM && head->type != INFO_LARGE_SEND &&
	    head->type != INFO_VLAN)
		return true;
	if (head->offset < sizeof(*head) || head->offset > head->size ||
	    head->size - head->offset < sizeof(word))
		return false;
	memcpy(&word, value + head->offset, sizeof(word));
	if (head->type == INFO_CHECKSUM)
		info->checksum = word;
	else if (head->type == INFO_LARGE_SEND)
		info->large = word;
	else
		info->vlan = word;
	info->has_vlan |= head->type == INFO_VLAN;
	return true;
}

bool frame_parse_info(const uint8_t *bytes, uint32_t size,
	struct frame_info *info)
{
	struct rndis_info head;

	memset(info, 0, sizeof(*info));
	while (size) {
		if (size < sizeof(head))
			return false;
		memcpy(&head, bytes, sizeof(head));
		if (head.size < sizeof(head) || head.size > size ||
		    !take_info(&head, bytes, info))
			return false;
		bytes += head.size;
		size -= head.size;
	}
	return true;
}

bool frame_needs_head(const struct frame_info *info)
{
	return info->large || info->checksum & (CHECKSUM_IP_HEADER |
		CHECKSUM_TCP | CHECKSUM_UDP);
}

/* Where IP begins in what is here, and which it is; 0: neither. */
static uint32_t find_ip(const uint8_t *bytes, uint32_t head, uint16_t *type)
{
	uint32_t at = FRAME_ETHERNET - 2;

	if (head < at + 2)
		return 0;
	*type = get16(bytes + at);
	if (*type == TYPE_VLAN) {
		at += FRAME_TAG;
		if (head < at + 2)
			return 0;
		*type = get16(bytes + at);
	}
	at += 2;
	if (*type == TYPE_IPV4 && head >= at + IPV4_HEADER)
		return at;
	return *type == TYPE_IPV6 && head >= at + IPV6_HEADER ? at : 0;
}

/* The length of an IPv4 header that is whole; 0: it is not. */
static uint32_t ipv4_header(const struct frame *frame, uint32_t ip)
{
	uint32_t size = (frame->bytes[ip] & 15) * 4u;

	if (frame->bytes[ip] >> 4 != 4 || size < IPV4_HEADER ||
	    size > frame->head - ip)
		return 0;
	return size;
}

static bool sum_ipv4(struct frame *frame, uint32_t ip)
{
	uint32_t size = ipv4_header(frame, ip);
	uint8_t *header = frame->bytes + ip;
	uint16_t sum;

	if (!size)
		return false;
	memset(header + IPV4_SUM, 0, 2);
	sum = ~frame_sum(0, header, size);
	memcpy(header + IPV4_SUM, &sum, 2);
	return true;
}

/* Of addresses, protocol and length, as TCP begins its own with it. */
static void put_pseudo_sum(struct frame *frame, uint32_t addresses,
	uint32_t size, uint32_t tcp)
{
	uint8_t rest[8] = { 0, TCP };
	uint16_t sum;

	rest[4] = (frame->size - tcp) >> 24;
	rest[5] = (frame->size - tcp) >> 16;
	put16(rest + 6, frame->size - tcp);
	sum = frame_sum(frame_sum(0, frame->bytes + addresses, size), rest,
		sizeof(rest));
	memcpy(frame->bytes + tcp + TCP_SUM, &sum, 2);
}

/* Fills in what is left out; false: there is no such header. */
static bool prepare_ipv4(struct frame *frame, uint32_t ip, uint32_t tcp)
{
	uint32_t size = ipv4_header(frame, ip);

	if (!size || tcp != ip + size || frame->bytes[ip + 9] != TCP ||
	    frame->size - ip > UINT16_MAX)
		return false;
	put16(frame->bytes + ip + 2, frame->size - ip);
	sum_ipv4(frame, ip);
	put_pseudo_sum(frame, ip + 12, 8, tcp);
	return true;
}

static bool prepare_ipv6(struct frame *frame, uint32_t ip, uint32_t tcp)
{
	uint32_t header = ip + IPV6_HEADER;

	if (frame->bytes[ip] >> 4 != 6 || tcp < header ||
	    (tcp == header && frame->bytes[ip + 6] != TCP) ||
	    frame->size - header > UINT16_MAX)
		return false;
	put16(frame->bytes + ip + 4, frame->size - header);
	put_pseudo_sum(frame, ip + 8, 32, tcp);
	return true;
}

static void set_sum(struct frame *frame, uint32_t from, uint32_t at)
{
	frame->tap.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	frame->tap.csum_start = from;
	frame->tap.csum_offset = at;
}

static bool send_large(struct frame *frame, uint32_t word)
{
	uint32_t tcp = LARGE_SEND_OFFSET(word), mss = LARGE_SEND_MSS(word), ip;
	bool is_ipv6 = word & LARGE_SEND_IPV6;
	uint32_t header;
	uint16_t type;

	ip = find_ip(frame->bytes, frame->head, &type);
	if (!(word & LARGE_SEND_V2) || !ip || !mss || mss > UINT16_MAX ||
	    is_ipv6 != (type == TYPE_IPV6) ||
	    tcp > frame->head || frame->head - tcp < TCP_HEADER)
		return false;
	header = (frame->bytes[tcp + 12] >> 4) * 4u;
	if (header < TCP_HEADER || header > frame->size - tcp)
		return false;
	if (is_ipv6 ? !prepare_ipv6(frame, ip, tcp) :
	    !prepare_ipv4(frame, ip, tcp))
		return false;
	set_sum(frame, tcp, TCP_SUM);
	/* The kernel takes none for large that would be one segment. */
	if (frame->size - tcp - header <= mss)
		return true;
	frame->tap.gso_type = is_ipv6 ?
		VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
	frame->tap.gso_size = mss;
	frame->tap.hdr_len = tcp + header;
	return true;
}

/* Where UDP begins is not always said. */
static uint32_t find_udp(const struct frame *frame, uint32_t ip, uint16_t type)
{
	uint32_t size = type == TYPE_IPV6 ?
		IPV6_HEADER : ipv4_header(frame, ip);

	return size ? ip + size : 0;
}

static bool send_sums(struct frame *frame, uint32_t word)
{
	uint32_t from = CHECKSUM_OFFSET(word), ip;
	bool is_udp = word & CHECKSUM_UDP, is_ipv6 = word & CHECKSUM_IPV6;
	uint32_t at = is_udp ? UDP_SUM : TCP_SUM;
	uint16_t type;

	if (!frame_needs_head(&(struct frame_info){ .checksum = word }))
		return true;
	ip = find_ip(frame->bytes, frame->head, &type);
	if (!ip || is_ipv6 != (type == TYPE_IPV6) ||
	    is_ipv6 == !!(word & CHECKSUM_IPV4))
		return false;
	if (word & CHECKSUM_IP_HEADER && !is_ipv6 && !sum_ipv4(frame, ip))
		return false;
	if (!(word & (CHECKSUM_TCP | CHECKSUM_UDP)))
		return true;
	if (is_udp && !from)
		from = find_udp(frame, ip, type);
	if (from < ip + IPV4_HEADER || from > frame->size ||
	    frame->size - from < at + 2 || (is_udp && word & CHECKSUM_TCP))
		return false;
	set_sum(frame, from, at);
	return true;
}

static bool put_tag(struct frame *frame, uint32_t word)
{
	uint16_t tci = VLAN_PRIORITY(word) << 13 | VLAN_CFI(word) << 12 |
		VLAN_ID(word);
	uint8_t *at = frame->bytes + FRAME_ETHERNET - 2;

	if (VLAN_ID(word) == 0xfff)
		return false;
	if (!tci)
		return true;
	memmove(at + FRAME_TAG, at, frame->head - (FRAME_ETHERNET - 2));
	put16(at, TYPE_VLAN);
	put16(at + 2, tci);
	frame->head += FRAME_TAG;
	if (frame->tap.flags)
		frame->tap.csum_start += FRAME_TAG;
	if (frame->tap.gso_type)
		frame->tap.hdr_len += FRAME_TAG;
	return true;
}

bool frame_send(struct frame *frame, const struct frame_info *info)
{
	memset(&frame->tap, 0, sizeof(frame->tap));
	if (frame->head < FRAME_ETHERNET)
		return false;
	if (info->large ? !send_large(frame, info->large) :
	    !send_sums(frame, info->checksum))
		return false;
	return !info->has_vlan || put_tag(frame, info->vlan);
}

/* Nobody has looked at the IPv4 header's own sum. */
static uint32_t good_word(uint8_t protocol)
{
	if (protocol == TCP)
		return CHECKSUM_TCP_GOOD;
	return protocol == UDP ? CHECKSUM_UDP_GOOD : 0;
}

void frame_look_at_sums(const struct virtio_net_hdr_v1 *tap,
	const uint8_t *bytes, uint32_t head, uint32_t size,
	struct frame_sums *sums)
{
	uint32_t ip;
	uint16_t type;

	memset(sums, 0, sizeof(*sums));
	if (!(tap->flags & (VIRTIO_NET_HDR_F_NEEDS_CSUM |
		VIRTIO_NET_HDR_F_DATA_VALID)))
		return;
	ip = find_ip(bytes, head, &type);
	if (ip)
		sums->word = good_word(
			bytes[ip + (type == TYPE_IPV6 ? 6 : 9)]);
	if (!(tap->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM))
		return;
	sums->from = tap->csum_start;
	sums->at = sums->from + tap->csum_offset;
	sums->missing = sums->from < size && sums->at + 2 <= size;
	sums->is_udp = tap->csum_offset == UDP_SUM;
}

bool frame_tag(const uint8_t *bytes, uint32_t head, uint16_t *tci)
{
	if (head < FRAME_ETHERNET + FRAME_TAG ||
	    get16(bytes + FRAME_ETHERNET - 2) != TYPE_VLAN)
		return false;
	*tci = get16(bytes + FRAME_ETHERNET);
	return true;
}

enum frame_kind frame_kind(const uint8_t *bytes)
{
	static const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (!(bytes[0] & 1))
		return FRAME_DIRECTED;
	return memcmp(bytes, all, sizeof(all)) ?
		FRAME_MULTICAST : FRAME_BROADCAST;
}
