/* What the installer finds: machines made of files. */
/* SPDX-License-Identifier: MIT */
#include "installer_world.h"

#include "disks.h"
#include "report.h"
#include "rows.h"

/* The detail of the row of that name. */
static const char *row(const json_t *rows, const char *what,
	const char *result)
{
	const json_t *each;
	size_t i;

	json_array_foreach((json_t *)rows, i, each) {
		if (strcmp(json_string_value(json_object_get(each, "what")),
			what))
			continue;
		CHECK_STRING(result, json_string_value(json_object_get(each,
			"result")));
		return json_string_value(json_object_get(each, "detail"));
	}
	return "no row";
}

#define ROW(what, result, detail) CHECK_STRING(detail, row(rows, what, result))

static void test_machine(void)
{
	json_t *rows;

	begin();
	rows = report();
	ROW("machine", "none", "ACME Server 2, started by BIOS");
	ROW("processors", "none", "8, AMD EPYC");
	ROW("virtualization", "good", "the hypervisor runs on this machine");
	ROW("memory", "good", "16384 MB");
	ROW("eth0", "good", "52:54:00:12:34:56, igb, a link, 1000 Mb/s");
	ROW("eth1", "none", "52:54:00:12:34:57, igb, no link");
	CHECK_STRING("no row", row(rows, "lan", ""));
	CHECK_STRING("no row", row(rows, "loop0", ""));
	ROW("disks", "bad", "there is none that Socle Server can be installed "
		"on: 1.9 GB are needed");
	json_decref(rows);
}

/* What little there is, and a host that says nonsense. */
static void test_poor(void)
{
	json_t *rows;

	begin();
	text("efi/x", "");
	text("host", "{\"memory\": {\"total\": 536870912}, \"hypervisor\": "
		"{\"running\": false, \"reason\": \"This processor has no "
		"AMD-V.\"}, \"network\": []}");
	rows = report();
	ROW("machine", "none", "of no name, started by UEFI");
	ROW("processors", "none", "0, of no name");
	ROW("virtualization", "bad", "no VM can run: This processor has no "
		"AMD-V.");
	ROW("memory", "bad", "512 MB: there is little for VMs");
	ROW("network", "bad", "there is no adapter");
	json_decref(rows);
	text("host", "nonsense");
	rows = report();
	ROW("machine", "bad", "what it is cannot be read: \"cat host\" has "
		"failed");
	json_decref(rows);
	begin();
	CHECK(!system("rm -rf block pci host mounts blkid log"));
	rows = report();
	CHECK(json_array_size(rows) == 2);
	json_decref(rows);
}

static void test_disks(void)
{
	static const char page[] = "\0\x80\0\x0a  S3Z9NB0K";
	json_t *rows;

	begin();
	disk("sda", "pci0/ata1/host0", "976773168\n");
	text("block/sda/device/model", "Samsung SSD 870 \n");
	text("block/sda/device/vendor", "ATA     \n");
	put("block/sda/device/vpd_pg80", page, sizeof(page) - 1);
	text("block/sda/sda1/partition", "1\n");
	text("block/sda/sda2/partition", "2\n");
	disk("sdb", "pci0/usb1/1-1/host6", "7864320\n");
	text("block/sdb/device/vendor", "SanDisk\n");
	text("block/sdb/device/model", "Ultra Fit\n");
	disk("sdc", "pci0/usb1/1-2/host7", "0\n");
	text("block/sdc/removable", "1\n");
	disk("sdd", "pci0/host8/end_device-8:0", "7814037168\n");
	disk("sde", "pci0/host9/end_device-9:0", "7814037168\n");
	text("block/sde/holders/md0/size", "1\n");
	disk("sdf", "pci0/virtio2/host4", "2000000\n");
	disk("nvme0n1", "pci0/nvme/nvme0", "3907029168\n");
	text("block/nvme0n1/serial", "S4EWNX0\n");
	text("block/nvme0n1/nvme0n1p1/partition", "1\n");
	disk("nvme0c0n1", "pci0/nvme/nvme0", "3907029168\n");
	text("block/nvme0c0n1/hidden", "1\n");
	disk("vda", "pci0/virtio1", "8388608\n");
	text("block/vda/ro", "1\n");
	text("block/vda/device/vendor", "0x1af4\n");
	disk("vdb", "pci0/virtio3", "0\n");
	text("block/sr0/size", "100\n");
	text("mounts", "/dev/nvme0n1p1 /mnt/data ext4 rw 0 0\n"
		"/dev/sdax /x ext4 rw 0 0\n");
	text("blkid", "/dev/sda1: LABEL=\"boot\" UUID=\"1\" TYPE=\"vfat\"\n"
		"/dev/sda2: UUID=\"2\" TYPE=\"ext4\"\n"
		"/dev/sdb: LABEL=\"SOCLE_b9612941c25a\" TYPE=\"iso9660\"\n"
		"/dev/sdd: LABEL=\"SOCLE_CONF\" TYPE=\"vfat\"\n"
		"/dev/nvme0n1p1: UUID=\"3\" TYPE=\"ext4\"\nnonsense\n");
	rows = report();
	ROW("sda", "good", "500.1 GB, SATA, Samsung SSD 870, serial S3Z9NB0K; "
		"2 partitions (vfat boot, ext4)");
	ROW("sdb", "none", "4.0 GB, USB, SanDisk Ultra Fit; iso9660 "
		"SOCLE_b9612941c25a; a boot medium of Socle Server");
	CHECK_STRING("no row", row(rows, "sdc", ""));
	ROW("sdd", "good", "4.0 TB, SAS; vfat SOCLE_CONF");
	ROW("sde", "none", "4.0 TB, SAS; empty; in use: md0");
	ROW("sdf", "none", "1.0 GB, virtio; empty; too small for an "
		"installation");
	ROW("nvme0n1", "none", "2.0 TB, NVMe, serial S4EWNX0; 1 partition "
		"(ext4); in use: /mnt/data");
	ROW("vda", "none", "4.3 GB, virtio; empty; it is read-only");
	ROW("vdb", "none", "0 MB, virtio; empty; it cannot be read");
	CHECK_STRING("no row", row(rows, "nvme0c0n1", ""));
	CHECK_STRING("no row", row(rows, "sr0", ""));
	CHECK_STRING("no row", row(rows, "disks", ""));
	json_decref(rows);
	text("loader/interrupted.bin", "interrupted");
	text("dev/sda", "interrupted");
	CHECK(!truncate("dev/sda", 4096));
	text("dev/sdd", "inter");
	/* Partitions that others have made since are named. */
	rows = report();
	ROW("sda", "good", "500.1 GB, SATA, Samsung SSD 870, serial S3Z9NB0K; "
		"2 partitions (vfat boot, ext4)");
	json_decref(rows);
	text("block/sda/sda1/uevent", "PARTNAME=socle-loader\n");
	text("block/sda/sda2/uevent", "PARTN=2\nPARTNAME=socle-config\n");
	rows = report();
	ROW("sda", "good", "500.1 GB, SATA, Samsung SSD 870, serial S3Z9NB0K; "
		"an installation that was interrupted");
	ROW("sdd", "good", "4.0 TB, SAS; vfat SOCLE_CONF");
	json_decref(rows);
}

