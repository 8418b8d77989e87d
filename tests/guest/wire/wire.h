/* Traffic between a guest and its host, and how many instructions it takes. */
/* SPDX-License-Identifier: MIT */
#ifndef WIRE_H
#define WIRE_H

#include <stdint.h>

#define WIRE_PORT	5999
#define WIRE_HOST	"10.9.0.1"
#define WIRE_GUEST	"10.9.0.2"

/* What goes over the wire; kind's first byte is sent to the guest's end. */
struct wire_phase {
	const char *name;
	char kind;
	uint32_t count;		/* of the units that are said */
	void (*near)(int control, uint32_t count);	/* in the guest */
	void (*far)(int control, uint32_t count);
};

extern const struct wire_phase wire_phases[];

/* An error that ends all of it. */
void wire_fail(const char *what) __attribute__((noreturn));

/* Mounts, modules of /modules/list: what an init does first. */
void setup_system(void);
/* A NIC's address, of a network of 24 bits; it is up then. */
void setup_nic(const char *nic, const char *address);
/* A bridge with the host's address, and a tap on it. */
void setup_bridge(const char *bridge, const char *tap);

#endif
