#!/bin/sh
# Sets the tree up: Gristmill's packages (npm ci) and its build, each when missing or stale, both under one lock so that two launches
# at once do not meet. bin/gristmill and scripts/test.sh source it with $root set; tests run it as a program (`sh scripts/setUp.sh`).
# It writes to stderr only, reads nothing of the caller's stdin, and never changes the caller's working directory.

say() {
  printf 'gristmill: %s\n' "$*" >&2
}

die() {
  say "$*"
  release_set_up
  exit 1
}

set_up_lock=''

release_set_up() {
  if [ -n "$set_up_lock" ]; then
    rm -rf "$set_up_lock"
    set_up_lock=''
    trap - EXIT HUP INT TERM
  fi
}

# A node_modules that is a link belongs to another tree and is left as it is.
packages_stale() {
  [ ! -L "$root/node_modules" ] || return 1
  [ -f "$root/node_modules/.package-lock.json" ] || return 0
  [ "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]
}

# A folder counts too: its time tells of files that were removed.
build_stale() {
  [ -f "$root/out/.stamp" ] && [ -f "$root/out/main/terminal.js" ] || return 0
  while read -r source; do
    [ -e "$root/$source" ] || continue
    [ -z "$(find "$root/$source" -newer "$root/out/.stamp" ! -name '*.test.ts' ! -name '*.test.tsx' | head -n 1)" ] || return 0
  done <"$root/scripts/buildSources.txt"
  return 1
}

# Sets $node to a Node that can run Gristmill: the one that npm brought, else one of 24 or newer on the PATH.
find_node() {
  node="$root/node_modules/.bin/node"
  # It is linked against glibc: being there is not yet being able to run (7 ms).
  ! "$node" -v >/dev/null 2>&1 || return 0
  node=$(command -v node) || die 'running needs Node 24 or newer; install it from https://nodejs.org and put it on the PATH'
  major=$("$node" -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 24 ] || die "running needs Node 24 or newer, and $node is $("$node" --version); install it from https://nodejs.org"
}

# Waits while another launch sets up. A lock whose owner is gone is broken by one waiter at a time, which looks again first.
take_set_up() {
  lock="$root/.set-up.lock"
  waited=0
  until mkdir "$lock" 2>/dev/null; do
    [ -e "$lock" ] || [ -w "$root" ] || die "cannot set up in $root: the folder cannot be written; run it once as someone who may"
    [ "$waited" -ne 1 ] || say 'waiting for another launch that is setting up'
    [ "$waited" -lt 900 ] || die "setting up in $root has been going on elsewhere for 15 minutes; remove $lock* if that is not so"
    owner=$(cat "$lock/pid" 2>/dev/null) || owner=''
    if [ "$waited" -gt 2 ] && ! owner_alive "$owner"; then
      break_lock "$owner"
    else
      sleep 1
    fi
    waited=$((waited + 1))
  done
  set_up_lock=$lock
  trap release_set_up EXIT
  trap 'release_set_up; exit 129' HUP
  trap 'release_set_up; exit 130' INT
  trap 'release_set_up; exit 143' TERM
  echo $$ >"$lock/pid"
}

owner_alive() {
  [ -n "$1" ] && { kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ]; }
}

break_lock() {
  mkdir "$lock.broken" 2>/dev/null || return 0
  [ "$(cat "$lock/pid" 2>/dev/null)" != "$1" ] || rm -rf "$lock"
  rmdir "$lock.broken"
}

# npm itself runs on whatever Node there is, 20 or newer.
install_packages() {
  command -v npm >/dev/null || die 'setting up needs Node 20 or newer with npm; install it from https://nodejs.org'
  say 'installing packages (npm ci), once'
  log="$set_up_lock/npm.log"
  (cd "$root" && npm ci --ignore-scripts --include=dev --include=optional >"$log" 2>&1 </dev/null) && return 0
  tail -n 15 "$log" >&2
  die "npm ci failed in $root; its last lines stand above"
}

build() {
  say 'building, once'
  "$node" "$root/scripts/build.ts" >&2 </dev/null || die "the build failed in $root; its output stands above"
}

# $1 is `packages` or `all`. A tree that cannot be written is used as it is when it is complete.
set_up() {
  if packages_stale || { [ "$1" = all ] && build_stale; }; then
    if [ ! -w "$root" ] && [ -x "$root/node_modules/.bin/node" ] && [ -f "$root/out/main/terminal.js" ]; then
      say "$root is stale and cannot be written; going on with what is built"
    else
      take_set_up
      ! packages_stale || install_packages
      find_node
      [ "$1" != all ] || ! build_stale || build
      release_set_up
    fi
  fi
  find_node
}

case ${0##*/} in
  setUp.sh)
    set -eu
    root=$(CDPATH='' cd -P "$(dirname "$0")/.." && pwd -P)
    set_up all
    ;;
esac
