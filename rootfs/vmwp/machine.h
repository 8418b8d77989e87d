/* The devices of a VM, put together. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_MACHINE_H
#define VMWP_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

struct e1000;
struct firmware;
struct ide;
struct input;
struct integration;
struct machine;
struct netvsp;
struct storvsp;
struct vm;

struct machine_parts {
	const char *name;	/* for viewers; NULL: none */
	int serial;		/* the first port's listener, owned; -1: none */
	int viewers;		/* a PC's screen's, the same */
	bool scsi, network;	/* a controller, places for adapters */
	const struct firmware *firmware;	/* NULL: it is no PC */
	unsigned int ide_disks;	/* of a PC: ide_disks() */
	unsigned int e1000s;	/* of a PC: adapters of that kind */
};

/* 0 or -errno; -ENODEV: parts that this hypervisor cannot carry. Device lock
 * held, as for all below but exit, pause and go. */
int machine_init(struct vm *vm, const struct machine_parts *parts);
void machine_exit(struct machine *machine);
void machine_reset(struct machine *machine);
/* A PC's memory and firmware as after power-on; -ENODEV: it is none. */
int machine_boot(struct machine *machine);

/* A connected stream socket as the first serial port's client; owned. */
void machine_serve(struct machine *machine, int client);
/* Waits until that has what the port has sent. No VP runs any more, nor does
 * the event loop. */
void machine_flush(struct machine *machine);

/* The devices' own threads do nothing for the guest in between. In the event
 * loop's thread. */
void machine_pause(struct machine *machine);
void machine_go(struct machine *machine);

void machine_press_power(struct machine *machine);
/* NULL where the hypervisor has no VMBus for guests. */
struct integration *machine_integration(struct machine *machine);
/* NULL: there is none. */
struct storvsp *machine_storage(struct machine *machine);
struct ide *machine_ide(struct machine *machine);
struct netvsp *machine_network(struct machine *machine);
/* The first of them; there are as many as were asked for. */
struct e1000 *machine_e1000s(struct machine *machine);
unsigned int machine_e1000_count(const struct machine *machine);
struct screen *machine_screen(struct machine *machine);
struct input *machine_input(struct machine *machine);
/* The guest posts a message: the hypervisor's status for it. */
uint16_t machine_post(struct machine *machine, uint32_t connection,
	const void *bytes, uint32_t size);
/* It has taken one of ours. */
void machine_room(struct machine *machine);
/* The VM runs again after a pause. */
void machine_resumed(struct machine *machine);
/* The end of a level interrupt. */
void machine_eoi(struct machine *machine, uint8_t vector);
/* The 8259 pair's request, and its vector. */
bool machine_extint(const struct machine *machine);
uint8_t machine_acknowledge(struct machine *machine);

#endif
