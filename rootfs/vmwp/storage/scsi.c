/* SCSI commands: from the CDB to what is to be done. docs/storage.md */
/* SPDX-License-Identifier: MIT */
#include "storage/scsi.h"

#include <string.h>

#include "storage/dvd.h"
#include "storage/inquiry.h"
#include "storage/mode.h"

/* Of a command. */
#define MEDIUM	1u	/* needs one */
#define QUIET	2u	/* is done in spite of a unit attention, SAM-5 5.14 */
#define OUT	4u	/* data come from the guest */
#define LIST	8u	/* ... and are parameters */

struct operation {
	uint8_t length;		/* of the CDB; 0: there is no such command */
	uint8_t flags;
	void (*act)(struct scsi_unit *unit, struct scsi_command *command);
};

void scsi_fail(struct scsi_command *command, uint8_t key, uint8_t asc,
	uint8_t ascq)
{
	command->action = SCSI_FAIL;
	command->sense = (struct scsi_sense){ key, asc, ascq };
}

void scsi_illegal_field(struct scsi_command *command)
{
	scsi_fail(command, SENSE_ILLEGAL, 0x24, 0x00);
}

void scsi_answer(struct scsi_command *command, uint32_t size,
	uint32_t allocated)
{
	if (size > allocated)
		size = allocated;
	command->answer = size < command->room ? size : command->room;
}

void scsi_sense_write(const struct scsi_sense *sense, uint8_t *to)
{
	memset(to, 0, SCSI_SENSE_SIZE);
	to[0] = 0x70;
	to[2] = sense->key;
	to[7] = SCSI_SENSE_SIZE - 8;
	to[12] = sense->asc;
	to[13] = sense->ascq;
}

static void good(struct scsi_unit *unit, struct scsi_command *command)
{
	(void)unit, (void)command;
}

/* The sectors in bytes; false, and that is the answer: they are not there. */
static bool in_range(const struct scsi_unit *unit,
	struct scsi_command *command, uint64_t first, uint64_t count)
{
	uint64_t sectors = unit->size / unit->sector;

	if (first > sectors || count > sectors - first) {
		scsi_fail(command, SENSE_ILLEGAL, 0x21, 0x00);
		return false;
	}
	command->offset = first * unit->sector;
	command->size = count * unit->sector;
	return true;
}

/* Where the sectors of a command begin, and how many there are, by its group
 * (SPC-4 4.3). */
static void sectors(const struct scsi_command *command, uint64_t *first,
	uint64_t *count)
{
	const uint8_t *cdb = command->cdb;

	switch (cdb[0] >> 5) {
	case 0:
		*first = scsi_get(cdb + 1, 3) & 0x1fffff;
		*count = cdb[4] ? cdb[4] : 256;
		break;
	case 4:
		*first = scsi_get8(cdb + 2);
		*count = scsi_get(cdb + 10, 4);
		break;
	case 5:
		*first = scsi_get(cdb + 2, 4);
		*count = scsi_get(cdb + 6, 4);
		break;
	default:
		*first = scsi_get(cdb + 2, 4);
		*count = scsi_get(cdb + 7, 2);
		break;
	}
}

/* The same for those that move data: protection there is none, and all must
 * have room in the guest's buffer. */
static bool transfer(
	const struct scsi_unit *unit, struct scsi_command *command)
{
	bool short_one = command->cdb[0] >> 5 == 0;
	uint64_t first, count;

	if (!short_one && command->cdb[1] & 0xe0) {
		scsi_illegal_field(command);
		return false;
	}
	sectors(command, &first, &count);
	if (!in_range(unit, command, first, count))
		return false;
	if (command->size > command->room) {
		scsi_illegal_field(command);
		return false;
	}
	command->forced = !short_one && command->cdb[1] & 0x08;
	return command->size;
}

static void read_sectors(struct scsi_unit *unit, struct scsi_command *command)
{
	if (transfer(unit, command))
		command->action = SCSI_READ;
}

static bool is_protected(
	const struct scsi_unit *unit, struct scsi_command *command)
{
	if (unit->read_only)
		scsi_fail(command, SENSE_PROTECTED, 0x27, 0x00);
	return unit->read_only;
}

static void write_sectors(struct scsi_unit *unit, struct scsi_command *command)
{
	if (!is_protected(unit, command) && transfer(unit, command))
		command->action = SCSI_WRITE;
}

/* The medium is not read for it; nothing is compared. */
static void verify(struct scsi_unit *unit, struct scsi_command *command)
{
	uint64_t first, count;

	sectors(command, &first, &count);
	if (in_range(unit, command, first, count) &&
	    command->cdb[1] & 0xe6)
		scsi_illegal_field(command);
}

static void prefetch(struct scsi_unit *unit, struct scsi_command *command)
{
	uint64_t first, count;

	sectors(command, &first, &count);
	in_range(unit, command, first, count);
}

/* All of it, whatever range is asked for. */
static void flush(struct scsi_unit *unit, struct scsi_command *command)
{
	uint64_t first, count;

	sectors(command, &first, &count);
	if (in_range(unit, command, first, count))
		command->action = SCSI_FLUSH;
}

static void wrong_list(struct scsi_command *command)
{
	scsi_fail(command, SENSE_ILLEGAL, 0x1a, 0x00);
}

/* SBC-3 5.28: a list of eight bytes, then sixteen for each range. The sum has a
 * bound, as the channel's other requests wait for all of it. */
static void unmap(struct scsi_unit *unit, struct scsi_command *command)
{
	uint32_t length = scsi_get(command->cdb + 7, 2), ranges;
	uint64_t left = SCSI_UNMAP_MOST;
	const uint8_t *at = command->data + 8;

	if (is_protected(unit, command) || !length)
		return;
	if (command->cdb[1] & 0x01) {
		scsi_illegal_field(command);
		return;
	}
	if (length < 8 || length > command->given) {
		wrong_list(command);
		return;
	}
	ranges = scsi_get(command->data + 2, 2);
	if (ranges > length - 8) {
		wrong_list(command);
		return;
	}
	if (ranges / 16 > SCSI_RANGES) {
		scsi_fail(command, SENSE_ILLEGAL, 0x26, 0x00);
		return;
	}
	for (ranges /= 16; ranges; ranges--, at += 16) {
		if (!in_range(unit, command, scsi_get8(at),
			scsi_get(at + 8, 4)))
			return;
		if (command->size / unit->sector > left) {
			scsi_fail(command, SENSE_ILLEGAL, 0x26, 0x00);
			return;
		}
		left -= command->size / unit->sector;
		if (command->size)
			command->ranges[command->count++] =
				(struct scsi_range){
					command->offset, command->size };
	}
	if (command->count)
		command->action = SCSI_UNMAP;
}

static bool is_zero(const uint8_t *bytes, uint32_t size)
{
	while (size && !*bytes)
		bytes++, size--;
	return !size;
}

/* Zeros alone: what a disk of this kind has without space. Bits: ANCHOR, and
 * NDOB of the long one, which has no data. */
static void write_same(struct scsi_unit *unit, struct scsi_command *command)
{
	bool no_data = command->cdb[0] == 0x93 && command->cdb[1] & 0x01;
	uint64_t first, count;

	if (is_protected(unit, command))
		return;
	sectors(command, &first, &count);
	if (!in_range(unit, command, first, count))
		return;
	if (command->cdb[1] & 0xf6 || !count || count > SCSI_SAME ||
	    (!no_data && (command->given < unit->sector ||
	    !is_zero(command->data, unit->sector)))) {
		scsi_illegal_field(command);
		return;
	}
	command->ranges[0] =
		(struct scsi_range){ command->offset, command->size };
	command->count = 1;
	command->action = SCSI_UNMAP;
}

static void read_capacity(struct scsi_unit *unit, struct scsi_command *command)
{
	uint64_t last = unit->size / unit->sector - 1;

	scsi_put(command->data, 4, last < UINT32_MAX ? last : UINT32_MAX);
	scsi_put(command->data + 4, 4, unit->sector);
	scsi_answer(command, 8, 8);
}

/* log2 of the sectors that the medium has for one of the guest's. */
static unsigned int exponent(const struct scsi_unit *unit)
{
	unsigned int power = 0;

	while (unit->sector << power < unit->physical)
		power++;
	return power;
}

/* SERVICE ACTION IN(16): of all only READ CAPACITY(16), SBC-3 5.16. */
static void service_in(struct scsi_unit *unit, struct scsi_command *command)
{
	uint8_t *data = command->data;

	if ((command->cdb[1] & 0x1f) != 0x10) {
		scsi_illegal_field(command);
		return;
	}
	memset(data, 0, 32);
	scsi_put(data, 8, unit->size / unit->sector - 1);
	scsi_put(data + 8, 4, unit->sector);
	data[13] = exponent(unit);
	/* LBPME, LBPRZ */
	data[14] = unit->thin ? 0xc0 : 0;
	scsi_answer(command, 32, scsi_get(command->cdb + 10, 4));
}

/* What would have come as a check condition comes as data here. */
static void request_sense(struct scsi_unit *unit, struct scsi_command *command)
{
	if (command->cdb[1] & 0x01) {
		scsi_illegal_field(command);
		return;
	}
	scsi_sense_write(&unit->attention, command->data);
	unit->attention = (struct scsi_sense){ 0 };
	scsi_answer(command, SCSI_SENSE_SIZE, command->cdb[4]);
}

/* A DVD comes out; there is no other motor. */
static void start_stop(struct scsi_unit *unit, struct scsi_command *command)
{
	bool eject = (command->cdb[4] & 0x03) == 0x02;

	if (unit->kind != SCSI_DVD || !eject)
		return;
	if (unit->locked)
		scsi_fail(command, SENSE_ILLEGAL, 0x53, 0x02);
	else
		command->action = SCSI_EJECT;
}

static void lock_medium(struct scsi_unit *unit, struct scsi_command *command)
{
	unit->locked = command->cdb[4] & 0x01;
}

/* SPC-4 6.33: LUNs, all of them, or none of the well known ones. */
static void report_luns(struct scsi_unit *unit, struct scsi_command *command)
{
	uint32_t allocated = scsi_get(command->cdb + 6, 4);

	(void)unit;
	if (command->cdb[2] > 2 || allocated < 16) {
		scsi_illegal_field(command);
		return;
	}
	scsi_answer(command, SCSI_DATA, allocated);
	command->action = SCSI_LUNS;
}

static const struct operation disk_operations[256] = {
	[0x00] = { 6, MEDIUM, good },		/* TEST UNIT READY */
	[0x03] = { 6, QUIET, request_sense },
	[0x08] = { 6, MEDIUM, read_sectors },
	[0x0a] = { 6, MEDIUM | OUT, write_sectors },
	[0x12] = { 6, QUIET, inquiry },
	[0x15] = { 6, MEDIUM | OUT | LIST, mode_select },
	[0x1a] = { 6, 0, mode_sense },
	[0x1b] = { 6, 0, start_stop },
	[0x1e] = { 6, 0, lock_medium },
	[0x25] = { 10, MEDIUM, read_capacity },
	[0x28] = { 10, MEDIUM, read_sectors },
	[0x2a] = { 10, MEDIUM | OUT, write_sectors },
	[0x2f] = { 10, MEDIUM, verify },
	[0x34] = { 10, MEDIUM, prefetch },
	[0x35] = { 10, MEDIUM, flush },
	[0x41] = { 10, MEDIUM | OUT | LIST, write_same },
	[0x42] = { 10, MEDIUM | OUT | LIST, unmap },
	[0x55] = { 10, MEDIUM | OUT | LIST, mode_select },
	[0x5a] = { 10, 0, mode_sense },
	[0x88] = { 16, MEDIUM, read_sectors },
	[0x8a] = { 16, MEDIUM | OUT, write_sectors },
	[0x8f] = { 16, MEDIUM, verify },
	[0x90] = { 16, MEDIUM, prefetch },
	[0x91] = { 16, MEDIUM, flush },
	[0x93] = { 16, MEDIUM | OUT | LIST, write_same },
	[0x9e] = { 16, MEDIUM, service_in },
	[0xa0] = { 12, QUIET, report_luns },
	[0xa8] = { 12, MEDIUM, read_sectors },
	[0xaa] = { 12, MEDIUM | OUT, write_sectors },
	[0xaf] = { 12, MEDIUM, verify },
};

