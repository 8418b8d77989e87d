/* The panic. */
/* SPDX-License-Identifier: MIT */
#include "panic.h"

#include "../lib/asm.h"
#include "../lib/format.h"
#include "cpu.h"
#include "log.h"
#include "machine.h"
#include "symbol.h"

bool panicked;

_Noreturn void panic_stop(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void stop_others(void)
{
	unsigned int i;

	if (__atomic_exchange_n(&panicked, true, __ATOMIC_SEQ_CST))
		panic_stop();
	for (i = 0; i < machine.cpu_count; i++) {
		if (cpus[i] && cpus[i] != cpu_self())
			machine_kick(i);
	}
}

static void back_trace(uint64_t rip, const uint64_t *frame)
{
	unsigned int depth;

	for (depth = 0; depth < 16; depth++) {
		uint64_t offset;
		const char *name = symbol_find(rip, &offset);

		log_line("  %016lx %s+0x%lx", rip, name, offset);
		/* Only what lies on this stack is a frame. */
		if (!cpu_stack_holds((uint64_t)frame) || (uint64_t)frame & 7)
			return;
		rip = frame[1];
		frame = (const uint64_t *)frame[0];
		if (!rip)
			return;
	}
}

static _Noreturn void restart(void)
{
	uint64_t end = machine_time() + machine.panic_seconds * 10000000ull;

	if (!machine.panic_seconds) {
		log_line("The machine stays as it is: panic=0.");
		panic_stop();
	}
	log_line("Restart in %u seconds.", machine.panic_seconds);
	while (machine_time() < end)
		pause();
	machine_reset();
}

_Noreturn void panic_at(uint64_t rip, const uint64_t *frame,
	const char *sentence)
{
	stop_others();
	log_quiet(false);
	log_line("Socle hypervisor panic on processor %u: %s",
		cpu_self()->index, sentence);
	back_trace(rip, frame);
	restart();
}

_Noreturn void panic(const char *format_text, ...)
{
	static char sentence[192];	/* used by the one that panics first */
	va_list list;

	va_start(list, format_text);
	format_list(sentence, sizeof(sentence), format_text, list);
	va_end(list);
	panic_at((uint64_t)__builtin_return_address(0),
		__builtin_frame_address(0), sentence);
}
