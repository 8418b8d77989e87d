/* Hostile guests, N9: pages of the hypervisor's that move, over each other,
 * over memory and nothing, while messages come. */
/* SPDX-License-Identifier: MIT */
#include "rows.h"

#define PLACES	12
#define RAM	6		/* of them */
#define TAG_AT	(PAGE - 8)	/* no message or flag of ours comes there */
#define APIC	0xfee00000u
#define SINT	3
#define VECTOR	97

static uint8_t ram[RAM][PAGE] __attribute__((aligned(4096)));

/* Messages, flags, assist: what is written into them stays. The hypercall page
 * and the TSC page have their own content. */
static const uint32_t msrs[] = { HV_MSR_SIMP, HV_MSR_SIEFP,
	HV_MSR_VP_ASSIST_PAGE, HV_MSR_HYPERCALL, HV_MSR_REFERENCE_TSC };
#define PAGES	5
#define WRITABLE 3

/* Where each is (PLACES: nowhere), and when it came there. */
static unsigned int at[PAGES];
static uint32_t since[PAGES], moves;

static uint32_t place(unsigned int number)
{
	static const uint32_t others[PLACES - RAM] = { NOWHERE,
		NOWHERE + PAGE, 0xa0000, 0xfec00000, 0xfed80000, 0x40000000 };

	return number < RAM ? (uint32_t)ram[number] : others[number - RAM];
}

static uint64_t *tag(uint32_t page)
{
	return (uint64_t *)(page + TAG_AT);
}

static unsigned int top_at(unsigned int number)
{
	unsigned int i, top = PAGES;

	for (i = 0; i < PAGES; i++)
		if (at[i] == number && (top == PAGES || since[i] > since[top]))
			top = i;
	return top;
}

/* What lies on top is what can be read there, and memory is whole below. */
static void check_place(unsigned int number)
{
	unsigned int top = top_at(number);
	volatile uint64_t *found = tag(place(number));

	if (top < WRITABLE)
		CHECK(*found == 0x1000 + top);
	else if (top == PAGES && number < RAM)
		CHECK(*found == 0x2000 + number);
	else if (top < PAGES)
		CHECK(*found != 0x2000 + number);
}

static void put(unsigned int page, unsigned int number)
{
	uint64_t value = number < PLACES ? place(number) | 1 : 0;

	CHECK(hv_write(msrs[page], value));
	if (at[page] != number)
		since[page] = ++moves;
	at[page] = number;
}

static void begin(void)
{
	unsigned int i;

	CHECK(hv_write(HV_MSR_SINT0 + SINT, VECTOR));
	CHECK(hv_write(HV_MSR_STIMER0_CONFIG + 1, 1));
	CHECK(hv_write(HV_MSR_STIMER0_CONFIG, HV_STIMER_ENABLE |
		HV_STIMER_PERIODIC | SINT << HV_STIMER_SINT_SHIFT));
	for (i = 0; i < RAM; i++)
		*tag(place(i)) = 0x2000 + i;
	for (i = 0; i < PAGES; i++) {
		put(i, i);
		if (i < WRITABLE)
			*tag(place(i)) = 0x1000 + i;
	}
}

/* The slot's message is taken wherever the page is, if it is on top there. */
static void take_message(void)
{
	volatile struct hv_message *slot;

	if (at[0] == PLACES || top_at(at[0]) != 0)
		return;
	slot = (struct hv_message *)place(at[0]) + SINT;
	if (!slot->type)
		return;
	CHECK(slot->type == HV_MESSAGE_TIMER_EXPIRED);
	slot->type = 0;
	wrmsr(HV_MSR_EOM, 0);
	taken++;
}

/* On the APIC, beyond all addresses, with reserved bits. */
static void wrong(void)
{
	static const uint64_t values[] = { APIC | 1, 1ull << 52 | 1,
		0xfffffffffffff001ull, 0x100802, 0x100ffd };

	CHECK(!hv_write(PICK(msrs), PICK(values)));
	refused++;
}

static void step(void)
{
	if (one_in(8))
		wrong();
	else
		put(below(PAGES), one_in(6) ? PLACES : below(PLACES));
	check_place(below(PLACES));
	check_place(below(RAM));
	take_message();
	if (one_in(16))
		hv_write(HV_MSR_SCONTROL, below(2));
}

static void end(void)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		put(i, PLACES);
	for (i = 0; i < RAM; i++)
		check_place(i);
}

const struct row row_pages = { "n9", begin, step, end };
