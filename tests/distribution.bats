# The distribution: the ISO boots, is reachable, takes settings, fails clearly.
# SPDX-License-Identifier: MIT

load lib/machine
load lib/volume
load lib/iso
load lib/expect

password='correct horse battery'

# Two machines serve many tests and boot side by side while the first tests
# look at the ISO's content. `cd` boots it as a CD, with disks and adapters of
# every kind and settings; `stick` boots it as a USB stick and has nothing
# else. The tests of one machine build on one another.
setup_file() {
	requires xorriso unsquashfs mkfs.vfat mke2fs mcopy debugfs python3 \
		ssh ssh-keygen ssh-keyscan sftp openssl readelf objdump zstd
	iso_unpack
	good_settings > "$BATS_FILE_TMPDIR/good.conf"
	start_cd
	start_stick
}

good_settings() {
	cat <<-END
	# A comment
	[host]
	name = branch-7
	timezone = Europe/Berlin

	[time]
	ntp = 10.0.2.2

	[login]
	key = $(cat "$(machine_key).pub")
	END
}

# settings_with_password: what `cd` boots with.
settings_with_password() {
	good_settings
	echo "password = $(openssl passwd -6 -salt tests "$password")"
}

start_cd() {
	local size options=(-device qemu-xhci -device virtio-scsi-pci
		-device pcie-root-port,id=slot1 -device pcie-root-port,id=slot2,chassis=2)
	local devices=(ide-hd,bus=ide.0 nvme,serial=nvme62 virtio-blk-pci scsi-hd usb-storage)
	for size in 61 62 63 64 65; do
		truncate -s ${size}M "$BATS_FILE_TMPDIR/disk$size"
		attach options "$BATS_FILE_TMPDIR/disk$size" "${devices[size - 61]}"
	done
	settings_with_password > "$BATS_FILE_TMPDIR/cd.conf"
	attach options "$(make_conf_volume vfat SOCLE_CONF "$BATS_FILE_TMPDIR/cd.conf")" virtio-blk-pci
	iso_boot_cd cd "${options[@]}" \
		-netdev user,id=n0,hostfwd=tcp:127.0.0.1:0-:22 -device virtio-net-pci,netdev=n0 \
		-netdev user,id=n1,net=10.1.2.0/24 -device e1000e,netdev=n1 \
		-netdev user,id=n2,net=10.2.2.0/24 -device igb,netdev=n2 \
		-netdev user,id=n3,net=10.3.2.0/24 -device rtl8139,netdev=n3 \
		-netdev user,id=n4,net=10.4.2.0/24 -device vmxnet3,netdev=n4
}

start_stick() {
	local options=(-device qemu-xhci)
	attach options "$iso" usb-storage,id=medium,bootindex=0
	options[3]+=,readonly=on
	machine_start stick "${options[@]}"
}

### What the ISO holds

# programs: the ELF files of the image that are not kernel modules.
programs() {
	find "$image" -type f ! -name '*.ko' -size +1k | while read -r file; do
		[ "$(head -c 4 "$file" | tr -d '\0')" = $'\x7fELF' ] && echo "$file"
	done
}

# program_faults FILE: what its headers lack, a word each.
program_faults() {
	local header
	header=$(readelf -hldSW "$1")
	grep -qE 'Type: +DYN' <<< "$header" || echo not-PIE
	! grep -qE '^ +INTERP ' <<< "$header" || echo not-static
	! grep -q '(NEEDED)' <<< "$header" || echo needs-a-library
	grep -q GNU_RELRO <<< "$header" || echo no-RELRO
	grep -qE 'BIND_NOW|FLAGS_1.* NOW' <<< "$header" || echo lazy-binding
	grep -qE 'GNU_STACK .* RW ' <<< "$header" || echo executable-stack
	! grep -qE 'LOAD .* RWE ' <<< "$header" || echo writable-code
	! grep -q ' \.symtab ' <<< "$header" || echo not-stripped
	objdump -d "$1" | grep -m 1 -q '%fs:0x28' || echo no-stack-protector
}

@test "quick: every program is a static, hardened, stripped PIE" {
	iso_unpack
	local file faults all=
	for file in $(programs); do
		faults=$(program_faults "$file" | paste -s -d ' ')
		[ -z "$faults" ] || all+="${file#"$image"}: $faults"$'\n'
	done
	expect_empty "$all" "programs that are not hardened"
	expect_match "$(programs | wc -l)" '^(1[5-9]|[2-9][0-9])$' "number of programs"
}

@test "quick: no setuid, nothing writable for all, root owns everything" {
	iso_unpack
	local list
	list=$(unsquashfs -lln "$disc/socle/root.squashfs" | grep '^[-dlbcps][rwx-]')
	expect_empty "$(grep -E '^...[sS]|^......[sS]' <<< "$list")" "setuid or setgid"
	expect_empty "$(grep -E '^[^l].......w' <<< "$list")" "writable for all"
	expect_empty "$(awk '$2 != "0/0"' <<< "$list")" "not owned by root"
	expect_match "$(wc -l <<< "$list")" '^[1-9][0-9]{2,}$' "number of files"
}

