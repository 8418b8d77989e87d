/* VMBus rings: against a guest's side, with wrong guests, by two threads. */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <semaphore.h>

#include "fake_vmbus.h"

#define IN_PAGE		16u
#define OUT_PAGE	80u
#define PAGES_MAX	40u

static struct guest_page in_pages[PAGES_MAX], out_pages[PAGES_MAX];
static struct fake fake;
static struct fake_ring guest_out, guest_in;	/* the guest's names */
static struct ring ring_in, ring_out;
static uint8_t buffer[1 << 20];

static void fresh(uint32_t pages)
{
	uint32_t i;

	for (i = 0; i < pages; i++) {
		in_pages[i] = shared_page(&fake.ram, IN_PAGE + i);
		out_pages[i] = shared_page(&fake.ram, OUT_PAGE + i);
		CHECK(shared_is(in_pages[i]) && shared_is(out_pages[i]));
		CHECK(shared_number(&fake.ram, in_pages[i]) == IN_PAGE + i);
	}
	guest_out = fake_ring(IN_PAGE, pages);
	guest_in = fake_ring(OUT_PAGE, pages);
	CHECK(!ring_attach_in(&ring_in, in_pages, pages));
	CHECK(!ring_attach_out(&ring_out, out_pages, pages));
	CHECK(guest_in.control[16] == 1);
}

static void test_packets(unsigned int rounds)
{
	const struct packet plain = { .type = PACKET_IN_BAND };
	struct packet packet;
	uint8_t bytes[4000], got[4096];
	uint64_t transaction;
	uint32_t i, j, size;

	fresh(2);
	for (i = 0; i < rounds; i++) {
		size = any() % 60 * 8;
		for (j = 0; j < size; j++)
			bytes[j] = any();
		CHECK(fake_send(&guest_out, i, bytes, size) == 1);
		CHECK(ring_ready(&ring_in));
		CHECK(ring_receive(&ring_in, &packet, got, sizeof(got)) == 1);
		CHECK(packet.type == PACKET_IN_BAND && packet.size == size);
		CHECK(packet.transaction == i && packet.data == 0);
		CHECK(!memcmp(got, bytes, size));
		CHECK(!ring_receive(&ring_in, &packet, got, sizeof(got)));
		CHECK(!ring_commit(&ring_in) && !fake_used(&guest_out));
		CHECK(!ring_ready(&ring_in));
		/* Back, with any number of bytes. */
		size = any() % 500;
		packet = plain;
		packet.transaction = i * 3;
		CHECK(ring_send(&ring_out, &packet, bytes, size) == 1);
		CHECK(fake_receive(&guest_in, &transaction, got,
			sizeof(got)) == (int)((size + 7) / 8 * 8));
		CHECK(transaction == i * 3 && !memcmp(got, bytes, size));
		for (j = size; j % 8; j++)
			CHECK(!got[j]);
	}
}

static void test_masks(void)
{
	struct packet packet = { .type = PACKET_IN_BAND };
	uint64_t transaction;

	fresh(3);
	CHECK(ring_send(&ring_out, &packet, "one", 3) == 1);
	CHECK(ring_send(&ring_out, &packet, "two", 3) == 0);	/* it is awake */
	CHECK(fake_receive(&guest_in, &transaction, buffer, 8) == 8);
	CHECK(fake_receive(&guest_in, &transaction, buffer, 8) == 8);
	CHECK(!memcmp(buffer, "two", 4));
	fake_store(&guest_in, FAKE_MASK, 0x5a5a0000);
	CHECK(ring_send(&ring_out, &packet, "three", 5) == 0);
	ring_mask(&ring_in, true);
	CHECK(fake_send(&guest_out, 1, "12345678", 8) == 0);
	ring_mask(&ring_in, false);
	CHECK(ring_ready(&ring_in));
}

/* The guest waits for room: it is told when it has it, whichever way it
 * counts, and also if it waits for all. */
