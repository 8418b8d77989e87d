# What children's VPs execute.
# SPDX-License-Identifier: MIT

	.section .rodata

# A piece of code from name to name_end.
.macro begin name
	.globl	\name, \name\()_end
\name:
.endm

	.code64
# Says EAX, for ever.
begin child_done
	out	%al, $0x80
	jmp	child_done
child_done_end:

# RBX: address, ECX: enum child_access, EAX: what was read or is to be written.
begin child_probe_code
	out	%eax, $0x80
	cmp	$1, %ecx
	je	1f
	ja	2f
	mov	(%rbx), %eax
	jmp	child_probe_code
1:	mov	%eax, (%rbx)
	jmp	child_probe_code
2:	call	*%rbx
	jmp	child_probe_code
child_probe_code_end:

# A hypercall by its registers; with R9 not 0 RAX becomes what is at RBX.
begin child_vmmcall
	out	%eax, $0x80
	test	%r9, %r9
	jnz	1f
	vmmcall
	jmp	child_vmmcall
1:	mov	(%rbx), %rax
	jmp	child_vmmcall
child_vmmcall_end:

# RBX: address, ECX: bytes of RAX that are written there.
begin child_store
	out	%eax, $0x80
	cmp	$2, %ecx
	je	1f
	ja	2f
	mov	%al, (%rbx)
	jmp	child_store
1:	mov	%ax, (%rbx)
	jmp	child_store
2:	cmp	$4, %ecx
	ja	3f
	mov	%eax, (%rbx)
	jmp	child_store
3:	mov	%rax, (%rbx)
	jmp	child_store
child_store_end:

# x2APIC on, APIC on, interrupts on, wait for them.
begin child_x2apic
	mov	$0x1b, %ecx
	rdmsr
	or	$0xc00, %eax
	wrmsr
	mov	$0x80f, %ecx
	mov	$0x1ff, %eax
	xor	%edx, %edx
	wrmsr
	out	%eax, $0x80
begin child_wait
	sti
1:	hlt
	jmp	1b
child_wait_end:
child_x2apic_end:

# A handler that ends its interrupt; its vector is put into the first.
begin child_eoi
	mov	$0, %al
	out	%al, $0xe9
	push	%rax
	push	%rcx
	push	%rdx
	mov	$0x80b, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	pop	%rdx
	pop	%rcx
	pop	%rax
	iretq
child_eoi_end:

# The timer, after the end of the last interrupt. R8: its LVT, vector 0x50;
# RBX: TSC ticks or count; R9: whether to turn instead of waiting.
begin child_timer
	mov	$0x80b, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	mov	$0x832, %ecx
	mov	%r8d, %eax
	xor	%edx, %edx
	wrmsr
	mov	$0x83e, %ecx
	mov	$0xb, %eax
	wrmsr
	cmp	$0x40050, %r8d
	je	1f
	mov	$0x838, %ecx
	mov	%ebx, %eax
	wrmsr
	jmp	2f
1:	mfence
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	add	%rbx, %rax
	mov	%rax, %rdx
	shr	$32, %rdx
	mov	$0x6e0, %ecx
	wrmsr
2:	out	%eax, $0x80
	sti
	test	%r9, %r9
	jnz	4f
3:	hlt
	jmp	3b
4:	pause
	jmp	4b
child_timer_end:

# Turns for ever, with interrupts as they are.
begin child_spin
	incl	0x8000
	jmp	child_spin
child_spin_end:

# Exits for ever.
begin child_exits
	xor	%eax, %eax
	cpuid
	jmp	child_exits
child_exits_end:

# The xAPIC's page: version, SVR, TPR; then interrupts.
begin child_xapic
	mov	$0xfee00000, %edi
	mov	0x30(%rdi), %eax
	out	%eax, $0x80
	movl	$0x1ff, 0xf0(%rdi)
	mov	0xf0(%rdi), %eax
	out	%eax, $0x80
	movl	$0x30, 0x80(%rdi)
	mov	%cr8, %rax
	out	%eax, $0x80
	movl	$0, 0x80(%rdi)
	movl	$0x40055, 0x300(%rdi)
	sti
	nop
	cli
	movl	$0, 0xb0(%rdi)
	mov	0x20(%rdi), %eax
	out	%eax, $0x80
	hlt
child_xapic_end:

# INIT, start-up at 0x1000 and an interrupt for VP 1, by x2APIC.
begin child_starter
	mov	$0x1b, %ecx
	rdmsr
	or	$0xc00, %eax
	wrmsr
	mov	$0x830, %ecx
	mov	$1, %edx
	mov	$0x4500, %eax
	wrmsr
	mov	$0x4602, %eax
	wrmsr
	out	%eax, $0x80
	hlt
child_starter_end:
	.code16
begin child_started
	mov	$0x77, %eax
	out	%eax, $0x80
	hlt
