/* From a member to the struct around it. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_CONTAINER_H
#define VMWP_CONTAINER_H

#include <stddef.h>

#define container_of(pointer, type, member) \
	((type *)((char *)(pointer) - offsetof(type, member)))

#endif
