/* Loaders and ACPI tables: good files, files that lie, and random damage. */
/* SPDX-License-Identifier: MIT */
#include <elf.h>
#include <stdint.h>

#include "acpi.h"
#include "check.h"
#include "linux_boot.h"
#include "pvh.h"

#define MB (1ull << 20)
#define RAM_SIZE (64 * MB)
#define SETUP 5		/* sectors, the first one included */
#define BODY 0x3000

static struct ram ram;
static uint8_t kernel[SETUP * 512 + BODY];
static uint8_t initrd[5000];
static struct boot_files files;
static struct start start;

static void put(uint8_t *at, uint64_t value, unsigned int size)
{
	memcpy(at, &value, size);
}

static uint64_t get(uint64_t gpa, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, ram_at(&ram, gpa, size), size);
	return value;
}

static void good_linux(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(kernel); i++)
		kernel[i] = i * 7;
	for (i = 0; i < sizeof(initrd); i++)
		initrd[i] = i * 11;
	memset(kernel, 0, 1024);
	kernel[0x1f1] = SETUP - 1;
	put(kernel + 0x1fe, 0xaa55, 2);
	kernel[0x200] = 0xeb;
	kernel[0x201] = 0x6a;
	memcpy(kernel + 0x202, "HdrS", 4);
	put(kernel + 0x206, 0x20f, 2);
	kernel[0x211] = 1;
	put(kernel + 0x22c, 0x7fffffff, 4);
	put(kernel + 0x230, 0x200000, 4);
	kernel[0x234] = 1;
	put(kernel + 0x236, 1, 2);
	put(kernel + 0x238, 2047, 4);
	put(kernel + 0x258, 16 * MB, 8);
	put(kernel + 0x260, 1 * MB, 4);
	files = (struct boot_files){
		.kernel = kernel, .kernel_size = sizeof(kernel),
		.initrd = initrd, .initrd_size = sizeof(initrd),
		.command_line = "console=ttyS0", .rsdp = 0xe0000,
	};
	memset(ram.host, 0xcc, RAM_SIZE);
}

static const char *load_linux(void)
{
	return linux_boot_load(&ram, &files, &start);
}

static void test_linux(void)
{
	uint64_t place;

	good_linux();
	CHECK(linux_boot_is(&files) && !pvh_is(&files));
	CHECK(!load_linux());
	CHECK(start.long_mode && start.rip == 16 * MB + 0x200);
	CHECK(start.rsi == START_ZERO_PAGE && start.cr3 == START_TABLES);
	CHECK(!memcmp(ram_at(&ram, 16 * MB, BODY), kernel + SETUP * 512, BODY));
	CHECK(get(start.rsi + 0x202, 4) == 0x53726448);
	CHECK(get(start.rsi + 0x210, 1) == 0xff);
	CHECK(get(start.rsi + 0x070, 8) == 0xe0000);
	CHECK_STRING("console=ttyS0",
		ram_at(&ram, get(start.rsi + 0x228, 4), 14));
	place = get(start.rsi + 0x218, 4);
	CHECK(place == ((RAM_SIZE - sizeof(initrd)) & ~4095ull));
	CHECK(get(start.rsi + 0x21c, 4) == sizeof(initrd));
	CHECK(!memcmp(ram_at(&ram, place, sizeof(initrd)), initrd,
		sizeof(initrd)));
	CHECK(get(start.rsi + 0x1e8, 1) == 4);
	CHECK(get(start.rsi + 0x2d0 + 3 * 20, 8) == MB);
	CHECK(get(start.rsi + 0x2d0 + 3 * 20 + 8, 8) == RAM_SIZE - MB);
	CHECK(get(start.rsi + 0x2d0 + 3 * 20 + 16, 4) == 1);
	/* The identity map ends in 4 GB. */
	CHECK(get(start.cr3, 8) == START_TABLES + 0x1003);
	CHECK(get(START_TABLES + 0x1000 + 24, 8) == START_TABLES + 0x5003);
	CHECK(get(START_TABLES + 0x5ff8, 8) == 0xffe00083);
	/* The initrd stays below its limit. */
	put(kernel + 0x22c, 40 * MB - 1, 4);
	CHECK(!load_linux());
	CHECK(get(start.rsi + 0x218, 4) ==
		((40 * MB - sizeof(initrd)) & ~4095ull));
	/* Without a 64-bit entry, and older than pref_address. */
	put(kernel + 0x236, 0, 2);
	CHECK(!load_linux());
	CHECK(!start.long_mode && start.rip == 16 * MB);
	put(kernel + 0x206, 0x206, 2);
	CHECK(!load_linux() && start.rip == MB);
}