child_started_end:
	.code64

# The processor's state of one party: what is seen goes to RBX, what is at
# RBX + 0x400 is loaded. Layout: struct party.
.macro each_ymm op:vararg
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\op \i
	.endr
.endm
.macro ymm_out i
	vmovdqu	%ymm\i, 32 * \i(%rbx)
.endm
.macro ymm_in i
	vmovdqu	0x400 + 32 * \i(%rbx), %ymm\i
.endm
begin child_state
	each_ymm ymm_out
	stmxcsr	0x200(%rbx)
	xor	%ecx, %ecx
	xgetbv
	mov	%eax, 0x204(%rbx)
	.irp	i, 0, 1, 2, 3
	mov	%db\i, %rax
	mov	%rax, 0x208 + 8 * \i(%rbx)
	.endr
	rdtscp
	mov	%rcx, 0x228(%rbx)
	lea	5f(%rip), %rsi
	lea	0x230(%rbx), %rdi
1:	mov	(%rsi), %ecx
	test	%ecx, %ecx
	jz	2f
	rdmsr
	mov	%eax, (%rdi)
	mov	%edx, 4(%rdi)
	add	$4, %rsi
	add	$8, %rdi
	jmp	1b
2:	each_ymm ymm_in
	ldmxcsr	0x600(%rbx)
	.irp	i, 0, 1, 2, 3
	mov	0x608 + 8 * \i(%rbx), %rax
	mov	%rax, %db\i
	.endr
	mov	$0xc0000103, %ecx
	mov	0x628(%rbx), %eax
	xor	%edx, %edx
	wrmsr
	lea	5f(%rip), %rsi
	lea	0x630(%rbx), %rdi
3:	mov	(%rsi), %ecx
	test	%ecx, %ecx
	jz	4f
	mov	(%rdi), %eax
	mov	4(%rdi), %edx
	wrmsr
	add	$4, %rsi
	add	$8, %rdi
	jmp	3b
4:	test	%r8, %r8
	jnz	6f
	ret
6:	out	%eax, $0x80
	jmp	child_state
5:	.long	0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000102
	.long	0x174, 0x175, 0x176, 0xc0000100, 0xc0000101, 0
child_state_end:

# Counts in EBX and says so.
begin child_count
	inc	%ebx
	mov	%ebx, %eax
	out	%eax, $0x80
	jmp	child_count
child_count_end:

# Turns with interrupts on.
begin child_turn
	sti
1:	incl	0x8000
	jmp	1b
child_turn_end:

# GUEST_OS_ID and HYPERCALL, whose page is RBX; then calls: the registers are the
# parent's. The second part is the same in all modes.
begin child_interface
	mov	$0x40000000, %ecx
	mov	$1, %eax
	mov	$0x81000000, %edx
	wrmsr
	mov	$0x40000001, %ecx
	mov	%ebx, %eax
	xor	%edx, %edx
	wrmsr
begin child_caller
	out	%eax, $0x80
	vmmcall
	jmp	child_caller
child_caller_end:
child_interface_end:

# Reads at RBX for ever: what is there goes to 0x8008, how often to 0x8000.
begin child_watch
	mov	(%rbx), %eax
	mov	%eax, 0x8008
	incl	0x8000
	jmp	child_watch
child_watch_end:

# The same call for ever; how often is at 0x8000.
begin child_flood
	vmmcall
	incl	0x8000
	jmp	child_flood
child_flood_end:

# Writes numbers that nobody knows over RBX to RBX + 1024.
begin child_scribble
	rdtsc
	imul	$0x9e3779b1, %eax, %eax
	mov	%eax, %edi
	and	$0x3fc, %edi
	shr	$7, %eax
	mov	%eax, (%rbx, %rdi)
	incl	0x8000
	jmp	child_scribble
child_scribble_end:

# RBX 0: RDMSR, 1: WRMSR, else: CPUID.
begin child_face
	out	%eax, $0x80
	cmp	$1, %ebx
	jb	1f
	je	2f
	cpuid
	jmp	child_face
1:	rdmsr
	jmp	child_face
2:	wrmsr
	jmp	child_face
child_face_end:

# A handler that ends its interrupt as the assist page at 0x9000 says, and tells
# what that was in EAX; its vector is put into the first.
begin child_lazy
	mov	$0, %al
	out	%al, $0xe9
	push	%rax
	push	%rcx
	push	%rdx
	xor	%eax, %eax
	xchg	%eax, 0x9000
	mov	%eax, %edx
	test	$1, %al
	jnz	1f
	push	%rdx
	mov	$0x40000070, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	pop	%rdx
1:	mov	%edx, %eax
	out	%eax, $0x81
	pop	%rdx
	pop	%rcx
	pop	%rax
	iretq
child_lazy_end:

