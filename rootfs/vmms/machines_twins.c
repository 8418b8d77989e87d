/* What two VMs have and only one may have. */
/* SPDX-License-Identifier: MIT */
#include "machine_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "definition_keys.h"
#include "twins.h"

static void is_twin(void *context, const struct twin *twin,
	const struct twin *before)
{
	struct machine *machine = machines_find(context, twin->owner);
	const struct machine *other = machines_find(context, before->owner);

	if (!machine || machine == other || machine->twin[0])
		return;
	if (!memcmp(twin->key, machine->definition.id.bytes,
		sizeof(twin->key)))
		snprintf(machine->twin, sizeof(machine->twin),
			"[vm] id: the VM %s has it, too", before->owner);
	else
		snprintf(machine->twin, sizeof(machine->twin), "the MAC "
			"address %02x:%02x:%02x:%02x:%02x:%02x: the VM %s has "
			"it, too", twin->key[0], twin->key[1], twin->key[2],
			twin->key[3], twin->key[4], twin->key[5],
			before->owner);
}

static size_t list_ids(const struct machines *machines, struct twin *twins)
{
	const struct machine *machine = machines->first;
	size_t count = 0;

	for (; machine; machine = machine->next) {
		if (!machine->conf)
			continue;
		memcpy(twins[count].key, machine->definition.id.bytes,
			sizeof(twins[count].key));
		twins[count++].owner = machine->name;
	}
	return count;
}

static size_t list_macs(const struct machines *machines, struct twin *twins)
{
	static const uint8_t none[6];
	const struct machine *machine = machines->first;
	size_t count = 0;
	unsigned int i;

	for (; machine; machine = machine->next)
		for (i = 0; machine->conf &&
			i < machine->definition.nic_count; i++) {
			const uint8_t *mac =
				machine->definition.nics[i].port.mac;

			if (!memcmp(mac, none, sizeof(none)))
				continue;
			memset(twins[count].key, 0, sizeof(twins[count].key));
			memcpy(twins[count].key, mac, sizeof(none));
			twins[count++].owner = machine->name;
		}
	return count;
}

void machines_compare(struct machines *machines)
{
	struct twin *twins = calloc(machines->count + 1,
		sizeof(*twins) * DEFINITION_NICS);
	struct machine *machine = machines->first;

	if (!twins)
		return;
	for (; machine; machine = machine->next)
		machine->twin[0] = '\0';
	twins_find(twins, list_ids(machines, twins), is_twin, machines);
	twins_find(twins, list_macs(machines, twins), is_twin, machines);
	free(twins);
}
