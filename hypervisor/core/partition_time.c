/* The time of partitions: TSC and reference time. Both stand still together, so
 * that what tells one from the other stays as it is. docs/guests.md, "Time" */
/* SPDX-License-Identifier: MIT */
#include "../lib/asm.h"
#include "machine.h"
#include "partition.h"

#define LOAD(field)		__atomic_load_n(&(field), __ATOMIC_SEQ_CST)
#define STORE(field, value)	\
	__atomic_store_n(&(field), value, __ATOMIC_SEQ_CST)

static uint64_t scaled(uint64_t tsc)
{
	return (uint64_t)((unsigned __int128)tsc * machine.tsc_scale >> 64);
}

/* Who reads it while it stops or goes on is not one of its VPs: they have
 * left before. */
uint64_t partition_tsc(const struct partition *partition)
{
	uint64_t now;

	if (LOAD(partition->time_stands))
		return LOAD(partition->tsc_stopped);
	now = rdtsc();
	return now + LOAD(partition->tsc_shift);
}

uint64_t partition_time(const struct partition *partition)
{
	return scaled(partition_tsc(partition)) + LOAD(partition->time_base);
}

static void set_lag(struct partition *partition)
{
	uint64_t machine_now = machine_time();

	STORE(partition->time_lag, machine_now - partition_time(partition));
}

void partition_set_time(struct partition *partition, uint64_t time)
{
	STORE(partition->time_base, time - scaled(partition_tsc(partition)));
	set_lag(partition);
}

void partition_start_time(struct partition *partition)
{
	partition_set_time(partition, 0);
}

void partition_stop_time(struct partition *partition, bool stop)
{
	if (LOAD(partition->time_stands) == stop)
		return;
	if (stop) {
		STORE(partition->tsc_stopped, partition_tsc(partition));
		STORE(partition->time_stands, true);
		return;
	}
	STORE(partition->tsc_shift, LOAD(partition->tsc_stopped) - rdtsc());
	STORE(partition->time_stands, false);
	set_lag(partition);
}