# Turns, and takes interrupts with lazy EOI, without an exit: how many there were
# is at 0x8008. The handler is the second part.
begin child_tally
	mov	$0x1b, %ecx
	rdmsr
	or	$0xc00, %eax
	wrmsr
	mov	$0x80f, %ecx
	mov	$0x1ff, %eax
	xor	%edx, %edx
	wrmsr
	mov	$0x40000073, %ecx
	mov	$0x9001, %eax
	wrmsr
	sti
1:	incl	0x8000
	jmp	1b
child_tally_end:

begin child_tallied
	lock btrl $0, 0x9000
	jc	1f
	push	%rax
	push	%rcx
	push	%rdx
	mov	$0x80b, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	pop	%rdx
	pop	%rcx
	pop	%rax
1:	incl	0x8008
	iretq
child_tallied_end:

# Reads and writes all MSRs from ESI to EDI, the latter with R8; #GP goes on
# behind the instruction.
begin child_sweep
	mov	%esi, %ecx
	rdmsr
	mov	%r8d, %eax
	mov	%r8, %rdx
	shr	$32, %rdx
	mov	%esi, %ecx
	wrmsr
	inc	%esi
	cmp	%edi, %esi
	jb	child_sweep
	mov	%esi, %eax
	out	%eax, $0x80
	hlt
child_sweep_end:
begin child_sweep_gp
	add	$8, %rsp
	addq	$2, (%rsp)
	iretq
child_sweep_gp_end:

# The reference TSC page at RBX: RAX is the time by it, RDX by the MSR, RSI the
# sequence; RDI the TSC.
begin child_time
	mfence
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	mov	%rax, %rdi
	mov	(%rbx), %esi
	mulq	8(%rbx)
	mov	%rdx, %rbp
	add	16(%rbx), %rbp
	mov	$0x40000020, %ecx
	rdmsr
	shl	$32, %rdx
	or	%rax, %rdx
	mov	%rbp, %rax
	out	%eax, $0x80
	jmp	child_time
child_time_end:

# A handler of messages in slot 2 of the page at 0x9000, by the book: the slot is
# empty, then the flag is looked at, then EOM. Its vector is put into the first.
begin child_message
	mov	$0, %al
	out	%al, $0xe9
	push	%rax
	push	%rcx
	push	%rdx
	xor	%eax, %eax
	xchg	%eax, 0x9200
	xor	%eax, %eax
	xor	%edx, %edx
	testb	$1, 0x9205
	jz	1f
	mov	$0x40000084, %ecx
	wrmsr
1:	mov	$0x80b, %ecx
	wrmsr
	pop	%rdx
	pop	%rcx
	pop	%rax
	iretq
child_message_end:

# Writes RSI and RDI to the MSR in ECX in turns, R8 times; each time EBP must be
# at RBX, then at R9. EAX is 0 when it was.
begin child_toggle
	mov	%esi, %eax
	mov	%rsi, %rdx
	shr	$32, %rdx
	wrmsr
	mov	(%rbx), %eax
	cmp	%ebp, %eax
	jne	1f
	xchg	%rsi, %rdi
	xchg	%rbx, %r9
	dec	%r8
	jnz	child_toggle
	xor	%eax, %eax
1:	out	%eax, $0x80
	hlt
child_toggle_end:

# Does something RBP times with RAX, RCX, RDX and R8 from R9 to R12; R13 is
# added to R11 each time. Two TSCs, before and after, go to where RDI is.
.macro figure name, operation:vararg
begin child_figure_\name
	out	%eax, $0x80
1:	rdtsc
	mov	%eax, (%rdi)
	mov	%edx, 4(%rdi)
	mov	%r9, %rax
	mov	%r10, %rcx
	mov	%r11, %rdx
	mov	%r12, %r8
	\operation
	rdtsc
	mov	%eax, 8(%rdi)
	mov	%edx, 12(%rdi)
	add	$16, %rdi
	add	%r13, %r11
	dec	%ebp
	jnz	1b
	out	%eax, $0x80
child_figure_\name\()_end:
.endm

figure	nothing, nop
figure	call, vmmcall
figure	cpuid, cpuid
figure	rdmsr, rdmsr
figure	wrmsr, wrmsr
figure	store, mov %rax, (%rbx)
figure	out, out %eax, $0x90

# A handler that ends its interrupt, and says nothing.
begin child_quiet
	push	%rax
	push	%rcx
	push	%rdx
	mov	$0x80b, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	pop	%rdx
	pop	%rcx
	pop	%rax
	iretq
child_quiet_end:

# x2APIC and APIC on, then it waits, and says nothing.
begin child_sleep
	mov	$0x1b, %ecx
	rdmsr
	or	$0xc00, %eax
	wrmsr
	mov	$0x80f, %ecx
	mov	$0x1ff, %eax
	xor	%edx, %edx
	wrmsr
	sti
1:	hlt
	jmp	1b
child_sleep_end:
