/* Hostile guests, N11: interrupts, NMIs and INITs between processors, as many
 * as can be sent; ends of interrupts that there were not. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"

#define APIC		0xfee00000u
#define FIRST		48u	/* vectors that the traps end at the APIC */
#define VECTOR_NMI	2
#define BURST		32
/* Real mode: sleeps, whatever wakes it. */
#define TRAMPOLINE	0x8000u
#define NO_STARTUP	(TRAMPOLINE / PAGE)

#define APIC_BASE	0x1bu
#define X2APIC		0x400u
#define X2APIC_ICR	0x830u
#define X2APIC_EOI	0x80bu

static uint32_t processors;
static bool is_x2apic;		/* this VP's, the others' are none */

static volatile uint32_t *apic(uint32_t offset)
{
	return (volatile uint32_t *)(APIC + offset);
}

static void sleep(void)
{
	hv_apic_on();
	for (;;)
		__asm__ volatile("sti\nhlt");
}

static void begin(void)
{
	static const uint8_t code[] = { 0xfa, 0xf4, 0xeb, 0xfc };
	volatile uint8_t *to = (volatile uint8_t *)TRAMPOLINE;
	uint32_t i;

	processors = hv_processors();
	CHECK(processors >= 2);
	for (i = 0; i < sizeof(code); i++)
		to[i] = code[i];
	hv_apic_on();
	for (i = 1; i < processors; i++)
		hv_start(i, sleep);
	is_x2apic = one_in(2);
	if (is_x2apic)
		wrmsr(APIC_BASE, rdmsr(APIC_BASE) | X2APIC);
	__asm__ volatile("sti");
}

static uint32_t vector(void)
{
	return one_in(8) ? below(16) : FIRST + below(256 - FIRST);
}

/* From bit 32 on, or in the highest byte. */
static uint64_t destination(uint64_t to)
{
	return to << (is_x2apic ? 32 : 56);
}

/* All but what ends this processor, or lets another one run what is no code. */
static uint64_t icr(void)
{
	static const uint32_t modes[] = { 0, 0, 1, 2, 3, 4, 4, 5, 6, 7 };
	uint32_t mode = PICK(modes);
	uint64_t to = one_in(2) ? below(processors) : below(256), value;

	value = vector() | mode << 8 | below(2) << 14 | below(2) << 15;
	if (mode == 5)
		return value | destination(1 + below(processors - 1));
	if (mode == 6)
		value = (value & ~0xffull) | NO_STARTUP;
	value |= below(2) << 11;
	if (one_in(2))
		return value | (1 + below(3)) << 18;
	return value | destination(to);
}

static void send_by_msr(void)
{
	if (hv_write(HV_MSR_ICR, icr()))
		taken++;
	else
		refused++;
}

static void send_by_register(void)
{
	uint64_t value = icr();

	if (is_x2apic) {
		CHECK(hv_write(X2APIC_ICR, value));
	} else {
		*apic(0x310) = value >> 32;
		*apic(0x300) = value;
	}
	taken++;
}

static void send_by_call(void)
{
	uint32_t number = vector();
	uint16_t status = STATUS(hv_call(HVCALL_SEND_IPI | HVCALL_FAST,
		number, odd()));

	CHECK(status == (number < 16 ? HV_STATUS_INVALID_PARAMETER :
		HV_STATUS_SUCCESS));
	if (status)
		refused++;
	else
		taken++;
}

/* Sets of up to 4,096 VPs, most of which there are not. */
static void send_to_set(void)
{
	static struct {
		struct hv_send_ipi_ex_in in;
		uint64_t bank[64];
	} call __attribute__((aligned(1024)));
	uint32_t number = vector(), banks = 1 + below(64), i;
	uint64_t format = one_in(4) ? odd() : below(2);
	uint16_t status;

	call.in.vector = number;
	call.in.processors.format = format;
	call.in.processors.banks = banks < 64 ? (1ull << banks) - 1 : ~0ull;
	for (i = 0; i < banks; i++)
		call.bank[i] = one_in(2) ? ~0ull : odd();
	status = STATUS(hv_call(HVCALL_SEND_IPI_EX | VARIABLE(banks),
		quad_of(&call), 0));
	CHECK(status == (number < 16 || format > 1 ?
		HV_STATUS_INVALID_PARAMETER : HV_STATUS_SUCCESS));
	if (status)
		refused++;
	else
		taken++;
}

static void end_interrupts(void)
{
	uint32_t i;

	for (i = 0; i < BURST; i++) {
		if (i % 2)
			wrmsr(HV_MSR_EOI, 0);
		else if (is_x2apic)
			wrmsr(X2APIC_EOI, 0);
		else
			*apic(0xb0) = 0;
	}
	taken++;
}

static void nmi_self(void)
{
	uint32_t i;

	for (i = 0; i < BURST; i++)
		wrmsr(HV_MSR_ICR, 4 << 8);
	taken++;
}

static void priority(void)
{
	uint64_t value = one_in(2) ? below(256) : odd();

	CHECK(hv_write(HV_MSR_TPR, value) == (value < 256));
	wrmsr(HV_MSR_TPR, 0);
}

/* After an INIT it can be started again; one that runs cannot. */
static void start(void)
{
	uint16_t status = hv_try_start(1 + below(processors - 1), sleep);

	CHECK(status == HV_STATUS_SUCCESS ||
		status == HV_STATUS_INVALID_VP_STATE);
}

static void step(void)
{
	switch (below(16)) {
	case 0: end_interrupts(); break;
	case 1: nmi_self(); break;
	case 2: priority(); break;
	case 3: start(); break;
	case 4 ... 6: send_by_call(); break;
	case 7 ... 9: send_to_set(); break;
	case 10 ... 12: send_by_register(); break;
	default: send_by_msr(); break;
	}
}

static void wait(uint64_t time)
{
	uint64_t until = hv_time() + time;

	while (hv_time() < until)
		;
}

/* On VP 1: the boot processor goes to where firmware would be. */
static void stop_first(void)
{
	say_done();
	wait(100 * MS);
	wrmsr(HV_MSR_ICR, 5 << 8 | 1 << 14);
	wait(60000 * MS);
	CHECK(!"the end of the VM");
}

static void end(void)
{
	uint16_t status;

	__asm__ volatile("cli");
	say("guest: NMIs: ");
	say_number(trap_counts[VECTOR_NMI]);
	say("\n");
	wrmsr(HV_MSR_ICR, destination(1) | 5 << 8 | 1 << 14);
	status = hv_try_start(1, stop_first);
	CHECK(status == HV_STATUS_SUCCESS);
	for (;;)
		__asm__ volatile("cli\nhlt");
}

const struct row row_ipi = { "n11", begin, step, end };
