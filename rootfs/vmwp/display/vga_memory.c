/* A VGA's memory: where each byte lives, and what a CPU's access does. */
/* SPDX-License-Identifier: MIT */
#include "display/vga_memory.h"

#include <string.h>
#include <sys/mman.h>

#include "display/vga_registers.h"
#include "display/vga_window.h"
#include "display/vbe.h"

#define UNITS		(VGA_MEMORY / 4)
#define PAIR_UNITS	(VGA_PAIRS / 2)
#define PLANES_01	0x0000ffffu

/* A guest may write it at the same time. */
static uint32_t load_unit(const uint8_t *from)
{
	return __atomic_load_n((const uint32_t *)from, __ATOMIC_RELAXED);
}

uint32_t vga_unit(const struct vga *vga, uint32_t unit)
{
	uint32_t value;

	unit %= UNITS;
	value = load_unit(vga->memory + unit * 4);
	if (!vga->in_pairs || unit >= PAIR_UNITS)
		return value;
	return (value & ~PLANES_01) | __atomic_load_n(
		(const uint16_t *)(vga->pairs + unit * 2), __ATOMIC_RELAXED);
}

void vga_fetch(const struct vga *vga, void *to, uint32_t from, uint32_t size)
{
	memcpy(to, vga->memory + from, size);
}

static uint8_t *home(struct vga *vga, uint32_t address)
{
	uint32_t unit = address / 4, plane = address % 4;

	if (vga->in_pairs && plane < 2 && unit < PAIR_UNITS)
		return vga->pairs + unit * 2 + plane;
	return vga->memory + address;
}

static uint8_t load(struct vga *vga, uint32_t address)
{
	return *(volatile uint8_t *)home(vga, address % VGA_MEMORY);
}

static void store(struct vga *vga, uint32_t address, uint8_t value)
{
	address %= VGA_MEMORY;
	*(volatile uint8_t *)home(vga, address) = value;
	vga->dirty[address / VGA_PAGE / 64] |=
		1ull << (address / VGA_PAGE % 64);
	vga->font += address % 4 == 2;
}

void vga_to_pairs(struct vga *vga)
{
	uint32_t unit;

	if (vga->in_pairs)
		return;
	for (unit = 0; unit < PAIR_UNITS; unit++)
		memcpy(vga->pairs + unit * 2, vga->memory + unit * 4, 2);
	vga->in_pairs = true;
}

void vga_to_units(struct vga *vga)
{
	uint32_t unit;

	if (!vga->in_pairs)
		return;
	vga->in_pairs = false;
	for (unit = 0; unit < PAIR_UNITS; unit++)
		memcpy(vga->memory + unit * 4, vga->pairs + unit * 2, 2);
}

/* The host has zeroes for pages that nobody has written. */
void vga_clear(struct vga *vga, uint64_t size)
{
	size = (size + VGA_PAGE - 1) / VGA_PAGE * VGA_PAGE;
	if (size > VGA_MEMORY)
		size = VGA_MEMORY;
	vga->in_pairs = false;
	if (madvise(vga->memory, size, MADV_DONTNEED))
		memset(vga->memory, 0, size);
	vga->whole = true;
	vga->font++;
}

enum vga_chain vga_chain_read(const struct vga *vga)
{
	if (vbe_linear(vga) || vga->r.sequencer[SEQ_MEMORY] & SEQ_CHAIN_4)
		return VGA_CHAIN_4;
	return vga->r.graphics[GR_MODE] & GR_ODD_EVEN ?
		VGA_CHAIN_PAIRS : VGA_CHAIN_NONE;
}

enum vga_chain vga_chain_write(const struct vga *vga)
{
	if (vbe_linear(vga) || vga->r.sequencer[SEQ_MEMORY] & SEQ_CHAIN_4)
		return VGA_CHAIN_4;
	return vga->r.sequencer[SEQ_MEMORY] & SEQ_SEQUENTIAL ?
		VGA_CHAIN_NONE : VGA_CHAIN_PAIRS;
}

void vga_decoded(const struct vga *vga, uint32_t *start, uint32_t *size)
{
	static const uint32_t starts[] = { 0, 0, 0x10000, 0x18000 };
	static const uint32_t sizes[] = { VGA_LEGACY_SIZE, VGA_BANK, 0x8000,
		0x8000 };
	unsigned int map = vga->r.graphics[GR_MISC] >> 2 & 3;

	if (vbe_enabled(vga))
		map = 1;
	*start = starts[map];
	*size = sizes[map];
}

/* The address within video memory that a CPU's offset means, before chaining;
 * false: it is not decoded. */
static bool decode(const struct vga *vga, uint64_t offset, uint32_t *address)
{
	uint32_t start, size;

	vga_decoded(vga, &start, &size);
	if (offset < start || offset - start >= size)
		return false;
	*address = offset - start + vbe_bank(vga);
	return true;
}

/* A byte of each plane that has its bit. */
static uint32_t spread(unsigned int bits)
{
	static const uint32_t masks[16] = {
		0x00000000, 0x000000ff, 0x0000ff00, 0x0000ffff,
		0x00ff0000, 0x00ff00ff, 0x00ffff00, 0x00ffffff,
		0xff000000, 0xff0000ff, 0xff00ff00, 0xff00ffff,
		0xffff0000, 0xffff00ff, 0xffffff00, 0xffffffff,
	};

	return masks[bits & 15];
}

