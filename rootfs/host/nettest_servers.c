/* Whether name servers and time servers answer. */
/* SPDX-License-Identifier: MIT */
#include "nettest_servers.h"


#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dns.h"
#include "keys.h"
#include "nameservers.h"
#include "ntp.h"
#include "places.h"
#include "row.h"

enum { NAME_MS = 3000, AGAIN_MS = 1000, TIME_MS = 3000, TIMES = 4,
	HOST_TEXT = 256 };

/* Name servers. */
struct servers {
	char list[NAMESERVERS][NAMESERVER_TEXT];
	int count;
};

/* Time servers; those of the service that runs when the settings have none. */
static int time_servers(const struct conf *conf, const char *servers[TIMES])
{
	int count = 0;

	while (count < TIMES &&
		(servers[count] = conf_value(conf, "time", "ntp", count)))
		count++;
	if (!count) {
		servers[count++] = "0.pool.ntp.org";
		servers[count++] = "1.pool.ntp.org";
	}
	return count;
}

static void say_server(json_t *rows, const char *server, const char *name,
	const struct probe *probe)
{
	char what[NAMESERVER_TEXT + 16], address[INET_ADDRSTRLEN];

	snprintf(what, sizeof(what), "name server %.63s", server);
	if (!probe->answered)
		row_say(rows, what, BAD, "%s", probe_why_not(probe));
	else if (probe->code)
		row_say(rows, what, BAD, "answers, but %s %s", name,
			probe->code == 3 ? "does not exist" :
			"cannot be found");
	else if (!probe->host[0])
		row_say(rows, what, GOOD, "answers in %.1f ms; %s has no IPv4 "
			"address", probe->us / 1e3, name);
	else
		row_say(rows, what, GOOD, "answers in %.1f ms: %s is %s",
			probe->us / 1e3, name, inet_ntop(AF_INET, probe->host,
			address, sizeof(address)));
}

static void ask_all(const struct servers *servers, struct probe *probes,
	const char *name, int ms)
{
	int i;

	for (i = 0; i < servers->count; i++)
		dns_open(&probes[i], servers->list[i], PLACE_DNS_PORT, name,
			(uint16_t)(getpid() + i));
	probe_run(probes, servers->count, ms);
}

/* Those that do not answer are left out of them. */
static void test_names(json_t *rows, struct servers *servers,
	const char *name)
{
	struct probe probes[NAMESERVERS];
	int i, answered = 0;

	if (!servers->count)
		row_say(rows, "name server", BAD, "there is none: DHCP gave "
			"none, and the settings have none");
	ask_all(servers, probes, name, NAME_MS);
	for (i = 0; i < servers->count; i++) {
		say_server(rows, servers->list[i], name, &probes[i]);
		probe_close(&probes[i]);
		if (probes[i].answered)
			memmove(servers->list[answered++], servers->list[i],
				NAMESERVER_TEXT);
	}
	servers->count = answered;
}

/* A name's address, by the first name server that says one. */
static bool find_host(const struct servers *servers, const char *name,
	char host[HOST_TEXT])
{
	struct probe probes[NAMESERVERS];
	int i;

	snprintf(host, HOST_TEXT, "%s", good_address(name) ? name : "");
	if (*host)
		return true;
	ask_all(servers, probes, name, AGAIN_MS);
	for (i = 0; i < servers->count; i++) {
		if (!*host && probes[i].answered && probes[i].host[0])
			inet_ntop(AF_INET, probes[i].host, host, HOST_TEXT);
		probe_close(&probes[i]);
	}
	return *host;
}

static void say_time(json_t *rows, const char *server,
	const struct probe *probe)
{
	bool ahead = probe->behind < 0;
	char what[HOST_TEXT + 16];

	snprintf(what, sizeof(what), "time server %s", server);
	if (!probe->answered)
		row_say(rows, what, BAD, "%s", probe_why_not(probe));
	else if (!probe->code || probe->code > 15)
		row_say(rows, what, BAD, "answers, but has no time to give");
	else
		row_say(rows, what, GOOD, "answers in %.1f ms; the host's "
			"clock is %.1f s %s", probe->us / 1e3,
			ahead ? -probe->behind : probe->behind,
			ahead ? "ahead" : "behind");
}

static void test_times(json_t *rows, const struct servers *names,
	const char *const *servers, int count)
{
	char host[HOST_TEXT], what[HOST_TEXT + 16];
	struct probe probes[TIMES];
	const char *asked[TIMES];
	int i, used = 0;

	for (i = 0; i < count; i++) {
		if (find_host(names, servers[i], host)) {
			ntp_open(&probes[used], host, PLACE_NTP_PORT);
			asked[used++] = servers[i];
			continue;
		}
		snprintf(what, sizeof(what), "time server %s", servers[i]);
		row_say(rows, what, BAD, "no name server knows its address");
	}
	probe_run(probes, used, TIME_MS);
	for (i = 0; i < used; i++) {
		say_time(rows, asked[i], &probes[i]);
		probe_close(&probes[i]);
	}
}

void servers_test(json_t *rows, const struct conf *conf)
{
	const char *servers[TIMES], *name = "pool.ntp.org";
	int i, count = time_servers(conf, servers);
	struct servers names;

	names.count = nameservers_read(names.list);
	for (i = count - 1; i >= 0; i--)
		if (!good_address(servers[i]))
			name = servers[i];
	test_names(rows, &names, name);
	test_times(rows, &names, servers, count);
}
