/* Mends QEMU in its own process (LD_PRELOAD), where one processor's thread
 * changes a word of another's, or of one that the main loop also changes, not
 * atomically. docs/hypervisor.md, "QEMU with several processors". */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RETURN 0xc3	/* x86: RET */
#define CALL 0xe8	/* rel32 */
#define NOP 0x90
#define LOCK 0xf0
#define OR 0x81		/* /1: OR r/m32, imm32 */
#define VIRQ 0x100	/* CPU_INTERRUPT_VIRQ */
#define OR_SIZE 10	/* opcode, ModRM, disp32, imm32 */

static bool protect(void *code, size_t size, int how)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
	uintptr_t first = (uintptr_t)code & ~page;

	return !mprotect((void *)first,
		((uintptr_t)code + size - first + page) & ~page, how);
}

static bool put(uint8_t *code, const uint8_t *bytes, size_t size)
{
	if (!protect(code, size, PROT_READ | PROT_WRITE))
		return false;
	memcpy(code, bytes, size);
	return protect(code, size, PROT_READ | PROT_EXEC);
}

/* FXRSTOR of any processor clears IGNNE#'s bit in the first one's hflags2, and
 * takes back what that one changes there meanwhile: GIF, nested paging, and
 * more. Only OUT to port 0xf0 sets that bit, and nothing here does that. */
static bool mend_fxrstor(void)
{
	static const uint8_t nothing[] = { RETURN };
	uint8_t *code = dlsym(RTLD_DEFAULT, "cpu_clear_ignne");

	return code && put(code, nothing, sizeof(nothing));
}

/* OR of CPU_INTERRUPT_VIRQ into the word of pending interrupts, whose address
 * is a register and a displacement: a negative one, for the register points to
 * the processor's CPUX86State, behind that word. NULL: none, or with LOCK. */
static uint8_t *find_or(uint8_t *code, size_t size)
{
	static const uint8_t virq[] = { VIRQ & 0xff, VIRQ >> 8, 0, 0 };
	uint8_t *at;

	for (at = code + 1; at + OR_SIZE <= code + size; at++)
		if (at[0] == OR && at[-1] != LOCK &&
		    (at[1] & 0xf8) == 0x88 && (at[1] & 7) != 4 &&
		    (at[5] & 0x80) && !memcmp(at + 6, virq, sizeof(virq)))
			return at;
	return NULL;
}

/* A page that a call reaches. */
static uint8_t *page_near(const uint8_t *code)
{
	uintptr_t hint = (uintptr_t)code & ~0xfffffull;
	uint8_t *page;
	int i;

	for (i = 0; i < 1000; i++) {
		hint -= 1 << 20;
		page = mmap((void *)hint, 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			-1, 0);
		if (page != MAP_FAILED)
			return page;
	}
	return NULL;
}

static void (*lock)(const char *file, int line);
static void (*unlock)(void);

__attribute__((used)) static void note(uint32_t *word)
{
	lock(__FILE__, __LINE__);
	*word |= VIRQ;
	unlock();
}

/* Calls note() with RDI, and changes no other register: it stands for one
 * instruction. */
void note_keeping(void);
__asm__("note_keeping:\n"
	"	push %rbp\n"
	"	mov %rsp, %rbp\n"
	"	push %rcx\n"
	"	push %rdx\n"
	"	push %rsi\n"
	"	push %r8\n"
	"	push %r9\n"
	"	push %r10\n"
	"	push %r11\n"
	"	sub $512, %rsp\n"
	"	and $-64, %rsp\n"
	"	fxsave64 (%rsp)\n"
	"	call note\n"
	"	fxrstor64 (%rsp)\n"
	"	lea -56(%rbp), %rsp\n"
	"	pop %r11\n"
	"	pop %r10\n"
	"	pop %r9\n"
	"	pop %r8\n"
	"	pop %rsi\n"
	"	pop %rdx\n"
	"	pop %rcx\n"
	"	pop %rbp\n"
	"	ret\n");

/* What is called in the instruction's place: its address into RDI, and there.
 * The instruction's own ModRM and displacement are at or + 1. */
static void fill_thunk(uint8_t *thunk, const uint8_t *or)
{
	static const uint8_t begin[] = { 0x57, 0x50, 0x48, 0x8d };
	static const uint8_t end[] = { 0xff, 0xd0, 0x58, 0x5f, RETURN };
	void (*target)(void) = note_keeping;

	memcpy(thunk, begin, sizeof(begin));	/* PUSH RDI, RAX; LEA RDI, */
	thunk[4] = (or[1] & 7) | 0xb8;
	memcpy(thunk + 5, or + 2, 4);
	thunk[9] = 0x48;				/* MOV RAX, imm64 */
	thunk[10] = 0xb8;
	memcpy(thunk + 11, &target, sizeof(target));
	memcpy(thunk + 19, end, sizeof(end));	/* CALL RAX; POP both; RET */
}

/* VMRUN with an interrupt for the guest notes that without QEMU's lock, which
 * all others hold who change the same word: what they note at that moment, a
 * tick or a kick, can get lost. So that is done with the lock. */
static bool mend_vmrun(void)
{
	uint8_t *code = dlsym(RTLD_DEFAULT, "helper_vmrun");
	const ElfW(Sym) *symbol;
	uint8_t call[OR_SIZE] = { CALL };
	uint8_t *at, *thunk;
	Dl_info found;
	int32_t way;

	*(void **)&lock = dlsym(RTLD_DEFAULT, "bql_lock_impl");
	*(void **)&unlock = dlsym(RTLD_DEFAULT, "bql_unlock");
	if (!code || !lock || !unlock ||
	    !dladdr1(code, &found, (void **)&symbol, RTLD_DL_SYMENT) || !symbol)
		return false;
	at = find_or(code, symbol->st_size);
	if (!at)	/* later ones call a function that does it atomically */
		return true;
	thunk = page_near(at);
	if (!thunk)
		return false;
	fill_thunk(thunk, at);
	if (!protect(thunk, 4096, PROT_READ | PROT_EXEC))
		return false;
	way = (int32_t)(thunk - (at + 5));
	memcpy(call + 1, &way, sizeof(way));
	memset(call + 5, NOP, OR_SIZE - 5);
	return put(at, call, sizeof(call));
}

__attribute__((constructor)) static void mend(void)
{
	bool fxrstor = mend_fxrstor();
	bool vmrun = mend_vmrun();

	if (!fxrstor || !vmrun)
		fputs("qemu_mend: this QEMU is not mended\n", stderr);
}
