/* Entries of the hypervisor's interrupt descriptor table. */
/* SPDX-License-Identifier: MIT */
#include "layout.h"
#include "offsets.h"

	.text
	.code64

/* Exceptions: all registers in the order of struct trap_frame. */
	.altmacro
	.macro exception vector, has_code
	.align 16
	.if \has_code == 0
	push $0
	.endif
	push $\vector
	jmp exception_common
	.endm

	.align 16
	.globl trap_exceptions
trap_exceptions:
	.set i, 0
	.rept 32
	.if i == 8 || (i >= 10 && i <= 14) || i == 17 || i == 21 || i == 29 || i == 30
	exception %i, 1
	.else
	exception %i, 0
	.endif
	.set i, i + 1
	.endr

	.align 16
exception_common:
	push %rax
	push %rcx
	push %rdx
	push %rbx
	push %rbp
	push %rsi
	push %rdi
	push %r8
	push %r9
	push %r10
	push %r11
	push %r12
	push %r13
	push %r14
	push %r15
	cld
	mov %rsp, %rdi
	call trap_exception
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %r11
	pop %r10
	pop %r9
	pop %r8
	pop %rdi
	pop %rsi
	pop %rbp
	pop %rbx
	pop %rdx
	pop %rcx
	pop %rax
	add $16, %rsp
	iretq

/* One that comes before the HLT of the vendor's wait must not be slept over:
 * between trap_sleep_from and trap_sleep_to it ends the wait. */
	.align 16
	.globl trap_nmi
trap_nmi:
	push %rax
	mov %rsp, %rax
	and $-CPU_BLOCK, %rax
	incq CPU_NMIS(%rax)
	mov 8(%rsp), %rax
	cmp trap_sleep_from, %rax
	jb 1f
	cmp trap_sleep_to, %rax
	jae 1f
	mov trap_sleep_to, %rax
	mov %rax, 8(%rsp)
1:	pop %rax
	iretq

/* Interrupts that were pending when the parent's processor got an INIT. One in
 * each window: interrupts are off again behind it, for a level that nobody
 * takes back never ends. */
	.macro count_drop
	push %rax
	mov %rsp, %rax
	and $-CPU_BLOCK, %rax
	incq CPU_DROPS(%rax)
	andl $~0x200, 24(%rsp)
	.endm

	.align 16
	.globl trap_drop_x2, trap_drop_x1
trap_drop_x2:
	count_drop
	push %rcx
	push %rdx
	mov $0x80b, %ecx
	xor %eax, %eax
	xor %edx, %edx
	wrmsr
	pop %rdx
	pop %rcx
	pop %rax
	iretq

	.align 16
trap_drop_x1:
	count_drop
	mov $0xfee000b0, %eax
	movl $0, (%rax)
	pop %rax
	iretq

/* bool trap_try_rdmsr(msr, value *), bool trap_try_wrmsr(msr, value) */
	.globl trap_try_rdmsr, trap_try_wrmsr
	.globl trap_rdmsr_at, trap_wrmsr_at, trap_msr_failed
trap_try_rdmsr:
	mov %edi, %ecx
trap_rdmsr_at:
	rdmsr
	mov %eax, (%rsi)
	mov %edx, 4(%rsi)
	mov $1, %eax
	ret
trap_try_wrmsr:
	mov %edi, %ecx
	mov %esi, %eax
	mov %rsi, %rdx
	shr $32, %rdx
trap_wrmsr_at:
	wrmsr
	mov $1, %eax
	ret
trap_msr_failed:
	xor %eax, %eax
	ret

	.section .note.GNU-stack, "", @progbits