# vmlinux: the kernel out of its compressed image.
vmlinux() {
	local at
	at=$(LC_ALL=C grep -obUaP '\x28\xb5\x2f\xfd' "$1" | head -n 1)
	tail -c "+$((${at%%:*} + 1))" "$1" | zstd -dcq 2> /dev/null || true
}

# traces: words of this machine that no file may hold, one a line.
traces() {
	local path
	for path in "$SOCLE_TOP" "$SOCLE_CACHE" "$SOCLE_BUILD" "$HOME"; do
		[ "${#path}" -lt 8 ] || echo "$path"
	done
	echo /recipe/obj
	echo "$(id -un)@$(hostname)"
	hostname | grep -E '^.{8}' | grep '[0-9-]' || true
}

@test "quick: no trace of the machine that built it" {
	iso_unpack
	mkdir "$BATS_TEST_TMPDIR/kernel"
	vmlinux "$disc/socle/linux" > "$BATS_TEST_TMPDIR/kernel/linux"
	zstd -dcq < "$disc/socle/initramfs" > "$BATS_TEST_TMPDIR/kernel/initramfs"
	expect_match "$(grep -aoE 'Linux version [^)]*\)' "$BATS_TEST_TMPDIR/kernel/linux")" \
		'\(socle@socle\)' "the kernel's builder"
	traces > "$BATS_TEST_TMPDIR/traces"
	expect_empty "$(grep -rlaF -f "$BATS_TEST_TMPDIR/traces" \
		"$image" "$disc" "$BATS_TEST_TMPDIR/kernel")" "files with traces"
}

