/* SCSI commands of any bytes, on disks and DVDs of any size. */
/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "check.h"
#include "storage/scsi.h"

static struct scsi_unit unit;
static struct scsi_command command;
static uint8_t cdb[16];

static void make_unit(struct input *input)
{
	uint8_t how = input_byte(input);

	unit = (struct scsi_unit){ .kind = how & 1 ? SCSI_DVD : SCSI_DISK,
		.loaded = true, .read_only = how & 2, .thin = how & 4,
		.sector = how & 1 ? 2048 : 512, .physical = 4096 };
	unit.size = (input_word(input) + 1ull) * unit.sector <<
		input_byte(input) % 5;
	if (how & 9)
		unit.loaded = !(how & 8);
}

/* Data are where a byte more would be seen. */
static void run(struct input *input)
{
	uint8_t *data;

	command.length = input_byte(input) % 17;
	command.room = input_word(input) % (SCSI_TRANSFER + 1);
	input_take(input, cdb, sizeof(cdb));
	command.cdb = cdb;
	command.given = scsi_parameters(&command);
	CHECK(command.given <= SCSI_DATA && command.given <= command.room);
	data = malloc(command.given);
	input_take(input, data, command.given < 256 ? command.given : 256);
	memset(command.data, 0xff, SCSI_DATA);
	memcpy(command.data, data, command.given < 256 ? command.given : 256);
	free(data);
	scsi_decode(&unit, &command);
}

static void check_range(uint64_t offset, uint64_t size)
{
	CHECK(size && offset < unit.size && size <= unit.size - offset);
	CHECK(offset % unit.sector == 0 && size % unit.sector == 0);
}

static void check_result(void)
{
	unsigned int i;

	CHECK(command.answer <= command.room && command.answer <= SCSI_DATA);
	switch (command.action) {
	case SCSI_READ:
	case SCSI_WRITE:
		check_range(command.offset, command.size);
		CHECK(command.size <= command.room && unit.loaded);
		CHECK(command.action == SCSI_READ || !unit.read_only);
		CHECK(scsi_is_out(&command) == (command.action == SCSI_WRITE));
		break;
	case SCSI_UNMAP:
		CHECK(command.count && command.count <= SCSI_RANGES);
		CHECK(!unit.read_only && unit.kind == SCSI_DISK);
		for (i = 0; i < command.count; i++)
			check_range(command.ranges[i].offset,
				command.ranges[i].size);
		break;
	case SCSI_FAIL:
		CHECK(command.sense.key && !command.answer);
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };

	make_unit(&input);
	while (input.left) {
		run(&input);
		check_result();
	}
	return 0;
}
