/* What a VM is made of, as its definition says. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_DEFINITION_H
#define VMMS_DEFINITION_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "define.h"
#include "disk/disk.h"
#include "id.h"

/* In the order of the lists of words in definition_keys.c. */
enum boot_kind { BOOT_DISK, BOOT_DVD, BOOT_KINDS };
enum start_kind { START_NOTHING, START_IF_RUNNING, START_ALWAYS };
enum stop_kind { STOP_SHUT_DOWN, STOP_TURN_OFF };
enum { SERVICE_SHUTDOWN, SERVICE_TIME, SERVICE_HEARTBEAT, SERVICE_EXCHANGE };

struct drive {
	bool ide;		/* else SCSI */
	unsigned int place;	/* 0 to 3, or the LUN */
	bool dvd, read_only;
	enum disk_format format;
	char *file;		/* NULL: a DVD drive without a disc */
};

struct nic {
	unsigned int number;
	bool e1000;		/* else synthetic */
	struct port port;	/* without a name; .of "": no cable */
};

struct definition {
	struct id id;
	unsigned int generation;
	uint64_t memory;	/* bytes */
	unsigned int processors;
	enum boot_kind boot[BOOT_KINDS];
	unsigned int boots;	/* how many of them are tried */
	char *notes;
	enum start_kind start;
	unsigned int start_order, start_delay;	/* delay: seconds */
	bool start_wait;	/* for the heartbeat */
	enum stop_kind stop;
	unsigned int stop_limit;	/* seconds */
	unsigned int cpu_weight, cpu_cap;	/* cap: percent */
	unsigned int services_off;	/* a bit for each SERVICE_ */
	struct drive *drives;	/* in the order of the file */
	unsigned int drive_count;
	struct nic *nics;	/* by their numbers */
	unsigned int nic_count;
};

/*
 * What conf, read by definition_kinds, says; a key that is not there, or wrong,
 * has its default, so who starts a VM asks definition_check() first. Nothing of
 * it belongs to conf. 0 or -ENOMEM, and then there is nothing to free.
 */
int definition_take(struct definition *definition, const struct conf *conf);
void definition_free(struct definition *definition);

/* The drive at a place, and the adapter of a number, or NULL. */
const struct drive *definition_drive(const struct definition *definition,
	bool ide, unsigned int place);
const struct nic *definition_nic(const struct definition *definition,
	unsigned int number);

/* A new VM's: an id and the generation. NULL with errno. */
struct conf *definition_new(void);
/* Another id, for the copy of a VM. 0 or -errno. */
int definition_new_id(struct conf *conf);

#endif
