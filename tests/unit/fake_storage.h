/* A guest with a SCSI controller: opens, negotiates, sends commands. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKE_STORAGE_H
#define TESTS_FAKE_STORAGE_H

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake_image.h"
#include "fake_vmbus.h"
#include "storage/storvsp.h"

/* Where the guest has what: rings of each channel, then buffers. */
#define RING_PAGE	16u
#define RING_PAGES	8u	/* of each ring */
#define DATA_PAGE	256u
#define DATA		(fake_memory + DATA_PAGE * FAKE_PAGE)

static struct fake fake;
static struct vmbus vmbus;
static struct storvsp storvsp;
static pthread_mutex_t device_lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_up;
static int ide_place_number = -1;	/* it is that place's controller */

struct guest_channel {
	struct fake_ring out, in;
};
static struct guest_channel side[STORVSP_QUEUES];

static inline void ring_bell(unsigned int index)
{
	uint64_t one = 1;

	CHECK(write(storvsp.queues[index].channel.bell, &one, 8) == 8);
}

/* Everything that can be done without waiting for the guest; it ends. */
static inline void pump(void)
{
	unsigned int i, quiet, rounds = 0;

	if (storvsp.threads)
		return;
	for (quiet = 0; quiet < 4; quiet++) {
		CHECK(rounds++ < 1000000);
		for (i = 0; i < storvsp.count; i++) {
			queue_turn(&storvsp.queues[i], false);
			if (storvsp.queues[i].in_kernel ||
			    storvsp.queues[i].fresh.first)
				quiet = 0;
		}
	}
}

static inline void down(void)
{
	if (!is_up)
		return;
	is_up = false;
	storvsp_pause(&storvsp);
	vmbus.device.ops->exit(&vmbus.device);
	storvsp_exit(&storvsp);
}

static inline void up(unsigned int processors, bool threads)
{
	down();
	fake_init(&fake);
	CHECK(!vmbus_init(&vmbus, &fake.ram, FAKE_VPS, &fake_host, &fake));
	pthread_mutex_lock(&device_lock);
	if (ide_place_number >= 0)
		CHECK(!storvsp_init_ide(&storvsp, &vmbus, &device_lock,
			ide_place_number, threads));
	else
		CHECK(!storvsp_init(&storvsp, &vmbus, &device_lock, processors,
			threads));
	pthread_mutex_unlock(&device_lock);
	is_up = true;
}

static inline void connect_bus(void)
{
	const struct vmbus_offer *offer;

	pthread_mutex_lock(&device_lock);
	fake_contact(&vmbus, VMBUS_VERSION_5_3, 1, 2);
	fake_expect(&fake, VMBUS_VERSION_RESPONSE);
	FAKE_SAY(&vmbus, VMBUS_REQUEST_OFFERS);
	offer = fake_expect(&fake, VMBUS_OFFER);
	CHECK(offer->type.a == (ide_place_number < 0 ? 0xba6163d9 :
		0x32412632) && !offer->subchannel);
	CHECK(ide_place_number < 0 || (offer->instance.c == 0x8899 &&
		offer->instance.a == ide_place_number / 2u &&
		offer->instance.b == ide_place_number % 2u));
	fake_expect(&fake, VMBUS_OFFERS_DELIVERED);
	fake_nothing(&fake);
	pthread_mutex_unlock(&device_lock);
}

static inline uint32_t open_status(uint32_t relid)
{
	const struct vmbus_open_result *result;

	result = fake_expect(&fake, VMBUS_OPEN_RESULT);
	CHECK(result->relid == relid);
	return result->status;
}

static inline void open_channel(unsigned int index)
{
	uint32_t relid = index + 1, page = RING_PAGE + index * 2 * RING_PAGES;
	const struct vmbus_gpadl_created *created;

	side[index].out = fake_ring(page, RING_PAGES);
	side[index].in = fake_ring(page + RING_PAGES, RING_PAGES);
	pthread_mutex_lock(&device_lock);
	fake_gpadl(&vmbus, relid, 0xe1e00 + relid, page, 2 * RING_PAGES);
	created = fake_expect(&fake, VMBUS_GPADL_CREATED);
	CHECK(created->status == VMBUS_GOOD);
	fake_open(&vmbus, relid, 0xe1e00 + relid, index % FAKE_VPS,
		RING_PAGES);
	CHECK(open_status(relid) == VMBUS_GOOD);
	pthread_mutex_unlock(&device_lock);
}

