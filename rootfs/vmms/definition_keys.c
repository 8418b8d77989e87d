/* The sections and keys of a VM's definition, and what each value may be. */
/* SPDX-License-Identifier: MIT */
#include "definition_keys.h"

#include <stdlib.h>
#include <string.h>

#include "disk/names.h"
#include "id.h"
#include "image.h"
#include "keys.h"

#define MEMORY_STEP	(2ull << 20)
#define MEMORY_MAX	(4ull << 40)

const char *const words_boot[] = { "disk", "dvd", NULL };
const char *const words_start[] = { "nothing", "if-running", "always", NULL };
const char *const words_wait[] = { "no", "heartbeat", NULL };
const char *const words_stop[] = { "shut-down", "turn-off", NULL };
const char *const words_integration[] = { "shutdown", "time", "heartbeat",
	"exchange", NULL };
const char *const words_model[] = { "synthetic", "e1000", NULL };

int definition_word(const char *const *words, const char *value, size_t length)
{
	int i;

	for (i = 0; words[i]; i++)
		if (strlen(words[i]) == length &&
		    !memcmp(words[i], value, length))
			return i;
	return -1;
}

static bool is_word(const char *const *words, const char *value)
{
	return definition_word(words, value, strlen(value)) >= 0;
}

bool definition_memory(const char *value, uint64_t *bytes)
{
	size_t digits = strspn(value, "0123456789");
	unsigned int shift = 20;
	uint64_t amount;

	if (!digits || digits > 9)
		return false;
	amount = strtoul(value, NULL, 10);
	if (!strcmp(value + digits, "G"))
		shift = 30;
	else if (value[digits] && strcmp(value + digits, "M"))
		return false;
	if (!amount || amount > MEMORY_MAX >> shift)
		return false;
	*bytes = amount << shift;
	return *bytes % MEMORY_STEP == 0;
}

bool definition_is_drive(const char *section)
{
	return !strncmp(section, "disk ", 5) || !strncmp(section, "dvd ", 4);
}

bool definition_place(const char *value, bool *ide, unsigned int *place)
{
	static const char *const names[] = { "ide0:0", "ide0:1", "ide1:0",
		"ide1:1", NULL };
	int found = definition_word(names, value, strlen(value));

	*ide = found >= 0;
	if (*ide) {
		*place = found;
		return true;
	}
	if (strncmp(value, "scsi0:", 6) ||
	    !good_number(value + 6, 0, DEFINITION_SCSI - 1))
		return false;
	*place = atoi(value + 6);
	return true;
}

static bool good_id(const char *value)
{
	struct id id;

	return id_read(value, &id);
}

static bool good_generation(const char *value)
{
	return !strcmp(value, "1");
}

static bool good_memory(const char *value)
{
	uint64_t bytes;

	return definition_memory(value, &bytes);
}

static bool good_processors(const char *value)
{
	return good_number(value, 1, DEFINITION_PROCESSORS);
}

/* Words, each once, with spaces between. */
static bool good_boot(const char *value)
{
	unsigned int seen = 0;
	size_t length;
	int word;

	for (;;) {
		length = strcspn(value, " ");
		word = definition_word(words_boot, value, length);
		if (word < 0 || seen & 1u << word)
			return false;
		seen |= 1u << word;
		value += length;
		if (!*value)
			return true;
		value += strspn(value, " ");
	}
}

/* The settings' library has seen that it is a line of text. */
static bool good_notes(const char *value)
{
	(void)value;
	return true;
}

static bool good_start(const char *value)
{
	return is_word(words_start, value);
}

static bool good_order(const char *value)
{
	return good_number(value, 0, 999);
}

static bool good_delay(const char *value)
{
	return good_number(value, 0, 3600);
}

static bool good_wait(const char *value)
{
	return is_word(words_wait, value);
}

static bool good_stop(const char *value)
{
	return is_word(words_stop, value);
}

static bool good_limit(const char *value)
{
	return good_number(value, 1, 3600);
}

static bool good_weight(const char *value)
{
	return good_number(value, 1, 10000);
}

static bool good_cap(const char *value)
{
	return good_number(value, 1, 100);
}

static bool good_integration(const char *value)
{
	return is_word(words_integration, value);
}

static bool good_place(const char *value)
{
	unsigned int place;
	bool ide;

	return definition_place(value, &ide, &place);
}

static bool good_format(const char *value)
{
	enum disk_format format;

	return format_of_name(value, &format);
}

static bool good_nic(const char *value)
{
	return good_number(value, 0, DEFINITION_NICS - 1);
}

static bool good_model(const char *value)
{
	return is_word(words_model, value);
}

#define TAKES_FILE "the name of a file in the VM's folder, or the path of " \
	"one in a storage folder, without \"..\""
#define TAKES_PLACE "a place: ide0:0 to ide1:1, or scsi0:0 to scsi0:63"

static const struct conf_key vm_keys[] = {
	{ "id", false, "a UUID", good_id },
	{ "generation", false, "1", good_generation },
	{ "memory", false, "a number of MB, or one with M or G: 2M to 4096G "
		"in steps of 2M", good_memory },
	{ "processors", false, "a number from 1 to 64", good_processors },
	{ "boot", false, "disk, dvd, or both in an order", good_boot },
	{ "notes", false, "a line of text", good_notes },
	{ "start", false, "nothing, if-running or always", good_start },
	{ "start-order", false, "a number from 0 to 999", good_order },
	{ "start-delay", false, "seconds from 0 to 3600", good_delay },
	{ "start-wait", false, "no or heartbeat", good_wait },
	{ "stop", false, "shut-down or turn-off", good_stop },
	{ "stop-limit", false, "seconds from 1 to 3600", good_limit },
	{ "cpu-weight", false, "a number from 1 to 10000", good_weight },
	{ "cpu-cap", false, "percent from 1 to 100", good_cap },
	{ "integration", true, "shutdown, time, heartbeat or exchange",
		good_integration },
	{ NULL, false, NULL, NULL },
};

static const struct conf_key disk_keys[] = {
	{ "file", false, TAKES_FILE, image_good },
	{ "format", false, "vhdx, vhd or raw", good_format },
	{ "read-only", false, "yes or no", good_yes_no },
	{ NULL, false, NULL, NULL },
};

static const struct conf_key dvd_keys[] = {
	{ "file", false, TAKES_FILE, image_good },
	{ NULL, false, NULL, NULL },
};

static const struct conf_key nic_keys[] = {
	{ "mac", false, "a MAC address such as 52:54:00:12:34:56", good_mac },
	{ "switch", false, "a switch's name", good_switch_name },
	{ "vlan", false, "a number from 1 to 4094", good_vlan },
	{ "trunk", false, "VLANs such as 10,20-29", good_vlans },
	{ "native", false, "a number from 1 to 4094", good_vlan },
	{ "address", true, "an IPv4 or IPv6 address", good_address },
	{ "guard", false, "mac, dhcp, router with spaces between, or none",
		good_guards },
	{ "model", false, "synthetic or e1000", good_model },
	{ NULL, false, NULL, NULL },
};

const struct conf_kind definition_kinds[] = {
	{ "vm", NULL, NULL, vm_keys },
	{ "disk", TAKES_PLACE, good_place, disk_keys },
	{ "dvd", TAKES_PLACE, good_place, dvd_keys },
	{ "nic", "a number from 0 to 7", good_nic, nic_keys },
	{ NULL, NULL, NULL, NULL },
};