static void refused(const char *why)
{
	CHECK_STRING(why, load_linux());
	good_linux();
}

static void test_linux_lies(void)
{
	static char line[2100];

	good_linux();
	files.kernel_size = 0x210;
	refused("ends within its header");
	files.kernel_size = 300;
	refused("is not a Linux kernel (bzImage)");
	files.kernel_size = SETUP * 512;
	refused("ends within its setup code");
	kernel[0x1f1] = 255;
	refused("ends within its setup code");
	put(kernel + 0x206, 0x205, 2);
	refused("speaks a boot protocol before 2.06");
	kernel[0x211] = 0;
	refused("is a zImage, which loads below 1 MB");
	put(kernel + 0x258, 0x1000, 8);
	refused("has a pref_address below 1 MB or above 4 GB");
	put(kernel + 0x258, UINT64_MAX - 4095, 8);
	refused("has a pref_address below 1 MB or above 4 GB");
	put(kernel + 0x230, 3, 4);
	refused("has a kernel_alignment that is no power of two");
	put(kernel + 0x260, UINT32_MAX, 4);
	refused("does not fit into the VM's memory");
	put(kernel + 0x258, RAM_SIZE - 0x1000, 8);
	refused("does not fit into the VM's memory");
	put(kernel + 0x22c, 17 * MB, 4);
	refused("and its initrd do not fit into the VM's memory");
	files.initrd_size = RAM_SIZE;
	refused("and its initrd do not fit into the VM's memory");
	memset(line, 'a', sizeof(line) - 1);
	files.command_line = line;
	refused("takes no command line as long as this one");
}

struct elf {
	Elf64_Ehdr header;
	Elf64_Phdr load, note;
	struct { uint32_t name, size, type; char xen[4]; uint32_t entry; } mark;
	uint8_t code[1000];
};

static struct elf elf;

static void good_pvh(void)
{
	good_linux();
	memset(&elf, 0, sizeof(elf));
	memcpy(elf.header.e_ident, ELFMAG, SELFMAG);
	elf.header.e_ident[EI_CLASS] = ELFCLASS64;
	elf.header.e_ident[EI_DATA] = ELFDATA2LSB;
	elf.header.e_machine = EM_X86_64;
	elf.header.e_phoff = offsetof(struct elf, load);
	elf.header.e_phnum = 2;
	elf.header.e_phentsize = sizeof(Elf64_Phdr);
	elf.load = (Elf64_Phdr){ .p_type = PT_LOAD, .p_paddr = 2 * MB,
		.p_offset = offsetof(struct elf, code), .p_filesz = 1000,
		.p_memsz = 3000 };
	elf.note = (Elf64_Phdr){ .p_type = PT_NOTE, .p_align = 4,
		.p_offset = offsetof(struct elf, mark),
		.p_filesz = sizeof(elf.mark) };
	elf.mark.name = 4;
	elf.mark.size = 4;
	elf.mark.type = 18;
	memcpy(elf.mark.xen, "Xen", 4);
	elf.mark.entry = 2 * MB + 16;
	memset(elf.code, 0x90, sizeof(elf.code));
	files.kernel = (const uint8_t *)&elf;
	files.kernel_size = sizeof(elf);
}

static void refused_pvh(const char *why)
{
	CHECK_STRING(why, pvh_load(&ram, &files, &start));
	good_pvh();
}

