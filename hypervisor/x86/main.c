/* The start of the hypervisor: one list of steps. */
/* SPDX-License-Identifier: MIT */
#include "../core/cpu.h"
#include "../core/frame.h"
#include "../core/log.h"
#include "../core/machine.h"
#include "../core/memory.h"
#include "../core/page.h"
#include "../core/panic.h"
#include "../core/partition.h"
#include "../core/stats.h"
#include "../core/vp.h"
#include "../lib/format.h"
#include "../lib/string.h"
#include "acpi.h"
#include "apic.h"
#include "canary.h"
#include "clock.h"
#include "console.h"
#include "features.h"
#include "fpu.h"
#include "ioapic.h"
#include "layout.h"
#include "linux.h"
#include "loader.h"
#include "microcode.h"
#include "mtrr.h"
#include "options.h"
#include "paging.h"
#include "power.h"
#include "selfcheck.h"
#include "smp.h"
#include "speculation.h"
#include "svm/svm.h"
#include "trap.h"

#define MB		0x100000ull
#define GB		0x40000000ull
/* 512 MB less what firmware keeps. */
#define LEAST_RAM	(480 * MB)
#define LOW_LIMIT	0x100000000ull

/* The heap: a base, for each processor its block, VP and pages, and page
 * tables for the machine's memory, ours and the nested ones. */
#define HEAP_BASE	(4 * MB)
#define HEAP_PER_CPU	0x28000ull
#define HEAP_PER_GB	0x4000ull

struct machine machine SEALED;

extern char image_start[], image_end[];

static struct loader loader;
static struct options options;
static struct acpi acpi;

/* What the parent is told when it starts without hypervisor. */
static char reason[256];

static uint64_t total_ram(void)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < machine.map.count; i++) {
		if (machine.map.range[i].type == MEMMAP_RAM)
			sum += machine.map.range[i].end -
				machine.map.range[i].start;
	}
	return sum;
}

/* The map is sorted; some of what lies below may be no RAM. */
static uint64_t ram_end(void)
{
	uint64_t end = 0;
	unsigned int i;

	for (i = 0; i < machine.map.count; i++) {
		if (machine.map.range[i].type == MEMMAP_RAM)
			end = machine.map.range[i].end;
	}
	return end;
}

static unsigned int listed;

static void count_listed(uint32_t apic_id)
{
	(void)apic_id;
	listed++;
}

/* Our memory, hidden from the parent: image with log, and heap. */
static const char *reserve(void)
{
	struct memmap_range taken[4] = {
		{loader.kernel.start, loader.kernel.start +
			loader.kernel.size, 0},
		{loader.initramfs.start, loader.initramfs.start +
			loader.initramfs.size, 0},
		{loader.microcode.start, loader.microcode.start +
			loader.microcode.size, 0},
		{LOG_BASE, IMAGE_END, 0},
	};
	uint64_t size, heap;

	acpi_processors(count_listed);
	fpu_init();
	size = HEAP_BASE + listed * (HEAP_PER_CPU + fpu_room()) +
		(total_ram() / GB + 1) * HEAP_PER_GB + frame_room(ram_end());
	size = (size + 2 * MB - 1) & ~(2 * MB - 1);
	heap = memmap_find(&machine.map, size, 2 * MB, MB, LOW_LIMIT, taken, 4);
	if (total_ram() < LEAST_RAM || !heap || !memmap_is_ram(&machine.map, LOG_BASE, IMAGE_END))
		return "Too little memory for the hypervisor: 512 MB are the least.";
	machine.own[0] = (struct memmap_range){LOG_BASE, IMAGE_END, 0};
	machine.log = (struct memmap_range){LOG_BASE, IMAGE_BASE, 0};
	machine.own[1] = (struct memmap_range){heap, heap + size, 0};
	if (!memmap_set(&machine.map, LOG_BASE, IMAGE_END, MEMMAP_RESERVED) ||
			!memmap_set(&machine.map, heap, heap + size,
				MEMMAP_RESERVED))
		return "The firmware's memory map has too many entries.";
	page_init(heap, heap + size);
	frame_init(ram_end());
	return NULL;
}

/* What any of our features needs of this processor, and the vendor's code. */
static const char *choose_vendor(void)
{
	struct cpuid vendor = cpuid(0, 0);

	if (vendor.ebx == 0x756e6547)	/* "Genu"ineIntel */
		return "Intel processors are not supported yet: the parent runs without virtual machines.";
	if (!apic_present())
		return "This processor has no local APIC, or the firmware switched it off.";
	vp_ops = &svm_ops;
	return vp_ops->missing();
}

static void guard(uint64_t page)
{
	unsigned int i;

	for (i = 0; i < machine.guarded_count; i++) {
		if (machine.guarded[i] == page)
			return;
	}
	ASSERT(i < 0x1000 / sizeof(*machine.guarded));
	paging_uncached(page);
	machine.guarded[machine.guarded_count++] = page;
}

