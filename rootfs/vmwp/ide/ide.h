/* The PIIX3's IDE controller: two channels of two drives. docs/ide.md */
/* SPDX-License-Identifier: MIT */
#ifndef VMWP_IDE_IDE_H
#define VMWP_IDE_IDE_H

#include "device.h"
#include "ide/channel.h"
#include "pci/pci.h"
#include "storage/option.h"

#define IDE_CHANNELS	2u
#define IDE_PLACES	(IDE_CHANNELS * IDE_DRIVES)

struct ide {
	struct device device;
	struct pci_function function;	/* 1.1 */
	pthread_mutex_t *device_lock;
	bool paused;			/* the event loop's */
	struct ide_channel channels[IDE_CHANNELS];
};

/*
 * Without drives; they come by ide_place(). irq: inputs 14 and 15. vmbus: guests
 * are offered those places, too, that have a bit in disks; NULL: none. Without
 * threads (tests) work_turn() is called instead. 0 or -errno, after which
 * ide_free() is due all the same. With the device lock held.
 */
int ide_init(struct ide *ide, struct pci *pci, struct bus *ports,
	const struct line irq[IDE_CHANNELS], struct vmbus *vmbus,
	unsigned int disks, pthread_mutex_t *device_lock, bool threads);
/* After the device's exit and VMBus' own, without the device lock. */
void ide_free(struct ide *ide);

/* Nothing is done for the guest until it goes on. Without the device lock. */
void ide_pause(struct ide *ide);
void ide_go(struct ide *ide);

/* What has the drive of a place, 0:0, 0:1, 1:0, 1:1, as LUN 0: lun.h, trouble.h. A
 * drive that comes or goes while the VM runs is seen when the guest looks. */
struct storvsp *ide_place(struct ide *ide, unsigned int place);

/* The drives of the options. 0 or -errno, which is said. Before the VM runs. */
int ide_add_all(struct ide *ide, const struct drive_options *options);
/* The places that have a disk among them, for ide_init(). */
unsigned int ide_disks(const struct drive_options *options);

#endif