static void test_pvh(void)
{
	uint64_t list;

	good_pvh();
	CHECK(pvh_is(&files));
	CHECK(!pvh_load(&ram, &files, &start));
	CHECK(!start.long_mode && start.rip == 2 * MB + 16);
	CHECK(get(2 * MB + 999, 1) == 0x90 && !get(2 * MB + 1000, 8));
	CHECK(get(start.rbx, 4) == 0x336ec578 && get(start.rbx + 4, 4) == 1);
	CHECK(get(start.rbx + 12, 4) == 1);
	list = get(start.rbx + 16, 8);
	CHECK(get(list + 8, 8) == sizeof(initrd));
	CHECK(!memcmp(ram_at(&ram, get(list, 8), sizeof(initrd)), initrd,
		sizeof(initrd)));
	CHECK_STRING("console=ttyS0",
		ram_at(&ram, get(start.rbx + 24, 8), 14));
	CHECK(get(start.rbx + 32, 8) == 0xe0000);
	CHECK(get(start.rbx + 48, 4) == 4);

	elf.header.e_phnum = 65535;
	refused_pvh("has no sound table of segments");
	elf.header.e_phoff = UINT64_MAX - 8;
	refused_pvh("has no sound table of segments");
	elf.header.e_phentsize = 1;
	refused_pvh("has no sound table of segments");
	elf.header.e_machine = EM_ARM;
	refused_pvh("is an ELF file, but not of an x86 processor");
	elf.load.p_offset = UINT64_MAX;
	refused_pvh("has a segment that ends after the file");
	elf.load.p_paddr = UINT64_MAX - 100;
	refused_pvh("does not fit into the VM's memory");
	elf.load.p_paddr = 0x8000;
	refused_pvh("has a segment below 1 MB");
	elf.load.p_memsz = 10;
	refused_pvh("has a segment larger in the file than in memory");
	elf.mark.name = UINT32_MAX;
	refused_pvh("has a note that is longer than its segment");
	elf.mark.type = 17;
	refused_pvh("has no PVH entry (note XEN_ELFNOTE_PHYS32_ENTRY)");
}

static uint8_t sum(uint64_t gpa, uint64_t size)
{
	uint8_t total = 0;

	while (size--)
		total += get(gpa++, 1);
	return total;
}

/* AML as far as it is used: packages end where their lengths say. */
static void check_aml(uint64_t gpa, uint64_t size, unsigned int expected)
{
	unsigned int devices = 0;
	uint64_t i, length;

	CHECK(!memcmp(ram_at(&ram, gpa, 5), "\x08_S5_", 5));
	for (i = 0; i + 6 < size; i++) {
		if (get(gpa + i, 2) != 0x825b)
			continue;
		length = (get(gpa + i + 2, 1) & 0xf) |
			get(gpa + i + 3, 3) << 4;
		CHECK(get(gpa + i + 2, 1) >> 6 == 3);
		CHECK(i + 2 + length <= size);
		/* The next device, or the end. */
		CHECK(i + 2 + length == size ||
			get(gpa + i + 2 + length, 2) == 0x825b);
		devices++;
	}
	CHECK(devices == expected);
}

static uint64_t dsdt_of(uint64_t place, bool pc)
{
	uint64_t rsdp = acpi_write(&ram, place, 2, pc);

	return get(get(get(rsdp + 24, 8) + 36, 8) + 140, 8);
}

