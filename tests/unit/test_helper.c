/* The privileged process of vmms, and wrong requests to it.
 * usage: test_helper DOCUMENT ROUNDS [SEED] */
/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <sys/stat.h>
#include <time.h>

#include "generation.h"
#include "helper_talk.h"
#include "random.h"

static void test_vms(void)
{
	struct helper_request request = request_of(HELPER_CREATE, "web");

	start();
	request.storage = 1;
	CHECK(!with_text(request, ID));
	CHECK(with_text(request, ID) == -EEXIST);
	request.storage = 2;
	CHECK(with_text(request, ID) == -EINVAL);
	request = request_of(HELPER_LIST_VMS, "");
	CHECK(!ask(&request) && reply.number == 1 && in.count == 2);
	came(1, "");
	request = request_of(HELPER_LOAD, "web");
	CHECK(!ask(&request) && in.count == 1);
	CHECK(reply.number == 1 << GENERATION_CURRENT);
	came(0, ID);
	request = request_of(HELPER_SAVE, "web");
	request.number = GENERATION_PREVIOUS;
	CHECK(!with_text(request, ID "notes = new\n"));
	request.number = GENERATION_CURRENT;
	CHECK(with_text(request, ID) == -EINVAL);
	request = request_of(HELPER_LOAD, "web");
	CHECK(!ask(&request) && in.count == 2);
	came(0, ID "notes = new\n");
	came(1, ID);
	/* What is there and no definition is not what is missing. */
	CHECK(!rename("two/vms/web/vm.conf", "two/vms/web/vm.conf.bad"));
	CHECK(!symlink("vm.conf.old", "two/vms/web/vm.conf"));
	CHECK(!ask(&request) && in.count == 2);
	CHECK(reply.number == (1 << GENERATION_PREVIOUS | 1 << GENERATION_BAD |
		1 << (GENERATION_CURRENT + HELPER_NO_FILE)));
	came(0, ID);
	came(1, ID "notes = new\n");
	request = request_of(HELPER_RENAME, "web");
	strcpy(request.other, "Web");
	CHECK(!ask(&request));
	request = request_of(HELPER_LOAD, "mail");
	CHECK(ask(&request) == -ENOENT);
	CHECK_STRING("there is no VM \"mail\"", reply.text);
	CHECK(!end());
}

static void put(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	CHECK(fd >= 0 && write(fd, "disk", 4) == 4 && !close(fd));
}

static int open_image(const char *name, const char *file)
{
	struct helper_request request = request_of(HELPER_IMAGE, name);

	strcpy(request.file, file);
	request.number = 1;
	return ask(&request);
}

static void test_images(void)
{
	struct helper_request request = request_of(HELPER_CREATE, "web");
	char byte;

	start();
	CHECK(!with_text(request, ID));
	put("one/vms/web/a.vhdx");
	put("two/disc.iso");
	CHECK(!symlink("../../../away/file", "one/vms/web/link.vhdx"));
	CHECK(!open_image("web", "a.vhdx") && in.count == 1);
	CHECK(read(in.fds[0], &byte, 1) == 1 && byte == 'd');
	CHECK(write(in.fds[0], "x", 1) == -1);
	CHECK(!open_image("web", "/data/two/disc.iso"));
	CHECK(open_image("web", "link.vhdx"));
	CHECK(open_image("web", "vm.conf"));
	CHECK(open_image("web", "/data/one/vms/web/vm.conf"));
	CHECK(open_image("web", "../../../away/file"));
	CHECK(open_image("web", "/data/one/../../away/file"));
	CHECK(open_image("web", "/etc/passwd") == -EACCES);
	CHECK(open_image("web", "") == -EINVAL);
	CHECK(open_image("../web", "a.vhdx"));
	CHECK(open_image("none", "a.vhdx") == -ENOENT);
	/* What is not named stays, and is told of. */
	put("one/vms/web/b.vhdx");
	CHECK(!unlink("one/vms/web/link.vhdx"));
	request = request_of(HELPER_DELETE, "web");
	along("a.vhdx", 7);
	CHECK(!ask(&request) && in.count == 1);
	CHECK(access("one/vms/web/a.vhdx", F_OK));
	CHECK(!access("one/vms/web/b.vhdx", F_OK));
	CHECK(!end());
}

/* A file that its owner can still change, and what is no such file. */
static void test_files(void)
{
	struct helper_request request = request_of(HELPER_CREATE, "web");
	int open_file = memfd_create("open", MFD_CLOEXEC);
	char *large = calloc(1, HELPER_FILE_MAX + 1);

	start();
	CHECK(write(open_file, ID, strlen(ID)) == (ssize_t)strlen(ID));
	CHECK(!parcel_add(&out, open_file));
	CHECK(ask(&request) == -EPERM);
	CHECK(!parcel_add(&out, open("/dev/zero", O_RDONLY)));
	CHECK(ask(&request) < 0);
	CHECK(!parcel_add(&out, ends[0]));
	out.fds[0] = dup(ends[0]);
	CHECK(ask(&request) < 0);
	CHECK(ask(&request) == -EBADF);
	along(large, HELPER_FILE_MAX + 1);
	CHECK(ask(&request) == -EFBIG);
	free(large);
	request = request_of(HELPER_DELETE, "web");
	along("a.vhdx", 6);
	CHECK(ask(&request) == -EINVAL);
	CHECK(!end());
}

