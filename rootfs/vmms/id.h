/* Ids of VMs: UUIDs, which stay when a VM gets another name. */
/* SPDX-License-Identifier: MIT */
#ifndef VMMS_ID_H
#define VMMS_ID_H

#include <stdbool.h>
#include <stdint.h>

enum { ID_TEXT = 37 }; /* with the ending zero */

struct id {
	uint8_t bytes[16]; /* in the order of the text */
};

/* A random one (RFC 9562, version 4) of the kernel's. 0 or -errno. */
int id_make(struct id *id);

/* "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", not all zeros; false: it is none. */
bool id_read(const char *text, struct id *id);
/* In lower case. */
void id_print(const struct id *id, char text[ID_TEXT]);

#endif
