# Sources: a private apt set-up, the lock file, and fetching what it names.
# SPDX-License-Identifier: MIT
#
# The lock (rootfs/sources.lock) has one line a file:
#   KIND PACKAGE VERSION SUITE[,SUITE] FILE SHA256     KIND: source | binary
# PACKAGE:i386 is one for i386. PACKAGE:all, one for all, is what a recipe says that wants
# it of another suite than those who say PACKAGE.
#
# and one a suite, when the lock was written:
#   # SNAPSHOT SUITE TIME                               TIME: 20260711T101637Z

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# All that Debian ever had: https://snapshot.debian.org, "Usage".
snapshots=${SOCLE_SNAPSHOTS:-http://snapshot.debian.org/archive/debian}

# apt_mirror: the Debian mirror that this host's apt uses.
apt_mirror() {
	if [ -n "${SOCLE_MIRROR:-}" ]; then
		echo "$SOCLE_MIRROR"
		return
	fi
	env -u APT_CONFIG apt-get indextargets --no-release-info \
		--format '$(SITE) $(RELEASE)' 'Created-By: Packages' 2>/dev/null |
		awk '$2 ~ /^(bookworm|trixie|forky|stable|oldstable)$/ { sub("/$", "", $1); print $1; exit }' |
		grep . ||
		die "apt on this host knows no Debian mirror; name one in SOCLE_MIRROR"
}

# apt_write_list DIR TYPES SUITES [I386]: a source list for these suites; of those
# in I386 the packages for i386, too. A suite that a mirror has half is no suite for
# apt, so it is asked for no more than is needed.
apt_write_list() {
	apt_site=$(apt_mirror) || exit 1
	mkdir -p "$1"
	for apt_suite in $3; do
		apt_uri=$apt_site
		case $apt_suite in
		*-security) apt_uri=${SOCLE_MIRROR_SECURITY:-$apt_site-security} ;;
		esac
		apt_architectures=amd64
		case " ${4-} " in
		*" $apt_suite "*) apt_architectures='amd64 i386' ;;
		esac
		printf 'Types: %s\nURIs: %s\nSuites: %s\nArchitectures: %s\nComponents: main non-free-firmware\nSigned-By: %s\n\n' \
			"$2" "$apt_uri" "$apt_suite" "$apt_architectures" "$keyring"
	done > "$1/debian.sources"
}

# apt_private ARGS...: apt-get with state, cache and sources of our own. The
# host's apt.conf.d is kept: that is where proxies are set.
apt_private() {
	APT_CONFIG=$cache/apt/apt.conf "$@"
}

apt_prepare() {
	mkdir -p "$cache/apt/state/lists/partial" \
		"$cache/apt/cache/archives/partial" "$cache/apt/list"
	: > "$cache/apt/status"
	cat > "$cache/apt/apt.conf" <<-END
	Dir::State "$cache/apt/state";
	Dir::State::status "$cache/apt/status";
	Dir::Cache "$cache/apt/cache";
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$cache/apt/list";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	APT::Sandbox::User "root";
	APT::Architecture "amd64";
	APT::Architectures { "amd64"; "i386"; };
	APT::Update::Error-Mode "any";
	Acquire::Languages "none";
	Acquire::Retries "3";
	END
}

# apt_update SUITES I386: indexes of these suites, once per run. Whether it worked
# is in $apt_updated (yes | failed): one dead suite does not stop the others.
apt_updated=
apt_update() {
	[ -z "$apt_updated" ] || return 0
	say "Reading the package indexes of $1"
	apt_prepare
	apt_write_list "$cache/apt/list" "deb deb-src" "$1" "$2"
	if apt_private apt-get -q update > "$build/log/apt-update.log" 2>&1; then
		apt_updated=yes
	else
		apt_updated=failed
	fi
}

# lock_lines KIND PACKAGE
lock_lines() {
	awk -v k="$1" -v p="$2" '$1 == k && $2 == p' "$lock"
}

