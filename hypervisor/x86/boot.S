/* From the loader's 32-bit mode to main() in 64-bit mode, and the same for the
 * other processors, which start in real mode. */
/* SPDX-License-Identifier: MIT */
#include "../abi/multiboot.h"
#include "layout.h"
#include "offsets.h"

#define MSR_EFER	0xc0000080
#define EFER_LME_NXE	0x900
#define CR4_PAE		0x20
#define CR0_PG_WP_PE	0x80010001

	.section .multiboot, "ax"
	.align 4
	.long MULTIBOOT_HEADER_MAGIC
	.long MULTIBOOT_PAGE_ALIGN | MULTIBOOT_MEMORY_INFO
	.long -(MULTIBOOT_HEADER_MAGIC + (MULTIBOOT_PAGE_ALIGN | MULTIBOOT_MEMORY_INFO))

	.text
	.code32
	.globl boot_start
boot_start:
	cli
	cld
	mov %eax, %esi			/* the loader's magic */
	mov %ebx, %ebp			/* multiboot information */
	mov $boot_block + CPU_BLOCK, %esp

	/* Without 64-bit mode there is nothing we could start either. */
	mov $0x80000000, %eax
	cpuid
	cmp $0x80000001, %eax
	jb no_long_mode
	mov $0x80000001, %eax
	cpuid
	bt $29, %edx
	jnc no_long_mode

	/* The first 4 GB one to one, in 2 MB pages. */
	mov $boot_pdpt + 3, %eax
	mov %eax, boot_pml4
	mov $boot_pdpt, %edi
	mov $boot_pd + 3, %eax
	mov $4, %ecx
1:	mov %eax, (%edi)
	add $0x1000, %eax
	add $8, %edi
	loop 1b
	mov $boot_pd, %edi
	mov $0x83, %eax
	mov $2048, %ecx
2:	mov %eax, (%edi)
	add $0x200000, %eax
	add $8, %edi
	loop 2b

	mov $boot_pml4, %eax
	mov %eax, %cr3
	mov $CR4_PAE, %eax
	mov %eax, %cr4
	mov $MSR_EFER, %ecx
	xor %edx, %edx
	mov $EFER_LME_NXE, %eax
	wrmsr
	mov $CR0_PG_WP_PE, %eax
	mov %eax, %cr0
	lgdt gdt_pointer
	ljmp $SELECTOR_CODE, $boot_64

no_long_mode:
	mov $no_long_mode_text, %esi
	mov $0xb8000, %edi
3:	lodsb
	test %al, %al
	jz 5f
	mov %al, (%edi)
	movb $7, 1(%edi)
	add $2, %edi
	mov %al, %ah
	mov $0x3fd, %dx
4:	in %dx, %al
	test $0x20, %al
	jz 4b
	mov %ah, %al
	mov $0x3f8, %dx
	out %al, %dx
	jmp 3b
5:	hlt
	jmp 5b

	.code64
boot_64:
	mov $SELECTOR_DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov %eax, %fs
	mov %eax, %gs
	mov $boot_block + CPU_BLOCK, %esp
	mov %esi, %edi
	mov %ebp, %esi
	xor %ebp, %ebp
	push %rbp			/* the end of every back-trace */
	call main
	ud2

/* The start of the other processors: copied to a page below 1 MB, entered with
 * CS holding that page and IP 0. */
	.code16
	.globl trampoline_start, trampoline_end
trampoline_start:
	cli
	cld
	mov %cs, %ax
	mov %ax, %ds
	lgdtl trampoline_gdt - trampoline_start
	mov $1, %eax
	mov %eax, %cr0
	ljmpl $SELECTOR_CODE32, $trampoline_32
trampoline_gdt:
	.word gdt_end - gdt - 1
	.long gdt
trampoline_end:

	.code32
trampoline_32:
	mov $SELECTOR_DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov %eax, %fs
	mov %eax, %gs
	mov $CR4_PAE, %eax
	mov %eax, %cr4
	mov trampoline_cr3, %eax
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	xor %edx, %edx
	mov $EFER_LME_NXE, %eax
	wrmsr
	mov $CR0_PG_WP_PE, %eax
	mov %eax, %cr0
	ljmp $SELECTOR_CODE, $trampoline_64
	.code64
trampoline_64:
	mov trampoline_stack, %rsp
	xor %ebp, %ebp
	push %rbp
	call smp_main
	ud2

/* linux_jump(cr3, gdt pointer, entry, zero page, stack): without hypervisor. */
	.globl linux_jump
linux_jump:
	mov %rdi, %cr3
	lgdt (%rsi)
	mov %r8, %rsp
	mov %rcx, %rsi
	mov $0x18, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	pushq $0x10
	push %rdx
	lretq

	.section .rodata
	.align 8
	.globl gdt, gdt_end, gdt_pointer
gdt:
	.quad 0
	.quad 0x00af9b000000ffff	/* 64-bit code */
	.quad 0x00cf93000000ffff	/* data */
	.quad 0x00cf9b000000ffff	/* 32-bit code */
gdt_end:
gdt_pointer:
	.word gdt_end - gdt - 1
	.quad gdt
no_long_mode_text:
	.asciz "Socle: this processor has no 64-bit mode; a 64-bit processor is needed."

	.data
	.globl trampoline_cr3, trampoline_stack
trampoline_cr3:
	.quad 0
trampoline_stack:
	.quad 0

	.bss
	.align CPU_BLOCK
	.globl boot_block
boot_block:
	.skip CPU_BLOCK
	.align 4096
boot_pml4:
	.skip 4096
boot_pdpt:
	.skip 4096
boot_pd:
	.skip 4 * 4096

	.section .note.GNU-stack, "", @progbits
