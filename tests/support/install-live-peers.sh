#!/usr/bin/env bash
# Installs pinned versions of the servers of the live suite into a folder: MiniStack (STS and Bedrock), boto3 to set up its
# users and roles, aimock (scripted answers) and WireMock (transport faults).
# Does nothing if they are installed already. Needs Python 3 with venv, Node.js with npm and Java 17.
set -euo pipefail
into=${1:?folder}
versions="ministack==1.5.33 boto3==1.43.106 @copilotkit/aimock@1.43.0 wiremock@3.13.2"

if [ "$(cat "$into/versions" 2> /dev/null)" = "$versions" ]; then
  exit 0
fi
rm -rf "$into"
mkdir -p "$into"
python3 -m venv "$into/python"
"$into/python/bin/pip" install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.106
npm install --silent --no-fund --no-audit --prefix "$into" @copilotkit/aimock@1.43.0 wiremock@3.13.2
echo "$versions" > "$into/versions"
