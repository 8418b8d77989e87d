/* What lies behind an 82540EM's serial lines: its EEPROM and its PHY. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_E1000_SERIAL_H
#define VMWP_NET_E1000_SERIAL_H

#include "net/e1000.h"

/* What the EEPROM of an adapter with that address has. */
void e1000_eeprom_fill(struct e1000 *nic, const uint8_t mac[6]);
/* EECD and EERD; device lock held, as for all. */
uint32_t e1000_eecd_read(const struct e1000 *nic);
void e1000_eecd_write(struct e1000 *nic, uint32_t value);
void e1000_eerd_write(struct e1000 *nic, uint32_t value);

void e1000_phy_reset(struct e1000 *nic);
/* As the cable is; the guest is told of a change. */
void e1000_phy_link(struct e1000 *nic);
void e1000_mdic_write(struct e1000 *nic, uint32_t value);

#endif
