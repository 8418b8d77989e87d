/* Hostile guests: a small driver of IDE. */
/* SPDX-License-Identifier: MIT */
#ifndef HOSTILE_IDE_H
#define HOSTILE_IDE_H

#include "pc.h"

/* Places: channel * 2 + drive. The disks of one are bigger than 1 MB. */
enum { IDE_DISK, IDE_LOCKED, IDE_DVD, IDE_OTHER, IDE_PLACES };

/* Ports of the command block, from its first one on. */
enum { IDE_DATA, IDE_FEATURE, IDE_COUNT, IDE_LOW, IDE_MIDDLE, IDE_HIGH,
	IDE_DEVICE, IDE_COMMAND };
extern const uint16_t ide_commands[2], ide_controls[2];
/* Of each channel: command, status, table. */
extern uint16_t ide_masters[2];
enum { IDE_MASTER, IDE_MASTER_STATUS = 2, IDE_MASTER_TABLE = 4 };

#define IDE_BUSY	0x80u
#define IDE_DUE		0x08u
#define IDE_ERROR	0x01u
#define IDE_GOOD	0x50u
#define IDE_LBA		0x40u
#define IDE_SECOND	0x10u
#define IDE_START	1u	/* of the bus master, and whether it reads */
#define IDE_TO_MEMORY	8u

/* A command's data on their way, in sectors. */
#define IDE_WORDS	256u	/* of a sector */
extern uint16_t ide_sector[IDE_WORDS];

/* Its ports, and the bus master, which may do what it can. */
void ide_begin(void);

void ide_out(uint32_t channel, uint32_t number, uint8_t value);
uint8_t ide_in(uint32_t channel, uint32_t number);
/* Selects and gives a command for so many sectors from one on. */
void ide_command(uint32_t place, uint8_t command, uint32_t sector,
	uint8_t count);
/* Status, when it is not busy any more; it must come to that. */
uint8_t ide_settled(uint32_t channel);

/* Reads or writes sectors of 512 bytes, by PIO. */
void ide_read(uint32_t place, uint32_t sector);
void ide_write(uint32_t place, uint32_t sector);

/* After whatever was: SRST, and the drives of a channel say what they are and
 * move data. */
void ide_works(uint32_t channel);

#endif
