#!/bin/sh
# Builds, runs and tests Socle Server. ./build.sh help lists the commands.
# SPDX-License-Identifier: MIT
set -eu
umask 022

top=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
build=${SOCLE_BUILD:-$top/build}
cache=${SOCLE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/socle}
lock=${SOCLE_LOCK:-$top/rootfs/sources.lock}
version=0.1
# The time in every file of the image: same input, same bytes.
SOURCE_DATE_EPOCH=1767225600
export SOURCE_DATE_EPOCH

for part in say host apt recipe lock loader image run test fuzz; do
	# shellcheck source=/dev/null
	. "$top/rootfs/build/$part.sh"
done

command_build() {
	no_arguments build "$@"
	prepare build
	build_iso
}

command_run() {
	run_options "$@"
	prepare run
	build_iso
	run_machine
}

command_test() {
	test_options "$@"
	prepare test
	build_iso
	recipe_need guests qemu debian media
	guests=$(recipe_output guests)
	qemu=$(recipe_output qemu)
	debian=$(recipe_output debian)
	media=$(recipe_output media)
	[ -z "$test_netboot" ] || recipe_need netboot-amd64 netboot-i386
	test_run
}

command_soak() {
	test_folder=$top/tests/soak
	test_netboot=yes
	test_limit=
	command_test "$@"
}

command_fuzz() {
	fuzz_options "$@"
	prepare fuzz
	fuzz_run
}

command_bench() {
	no_arguments bench "$@"
	prepare test
	build_iso
	recipe_need guests debian
	bench
	hypervisor_sizes
}

command_sizes() {
	no_arguments sizes "$@"
	prepare build
	build_iso
	sizes
}

command_sources() {
	no_arguments sources "$@"
	prepare build
	build_iso
	sources
}

# Everything that somebody is given: the ISO, what it was made from, and sums.
command_release() {
	[ $# -eq 1 ] || usage_error "release takes a version"
	printf '%s\n' "$1" | grep -qxE '[0-9]+(\.[0-9]+){1,2}(-[a-z0-9]+)?' ||
		usage_error "'$1' is no version, such as 1.0 or 1.0.2-rc1"
	version=$1
	prepare build
	build_iso
	sources
	release
}

command_update_lock() {
	no_arguments update-lock "$@"
	prepare test
	update_lock
}

command_clean() {
	no_arguments clean "$@"
	rm -rf "$build"
}

command_help() {
	cat <<-'END'
	./build.sh [build]          builds build/socle.iso
	./build.sh run [--serial|--screen] [--memory M] [--cpus N] [--disk FILE]
	               [-- QEMU ARGUMENTS]
	                            builds what is missing and boots it in QEMU;
	                            --memory in MiB, --disk a raw image
	./build.sh test [--quick] [AREA]
	                            runs tests/*.bats, or one area of them
	./build.sh soak [AREA]      the long tests
	./build.sh fuzz NAME [SECONDS]
	                            random input for a target of tests/fuzz, a
	                            minute or so many seconds
	./build.sh bench            figures: instructions, memory
	./build.sh sizes            sizes of ISO, image, kernel, programs
	./build.sh sources          folder and archive of all sources, licences
	./build.sh release VERSION  build/release-VERSION: ISO, sources,
	                            licences, checksums
	./build.sh update-lock      newest versions: builds, tests, then writes
	                            rootfs/sources.lock
	./build.sh clean            removes build/ (the cache stays)

	Environment: SOCLE_CACHE   folder of fetched and built components
	                           (default ~/.cache/socle)
	             SOCLE_SOURCES folder of source files that wins over the mirror
	             SOCLE_DEBUG=1 builds a hypervisor that checks its locks
	             and its free memory
	             SOCLE_FIRMWARE=1 adds device firmware and microcode
	             SOCLE_MIRROR  Debian mirror (default: the one of this host's apt)
	END
}

# no_arguments COMMAND [ARGUMENT...]
no_arguments() {
	[ $# -le 1 ] || usage_error "'$1' takes no argument '$2'"
}

# prepare build|run|test|fuzz: host, folders, a work folder of this run.
prepare() {
	mkdir -p "$build/log" 2>/dev/null || die "cannot write to $build"
	mkdir -p "$cache" 2>/dev/null || die "cannot write to the cache $cache"
	host_require "$1"
	# What killed runs left behind; no run lasts a day.
	find "$cache" -maxdepth 1 -name 'work.*' -mtime +0 -exec rm -rf {} +
	work=$(mktemp -d "$cache/work.XXXXXX" 2>/dev/null) ||
		die "cannot write to the cache $cache: is the disk full?"
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	toolchain_id > "$work/toolchain"
}

case ${1:-build} in
build | run | test | soak | fuzz | bench | sizes | sources | release | clean | help)
	command=${1:-build} ;;
update-lock) command=update_lock ;;
--help | -h) command=help ;;
*) usage_error "unknown command '$1'" ;;
esac
[ $# -eq 0 ] || shift
"command_$command" "$@"
