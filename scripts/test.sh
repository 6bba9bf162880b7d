#!/bin/sh
# `npm test`: sets the packages up when that is needed, then runs every check on the Node that they brought.
set -eu
root=$(CDPATH='' cd -P "$(dirname "$0")/.." && pwd -P)

. "$root/scripts/setUp.sh"
set_up packages
PATH="$root/node_modules/.bin:$PATH"
export PATH
cd "$root"
exec "$node" scripts/test.ts "$@"
