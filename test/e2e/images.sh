#!/usr/bin/env bash
# Builds the two images of the end-to-end test with buildah, as archives for a node that can pull nothing.
#
#   images.sh FOLDER        writes FOLDER/runner-autoscaler.tar and FOLDER/fake-runner.tar
#
# The base image (NODE_IMAGE of the Dockerfiles) has to be there already. CA_FILE names certificates to trust beside the
# usual ones, for a network whose proxy signs its own.
set -euo pipefail
folder=$(cd "${1:?usage: images.sh FOLDER}" && pwd)
cd "$(dirname "$0")/../.."
export STORAGE_DRIVER=${STORAGE_DRIVER:-vfs} BUILDAH_ISOLATION=${BUILDAH_ISOLATION:-chroot}
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)

buildah build --pull=never ${CA_FILE:+--secret "id=ca,src=$CA_FILE"} --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
  -t localhost/runner-autoscaler:test . >&2
buildah build --pull=never -t localhost/fake-runner:test test/e2e/runner >&2
for name in runner-autoscaler fake-runner; do
  rm -f "$folder/$name.tar"
  buildah push "localhost/$name:test" "oci-archive:$folder/$name.tar:localhost/$name:test" >&2
done