static void test_guest_waits(void)
{
	static const uint32_t wants[] = { 136, 1024, 1025, 4000, 4088, 4095,
		4096, UINT32_MAX };
	struct packet packet;
	uint32_t told, i, read;

	for (i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		fresh(2);
		while (fake_send(&guest_out, 0, buffer, 104) >= 0)
			;
		fake_store(&guest_out, FAKE_PENDING, wants[i]);
		for (told = read = 0; fake_used(&guest_out); read++) {
			CHECK(ring_receive(&ring_in, &packet, buffer, 104) == 1);
			told += ring_commit(&ring_in);
		}
		CHECK(read == 31 && told >= 1 && told <= 2);
		CHECK(!ring_commit(&ring_in));
	}
}

static void test_we_wait(void)
{
	struct packet packet = { .type = PACKET_IN_BAND };
	uint64_t transaction;
	uint32_t sent = 0;
	int result;

	fresh(2);
	while ((result = ring_send(&ring_out, &packet, buffer, 1000)) >= 0)
		sent++;
	CHECK(result == -EAGAIN && sent == 3);
	CHECK(fake_load(&guest_in, FAKE_PENDING) == 1024);
	CHECK(fake_receive(&guest_in, &transaction, buffer, 1000) == 1000);
	CHECK(ring_send(&ring_out, &packet, buffer, 1000) == 0);
	CHECK(fake_load(&guest_in, FAKE_PENDING) == 0);
	CHECK(ring_send(&ring_out, &packet, buffer, 4072) == -EMSGSIZE);
	CHECK(ring_send(&ring_out, &packet, buffer, 1 << 20) == -EMSGSIZE);
	CHECK(ring_send(&ring_out, &packet, buffer, 4064) == -EAGAIN);
	while (fake_receive(&guest_in, &transaction, buffer, 1000) >= 0)
		;
	CHECK(ring_send(&ring_out, &packet, buffer, 4064) == 1);
}

/* HOSTILE N19: indices. */
static void test_indices(void)
{
	static const uint32_t wrong[] = { 1, 4, 7, 12, 4096, 4104, 8192,
		0x7ffffff8, 0x80000000, 0xfffffff8, 0xffffffff };
	struct packet packet = { .type = PACKET_IN_BAND };
	uint32_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		fresh(2);
		fake_store(&guest_out, FAKE_WRITE, wrong[i]);
		CHECK(ring_ready(&ring_in));
		CHECK(ring_receive(&ring_in, &packet, buffer, 64) == -EPROTO);
		CHECK(ring_attach_in(&ring_in, in_pages, 2) == -EPROTO);
		fresh(2);
		fake_store(&guest_in, FAKE_READ, wrong[i]);
		/* It is looked at when it matters. */
		CHECK(ring_send(&ring_out, &packet, buffer, 4000) >= 0);
		CHECK(ring_send(&ring_out, &packet, buffer, 4000) == -EPROTO);
		CHECK(ring_attach_out(&ring_out, out_pages, 2) == -EPROTO);
	}
	/* Back: over what was read, and over what was written. */
	fresh(2);
	for (i = 0; i < 3; i++)
		CHECK(fake_send(&guest_out, 0, buffer, 104) >= 0);
	for (i = 0; i < 3; i++)
		CHECK(ring_receive(&ring_in, &packet, buffer, 104) == 1);
	fake_store(&guest_out, FAKE_WRITE, 128);
	CHECK(ring_receive(&ring_in, &packet, buffer, 104) == -EPROTO ||
		packet.size <= 104);
	fresh(2);
	CHECK(ring_send(&ring_out, &packet, buffer, 1000) == 1);
	fake_store(&guest_in, FAKE_READ, 2048);
	CHECK(ring_send(&ring_out, &packet, buffer, 3060) == -EPROTO);
}

