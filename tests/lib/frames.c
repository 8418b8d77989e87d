/*
 * Frames that a switch's port must not send, and who sees them, for the tests.
 * usage: frames send INTERFACE | frames listen INTERFACE SECONDS
 * listen prints the names of those that came, in one line, when the time is over or
 * it is asked to end (SIGTERM).
 */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME = 2048, LEAST = 60 };

struct frame {
	const char *name;
	void (*fill)(uint8_t *frame, const uint8_t mac[6]);
};

static void header(uint8_t *frame, const uint8_t mac[6], const uint8_t *to,
	uint16_t type)
{
	memcpy(frame, to, 6);
	memcpy(frame + 6, mac, 6);
	frame[12] = (uint8_t)(type >> 8);
	frame[13] = (uint8_t)type;
}

static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };

static void plain(uint8_t *frame, const uint8_t mac[6])
{
	header(frame, mac, all, 0x1234);
}

static void other_source(uint8_t *frame, const uint8_t mac[6])
{
	plain(frame, mac);
	frame[11] ^= 1;
}

static void two_tags(uint8_t *frame, const uint8_t mac[6])
{
	header(frame, mac, all, ETH_P_8021Q);
	frame[16] = frame[12];
	frame[17] = frame[13];
	frame[19] = 5;
}

static void bridge_control(uint8_t *frame, const uint8_t mac[6])
{
	static const uint8_t bridges[6] = { 1, 0x80, 0xc2 };

	header(frame, mac, bridges, 38);
}

static void arp_other_sender(uint8_t *frame, const uint8_t mac[6])
{
	static const uint8_t request[] = { 0, 1, 8, 0, 6, 4, 0, 1 };

	header(frame, mac, all, ETH_P_ARP);
	memcpy(frame + 14, request, sizeof(request));
	memcpy(frame + 22, mac, 6);
	frame[27] ^= 1;
}

/* An IPv4 datagram of UDP from port 67 to 68. */
static void dhcp_offer(uint8_t *frame, const uint8_t mac[6])
{
	static const uint8_t ip[] = { 0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0,
		0, 10, 9, 0, 33, 255, 255, 255, 255, 0, 67, 0, 68, 0, 26 };
	uint32_t sum = 0;
	int i;

	header(frame, mac, all, ETH_P_IP);
	memcpy(frame + 14, ip, sizeof(ip));
	for (i = 0; i < 20; i += 2)
		sum += (uint32_t)(ip[i] << 8 | ip[i + 1]);
	sum = ~((sum & 0xffff) + (sum >> 16));
	frame[24] = (uint8_t)(sum >> 8);
	frame[25] = (uint8_t)sum;
}

/* An ICMPv6 message of the MAC address's link-local address, to all nodes. */
static void icmp6(uint8_t *frame, const uint8_t mac[6], uint8_t type)
{
	static const uint8_t nodes[6] = { 0x33, 0x33, 0, 0, 0, 1 };
	static const uint8_t ip[] = { 0x60, 0, 0, 0, 0, 48, 58, 255, 0xfe,
		0x80 };
	uint8_t *at = frame + 14;

	header(frame, mac, nodes, ETH_P_IPV6);
	memcpy(at, ip, sizeof(ip));
	memcpy(at + 16, mac, 3);
	at[16] ^= 2;
	at[19] = 0xff;
	at[20] = 0xfe;
	memcpy(at + 21, mac + 3, 3);
	at[24] = 0xff;
	at[25] = 2;
	at[39] = 1;
	at[40] = type;
}

static void router(uint8_t *frame, const uint8_t mac[6])
{
	icmp6(frame, mac, 134);
}

static void redirect(uint8_t *frame, const uint8_t mac[6])
{
	icmp6(frame, mac, 137);
}

/* Says that 2001:db8::1 is here. */
static void neighbour(uint8_t *frame, const uint8_t mac[6])
{
	static const uint8_t target[] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };

	icmp6(frame, mac, 136);
	memcpy(frame + 14 + 40 + 8, target, sizeof(target));
}

static const struct frame frames[] = {
	{ "plain", plain }, { "source", other_source },
	{ "tags", two_tags }, { "bridges", bridge_control },
	{ "arp", arp_other_sender }, { "dhcp", dhcp_offer },
	{ "router", router }, { "redirect", redirect },
	{ "neighbour", neighbour },
};

enum { FRAMES = sizeof(frames) / sizeof(*frames) };

/* Where a frame says which one it is: at its end. */
static void mark(uint8_t *frame, char text[16], int size, const char *name)
{
	snprintf(text, 16, "<%.13s>", name);
	memcpy(frame + size - 16, text, 16);
}

static void send_all(int handle, const uint8_t mac[6])
{
	char text[16];
	int i;

	for (i = 0; i < FRAMES; i++) {
		uint8_t frame[128] = { 0 };

		frames[i].fill(frame, mac);
		mark(frame, text, sizeof(frame), frames[i].name);
		if (send(handle, frame, sizeof(frame), 0) < 0)
			perror(frames[i].name);
	}
}

static volatile sig_atomic_t asked_to_end;

static void ask_to_end(int number)
{
	(void)number;
	asked_to_end = 1;
}

static void listen_for(int handle, int seconds)
{
	struct pollfd wait = { .fd = handle, .events = POLLIN };
	time_t end = time(NULL) + seconds;
	uint8_t frame[FRAME];
	char seen[FRAMES] = { 0 }, text[16];
	int i;

	signal(SIGTERM, ask_to_end);
	while (time(NULL) < end && !asked_to_end) {
		ssize_t got = poll(&wait, 1, 200) == 1 ?
			recv(handle, frame, sizeof(frame), 0) : 0;

		for (i = 0; i < FRAMES && got >= LEAST; i++) {
			snprintf(text, sizeof(text), "<%.13s>",
				frames[i].name);
			seen[i] |= !!memmem(frame, (size_t)got, text,
				strlen(text));
		}
	}
	for (i = 0; i < FRAMES; i++)
		if (seen[i])
			printf("%s ", frames[i].name);
	puts("end");
}

int main(int count, char **arguments)
{
	struct sockaddr_ll own = { .sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL) };
	socklen_t size = sizeof(own);
	int handle = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

	if (count < 3 || handle < 0)
		return 2;
	own.sll_ifindex = (int)if_nametoindex(arguments[2]);
	if (bind(handle, (struct sockaddr *)&own, sizeof(own)) ||
	    getsockname(handle, (struct sockaddr *)&own, &size)) {
		perror(arguments[2]);
		return 1;
	}
	if (!strcmp(arguments[1], "send"))
		send_all(handle, own.sll_addr);
	else
		listen_for(handle, count > 3 ? atoi(arguments[3]) : 5);
	return 0;
}
