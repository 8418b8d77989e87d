/* Hostile guests: the hypervisor's interface. */
/* SPDX-License-Identifier: MIT */
#ifndef HOSTILE_HV_H
#define HOSTILE_HV_H

#include "bare.h"
#include "hypercall.h"
#include "message.h"
#include "msr.h"
#include "status.h"

#define PAGE	4096u
/* Neither memory nor a device is there. */
#define NOWHERE	0xd0000000u

/* A local APIC takes nothing until it is on (in its spurious vector). */
static inline void hv_apic_on(void)
{
	*(volatile uint32_t *)0xfee000f0 = 0x1ff;
}

/* Names the guest, switches hypercalls and this VP's SynIC on. */
void hv_init(void);
void hv_synic_init(void);

/* RAX of the result: status, and repetitions from bit 32 on. */
uint64_t hv_call(uint64_t control, uint64_t in, uint64_t out);
#define STATUS(result)	((uint16_t)(result))
#define DONE(result)	((uint32_t)((result) >> 32) & 0xfff)
#define REPS(count)	((uint64_t)(count) << 32)
#define VARIABLE(quads)	((uint64_t)(quads) << 17)

/* False: #GP. */
bool hv_write(uint32_t msr, uint64_t value);
bool hv_read(uint32_t msr, uint64_t *value);

uint64_t hv_time(void);		/* 100 ns */
#define MS		10000ull
/* Lets others run. */
void hv_pause(void);

/* START_VP; run() has a stack and does not return. The status. */
uint16_t hv_try_start(uint32_t vp, void (*run)(void));
void hv_start(uint32_t vp, void (*run)(void));
uint32_t hv_processors(void);

/* This VP's messages and flags. */
extern struct hv_message hv_messages[16], hv_messages_ap[16];
extern uint64_t hv_flags[512];

static inline uint64_t quad_of(const void *pointer)
{
	return (uint32_t)pointer;
}

#endif
