#!/usr/bin/env bash
# Makes the pictures of the README: frames of the interface, as the script
# tui/testdata/pictures.txt leads to them, drawn as SVG.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
frames=tui/testdata/golden

go test ./tui -run 'TestScripts/^pictures$' -count=1 -update
go run ./docs/screens "$frames/picture-wide.ansi" docs/wide-dark.svg
go run ./docs/screens -light "$frames/picture-narrow.ansi" docs/narrow-light.svg
