/* A machine made of files, in the folder where a test of the installer runs. */
/* SPDX-License-Identifier: MIT */
#ifndef INSTALLER_WORLD_H
#define INSTALLER_WORLD_H

#include "check.h"
#include "put_file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A machine without disks, with two adapters. */
static inline void begin(void)
{
	CHECK(!system("rm -rf block pci efi devices dev loader cmdline "
		"settings"));
	text("mounts", "proc /proc proc rw 0 0\n");
	text("blkid", "");
	text("log", "");
	text("cmdline", "loglevel=4\n");
	text("block/loop0/size", "40000\n");
	text("pci/0000:00:00.0/class", "0x060000\n");
	text("host", "{\"vendor\": \"ACME\", \"machine\": \"Server 2\", "
		"\"processors\": 8, \"processor\": \"AMD EPYC\", \"memory\": "
		"{\"total\": 17179869184}, \"hypervisor\": {\"running\": true},"
		"\"network\": [{\"name\": \"eth0\", \"kind\": \"adapter\", "
		"\"mac\": \"52:54:00:12:34:56\", \"driver\": \"igb\", \"link\":"
		" true, \"speed\": 1000}, {\"name\": \"eth1\", \"kind\": "
		"\"adapter\", \"mac\": \"52:54:00:12:34:57\", \"driver\": "
		"\"igb\", \"link\": false}, {\"name\": \"lan\", \"kind\": "
		"\"switch\"}]}");
}

/* A disk whose link in block/ leads to way. */
static inline void disk(const char *name, const char *way, const char *sectors)
{
	char path[256], link[256];

	snprintf(path, sizeof(path), "devices/%s/%s/size", way, name);
	text(path, sectors);
	snprintf(path, sizeof(path), "../devices/%s/%s", way, name);
	snprintf(link, sizeof(link), "block/%s", name);
	CHECK(!symlink(path, link));
}

#endif
