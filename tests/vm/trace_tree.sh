#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Calls with what they call: beside what the calling program (tests/vm/calls) says that it opened.
#
# shellcheck disable=SC2016,SC2317,SC2329 # check calls the functions, and evaluates words

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh
# shellcheck source=tests/vm/lib/guest.sh
. tests/vm/lib/guest.sh
# shellcheck source=tests/vm/lib/trace.sh
. tests/vm/lib/trace.sh

# What do_sys_openat2() calls for each open, by the name that this kernel has for it.
inner=$(grep -o -E ' do_fil(p|e)_open$' /proc/kallsyms | head -n 1 | tr -d ' ')
multi=''
kvet trace -q --backend multi -c --duration 1ms vfs_read && multi=multi

# calls_of FILE: "ROOT DEPTH SYMBOL ERROR FAILING VALUE" of each call.
calls_of() {
	lines "$1" call | big_awk '
		function get(key) {
			if (!match($0, "\"" key "\":(\"[^\"]*\"|[^,}]+)")) return "absent"
			text = substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
			gsub(/"/, "", text)
			return text
		}
		{ print get("root"), get("depth"), get("symbol"), get("error"), get("failing"), get("value") }'
}

# trees_are FILE: each open is a tree, whose calls are those that its result takes, less those that the
# kernel says that it missed, since the CPU was busy with another probe.
trees_are() {
	calls_of "$1" >/tmp/calls
	slack=$(values "$1" summary missed)
	big_awk -v inner="$inner" -v slack="$slack" '
		function fewer(seen, wanted) {
			return seen > wanted || wanted - seen > slack + 0
		}
		NR == FNR { opened[$4 < 0 ? "failed" : "good"]++; next }
		$2 == 0 { if ($3 != "do_sys_openat2") bad++; roots++; kind = $6 < 0 ? "failed" : "good"
			seen[kind]++; order = 0 }
		{ if ($1 != roots) bad++
		  tree[$2 " " $3 " " kind]++
		  if ($5 == "true") marked[$2 " " $3 " " $4]++ }
		END {
			print roots + 0 " trees, " bad + 0 " calls out of place"
			for (call in tree) print "  " call ": " tree[call]
			for (call in marked) print "  marked: " call ": " marked[call]
			exit bad || !opened["failed"] || tree["2 vfs_open failed"] ||
				fewer(seen["failed"], opened["failed"]) || fewer(seen["good"], opened["good"]) ||
				fewer(tree["1 " inner " failed"], opened["failed"]) ||
				fewer(tree["1 " inner " good"], opened["good"]) ||
				fewer(tree["2 vfs_open good"], opened["good"]) ||
				fewer(marked["0 do_sys_openat2 ENOENT"], opened["failed"]) ||
				fewer(marked["1 " inner " ENOENT"], opened["failed"]) }' \
		/tmp/passed /tmp/calls
}

for backend in tracefs $multi $(by_fentry); do
	start /tmp/trees --backend "$backend" --tree --among 'do_fil[pe]_open' --among vfs_open --comm calls do_sys_openat2
	calls open 4 25 >/tmp/passed
	stop
	cat /tmp/trees.err
	check "$backend: each open is a tree, with its calls and the path of its error" trees_are /tmp/trees
	check "$backend: every hit is accounted for" all_counted /tmp/trees
	check "$backend: every call of a tree is shown, or its root tells that it is lost" test \
		"$(sum /tmp/trees site entered)" -eq $(($(lines /tmp/trees call | wc -l) + $(sum /tmp/trees call lost)))
done

# Conditions are asked of the root: of its arguments, then of its result.
start /tmp/asked --backend tracefs --tree --where 'dfd >= 102000' --where 'ret < 0' \
	--among 'do_fil[pe]_open' --among vfs_open --comm calls do_sys_openat2
calls open 4 25 >/tmp/passed
stop
asked() {
	calls_of /tmp/asked >/tmp/calls
	awk -v missed="$(values /tmp/asked summary missed)" '
		NR == FNR { wanted += $2 >= 102000 && $4 < 0; next }
		$2 == 0 { roots++; bad += $4 != "ENOENT" }
		$3 == "vfs_open" { bad++ }
		END { print roots + 0, "trees of", wanted + 0 "," , bad + 0, "that do not belong"
			exit !wanted || !roots || bad || roots > wanted || wanted - roots > missed + 0 }' \
		/tmp/passed /tmp/calls
}
check '--where: the trees of those roots' asked
check '--where: every hit is accounted for' all_counted /tmp/asked
given() {
	read -r events discarded <<-END
	$(sums /tmp/asked summary events discarded)
	END
	echo "events $events, discarded $discarded"
	[ "$events" = "$(lines /tmp/asked call | wc -l)" ] && [ "$discarded" -gt 0 ] &&
		[ $((events + discarded)) = "$(sum /tmp/asked site counted)" ]
}
check '--where: what was sent of other trees is discarded' given

# Of each tree, what has no room is counted, and so are the calls outside.
start /tmp/large --backend tracefs --tree --args --among 'balance_dirty_pages_ratelimited*' --comm dd vfs_write
dd if=/dev/zero of=/tmp/zero bs=8M count=1 2>/dev/null
rm /tmp/zero
stop
check 'a large tree: every hit is accounted for' all_counted /tmp/large
cut=$(lines /tmp/large call | json_value cut | awk '{ n += $1 } END { print n + 0 }')
printf '# cut %s\n' "$cut"
check 'a large tree: calls without room are limited, and its root tells how many' \
	test "$(sum /tmp/large site limited)" -eq "$cut"
check 'a large tree: at most a thousand calls' eval \
	'! calls_of /tmp/large | awk "{ n[\$1]++ } END { for (r in n) if (n[r] > 1000) print r }" | grep .'
check_output '"args":{"file":' 'a tree: with arguments' lines /tmp/large call

# A person sees which ones fail.
kvet trace --tree --failed --count 2 --color never --among "$inner" --among vfs_open --comm calls \
	do_sys_openat2 >/tmp/shown 2>/tmp/shown.err &
pid=$!
while kill -0 "$pid" 2>/dev/null; do calls open 1 6 >/dev/null; done
check_output '^ +2 .* -2 +ENOENT .*! do_sys_openat2' '--failed: the roots that do' cat /tmp/shown
check_also "^ +2 .* -2 +ENOENT .*!   $inner" '--failed: and where it comes from'
check '--failed: no others' eval '! grep -q "calls .* vfs_open" /tmp/shown'
check_output '^ *events: 4$' '--count: of trees' cat /tmp/shown

if [ -z "$multi" ]; then
	check_status 1 'hundreds of functions without one link: refused' kvet trace --tree --among 'security_*' vfs_read
	check_also 'functions would take about [0-9]+ s to arm' 'hundreds of functions: says how long it would take'
fi

plan