# lock_suites: every suite that the lock names.
lock_suites() {
	awk '/^(source|binary)/ { n = split($4, s, ","); for (i = 1; i <= n; i++) print s[i] }' "$lock" |
		sort -u | tr '\n' ' '
}

# lock_i386_suites: those of packages for i386.
lock_i386_suites() {
	awk '$2 ~ /:i386$/ { gsub(",", " ", $4); print $4 }' "$lock" | sort -u | tr '\n' ' '
}

# fetch KIND PACKAGE: afterwards its files are in $cache/sources, verified.
fetch() {
	lock_lines "$1" "$2" > "$work/fetch" || die "cannot write to $work"
	[ -s "$work/fetch" ] ||
		die "$2 is not in rootfs/sources.lock: run ./build.sh update-lock"
	mkdir -p "$cache/sources"
	fetch_missing=
	while read -r _ _ _ _ fetch_file fetch_sum; do
		fetch_local "$fetch_file" "$fetch_sum" || fetch_missing=yes
	done < "$work/fetch"
	[ -n "$fetch_missing" ] || return 0
	read -r _ _ fetch_version fetch_suites _ < "$work/fetch"
	fetch_remote "$1" "$2" "$fetch_version" "$fetch_suites"
}

# fetch_many PACKAGE...: binary packages that are not there yet, all at once, as apt
# reads its indexes for seconds each time. What this does not bring, fetch() says.
fetch_many() {
	[ $# -gt 1 ] || return 0
	: > "$work/fetch-many"
	for fetch_package; do
		lock_lines binary "$fetch_package"
	done | while read -r _ fetch_package fetch_version _ fetch_file fetch_sum; do
		fetch_local "$fetch_file" "$fetch_sum" ||
			echo "$fetch_package=$fetch_version $fetch_file $fetch_sum" >> "$work/fetch-many"
	done
	[ -s "$work/fetch-many" ] || return 0
	apt_update "$(lock_suites)" "$(lock_i386_suites)"
	say "Fetching $(wc -l < "$work/fetch-many") packages"
	rm -rf "$work/download"
	mkdir -p "$work/download"
	# shellcheck disable=SC2046
	(cd "$work/download" && apt_private apt-get -q download \
		$(fetch_today)) > "$build/log/fetch-many.log" 2>&1 || true
	while read -r _ fetch_file fetch_sum; do
		fetch_got=$work/download/$fetch_file
		[ -f "$fetch_got" ] && [ "$(sha256 "$fetch_got")" = "$fetch_sum" ] || continue
		keep "$fetch_got" "$fetch_file"
	done < "$work/fetch-many"
	rm -rf "$work/download"
}

# fetch_today: PACKAGE=VERSION of $work/fetch-many that an index knows: apt fetches
# nothing when it does not know one.
fetch_today() {
	# shellcheck disable=SC2046
	apt_private apt-cache madison $(sed 's/[:=].*//' "$work/fetch-many") > "$work/madison"
	awk 'NR == FNR { split($0, f, " *[|] *"); gsub(/ /, "", f[1]); known[f[1] "=" f[2]]; next }
		{ name = $1; sub(/:[a-z0-9]*=/, "=", name) }
		name in known { print $1 }' "$work/madison" "$work/fetch-many"
}

# fetch_local FILE SUM: from SOCLE_SOURCES or from the cache.
fetch_local() {
	if [ -n "${SOCLE_SOURCES:-}" ] && [ -f "$SOCLE_SOURCES/$1" ]; then
		[ "$(sha256 "$SOCLE_SOURCES/$1")" = "$2" ] ||
			die "$SOCLE_SOURCES/$1 has a wrong checksum"
		keep "$SOCLE_SOURCES/$1" "$1"
		return 0
	fi
	[ -f "$cache/sources/$1" ] || return 1
	[ "$(sha256 "$cache/sources/$1")" = "$2" ] && return 0
	say "Dropping $1 from the cache: its checksum is wrong"
	rm -f "$cache/sources/$1"
	return 1
}

# keep PATH NAME: copies into the cache, whole or not at all.
keep() {
	cp "$1" "$cache/sources/.$2.part" 2>/dev/null &&
		mv "$cache/sources/.$2.part" "$cache/sources/$2" || {
		rm -f "$cache/sources/.$2.part"
		die "cannot write $2 to $cache/sources: is the disk full?"
	}
}

# download KIND PACKAGE VERSION: into the current folder.
download() {
	case $1 in
	source) apt_private apt-get -q source --download-only "$2=$3" ;;
	binary) apt_private apt-get -q download "$2=$3" ;;
	esac
}