# shipped: the Debian packages that the ISO's components come from.
shipped() {
	local recipe
	for recipe in "$SOCLE_TOP"/rootfs/packages/*/recipe; do
		(
			source='' binary='' optional=''
			# shellcheck source=/dev/null
			. "$recipe"
			[ -z "$optional" ] || [ -n "${!optional:-}" ] || exit 0
			printf '%s\n' $source $binary
		)
	done
}

@test "quick: the licence of every component is on the ISO" {
	iso_unpack
	local name missing= list
	list=$(cat "$disc/licences/list.txt")
	for name in $(shipped); do
		[ -s "$disc/licences/$name/copyright" ] || missing+="$name: no text"$'\n'
		grep -qE "^$name [0-9].*: ." <<< "$list" || missing+="$name: not in the list"$'\n'
	done
	expect_empty "$missing" "licences that are missing"
	# Its version is that of the source, not of a binary that the tests have.
	expect_empty "$(awk 'NR == FNR { if ($1 == "source") version[$2] = $3; next }
		$1 in version && $2 != version[$1] ":" { print }' "$SOCLE_TOP/rootfs/sources.lock" - <<< "$list")" \
		"licences of other versions"
	expect_match "$(shipped)" '^musl$'
	cmp "$disc/licences/socle" "$SOCLE_TOP/LICENSE"
}

@test "quick: the ISO is within its budget" {
	echo "# the ISO: $(stat -c %s "$iso") bytes" >&3
	expect_at_most "$(stat -c %s "$iso")" 48000000 "bytes of the ISO"
}

@test "quick: the settings document names every key" {
	local kind key line missing=
	while IFS=$'\t' read -r kind key line; do
		grep -qE "^\| \[$kind.*\| \`$key\` \|" "$SOCLE_TOP/docs/settings.md" ||
			missing+="[$kind] $key"$'\n'
	done < <("$SOCLE_BUILD/own/conf/conf" keys)
	[ -n "$line" ] || [ -n "$key" ] || expect_match "$("$SOCLE_BUILD/own/conf/conf" keys)" password
	expect_empty "$missing" "keys that docs/settings.md does not name"
}

@test "quick: every keyboard layout of the settings is in the image, and no other" {
	iso_unpack
	local layout
	expect_equal "$(sed -n '/define KEYBOARDS/,/^$/p' "$SOCLE_TOP/rootfs/conf/keys.h" |
		grep -o '[a-z-]*=' | tr -d = | sort)" "$(ls "$image/usr/share/keymaps")"
	for layout in "$image"/usr/share/keymaps/*; do
		expect_equal "$(head -c 7 "$layout")" bkeymap "$layout"
	done
}

@test "quick: unit tests of our C code, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" BUILD="$BATS_TEST_TMPDIR" check
}

### build.sh

# refused REGEX [NAME=VALUE...] COMMAND...: fails with one sentence like it.
refused() {
	local sentence=$1
	shift
	expect_failure env "$@"
	expect_equal "$(grep -c '^build.sh: ' <<< "$output")" 1 "sentences in: $output"
	expect_match "$output" "^build.sh: .*$sentence"
}

@test "quick: build.sh refuses unknown commands and options" {
	local build=$SOCLE_TOP/build.sh
	refused "unknown command 'bake'" "$build" bake
	refused "unknown option '--fast'" "$build" test --fast
	refused "unknown option '--colour'" "$build" run --colour
	refused "needs a number" "$build" run --memory lots
	refused "no disk image" "$build" run --disk /nonexistent
	refused "no area 'garden'" "$build" test garden
	refused "takes no argument" "$build" sizes now
}

# fresh: a build folder and a cache of this test's own.
fresh() {
	fresh=(SOCLE_BUILD="$BATS_TEST_TMPDIR/build" SOCLE_CACHE="$BATS_TEST_TMPDIR/cache")
}

# nothing_written: no ISO, no component, no source, nothing half-done.
nothing_written() {
	expect_empty "$(find "$BATS_TEST_TMPDIR/build" "$BATS_TEST_TMPDIR/cache" \
		-name '*.iso' -o -name 'work.*' -o -name '*.part' \
		-o -path '*/cache/built/*' -o -path '*/cache/sources/*')" "left behind"
}

@test "quick: a file of SOCLE_SOURCES with a wrong checksum is refused" {
	local file fresh
	fresh
	mkdir "$BATS_TEST_TMPDIR/sources"
	for file in $(awk '/^(source|binary)/ { print $5 }' "$SOCLE_TOP/rootfs/sources.lock"); do
		echo rubbish > "$BATS_TEST_TMPDIR/sources/$file"
	done
	refused "sources/[^ ]* has a wrong checksum" "${fresh[@]}" \
		SOCLE_SOURCES="$BATS_TEST_TMPDIR/sources" "$SOCLE_TOP/build.sh"
	nothing_written
}

@test "build.sh without network says so" {
	local fresh
	fresh
	refused "cannot be fetched: the Debian mirror does not answer" "${fresh[@]}" \
		SOCLE_MIRROR=http://127.0.0.1:9/debian "$SOCLE_TOP/build.sh"
	nothing_written
}

# An apt that knows everything but the version asked for, in apt's own words.
vanished_apt() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat > "$BATS_TEST_TMPDIR/bin/apt-get" <<-'END'
	#!/bin/sh
	for word; do
		case $word in
		*=*:*) ;;
		[a-z]*=*) package=${word%%=*} version=${word#*=} ;;
		source) echo_source=yes ;;
		update) exit 0 ;;
		esac
	done
	if [ -n "${echo_source:-}" ]; then
		echo "E: Can not find version '$version' of package '$package'" >&2
		echo "E: Unable to find a source package for $package" >&2
	else
		echo "E: Version '$version' for '$package' was not found" >&2
	fi
	exit 100
	END
	chmod 755 "$BATS_TEST_TMPDIR/bin/apt-get"
}

@test "quick: a version that has vanished from the mirror is named" {
	local fresh
	fresh
	vanished_apt
	refused "[a-z0-9.-]+ [0-9][^ ]* has vanished from .*update-lock" "${fresh[@]}" \
		PATH="$BATS_TEST_TMPDIR/bin:$PATH" SOCLE_MIRROR=http://127.0.0.1:9/debian \
		"$SOCLE_TOP/build.sh"
	nothing_written
}

# pool_server: serves $BATS_TEST_TMPDIR/server on a port that goes to $pool_port; an apt-cache
# that knows the folder of every package.
pool_server() {
	cat > "$BATS_TEST_TMPDIR/bin/apt-cache" <<-'END'
	#!/bin/sh
	case $1 in
	show) echo "Filename: pool/main/p/package/today.deb" ;;
	showsrc) echo "Directory: pool/main/p/package" ;;
	esac
	END
	chmod 755 "$BATS_TEST_TMPDIR/bin/apt-cache"
	mkdir -p "$BATS_TEST_TMPDIR/server"
	setpriv --pdeathsig KILL python3 -u -m http.server --bind 127.0.0.1 \
		--directory "$BATS_TEST_TMPDIR/server" 0 > "$BATS_TEST_TMPDIR/port" 2> /dev/null 3>&- &
	disown $!
	until pool_port=$(grep -oE 'port [0-9]+' "$BATS_TEST_TMPDIR/port"); do sleep 0.1; done
	pool_port=${pool_port#port }
}

@test "quick: what no index names any more comes from the mirror's pool, or from the snapshot" {
	local fresh package suite files file sum pool=debian/pool/main/p/package lock=$BATS_TEST_TMPDIR/lock build
	fresh
	vanished_apt
	pool_server
	build=("${fresh[@]}" PATH="$BATS_TEST_TMPDIR/bin:$PATH" SOCLE_LOCK="$lock"
		SOCLE_MIRROR="http://127.0.0.1:$pool_port/debian"
		SOCLE_SNAPSHOTS="http://127.0.0.1:$pool_port/snapshots" "$SOCLE_TOP/build.sh")
	cp "$SOCLE_TOP/rootfs/sources.lock" "$lock"
	refused "has vanished" "${build[@]}"
	package=$(sed -n 's/^build.sh: \([^ ]*\) .* has vanished.*/\1/p' <<< "$output")
	read -r suite files <<< "$(awk -v p="$package" '$2 == p { s = $4; f = f " " $5 } END { sub(",.*", "", s); print s f }' "$lock")"
	# Its files turn up by turns in one place and the other.
	for file in $files; do
		[ "$pool" != "${pool#debian/}" ] &&
			pool=snapshots/$(sed -n "s/^# SNAPSHOT $suite //p" "$lock")/pool/main/p/package ||
			pool=debian/pool/main/p/package
		mkdir -p "$BATS_TEST_TMPDIR/server/$pool"
		echo "$file" > "$BATS_TEST_TMPDIR/server/$pool/$(sed 's/_[0-9]*%3a/_/' <<< "$file")"
		sum=$(sha256sum < "$BATS_TEST_TMPDIR/server/$pool/$(sed 's/_[0-9]*%3a/_/' <<< "$file")")
		awk -v f="$file" -v s="${sum%% *}" '$5 == f { $6 = s } { print }' "$lock" > "$lock.new"
		mv "$lock.new" "$lock"
	done
	refused "build-[a-z-]+ failed" "${build[@]}"
	for file in $files; do
		expect_equal "$(cat "$BATS_TEST_TMPDIR/cache/sources/$file")" "$file"
	done
	# Nothing is made of them, as they are none; and others are not taken.
	expect_empty "$(ls "$BATS_TEST_TMPDIR/cache/built")" "built of rubbish"
	rm -rf "$BATS_TEST_TMPDIR/cache/sources"
	find "$BATS_TEST_TMPDIR/server" -type f -exec sh -c 'echo changed > "$1"' sh {} ';'
	refused "$package .*vanished" "${build[@]}"
	nothing_written
}

