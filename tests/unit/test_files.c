/* Files, folders and sockets by path and by descriptor. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "files.h"

#define TEXT	"seven bytes"

static void test_numbers(void)
{
	static const char *const paths[] = { "", "a", "7a", "-7", " 7", "./7" };
	static const char *const wrong[] = { "0", "1", "2", "99", "9999999",
		"4294967299" };
	unsigned int i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		CHECK(!files_is_descriptor(paths[i]));
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK(files_is_descriptor(wrong[i]));
		CHECK(files_descriptor(wrong[i]) == -EBADF);
		CHECK(files_open(wrong[i], O_RDONLY) == -EBADF);
	}
}

/* As an argument: it is closed by exec afterwards. */
static void number(char *text, int fd)
{
	CHECK(fd >= 3 && !fcntl(fd, F_SETFD, 0));
	sprintf(text, "%d", fd);
}

static void test_read(const char *path)
{
	const uint8_t *data;
	char text[16];
	size_t size;
	int fd = open(path, O_RDONLY);

	number(text, fd);
	/* Wherever who has opened it has left it. */
	CHECK(lseek(fd, 3, SEEK_SET) == 3);
	CHECK(!files_read(text, "kernel", &data, &size));
	CHECK(size == strlen(TEXT) && !memcmp(data, TEXT, size));
	files_drop(&data);
	CHECK(!data);
	CHECK(!files_read(path, "kernel", &data, &size));
	files_drop(&data);
	CHECK(files_read("nothing", "kernel", &data, &size) == -ENOENT);
	CHECK(files_read(".", "kernel", &data, &size) == -EISDIR);
	CHECK(files_read("99", "kernel", &data, &size) == -EBADF);
}

static void test_folder(const char *folder)
{
	const uint8_t *data;
	char text[16];
	size_t size;
	int fd;

	number(text, open(folder, O_RDONLY | O_DIRECTORY));
	fd = files_open(text, O_RDONLY | O_DIRECTORY);
	CHECK(fd >= 3 && fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK(!files_read_in(fd, "file", "firmware", &data, &size));
	files_drop(&data);
	CHECK(!symlinkat("file", fd, "link"));
	CHECK(files_read_in(fd, "link", "firmware", &data, &size) == -ELOOP);
	CHECK(files_read_in(fd, "none", "firmware", &data, &size) == -ENOENT);
	CHECK(!unlinkat(fd, "link", 0));
	close(fd);
}

static void test_socket(void)
{
	char text[16];
	int pair[2], fd;

	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	number(text, pair[0]);
	CHECK(files_socket(text, "control", SOCK_STREAM, &fd) == -EPROTOTYPE);
	CHECK(!files_socket(text, "control", SOCK_SEQPACKET, &fd));
	CHECK(fd == pair[0] && fcntl(fd, F_GETFL) & O_NONBLOCK);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK(files_socket("1", "control", SOCK_SEQPACKET, &fd) == -EBADF);
	CHECK(!files_socket(NULL, "control", SOCK_SEQPACKET, &fd) && fd == -1);
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	char folder[] = "/tmp/test_files.XXXXXX", path[64];
	FILE *file;

	CHECK(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	file = fopen(path, "w");
	CHECK(file && fputs(TEXT, file) >= 0 && !fclose(file));
	test_numbers();
	test_read(path);
	test_folder(folder);
	test_socket();
	CHECK(!unlink(path) && !rmdir(folder));
	return 0;
}
