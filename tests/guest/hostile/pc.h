/* Hostile guests: a PC's ports, its PCI, and where its devices may write. */
/* SPDX-License-Identifier: MIT */
#ifndef HOSTILE_PC_H
#define HOSTILE_PC_H

#include "hv.h"

#define PC_RAM		(64u << 20)	/* the VM's memory */
#define PC_OWN		(1u << 20)	/* from here on lies the guest ... */
#define PC_FREE		(4u << 20)	/* ... to here */

/* For all rows of a PC: they need what the VM has, and their place. */
void pc_begin(void);

/* Accesses of 1, 2 or 4 bytes. */
void pc_out(uint16_t port, uint32_t size, uint32_t value);
uint32_t pc_in(uint16_t port, uint32_t size);
uint32_t pc_size(void);		/* one of them */
/* Rows of them from and to memory, by string instructions. */
void pc_outs(uint16_t port, uint32_t size, const void *from, uint32_t count);
void pc_ins(uint16_t port, uint32_t size, void *to, uint32_t count);
/* The same to memory that devices have. */
void pc_store(uint32_t at, uint32_t size, uint32_t value);
uint32_t pc_load(uint32_t at, uint32_t size);

/* PCI's configuration, 32 bits; a function is slot * 8 + number. */
#define PC_HOST		0u
#define PC_BRIDGE	8u
#define PC_IDE		9u
#define PC_VGA		16u
#define PC_NIC		24u
#define PC_COMMAND	4u
#define PC_BAR(number)	(0x10u + 4 * (number))
uint32_t pc_config(uint32_t function, uint32_t offset);
void pc_set_config(uint32_t function, uint32_t offset, uint32_t value);

/* For so many bytes of a device's: in memory, at its ends, where firmware,
 * devices or nothing is; not where the guest is. */
uint32_t pc_place(uint32_t size);

/* Until a condition is true; fails after that many ms. */
#define PC_UNTIL(condition, ms) do { \
	uint64_t pc_end = hv_time() + (ms) * MS; \
	while (!(condition)) { \
		CHECK(hv_time() < pc_end); \
		hv_pause(); \
	} \
} while (0)

#endif