# on_small_disk SIZE VARIABLE: build.sh with VARIABLE's folder on a disk of
# SIZE; afterwards what is left there.
on_small_disk() {
	local unshare=(unshare -m)
	[ "$(id -u)" = 0 ] || unshare=(unshare -Urm)
	mkdir -p "$BATS_TEST_TMPDIR/small"
	"${unshare[@]}" sh -c 'mount -t tmpfs -o "size=$1" tmpfs "$2" || exit 77
		export "$3=$2"
		"$4/build.sh"
		status=$?
		find "$2" \( -name "*.iso" -o -name "work.*" -o -name "*.part" \
			-o -name .socle.iso -o -path "*/built/*" \) | sed "s/^/left: /"
		exit $status' sh "$1" "$BATS_TEST_TMPDIR/small" "$2" "$SOCLE_TOP"
}

@test "a full disk is named, below the cache and below the build folder" {
	local fresh
	fresh
	mkdir "$BATS_TEST_TMPDIR/cache"
	SOCLE_SOURCES=$SOCLE_CACHE/sources SOCLE_BUILD=$BATS_TEST_TMPDIR/build \
		expect_failure on_small_disk 1m SOCLE_CACHE
	expect_equal "$(grep -c '^build.sh: ' <<< "$output")" 1 "sentences in: $output"
	expect_match "$output" '^build.sh: .*(no space left|disk full)'
	expect_no_match "$output" '^left: '
	expect_failure on_small_disk 8m SOCLE_BUILD
	expect_equal "$(grep -c '^build.sh: ' <<< "$output")" 1 "sentences in: $output"
	expect_match "$output" '^build.sh: .*(no space left|disk full)'
	expect_no_match "$output" '^left: '
}

@test "quick: a missing host package without root is named" {
	local bin=$BATS_TEST_TMPDIR/bin tool fresh
	fresh
	mkdir "$bin"
	# Only what the look for packages needs: no sudo, an ordinary user.
	for tool in sh env dirname mkdir date cat awk sed grep tr; do
		ln -s "$(command -v $tool)" "$bin/$tool"
	done
	printf '#!/bin/sh\necho 1000\n' > "$bin/id"
	printf '#!/bin/sh\necho not-installed\n' > "$bin/dpkg-query"
	chmod 755 "$bin/id" "$bin/dpkg-query"
	refused "needs root or sudo to install these Debian packages: .*xorriso" \
		PATH="$bin" "${fresh[@]}" "$SOCLE_TOP/build.sh"
}

# copy_tree: our tree in another folder, without what git ignores.
copy_tree() {
	mkdir "$BATS_TEST_TMPDIR/other tree"
	(cd "$SOCLE_TOP" && find . \( -path ./.git -o -path ./build \) -prune -o -type f -print0 |
		tar --null -T - -cf -) | tar -C "$BATS_TEST_TMPDIR/other tree" -xf -
}

@test "image, ISO and our own programs are bit-identical when built twice" {
	local file again=$BATS_TEST_TMPDIR/again differ=
	copy_tree
	(
		umask 077
		export TZ=Asia/Tokyo LC_ALL=C.UTF-8 SOCLE_BUILD=$again
		"$BATS_TEST_TMPDIR/other tree/build.sh"
	)
	for file in own/conf/conf own/login/login own/sconfig/sconfig \
		root.squashfs initramfs.zst socle.iso; do
		cmp "$SOCLE_BUILD/$file" "$again/$file" || differ+="$file "
	done
	expect_empty "$differ" "files that differ"
}

### The running system: machine cd

# once NAME COMMAND...: the tests of a machine share the wait for it; when it
# has failed for one of them, the others fail without waiting again.
once() {
	local mark=$BATS_FILE_TMPDIR/$1
	shift
	[ ! -e "$mark.good" ] || return 0
	[ ! -e "$mark.bad" ] || {
		echo "failed in an earlier test: $*" >&2
		return 1
	}
	touch "$mark.bad"
	"$@"
	mv "$mark.bad" "$mark.good"
}

# cd_ready: the machine has come up, whichever test is the first to ask.
cd_ready() {
	once cd cd_come_up
}

cd_come_up() {
	machine_wait cd 'Socle Server [0-9.]+ on branch-7' 120
	machine_wait cd 'branch-7 login: ' 30
	machine_ssh_wait cd 60
}

