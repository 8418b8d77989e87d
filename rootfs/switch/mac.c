/* MAC addresses of VMs, from a range of our own. */
/* SPDX-License-Identifier: MIT */
#include "mac.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "liveports.h"
#include "paths.h"
#include "rtnl.h"
#include "settings.h"

/* Locally administered, unicast, then "SO". */
static const uint8_t range[] = { 0x02, 0x53, 0x4f };

enum { ATTEMPTS = 1000, LINE = 512 };

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	for (; size; size--)
		hash = (hash ^ *at++) * 0x100000001b3ull;
	return hash;
}

void mac_candidate(const char *seed, const char *owner, unsigned int nic,
	unsigned int attempt, uint8_t mac[6])
{
	uint64_t hash = 0xcbf29ce484222325ull;

	hash = mix(hash, seed, strlen(seed) + 1);
	hash = mix(hash, owner, strlen(owner) + 1);
	hash = mix(hash, &nic, sizeof(nic));
	hash = mix(hash, &attempt, sizeof(attempt));
	hash ^= hash >> 32;
	memcpy(mac, range, sizeof(range));
	mac[3] = (uint8_t)(hash >> 16);
	mac[4] = (uint8_t)(hash >> 8);
	mac[5] = (uint8_t)hash;
}

/* So that two hosts give different addresses to VMs of one name. */
static void read_seed(char *seed, int size)
{
	FILE *file = fopen(PATH_UUID, "re");

	if (!file || !fgets(seed, size, file))
		seed[0] = '\0';
	if (file)
		fclose(file);
}

struct given {
	uint8_t mac[6];
	unsigned int nic;
	char owner[LINE];
};

/* A line is the address, the adapter's number and the owner. */
static bool next_given(FILE *file, struct given *given)
{
	char line[LINE + 64], *end;

	if (!file || !fgets(line, sizeof(line), file) || strlen(line) < 20)
		return false;
	define_mac(line, given->mac);
	given->nic = (unsigned int)strtoul(line + 18, &end, 10);
	end += *end == ' ';
	end[strcspn(end, "\n")] = '\0';
	snprintf(given->owner, sizeof(given->owner), "%s", end);
	return true;
}

/* By owner and adapter, or with owner NULL by address; true: *mac is it. */
static bool find_given(const char *owner, unsigned int nic, uint8_t mac[6])
{
	FILE *file = fopen(PATH_MACS, "re");
	struct given given;
	bool found = false;

	while (!found && next_given(file, &given))
		found = owner ? given.nic == nic &&
			!strcmp(given.owner, owner) :
			!memcmp(given.mac, mac, 6);
	if (found)
		memcpy(mac, given.mac, 6);
	if (file)
		fclose(file);
	return found;
}

static bool in_settings(const struct conf *conf, const uint8_t mac[6])
{
	struct port port;
	int i;

	for (i = 0; define_port_at(conf, i, &port); i++)
		if (!memcmp(port.mac, mac, 6))
			return true;
	return false;
}

static bool in_live(const struct liveports *live, const uint8_t mac[6])
{
	int i;

	for (i = 0; i < live->count; i++)
		if (!memcmp(live->list[i].port.mac, mac, 6))
			return true;
	return false;
}

static bool in_links(const struct link *links, int count,
	const uint8_t mac[6])
{
	for (; count > 0; count--, links++)
		if (!memcmp(links->mac, mac, 6))
			return true;
	return false;
}

static int note_given(const char *owner, unsigned int nic,
	const uint8_t mac[6])
{
	FILE *file = fopen(PATH_MACS, "ae");
	char text[18];
	int result = 0;

	if (!file)
		return -errno;
	define_mac_text(mac, text);
	if (fprintf(file, "%s %u %s\n", text, nic, owner) < 0)
		result = -EIO;
	return fclose(file) ? -EIO : result;
}

int mac_choose(const struct settings *settings,
	const struct liveports *live, int socket, const char *owner,
	unsigned int nic, uint8_t mac[6])
{
	struct link *links = NULL;
	unsigned int attempt;
	char seed[64];
	int count;

	if (!owner[0] || strlen(owner) >= LINE || strchr(owner, '\n'))
		return -EINVAL;
	if (find_given(owner, nic, mac))
		return 0;
	count = rtnl_links(socket, &links);
	if (count < 0)
		return count;
	read_seed(seed, sizeof(seed));
	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		mac_candidate(seed, owner, nic, attempt, mac);
		if (!in_settings(settings->conf, mac) && !in_live(live, mac) &&
		    !in_links(links, count, mac) &&
		    !find_given(NULL, 0, mac))
			break;
	}
	free(links);
	return attempt < ATTEMPTS ? note_given(owner, nic, mac) : -EADDRINUSE;
}
