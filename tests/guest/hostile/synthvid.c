/* Hostile guests, N33 by VMBus: video memory anywhere, pictures and rectangles
 * of any size, messages that nobody knows, of any length. */
/* SPDX-License-Identifier: MIT */
#include "disk.h"
#include "pc.h"
#include "rows.h"
#include "display/synthvid_protocol.h"

#define PATIENCE	60000u	/* ms */
#define VERSION		0x00050003u
#define MEMORY		0xf8000000u	/* where it may lie */
#define MEMORY_SIZE	(16u << 20)
#define PIPE_DATA	1u
#define BODY		256u
#define CHECK_EACH	4096u	/* steps */

static struct {
	struct descriptor descriptor;
	uint32_t type, size;		/* of a pipe's message */
	struct synthvid_head head;
	uint8_t body[BODY];
} message, got[4];			/* one of theirs has up to 1 KB */

static void drain(void)
{
	while (disk_take_packet(&disk_queues[0], got, sizeof(got)))
		;
}

/* With that many bytes behind the head; sizes are right but for more. */
static void send(uint32_t type, uint32_t size, uint32_t more)
{
	uint32_t all = sizeof(message) - BODY + ((size + 7) & ~7u);

	message.descriptor = (struct descriptor){ TYPE_IN_BAND, 2, all / 8,
		one_in(2) ? FLAG_ANSWER : 0, guest_step };
	message.type = PIPE_DATA;
	message.size = sizeof(message.head) + size + more;
	message.head.type = type;
	message.head.size = sizeof(message.head) + size;
	while (!disk_put(&disk_queues[0], &message, all)) {
		drain();
		hv_pause();
	}
	disk_bell(&disk_queues[0]);
}

static void set(const void *body, uint32_t size)
{
	uint32_t i;

	for (i = 0; i < size; i++)
		message.body[i] = ((const uint8_t *)body)[i];
}

static bool is_answer(uint32_t type)
{
	return disk_take_packet(&disk_queues[0], got, sizeof(got)) &&
		got[0].descriptor.type == TYPE_IN_BAND &&
		got[0].head.type == type;
}

/* Each is answered; what a location's answer says is whether it was taken. */
static uint64_t ask(uint32_t type, const void *body, uint32_t size,
	uint32_t answer)
{
	set(body, size);
	send(type, size, 0);
	PC_UNTIL(is_answer(answer), PATIENCE);
	return *(uint64_t *)got[0].body;
}

static bool locate(uint64_t gpa)
{
	const struct synthvid_vram_location location = {
		.context = guest_step, .is_specified = 1, .gpa = gpa };

	return ask(SYNTHVID_VRAM_LOCATION, &location, sizeof(location),
		SYNTHVID_VRAM_LOCATION_ACK) == guest_step;
}

static void show(const struct synthvid_situation *situation)
{
	ask(SYNTHVID_SITUATION_UPDATE, situation, sizeof(*situation),
		SYNTHVID_SITUATION_UPDATE_ACK);
}

static void check_memory(uint32_t at)
{
	uint32_t value = random32();

	pc_store(at, 4, value);
	CHECK(pc_load(at, 4) == value);
}

/* An answer to something else may come before. */
static void negotiate(void)
{
	const uint32_t version = VERSION;

	set(&version, sizeof(version));
	send(SYNTHVID_VERSION_REQUEST, sizeof(version), 0);
	PC_UNTIL(is_answer(SYNTHVID_VERSION_RESPONSE) &&
		got[0].body[4] == SYNTHVID_ACCEPTED, PATIENCE);
}

/* After whatever was: memory, and a picture. */
static void check(void)
{
	static const struct synthvid_situation good = { .outputs = 1,
		.active = 1, .depth = 32, .width = 640, .height = 480,
		.pitch = 2560 };

	drain();
	negotiate();
	CHECK(!locate(PC_FREE));
	CHECK(locate(MEMORY));
	show(&good);
	check_memory(MEMORY);
	check_memory(MEMORY + MEMORY_SIZE - 4);
}

static void begin(void)
{
	pc_begin();
	bus_init();
	bus_connect(VMBUS_VERSION_5_2);
	disk_channel(&bus_video);
	check();
}

static void any_location(void)
{
	static const uint64_t places[] = { 0, 1, PC_OWN, PC_FREE, PC_RAM,
		0xa0000, 0xf7fff000, MEMORY, MEMORY + 1, MEMORY + PAGE,
		0xfb000000, 0xfb001000, 0xfbfff000, 0xfc000000, 0xfd000000,
		0xfee00000, 0xfffff000, 1ull << 32, 1ull << 52, ~0ull - 4095 };

	if (locate(one_in(4) ? odd() : PICK(places)))
		taken++;
	else
		refused++;
}

static void any_situation(void)
{
	static const uint32_t sizes[] = { 0, 1, 2, 640, 1920, 1921, 1200, 1201,
		4096, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff };
	static const uint8_t depths[] = { 0, 1, 8, 15, 16, 24, 32, 255 };
	const struct synthvid_situation situation = {
		.context = odd(),
		.outputs = below(3),
		.active = one_in(8) ? 0 : random32(),
		.offset = one_in(2) ? 0 : odd(),
		.depth = one_in(2) ? 32 : PICK(depths),
		.width = PICK(sizes), .height = PICK(sizes),
		.pitch = one_in(2) ? 7680 : odd(),
	};

	show(&situation);
}

static void any_dirt(void)
{
	uint32_t i, size = below(BODY);

	for (i = 0; i + 4 <= BODY; i += 4)
		*(uint32_t *)(message.body + i) = one_in(2) ? odd() :
			below(2000);
	message.body[0] = one_in(8);
	message.body[1] = one_in(4) ? random32() : size / 16;
	send(SYNTHVID_DIRT, size, 0);
}

static void any_message(void)
{
	uint32_t i;

	for (i = 0; i < 64; i++)
		message.body[i] = random32();
	send(one_in(8) ? odd() : below(20), below(BODY), one_in(4) ? odd() : 0);
}

static void touch(void)
{
	uint32_t at = MEMORY + (one_in(4) ? MEMORY_SIZE - 4 :
		below(0xfc000000 - MEMORY));

	pc_store(at, pc_size(), random32());
	pc_load(at, pc_size());
}

static void again(void)
{
	disk_close(&disk_queues[0]);
	disk_open(&disk_queues[0]);
	negotiate();
}

static void step(void)
{
	switch (below(8)) {
	case 0: any_location(); break;
	case 1: any_situation(); break;
	case 2: case 3: any_dirt(); break;
	case 4: any_message(); drain(); negotiate(); break;
	case 5: case 6: touch(); break;
	default:
		if (one_in(8))
			again();
		drain();
	}
	if (guest_step % CHECK_EACH == CHECK_EACH - 1)
		check();
}

static void end(void)
{
	check();
	bus_unload();
}

const struct row row_synthvid = { "n33v", begin, step, end };
