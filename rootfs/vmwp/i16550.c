/* A serial port of a PC (National Semiconductor 16550A). */
/* SPDX-License-Identifier: MIT */
#include "i16550.h"

#include "container.h"

#include <errno.h>
#include <string.h>

#define PORTS		8
#define DATA		0	/* with DLAB: the divisor's low byte */
#define IER		1	/* and its high byte */
#define IIR		2	/* written: FCR */
#define LCR		3
#define MCR		4
#define LSR		5
#define MSR		6
#define SCRATCH		7

#define IER_DATA	0x01
#define IER_EMPTY	0x02
#define IER_STATUS	0x04
#define IER_MODEM	0x08
#define IIR_NONE	0x01
#define IIR_MODEM	0x00
#define IIR_EMPTY	0x02
#define IIR_DATA	0x04
#define IIR_STATUS	0x06
#define IIR_TIMEOUT	0x0c
#define IIR_FIFO	0xc0
#define FCR_ENABLE	0x01
#define FCR_CLEAR_RX	0x02
#define FCR_CLEAR_TX	0x04
#define FCR_KEPT	0xc9
#define LCR_BREAK	0x40
#define LCR_DLAB	0x80
#define MCR_DTR		0x01
#define MCR_RTS		0x02
#define MCR_OUT1	0x04
#define MCR_OUT2	0x08
#define MCR_LOOP	0x10
#define MCR_KEPT	0x1f
#define LSR_DATA	0x01
#define LSR_OVERRUN	0x02
#define LSR_BREAK	0x10
#define LSR_ERRORS	0x1c
#define LSR_EMPTY	0x60	/* THRE and TEMT: nothing is on its way */
#define LSR_FIFO	0x80
#define MSR_RI_FELL	0x04

#define CLOCK_HZ	115200	/* characters' bits at divisor 1 */
#define TIMEOUT_BITS	40	/* four characters */
#define TIMEOUT_MIN	100000	/* ns: timers of a guest come no faster */

static bool fifo_mode(const struct i16550 *uart)
{
	return uart->fcr & FCR_ENABLE;
}

static unsigned int room(const struct i16550 *uart, const struct fifo *fifo)
{
	unsigned int size = fifo_mode(uart) ? I16550_FIFO : 1;

	return fifo->count < size ? size - fifo->count : 0;
}

static void fifo_push(struct fifo *fifo, uint8_t byte, uint8_t errors)
{
	fifo->byte[fifo->count] = byte;
	fifo->errors[fifo->count] = errors;
	fifo->count++;
}

static void fifo_drop(struct fifo *fifo, unsigned int count)
{
	fifo->count -= count;
	memmove(fifo->byte, fifo->byte + count, fifo->count);
	memmove(fifo->errors, fifo->errors + count, fifo->count);
}

static unsigned int trigger(const struct i16550 *uart)
{
	static const uint8_t levels[] = {1, 4, 8, 14};

	return fifo_mode(uart) ? levels[uart->fcr >> 6] : 1;
}

static bool transmitter_empty(const struct i16550 *uart)
{
	return !uart->transmitter.count;
}

static uint8_t line_status(const struct i16550 *uart)
{
	const struct fifo *fifo = &uart->receiver;
	uint8_t status = transmitter_empty(uart) ? LSR_EMPTY : 0;
	unsigned int i;

	if (uart->overrun)
		status |= LSR_OVERRUN;
	if (!fifo->count)
		return status;
	status |= LSR_DATA | fifo->errors[0];
	for (i = 0; i < fifo->count && fifo_mode(uart); i++)
		if (fifo->errors[i])
			status |= LSR_FIFO;
	return status;
}

/* In loop-back the outputs are the inputs (data sheet, MCR bit 4). */
static uint8_t modem_lines(const struct i16550 *uart)
{
	uint8_t mcr = uart->mcr;

	if (!(mcr & MCR_LOOP))
		return uart->inputs;
	return (mcr & MCR_RTS ? I16550_CTS : 0) |
		(mcr & MCR_DTR ? I16550_DSR : 0) |
		(mcr & MCR_OUT1 ? I16550_RI : 0) |
		(mcr & MCR_OUT2 ? I16550_DCD : 0);
}

/* The highest that is pending and enabled (data sheet, table IV). */
static uint8_t interrupt(const struct i16550 *uart)
{
	if (uart->ier & IER_STATUS &&
			line_status(uart) & (LSR_OVERRUN | LSR_ERRORS))
		return IIR_STATUS;
	if (uart->ier & IER_DATA && uart->receiver.count >= trigger(uart))
		return IIR_DATA;
	if (uart->ier & IER_DATA && uart->timeout)
		return IIR_TIMEOUT;
	if (uart->ier & IER_EMPTY && uart->thre_event)
		return IIR_EMPTY;
	if (uart->ier & IER_MODEM && uart->deltas)
		return IIR_MODEM;
	return IIR_NONE;
}

