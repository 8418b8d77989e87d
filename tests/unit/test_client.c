/* The command vm: what it asks, prints, and ends with. */
/* SPDX-License-Identifier: MIT */
#include "vmms_serving.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "client.h"
#include "command.h"
#include "table.h"

extern char **environ;

static char program[4096], out[1 << 16], err[1 << 16];

static void slurp(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");

	CHECK(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
	unlink(path);
}

static pid_t start(char **words, const char *to)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, to,
		O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&actions, 2, "client.err",
		O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CHECK(!posix_spawn(&pid, program, &actions, NULL, words, environ));
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* Its words, each behind a blank, with the service's socket before. */
static int run(const char *line)
{
	char *words[64] = { "vm", "--socket", serving.path }, *text;
	int count = 3, status;
	pid_t pid;

	text = strdup(line);
	for (words[count] = strtok(text, " "); words[count];
	     words[count] = strtok(NULL, " "))
		CHECK(++count < 63);
	pid = start(words, "client.out");
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	free(text);
	slurp("client.out", out, sizeof(out));
	slurp("client.err", err, sizeof(err));
	return WEXITSTATUS(status);
}

static void expect(const char *line, int status, const char *said,
	const char *complaint)
{
	int got = run(line);

	if (got != status || strcmp(out, said) || strcmp(err, complaint))
		fprintf(stderr, "vm %s: status %d, \"%s\", \"%s\"\n", line,
			got, out, err);
	CHECK(got == status);
	CHECK_STRING(said, out);
	CHECK_STRING(complaint, err);
}

static void test_answers(void)
{
	expect("version", COMMAND_DONE, "version  1\n", "");
	expect("echo \u00e4", COMMAND_DONE, "text  \u00e4\n", "");
	expect("echo --text=-5", COMMAND_DONE, "text  -5\n", "");
	expect("echo -- --json", COMMAND_DONE, "text  --json\n", "");
	expect("--json echo hello", COMMAND_DONE,
		"{\n  \"text\": \"hello\"\n}\n", "");
	expect("echo \u00e4 --json", COMMAND_DONE,
		"{\n  \"text\": \"\\u00E4\"\n}\n", "");
	expect("list", COMMAND_DONE,
		"NAME      STATE    MEMORY  AUTO\n"
		"web       Running     512  yes\n"
		"m\u00e4il?[1m  Off           8  -\n", "");
	expect("progress", COMMAND_DONE, "",
		"vm: 1 of 2 is done\nvm: 2 of 2 is done\n");
	expect("later web --ms 1 --hard a=b c= --with x --with y",
		COMMAND_DONE, "", "");
}

static void test_refusals(void)
{
	expect("disk fail web", COMMAND_REFUSED, "",
		"vm: web is running\nvm: vm stop web\n");
	expect("disk fail web --json", COMMAND_REFUSED,
		"{\n  \"code\": \"wrong-state\",\n  \"text\": \"web is running"
		"\",\n  \"hint\": \"vm stop web\"\n}\n",
		"vm: web is running\nvm: vm stop web\n");
	expect("ecco", COMMAND_USAGE, "",
		"vm: there is no verb ecco\nvm: try vm --help\n");
	expect("", COMMAND_USAGE, "",
		"vm: there is no verb\nvm: try vm --help\n");
	expect("echo a b", COMMAND_USAGE, "", "vm: b is one word too many\n"
		"usage: vm echo [TEXT]\nvm: try vm echo --help\n");
	expect("later", COMMAND_USAGE, "", "vm: later: name is missing\n"
		"usage: vm later NAME [--ms N] [--hard] [KEY=VALUE...] "
		"[--with WITH] [--dry-run]\nvm: try vm later --help\n");
}

static void test_wrong_words(void)
{
	static const char *const wrong[] = { "--nothing", "-H", "--socket",
		"later web --ms", "later web --ms x", "later web --ms 100001",
		"later web --ms 99999999999999999999", "later web --hard=1",
		"later web --nothing", "later web a", "later web =b",
		"later web a=b a=c", "later web --ms 1 --ms 2",
		"echo \xff", "later web a=\xff", "later web --with \xff",
		"disk", "disk nothing", "echo --text a --text b" };
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		if (run(wrong[i]) != COMMAND_USAGE || *out)
			fprintf(stderr, "vm %s: \"%s\"\n", wrong[i], out);
		CHECK(run(wrong[i]) == COMMAND_USAGE && !*out && *err);
	}
}

static void test_help(void)
{
	CHECK(run("--help") == COMMAND_DONE && !*err);
	CHECK(strstr(out, "  later              takes its time\n"));
	expect("later --help", COMMAND_DONE,
		"usage: vm later NAME [--ms N] [--hard] [KEY=VALUE...] "
		"[--with WITH] [--dry-run]\n"
		"\nlater takes its time.\n\n"
		"  NAME                     the name of a VM\n"
		"  --ms N                   from 0 to 100000\n"
		"  --hard                   without asking its guest\n"
		"  KEY=VALUE...             settings\n"
		"  --with WITH              the name of a switch\n"
		"  --dry-run                says what would be done\n"
		"  --json                   the answer as JSON\n", "");
	CHECK(run("echo -h") == COMMAND_DONE);
	CHECK(strstr(out, "\nExamples:\n  vm echo hello\n"));
}

