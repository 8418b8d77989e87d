/* Commands that only a DVD drive has (MMC-6). */
/* SPDX-License-Identifier: MIT */
#include "storage/dvd.h"

#include <string.h>

#define LEAD_OUT	0xaa
#define DVD_ROM		0x10	/* profiles */
#define CD_ROM		0x08

/* A place on the disc, as sectors or as minutes, seconds and frames. */
static void put_place(uint8_t *to, bool minutes, uint64_t sector)
{
	if (!minutes) {
		scsi_put(to, 4, sector < UINT32_MAX ? sector : UINT32_MAX);
		return;
	}
	sector += 150;
	to[0] = 0;
	to[1] = sector / 75 / 60 < 255 ? sector / 75 / 60 : 255;
	to[2] = sector / 75 % 60;
	to[3] = sector % 75;
}

static uint32_t put_track(uint8_t *to, uint8_t number, bool minutes,
	uint64_t sector)
{
	to[0] = 0;
	to[1] = 0x14;		/* data, without interruption */
	to[2] = number;
	to[3] = 0;
	put_place(to + 4, minutes, sector);
	return 8;
}

/* 6.25: one session of one track. */
void dvd_toc(struct scsi_unit *unit, struct scsi_command *command)
{
	const uint8_t *cdb = command->cdb;
	uint8_t *data = command->data, format = cdb[2] & 0x0f;
	bool minutes = cdb[1] & 0x02;
	uint32_t size = 4;

	if (!format)
		format = cdb[9] >> 6;	/* where it was once */
	if (format > 1 || (!format && cdb[6] > 1 && cdb[6] != LEAD_OUT)) {
		scsi_illegal_field(command);
		return;
	}
	data[2] = data[3] = 1;
	if (format || cdb[6] <= 1)
		size += put_track(data + size, 1, minutes, 0);
	if (!format)
		size += put_track(data + size, LEAD_OUT, minutes,
			unit->size / unit->sector);
	scsi_put(data, 2, size - 2);
	scsi_answer(command, size, scsi_get(cdb + 7, 2));
}

/* Features (5.3): code, flags (1: current, 2: persistent), more bytes. */
static const struct feature {
	uint16_t code;
	uint8_t flags, size;
	uint8_t bytes[8];
} features[] = {
	{ 0x0000, 0x03, 8, { 0, DVD_ROM, 0, 0, 0, CD_ROM, 0, 0 } },
	{ 0x0001, 0x0b, 8, { 0, 0, 0, 1, 0x01 } },	/* core: SCSI */
	{ 0x0002, 0x07, 4, { 0x02 } },			/* events */
	{ 0x0003, 0x03, 4, { 0x29 } },			/* tray, lock */
	{ 0x0010, 0x00, 8, { 0, 0, 8, 0, 0, 1, 0, 0 } },	/* 2048, 1 */
	{ 0x001e, 0x00, 4, { 0 } },			/* reads CD */
	{ 0x001f, 0x00, 4, { 0 } },			/* reads DVD */
};

static uint32_t put_feature(uint8_t *to, const struct feature *feature,
	bool loaded)
{
	scsi_put(to, 2, feature->code);
	to[2] = feature->flags;
	if (loaded && feature->code >= 0x0010)
		to[2] |= 0x01;
	to[3] = feature->size;
	memcpy(to + 4, feature->bytes, feature->size);
	if (!feature->code)
		to[6] = loaded;
	return 4 + feature->size;
}

/* 6.6: all, the current ones, or one. */
void dvd_configuration(struct scsi_unit *unit, struct scsi_command *command)
{
	const uint8_t *cdb = command->cdb;
	uint8_t *data = command->data, which = cdb[1] & 0x03;
	uint32_t size = 8, from = scsi_get(cdb + 2, 2);
	unsigned int i;

	if (which == 3) {
		scsi_illegal_field(command);
		return;
	}
	memset(data, 0, 8);
	scsi_put(data + 6, 2, unit->loaded ? DVD_ROM : 0);
	for (i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		const struct feature *feature = &features[i];

		if (feature->code < from ||
		    (which == 2 && feature->code != from) ||
		    (which == 1 && !unit->loaded && feature->code >= 0x0010))
			continue;
		size += put_feature(data + size, feature, unit->loaded);
	}
	scsi_put(data, 4, size - 4);
	scsi_answer(command, size, scsi_get(cdb + 7, 2));
}

/* 6.5: who asks is told, once; nobody waits here for something to happen. */
void dvd_event(struct scsi_unit *unit, struct scsi_command *command)
{
	const uint8_t *cdb = command->cdb;
	uint8_t *data = command->data;
	bool media = cdb[4] & 0x10;

	if (!(cdb[1] & 0x01)) {
		scsi_illegal_field(command);
		return;
	}
	memset(data, 0, 8);
	data[1] = media ? 6 : 2;
	data[2] = media ? 0x04 : 0x80;
	data[3] = 0x10;
	if (media) {
		data[4] = unit->event;
		data[5] = unit->loaded ? 0x02 : 0;
		unit->event = SCSI_EVENT_NONE;
	}
	scsi_answer(command, media ? 8 : 4, scsi_get(cdb + 7, 2));
}

/* 6.21: whole, closed, nothing can be added. */
void dvd_information(struct scsi_unit *unit, struct scsi_command *command)
{
	uint8_t *data = command->data;

	(void)unit;
	if (command->cdb[1] & 0x07) {
		scsi_illegal_field(command);
		return;
	}
	memset(data, 0, 34);
	data[1] = 32;
	data[2] = 0x0e;
	data[3] = data[4] = data[5] = data[6] = 1;
	data[7] = 0x20;
	memset(data + 16, 0xff, 8);
	scsi_answer(command, 34, scsi_get(command->cdb + 7, 2));
}

/* 6.26: of the one track, however it is asked for. */
void dvd_track(struct scsi_unit *unit, struct scsi_command *command)
{
	uint8_t *data = command->data;

	memset(data, 0, 36);
	data[1] = 34;
	data[2] = data[3] = 1;
	data[5] = 0x04;		/* data */
	data[6] = 0x01;
	scsi_put(data + 24, 4, unit->size / unit->sector);
	scsi_answer(command, 36, scsi_get(command->cdb + 7, 2));
}

/* 6.14: no changer. */
void dvd_mechanism(struct scsi_unit *unit, struct scsi_command *command)
{
	(void)unit;
	memset(command->data, 0, 8);
	scsi_answer(command, 8, scsi_get(command->cdb + 8, 2));
}
