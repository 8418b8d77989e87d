/* Collects the host's state from /proc, /sys and /run. */
/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

static void add(struct state *state, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct state *state, const char *format, ...)
{
	va_list arguments;

	if (state->count == STATE_LINES)
		return;
	va_start(arguments, format);
	vsnprintf(state->lines[state->count++], STATE_WIDTH, format,
		arguments);
	va_end(arguments);
}

/* The first line of a file, "" when there is none. */
static const char *first_line(const char *path, char *text, int size)
{
	FILE *file = fopen(path, "re");

	text[0] = '\0';
	if (!file)
		return text;
	if (!fgets(text, size, file))
		text[0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	fclose(file);
	return text;
}

/* A field of /proc/meminfo in MB. */
static long memory(const char *field)
{
	FILE *file = fopen("/proc/meminfo", "re");
	size_t length = strlen(field);
	char line[128];
	long amount = 0;

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, field, length) && line[length] == ':')
			amount = strtol(line + length + 1, NULL, 10) / 1024;
	if (file)
		fclose(file);
	return amount;
}

static void add_machine(struct state *state)
{
	char version[32], host[65] = "", now[32];
	time_t seconds = time(NULL);
	long total = memory("MemTotal");
	struct sysinfo info;

	gethostname(host, sizeof(host) - 1);
	strftime(now, sizeof(now), "%Y-%m-%d %H:%M %Z", localtime(&seconds));
	add(state, "Socle Server %s on %s",
		first_line("/etc/socle-version", version, sizeof(version)),
		host);
	add(state, "%s", "");
	if (sysinfo(&info))
		info.uptime = 0;
	add(state, "Time        %s, up %ld d %02ld:%02ld", now,
		info.uptime / 86400, info.uptime / 3600 % 24,
		info.uptime / 60 % 60);
	add(state, "Processors  %ld", sysconf(_SC_NPROCESSORS_ONLN));
	add(state, "Memory      %ld of %ld MB used",
		total - memory("MemAvailable"), total);
}

/* The addresses of one adapter, appended to text. */
static void append_addresses(const char *nic, char *text, size_t size)
{
	struct ifaddrs *all, *at;
	char address[INET6_ADDRSTRLEN];

	if (getifaddrs(&all))
		return;
	for (at = all; at; at = at->ifa_next) {
		struct sockaddr_in *v4 = (void *)at->ifa_addr;
		struct sockaddr_in6 *v6 = (void *)at->ifa_addr;
		const char *got = NULL;
		size_t used = strlen(text);

		if (!at->ifa_addr || strcmp(at->ifa_name, nic))
			continue;
		if (v4->sin_family == AF_INET)
			got = inet_ntop(AF_INET, &v4->sin_addr, address,
				sizeof(address));
		else if (v4->sin_family == AF_INET6 &&
			!IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
			got = inet_ntop(AF_INET6, &v6->sin6_addr, address,
				sizeof(address));
		if (got)
			snprintf(text + used, size - used, "  %s", got);
	}
	freeifaddrs(all);
}

static void add_adapter(struct state *state, const char *nic)
{
	char path[300], mac[32], carrier[8], text[STATE_WIDTH] = "";

	snprintf(path, sizeof(path), "/sys/class/net/%s/address", nic);
	first_line(path, mac, sizeof(mac));
	snprintf(path, sizeof(path), "/sys/class/net/%s/carrier", nic);
	first_line(path, carrier, sizeof(carrier));
	append_addresses(nic, text, sizeof(text));
	add(state, "%-10.15s  %s%s%s", nic, mac,
		*text ? text : "  no address",
		strcmp(carrier, "1") ? "  no link" : "");
}

static int is_adapter(const struct dirent *entry)
{
	char path[300];

	/* A switch has the addresses of its adapters and its VMs. */
	snprintf(path, sizeof(path), "/sys/class/net/%s/brport",
		entry->d_name);
	if (!access(path, F_OK))
		return 0;
	/* What is no interface (bonding_masters) has no address. */
	snprintf(path, sizeof(path), "/sys/class/net/%s/address",
		entry->d_name);
	return strcmp(entry->d_name, "lo") && !access(path, R_OK);
}

static void add_adapters(struct state *state)
{
	struct dirent **entries;
	int count = scandir("/sys/class/net", &entries, is_adapter, alphasort);
	int i;

	for (i = 0; i < count; i++) {
		if (i < 6)
			add_adapter(state, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	if (count > 6)
		add(state, "            and %d more: ip address", count - 6);
}

static int count_lines(const char *path)
{
	FILE *file = fopen(path, "re");
	int count = 0;
	int byte;

	while (file && (byte = getc(file)) != EOF)
		count += byte == '\n';
	if (file)
		fclose(file);
	return count;
}

void state_collect(struct state *state)
{
	char text[STATE_WIDTH - 16];
	int problems;

	state->count = 0;
	add_machine(state);
	add_adapters(state);
	if (*first_line("/run/socle/ssh.fingerprint", text, sizeof(text)))
		add(state, "SSH key     %s", text);
	if (*first_line("/run/socle/settings.source", text, sizeof(text)))
		add(state, "Settings    %s", text);
	problems = count_lines("/run/socle/settings.problems");
	if (problems)
		add(state, "            %d with problems: conf check", problems);
}