/* What a shell offers behind some words: the last one is not finished. */
static void completes(const char *words, const char *offered)
{
	char line[1024], said[1024];
	FILE *shell;

	snprintf(line, sizeof(line), "bash -c '. ./client.words; "
		"COMP_WORDS=(vm %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
		"_vm vm \"${COMP_WORDS[COMP_CWORD]}\"; echo ${COMPREPLY[*]}'",
		words);
	shell = popen(line, "r");
	CHECK(shell && fgets(said, sizeof(said), shell));
	CHECK(!pclose(shell));
	CHECK_STRING(offered, said);
}

static void test_completion(void)
{
	FILE *file;

	CHECK(run("--completion") == COMMAND_DONE);
	file = fopen("client.words", "w");
	CHECK(file && fputs(out, file) >= 0 && !fclose(file));
	completes("\"\"", "-H --help version echo subscribe tell later log "
		"count disk list reign progress\n");
	completes("e", "echo\n");
	completes("disk \"\"", "fail\n");
	completes("disk fail --h", "--help --hard\n");
	completes("later x --d", "--dry-run\n");
	completes("echo --", "--help --json\n");
	completes("nothing -", "\n");
	unlink("client.words");
}

/* An ssh that comes back to this machine. */
static void test_other_host(void)
{
	static char path[8192];
	FILE *file;

	CHECK(!mkdir("client.bin", 0700) || errno == EEXIST);
	file = fopen("client.bin/ssh", "w");
	CHECK(file);
	fprintf(file, "#!/bin/sh\n[ \"$*\" = '-T -e none -- me@host vm --stdio'"
		" ] || { echo \"ssh: $*\" >&2; exit 255; }\n"
		"exec '%s' --socket '%s' --stdio\n", program, serving.path);
	fclose(file);
	CHECK(!chmod("client.bin/ssh", 0700));
	snprintf(path, sizeof(path), "client.bin:%s", getenv("PATH"));
	setenv("PATH", path, 1);
	expect("-H me@host echo far", COMMAND_DONE, "text  far\n", "");
	expect("-H me@host disk fail web", COMMAND_REFUSED, "",
		"vm: web is running\nvm: vm stop web\n");
	expect("-H nobody version", COMMAND_NO_SERVICE, "",
		"ssh: -T -e none -- nobody vm --stdio\n"
		"vm: the service has gone before its answer\n");
	CHECK(run("-H -oProxyCommand=x version") == COMMAND_NO_SERVICE);
	unlink("client.bin/ssh");
	rmdir("client.bin");
}

/* Events, until the service goes. */
static void test_events(void)
{
	char *words[] = { "vm", "--socket", serving.path, "subscribe", NULL };
	pid_t pid = start(words, "events.out");
	struct stat what = { 0 };
	int status, tries = 2000;

	do {
		CHECK(tries--);
		CHECK(run("tell --count 1") == COMMAND_DONE);
		CHECK(!stat("events.out", &what) || errno == ENOENT);
	} while (!what.st_size);
	serving_stop();
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	CHECK(WEXITSTATUS(status) == COMMAND_NO_SERVICE);
	slurp("events.out", out, sizeof(out));
	CHECK(!strncmp(out, "{\"event\":\"told\",\"text\":\"x\",", 27));
	unlink("client.err");
}

static void test_no_service(void)
{
	struct client client;
	json_t *answer;

	CHECK(client_open(&client, "/tmp/nothing/at/all") == -ENOENT);
	CHECK(client_open_host(&client, "-x") == -EINVAL);
	serving_make();
	serving_start();
	CHECK(!client_open(&client, serving.path));
	serving_stop();
	CHECK(client_ask(&client, "version", NULL, &answer) == -EPIPE);
	CHECK(!answer);
	client_close(&client);
	CHECK(run("version") == COMMAND_NO_SERVICE && !*out);
	CHECK(strstr(err, "vm: the service is not there: /tmp/"));
}

static void table(const char *json, const char *expected)
{
	json_t *result = json_loads(json, JSON_DECODE_ANY, NULL);
	char text[8192] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");

	CHECK(result && file);
	table_print(file, result);
	fclose(file);
	CHECK_STRING(expected, text);
	json_decref(result);
}

static void test_tables(void)
{
	table("[]", "");
	table("{}", "");
	table("\"\\u001b\\u009b\\u007fx\"", "???x\n");
	table("true", "yes\n");
	table("{\"name\":\"web\",\"disks\":[{\"place\":\"ide0:0\"}],"
		"\"notes\":[\"a\",\"b\"],\"x\":{}}",
		"name   web\ndisks\nPLACE\nide0:0\nnotes  a b\nx      ...\n");
	table("[{\"a\":\"1234567890123456789012345678901234567890\","
		"\"b\":\"12345678901234567890123456789012345678901234567\","
		"\"c\":1}]",
		"A                                      "
		"B                                       C\n"
		"123456789012345678901234567890123456~  "
		"1234567890123456789012345678901234567~  1\n");
}

int main(int count, char **words)
{
	(void)count, (void)words;
	CHECK(getcwd(program, sizeof(program) - 16));
	strcat(program, "/vmms_vm");
	serving_make();
	serving_start();
	test_answers();
	test_refusals();
	test_wrong_words();
	test_help();
	test_completion();
	test_other_host();
	test_tables();
	test_events();
	test_no_service();
	return 0;
}
