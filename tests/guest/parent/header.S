/* The setup header. Linux's Documentation/arch/x86/boot.rst */
/* SPDX-License-Identifier: MIT */
#include "layout.h"

	.section .header, "a"
	.org 0x1f1
	.byte SETUP_SIZE / 512 - 1	/* setup_sects */
	.word 0				/* root_flags */
	.long image_paragraphs		/* syssize */
	.org 0x1fe
	.word 0xaa55			/* boot_flag */
	.byte 0xeb, header_end - 1f	/* jump */
1:	.ascii "HdrS"
	.word 0x20f			/* version */
	.org 0x211
	.byte 1				/* loadflags: loaded high */
	.org 0x230
	.long 0x200000			/* kernel_alignment */
	.byte 1				/* relocatable_kernel */
	.byte 21			/* min_alignment */
	.word 1				/* xloadflags: 64-bit entry */
	.long 2047			/* cmdline_size */
	.org 0x258
	.quad BASE			/* pref_address */
	.long init_size
	.org 0x26c
header_end:
	.org SETUP_SIZE

	.section .note.GNU-stack, "", @progbits