/* HOSTILE N20 as far as it is the ring's. */
static void test_descriptors(void)
{
	static const struct {
		uint16_t head[4];
		uint32_t size;
		int result;
	} cases[] = {
		{ { 6, 2, 2, 0 }, 0, 1 },
		{ { 6, 2, 3, 0 }, 8, 1 },
		{ { 6, 3, 3, 1 }, 8, 1 },
		{ { 6, 2, 6, 0 }, 8, -EPROTO },		/* longer than there */
		{ { 6, 2, 4, 0 }, 8, -EPROTO },		/* over the trailer */
		{ { 6, 2, 0xffff, 0 }, 8, -EPROTO },
		{ { 6, 2, 1, 0 }, 8, -EPROTO },
		{ { 6, 2, 0, 0 }, 8, -EPROTO },
		{ { 6, 0, 2, 0 }, 8, -EPROTO },
		{ { 6, 1, 3, 0 }, 8, -EPROTO },
		{ { 6, 4, 3, 0 }, 8, -EPROTO },
		{ { 6, 0xffff, 3, 0 }, 8, -EPROTO },
		{ { 6, 2, 15, 0 }, 104, -EMSGSIZE },
		{ { 9, 2, 4, 0 }, 16, -EBADMSG },
		{ { 9, 3, 4, 0 }, 16, 1 },
		{ { 7, 2, 4, 0 }, 16, -EBADMSG },
		{ { 7, 3, 4, 0 }, 16, 1 },
		{ { 0xffff, 2, 4, 0xffff }, 16, 1 },	/* the device's */
	};
	struct packet packet;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fresh(2);
		CHECK(fake_write(&guest_out, cases[i].head, 5, buffer,
			cases[i].size) == 1);
		CHECK(ring_receive(&ring_in, &packet, buffer, 64) ==
			cases[i].result);
		if (cases[i].result == -EPROTO)
			continue;
		CHECK(packet.type == cases[i].head[0]);
		/* The next one is found. */
		CHECK(fake_send(&guest_out, 6, "12345678", 8) == 0);
		CHECK(ring_receive(&ring_in, &packet, buffer, 64) == 1);
		CHECK(packet.transaction == 6 && packet.size == 8);
	}
	/* Less than a descriptor. */
	fresh(2);
	fake_store(&guest_out, FAKE_WRITE, 16);
	CHECK(ring_receive(&ring_in, &packet, buffer, 64) == -EPROTO);
}

static void test_sizes(void)
{
	fresh(3);
	CHECK(ring_attach_in(&ring_in, in_pages, 0) == -EPROTO);
	CHECK(ring_attach_in(&ring_in, in_pages, 1) == -EPROTO);
	CHECK(ring_attach_in(&ring_in, in_pages, UINT32_MAX) == -EPROTO);
	/* Indices that are there already are gone on from. */
	fake_store(&guest_out, FAKE_WRITE, 4096);
	fake_store(&guest_out, FAKE_READ, 4096);
	CHECK(!ring_attach_in(&ring_in, in_pages, 3));
	CHECK(fake_send(&guest_out, 1, "12345678", 8) == 1);
	CHECK(ring_receive(&ring_in, &(struct packet){ 0 }, buffer, 8) == 1);
}

/* Everything random in the control page and in the data. */
static void test_random(unsigned int rounds)
{
	struct packet packet = { .type = PACKET_IN_BAND };
	unsigned int i;
	int result;

	for (i = 0; i < rounds; i++) {
		if (i % 16 == 0)
			fresh(2 + any() % 3);
		guest_out.control[any() % 4] = any() % 3 ?
			any() % guest_out.size & ~7u : any();
		guest_in.control[any() % 4] = any() % 3 ?
			any() % guest_in.size & ~7u : any();
		((uint16_t *)guest_out.data)[any() % guest_out.size / 2] =
			any() % 40;
		result = ring_receive(&ring_in, &packet, buffer, 200);
		CHECK(result != 1 || packet.size <= 200);
		CHECK(ring_in.read < ring_in.size && ring_in.write < ring_in.size);
		ring_commit(&ring_in);
		ring_send(&ring_out, &packet, buffer, any() % 300);
		CHECK(ring_out.read < ring_out.size && ring_out.write < ring_out.size);
		if (result == -EPROTO)
			fresh(2);
	}
}

/*
 * A guest's thread that sleeps whenever it may, and ours that does: a signal
 * too few hangs them. Linux's rules for the guest: drivers/hv/ring_buffer.c.
 */
static sem_t guest_bell, our_bell;
static unsigned int packets;

static void sleep_at(sem_t *bell)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	if (sem_timedwait(bell, &until)) {
		fprintf(stderr, "nobody rang; in %u %u of %u, mask %u pending "
			"%u; out %u %u, mask %u pending %u\n",
			guest_out.control[0], guest_out.control[1],
			guest_out.size, guest_out.control[2],
			guest_out.control[3], guest_in.control[0],
			guest_in.control[1], guest_in.control[2],
			guest_in.control[3]);
		exit(1);
	}
}

