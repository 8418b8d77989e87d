/* Hostile guests: a PC's ports, its PCI, and where its devices may write. */
/* SPDX-License-Identifier: MIT */
#include "pc.h"

#include "random.h"

#define ADDRESS		0xcf8
#define DATA		0xcfc
#define ENABLE		0x80000000u

extern char end[];	/* the linker's: of what the guest has */

void pc_begin(void)
{
	CHECK((uint32_t)end <= PC_FREE);
	/* A VM without --kernel. */
	CHECK(pc_config(PC_HOST, 0) == 0x12378086);
}

void pc_out(uint16_t port, uint32_t size, uint32_t value)
{
	switch (size) {
	case 1: outb(port, value); break;
	case 2: outw(port, value); break;
	default: outl(port, value); break;
	}
}

uint32_t pc_in(uint16_t port, uint32_t size)
{
	switch (size) {
	case 1: return inb(port);
	case 2: return inw(port);
	default: return inl(port);
	}
}

uint32_t pc_size(void)
{
	return 1u << below(3);
}

void pc_outs(uint16_t port, uint32_t size, const void *from, uint32_t count)
{
	switch (size) {
	case 1:
		__asm__ volatile("rep outsb" : "+S" (from), "+c" (count)
			: "d" (port) : "memory");
		break;
	case 2:
		__asm__ volatile("rep outsw" : "+S" (from), "+c" (count)
			: "d" (port) : "memory");
		break;
	default:
		__asm__ volatile("rep outsl" : "+S" (from), "+c" (count)
			: "d" (port) : "memory");
		break;
	}
}

void pc_ins(uint16_t port, uint32_t size, void *to, uint32_t count)
{
	switch (size) {
	case 1:
		__asm__ volatile("rep insb" : "+D" (to), "+c" (count)
			: "d" (port) : "memory");
		break;
	case 2:
		__asm__ volatile("rep insw" : "+D" (to), "+c" (count)
			: "d" (port) : "memory");
		break;
	default:
		__asm__ volatile("rep insl" : "+D" (to), "+c" (count)
			: "d" (port) : "memory");
		break;
	}
}

void pc_store(uint32_t at, uint32_t size, uint32_t value)
{
	switch (size) {
	case 1: *(volatile uint8_t *)at = value; break;
	case 2: *(volatile uint16_t *)at = value; break;
	default: *(volatile uint32_t *)at = value; break;
	}
}

uint32_t pc_load(uint32_t at, uint32_t size)
{
	switch (size) {
	case 1: return *(volatile uint8_t *)at;
	case 2: return *(volatile uint16_t *)at;
	default: return *(volatile uint32_t *)at;
	}
}

uint32_t pc_config(uint32_t function, uint32_t offset)
{
	outl(ADDRESS, ENABLE | function << 8 | offset);
	return inl(DATA);
}

void pc_set_config(uint32_t function, uint32_t offset, uint32_t value)
{
	outl(ADDRESS, ENABLE | function << 8 | offset);
	outl(DATA, value);
}

uint32_t pc_place(uint32_t size)
{
	static const uint32_t ends[] = { 0, 0x9fffe, 0xa0000, 0xb8000, 0xbfffe,
		0xc0000, 0xf0000, PC_RAM - 4, PC_RAM - 2, PC_RAM, PC_RAM + 2,
		0xbffffffe, 0xf8000000, 0xfd000000, 0xfebf0000, 0xfec00000,
		0xfee00000, 0xfee00300, 0xfffc0000, 0xfffffffc };
	uint32_t at;

	switch (below(4)) {
	case 0: at = PICK(ends); break;
	case 1: at = below(PC_OWN); break;
	case 2: at = odd(); break;
	default: at = PC_FREE + below(PC_RAM - PC_FREE); break;
	}
	if (at < PC_FREE && at + size > PC_OWN)
		at += PC_FREE;
	return at;
}
