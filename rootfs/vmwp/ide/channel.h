/* An IDE channel: registers, two places for drives, a thread. docs/ide.md */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IDE_CHANNEL_H
#define VMWP_IDE_CHANNEL_H

#include <stdatomic.h>

#include "bus.h"
#include "line.h"
#include "storage/storvsp.h"
#include "thread.h"

#define IDE_DRIVES	2u
#define IDE_BUFFER	65536u	/* bytes */
#define IDE_MULTIPLE	16u	/* sectors of a block, at most */
#define IDE_CDB		12u

/* Status (ATA8-ACS 6.2). */
#define IDE_BSY		0x80
#define IDE_DRDY	0x40
#define IDE_DSC		0x10
#define IDE_DRQ		0x08
#define IDE_ERR		0x01
#define IDE_GOOD	(IDE_DRDY | IDE_DSC)

/* Error. */
#define IDE_UNC		0x40
#define IDE_IDNF	0x10
#define IDE_ABRT	0x04

/* Device register, features of PACKET, interrupt reason. */
#define IDE_LBA		0x40
#define IDE_SECOND	0x10
#define IDE_QUIET	0x02	/* nIEN, of the control register */
#define IDE_PACKET_DMA	0x01
#define IDE_REASON_CD	0x01
#define IDE_REASON_IO	0x02

enum ide_state {
	IDE_READY,	/* for a command */
	IDE_IN,		/* data wait to be read: DRQ */
	IDE_OUT,	/* data are to be written: DRQ */
	IDE_CDB_DUE,	/* the same for a packet's command: DRQ */
	IDE_DMA,	/* the guest has not started the bus master: BSY */
	IDE_WORK,	/* it is the thread's: BSY */
	IDE_STATES,
};

enum ide_job {
	IDE_JOB_READ, IDE_JOB_WRITE, IDE_JOB_FLUSH, IDE_JOB_TRIM,
	IDE_JOB_COMMAND,	/* a packet's, to be decoded */
	IDE_JOBS,
};

/* What a job came to. */
enum ide_result {
	IDE_DONE,
	IDE_CANCELLED,
	IDE_OUT_OF_RANGE,
	IDE_PROTECTED,
	IDE_LOST,	/* what was written before may be */
	IDE_GONE,	/* the medium */
	IDE_SHORT,	/* the guest's list has less room than the data need */
	IDE_NO_MEMORY,	/* it leads to where no RAM is */
	IDE_SENSE,	/* of a packet: in transfer.sense */
};

/* Where the bus master is: the rest of a region, then the next entry. */
struct ide_cursor {
	uint32_t entry;
	uint32_t address, left;
	bool last;
};

/* The command that is done. The thread's in IDE_WORK, else of who has the
 * device lock. */
struct ide_transfer {
	enum ide_job job;
	bool out;		/* data come from the guest */
	bool dma, packet;
	bool forced;		/* on the medium before it ends */
	uint64_t serial;	/* of the image that it is for */
	uint64_t at, left;	/* bytes of the image, not moved yet */
	uint32_t block;		/* bytes of a DRQ block at most */
	uint32_t filled, position, end;	/* in the buffer; of the block */
	uint8_t cdb[16];
	struct scsi_sense sense;
	struct ide_cursor cursor;
};

/* The registers of a drive; written with those of the other, too. What was
 * there before is the high half in commands of 48 bits. */
struct ide_registers {
	uint8_t feature[2], count[2], low[2], middle[2], high[2];
	uint8_t error, status;
};

struct ide_drive {
	struct ide_registers registers;
	struct storvsp store;		/* LUN 0 of it */
	uint8_t multiple;		/* sectors; 0: none */
	uint8_t mode;			/* of SET FEATURES: the transfer's */
	uint8_t heads, sectors;		/* as it counts; 0: by default */
	bool cache_off, ahead_off;
	struct scsi_sense sense;	/* for REQUEST SENSE */
};

struct ide_master {
	uint8_t command, status;
	uint32_t table;
};
#define IDE_MASTER_START	0x01
#define IDE_MASTER_ACTIVE	0x01
#define IDE_MASTER_ERROR	0x02
#define IDE_MASTER_INTERRUPT	0x04

struct ide_channel {
	/* Fixed. */
	struct bus *ports;
	const struct ram *ram;
	pthread_mutex_t *device_lock;
	struct line line;
	uint16_t command_port, control_port;

	/* The device lock's. */
	struct ide_drive drives[IDE_DRIVES];
	uint8_t device;		/* register */
	uint8_t control;
	bool interrupt;		/* INTRQ, before nIEN */
	bool driven;		/* and behind */
	bool resetting;		/* until SRST is back and the thread is */
	bool device_reset;	/* DEVICE RESET waits for the thread */
	bool may_master;	/* PCI's command register allows it */
	enum ide_state state;
	struct ide_master master;

	struct ide_transfer transfer;
	uint8_t buffer[IDE_BUFFER];
	struct scsi_command command;	/* the thread's */

	/* work.c */
	atomic_bool cancel;		/* what is under way is not wanted */
	struct thread thread;
	/* With the thread's lock held. */
	bool present;			/* there is a job */
	bool kept;			/* it waits for a medium's repair */
	/* The thread's; of others while it is stopped. */
	bool finished;
	enum ide_result result;
};

static inline unsigned int ide_selected(const struct ide_channel *channel)
{
	return channel->device & IDE_SECOND ? 1 : 0;
}

static inline struct ide_drive *ide_drive(struct ide_channel *channel)
{
	return &channel->drives[ide_selected(channel)];
}

/* All below with the device lock held. On the bus, without drives: 0 or
 * -errno. */
int ide_channel_init(struct ide_channel *channel);
void ide_channel_exit(struct ide_channel *channel);
/* As after power-on. Its thread is stopped. */
void ide_channel_reset(struct ide_channel *channel);
/* The drive says what it is. */
void ide_sign(struct ide_drive *drive);
/* It is there, and as this. */
bool ide_has(struct ide_drive *drive, enum scsi_kind kind);
/* The thread has come back, and nobody wants what it did. */
void ide_gave_up(struct ide_channel *channel);

/* transfer.c. The interrupt, with its mask; as it is, or another. */
void ide_drive_line(struct ide_channel *channel);
void ide_interrupt(struct ide_channel *channel, bool level);
/* The data port, sixteen bits wide: a byte takes a word with it. */
uint64_t ide_data_read(struct ide_channel *channel, unsigned int size);
void ide_data_write(struct ide_channel *channel, unsigned int size,
	uint32_t value);
/* The command has ended; with an error unless that is 0. */
void ide_end(struct ide_channel *channel, uint8_t error);
/* The next DRQ block of what is in the buffer, or that is to come there. */
void ide_block(struct ide_channel *channel, bool interrupt);
/* The thread's part. */
void ide_work(struct ide_channel *channel);
/* The same by DMA: when the guest has started that. */
void ide_wait_for_master(struct ide_channel *channel);
/* A job has ended: called with its result. */
void ide_came_back(struct ide_channel *channel, enum ide_result result);

#endif