/* hv_pkt_iter_close(): the host waits for room. */
static void guest_close(uint32_t bytes_read)
{
	uint32_t pending = fake_load(&guest_in, FAKE_PENDING), now;

	now = guest_in.size - fake_used(&guest_in);
	if (pending && now - bytes_read <= pending && now > pending)
		sem_post(&our_bell);
}

static void *guest_thread(void *context)
{
	unsigned int sent = 0, received = 0;
	uint64_t transaction, data[30];
	int size;

	(void)context;
	while (received < packets) {
		while (sent < packets) {
			data[0] = sent;
			size = fake_send(&guest_out, sent, data,
				8 + sent % 29 * 8);
			if (size < 0)
				break;
			sent++;
			if (size)
				sem_post(&our_bell);
		}
		fake_store(&guest_out, FAKE_PENDING, sent < packets ? 264 : 0);
		fake_store(&guest_in, FAKE_MASK, 1);
		while ((size = fake_receive(&guest_in, &transaction, data,
			sizeof(data))) >= 0) {
			CHECK(transaction == received &&
				data[0] == received);
			received++;
			guest_close(size + 24);
		}
		fake_store(&guest_in, FAKE_MASK, 0);
		if (fake_used(&guest_in) || (sent < packets &&
		    guest_out.size - fake_used(&guest_out) > 264))
			continue;
		if (received < packets)
			sleep_at(&guest_bell);
	}
	return NULL;
}

/* As a channel does: masked while it looks. */
static bool our_turn(unsigned int *done)
{
	static uint8_t data[300];
	static struct packet packet;
	static bool held;
	int result;

	ring_mask(&ring_in, true);
	while (1) {
		if (!held && ring_receive(&ring_in, &packet, data, 300) != 1)
			break;
		result = ring_send(&ring_out, &packet, data, packet.size);
		CHECK(result >= 0 || result == -EAGAIN);
		held = result < 0;
		if (held)
			break;
		(*done)++;
		if (result)
			sem_post(&guest_bell);
	}
	if (ring_commit(&ring_in))
		sem_post(&guest_bell);
	ring_mask(&ring_in, false);
	return !held && ring_ready(&ring_in);
}

static void test_threads(unsigned int count)
{
	unsigned int done = 0;
	pthread_t thread;

	fresh(2);
	packets = count;
	sem_init(&guest_bell, 0, 0);
	sem_init(&our_bell, 0, 0);
	CHECK(!pthread_create(&thread, NULL, guest_thread, NULL));
	while (done < packets)
		if (!our_turn(&done) && done < packets)
			sleep_at(&our_bell);
	pthread_join(thread, NULL);
}

static bool is_page(const struct ram *ram, uint64_t number)
{
	return shared_is(shared_page(ram, number));
}

static void test_memory(void)
{
	struct ram large = { (void *)4096, 8ull << 30 };
	uint64_t high = RAM_HIGH / FAKE_PAGE;
	uint8_t byte = 7;

	CHECK(!is_page(&fake.ram, FAKE_PAGES));
	CHECK(!is_page(&fake.ram, 0xa0) && is_page(&fake.ram, 0x9f));
	CHECK(!is_page(&fake.ram, UINT64_MAX));
	CHECK(!is_page(&fake.ram, 1ull << 52));
	CHECK(shared_number(&large, shared_page(&large, high + 5)) ==
		high + 5);
	CHECK(!is_page(&large, high - 1));
	CHECK(shared_write(&fake.ram, 0x5fff, &byte, 1));
	CHECK(shared_read(&fake.ram, 0x5fff, buffer, 1) && buffer[0] == 7);
	CHECK(!shared_read(&fake.ram, FAKE_RAM - 1, buffer, 2));
	CHECK(!shared_read(&fake.ram, UINT64_MAX, buffer, 8));
	CHECK(!shared_write(&fake.ram, 0x9ffff, buffer, 2));
}

int main(int count, char **arguments)
{
	unsigned int rounds = start("test_ring", count, arguments);

	fake_init(&fake);
	test_memory();
	test_packets(rounds);
	test_masks();
	test_guest_waits();
	test_we_wait();
	test_indices();
	test_descriptors();
	test_sizes();
	test_random(rounds * 50);
	test_threads(rounds * 20);
	return 0;
}
