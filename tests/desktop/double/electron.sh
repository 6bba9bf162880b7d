#!/bin/sh
# Stands for the Electron binary: `electron.sh <app folder> [arguments]`.
exec "$DOUBLE_NODE" "$(dirname "$0")/start.ts" "$@"