/* On a PC OUT2 lets the interrupt through. */
static void update(struct i16550 *uart)
{
	line_set(&uart->line, uart->mcr & MCR_OUT2 &&
		interrupt(uart) != IIR_NONE);
}

/* Each character that comes or goes starts the wait anew. */
static void restart_timeout(struct i16550 *uart)
{
	uint64_t divisor = uart->divisor ? uart->divisor : 0x10000;
	uint64_t wait = divisor * TIMEOUT_BITS * NS_PER_S / CLOCK_HZ;

	uart->timeout = false;
	if (!fifo_mode(uart) || !uart->receiver.count) {
		clock_disarm(uart->clock, &uart->timer);
		return;
	}
	if (wait < TIMEOUT_MIN)
		wait = TIMEOUT_MIN;
	clock_arm(uart->clock, &uart->timer,
		uart->clock->now(uart->clock) + wait);
}

static void expired(struct timer *timer)
{
	struct i16550 *uart = container_of(timer, struct i16550, timer);

	uart->timeout = uart->receiver.count;
	update(uart);
}

/* After a change: what the guest is told of it. */
static void modem_changed(struct i16550 *uart, uint8_t before)
{
	uint8_t now = modem_lines(uart), changed = before ^ now;

	uart->deltas |= changed >> 4 & ~MSR_RI_FELL;
	/* For RI only the end of ringing is an event. */
	if (before & ~now & I16550_RI)
		uart->deltas |= MSR_RI_FELL;
}

void i16550_modem(struct i16550 *uart, uint8_t inputs)
{
	uint8_t before = modem_lines(uart);

	uart->inputs = inputs & 0xf0;
	modem_changed(uart, before);
	update(uart);
}

size_t i16550_receive(struct i16550 *uart, const uint8_t *bytes, size_t size)
{
	size_t taken = 0;

	while (taken < size && !(uart->mcr & MCR_LOOP) &&
			room(uart, &uart->receiver))
		fifo_push(&uart->receiver, bytes[taken++], 0);
	uart->full = taken < size;
	if (taken)
		restart_timeout(uart);
	update(uart);
	return taken;
}

bool i16550_break(struct i16550 *uart)
{
	if (uart->mcr & MCR_LOOP || !room(uart, &uart->receiver))
		return false;
	fifo_push(&uart->receiver, 0, LSR_BREAK);
	restart_timeout(uart);
	update(uart);
	return true;
}

/* There is room now; asked for once. */
static void offer_room(struct i16550 *uart)
{
	if (!uart->full || uart->mcr & MCR_LOOP ||
			!room(uart, &uart->receiver))
		return;
	uart->full = false;
	if (uart->ops->can_receive)
		uart->ops->can_receive(uart->context);
}

/* Characters take no time on the way: the speed of the line is not kept. */
static void transmit(struct i16550 *uart)
{
	struct fifo *fifo = &uart->transmitter;

	if (!fifo->count)
		return;
	fifo_drop(fifo, uart->ops->write(uart->context, fifo->byte,
		fifo->count));
	if (!fifo->count)
		uart->thre_event = true;
}

void i16550_can_write(struct i16550 *uart)
{
	transmit(uart);
	update(uart);
}

/* Looped back, more characters than there is room for are an overrun: the
 * FIFO keeps the old ones, the single register the new one. */
static void loop_back(struct i16550 *uart, uint8_t value)
{
	uart->thre_event = true;
	if (!room(uart, &uart->receiver)) {
		uart->overrun = true;
		if (fifo_mode(uart))
			return;
		uart->receiver.count = 0;
	}
	fifo_push(&uart->receiver, value, 0);
	restart_timeout(uart);
}

static void write_data(struct i16550 *uart, uint8_t value)
{
	uart->thre_event = false;
	if (uart->mcr & MCR_LOOP) {
		loop_back(uart, value);
		return;
	}
	/* A guest that did not wait loses what there is no room for. */
	if (room(uart, &uart->transmitter))
		fifo_push(&uart->transmitter, value, 0);
	transmit(uart);
}

static uint8_t read_data(struct i16550 *uart)
{
	uint8_t value = uart->receiver.byte[0];

	if (!uart->receiver.count)
		return 0;
	fifo_drop(&uart->receiver, 1);
	restart_timeout(uart);
	offer_room(uart);
	return value;
}

