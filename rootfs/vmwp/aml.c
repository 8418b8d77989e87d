/* AML, the byte code of ACPI, written piece by piece. */
/* SPDX-License-Identifier: MIT */
#include "aml.h"

#include <string.h>

#define NAME_OP		0x08
#define BYTE_PREFIX	0x0a
#define WORD_PREFIX	0x0b
#define DWORD_PREFIX	0x0c
#define STRING_PREFIX	0x0d
#define SCOPE_OP	0x10
#define BUFFER_OP	0x11
#define PACKAGE_OP	0x12
#define EXTENDED_OP	0x5b
#define DEVICE_OP	0x82
#define LENGTH_BYTES	4

void aml_bytes(struct aml *aml, const void *from, size_t size)
{
	if (size > aml->room - aml->size)
		aml->full = true;
	if (aml->full)
		return;
	memcpy(aml->data + aml->size, from, size);
	aml->size += size;
}

void aml_byte(struct aml *aml, uint8_t value)
{
	aml_bytes(aml, &value, 1);
}

void aml_name(struct aml *aml, const char *name)
{
	char segment[4] = { '_', '_', '_', '_' };
	size_t size;

	if (*name == '\\') {
		aml_byte(aml, *name);
		name++;
	}
	size = strlen(name);
	memcpy(segment, name, size < 4 ? size : 4);
	aml_bytes(aml, segment, 4);
}

void aml_integer(struct aml *aml, uint32_t value)
{
	if (value <= 1) {
		aml_byte(aml, value);
	} else if (value <= UINT8_MAX) {
		aml_byte(aml, BYTE_PREFIX);
		aml_bytes(aml, &value, 1);
	} else if (value <= UINT16_MAX) {
		aml_byte(aml, WORD_PREFIX);
		aml_bytes(aml, &value, 2);
	} else {
		aml_byte(aml, DWORD_PREFIX);
		aml_bytes(aml, &value, 4);
	}
}

void aml_string(struct aml *aml, const char *value)
{
	aml_byte(aml, STRING_PREFIX);
	aml_bytes(aml, value, strlen(value) + 1);
}

static unsigned int hex_digit(char digit)
{
	return digit <= '9' ? digit - '0' : digit - 'A' + 10;
}

/* Three letters of five bits, four hexadecimal digits; big-endian. */
void aml_eisa_id(struct aml *aml, const char *id)
{
	unsigned int value = (id[0] - '@') << 10 | (id[1] - '@') << 5 |
		(id[2] - '@');

	aml_byte(aml, DWORD_PREFIX);
	aml_byte(aml, value >> 8);
	aml_byte(aml, value);
	aml_byte(aml, hex_digit(id[3]) << 4 | hex_digit(id[4]));
	aml_byte(aml, hex_digit(id[5]) << 4 | hex_digit(id[6]));
}

static void open_length(struct aml *aml)
{
	if (aml->depth == AML_DEPTH) {
		aml->full = true;
		return;
	}
	aml->open[aml->depth++] = aml->size;
	aml_bytes(aml, "\0\0\0\0", LENGTH_BYTES);
}

void aml_scope(struct aml *aml, const char *name)
{
	aml_byte(aml, SCOPE_OP);
	open_length(aml);
	aml_name(aml, name);
}

void aml_device(struct aml *aml, const char *name)
{
	aml_byte(aml, EXTENDED_OP);
	aml_byte(aml, DEVICE_OP);
	open_length(aml);
	aml_name(aml, name);
}

void aml_package(struct aml *aml, unsigned int elements)
{
	aml_byte(aml, PACKAGE_OP);
	open_length(aml);
	aml_byte(aml, elements);
}

/* The buffer's own size comes as a word, as it is known later. */
void aml_resources(struct aml *aml)
{
	aml_byte(aml, BUFFER_OP);
	open_length(aml);
	aml_byte(aml, WORD_PREFIX);
	aml_bytes(aml, "\0\0", 2);
}

void aml_end(struct aml *aml)
{
	uint8_t *at;
	size_t size;

	if (aml->full || !aml->depth)
		return;
	at = aml->data + aml->open[--aml->depth];
	size = aml->data + aml->size - at;
	at[0] = 0xc0 | (size & 0xf);
	at[1] = size >> 4;
	at[2] = size >> 12;
	at[3] = size >> 20;
}

void aml_end_resources(struct aml *aml)
{
	uint8_t *at;
	size_t size;

	aml_bytes(aml, "\x79\0", 2);	/* end tag; checksum 0: none */
	if (aml->full || !aml->depth)
		return;
	at = aml->data + aml->open[aml->depth - 1] + LENGTH_BYTES + 1;
	size = aml->data + aml->size - (at + 2);
	at[0] = size;
	at[1] = size >> 8;
	aml_end(aml);
}

void aml_define(struct aml *aml, const char *name)
{
	aml_byte(aml, NAME_OP);
	aml_name(aml, name);
}

void aml_io(struct aml *aml, uint16_t first, uint8_t count)
{
	uint8_t resource[8] = { 0x47, 0x01, first, first >> 8, first,
		first >> 8, 1, count };

	aml_bytes(aml, resource, sizeof(resource));
}

void aml_irq(struct aml *aml, unsigned int number)
{
	unsigned int mask = 1u << number;
	uint8_t resource[3] = { 0x22, mask, mask >> 8 };

	aml_bytes(aml, resource, sizeof(resource));
}

void aml_memory(struct aml *aml, uint32_t first, uint32_t size)
{
	uint8_t resource[12] = { 0x86, 0x09, 0x00, 0x01 };

	memcpy(resource + 4, &first, 4);
	memcpy(resource + 8, &size, 4);
	aml_bytes(aml, resource, sizeof(resource));
}

/* Memory, read-write, not cached; its ends are fixed; produced, not used. */
void aml_window(struct aml *aml, uint32_t first, uint32_t size)
{
	uint8_t resource[26] = { 0x87, 23, 0, 0, 0x0c, 0x01 };
	uint32_t last = first + size - 1;

	memcpy(resource + 10, &first, 4);
	memcpy(resource + 14, &last, 4);
	memcpy(resource + 22, &size, 4);
	aml_bytes(aml, resource, sizeof(resource));
}

/* A range of 16-bit numbers that a bridge produces; its ends are fixed. */
static void word_range(struct aml *aml, unsigned int type, unsigned int flags,
	uint16_t first, uint16_t last)
{
	uint32_t length = (uint32_t)last - first + 1;
	uint8_t resource[16] = { 0x88, 13, 0, type, 0x0c, flags };

	memcpy(resource + 8, &first, 2);
	memcpy(resource + 10, &last, 2);
	memcpy(resource + 14, &length, 2);
	aml_bytes(aml, resource, sizeof(resource));
}

void aml_bus(struct aml *aml, uint8_t first, uint8_t last)
{
	word_range(aml, 2, 0, first, last);
}

void aml_io_window(struct aml *aml, uint16_t first, uint16_t last)
{
	word_range(aml, 1, 3, first, last);
}
