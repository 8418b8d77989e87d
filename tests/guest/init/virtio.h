/* What the guest does with devices of a VMM that has virtio. */
/* SPDX-License-Identifier: MIT */
#ifndef INIT_VIRTIO_H
#define INIT_VIRTIO_H

/* Loads those of /modules that there are. */
void virtio_modules(void);
/* Copies the first half of /dev/vda but NET_SIZE to the second. */
void virtio_disk(void);
/* Fetches a file from the VMM's own TFTP server to the disk's end. */
void virtio_net(void);

#endif
