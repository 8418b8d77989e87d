/* What firmware asks about the machine (QEMU's fw_cfg device, read only). */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PCI_FW_CFG_H
#define VMWP_PCI_FW_CFG_H

#include "device.h"

#define FW_CFG_PORT	0x510	/* the selector, 2 bytes; data at the next */
#define FW_CFG_ITEMS	32u
#define FW_CFG_NAME	56u	/* with its ending zero */

/* Numbers of QEMU's docs/specs/fw_cfg.rst. */
#define FW_CFG_SIGNATURE	0x00
#define FW_CFG_ID		0x01
#define FW_CFG_PROCESSORS	0x05
#define FW_CFG_BOOT_MENU	0x0e
#define FW_CFG_PROCESSORS_MAX	0x0f
#define FW_CFG_DIRECTORY	0x19
#define FW_CFG_FILE		0x20	/* and on: files, in their order */

struct fw_cfg_item {
	uint16_t number;
	char name[FW_CFG_NAME];		/* empty: it is no file */
	uint8_t *data;			/* owned */
	uint32_t size;
};

struct fw_cfg {
	struct device device;
	struct bus *bus;
	struct fw_cfg_item item[FW_CFG_ITEMS];
	unsigned int count, files;
	uint16_t selected;
	uint32_t at;			/* next byte of it */
};

/* 0 or -errno. */
int fw_cfg_init(struct fw_cfg *fw_cfg, struct bus *ports);
/* All items go: what the next boot is told is put in again. */
void fw_cfg_clear(struct fw_cfg *fw_cfg);
/* Copied. 0, -ENOSPC or -ENOMEM. */
int fw_cfg_number(struct fw_cfg *fw_cfg, uint16_t number, uint64_t value,
	unsigned int size);
int fw_cfg_file(struct fw_cfg *fw_cfg, const char *name, const void *data,
	uint32_t size);

#endif
