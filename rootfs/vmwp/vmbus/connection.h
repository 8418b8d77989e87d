/* VMBus: what a guest's messages do. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_VMBUS_CONNECTION_H
#define VMWP_VMBUS_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

/* The message functions of vmbus.h are in connection.c. */
bool connection_version_good(uint32_t version);
bool connection_sint_good(unsigned int sint);

#endif