@test "quick: boots as CD, with its name in the notice and a login prompt" {
	machine_wait cd 'Boot from the .*ocal disk' 60
	machine_wait cd 'socle: Copying the system from /dev/sr0' 60
	machine_wait cd 'Settings: volume SOCLE_CONF' 60
	cd_ready
	machine_screen_wait cd 'branch-7 login:' 10
}

@test "the notice shows addresses and the SSH fingerprint" {
	cd_ready
	local issue real
	issue=$(machine_ssh cd cat /etc/issue)
	expect_match "$issue" 'eth[0-9] .* 10\.0\.2\.15/24'
	real=$(ssh-keyscan -T 30 -t ed25519 -p "$(machine_port cd)" 127.0.0.1 2> /dev/null)
	expect_equal "$(wc -l <<< "$real")" 1 "host keys in: $real"
	expect_match "$real" ' ssh-ed25519 '
	real=$(ssh-keygen -l -f - <<< "$real" | cut -d ' ' -f 2)
	expect_match "$issue" "${real//+/\\+}" "fingerprint"
	expect_match "$(machine_log cd)" "${real//+/\\+}" "fingerprint on the serial port"
}

@test "disks on AHCI, NVMe, virtio-blk, virtio-scsi and USB are seen" {
	cd_ready
	local size sizes
	sizes=$(machine_ssh cd 'grep . /sys/block/*/size')
	for size in 61 62 63 64 65; do
		expect_match "$sizes" ":$((size * 2048))\$" "disk of $size MB"
	done
}

# addresses REGEX COUNT: waits for that many matching addresses on cd.
addresses() {
	local i list
	for i in {1..20}; do
		list=$(machine_ssh cd ip -o address)
		[ "$(grep -cE "$1" <<< "$list")" -lt "$2" ] || return 0
		sleep 1
	done
	printf 'fewer than %s addresses like %s:\n%s\n' "$2" "$1" "$list" >&2
	return 1
}

@test "virtio-net, e1000e, igb, rtl8139 and vmxnet3 get an address" {
	cd_ready
	addresses ' 10\.[0-4]\.2\.15/24 ' 5
}

@test "IPv6 comes from router advertisements" {
	cd_ready
	addresses 'inet6 fec0:.* dynamic' 5
	expect_match "$(machine_ssh cd ip -6 route)" '^default via fe80::2 '
}

@test "settings of a SOCLE_CONF volume apply" {
	cd_ready
	expect_equal "$(machine_ssh cd hostname)" branch-7
	expect_match "$(machine_ssh cd date +%Z)" '^CES?T$'
	expect_match "$(machine_ssh cd ps)" 'ntpd -n -p 10\.0\.2\.2'
	expect_match "$(machine_ssh cd cat /run/socle/settings.source)" SOCLE_CONF
	expect_empty "$(machine_ssh cd cat /run/socle/settings.problems)" "problems"
	expect_match "$(machine_ssh cd cat /etc/resolv.conf)" '^nameserver 10\.0\.2\.3$'
}

@test "SSH: key accepted, password refused, no forwarding, sftp works" {
	cd_ready
	expect_equal "$(machine_ssh cd id -u)" 0
	local machine_ssh_options=(-o PubkeyAuthentication=no)
	expect_failure machine_ssh cd true
	expect_match "$output" 'Permission denied \(publickey\)'
	machine_ssh_options=(-W 127.0.0.1:22)
	expect_failure machine_ssh cd < /dev/null
	expect_match "$output" 'prohibited|failed|refused'
	machine_ssh_options=(-R 0:127.0.0.1:1 -o ExitOnForwardFailure=yes)
	expect_failure machine_ssh cd true
	expect_match "$output" 'forwarding failed'
	machine_ssh_options=()
	expect_match "$(machine_sftp cd <<< 'ls /lib/socle')" '/lib/socle/network'
}

@test "sconfig prints the state where there is no terminal" {
	cd_ready
	expect_match "$(machine_ssh cd sconfig)" 'Socle Server .* on branch-7'
	expect_failure machine_ssh cd sconfig --nonsense
	expect_equal "$status" 2 "status"
	expect_match "$output" "unknown option"
}

@test "services and a login on each console run" {
	cd_ready
	local processes
	processes=$(machine_ssh cd ps)
	for service in syslogd klogd crond ntpd 'mdev -d' 'dropbear .*-T 3 -I 1800'; do
		expect_match "$processes" "$service"
	done
	expect_equal "$(grep -c '/sbin/login' <<< "$processes")" 2 "consoles in: $processes"
	expect_match "$(machine_ssh cd cat /var/log/messages)" branch-7
}

@test "the root file system is read-only and in memory" {
	cd_ready
	local mounts
	mounts=$(machine_ssh cd cat /proc/mounts)
	expect_match "$mounts" '^/dev/loop0 / squashfs ro,'
	expect_no_match "$mounts" '^/dev/(sr|sd|vd|nvme)'
	expect_failure machine_ssh cd touch /etc/new
}

# within SECONDS COMMAND...: until the command succeeds.
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -le "$end" ] || {
			echo "not in time: $*" >&2
			return 1
		}
		sleep 1
	done
}

