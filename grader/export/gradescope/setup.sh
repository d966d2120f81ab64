#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the image that every submission is graded in. It installs Go and
# a C compiler (for the race detector), and builds the grader from the course beside it.
set -euo pipefail

base=${AUTOGRADER:-/autograder}
course=$base/source/course

if [ ! -f "$course/go.mod" ]; then
  echo "no course in $course: put it into the zip beside this script, as the folder \"course\"" >&2
  exit 1
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends ca-certificates curl gcc libc6-dev

version=$(sed -n 's/^go \([0-9.]*\)$/\1/p' "$course/go.mod")
case $(uname -m) in
  x86_64) arch=amd64 ;;
  aarch64) arch=arm64 ;;
  *) echo "no Go for $(uname -m)" >&2; exit 1 ;;
esac
curl -fsSL --retry 3 "https://go.dev/dl/go$version.linux-$arch.tar.gz" | tar -C /usr/local -xzf -

export PATH=/usr/local/go/bin:$PATH HOME=${HOME:-/root}
cd "$course"
go mod download
go build -o "$base/grader" ./grader

# The starters are a class of one: grading them compiles every hidden test, which the image then keeps. Where an image
# is built there may be no sandbox; the first submission then takes longer.
warm=$(mktemp -d)
mkdir "$warm/class"
cp -R lessons "$warm/class/starter"
"$base/grader" batch "$warm/class" --out "$warm/out" </dev/null || echo "not warmed up; submissions will still be graded"
rm -rf "$warm"