/* To enable the interrupt while the transmitter is empty is an event. */
static void write_ier(struct i16550 *uart, uint8_t value)
{
	if (value & ~uart->ier & IER_EMPTY && transmitter_empty(uart))
		uart->thre_event = true;
	uart->ier = value & 0x0f;
}

static void write_fcr(struct i16550 *uart, uint8_t value)
{
	bool changed = (value ^ uart->fcr) & FCR_ENABLE;

	if (changed)
		value |= FCR_CLEAR_RX | FCR_CLEAR_TX;
	else if (!(value & FCR_ENABLE))
		return;		/* the other bits need it */
	uart->fcr = value & FCR_ENABLE ? value & FCR_KEPT : 0;
	if (value & FCR_CLEAR_RX) {
		uart->receiver.count = 0;
		restart_timeout(uart);
		offer_room(uart);
	}
	if (value & FCR_CLEAR_TX && !transmitter_empty(uart)) {
		uart->transmitter.count = 0;
		uart->thre_event = true;
	}
}

static void write_mcr(struct i16550 *uart, uint8_t value)
{
	uint8_t before = modem_lines(uart);

	uart->mcr = value & MCR_KEPT;
	modem_changed(uart, before);
	offer_room(uart);
}

/* Reading the cause takes the transmitter's event back, if that is what it
 * says. */
static uint8_t read_iir(struct i16550 *uart)
{
	uint8_t cause = interrupt(uart);

	if (cause == IIR_EMPTY)
		uart->thre_event = false;
	return cause | (fifo_mode(uart) ? IIR_FIFO : 0);
}

static uint8_t read_lsr(struct i16550 *uart)
{
	uint8_t status = line_status(uart);

	uart->overrun = false;
	uart->receiver.errors[0] = 0;
	return status;
}

static uint8_t read_msr(struct i16550 *uart)
{
	uint8_t status = modem_lines(uart) | uart->deltas;

	uart->deltas = 0;
	return status;
}

static uint8_t read_register(struct i16550 *uart, unsigned int offset)
{
	bool dlab = uart->lcr & LCR_DLAB;

	switch (offset) {
	case DATA:
		return dlab ? uart->divisor & 0xff : read_data(uart);
	case IER:
		return dlab ? uart->divisor >> 8 : uart->ier;
	case IIR:
		return read_iir(uart);
	case LCR:
		return uart->lcr;
	case MCR:
		return uart->mcr;
	case LSR:
		return read_lsr(uart);
	case MSR:
		return read_msr(uart);
	default:
		return uart->scratch;
	}
}

static void write_divisor(struct i16550 *uart, bool high, uint8_t value)
{
	unsigned int shift = high ? 8 : 0;

	uart->divisor &= ~(0xff << shift);
	uart->divisor |= value << shift;
}

static void write_register(
	struct i16550 *uart, unsigned int offset, uint8_t value)
{
	if (offset <= IER && uart->lcr & LCR_DLAB) {
		write_divisor(uart, offset == IER, value);
		return;
	}
	switch (offset) {
	case DATA:
		write_data(uart, value);
		break;
	case IER:
		write_ier(uart, value);
		break;
	case IIR:
		write_fcr(uart, value);
		break;
	case LCR:
		uart->lcr = value;
		break;
	case MCR:
		write_mcr(uart, value);
		break;
	case SCRATCH:
		uart->scratch = value;
		break;
	}
}

static uint8_t i16550_read(void *context, unsigned int port)
{
	struct i16550 *uart = context;
	uint8_t value = read_register(uart, port - uart->ports.start);

	update(uart);
	return value;
}

static void i16550_write(void *context, unsigned int port, uint8_t value)
{
	struct i16550 *uart = context;

	write_register(uart, port - uart->ports.start, value);
	update(uart);
}

static const struct isa_ops port_ops = {
	.read = i16550_read,
	.write = i16550_write,
};

static void i16550_reset(struct device *device)
{
	struct i16550 *uart = (struct i16550 *)device;

	uart->ier = uart->fcr = uart->lcr = uart->mcr = uart->scratch = 0;
	uart->deltas = 0;
	uart->overrun = uart->thre_event = false;
	uart->divisor = 12;	/* 9600, what firmware leaves */
	memset(&uart->receiver, 0, sizeof(uart->receiver));
	memset(&uart->transmitter, 0, sizeof(uart->transmitter));
	restart_timeout(uart);
	offer_room(uart);
	update(uart);
}

static void fifo_save(const struct fifo *fifo, struct stream *to)
{
	unsigned int i;

	stream_put(to, fifo->count, 1);
	for (i = 0; i < fifo->count; i++) {
		stream_put(to, fifo->byte[i], 1);
		stream_put(to, fifo->errors[i], 1);
	}
}