static const struct operation dvd_operations[256] = {
	[0x00] = { 6, MEDIUM, good },
	[0x03] = { 6, QUIET, request_sense },
	[0x12] = { 6, QUIET, inquiry },
	[0x15] = { 6, OUT | LIST, mode_select },
	[0x1a] = { 6, 0, mode_sense },
	[0x1b] = { 6, 0, start_stop },
	[0x1e] = { 6, 0, lock_medium },
	[0x25] = { 10, MEDIUM, read_capacity },
	[0x28] = { 10, MEDIUM, read_sectors },
	[0x2f] = { 10, MEDIUM, verify },
	[0x35] = { 10, MEDIUM, good },
	[0x43] = { 10, MEDIUM, dvd_toc },
	[0x46] = { 10, QUIET, dvd_configuration },
	[0x4a] = { 10, QUIET, dvd_event },
	[0x51] = { 10, MEDIUM, dvd_information },
	[0x52] = { 10, MEDIUM, dvd_track },
	[0x55] = { 10, OUT | LIST, mode_select },
	[0x5a] = { 10, 0, mode_sense },
	[0xa0] = { 12, QUIET, report_luns },
	[0xa8] = { 12, MEDIUM, read_sectors },
	[0xbb] = { 12, 0, good },		/* SET CD SPEED */
	[0xbd] = { 12, 0, dvd_mechanism },
};

static const struct operation *operation(
	enum scsi_kind kind, const struct scsi_command *command)
{
	if (!command->length)
		return &disk_operations[0xff];
	return kind == SCSI_DVD ? &dvd_operations[command->cdb[0]] :
		&disk_operations[command->cdb[0]];
}

/* Both kinds agree about those that they have. */
static unsigned int flags_of(const struct scsi_command *command)
{
	return operation(SCSI_DISK, command)->flags |
		operation(SCSI_DVD, command)->flags;
}

bool scsi_is_out(const struct scsi_command *command)
{
	return flags_of(command) & OUT;
}

uint32_t scsi_parameters(const struct scsi_command *command)
{
	if (!(flags_of(command) & LIST))
		return 0;
	return command->room < SCSI_DATA ? command->room : SCSI_DATA;
}

static bool is_known(const struct scsi_unit *unit,
	struct scsi_command *command)
{
	const struct operation *known = operation(unit->kind, command);

	if (!known->length)
		scsi_fail(command, SENSE_ILLEGAL, 0x20, 0x00);
	else if (command->length < known->length)
		scsi_illegal_field(command);
	return command->action != SCSI_FAIL;
}

static bool is_ready(struct scsi_unit *unit, struct scsi_command *command)
{
	unsigned int flags = operation(unit->kind, command)->flags;

	if (unit->attention.key && !(flags & QUIET)) {
		command->action = SCSI_FAIL;
		command->sense = unit->attention;
		unit->attention = (struct scsi_sense){ 0 };
	} else if (flags & MEDIUM && !unit->loaded) {
		scsi_fail(command, SENSE_NOT_READY, 0x3a, 0x00);
	}
	return command->action != SCSI_FAIL;
}

void scsi_decode(struct scsi_unit *unit, struct scsi_command *command)
{
	command->action = SCSI_DONE;
	command->sense = (struct scsi_sense){ 0 };
	command->answer = 0;
	command->forced = false;
	command->offset = command->size = 0;
	command->count = 0;
	if (is_known(unit, command) && is_ready(unit, command))
		operation(unit->kind, command)->act(unit, command);
}