cd_has_disk() {
	machine_ssh cd 'cat /sys/block/*/size' | grep -qx $(($1 * 2048))
}

@test "a disk and an adapter that come later work" {
	cd_ready
	truncate -s 66M "$BATS_TEST_TMPDIR/late"
	machine_monitor cd "drive_add 0 file=$BATS_TEST_TMPDIR/late,format=raw,if=none,id=late"
	machine_monitor cd "device_add usb-storage,drive=late,id=late"
	machine_monitor cd "netdev_add user,id=n5,net=10.5.2.0/24"
	machine_monitor cd "device_add virtio-net-pci,netdev=n5,bus=slot1"
	within 20 cd_has_disk 66
	addresses ' 10\.5\.2\.15/24 ' 1
	machine_monitor cd "device_del late"
}

@test "the CD can be removed after boot" {
	cd_ready
	machine_monitor cd "eject -f medium"
	machine_ssh cd 'echo 3 > /proc/sys/vm/drop_caches'
	expect_match "$(machine_ssh cd mke2fs -V 2>&1)" mke2fs
	expect_match "$(machine_ssh cd mdadm --version 2>&1)" mdadm
	machine_ssh cd 'find / -xdev -type f -exec cat {} + > /dev/null'
}

@test "five wrong passwords lock the consoles for five minutes" {
	cd_ready
	local i
	for i in 1 2 3 4 5; do
		machine_type cd root
		machine_wait cd 'Password: ' 20
		machine_type cd "wrong password $i"
		machine_wait cd 'Login incorrect' 30
		machine_wait cd 'branch-7 login: ' 20
	done
	machine_type cd root
	machine_wait cd 'Password: ' 20
	machine_type cd "$password"
	machine_wait cd 'Locked after 5 failed logins: try again in 2[0-9][0-9] s' 20
	machine_sendkeys cd 'root\n'
	machine_screen_wait cd 'Password:' 10
	machine_sendkeys cd "$password\\n"
	machine_screen_wait cd 'Locked after 5 failed logins' 10
	machine_ssh cd true
}

@test "poweroff over SSH ends the machine" {
	cd_ready
	machine_ssh cd poweroff || true
	machine_wait_end cd 40
}

### The first login: machine stick

# stick_ready: it asks for its first password on the serial port.
stick_ready() {
	once stick stick_come_up
}

stick_come_up() {
	machine_wait stick 'No password is set' 120
	machine_wait stick 'New password: ' 10
}

@test "quick: boots as USB stick and asks for a password, also on the screen" {
	stick_ready
	machine_screen_wait stick 'New password:' 20
}

@test "the first console login sets the password; bad ones are refused" {
	stick_ready
	machine_type stick short
	machine_wait stick 'too short' 10
	machine_type stick aaaaaaaaaaaaaa
	machine_wait stick 'one character repeated' 10
	machine_type stick "$password"
	machine_wait stick 'The same again' 10
	machine_type stick 'correct horse batterie'
	machine_wait stick 'not the same' 10
	machine_type stick "$password"
	machine_wait stick 'The same again' 10
	machine_type stick "$password"
	machine_wait stick 'password is set' 30
	machine_wait stick 'Exit to command line' 30
	expect_no_match "$(machine_log stick)" "$password" "the password on the screen"
}

@test "memory in use at the prompt is within its budget" {
	machine_type stick 17
	machine_wait stick 'brings the menu back' 20
	machine_wait stick 'root@socle' 20
	machine_type stick "awk '/MemTotal/ {t=\$2} /MemAvailable/ {a=\$2} END {print \"USED=\" int((t-a)/1024)}' /proc/meminfo"
	machine_wait stick 'USED=[0-9]+' 20
	echo "# memory in use: ${machine_matched#*=} MB" >&3
	expect_at_most "${machine_matched#*=}" 96 "MB in use"
}

@test "exit returns to the menu, log off to the login" {
	machine_type stick exit
	machine_wait stick 'Exit to command line' 20
	machine_type stick 14
	machine_wait stick 'socle login: ' 20
}

@test "the screen asks for the password that the serial port has set" {
	machine_screen_wait stick 'socle login:' 20
	machine_sendkeys stick 'root\n'
	machine_screen_wait stick 'Password:' 20
	machine_sendkeys stick "$password\\n"
	machine_screen_wait stick 'Exit to command line' 20
}

@test "the USB stick can be pulled out of the running system" {
	machine_monitor stick "device_del medium"
	machine_type stick root
	machine_wait stick 'Password: ' 20
	machine_type stick "$password"
	machine_wait stick 'Exit to command line' 30
}

@test "shut down from the menu" {
	machine_type stick 16
	machine_wait stick 'y/N' 10
	machine_type stick y
	machine_wait_end stick 40
}

### The boot menu

