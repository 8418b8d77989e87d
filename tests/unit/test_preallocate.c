/* The loader's file system as the build makes it: preallocate's images, byte by
 * byte and by other programs. */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdbool.h>
#include <stdint.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECTOR = 512, MOST = 32 };

#define LAST 0x0fffffffu

static unsigned char *image;
static size_t image_bytes;
static uint32_t cluster_bytes, clusters, fat[2], fat_bytes, data;

struct file {
	char path[32];
	unsigned long long wanted, at, room, entry;
};

static struct file files[MOST];
static int count;

static uint32_t little(const unsigned char *at, int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static void shell(const char *command)
{
	if (system(command)) {
		fprintf(stderr, "%s: failed\n", command);
		exit(1);
	}
}

/* As rootfs/build/loader.sh does, with a loader of 70,000 bytes. */
static void make_image(void)
{
	shell("rm -f loader.img && truncate -s 280M loader.img && "
		"mkfs.fat -F 32 -s 8 -h 2048 "
		"-n SOCLE --invariant loader.img > /dev/null && "
		"head -c 70000 /dev/urandom > ldlinux.sys && "
		"mmd -i loader.img ::/syslinux ::/a ::/b && "
		"mcopy -i loader.img ldlinux.sys ::/syslinux/");
}

/* What is said of the list, its status. */
static int preallocate(const char *list)
{
	FILE *file = fopen("list", "w");
	int status;

	CHECK(file && fputs(list, file) >= 0 && !fclose(file));
	status = system("./preallocate loader.img < list > slots 2> trouble");
	return WEXITSTATUS(status);
}

static void load(void)
{
	FILE *file = fopen("loader.img", "r");
	struct stat about;

	CHECK(file && !fstat(fileno(file), &about));
	image_bytes = (size_t)about.st_size;
	free(image);
	image = malloc(image_bytes);
	CHECK(image && fread(image, 1, image_bytes, file) == image_bytes);
	CHECK(!fclose(file));
	cluster_bytes = image[13] * SECTOR;
	fat[0] = little(image + 14, 2) * SECTOR;
	fat_bytes = little(image + 36, 4) * SECTOR;
	fat[1] = fat[0] + fat_bytes;
	data = fat[1] + fat_bytes;
	clusters = (little(image + 32, 4) - data / SECTOR) / image[13] + 2;
}

static void read_places(const char *list)
{
	FILE *file = fopen("slots", "r");
	char folder[16], name[16], line[32];
	int used;

	CHECK(file);
	for (count = 0; fscanf(file, "%31s %llu %llu %llu", files[count].path,
		&files[count].at, &files[count].room, &files[count].entry) == 4;
		count++) {
		CHECK(count + 1 < MOST);
		CHECK(sscanf(list, "%15s %15s %llu\n%n", folder, name,
			&files[count].wanted, &used) == 3);
		list += used;
		snprintf(line, sizeof(line), "%.15s/%.15s", folder, name);
		CHECK_STRING(line, files[count].path);
	}
	CHECK(feof(file) && !fclose(file) && !*list);
}

static uint32_t next_of(uint32_t cluster)
{
	return little(image + fat[0] + cluster * 4, 4) & LAST;
}

/* "a/root.sfs" is shown as it is, in the first sector of its folder. */
static void check_entry(const struct file *file, uint32_t first)
{
	const unsigned char *entry = image + file->entry;
	const char *name = strchr(file->path, '/') + 1, *dot = strchr(name, '.');
	char shown[16], base[9], end[4];
	int i;

	snprintf(base, sizeof(base), "%.8s", (const char *)entry);
	snprintf(end, sizeof(end), "%.3s", (const char *)entry + 8);
	base[strcspn(base, " ")] = end[strcspn(end, " ")] = '\0';
	snprintf(shown, sizeof(shown), "%s%s%s", base, dot ? "." : "", end);
	for (i = 0; shown[i]; i++)
		CHECK(!(shown[i] >= 'a' && shown[i] <= 'z'));
	CHECK(!strcasecmp(shown, name));
	CHECK(entry[11] == 0x20 && entry[12] == 0x18);
	CHECK((little(entry + 20, 2) << 16 | little(entry + 26, 2)) == first);
	CHECK(!little(entry + 28, 4));
}

/* Whole, in one piece, of its own, and of zeros. */
static void check_chain(const struct file *file, bool *taken)
{
	uint32_t first = (uint32_t)((file->at - data) / cluster_bytes) + 2;
	uint32_t pieces = (uint32_t)(file->room / cluster_bytes), i;

	CHECK(file->room >= file->wanted);
	CHECK(file->room < file->wanted + cluster_bytes);
	CHECK(!((file->at - data) % cluster_bytes));
	CHECK(!(file->room % cluster_bytes) && pieces);
	for (i = 0; i < pieces; i++) {
		CHECK(first + i < clusters && !taken[first + i]);
		taken[first + i] = true;
		CHECK(next_of(first + i) == (i + 1 < pieces ? first + i + 1 :
			LAST));
	}
	for (i = 0; i < file->room; i += 509)
		CHECK(!image[file->at + i]);
	check_entry(file, first);
}

static uint32_t free_clusters(void)
{
	uint32_t found = 0, i;

	for (i = 2; i < clusters; i++)
		found += !next_of(i);
	return found;
}

/* All folders' sectors are apart, none has an entry behind the first sector. */
static void check_folders(void)
{
	int i, j;

	for (i = 0; i < count; i++) {
		uint64_t sector = files[i].entry / SECTOR * SECTOR;

		CHECK(!((sector - data) % cluster_bytes));
		for (j = SECTOR; j < (int)cluster_bytes; j++)
			CHECK(!image[sector + (unsigned int)j]);
		for (j = 0; j < i; j++) {
			CHECK(files[j].entry != files[i].entry);
			CHECK((files[j].path[0] == files[i].path[0]) ==
				(files[j].entry / SECTOR == sector / SECTOR));
		}
	}
}

static void check_image(const char *list)
{
	uint32_t information;
	bool *taken;
	int i;

	read_places(list);
	load();
	taken = calloc(clusters, sizeof(*taken));
	CHECK(taken && !memcmp(image + fat[0], image + fat[1], fat_bytes));
	for (i = 0; i < count; i++)
		check_chain(&files[i], taken);
	check_folders();
	information = little(image + 48, 2) * SECTOR;
	CHECK(!memcmp(image + information, "RRaA", 4));
	CHECK(little(image + information + 488, 4) == free_clusters());
	if (free_clusters())
		CHECK(!next_of(little(image + information + 492, 4)));
	free(taken);
}

/* It knows nothing but that files are shorter than their chains. */
static void check_by_fsck(void)
{
	char command[128];

	snprintf(command, sizeof(command), ""
		"fsck.fat -n loader.img > said; test $(grep -c 'File size is "
		"0 bytes, cluster chain length is > 0 bytes' said) = %d",
		count);
	shell(command);
	shell("! grep -v -e '^fsck.fat ' -e '^/[AB]/[A-Z.]*$' -e '^$' "
		"-e '^  File size is 0 bytes, cluster chain length is > 0 "
		"bytes\\.$' -e '^  Truncating file to 0 bytes\\.$' "
		"-e '^Reclaimed [0-9]* unused clusters ' "
		"-e '^Free cluster summary wrong (.* really ' "
		"-e '^  Auto-correcting\\.$' -e '^Leaving filesystem "
		"unchanged\\.$' -e '^loader.img: [0-9]* files, ' said");
}

/* And what other programs see: each file, where it is. */
static void check_by_mtools(void)
{
	char command[256];
	int i;

	for (i = 0; i < count; i++) {
		uint32_t first = (uint32_t)((files[i].at - data) /
			cluster_bytes) + 2;
		uint32_t last = first + (uint32_t)(files[i].room /
			cluster_bytes) - 1;

		snprintf(command, sizeof(command), "mdir -b -i loader.img "
			"::/%.1s | grep -qx '::/%s'", files[i].path,
			files[i].path);
		shell(command);
		snprintf(command, sizeof(command), "mshowfat -i loader.img "
			"::/%s > said", files[i].path);
		shell(command);
		if (first == last)
			snprintf(command, sizeof(command), "grep -q '<%u>' said",
				first);
		else
			snprintf(command, sizeof(command), "grep -q '<%u-%u>' "
				"said", first, last);
		shell(command);
	}
	shell("minfo -i loader.img :: > said && grep -q SOCLE said");
	shell("mcopy -n -i loader.img ::/syslinux/ldlinux.sys copied && "
		"cmp copied ldlinux.sys && rm copied");
}

/* Written as the installer does: bytes at their place, and their number. */
static void check_by_writing(void)
{
	FILE *file = fopen("loader.img", "r+");
	const struct file *last = &files[count - 1];
	char command[256];
	unsigned char size[4] = { 5000 & 0xff, 5000 >> 8 };

	shell("head -c 5000 /dev/urandom > content");
	CHECK(file && !fseek(file, (long)last->entry + 28, SEEK_SET));
	CHECK(fwrite(size, 4, 1, file) == 1 && !fclose(file));
	snprintf(command, sizeof(command), "dd if=content of=loader.img bs=1 "
		"seek=%llu conv=notrunc status=none && mcopy -n -i loader.img "
		"::/%s copied && cmp copied content && rm copied", last->at,
		last->path);
	shell(command);
}

static void good(const char *list)
{
	make_image();
	CHECK(!preallocate(list));
	check_image(list);
	check_by_fsck();
	check_by_mtools();
	check_by_writing();
}

static void test_good(void)
{
	good("a menu.cfg 4096\na sums 1\na hyper 1048576\na linux 4097\n"
		"a initrd 12288\na ucode 4095\na root.sfs 30000000\n"
		"b menu.cfg 4096\nb sums 4096\nb root.sfs 30000001\n");
	/* Out of turn, and all that a sector has room for. */
	good("b x 1\na x 1\nb y 5000\na y 1\nb abcdefgh.ijk 9999\n");
	good("a a 1\na b 1\na c 1\na d 1\na e 1\na f 1\na g 1\na h 1\na i 1\n"
		"a j 1\na k 1\na l 1\na m 1\na n 5000\n");
}

/* The installer's own list: loader.sh gives it to both slots. */
static void test_own(void)
{
	static char list[2048];
	size_t got;
	FILE *file;

	shell("grep -v '^#' slots.list > names && sed 's/^/a /' names > both && "
		"sed 's/^/b /' names >> both");
	make_image();
	shell("truncate -s 512M loader.img && "
		"mkfs.fat -F 32 -s 8 -h 2048 -n SOCLE --invariant loader.img "
		"> /dev/null && mmd -i loader.img ::/syslinux ::/a ::/b && "
		"mcopy -i loader.img ldlinux.sys ::/syslinux/");
	file = fopen("both", "r");
	got = file ? fread(list, 1, sizeof(list) - 1, file) : 0;
	CHECK(got && got < sizeof(list) - 1 && !fclose(file));
	list[got] = '\0';
	CHECK(!preallocate(list));
	check_image(list);
	check_by_fsck();
	check_by_mtools();
}

/* Files that were deleted leave holes, which are free, too. */
static void test_holes(void)
{
	static const char list[] = "a linux 70000\nb linux 5\n";

	make_image();
	shell("mcopy -i loader.img ldlinux.sys ::/other && "
		"mdel -i loader.img ::/syslinux/ldlinux.sys");
	CHECK(!preallocate(list));
	check_image(list);
	check_by_fsck();
}

static void bad(const char *list, const char *sentence)
{
	char said[128] = "";
	FILE *file;

	if (!preallocate(list)) {
		fprintf(stderr, "this list was taken:\n%s\n", list);
		exit(1);
	}
	file = fopen("trouble", "r");
	CHECK(file && fgets(said, sizeof(said), file) && !fclose(file));
	said[strcspn(said, "\n")] = '\0';
	CHECK_STRING(sentence, said);
}

#define SIZES "preallocate: there is not so much room"
#define NAMES "preallocate: a name is not of 8 and 3 letters"
#define LINES "preallocate: a line of the list is not FOLDER NAME BYTES"

static void test_bad(void)
{
	make_image();
	bad("c linux 1\n", "preallocate: there is no such folder");
	/* The volume's name and a file are no folders. */
	bad("socle linux 1\n", "preallocate: there is no such folder");
	shell("mcopy -i loader.img ldlinux.sys ::/file");
	bad("file linux 1\n", "preallocate: there is no such folder");
	bad("a linux 0\n", SIZES);
	bad("a linux 300000000\n", SIZES);
	bad("a linux 4294967296\n", SIZES);
	bad("a linux 17592186044417\n", SIZES);
	bad("a linux 18446744073709547521\n", SIZES);
	bad("a linux 18446744073709551615\n", SIZES);
	bad("a linux 99999999999999999999\n", SIZES);
	bad("a linux -1\n", SIZES);
	bad("a root.s_f_s 1\n", NAMES);
	bad("a initramfs 1\n", NAMES);
	bad("a .sfs 1\n", NAMES);
	bad("a a.b.c 1\n", NAMES);
	bad("a a/b 1\n", NAMES);
	bad("a long.names.are 1\n", NAMES);
	bad("a longer-than-fifteen 1\n", LINES);
	bad("a linux\n", LINES);
	bad("a linux", LINES);
	bad("a", LINES);
	bad("a linux much\n", LINES);
	bad("a x 1\na x 1\n", "preallocate: a folder has two files of a name");
	bad("b LINUX 1\n", NAMES);
	make_image();
	bad("a a 1\na b 1\na c 1\na d 1\na e 1\na f 1\na g 1\na h 1\na i 1\n"
		"a j 1\na k 1\na l 1\na m 1\na n 1\na o 1\n",
		"preallocate: a folder has too many files");
}

static void test_other_images(void)
{
	static const char none[] = "preallocate: this is no FAT32 of sectors of "
		"512 bytes with two tables";

	shell("truncate -s 0 loader.img");
	bad("a x 1\n", "preallocate: the image cannot be read");
	shell("truncate -s 64M loader.img");
	bad("a x 1\n", none);
	shell("mkfs.fat -F 16 loader.img > /dev/null");
	bad("a x 1\n", none);
	shell("mkfs.fat -F 32 -s 1 -f 1 loader.img > "
		"/dev/null");
	bad("a x 1\n", none);
	shell("rm loader.img");
	bad("a x 1\n", "preallocate: No such file or directory");
}

int main(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s:/sbin:/usr/sbin", getenv("PATH"));
	CHECK(!setenv("PATH", path, 1));
	test_good();
	test_own();
	test_holes();
	test_bad();
	test_other_images();
	free(image);
	return 0;
}
