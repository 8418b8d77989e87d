# What the host must have, and how it is installed from Debian's packages.
# SPDX-License-Identifier: MIT

# Packages by purpose. QEMU is apart: Debian 12's own is too old (it lacks
# x2APIC and igb), so there it comes from bookworm-backports.
host_build_packages="gcc make libc6-dev bc bison flex libelf-dev libssl-dev
	kbd kmod rsync cpio xz-utils bzip2 zstd python3 dpkg-dev patch gawk perl
	pkg-config autoconf automake libtool ncurses-bin squashfs-tools xorriso mtools file util-linux libc-bin gpgv mandoc
	debian-archive-keyring ca-certificates"
host_fuzz_packages="gcc make libc6-dev perl clang libclang-rt-dev libjansson-dev"
host_test_packages="bats openssh-client socat dosfstools e2fsprogs debootstrap
	libcrypt-dev libzydis-dev liburing-dev libvncserver-dev libpng-dev
	zlib1g-dev libvhdi-utils python3-libvhdi libncurses-dev tmux
	iproute2 binutils $host_fuzz_packages"
host_qemu_packages="qemu-system-x86 qemu-utils"

# host_release: codename of the supported Debian releases, else fails.
host_release() {
	[ -r /etc/os-release ] || die "this host is not Debian 12 or 13"
	# shellcheck source=/dev/null
	(. /etc/os-release
	case ${ID:-}:${VERSION_CODENAME:-} in
	debian:bookworm | debian:trixie) echo "$VERSION_CODENAME" ;;
	*) exit 1 ;;
	esac) || die "this host is not Debian 12 (bookworm) or 13 (trixie)"
}

host_has_package() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# host_missing PACKAGE...: those that are not installed.
host_missing() {
	for host_package; do
		host_has_package "$host_package" || printf '%s ' "$host_package"
	done
}

# host_as_root COMMAND...
host_as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# host_apt ARGS...: the host's apt with a source list and indexes of our own,
# so that nothing of the host's set-up changes.
host_apt() {
	host_as_root env DEBIAN_FRONTEND=noninteractive apt-get \
		-o Dir::Etc::sourceparts="$build/apt/host" \
		-o Dir::Etc::sourcelist=/dev/null \
		-o Dir::State::lists="$build/apt/lists" \
		-o APT::Sandbox::User=root -q "$@"
}

# host_install [-t SUITE] PACKAGE...: from $host_suites.
host_install() {
	[ "$(id -u)" = 0 ] || command -v sudo > /dev/null 2>&1 ||
		die "needs root or sudo to install these Debian packages: $*"
	say "Installing from Debian's packages: $*"
	apt_write_list "$build/apt/host" "deb" "$host_suites"
	mkdir -p "$build/apt/lists/partial"
	step host-packages-index host_apt update
	step host-packages host_apt -y --no-install-recommends install "$@"
}

# QEMU's major version, or 0.
host_qemu_major() {
	qemu-system-x86_64 --version 2>/dev/null |
		sed -n 's/.*version \([0-9]*\)\..*/\1/p' | grep . || echo 0
}

# host_require build|run|test|fuzz
host_require() {
	host_codename=$(host_release)
	host_suites="$host_codename $host_codename-updates $host_codename-security"
	host_wanted=$host_build_packages
	case $1 in
	test) host_wanted="$host_wanted $host_test_packages" ;;
	fuzz) host_wanted=$host_fuzz_packages ;;
	esac
	# shellcheck disable=SC2046,SC2086
	set -- "$1" $(host_missing $host_wanted)
	host_purpose=$1
	shift
	[ $# -eq 0 ] || host_install "$@"
	case $host_purpose in run | test) host_require_qemu ;; esac
}

host_require_qemu() {
	if [ "$(host_qemu_major)" -ge 9 ]; then
		# shellcheck disable=SC2046,SC2086
		set -- $(host_missing $host_qemu_packages)
		[ $# -eq 0 ] || host_install "$@"
		return
	fi
	if [ "$host_codename" = bookworm ]; then
		host_suites="$host_suites bookworm-backports"
		# shellcheck disable=SC2086
		host_install -t bookworm-backports $host_qemu_packages
	else
		# shellcheck disable=SC2086
		host_install $host_qemu_packages
	fi
	[ "$(host_qemu_major)" -ge 9 ] ||
		die "QEMU $(host_qemu_major) is too old: version 9 or newer is needed"
}