static int with_mark(const char *name, const char *text)
{
	return with_text(request_of(HELPER_MARK, name), text);
}

/* It is the last of what LOAD gives, and goes with the VM. */
static void test_mark(void)
{
	struct helper_request request = request_of(HELPER_CREATE, "web");
	char large[HELPER_MARK_MAX + 2];

	start();
	CHECK(!with_text(request, ID));
	CHECK(!with_mark("web", "boot 1"));
	CHECK(!with_mark("web", "boot 22"));
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	CHECK(with_mark("web", large) == -EINVAL);
	CHECK(with_mark("none", "boot 1") == -ENOENT);
	request = request_of(HELPER_LOAD, "web");
	CHECK(!ask(&request) && in.count == 2);
	CHECK(reply.number == (1 << GENERATION_CURRENT | HELPER_MARKED));
	came(0, ID);
	came(1, "boot 22");
	request = request_of(HELPER_MARK, "web");
	CHECK(!ask(&request) && !ask(&request));
	CHECK(access("one/vms/web/vm.conf.ran", F_OK));
	/* What is no file is a mark that nobody can read. */
	CHECK(!symlink("../../../away/file", "one/vms/web/vm.conf.ran"));
	request = request_of(HELPER_LOAD, "web");
	CHECK(!ask(&request) && in.count == 2 && reply.number & HELPER_MARKED);
	came(1, "");
	CHECK(with_mark("web", "boot 3"));
	request = request_of(HELPER_DELETE, "web");
	along("", 0);
	CHECK(!ask(&request) && access("one/vms/web", F_OK));
	CHECK(!end());
}

static int list_files(const char *name, const char *path)
{
	struct helper_request request = request_of(HELPER_LIST_FILES, name);

	strcpy(request.file, path);
	return ask(&request);
}

static const struct helper_file *came_file(void)
{
	static struct helper_file file;
	size_t size;
	char *text = parcel_read(in.fds[0], HELPER_FILE_MAX, &size);

	CHECK(text && size == sizeof(file));
	memcpy(&file, text, sizeof(file));
	free(text);
	return &file;
}

static int delete_file(const char *name, const char *file)
{
	struct helper_request request = request_of(HELPER_DISK_DELETE, name);

	strcpy(request.file, file);
	return ask(&request);
}

static void test_files_of(void)
{
	struct helper_request request = request_of(HELPER_CREATE, "web");

	start();
	CHECK(!with_text(request, ID));
	put("one/vms/web/a.vhdx");
	CHECK(!mkdir("two/iso", 0700));
	put("two/iso/disc.iso");
	put("two/iso/.hidden");
	CHECK(!symlink("disc.iso", "two/iso/link.iso"));
	CHECK(!list_files("web", "") && reply.number == 1);
	CHECK_STRING("a.vhdx", came_file()->name);
	CHECK(!list_files("", "/data/two/iso") && reply.number == 1);
	CHECK_STRING("disc.iso", came_file()->name);
	CHECK(came_file()->size == 4 && came_file()->changed > 0);
	CHECK(!list_files("", "/data/two") && reply.number == 0);
	CHECK(list_files("", "/data/one/iso") == -ENOENT);
	CHECK(list_files("", "/data/two/iso/disc.iso"));
	CHECK(list_files("", "/data/two/../away"));
	CHECK(list_files("", "/data") == -EACCES);
	CHECK(list_files("", "iso") == -EACCES);
	CHECK(list_files("", "") == -EINVAL);
	CHECK(delete_file("web", "vm.conf"));
	CHECK(delete_file("web", "/data/two/iso/link.iso"));
	CHECK(delete_file("web", "/data/two/iso"));
	CHECK(delete_file("web", "/data/three/a"));
	CHECK(!delete_file("web", "a.vhdx"));
	CHECK(!delete_file("", "/data/two/iso/disc.iso"));
	CHECK(delete_file("", "/data/two/iso/disc.iso") == -ENOENT);
	CHECK(!access("two/iso/link.iso", F_OK) || errno == ENOENT);
	request = request_of(HELPER_SPACE, "");
	CHECK(!ask(&request) && reply.size >= reply.free && reply.size);
	request.storage = 2;
	CHECK(ask(&request) == -EINVAL);
	CHECK(!end());
}

/* A storage folder that is not there has no VMs, and keeps its number. */
static void test_missing_storage(void)
{
	struct helper_request request = request_of(HELPER_CREATE, "web");

	start();
	close(helper.store.folders[0]);
	helper.store.folders[0] = -1;
	CHECK(with_text(request, ID) == -ENODEV);
	request.storage = 1;
	CHECK(!with_text(request, ID));
	request = request_of(HELPER_LIST_VMS, "");
	CHECK(!ask(&request) && reply.number == 1);
	request = request_of(HELPER_SPACE, "");
	CHECK(ask(&request) == -ENODEV);
	CHECK(list_files("", "/data/one/iso") < 0);
	CHECK(delete_file("", "/data/one/iso/a"));
	CHECK(!end());
}

