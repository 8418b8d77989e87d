/* Hostile guests, and a good one: "ROW SEED COUNT", "good", or what ends the
 * VM. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"

uint32_t taken, refused;

static const struct row *const rows[] = { &row_calls, &row_race, &row_events,
	&row_pages, &row_timers, &row_ipi, &row_gates, &row_messages,
	&row_lists, &row_model, &row_places, &row_rings, &row_packets,
	&row_storvsp, &row_scsi, &row_flood, &row_nvsp, &row_rndis,
	&row_headers, &row_oids, &row_disks, &row_dvd,
	&row_regions, &row_video, &row_legacy, &row_e1000,
	&row_synthvid };

static const struct word {
	const char *name;
	void (*run)(void);
} words[] = {
	{ "good", good_run },
	{ "iret", gate_iret },
	{ "far", gate_far },
	{ "table", gate_table },
};

/* The words between blanks; each ends with a zero then. */
static unsigned int split(char *line, const char **list, unsigned int most)
{
	unsigned int count = 0;

	while (*line && count < most) {
		list[count++] = line;
		while (*line && *line != ' ')
			line++;
		if (*line)
			*line++ = 0;
	}
	return count;
}

static uint32_t number(const char *text)
{
	uint32_t value = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		value = value * 10 + *text - '0';
	return value;
}

static void say_count(const char *before, uint32_t count)
{
	say(before);
	say_number(count);
}

void say_done(void)
{
	say_count("guest: done: ", guest_step);
	say_count(" operations, taken ", taken);
	say_count(", refused ", refused);
	say("\n");
}

static void run(const struct row *row, uint32_t seed, uint32_t count)
{
	/* Firmware may have left its line unfinished. */
	say("\nguest: row ");
	say(row->name);
	say_count(", seed ", seed);
	say("\n");
	random_seed(seed);
	hv_init();
	row->begin();
	for (guest_step = 0; guest_step < count; guest_step++)
		row->step();
	if (row->end)
		row->end();
	say_done();
	off();
}

void guest_main(const struct start_info *info)
{
	const char *list[3] = { "", "", "" };
	unsigned int i;

	split((char *)(uint32_t)info->command_line, list, 3);
	trap_init();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (same(list[0], rows[i]->name))
			run(rows[i], number(list[1]), number(list[2]));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (same(list[0], words[i].name))
			words[i].run();
	CHECK(!"a word that is known");
}
