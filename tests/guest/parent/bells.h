/* Ports, connections and event rings, for tests. All may be called on any
 * processor. */
/* SPDX-License-Identifier: MIT */
#ifndef BELLS_H
#define BELLS_H

#include "child.h"

/* This processor reads its event ring, SINT 5; or does not. */
void bells_on(void);
void bells_off(void);

/* The next port that was rung, as the parent's driver finds it; 0: none. */
uint32_t bells_next(void);

/* What is rung and told so far is read. */
void bells_settle(void);

/* CREATE_PORT and CONNECT_PORT of the same number; HV_STATUS. An event port has
 * 8 flags. */
uint32_t bells_port(uint64_t owner, uint64_t client, uint32_t id,
	uint32_t type, uint32_t sint);
uint32_t bells_connect(uint64_t client, uint64_t owner, uint32_t id,
	uint32_t type);

/* A doorbell, port and connection of that number, and its end. */
void bells_make(uint64_t client, uint32_t id, uint64_t gpa, uint64_t value,
	uint64_t how);
void bells_end(uint64_t client, uint32_t id);

/* DELETE_PORT and DISCONNECT_PORT: HV_STATUS. */
uint32_t bells_delete(uint64_t owner, uint32_t id);
uint32_t bells_disconnect(uint64_t client, uint32_t id, bool is_doorbell);

#endif