/* Not one that firmware puts where RAM is. */
static void guard_ioapic(uint32_t address)
{
	uint64_t page = address & ~0xfffu;

	if (memmap_is_ram(&machine.map, page, page + 0x1000))
		return;
	guard(page);
	ioapic_add(address);
}

static const char *prepare(void)
{
	const char *problem;
	uint32_t bits = cpuid(0x80000008, 0).eax & 0xff;

	/* Four levels of nested tables reach no further. */
	machine.physical_end = 1ull << (bits < 48 ? bits : 48);
	if (!acpi_init(&acpi))
		return "The firmware has no ACPI tables: switch ACPI on in its set-up.";
	power_init(&acpi);
	machine.emulated = cpuid(1, 0).ecx & 1u << 31;
	machine.x2apic = apic_has_x2() && !options.no_x2apic;
	problem = reserve();
	if (problem)
		return problem;
	paging_init();
	features_enable();
	machine.guarded = page_take();
	if (!machine.x2apic)
		guard(APIC_BASE);
	acpi_ioapics(guard_ioapic);
	apic_enable();
	mtrr_save();
	smp_count();
	trap_init();
	clock_init(acpi.pm_timer_port);
	problem = microcode_find(&loader.microcode);
	if (problem)
		return problem;
	microcode_load();
	speculation_init(options.no_speculation);
	speculation_enable();
	return NULL;
}

/* A page below 640 KB in which the processors can start. */
static const char *start_processors(void)
{
	uint64_t page = memmap_find(&machine.map, 0x1000, 0x1000, 0x1000,
		0x9f000, NULL, 0);

	if (!page)
		return "There is no free memory below 640 KB to start processors in.";
	return smp_start(page);
}

/* From here on our memory has the rights that it keeps. */
static void protect(void)
{
	machine.smap = cpuid(7, 0).ebx & 1u << 20;
	paging_seal();
	features_seal();
	selfcheck();
	memory_check();
}

static _Noreturn void run_parent(const struct linux_start *start)
{
	struct vp_entry entry = {
		.is_long = true, .code = 0x10, .data = 0x18,
		.rip = start->entry, .rsp = start->stack,
		.cr3 = start->page_tables, .gdt = start->gdt,
		.gdt_limit = start->gdt_limit,
	};
	struct vp *vp = cpu_self()->vp;

	vp->gpr[GPR_RSI] = start->zero_page;
	vp_ops->vp_reset(vp, &entry);
	vp->state = VP_RUNNING;
	vp->cpu->added = true;
	smp_release();
	log_line("The parent starts on %u processor%s.", machine.cpu_count,
		machine.cpu_count == 1 ? "" : "s");
	log_quiet(true);
	vp_ops->hold();
	vp_loop(vp);
}

/* Gives the machine to the parent as it was found. */
static _Noreturn void run_native(const char *problem)
{
	struct linux_start start;
	const char *worse = linux_check(&loader);

	if (problem) {
		log_line("Without hypervisor: %s", problem);
		format(reason, sizeof(reason), "socle.without=\"%s\"",
			problem);
	}
	if (!worse)
		worse = linux_load(&loader, reason, acpi.rsdp, &start);
	if (worse) {
		log_line("%s", worse);
		log_line("There is nothing to start: the machine stops.");
		panic_stop();
	}
	linux_enter_native(&start);
}

_Noreturn void main(uint32_t magic, uint64_t info);
_Noreturn void main(uint32_t magic, uint64_t info)
{
	struct linux_start start;
	const char *problem;

	canary_init();
	clock_early();
	console_init();
	loader_read(&loader, magic, info);
	machine.map = loader.map;
	log_init((struct log_memory *)LOG_BASE);
	log_line("Socle hypervisor " VERSION);
	problem = loader.problem;
	if (!problem)
		problem = linux_check(&loader);
	if (!problem)
		problem = options_read(&options, loader.options);
	machine.panic_seconds = options.panic_seconds;
	if (problem || options.off)
		run_native(problem);
	problem = choose_vendor();
	if (!problem)
		problem = prepare();
	if (!problem)
		problem = start_processors();
	if (problem) {
		smp_withdraw();
		run_native(problem);
	}
	/* From here on nothing can fail that leaves a machine to start. */
	vp_ops->cpu_start(cpu_self());
	acpi_hide_iommus();
	partition_init_parent();
	stats_start(machine_time());
	/* Its watchdog of the TSC would find nothing that does not hit the
	 * reference time, too, and can stop its start. */
	problem = linux_load(&loader, "tsc=reliable", acpi.rsdp, &start);
	if (problem) {
		smp_withdraw();
		run_native(problem);
	}
	protect();
	run_parent(&start);
}
