/* How Linux wants to be started. Linux's Documentation/arch/x86/boot.rst and
 * zero-page.rst. */
/* SPDX-License-Identifier: MIT */
#ifndef ABI_LINUX_H
#define ABI_LINUX_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define LINUX_MAGIC		0x53726448	/* "HdrS" */
#define LINUX_SETUP_OFFSET	0x1f1
#define LINUX_LOADER_OTHER	0xff
#define LINUX_LOADED_HIGH	0x01
#define LINUX_KERNEL_64		0x01		/* xloadflags */
#define LINUX_ENTRY_64		0x200
#define LINUX_BOOT_CS		0x10
#define LINUX_BOOT_DS		0x18

struct linux_setup {
	uint8_t setup_sects;
	uint16_t root_flags;
	uint32_t syssize;
	uint16_t ram_size, vid_mode, root_dev, boot_flag, jump;
	uint32_t header;
	uint16_t version;
	uint32_t realmode_switch;
	uint16_t start_sys_seg, kernel_version;
	uint8_t type_of_loader, loadflags;
	uint16_t setup_move_size;
	uint32_t code32_start, ramdisk_image, ramdisk_size, bootsect_kludge;
	uint16_t heap_end_ptr;
	uint8_t ext_loader_ver, ext_loader_type;
	uint32_t cmd_line_ptr, initrd_addr_max, kernel_alignment;
	uint8_t relocatable_kernel, min_alignment;
	uint16_t xloadflags;
	uint32_t cmdline_size, hardware_subarch;
	uint64_t hardware_subarch_data;
	uint32_t payload_offset, payload_length;
	uint64_t setup_data, pref_address;
	uint32_t init_size, handover_offset, kernel_info_offset;
} __attribute__((packed));
static_assert(offsetof(struct linux_setup, header) == 0x202 - 0x1f1, "");
static_assert(offsetof(struct linux_setup, cmd_line_ptr) == 0x228 - 0x1f1, "");
static_assert(offsetof(struct linux_setup, init_size) == 0x260 - 0x1f1, "");

struct linux_range {
	uint64_t start, length;
	uint32_t type;
} __attribute__((packed));

#define LINUX_RANGES 128

struct linux_zero_page {
	/* screen_info */
	uint8_t cursor_x, cursor_y;
	uint16_t ext_mem_k, video_page;
	uint8_t video_mode, columns;
	uint16_t unused, ega_bx, unused2;
	uint8_t lines, is_vga;
	uint16_t points;
	uint8_t screen_rest[0x70 - 0x12];
	uint64_t acpi_rsdp;
	uint8_t other[0x1e8 - 0x78];
	uint8_t range_count;
	uint8_t other2[LINUX_SETUP_OFFSET - 0x1e9];
	struct linux_setup setup;
	uint8_t other3[0x2d0 - LINUX_SETUP_OFFSET -
		sizeof(struct linux_setup)];
	struct linux_range range[LINUX_RANGES];
	uint8_t other4[0x1000 - 0x2d0 - LINUX_RANGES *
		sizeof(struct linux_range)];
} __attribute__((packed));
static_assert(offsetof(struct linux_zero_page, lines) == 0x0e, "layout");
static_assert(offsetof(struct linux_zero_page, acpi_rsdp) == 0x70, "layout");
static_assert(offsetof(struct linux_zero_page, range_count) == 0x1e8, "");
static_assert(offsetof(struct linux_zero_page, range) == 0x2d0, "layout");
static_assert(sizeof(struct linux_zero_page) == 0x1000, "layout");

#endif