@test "boot menu: local disk, and rescue shell by the keyboard" {
	local options=()
	boot_sector > "$BATS_TEST_TMPDIR/disk"
	attach options "$BATS_TEST_TMPDIR/disk" virtio-blk-pci
	MACHINE_MEMORY=512 iso_boot_cd local "${options[@]}"
	MACHINE_MEMORY=512 iso_boot_cd rescue
	machine_wait local 'Automatic boot in' 60
	machine_type local l
	machine_screen_wait rescue 'Automatic boot in' 60
	machine_sendkeys rescue 'r\n'
	machine_wait local 'sector ready' 30
	machine_wait rescue 'as asked for in the boot menu' 60
	machine_screen_wait rescue 'rescue#' 20
	machine_sendkeys rescue 'echo $((6 * 7))\n'
	machine_screen_wait rescue '^42$' 20
	machine_wait rescue 'rescue# ' 20
	machine_type rescue 'reboot -f'
	machine_wait_end rescue 20
}

boot_sector() {
	as --32 -o "$BATS_TEST_TMPDIR/sector.o" "$BATS_TEST_DIRNAME/lib/sector.S" &&
		ld -m elf_i386 -Ttext 0x7c00 --oformat binary \
			-o "$BATS_TEST_TMPDIR/sector" "$BATS_TEST_TMPDIR/sector.o" 2> /dev/null &&
		truncate -s 1M "$BATS_TEST_TMPDIR/sector" && cat "$BATS_TEST_TMPDIR/sector"
}

@test "serial only: no screen in the machine, one console" {
	iso_boot_cd serial -nodefaults -vga none
	machine_wait serial 'Automatic boot in' 60
	machine_type serial $'\e[B'
	machine_wait serial 'No password is set' 120
	machine_wait serial 'New password: ' 10
	machine_type serial "$password"
	machine_wait serial 'The same again' 10
	machine_type serial "$password"
	machine_wait serial 'Exit to command line' 30
	machine_type serial 17
	machine_wait serial 'root@socle' 20
	machine_type serial 'echo consoles $(cat /sys/class/tty/console/active) $(ps | grep -c [/]sbin/getty) end'
	machine_wait serial 'consoles ttyS0 .* end' 20
}

### Booting that goes wrong: a sentence and a rescue shell

# wrong NAME REGEX: NAME says it and offers a shell that works.
wrong() {
	machine_wait "$1" "^socle: .*$2" 90
	machine_wait "$1" 'rescue# ' 20
	machine_type "$1" 'echo still $((40 + 2))'
	machine_wait "$1" 'still 42' 20
	machine_kill "$1"
}

# boot_wrong NAME MEDIUM [QEMU OPTION...]
boot_wrong() {
	local name=$1 medium=$2
	shift 2
	MACHINE_MEMORY=${memory:-512} MACHINE_CPUS=1 \
		iso_boot_kernel "$name" socle.wait=5 "$medium" "$@"
}

@test "a corrupt image and a truncated medium" {
	local at bad=$BATS_TEST_TMPDIR/corrupt.iso cut=$BATS_TEST_TMPDIR/cut.iso
	at=$(iso_offset /socle/root.squashfs)
	cp "$iso" "$bad"
	# One bit of one byte in the middle.
	dd if="$iso" bs=1 skip=$((at + 4000000)) count=1 status=none | tr '\000-\377' '\001-\377\000' |
		dd of="$bad" bs=1 seek=$((at + 4000000)) conv=notrunc status=none
	head -c $((at + 2000000)) "$iso" > "$cut"
	boot_wrong corrupt "$bad"
	boot_wrong cut "$cut"
	wrong corrupt 'corrupt: its checksum is wrong'
	wrong cut 'cannot be read to its end'
}

@test "a medium without the image, and no medium" {
	local empty=$BATS_TEST_TMPDIR/empty.iso
	mkdir "$BATS_TEST_TMPDIR/empty"
	xorriso -as mkisofs -quiet -R -V "$(iso_identity)" -o "$empty" "$BATS_TEST_TMPDIR/empty" 2> /dev/null
	boot_wrong empty "$empty"
	boot_wrong missing ""
	wrong empty 'holds no system image'
	machine_screen_wait missing 'No medium with the label SOCLE_' 60
	wrong missing 'No medium with the label SOCLE_'
}

@test "two media with the same identity, and too little memory" {
	local options=()
	attach options "$iso" virtio-blk-pci
	boot_wrong twins "$iso" "${options[@]}" -snapshot
	memory=64 boot_wrong small "$iso"
	wrong twins 'Several media carry the same identity .*/dev/(sr0.*vda|vda.*sr0)'
	wrong small 'Too little memory'
}

### Settings

# boot_settings NAME APPEND OPTION...
boot_settings() {
	local name=$1 append=$2
	shift 2
	MACHINE_MEMORY=512 iso_boot_kernel "$name" "$append" "$iso" "$@"
}

bad_settings() {
	good_settings
	cat <<-END
	colour = blue
	not a setting
	[nic 52:54:00:12:34:56]
	vlan = 5000
	[garden]
	roses = 3
	END
}

