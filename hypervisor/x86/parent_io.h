/* The I/O ports that the parent reaches through us only. */
/* SPDX-License-Identifier: MIT */
#ifndef X86_PARENT_IO_H
#define X86_PARENT_IO_H

#include <stdint.h>

/* Calls found(port) for each of them: an access that touches one exits. */
void parent_io_each(void (*found)(uint16_t port));

/* An access of 1, 2 or 4 bytes that touches one or more of them. */
uint32_t parent_io_read(uint16_t port, unsigned int size);
void parent_io_write(uint16_t port, unsigned int size, uint32_t value);

#endif