/* How many others are rescinded for it; the guest lets them go. */
static inline unsigned int close_channel(unsigned int index)
{
	const struct vmbus_header *header;
	unsigned int rescinded = 0;

	pthread_mutex_lock(&device_lock);
	FAKE_SAY(&vmbus, VMBUS_CLOSE, index + 1);
	FAKE_SAY(&vmbus, VMBUS_GPADL_TEARDOWN, index + 1, 0xe1e01 + index);
	while ((header = fake_take(&fake)) &&
	       header->type == VMBUS_RESCIND) {
		FAKE_SAY(&vmbus, VMBUS_RELID_RELEASED,
			((const struct vmbus_relid *)header)->relid);
		rescinded++;
	}
	CHECK(header && header->type == VMBUS_GPADL_TORNDOWN);
	CHECK(((const struct vmbus_gpadl_torndown *)header)->gpadl ==
		0xe1e01 + index);
	pthread_mutex_unlock(&device_lock);
	return rescinded;
}

/* The next packet of the controller's; waits for it a while. */
static inline bool take_answer(unsigned int index, uint64_t *transaction,
	struct vstor_packet *packet)
{
	unsigned int tries = 0;

	while (fake_receive(&side[index].in, transaction, packet,
		sizeof(*packet)) < 0) {
		if (!storvsp.threads || tries++ > 100000)
			return false;
		usleep(100);
	}
	return true;
}

static inline void post(unsigned int index, uint16_t flags, uint64_t id,
	const void *packet, uint32_t size)
{
	uint16_t head[4] = { PACKET_IN_BAND, 2, 2 + size / 8, flags };

	if (fake_write(&side[index].out, head, id, packet, size) == 1)
		ring_bell(index);
}

static inline struct vstor_packet ask(unsigned int index,
	struct vstor_packet packet)
{
	uint64_t id;

	post(index, PACKET_FLAG_COMPLETION, 0x1234567890, &packet,
		sizeof(packet));
	pump();
	CHECK(take_answer(index, &id, &packet));
	CHECK(id == 0x1234567890 && packet.operation == VSTOR_COMPLETE_IO);
	return packet;
}

static inline uint32_t operation(unsigned int index, uint32_t number)
{
	return ask(index, (struct vstor_packet){ .operation = number }).status;
}

static inline uint32_t version(uint16_t number)
{
	struct vstor_packet packet = { .operation = VSTOR_QUERY_VERSION };

	packet.version.number = number;
	return ask(0, packet).status;
}

static inline void negotiated(void)
{
	open_channel(0);
	CHECK(operation(0, VSTOR_BEGIN_INITIALIZATION) == VSTOR_GOOD);
	CHECK(version(VSTOR_VERSION_10) == VSTOR_GOOD);
	CHECK(operation(0, VSTOR_QUERY_PROPERTIES) == VSTOR_GOOD);
	CHECK(operation(0, VSTOR_END_INITIALIZATION) == VSTOR_GOOD);
}

static inline void sub_channels(unsigned int count)
{
	struct vstor_packet packet = {
		.operation = VSTOR_CREATE_SUB_CHANNELS };
	const struct vmbus_offer *offer;
	unsigned int i;

	packet.sub_channels = count;
	CHECK(ask(0, packet).status == VSTOR_GOOD);
	for (i = 1; i <= count; i++) {
		offer = fake_expect(&fake, VMBUS_OFFER);
		CHECK(offer->subchannel == i && offer->relid == i + 1);
	}
	for (i = 1; i <= count; i++)
		open_channel(i);
}

static inline void ready(unsigned int processors, bool threads)
{
	up(processors, threads);
	connect_bus();
	negotiated();
}

