/* Hostile guests: a small client of a network adapter. */
/* SPDX-License-Identifier: MIT */
#ifndef HOSTILE_NIC_H
#define HOSTILE_NIC_H

#include "bus.h"
#include "net/ndis.h"
#include "net/protocol.h"

#define NIC_RECEIVE_LIST	51u
#define NIC_SEND_LIST		52u
#define NIC_RECEIVE_PAGES	64u
#define NIC_SEND_PAGES		16u
#define NIC_SECTION		6144u
#define NIC_ID			0xcafeu

extern uint8_t nic_receive[NIC_RECEIVE_PAGES * PAGE];
extern uint8_t nic_send[NIC_SEND_PAGES * PAGE];

/* Connects, and has an adapter that sends and receives; again: after whatever has
 * been done to it. */
void nic_begin(void);
void nic_again(void);
void nic_end(void);

/* A packet of so many bytes behind its descriptor, of which data begin at an
 * offset; both multiples of 8. */
void nic_post(uint16_t type, uint64_t id, const void *bytes, uint32_t size,
	uint32_t data);
/* In band, and the answer to it; what else comes meanwhile is given back. */
void nic_ask(const struct nvsp_message *message, struct nvsp_message *answer);
/* What is there is taken, and given back. */
void nic_drain(void);

/* An RNDIS message from a section of the send buffer; the packet's status. */
uint32_t nic_rndis(uint32_t channel, uint32_t section, uint32_t size);
/* A control message that is there (in the first section), and its answer's status.
 * Nothing else is under way. */
uint32_t nic_control(uint32_t size);
uint32_t nic_set(uint32_t oid, const void *value, uint32_t size);
/* It works: a setting, and a frame to all. */
void nic_check(void);
/* An Ethernet frame with IPv4 and TCP in an RNDIS message, in the section; its
 * size, with per-packet information of one type if it is not ~0. */
uint32_t nic_frame(uint32_t section, uint32_t bytes, uint32_t type,
	uint32_t word);

#endif
