/* The DHCP server of an internal switch: BusyBox's udhcpd. */
/* SPDX-License-Identifier: MIT */
#include "dhcpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nat.h"
#include "paths.h"
#include "program.h"

enum { PATH = 64, TRIES = 50, PAUSE = 20000 };

/* A file of the switch's: its settings, its leases, its processes. */
static void path_of(char path[PATH], const char *name, const char *what)
{
	snprintf(path, PATH, "%s/%s.%s", PATH_DHCP, name, what);
}

static void servers(FILE *to, FILE *resolver)
{
	char line[256], server[INET_ADDRSTRLEN + 1];
	struct in_addr address;

	while (resolver && fgets(line, sizeof(line), resolver))
		if (sscanf(line, "nameserver %16s", server) == 1 &&
		    inet_pton(AF_INET, server, &address) == 1)
			fprintf(to, "opt dns %s\n", server);
}

void dhcpd_settings(FILE *to, const struct vswitch *vswitch, FILE *resolver)
{
	int own = (int)strcspn(vswitch->address, "/");
	int first = (int)strcspn(vswitch->dhcp, "-");
	uint32_t network, mask;

	nat_network(vswitch->address, &network, &mask);
	fprintf(to, "interface %s\nstart %.*s\nend %s\n", vswitch->name,
		first, vswitch->dhcp, vswitch->dhcp + first + 1);
	fprintf(to, "pidfile %s/%s.pid\nlease_file %s/%s.leases\n", PATH_DHCP,
		vswitch->name, PATH_DHCP, vswitch->name);
	fprintf(to, "max_leases %d\nauto_time 60\n", 65536);
	fprintf(to, "opt lease 3600\nopt subnet %u.%u.%u.%u\nopt mtu %u\n",
		mask >> 24, mask >> 16 & 255, mask >> 8 & 255, mask & 255,
		vswitch->mtu);
	if (!vswitch->nat)
		return;
	fprintf(to, "opt router %.*s\n", own, vswitch->address);
	servers(to, resolver);
}

/* true: the file was not the same before. */
static bool write_settings(const struct vswitch *vswitch, const char *path)
{
	char *text = NULL, before[8192];
	size_t size, got = 0;
	FILE *memory = open_memstream(&text, &size);
	FILE *resolver = fopen(PATH_RESOLVER, "re");
	FILE *file = fopen(path, "re");
	bool changed = true;

	if (memory) {
		dhcpd_settings(memory, vswitch, resolver);
		fclose(memory);
	}
	if (file) {
		got = fread(before, 1, sizeof(before), file);
		fclose(file);
	}
	changed = !text || got != size || memcmp(before, text, size);
	if (changed && text && (file = fopen(path, "we"))) {
		fwrite(text, 1, size, file);
		fclose(file);
	}
	if (resolver)
		fclose(resolver);
	free(text);
	return changed;
}

/*
 * The process that a file has the number of, or 0; one that was left over, and is
 * not of that program, is none.
 */
static pid_t process_of(const char *name, const char *what,
	const char *program)
{
	char path[PATH], line[64];
	FILE *file;
	long number = 0;
	size_t size, i;

	path_of(path, name, what);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%ld", &number) != 1)
		number = 0;
	fclose(file);
	snprintf(path, sizeof(path), "/proc/%ld/cmdline", number);
	file = number > 1 ? fopen(path, "re") : NULL;
	if (!file)
		return 0;
	/* Its words end with zero bytes. */
	size = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	for (i = 0; i < size; i++)
		line[i] = line[i] ? line[i] : ' ';
	line[size] = '\0';
	return strstr(line, program) ? (pid_t)number : 0;
}

static void end_process(const char *name, const char *what,
	const char *program)
{
	pid_t process = process_of(name, what, program);
	int tries;

	if (!process)
		return;
	kill(process, SIGTERM);
	for (tries = 0; tries < TRIES && !kill(process, 0); tries++)
		usleep(PAUSE);
}

/* The server ends with who watches it; one that nobody watched, by itself. */
static void end_server(const char *name)
{
	end_process(name, "watch", PATH_DHCPD);
	end_process(name, "pid", "udhcpd");
}

void dhcpd_end(const char *name)
{
	static const char *const files[] = { "conf", "pid", "watch", "leases" };
	char path[PATH];
	size_t i;

	end_server(name);
	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		path_of(path, name, files[i]);
		unlink(path);
	}
}

int dhcpd_apply(const struct vswitch *vswitch)
{
	char settings[PATH], leases[PATH], watch[PATH];
	FILE *file;
	int status;

	if (!vswitch->dhcp[0]) {
		dhcpd_end(vswitch->name);
		return 0;
	}
	mkdir(PATH_DHCP, 0755);
	path_of(settings, vswitch->name, "conf");
	path_of(leases, vswitch->name, "leases");
	path_of(watch, vswitch->name, "watch");
	if (!write_settings(vswitch, settings) &&
	    process_of(vswitch->name, "watch", PATH_DHCPD))
		return 0;
	end_server(vswitch->name);
	file = fopen(leases, "ae");
	if (file)
		fclose(file);
	status = program_run((char *[]){ PATH_DHCPD, settings, watch, NULL });
	return status > 0 ? -EIO : status;
}
