/* --nic: the network adapters at the VM's start. */
/* SPDX-License-Identifier: MIT */
#include "net/nicoption.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/e1000.h"
#include "net/netvsp.h"
#include "say.h"

#define PART	(NICOPTION_TAP + 8)	/* of the option; none is longer */
#define NAME	16u	/* of a tap, as the kernel has it */
#define NUMBERS	"0123456789"
#define MTU_MIN	68u
#define MTU_MAX	9000u

struct given {
	struct nic_option *nic;
	bool tap;
};

static bool set_tap(struct given *given, const char *value)
{
	size_t most = value[strspn(value, NUMBERS "+")] ? NAME : NICOPTION_TAP;

	if (!*value || strlen(value) >= most)
		return false;
	strcpy(given->nic->tap, value);
	given->tap = true;
	return true;
}

static int digit(char letter)
{
	const char *digits = "0123456789abcdef", *at;

	if (letter >= 'A' && letter <= 'F')
		letter += 'a' - 'A';
	at = letter ? strchr(digits, letter) : NULL;
	return at ? at - digits : -1;
}

/* A group's address is none of a NIC's. */
static bool read_mac(const char *text, uint8_t mac[6])
{
	unsigned int i;
	int high, low;

	if (strlen(text) != 17)
		return false;
	for (i = 0; i < 6; i++, text += 3) {
		high = digit(text[0]);
		low = digit(text[1]);
		if (high < 0 || low < 0 || (i < 5 && text[2] != ':'))
			return false;
		mac[i] = high << 4 | low;
	}
	return !(mac[0] & 1);
}

static bool set_mac(struct given *given, const char *value)
{
	given->nic->has_mac = true;
	return read_mac(value, given->nic->mac);
}

static bool set_mtu(struct given *given, const char *value)
{
	unsigned long mtu;

	if (strspn(value, NUMBERS) != strlen(value) ||
	    strlen(value) > 5)
		return false;
	mtu = strtoul(value, NULL, 10);
	given->nic->mtu = mtu;
	return mtu >= MTU_MIN && mtu <= MTU_MAX;
}

static bool set_cable(struct given *given, const char *value)
{
	given->nic->unplugged = !strcmp(value, "out");
	return given->nic->unplugged || !strcmp(value, "in");
}

static bool set_model(struct given *given, const char *value)
{
	given->nic->e1000 = !strcmp(value, "e1000");
	return given->nic->e1000 || !strcmp(value, "synthetic");
}

static const struct {
	const char *name;
	bool (*set)(struct given *given, const char *value);
} parts[] = {
	{ "tap=", set_tap }, { "mac=", set_mac }, { "mtu=", set_mtu },
	{ "cable=", set_cable }, { "model=", set_model },
};

static bool take_part(struct given *given, const char *part)
{
	unsigned int i;
	size_t length;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		length = strlen(parts[i].name);
		if (!strncmp(part, parts[i].name, length))
			return parts[i].set(given, part + length);
	}
	return false;
}

/* Each part once copied, without its comma. */
static bool take_all(struct given *given, const char *value)
{
	char part[PART];
	size_t length;

	while (*value) {
		length = strcspn(value, ",");
		if (length >= sizeof(part))
			return false;
		memcpy(part, value, length);
		part[length] = 0;
		if (!take_part(given, part))
			return false;
		value += length;
		if (*value && !*++value)
			return false;
	}
	return given->tap;
}

bool nicoption_read(struct nic_options *options, const char *value)
{
	struct nic_option nic = { .tap = "" };
	struct given given = { .nic = &nic };

	if (options->count == NICOPTION_NICS) {
		say("a VM has %u network adapters at most", NICOPTION_NICS);
		return false;
	}
	if (!take_all(&given, value)) {
		say("--nic takes tap=NAME|FD+...[,mac=MAC][,mtu=%u...%u]"
			"[,cable=in|out][,model=synthetic|e1000], not '%s'",
			MTU_MIN, MTU_MAX, value);
		return false;
	}
	options->list[options->count++] = nic;
	return true;
}

/* A port of a switch has its address as its tap's alias: docs/switches.md. */
static bool find_mac(const char *tap, uint8_t mac[6])
{
	char path[40 + NICOPTION_TAP], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/net/%s/ifalias", tap);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fgets(text, sizeof(text), file))
		text[strcspn(text, "\n")] = 0;
	fclose(file);
	return read_mac(text, mac);
}

/* How many there are, or -EBADF. */
static int read_numbers(const char *text, int fds[TAP_QUEUES])
{
	size_t length;
	int count;

	for (count = 0; count < (int)TAP_QUEUES; text++) {
		length = strspn(text, NUMBERS);
		fds[count] = length && length < 7 ? atoi(text) : -1;
		if (fds[count++] < 3)
			return -EBADF;
		text += length;
		if (!*text)
			return count;
	}
	return -EBADF;
}

static int open_tap(const struct nic_option *option, struct tap *tap,
	unsigned int queues)
{
	int fds[TAP_QUEUES], count, result;

	if (option->tap[strspn(option->tap, NUMBERS "+")])
		return tap_open(tap, option->tap, queues);
	count = read_numbers(option->tap, fds);
	result = count < 0 ? count : tap_take(tap, fds, (unsigned int)count);
	if (!result)
		tap_find_mtu(tap);
	return result;
}

static int add_synthetic(const struct nic_option *option,
	struct netvsp *netvsp, const uint8_t mac[6])
{
	struct netvsp_nic nic = { .mtu = option->mtu,
		.unplugged = option->unplugged };
	int result = open_tap(option, &nic.tap, netvsp->nics[0].count);

	memcpy(nic.mac, mac, sizeof(nic.mac));
	return result ? result : netvsp_add(netvsp, -1, &nic);
}

static int add_e1000(const struct nic_option *option, struct e1000 *e1000,
	const uint8_t mac[6])
{
	struct tap tap;
	int result = open_tap(option, &tap, 1);

	return result ? result : e1000_connect(e1000, &tap, mac, option->mtu,
		!option->unplugged, true);
}

/* e1000: NULL for a synthetic one. */
static int add(const struct nic_option *option, struct netvsp *netvsp,
	struct e1000 *e1000)
{
	uint8_t mac[6];
	int result;

	memcpy(mac, option->mac, sizeof(mac));
	if (!option->has_mac && !find_mac(option->tap, mac)) {
		say("the tap %s is no port of a switch: its --nic needs mac=",
			option->tap);
		return -EINVAL;
	}
	result = e1000 ? add_e1000(option, e1000, mac) :
		add_synthetic(option, netvsp, mac);
	if (result >= 0)
		return 0;
	say("cannot use the tap %s for a network adapter: %s", option->tap,
		result == -EINVAL ? "it has no virtio headers, or a smaller MTU"
		: strerror(-result));
	return result;
}

unsigned int nicoption_count(const struct nic_options *options, bool e1000)
{
	unsigned int i, count = 0;

	for (i = 0; i < options->count; i++)
		count += options->list[i].e1000 == e1000;
	return count;
}

int nicoption_add_all(const struct nic_options *options,
	struct netvsp *netvsp, struct e1000 *e1000s)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < options->count && !error; i++)
		error = add(&options->list[i], netvsp,
			options->list[i].e1000 ? e1000s++ : NULL);
	return error;
}
