/* SCSI commands: from the CDB to what is to be done. docs/storage.md */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_STORAGE_SCSI_H
#define VMWP_STORAGE_SCSI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scsi_kind { SCSI_DISK, SCSI_DVD };

/* SPC-4 4.5: sense key, additional sense code and its qualifier. */
struct scsi_sense {
	uint8_t key, asc, ascq;
};
#define SCSI_SENSE_SIZE	18u

#define SENSE_NOT_READY		0x02
#define SENSE_MEDIUM		0x03
#define SENSE_ILLEGAL		0x05
#define SENSE_ATTENTION		0x06
#define SENSE_PROTECTED		0x07
#define SENSE_ABORTED		0x0b

/* What commands know and change of a unit. */
struct scsi_unit {
	enum scsi_kind kind;
	bool loaded;		/* has a medium; a disk always */
	bool read_only;
	bool thin;		/* not all of it has space */
	bool locked;		/* the guest does not want it ejected */
	uint8_t event;		/* DVD: the next media event, MMC-6 6.6.2.6 */
	uint64_t size;		/* bytes, of whole sectors */
	uint32_t sector, physical;	/* bytes */
	uint8_t id[16];
	struct scsi_sense attention;	/* of key SENSE_ATTENTION, or none */
};

#define SCSI_EVENT_NONE		0
#define SCSI_EVENT_NEW		2
#define SCSI_EVENT_REMOVED	3

enum scsi_action {
	SCSI_DONE,	/* answer bytes of data are for the guest */
	SCSI_FAIL,	/* for the reason in sense */
	SCSI_READ,	/* offset, size */
	SCSI_WRITE,	/* and forced: on the medium before the answer */
	SCSI_FLUSH,
	SCSI_UNMAP,	/* count ranges shall read as zeros */
	SCSI_EJECT,
	SCSI_LUNS,	/* REPORT LUNS: answer is how much the guest takes */
};

struct scsi_range {
	uint64_t offset, size;	/* bytes */
};

#define SCSI_DATA	4096u	/* parameters or answer at most */
#define SCSI_RANGES	128u	/* of an UNMAP */
#define SCSI_UNMAP_MOST	(1u << 24)	/* sectors of one, all ranges */
#define SCSI_TRANSFER	(256u << 10)
#define SCSI_SAME	((1u << 22) - 1)	/* sectors of a WRITE SAME */

struct scsi_command {
	const uint8_t *cdb;
	unsigned int length;	/* bytes of it */
	uint32_t room;		/* of the guest's buffer */
	uint32_t given;		/* bytes in data, from the guest */
	uint8_t data[SCSI_DATA];

	enum scsi_action action;
	struct scsi_sense sense;
	uint32_t answer;
	bool forced;
	uint64_t offset, size;
	unsigned int count;
	struct scsi_range ranges[SCSI_RANGES];
};

/* How many bytes of the guest's buffer the command must have in data, at most
 * SCSI_DATA. */
uint32_t scsi_parameters(const struct scsi_command *command);
/* Fills what is below action. */
void scsi_decode(struct scsi_unit *unit, struct scsi_command *command);
/* Its data come from the guest. */
bool scsi_is_out(const struct scsi_command *command);
/* Fixed format, SPC-4 4.5.3. */
void scsi_sense_write(const struct scsi_sense *sense, uint8_t *to);

/* For those who know commands of their own: inquiry.c, mode.c, dvd.c. */
void scsi_fail(struct scsi_command *command, uint8_t key, uint8_t asc,
	uint8_t ascq);
void scsi_illegal_field(struct scsi_command *command);
/* size bytes of data, of which the guest takes no more than allocated. */
void scsi_answer(struct scsi_command *command, uint32_t size,
	uint32_t allocated);

/* SCSI's numbers are big-endian. */
static inline uint32_t scsi_get(const uint8_t *at, unsigned int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | *at++;
	return value;
}

static inline uint64_t scsi_get8(const uint8_t *at)
{
	return (uint64_t)scsi_get(at, 4) << 32 | scsi_get(at + 4, 4);
}

static inline void scsi_put(uint8_t *at, unsigned int bytes, uint64_t value)
{
	while (bytes--) {
		at[bytes] = value;
		value >>= 8;
	}
}

#endif
