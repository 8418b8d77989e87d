/* CRC-32C, which VHDX has over its metadata. */
/* SPDX-License-Identifier: MIT */
#ifndef DISK_CRC32C_H
#define DISK_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* crc: of what came before, 0 at first. */
uint32_t crc32c(uint32_t crc, const void *from, size_t size);

#endif
