/* In libFuzzer's place where the compiler has none: the corpus, then random
 * changes to it, for so many seconds. usage: TARGET SECONDS FOLDER [SEED] */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fuzz.h"

#define INPUTS	256u
#define LENGTH	4096u

static struct {
	size_t size;
	uint8_t bytes[LENGTH];
} inputs[INPUTS];
static unsigned int count;
static uint64_t state;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static int read_corpus(const char *folder)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	char path[4096];
	FILE *file;

	while (directory && count < INPUTS && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		inputs[count].size = fread(inputs[count].bytes, 1, LENGTH,
			file);
		fclose(file);
		count++;
	}
	if (directory)
		closedir(directory);
	return count ? 0 : -1;
}

/* The beginning of one, the end of another, and some bytes changed. */
static size_t mix(uint8_t *bytes)
{
	unsigned int one = any() % count, other = any() % count, changes;
	size_t cut = any() % (inputs[one].size + 1), size = cut, rest = 0, at;

	memcpy(bytes, inputs[one].bytes, cut);
	if (inputs[other].size) {
		at = any() % inputs[other].size;
		rest = inputs[other].size - at;
		if (rest > LENGTH - cut)
			rest = LENGTH - cut;
		memcpy(bytes + cut, inputs[other].bytes + at, rest);
	}
	size += rest;
	for (changes = any() % 16; changes && size; changes--)
		bytes[any() % size] = any() % 2 ? any() : any() % 8;
	return size;
}

int main(int arguments, char **argument)
{
	static uint8_t bytes[LENGTH];
	unsigned long runs = 0;
	time_t end;
	unsigned int i;

	if (arguments < 3 || read_corpus(argument[2])) {
		fprintf(stderr, "usage: TARGET SECONDS FOLDER [SEED]\n");
		return 2;
	}
	end = time(NULL) + atol(argument[1]);
	state = arguments > 3 ? strtoull(argument[3], NULL, 0) :
		(uint64_t)end * 2 + 1;
	printf("seed %llu, %u inputs\n", (unsigned long long)state, count);
	fflush(stdout);
	for (i = 0; i < count; i++)
		LLVMFuzzerTestOneInput(inputs[i].bytes, inputs[i].size);
	for (; time(NULL) < end; runs++)
		LLVMFuzzerTestOneInput(bytes, mix(bytes));
	printf("%lu runs\n", runs);
	return 0;
}
