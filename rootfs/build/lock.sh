# update-lock and sources: what the build is made from.
# SPDX-License-Identifier: MIT

# lock_all_suites: every suite that a recipe names.
lock_all_suites() {
	for lock_name in $(recipe_all); do recipe_field "$lock_name" suites; done |
		tr ' ' '\n' | sort -u | tr '\n' ' '
}

# lock_wanted_by RECIPE: KIND PACKAGE SUITES, a line for each that it names.
lock_wanted_by() {
	lock_from=$(recipe_field "$1" suites)
	for lock_package in $(recipe_field "$1" source) \
		$(recipe_field "$1" corresponding); do
		echo "source $lock_package $lock_from"
	done
	for lock_package in $(recipe_field "$1" binary); do
		echo "binary $lock_package $lock_from"
	done
}

# lock_versions KIND PACKAGE SUITE: versions there, newest first.
lock_versions() {
	apt_private apt-cache madison "$2" | awk -F ' *[|] *' -v k="$1" -v s="$3" '
		{ gsub(/^ +/, "", $1); split($3, at, " "); split(at[2], suite, "/") }
		suite[1] == s && (k == "source") == ($3 ~ /Sources$/) { print $2 }'
}

# lock_resolve KIND PACKAGE SUITE...: the lock's lines for the newest version
# of the first suite that has any and whose files can all be fetched.
lock_resolve() {
	resolve_kind=$1
	resolve_package=$2
	shift 2
	for resolve_suite; do
		resolve_version=$(lock_versions "$resolve_kind" "$resolve_package" "$resolve_suite" | head -n 1)
		[ -n "$resolve_version" ] || continue
		rm -rf "$work/resolve"
		mkdir -p "$work/resolve"
		(cd "$work/resolve" && download "$resolve_kind" "$resolve_package" "$resolve_version") \
			> "$build/log/resolve-$resolve_package.log" 2>&1 || continue
		resolve_in=$(lock_holders "$@")
		for resolve_file in "$work/resolve"/*; do
			resolve_name=${resolve_file##*/}
			echo "$resolve_kind $resolve_package $resolve_version $resolve_in $resolve_name $(sha256 "$resolve_file")"
			keep "$resolve_file" "$resolve_name"
		done
		return 0
	done
	die "no suite of '$*' gives $resolve_kind $resolve_package (log: $build/log/resolve-$resolve_package.log)"
}

# lock_holders SUITE...: those that hold the version, joined with commas.
lock_holders() {
	for holder; do
		lock_versions "$resolve_kind" "$resolve_package" "$holder" |
			grep -qxF "$resolve_version" && echo "$holder"
	done | paste -s -d ,
}