static void function(const char *address, const char *class,
	const char *vendor, const char *driver)
{
	char path[128];

	snprintf(path, sizeof(path), "pci/%s/class", address);
	text(path, class);
	snprintf(path, sizeof(path), "pci/%s/vendor", address);
	text(path, vendor);
	snprintf(path, sizeof(path), "pci/%s/device", address);
	text(path, "0x201d\n");
	snprintf(path, sizeof(path), "pci/%s/driver", address);
	CHECK(!driver || !symlink(driver, path));
}

static int count(const json_t *rows, const char *what)
{
	const json_t *each;
	int found = 0;
	size_t i;

	json_array_foreach((json_t *)rows, i, each)
		found += !strcmp(json_string_value(json_object_get(each,
			"what")), what);
	return found;
}

static void test_in_the_way(void)
{
	json_t *rows;

	begin();
	function("0000:00:1f.2", "0x010400\n", "0x8086\n", "../ahci");
	function("0000:01:00.0", "0x010400\n", "0x1000\n", "../megaraid_sas");
	function("0000:02:00.0", "0x020000\n", "0x14e4\n", NULL);
	function("0000:03:00.0", "0x0c0330\n", "0x1b21\n", NULL);
	function("0000:04:00.0", "0x040300\n", "0x1b21\n", NULL);
	text("log", "[    1.0] bnx2 0000:02:00.0: Direct firmware load for "
		"bnx2/mips.fw failed with error -2\n[    2.0] bnx2 "
		"0000:02:00.1: Direct firmware load for bnx2/mips.fw failed "
		"with error -2\n[    3.0] x: Direct firmware load for \nfailed "
		"with error -2\nDirect firmware load for b failed with error");
	rows = report();
	ROW("RAID by firmware", "bad", "the controller 8086:201d at "
		"0000:00:1f.2 may hide its disks: turn RAID, RST or VMD off in "
		"the machine's set-up, so that it is AHCI or NVMe");
	CHECK(count(rows, "RAID by firmware") == 1);
	ROW("without a driver", "bad", "network adapter 14e4:201d at "
		"0000:02:00.0: nothing here drives it");
	CHECK(count(rows, "without a driver") == 2);
	ROW("firmware", "bad", "a device wants the file bnx2/mips.fw, which is "
		"not here: an ISO that was built with SOCLE_FIRMWARE=1 has it");
	CHECK(count(rows, "firmware") == 2);
	json_decref(rows);
}

/* Within 80 columns, and nothing that a terminal would obey. */
static void test_print(void)
{
	json_t *rows = json_array();
	char line[256];
	FILE *file = fopen("printed", "w+");

	CHECK(file);
	row_say(rows, "sda", GOOD, "%s", "20.0 GB, \x1b[2J m\xc3\xb6" "del "
		"of a maker that has very many words to say of it, and more");
	row_say(rows, "what is longer than its column", NONE, "so");
	row_say(rows, "bytes", BAD, "\xff\xfe");
	rows_print(rows, file);
	rewind(file);
	CHECK(fgets(line, sizeof(line), file));
	CHECK_STRING("sda              good  20.0 GB, ?[2J m\xc3\xb6" "del of a "
		"maker that has very many words\n", line);
	CHECK(fgets(line, sizeof(line), file));
	CHECK_STRING("                       to say of it, and more\n", line);
	CHECK(fgets(line, sizeof(line), file));
	CHECK_STRING("what is longer than its column\n", line);
	CHECK(fgets(line, sizeof(line), file));
	CHECK_STRING("                       so\n", line);
	CHECK(fgets(line, sizeof(line), file));
	CHECK_STRING("bytes            bad   ?\n", line);
	CHECK(!fgets(line, sizeof(line), file) && !fclose(file));
	json_decref(rows);
}

int main(void)
{
	test_machine();
	test_poor();
	test_disks();
	test_in_the_way();
	test_print();
	return 0;
}
