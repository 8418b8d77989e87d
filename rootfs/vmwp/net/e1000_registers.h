/* The 82540EM's registers and descriptors: Intel's PCI/PCI-X Family of Gigabit
 * Ethernet Controllers Software Developer's Manual (8254x), 3, 5, 13. */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_NET_E1000_REGISTERS_H
#define VMWP_NET_E1000_REGISTERS_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

struct e1000;

/* Those that are one number; e1000_registers.c has their places. */
enum e1000_register {
	E1000_ICR, E1000_IMS, E1000_TDT, E1000_RDT, E1000_TDH, E1000_RDH,
	E1000_CTRL, E1000_CTRL_EXT, E1000_EECD, E1000_EERD, E1000_MDIC,
	E1000_RCTL, E1000_TCTL, E1000_RXCSUM,
	E1000_TDBAL, E1000_TDBAH, E1000_TDLEN,
	E1000_RDBAL, E1000_RDBAH, E1000_RDLEN,
	/* Kept for who reads them again. */
	E1000_FCAL, E1000_FCAH, E1000_FCT, E1000_FCTTV, E1000_FCRTL,
	E1000_FCRTH, E1000_VET, E1000_ITR, E1000_TXCW, E1000_TIPG, E1000_AIT,
	E1000_LEDCTL, E1000_PBA, E1000_RDTR, E1000_RADV, E1000_RSRPD,
	E1000_TXDMAC, E1000_TIDV, E1000_TXDCTL, E1000_TADV, E1000_TSPMT,
	E1000_RXDCTL, E1000_WUC, E1000_WUFC, E1000_MANC,
	E1000_REGISTERS
};

#define E1000_CTRL_RST		0x04000000u
#define E1000_CTRL_VME		0x40000000u	/* VLAN tags are ours */
#define E1000_CTRL_PHY_RST	0x80000000u

#define E1000_CAUSE_TXDW	0x0001u	/* a descriptor is written back */
#define E1000_CAUSE_TXQE	0x0002u	/* the ring is empty */
#define E1000_CAUSE_LSC		0x0004u	/* the link has changed */
#define E1000_CAUSE_RXDMT0	0x0010u	/* few descriptors are left */
#define E1000_CAUSE_RXT0	0x0080u	/* a frame has come */
#define E1000_CAUSE_MDAC	0x0200u	/* MDIC is ready */
#define E1000_CAUSES		0x0001ffdfu

#define E1000_RCTL_EN		0x00000002u
#define E1000_RCTL_UPE		0x00000008u	/* all that are for one */
#define E1000_RCTL_MPE		0x00000010u	/* all that are for a group */
#define E1000_RCTL_LPE		0x00000020u	/* long ones, too */
#define E1000_RCTL_MINIMUM(rctl)	((rctl) >> 8 & 3)
#define E1000_RCTL_OFFSET(rctl)	((rctl) >> 12 & 3)
#define E1000_RCTL_BAM		0x00008000u	/* those for all */
#define E1000_RCTL_SIZE(rctl)	((rctl) >> 16 & 3)
#define E1000_RCTL_VFE		0x00040000u	/* VLAN filter */
#define E1000_RCTL_BSEX		0x02000000u
#define E1000_RCTL_SECRC	0x04000000u	/* without the CRC */

#define E1000_TCTL_EN		0x2u
#define E1000_TCTL_PSP		0x8u	/* short ones are filled up */

#define E1000_RXCSUM_IP		0x100u
#define E1000_RXCSUM_TCP	0x200u

#define E1000_ADDRESS_VALID	0x80000000u	/* of a RAH */

/* A descriptor; what is in it depends on what it is (3.2.3, 3.3.3 to 3.3.7). */
struct e1000_descriptor {
	uint64_t address;
	uint32_t lower, upper;
};
static_assert(sizeof(struct e1000_descriptor) == 16, "descriptor");
#define E1000_STATUS_AT		12u	/* the byte that says: done */

/* Of a frame to the network; commands of lower's highest byte. */
#define E1000_TX_EOP		0x01000000u
#define E1000_TX_IC		0x04000000u	/* legacy: put in a sum */
#define E1000_TX_TSE		0x04000000u	/* else: cut into segments */
#define E1000_TX_RS		0x08000000u
#define E1000_TX_RPS		0x10000000u
#define E1000_TX_DEXT		0x20000000u
#define E1000_TX_VLE		0x40000000u
#define E1000_TX_TYPE		0x00f00000u
#define E1000_TX_DATA		0x00100000u	/* the type; 0: a context */
#define E1000_TX_DD		0x01u
#define E1000_TX_IXSM		0x100u		/* of upper */
#define E1000_TX_TXSM		0x200u
/* Of a context's lower. */
#define E1000_CONTEXT_TCP	0x01000000u
#define E1000_CONTEXT_IPV4	0x02000000u

/* A frame from the network, where the rest of a descriptor was. */
struct e1000_written {
	uint16_t size, sum;
	uint8_t status, errors;
	uint16_t tag;
};
static_assert(sizeof(struct e1000_written) == 8, "written");
#define E1000_RX_DD		0x01u
#define E1000_RX_EOP		0x02u
#define E1000_RX_IXSM		0x04u	/* nothing is said of sums */
#define E1000_RX_VP		0x08u
#define E1000_RX_TCPCS		0x20u
#define E1000_RX_IPCS		0x40u
#define E1000_RX_PIF		0x80u	/* it may be for somebody else */
#define E1000_RX_IPE		0x40u	/* errors: IPv4's sum is wrong */

#define E1000_STATISTICS	0x4000u	/* to 0x40ff; cleared when read */

/* One access of 32 bits; any offset. Device lock held. */
uint32_t e1000_register_read(struct e1000 *nic, uint32_t offset);
void e1000_register_write(struct e1000 *nic, uint32_t offset, uint32_t value);
/* As after a reset of the NIC; its address comes from the EEPROM. */
void e1000_registers_reset(struct e1000 *nic);
/* Whether all are such as a guest can have made them. */
bool e1000_registers_good(const struct e1000 *nic);

#endif