@test "bad lines are named with their numbers, two volumes count for nothing" {
	local bad=(-device qemu-xhci) two=() good=$BATS_FILE_TMPDIR/good.conf
	bad_settings > "$BATS_TEST_TMPDIR/bad.conf"
	attach bad "$(make_conf_volume ext4 SOCLE_CONF "$BATS_TEST_TMPDIR/bad.conf")" usb-storage
	boot_settings bad "" "${bad[@]}"
	attach two "$(make_conf_volume vfat SOCLE_CONF "$good")" virtio-blk-pci
	attach two "$(make_conf_volume iso SOCLE_CONF "$good")" virtio-blk-pci
	boot_settings two "" "${two[@]}"
	machine_wait bad 'socle.conf:11: \[login\] has no key "colour"' 90
	machine_wait bad 'socle.conf:12: not a section, a comment or' 5
	machine_wait bad 'socle.conf:14: \[nic 52:54:00:12:34:56\] vlan: "5000" is not a number from 1 to 4094' 5
	machine_wait bad 'socle.conf:15: unknown section \[garden\]' 5
	machine_wait bad 'on branch-7' 30
	machine_wait two 'several volumes are labelled SOCLE_CONF \(/dev/vd[ab] /dev/vd[ab]\)' 90
	machine_wait two 'on socle' 30
	machine_ssh_wait bad 60
	expect_match "$(machine_ssh bad cat /etc/issue)" 'Settings with problems: 4'
}

@test "own settings win, the command line wins over them; key and password stay" {
	local disk options=() foreign before fingerprint
	sed 's/branch-7/own-host/' "$BATS_FILE_TMPDIR/good.conf" > "$BATS_TEST_TMPDIR/own.conf"
	attach options "$(make_config_disk "$BATS_TEST_TMPDIR/own.conf" partition)" virtio-blk-pci
	foreign=$(make_conf_volume vfat SOCLE_CONF "$BATS_FILE_TMPDIR/good.conf")
	before=$(sha256sum "$foreign")
	attach options "$foreign" virtio-blk-pci
	boot_settings own "" "${options[@]}" -device qemu-xhci
	machine_wait own 'SOCLE_CONF is ignored' 90
	machine_wait own 'New password: ' 30
	machine_ssh_wait own 60
	expect_equal "$(machine_ssh own hostname)" own-host
	fingerprint=$(machine_ssh own cat /run/socle/ssh.fingerprint)
	expect_match "$fingerprint" '^SHA256:'
	machine_type own "$password"
	machine_wait own 'The same again' 10
	machine_type own "$password"
	machine_wait own 'password is set\.' 30
	machine_ssh own reboot || true
	machine_wait_end own 40

	boot_settings named socle.conf=SOCLE_CONF:socle.conf "${options[@]}"
	machine_wait named 'kernel command line' 90
	machine_wait named 'set aside' 10
	machine_ssh_wait named 60
	expect_equal "$(machine_ssh named hostname)" branch-7
	expect_equal "$(machine_ssh named cat /run/socle/ssh.fingerprint)" "$fingerprint"
	machine_ssh named poweroff || true
	machine_wait_end named 40

	boot_settings own2 "" "${options[@]}"
	machine_wait own2 'own-host login: ' 90
	machine_type own2 root
	machine_wait own2 'Password: ' 20
	machine_type own2 "$password"
	machine_wait own2 'Exit to command line' 30
	machine_ssh own2 poweroff || true
	machine_wait_end own2 40
	expect_equal "$(sha256sum "$foreign")" "$before" "foreign volume"
}

@test "static addresses, a VLAN and a bond, bound to MAC addresses" {
	local options=() addresses
	{
		good_settings
		cat <<-END
		[nic 52:54:00:00:00:01]
		address = 10.0.2.77/24
		gateway = 10.0.2.2
		address6 = none
		mtu = 1400
		[bond bond0]
		nics = 52:54:00:00:00:02 52:54:00:00:00:03
		address = 192.0.2.5/24
		address6 = 2001:db8::5/64
		vlan = 10
		[dns]
		server = 10.0.2.3
		search = example.org
		END
	} > "$BATS_TEST_TMPDIR/net.conf"
	attach options "$(make_conf_volume iso SOCLE_CONF "$BATS_TEST_TMPDIR/net.conf")" virtio-blk-pci
	boot_settings net "" "${options[@]}" \
		-netdev user,id=a -device e1000e,netdev=a,mac=52:54:00:00:00:03 \
		-netdev user,id=b -device virtio-net-pci,netdev=b,mac=52:54:00:00:00:02 \
		-netdev user,id=c,hostfwd=tcp:127.0.0.1:0-10.0.2.77:22 \
		-device virtio-net-pci,netdev=c,mac=52:54:00:00:00:01
	machine_wait net 'branch-7' 90
	machine_ssh_wait net 60
	addresses=$(machine_ssh net ip -o address)
	expect_match "$addresses" 'inet 10\.0\.2\.77/24'
	expect_no_match "$addresses" 'inet 10\.0\.2\.15'
	expect_match "$addresses" 'bond0\.10 .*192\.0\.2\.5/24'
	expect_match "$addresses" 'bond0\.10 .*2001:db8::5/64'
	expect_match "$(machine_ssh net ip route)" '^default via 10\.0\.2\.2 '
	expect_match "$(machine_ssh net ip link)" ' mtu 1400 '
	expect_match "$(machine_ssh net cat /proc/net/bonding/bond0)" active-backup
	expect_equal "$(machine_ssh net 'grep -c "Slave Interface" /proc/net/bonding/bond0')" 2
	expect_equal "$(machine_ssh net cat /etc/resolv.conf | paste -s -d ' ')" \
		"search example.org nameserver 10.0.2.3"
}
