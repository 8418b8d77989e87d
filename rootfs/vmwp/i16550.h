/* A serial port of a PC (National Semiconductor 16550A). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_I16550_H
#define VMWP_I16550_H

#include "device.h"
#include "isa.h"

#define I16550_FIFO	16

/* Modem status inputs: bits 4-7 of the MSR. */
#define I16550_CTS	0x10
#define I16550_DSR	0x20
#define I16550_RI	0x40
#define I16550_DCD	0x80

/* The other end of the cable. Both are called from within port accesses. */
struct serial_ops {
	/* Output: how many bytes it takes, 0 to size. After less than all of
	 * them it calls i16550_can_write() when it takes more. */
	size_t (*write)(void *context, const uint8_t *bytes, size_t size);
	/* i16550_receive() takes input again, after it took less than it was
	 * offered. NULL: does not matter. */
	void (*can_receive)(void *context);
};

struct fifo {
	uint8_t byte[I16550_FIFO];
	uint8_t errors[I16550_FIFO];	/* of each byte: LSR bits 2-4 */
	unsigned int count;		/* byte[0] is the oldest */
};

struct i16550 {
	struct device device;
	struct bus *bus;
	struct isa_ports ports;
	struct clock *clock;
	struct timer timer;	/* characters wait in the FIFO */
	struct line line;
	const struct serial_ops *ops;
	void *context;
	bool full;		/* input was refused */
	uint8_t inputs;		/* modem status, from outside */
	uint8_t ier, fcr, lcr, mcr, scratch;
	uint8_t deltas;		/* MSR bits 0-3 */
	bool overrun;		/* LSR bit 1 */
	bool thre_event;	/* the transmitter became empty */
	bool timeout;
	uint16_t divisor;
	struct fifo receiver, transmitter;
};

/* port: the first of 8. The modem inputs are on, but for RI. 0 or -errno. */
int i16550_init(struct i16550 *uart, struct bus *ports, unsigned int port,
	struct clock *clock, struct line line, const struct serial_ops *ops,
	void *context);

/* Input: how many bytes there was room for, 0 to size; none is ever lost. */
size_t i16550_receive(struct i16550 *uart, const uint8_t *bytes, size_t size);

/* A break on the line; false: no room. */
bool i16550_break(struct i16550 *uart);

void i16550_can_write(struct i16550 *uart);
void i16550_modem(struct i16550 *uart, uint8_t inputs);

#endif