static uint32_t repeat(uint8_t value)
{
	return value * 0x01010101u;
}

/* Read mode 1: a one where the pixel has the colour, in planes that count. */
static uint8_t compare(const struct vga *vga, uint32_t latch)
{
	uint32_t differ = (latch ^ spread(vga->r.graphics[GR_COMPARE])) &
		spread(vga->r.graphics[GR_COMPARE_MASK]);

	return ~(differ | differ >> 8 | differ >> 16 | differ >> 24);
}

static uint8_t read_byte(struct vga *vga, uint64_t offset)
{
	unsigned int plane = vga->r.graphics[GR_READ_PLANE] & 3;
	uint32_t address;

	if (!decode(vga, offset, &address))
		return 0xff;
	if (vbe_linear(vga))
		return load(vga, address);
	switch (vga_chain_read(vga)) {
	case VGA_CHAIN_4:
		plane = address & 3;
		address /= 4;
		break;
	case VGA_CHAIN_PAIRS:
		plane = (plane & 2) | (address & 1);
		address /= 2;
		break;
	default:
		break;
	}
	vga->r.latch = vga_unit(vga, address);
	if (vga->r.graphics[GR_MODE] & GR_READ_MODE)
		return compare(vga, vga->r.latch);
	return vga->r.latch >> (plane * 8);
}

/* What reaches the planes where the bit mask allows (IBM VGA, write modes). */
static uint32_t combine(const struct vga *vga, uint8_t value, uint8_t *bits)
{
	const uint8_t *gr = vga->r.graphics;
	unsigned int rotate = gr[GR_ROTATE] & 7;
	uint32_t data, enable = spread(gr[GR_ENABLE_SET]);

	*bits = gr[GR_BIT_MASK];
	switch (gr[GR_MODE] & GR_WRITE_MODE) {
	case 1:
		return vga->r.latch;
	case 2:
		data = spread(value);
		break;
	case 3:
		value = value >> rotate | value << (8 - rotate);
		*bits &= value;
		data = spread(gr[GR_SET]);
		break;
	default:
		value = value >> rotate | value << (8 - rotate);
		data = (repeat(value) & ~enable) |
			(spread(gr[GR_SET]) & enable);
		break;
	}
	switch (gr[GR_ROTATE] >> 3 & 3) {
	case 1: return data & vga->r.latch;
	case 2: return data | vga->r.latch;
	case 3: return data ^ vga->r.latch;
	default: return data;
	}
}

static void write_planes(struct vga *vga, uint32_t unit, unsigned int planes,
	uint8_t value)
{
	uint8_t bits;
	uint32_t data = combine(vga, value, &bits), mask = repeat(bits);
	unsigned int plane;

	if ((vga->r.graphics[GR_MODE] & GR_WRITE_MODE) != 1)
		data = (data & mask) | (vga->r.latch & ~mask);
	for (plane = 0; plane < 4; plane++)
		if (planes & 1u << plane)
			store(vga, unit * 4 + plane, data >> (plane * 8));
}

static void write_byte(struct vga *vga, uint64_t offset, uint8_t value)
{
	unsigned int planes = vga->r.sequencer[SEQ_PLANES];
	uint32_t address;

	if (!decode(vga, offset, &address))
		return;
	if (vbe_linear(vga)) {
		store(vga, address, value);
		return;
	}
	switch (vga_chain_write(vga)) {
	case VGA_CHAIN_4:
		planes &= 1u << (address & 3);
		address /= 4;
		break;
	case VGA_CHAIN_PAIRS:
		planes &= address & 1 ? 0xa : 0x5;
		address /= 2;
		break;
	default:
		break;
	}
	write_planes(vga, address, planes, value);
}

static uint64_t legacy_read(void *context, uint64_t offset, unsigned int size)
{
	struct vga *vga = context;
	uint64_t value = 0;
	unsigned int i;

	vga_window_want(vga, VGA_LEGACY + offset);
	for (i = 0; i < size; i++)
		value |= (uint64_t)read_byte(vga, offset + i) << (i * 8);
	return value;
}

static void legacy_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	struct vga *vga = context;
	unsigned int i;

	vga_window_want(vga, VGA_LEGACY + offset);
	for (i = 0; i < size; i++)
		write_byte(vga, offset + i, value >> (i * 8));
}

static uint64_t lfb_read(void *context, uint64_t offset, unsigned int size)
{
	struct vga *vga = context;
	uint64_t value = 0;
	unsigned int i;

	vga_window_want(vga, vga->lfb + offset);
	for (i = 0; i < size; i++)
		value |= (uint64_t)load(vga, offset + i) << (i * 8);
	return value;
}

static void lfb_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	struct vga *vga = context;
	unsigned int i;

	vga_window_want(vga, vga->lfb + offset);
	for (i = 0; i < size; i++)
		store(vga, offset + i, value >> (i * 8));
}

const struct bus_ops vga_legacy_ops = { legacy_read, legacy_write };
const struct bus_ops vga_lfb_ops = { lfb_read, lfb_write };
