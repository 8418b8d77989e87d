/* SMBIOS tables: the machine's name for systems and their drivers. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_PCI_SMBIOS_H
#define VMWP_PCI_SMBIOS_H

#include "pci/fw_cfg.h"

/* As files, which firmware puts below 1 MB. 0 or -errno. */
int smbios_tell(struct fw_cfg *fw_cfg);

#endif