/* The wait is saved as what is left of it. */
static void i16550_save(const struct device *device, struct stream *to)
{
	const struct i16550 *uart = (const struct i16550 *)device;
	uint64_t now = uart->clock->now(uart->clock), left = 0;

	if (uart->timer.armed && uart->timer.deadline > now)
		left = uart->timer.deadline - now;
	stream_put(to, uart->ier, 1);
	stream_put(to, uart->fcr, 1);
	stream_put(to, uart->lcr, 1);
	stream_put(to, uart->mcr, 1);
	stream_put(to, uart->scratch, 1);
	stream_put(to, uart->inputs | uart->deltas, 1);
	stream_put(to, uart->overrun | uart->thre_event << 1 |
		uart->timeout << 2 | uart->timer.armed << 3, 1);
	stream_put(to, uart->divisor, 2);
	stream_put(to, left, 8);
	fifo_save(&uart->receiver, to);
	fifo_save(&uart->transmitter, to);
}

static bool fifo_load(
	const struct i16550 *uart, struct fifo *fifo, struct stream *from)
{
	unsigned int i;
	bool good;

	memset(fifo, 0, sizeof(*fifo));
	fifo->count = stream_get(from, 1);
	good = fifo->count <= (fifo_mode(uart) ? I16550_FIFO : 1);
	if (!good)
		fifo->count = 0;
	for (i = 0; i < fifo->count; i++) {
		fifo->byte[i] = stream_get(from, 1);
		fifo->errors[i] = stream_get(from, 1);
		good = good && !(fifo->errors[i] & ~LSR_ERRORS);
	}
	return good;
}

static bool registers_load(struct i16550 *uart, struct stream *from)
{
	uint8_t modem;

	uart->ier = stream_get(from, 1);
	uart->fcr = stream_get(from, 1);
	uart->lcr = stream_get(from, 1);
	uart->mcr = stream_get(from, 1);
	uart->scratch = stream_get(from, 1);
	modem = stream_get(from, 1);
	uart->inputs = modem & 0xf0;
	uart->deltas = modem & 0x0f;
	return uart->ier <= 0x0f && !(uart->fcr & ~FCR_KEPT) &&
		(uart->fcr & FCR_ENABLE || !uart->fcr) &&
		!(uart->mcr & ~MCR_KEPT);
}

/* Output that waited in the transmitter is offered when the other end asks. */
static int i16550_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct i16550 *uart = (struct i16550 *)device;
	uint64_t now = uart->clock->now(uart->clock), left;
	uint8_t inputs = uart->inputs, flags;
	bool good = registers_load(uart, from);

	flags = stream_get(from, 1);
	uart->overrun = flags & 1;
	uart->thre_event = flags & 2;
	uart->divisor = stream_get(from, 2);
	left = stream_get(from, 8);
	good = fifo_load(uart, &uart->receiver, from) && good;
	good = fifo_load(uart, &uart->transmitter, from) && good;
	if (!good || version != device->ops->version || from->failed ||
			flags > 0x0f || left > 100 * NS_PER_S ||
			(flags & 0x0c && !uart->receiver.count)) {
		uart->inputs = inputs;
		i16550_reset(device);
		return -EINVAL;
	}
	clock_disarm(uart->clock, &uart->timer);
	if (flags & 8)
		clock_arm(uart->clock, &uart->timer, now + left);
	uart->timeout = flags & 4;
	offer_room(uart);
	update(uart);
	return 0;
}

static void i16550_exit(struct device *device)
{
	struct i16550 *uart = (struct i16550 *)device;

	clock_disarm(uart->clock, &uart->timer);
	isa_remove(uart->bus, &uart->ports, 1);
}

static const struct device_ops i16550_ops = {
	.name = "i16550",
	.version = 1,
	.reset = i16550_reset,
	.save = i16550_save,
	.load = i16550_load,
	.exit = i16550_exit,
};

int i16550_init(struct i16550 *uart, struct bus *ports, unsigned int port,
	struct clock *clock, struct line line, const struct serial_ops *ops,
	void *context)
{
	int error;

	memset(uart, 0, sizeof(*uart));
	uart->device.ops = &i16550_ops;
	uart->bus = ports;
	uart->clock = clock;
	uart->timer.expired = expired;
	uart->line = line;
	uart->ops = ops;
	uart->context = context;
	uart->inputs = I16550_CTS | I16550_DSR | I16550_DCD;
	uart->ports = (struct isa_ports){port, PORTS, &port_ops, uart};
	error = isa_add(ports, &uart->ports, 1);
	if (!error)
		i16550_reset(&uart->device);
	return error;
}