static void test_acpi(void)
{
	uint64_t rsdp, xsdt, fadt, madt, dsdt, at, end;
	unsigned int vps = 0;

	memset(ram.host, 0xcc, RAM_SIZE);
	rsdp = acpi_write(&ram, START_FIRMWARE, 3, false);
	CHECK(rsdp == 0xe0000);
	CHECK(!memcmp(ram_at(&ram, rsdp, 8), "RSD PTR ", 8));
	CHECK(!sum(rsdp, 20) && get(rsdp + 20, 4) == 36 && !sum(rsdp, 36));
	xsdt = get(rsdp + 24, 8);
	CHECK(!memcmp(ram_at(&ram, xsdt, 4), "XSDT", 4));
	CHECK(get(xsdt + 4, 4) == 36 + 16 && !sum(xsdt, get(xsdt + 4, 4)));
	fadt = get(xsdt + 36, 8);
	madt = get(xsdt + 44, 8);
	CHECK(!memcmp(ram_at(&ram, fadt, 4), "FACP", 4));
	CHECK(get(fadt + 4, 4) == 276 && !sum(fadt, 276));
	CHECK(get(fadt + 46, 2) == 9 && get(fadt + 56, 4) == 0x600);
	CHECK(!get(fadt + 48, 4));	/* SMI_CMD: no legacy mode */
	dsdt = get(fadt + 140, 8);
	CHECK(dsdt == get(fadt + 40, 4));
	CHECK(!memcmp(ram_at(&ram, dsdt, 4), "DSDT", 4));
	CHECK(!sum(dsdt, get(dsdt + 4, 4)));
	check_aml(dsdt + 36, get(dsdt + 4, 4) - 36, 9);
	CHECK(!memcmp(ram_at(&ram, madt, 4), "APIC", 4));
	end = madt + get(madt + 4, 4);
	CHECK(!sum(madt, end - madt));
	for (at = madt + 44; at < end; at += get(at + 1, 1)) {
		CHECK(get(at + 1, 1) >= 6);
		if (!get(at, 1))
			CHECK(get(at + 3, 1) == vps++);
	}
	CHECK(at == end && vps == 3);
	CHECK(acpi_write(&ram, START_FIRMWARE, 1024, false));
	/* A PC's: keyboard, mouse, what firmware is told by, PCI. */
	dsdt = dsdt_of(RAM_SIZE - ACPI_SIZE, true);
	CHECK(dsdt > RAM_SIZE - ACPI_SIZE);
	CHECK(!sum(dsdt, get(dsdt + 4, 4)));
	check_aml(dsdt + 36, get(dsdt + 4, 4) - 36, 13);
	CHECK(!acpi_write(&ram, START_FIRMWARE, 100000, false));
}

/* A damaged file: whatever it says, nothing outside is touched (the
 * sanitizers see that), and what is started lies in RAM. */
static void fuzz(unsigned int rounds)
{
	uint8_t *copy, *whole;
	size_t size;
	unsigned int loaded = 0, i, n;
	const char *why;

	for (n = 0; n < rounds; n++) {
		if (n % 2)
			good_pvh();
		else
			good_linux();
		size = files.kernel_size;
		if (random() % 3 == 0)
			size = random() % (size + 1);
		whole = malloc(files.kernel_size);
		memcpy(whole, files.kernel, files.kernel_size);
		for (i = random() % 6; i; i--)
			whole[n % 2 ? random() % 250 :
				0x1f0 + random() % 0x80] = random();
		copy = malloc(size ? size : 1);
		memcpy(copy, whole, size);
		files.kernel = copy;
		files.kernel_size = size;
		why = pvh_is(&files) ? pvh_load(&ram, &files, &start) :
			linux_boot_load(&ram, &files, &start);
		loaded += !why;
		CHECK(why || n % 2 || ram_at(&ram, start.rip - 0x200, 1));
		free(copy);
		free(whole);
	}
	CHECK(loaded && loaded < rounds);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? atoi(argv[1]) : 2000;
	unsigned int seed = argc > 2 ? atoi(argv[2]) : 1;

	srandom(seed);
	ram.host = malloc(RAM_SIZE);
	ram.size = RAM_SIZE;
	CHECK(ram.host);
	CHECK(ram_at(&ram, 0x9ffff, 1) && !ram_at(&ram, 0x9ffff, 2));
	CHECK(!ram_at(&ram, RAM_SIZE, 1) && !ram_at(&ram, UINT64_MAX, 2));
	CHECK(!ram_at(&ram, RAM_HIGH, 1) && !ram_at(&ram, MB, UINT64_MAX));
	test_linux();
	test_linux_lies();
	test_pvh();
	test_acpi();
	if (argc > 3 && !strcmp(argv[3], "dsdt")) {
		uint64_t at = dsdt_of(START_FIRMWARE, argc > 4);

		fwrite(ram_at(&ram, at, 36), get(at + 4, 4), 1, stderr);
	}
	fuzz(rounds / 20 + 20);
	free(ram.host);
	printf("boot: seed %u, good\n", seed);
	return 0;
}