/* What is asked for of nobody. */
static void test_nobody(void)
{
	struct helper_request request = request_of(HELPER_FIND, "web");

	start();
	CHECK(ask(&request) == -ESRCH);
	request = request_of(HELPER_KILL, "web");
	CHECK(ask(&request) == -ESRCH);
	request = request_of(HELPER_LIMITS, "web");
	CHECK(ask(&request) == -ESRCH);
	request = request_of(HELPER_JOB, "");
	CHECK(ask(&request) == -EINVAL);
	request.number = HELPER_JOBS - 1;
	CHECK(ask(&request) == -EINVAL);
	request.number = 0xffffffff;
	CHECK(ask(&request) < 0);
	request = request_of(HELPER_HOST, "");
	along("host\0show", 10);
	CHECK(ask(&request) < 0);
	CHECK(!end());
}

/* All that a message can have. */
static void test_many_descriptors(void)
{
	struct helper_request request = request_of(HELPER_LOAD, "web");
	unsigned int i;

	start();
	for (i = 0; i < PARCEL_FDS; i++)
		CHECK(!parcel_add(&out, dup(0)));
	CHECK(ask(&request) == -ENOENT);
	request.type = HELPER_WORKER;
	for (i = 0; i < PARCEL_FDS; i++)
		CHECK(!parcel_add(&out, dup(0)));
	CHECK(ask(&request) == -EINVAL);
	CHECK(!end());
}

/* It ends; another one would be started. */
static void test_no_request(void)
{
	struct helper_request request = request_of(HELPER_TYPES, "");

	start();
	CHECK(!parcel_send(ends[0], &request, sizeof(request), &out));
	CHECK(end() == -EPROTO);
	request = request_of(HELPER_LOAD, "");
	memset(request.name, 'a', sizeof(request.name));
	begin();
	CHECK(!parcel_send(ends[0], &request, sizeof(request), &out));
	CHECK(end() == -EPROTO);
	begin();
	CHECK(!parcel_send(ends[0], &request, sizeof(request) - 1, &out));
	CHECK(end() == -EPROTO);
}

static void random_text(char *text, size_t size)
{
	static const char *const texts[] = { "web", "WEB", "..", ".", "", "a",
		"../one", "a.vhdx", "/data/one/vms/web/a.vhdx", "vm.conf",
		"/data/two", "/", "web/", "\x01", "\xff\xfe" };

	memset(text, 0, size);
	strcpy(text, texts[random_below(sizeof(texts) / sizeof(texts[0]))]);
	if (!random_below(8))
		text[random_below((uint32_t)size - 1)] =
			(char)random_below(256);
}

/* Numbers that mean something, now and then. */
static void random_union(struct helper_request *request)
{
	uint8_t *byte = (uint8_t *)&request->nic;
	size_t i;

	memset(byte, 0, sizeof(request->nic));
	for (i = 0; i < sizeof(request->nic); i++)
		if (!random_below(i < 96 ? 2 : 64))
			byte[i] = (uint8_t)random_below(256);
	if (random_below(2)) {
		request->nic.number = random_below(9);
		request->nic.queues = random_below(18);
		request->nic.mac[0] = 2;
		request->nic.trunk = random_below(2);
		request->nic.native = (uint16_t)random_below(4096);
		request->nic.guards = random_below(9);
		request->nic.addresses = random_below(3);
		strcpy(request->nic.of, random_below(2) ? "" : "lan");
	}
}

/* Nobody can be started: whatever is asked for, it goes on, and nothing changes
 * elsewhere. */
static void test_random(unsigned int rounds)
{
	struct helper_request request;
	unsigned int i, fds;

	start();
	for (i = 0; i < rounds; i++) {
		request.type = random_below(HELPER_TYPES);
		request.storage = random_below(3);
		request.number = random_below(5);
		random_text(request.name, sizeof(request.name));
		random_text(request.other, sizeof(request.other));
		random_text(request.file, sizeof(request.file));
		random_union(&request);
		for (fds = random_below(3); fds; fds--)
			along(random_below(2) ? ID : "a.vhdx",
				random_below(8));
		ask(&request);
	}
	CHECK(!end());
	jobs_exit(&helper.jobs);
	CHECK(!system("grep -qx secret away/file && [ \"$(ls away)\" = file ]"));
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 2 ? (unsigned int)atoi(argv[2]) : 1000;

	random_state = argc > 3 ? strtoull(argv[3], NULL, 0) :
		(uint64_t)time(NULL);
	printf("test_helper: %u rounds, seed %llu\n", rounds,
		(unsigned long long)random_state);
	helper_alone();
	test_vms();
	test_images();
	test_files();
	test_mark();
	test_files_of();
	test_missing_storage();
	test_nobody();
	test_many_descriptors();
	test_no_request();
	test_random(rounds);
	parcel_empty(&in);
	store_free(&helper.store);
	crew_free(&helper.crew);
	return 0;
}