/* A request, as a guest makes it. */
struct fake_srb {
	uint8_t lun, cdb[16], length, data_in;
	uint32_t transfer, offset;
	uint32_t page;		/* first of its pages, in a row */
};

static inline uint32_t fake_srb_bytes(const struct fake_srb *srb,
	uint8_t *bytes, uint16_t head[4])
{
	uint32_t pages = srb->transfer ?
		(srb->offset + srb->transfer + 4095) / 4096 : 0, i, at = 0;
	struct vstor_range range = {
		.count = 1, .size = srb->transfer, .offset = srb->offset };
	struct vstor_packet packet = {
		.operation = VSTOR_EXECUTE_SRB,
		.srb = { .length = sizeof(struct vstor_srb),
			.lun = srb->lun, .target = storvsp.target,
			.cdb_length = srb->length,
			.data_in = srb->data_in, .transfer = srb->transfer,
			.sense_length = VSTOR_SENSE },
	};
	uint64_t number;

	memcpy(packet.srb.payload, srb->cdb, 16);
	if (pages) {
		memcpy(bytes, &range, sizeof(range));
		at = sizeof(range);
		for (i = 0; i < pages; i++, at += 8) {
			number = srb->page + i;
			memcpy(bytes + at, &number, 8);
		}
	}
	head[0] = pages ? PACKET_GPA_DIRECT : PACKET_IN_BAND;
	head[1] = 2 + at / 8;
	memcpy(bytes + at, &packet, sizeof(packet));
	at += sizeof(packet);
	head[2] = 2 + at / 8;
	head[3] = PACKET_FLAG_COMPLETION;
	return at;
}

/* false: there was no room in the ring. */
static inline bool send_srb(unsigned int index, uint64_t id,
	const struct fake_srb *srb)
{
	uint8_t bytes[QUEUE_PACKET];
	uint16_t head[4];
	uint32_t size = fake_srb_bytes(srb, bytes, head);
	int result = fake_write(&side[index].out, head, id, bytes, size);

	if (result == 1)
		ring_bell(index);
	return result >= 0;
}

static inline struct vstor_srb run_srb(unsigned int index,
	const struct fake_srb *srb)
{
	struct vstor_packet packet;
	uint64_t id;

	CHECK(send_srb(index, 4711, srb));
	pump();
	CHECK(take_answer(index, &id, &packet));
	CHECK(id == 4711 && packet.operation == VSTOR_COMPLETE_IO);
	return packet.srb;
}

/* Of 16 bytes: READ, WRITE and others with a range. */
static inline struct fake_srb fake_move(uint8_t opcode, uint8_t lun,
	uint64_t sector, uint32_t count, uint32_t sector_size)
{
	struct fake_srb srb = { .lun = lun, .length = 16,
		.data_in = opcode == 0x88, .transfer = count * sector_size,
		.page = DATA_PAGE };

	srb.cdb[0] = opcode;
	scsi_put(srb.cdb + 2, 8, sector);
	scsi_put(srb.cdb + 10, 4, count);
	return srb;
}

static inline bool sense_is(const struct vstor_srb *srb, uint8_t key,
	uint8_t asc, uint8_t ascq)
{
	return srb->srb_status == (SRB_ERROR | SRB_SENSE) &&
		srb->scsi_status == 2 && srb->payload[0] == 0x70 &&
		srb->payload[2] == key && srb->payload[12] == asc &&
		srb->payload[13] == ascq && !srb->transfer;
}

static inline bool is_good(const struct vstor_srb *srb, uint32_t transfer)
{
	return srb->srb_status == SRB_SUCCESS && !srb->scsi_status &&
		srb->transfer == transfer;
}

static inline uint8_t ready_status(unsigned int lun)
{
	struct fake_srb srb = { .lun = lun, .length = 6, .data_in = 2 };

	return run_srb(0, &srb).srb_status;
}

static inline int add_disk(unsigned int lun, uint64_t size)
{
	int fd = fake_file(size);

	CHECK(!lun_add(&storvsp, lun, SCSI_DISK, fake_image(fd, false)));
	return fd;
}

#endif
