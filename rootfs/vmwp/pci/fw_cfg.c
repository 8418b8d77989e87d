/* What firmware asks about the machine (QEMU's fw_cfg device, read only).
 * QEMU, docs/specs/fw_cfg.rst */
/* SPDX-License-Identifier: MIT */
#include "pci/fw_cfg.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PORTS		2
#define DATA		1

struct entry {
	uint32_t size;		/* all big-endian */
	uint16_t select;
	uint16_t reserved;
	char name[FW_CFG_NAME];
};
_Static_assert(sizeof(struct entry) == 64, "entry");

static const struct fw_cfg_item *find(
	const struct fw_cfg *fw_cfg, uint16_t number)
{
	unsigned int i;

	for (i = 0; i < fw_cfg->count; i++)
		if (fw_cfg->item[i].number == number)
			return &fw_cfg->item[i];
	return NULL;
}

/* A byte of the directory: made as it is read. */
static uint8_t directory_byte(const struct fw_cfg *fw_cfg, uint32_t at)
{
	uint32_t count = htobe32(fw_cfg->files);
	const struct fw_cfg_item *item;
	struct entry entry = { 0 };

	if (at < sizeof(count))
		return ((uint8_t *)&count)[at];
	at -= sizeof(count);
	if (at / sizeof(entry) >= fw_cfg->files)
		return 0;
	item = find(fw_cfg, FW_CFG_FILE + at / sizeof(entry));
	entry.size = htobe32(item->size);
	entry.select = htobe16(item->number);
	memcpy(entry.name, item->name, FW_CFG_NAME);
	return ((uint8_t *)&entry)[at % sizeof(entry)];
}

static uint8_t next_byte(struct fw_cfg *fw_cfg)
{
	const struct fw_cfg_item *item;
	uint32_t at = fw_cfg->at;

	/* Nothing has that many bytes. */
	if (at < UINT32_MAX)
		fw_cfg->at++;
	if (fw_cfg->selected == FW_CFG_DIRECTORY)
		return directory_byte(fw_cfg, at);
	item = find(fw_cfg, fw_cfg->selected);
	return item && at < item->size ? item->data[at] : 0;
}

static uint64_t port_read(void *context, uint64_t offset, unsigned int size)
{
	if (offset != DATA || size != 1)
		return UINT64_MAX;
	return next_byte(context);
}

static void port_write(
	void *context, uint64_t offset, unsigned int size, uint64_t value)
{
	struct fw_cfg *fw_cfg = context;

	if (offset || size != 2)
		return;
	fw_cfg->selected = value;
	fw_cfg->at = 0;
}

static const struct bus_ops port_ops = { port_read, port_write };

static int add(struct fw_cfg *fw_cfg, uint16_t number, const char *name,
	const void *data, uint32_t size)
{
	struct fw_cfg_item *item = &fw_cfg->item[fw_cfg->count];

	if (fw_cfg->count == FW_CFG_ITEMS || strlen(name) >= FW_CFG_NAME)
		return -ENOSPC;
	memset(item, 0, sizeof(*item));
	item->data = malloc(size ? size : 1);
	if (!item->data)
		return -ENOMEM;
	memcpy(item->data, data, size);
	item->size = size;
	item->number = number;
	strcpy(item->name, name);
	fw_cfg->count++;
	return 0;
}

int fw_cfg_number(struct fw_cfg *fw_cfg, uint16_t number, uint64_t value,
	unsigned int size)
{
	value = htole64(value);
	return add(fw_cfg, number, "", &value, size);
}

int fw_cfg_file(struct fw_cfg *fw_cfg, const char *name, const void *data,
	uint32_t size)
{
	int error = add(fw_cfg, FW_CFG_FILE + fw_cfg->files, name, data, size);

	if (!error)
		fw_cfg->files++;
	return error;
}

void fw_cfg_clear(struct fw_cfg *fw_cfg)
{
	while (fw_cfg->count)
		free(fw_cfg->item[--fw_cfg->count].data);
	fw_cfg->files = 0;
}

static void fw_cfg_reset(struct device *device)
{
	struct fw_cfg *fw_cfg = (struct fw_cfg *)device;

	fw_cfg->selected = 0;
	fw_cfg->at = 0;
}

/* The items are made from the VM's definition, on both sides the same. */
static void fw_cfg_save(const struct device *device, struct stream *to)
{
	const struct fw_cfg *fw_cfg = (const struct fw_cfg *)device;

	stream_put(to, fw_cfg->selected, 2);
	stream_put(to, fw_cfg->at, 4);
}

static int fw_cfg_load(
	struct device *device, struct stream *from, unsigned int version)
{
	struct fw_cfg *fw_cfg = (struct fw_cfg *)device;

	fw_cfg->selected = stream_get(from, 2);
	fw_cfg->at = stream_get(from, 4);
	if (version == device->ops->version && !from->failed)
		return 0;
	fw_cfg_reset(device);
	return -EINVAL;
}

static void fw_cfg_exit(struct device *device)
{
	struct fw_cfg *fw_cfg = (struct fw_cfg *)device;

	bus_remove(fw_cfg->bus, FW_CFG_PORT);
	fw_cfg_clear(fw_cfg);
}

static const struct device_ops fw_cfg_ops = {
	.name = "fw_cfg",
	.version = 1,
	.reset = fw_cfg_reset,
	.save = fw_cfg_save,
	.load = fw_cfg_load,
	.exit = fw_cfg_exit,
};

int fw_cfg_init(struct fw_cfg *fw_cfg, struct bus *ports)
{
	memset(fw_cfg, 0, sizeof(*fw_cfg));
	fw_cfg->device.ops = &fw_cfg_ops;
	fw_cfg->bus = ports;
	return bus_add(ports, FW_CFG_PORT, PORTS, &port_ops, fw_cfg);
}