# fetch_remote KIND PACKAGE VERSION SUITES
fetch_remote() {
	mkdir -p "$build/log"
	apt_update "$(lock_suites)" "$(lock_i386_suites)"
	say "Fetching $2 $3"
	rm -rf "$work/download"
	mkdir -p "$work/download"
	if ! (cd "$work/download" && download "$1" "$2" "$3") \
		> "$build/log/fetch-$2.log" 2>&1; then
		fetch_pool "$1" "$2" "${4%%,*}" || fetch_explain "$1" "$2" "$3" "$4"
	fi
	while read -r _ _ _ _ fetch_file fetch_sum; do
		fetch_got=$work/download/$fetch_file
		[ -f "$fetch_got" ] || die "$2 $3: the mirror did not give $fetch_file"
		[ "$(sha256 "$fetch_got")" = "$fetch_sum" ] ||
			die "$fetch_file from the mirror has a wrong checksum"
		keep "$fetch_got" "$fetch_file"
	done < "$work/fetch"
	rm -rf "$work/download"
}

# fetch_pool KIND PACKAGE SUITE: the files of $work/fetch from the folders in which the
# mirror has today's versions, where older ones stay for a while; else from the
# snapshot. Fails when one is nowhere.
fetch_pool() {
	[ "$apt_updated" = yes ] || return
	case $1 in
	source) apt_private apt-cache showsrc "$2" | sed -n 's/^Directory: //p' ;;
	binary) apt_private apt-cache show "$2" | sed -n 's|^Filename: \(.*\)/.*|\1|p' ;;
	esac 2>/dev/null | sort -u > "$work/pool"
	pool_time=$(sed -n "s/^# SNAPSHOT $3 //p" "$lock")
	while read -r _ _ _ _ pool_file pool_sum; do
		fetch_pool_file "$(apt_mirror)" || {
			[ -n "$pool_time" ] && fetch_pool_file "$snapshots/$pool_time"
		} || return
	done < "$work/fetch"
}

# fetch_pool_file BASE: $pool_file, whose name has no epoch there.
fetch_pool_file() {
	while read -r pool_folder; do
		apt_private /usr/lib/apt/apt-helper download-file \
			"$1/$pool_folder/$(echo "$pool_file" | sed 's/_[0-9]*%3a/_/')" \
			"$work/download/$pool_file" "SHA256:$pool_sum" \
			>> "$build/log/fetch-pool.log" 2>&1 < /dev/null && return
	done < "$work/pool"
	return 1
}

# apt_knows KIND PACKAGE VERSION: whether an index has it.
apt_knows() {
	apt_private apt-cache madison "${2%%:*}" 2>/dev/null | awk -F ' *[|] *' -v k="$1" -v v="$3" '
		$2 == v && (k == "source") == ($3 ~ /Sources$/) { found = 1 }
		END { exit !found }'
}

# fetch_explain KIND PACKAGE VERSION SUITES: why a download failed, in one sentence.
fetch_explain() {
	fetch_log=$build/log/fetch-$2.log
	if grep -q 'No space left on device' "$fetch_log"; then
		die "$2 $3: no space left on the disk of $cache"
	elif [ "$apt_updated" = failed ]; then
		die "$2 $3 cannot be fetched: the Debian mirror does not answer as it should (log: $build/log/apt-update.log)"
	elif ! apt_knows "$1" "$2" "$3"; then
		die "$2 $3 has vanished from $4: run ./build.sh update-lock, or put its files into a folder and name that in SOCLE_SOURCES"
	fi
	die "$2 $3 cannot be fetched: $(grep '^E:' "$fetch_log" | head -n 1)"
}
