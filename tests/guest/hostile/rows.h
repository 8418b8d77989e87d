/* Hostile guests: the rows of what they do. */
/* SPDX-License-Identifier: MIT */
#ifndef HOSTILE_ROWS_H
#define HOSTILE_ROWS_H

#include "hv.h"
#include "random.h"

struct row {
	const char *name;
	void (*begin)(void);
	void (*step)(void);
	void (*end)(void);	/* or NULL */
};

extern const struct row row_calls, row_race, row_events, row_pages,
	row_timers, row_ipi, row_gates, row_messages, row_lists, row_model,
	row_places, row_rings, row_packets, row_storvsp, row_scsi, row_flood,
	row_nvsp, row_rndis, row_headers, row_oids,
	row_disks, row_dvd, row_regions, row_video,
	row_legacy, row_e1000, row_synthvid;

/* What a step came to. */
extern uint32_t taken, refused;

/* The closing line. */
void say_done(void);

/* They do not come back. */
void good_run(void);
void gate_iret(void);
void gate_far(void);
void gate_table(void);

#endif
