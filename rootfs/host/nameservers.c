/* The name servers that this host asks. */
/* SPDX-License-Identifier: MIT */
#include "nameservers.h"

#include <stdio.h>
#include <string.h>

#include "places.h"

int nameservers_read(char servers[NAMESERVERS][NAMESERVER_TEXT])
{
	FILE *file = fopen(PLACE_RESOLVER, "re");
	char line[256];
	int count = 0;

	while (file && count < NAMESERVERS && fgets(line, sizeof(line), file))
		count += sscanf(line, "nameserver %63s", servers[count]) == 1;
	if (file)
		fclose(file);
	return count;
}
