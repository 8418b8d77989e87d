/* The OID of a parameter: a NIC's address, in letters. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "net/oid.h"

#define NAME	"NetworkAddress"
#define LETTERS	12u

static bool is_name(const uint8_t *value, uint32_t length)
{
	uint32_t i;

	if (length != 2 * strlen(NAME))
		return false;
	for (i = 0; i < length; i += 2)
		if (value[i] != (uint8_t)NAME[i / 2] || value[i + 1])
			return false;
	return true;
}

static int digit(const uint8_t *letter)
{
	if (letter[1])
		return -1;
	if (letter[0] >= '0' && letter[0] <= '9')
		return letter[0] - '0';
	if ((letter[0] | 0x20) >= 'a' && (letter[0] | 0x20) <= 'f')
		return (letter[0] | 0x20) - 'a' + 10;
	return -1;
}

static bool take_address(const uint8_t *value, uint8_t *address)
{
	unsigned int i;
	int high, low;

	for (i = 0; i < 6; i++) {
		high = digit(value + 4 * i);
		low = digit(value + 4 * i + 2);
		if (high < 0 || low < 0)
			return false;
		address[i] = high << 4 | low;
	}
	return true;
}

uint32_t address_set(struct nic *nic, const uint8_t *value, uint32_t length)
{
	static const uint8_t none[6];
	struct ndis_config_parameter head;
	uint8_t address[6];

	if (length < sizeof(head))
		return NDIS_INVALID_LENGTH;
	memcpy(&head, value, sizeof(head));
	if (head.name_offset > length ||
	    head.name_length > length - head.name_offset ||
	    head.value_offset > length ||
	    head.value_length > length - head.value_offset)
		return NDIS_INVALID_LENGTH;
	if (head.type != NDIS_PARAMETER_STRING ||
	    !is_name(value + head.name_offset, head.name_length) ||
	    head.value_length != 2 * LETTERS ||
	    !take_address(value + head.value_offset, address) ||
	    address[0] & 1 || !memcmp(address, none, sizeof(none)))
		return NDIS_INVALID_DATA;
	memcpy(nic->address, address, sizeof(address));
	return NDIS_GOOD;
}