# lock_snapshots: when each suite's index was made, for fetch_pool.
lock_snapshots() {
	for lock_suite in $(lock_all_suites); do
		lock_date=$(sed -n 's/^Date: //p' "$cache"/apt/state/lists/*"_dists_${lock_suite}_InRelease" 2> /dev/null) ||
			continue
		echo "# SNAPSHOT $lock_suite $(date -u -d "$lock_date" +%Y%m%dT%H%M%SZ)"
	done
}

# lock_candidate FILE: a lock of what the suites hold today.
lock_candidate() {
	apt_update "$(lock_all_suites)" "$(lock_all_suites)"
	[ "$apt_updated" = yes ] ||
		say "Some index could not be read; going on with the others (log: $build/log/apt-update.log)"
	mkdir -p "$cache/sources"
	echo "# KIND PACKAGE VERSION SUITES FILE SHA256; written by ./build.sh update-lock" > "$1"
	lock_snapshots >> "$1"
	# What two recipes want is of the suites of the one with less choice.
	for lock_name in $(recipe_all); do lock_wanted_by "$lock_name"; done |
		sort -u | awk '
		!(($1, $2) in fields) || NF < fields[$1, $2] {
			fields[$1, $2] = NF; line[$1, $2] = $0 }
		END { for (i in line) print line[i] }' | sort > "$work/wanted"
	while read -r want_kind want_package want_suites; do
		say "Looking for $want_package in $want_suites"
		# shellcheck disable=SC2086
		lock_resolve "$want_kind" "$want_package" $want_suites >> "$1"
	done < "$work/wanted"
}

# update_lock: candidate, built and tested before it replaces the lock.
update_lock() {
	lock_candidate "$work/lock"
	if [ -f "$lock" ] && [ "$(grep -v '^#' "$work/lock")" = "$(grep -v '^#' "$lock")" ]; then
		say "The lock is up to date"
		return
	fi
	[ -f "$lock" ] && diff "$lock" "$work/lock" | grep '^[<>]' | cut -d ' ' -f 1-5 >&2
	SOCLE_LOCK=$work/lock "$top/build.sh" ||
		die "the new versions do not build; the lock is unchanged"
	SOCLE_LOCK=$work/lock "$top/build.sh" test ||
		die "the new versions do not pass the tests; the lock is unchanged"
	cp "$work/lock" "$lock.new" && mv "$lock.new" "$lock"
	say "Wrote rootfs/sources.lock"
}

# sources: everything that the ISO's binaries were made from, beside our own
# tree and the list of licences, as a folder (good for SOCLE_SOURCES) and as
# one archive.
sources() {
	sources_out=$build/socle-sources
	rm -rf "$sources_out"
	mkdir -p "$sources_out"
	for lock_name in $(recipe_names); do lock_wanted_by "$lock_name"; done |
		sort -u > "$work/all"
	while read -r all_kind all_package _; do
		fetch "$all_kind" "$all_package"
		lock_lines "$all_kind" "$all_package" | while read -r _ _ _ _ all_file _; do
			ln "$cache/sources/$all_file" "$sources_out/" 2>/dev/null ||
				cp "$cache/sources/$all_file" "$sources_out/"
		done
	done < "$work/all"
	cp "$lock" "$sources_out/"
	licence_list > "$build/licences.txt"
	cp "$build/licences.txt" "$sources_out/"
	step sources-tree own_tree "$sources_out/socle.tar"
	step sources-archive tar -C "$build" --sort=name --owner=0 --group=0 \
		--numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
		-cf "$work/sources.tar" socle-sources
	mv "$work/sources.tar" "$build/socle-sources.tar"
	say "Wrote build/socle-sources/, build/socle-sources.tar and build/licences.txt"
}

# release: what somebody is given who gets this version, in one folder.
release() {
	release_out=$build/release-$version
	rm -rf "$release_out" "$work/release"
	mkdir "$work/release"
	cp "$build/socle.iso" "$work/release/socle-$version.iso"
	mv "$build/socle-sources.tar" "$work/release/socle-$version-sources.tar"
	cp "$build/licences.txt" "$work/release/socle-$version-licences.txt"
	(cd "$work/release" && sha256sum -- *) > "$work/sums"
	mv "$work/sums" "$work/release/SHA256SUMS"
	mv "$work/release" "$release_out"
	say "Wrote build/release-$version/"
}

# own_tree FILE: our own tree as it is, without what git ignores.
own_tree() {
	(cd "$top" && git ls-files -z --cached --others --exclude-standard) |
		tar -C "$top" --null --no-recursion -T - --owner=0 --group=0 \
			--numeric-owner --sort=name --mtime="@$SOURCE_DATE_EPOCH" -cf "$1"
}

# licence_list: component, version, and the licences its copyright file names,
# or where that is plain prose, its recipe.
licence_list() {
	echo "Socle Server's own code: MIT (LICENSE)."
	echo
	for list_name in $(recipe_names); do
		for list_file in "$(recipe_output "$list_name")"/licence/*/copyright; do
			licence_line "$list_name" "$list_file"
		done
	done | sort -u
}

# Of a package that is locked as a source and as a binary, the tests have the
# binary, in another version perhaps.
licence_line() {
	list_package=$(basename "$(dirname "$2")")
	list_version=$(awk -v p="$list_package" '$2 == p && ($1 == "source" || !v) { v = $3 }
		END { print v }' "$lock")
	list_terms=$(sed -n 's/^License: *//p' "$2" | sort -u | paste -s -d ',' | sed 's/,/, /g')
	printf '%s %s: %s\n' "$list_package" "$list_version" \
		"${list_terms:-$(recipe_field "$1" licence)}"
}
