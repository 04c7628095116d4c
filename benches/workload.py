#!/usr/bin/env python3
"""Writes the input of whole.py: the same bytes on every run and machine.

usage: workload.py OUTDIR [SIZE…]          sizes: 1 100 1000 10000 if none is given

OUTDIR/validate/N/                N configs of one model each, and tombi's settings
OUTDIR/faulty/FAULT/              one config with one fault, which every validator must refuse
OUTDIR/replay/N/ours/             N cases in configs of ten, their fixtures beside them
OUTDIR/replay/N/replies/          the same replies as plain files, for the peers
OUTDIR/replay/N/{hurl,promptfoo,pytest}/   the same cases in the peers' formats
"""

import hashlib
import json
import random
import shutil
import sys
from pathlib import Path

SIZES = [1, 100, 1_000, 10_000]
CASES_A_FILE = 10
REPLY_BYTES = 2_048

REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1", "ap-southeast-2"]
MODEL_ID = "global.anthropic.claude-haiku-4-5-20251001-v1:0"
WORDS = """alpha bravo quarterly revenue forecast incident latency bucket policy invoice customer ticket summary
escalation refund warranty shipment delay outage metric dashboard alarm budget contract renewal clause
liability supplier audit finding remediation control evidence owner deadline""".split()


def words(dice, count):
    return " ".join(dice.choice(WORDS) for _ in range(count))


# --- validate ---------------------------------------------------------------------------------------------

CONFIG = """\
version = 1

[credentials.platform]
role_arn = "arn:aws:iam::{account:012d}:role/bedrock/invoke-{i:05d}"
sts_endpoint = "https://sts.{region}.amazonaws.com/"
external_id = "ext-{external}"
session_name = "bedrock-check-{i:05d}"
duration = {duration}
allowed_account_ids = ["{account:012d}"]

[models.claude-{i:05d}]
description = "{description}"
credentials = "platform"
region = "{region}"
model_id = "{model_id}"
operation = "invoke"
stream = false
tags = ["team-{team}", "{tag}"]

[models.claude-{i:05d}.variables]
topic = {{ type = "string", min_length = 1, max_length = 200, description = "{topic_help}" }}
audience = {{ type = "string", default = "{audience}", description = "Who reads the answer" }}
tone = {{ type = "string", enum = ["plain", "formal", "warm"], default = "plain" }}
limit = {{ type = "integer", minimum = 1, maximum = 4096, default = {limit} }}
temperature = {{ type = "number", minimum = 0, maximum = 1, default = {temperature} }}

[models.claude-{i:05d}.request]
body = '''
{{
  "anthropic_version": "bedrock-2023-05-31",
  "max_tokens": {{{{limit}}}},
  "temperature": {{{{temperature}}}},
  "system": "You are a careful assistant. Answer in a {{{{tone}}}} tone. {system}.",
  "messages": [
    {{
      "role": "user",
      "content": [
        {{ "type": "text", "text": "Write a summary about {{{{topic}}}} for {{{{audience}}}}." }},
        {{ "type": "text", "text": "{context}" }}
      ]
    }}
  ],
  "stop_sequences": ["</answer>"]
}}
'''

[models.claude-{i:05d}.mapping]
output_text = "$.content[0].text"
input_tokens = "$.usage.input_tokens"
output_tokens = "$.usage.output_tokens"
"""

CASE = """
[[models.claude-{i:05d}.cases]]
name = "case {number}: {title}"
description = "{description}"
tags = ["{tag}"]
variables = {{ topic = "{topic}", audience = "{audience}", limit = {limit} }}
expect.output_text = {{ contains = "{word}", not_contains = "I cannot" }}
expect.output_tokens = {{ min = 1, max = {limit} }}
"""


def config(i):
    """One config of about 80 lines with a model, five variables and three cases."""
    dice = random.Random(i)
    head = CONFIG.format(
        i=i,
        model_id=MODEL_ID,
        account=dice.randrange(10**12),
        region=dice.choice(REGIONS),
        external=dice.randrange(10**8),
        duration=dice.choice([900, 1800, 3600]),
        description=words(dice, 12),
        team=dice.randrange(50),
        tag=dice.choice(["smoke", "regression"]),
        topic_help=words(dice, 6),
        audience=words(dice, 2),
        limit=dice.choice([512, 1024, 4096]),
        temperature=dice.choice(["0.0", "0.2", "0.7"]),
        system=words(dice, 14),
        context=words(dice, 24),
    )
    return head + "".join(case(i, number, dice) for number in range(3))


def case(i, number, dice):
    return CASE.format(
        i=i,
        number=number,
        title=words(dice, 4),
        description=words(dice, 10),
        tag=dice.choice(["smoke", "nightly"]),
        topic=words(dice, 3),
        audience=words(dice, 1),
        limit=dice.randrange(50, 900),
        word=words(dice, 1),
    )


FAULTS = {
    "unknown-key": ("operation =", "operatoin ="),
    "wrong-type": ("stream = false", 'stream = "no"'),
    "not-one-of": ('operation = "invoke"', 'operation = "chat"'),
    "out-of-bounds": ("duration = ", "duration = 1 # "),
    "missing-name": ("\nname = ", "\n# name = "),
}

TOMBI = """\
toml-version = "v1.0.0"
[[schemas]]
path = "{schema}"
include = ["*.bedrock.toml"]
"""


def write_validate(out, size):
    folder = fresh(out / "validate" / str(size))
    for i in range(size):
        (folder / f"m{i:05d}.bedrock.toml").write_text(config(i))
    (folder / "tombi.toml").write_text(TOMBI.format(schema=out / "schema.json"))


def write_faulty(out):
    good = config(0)
    for name, (old, new) in FAULTS.items():
        faulty = good.replace(old, new, 1)
        assert faulty != good, name
        folder = fresh(out / "faulty" / name)
        (folder / "m00000.bedrock.toml").write_text(faulty)
        (folder / "tombi.toml").write_text(TOMBI.format(schema=out / "schema.json"))


# --- replay -----------------------------------------------------------------------------------------------

REQUEST = (
    '{"anthropic_version": "bedrock-2023-05-31", "max_tokens": 512, "messages": [{"role": "user", "content": '
    '[{"type": "text", "text": "Write a summary about {{topic}} for {{audience}}."}]}]}'
)

SUITE = """\
version = 1

[credentials.platform]
role_arn = "arn:aws:iam::123456789012:role/BedrockAccess"

[models.suite-{suite:05d}]
credentials = "platform"
region = "us-east-1"
model_id = "{model_id}"

[models.suite-{suite:05d}.variables]
topic = {{ type = "string" }}
audience = {{ type = "string" }}

[models.suite-{suite:05d}.request]
body = '''
{request}
'''

[models.suite-{suite:05d}.mapping]
output_text = "$.content[0].text"
input_tokens = "$.usage.input_tokens"
output_tokens = "$.usage.output_tokens"
"""

SUITE_CASE = """
[[models.suite-{suite:05d}.cases]]
name = "case {i:05d}"
variables = {{ topic = "{topic}", audience = "{audience}" }}
expect.output_text = {{ contains = "token-{i}." }}
expect.input_tokens = {{ equals = {input_tokens} }}
expect.output_tokens = {{ equals = {output_tokens} }}
"""


def recorded(i):
    """One case: the values of its variables, the mapped output, and the reply."""
    dice = random.Random(7 * i + 1)
    topic, audience = f"topic {i} {words(dice, 1)}", f"{words(dice, 1)} readers"
    tokens = {"input_tokens": 20 + i % 97, "output_tokens": 40 + i % 400}
    return {"i": i, "topic": topic, "audience": audience, **tokens, "reply": reply(i, tokens, dice)}


def reply(i, tokens, dice):
    """A response of the Messages API of REPLY_BYTES, with quotes and line ends in its text."""
    body = {
        "id": f"msg_bdrk_{i:024d}",
        "type": "message",
        "role": "assistant",
        "model": "claude-3-haiku-20240307",
        "content": [{"type": "text", "text": ""}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": tokens,
    }
    text = f'Summary of "token-{i}."\n'
    room = REPLY_BYTES - len(json.dumps(body))
    while len(json.dumps(text)) < room:
        text += dice.choice(WORDS) + (" " if dice.random() < 0.93 else ".\n")
    body["content"][0]["text"] = text
    return body


def write_replay(out, size):
    folder = fresh(out / "replay" / str(size))
    for name in ["ours", "replies", "hurl", "promptfoo", "pytest"]:
        (folder / name).mkdir()
    cases = [recorded(i) for i in range(size)]
    for case in cases:
        (folder / "replies" / f"{case['i']:05d}.json").write_text(json.dumps(case["reply"]))
    write_ours(folder / "ours", cases)
    write_hurl(folder / "hurl", cases)
    write_promptfoo(folder / "promptfoo", cases)
    write_pytest(folder / "pytest", cases)


def write_ours(folder, cases):
    for first in range(0, len(cases), CASES_A_FILE):
        suite, part = first // CASES_A_FILE, cases[first : first + CASES_A_FILE]
        text = SUITE.format(suite=suite, model_id=MODEL_ID, request=REQUEST)
        text += "".join(SUITE_CASE.format(suite=suite, **case) for case in part)
        (folder / f"s{suite:05d}.bedrock.toml").write_text(text)
        fixtures = folder / "fixtures" / f"suite-{suite:05d}"
        fixtures.mkdir(parents=True)
        for case in part:
            name = f"suite-{suite:05d}::case {case['i']:05d}"
            write_fixture(fixtures / f"case-{case['i']:05d}.json", name, rendered(case), case["reply"])


def rendered(case):
    return json.loads(REQUEST.replace("{{topic}}", case["topic"]).replace("{{audience}}", case["audience"]))


def write_fixture(path, name, body, reply):
    """Writes a fixture in our format; no other function knows it. `body` is the rendered request."""
    request = {"operation": "InvokeModel", "region": "us-east-1", "model_id": MODEL_ID, "headers": {}, "body": body}
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    fixture = {
        "format": 1,
        "case": name,
        "source": {"kind": "hand-written"},
        "fingerprint": "sha256:" + hashlib.sha256(canonical.encode()).hexdigest(),
        "request": request,
        "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": reply},
    }
    path.write_text(json.dumps(fixture, indent=2, ensure_ascii=False) + "\n")


# --- the peers' formats -----------------------------------------------------------------------------------

HURL = """\
POST http://127.0.0.1:{{{{port}}}}/{i:05d}.json
Content-Type: application/json
[Options]
variable: topic={topic}
variable: audience={audience}
```json
{request}
```
HTTP 200
[Asserts]
jsonpath "$.content[0].text" contains "token-{i}."
jsonpath "$.usage.input_tokens" == {input_tokens}
jsonpath "$.usage.output_tokens" == {output_tokens}
"""


def write_hurl(folder, cases):
    """Writes a file for each case, which hurl runs in parallel."""
    for case in cases:
        (folder / f"{case['i']:05d}.hurl").write_text(HURL.format(request=REQUEST, **case))


PROVIDER = """\
const fs = require('fs');
module.exports = class {
  id() { return 'recorded'; }
  async callApi(prompt, context) {
    return { output: fs.readFileSync(`${__dirname}/../replies/${context.vars.reply}.json`, 'utf8') };
  }
};
"""


def write_promptfoo(folder, cases):
    """Writes a provider that reads the reply within the process, which is the fastest way for promptfoo."""
    (folder / "provider.cjs").write_text(PROVIDER)
    (folder / "prompt.txt").write_text(REQUEST)
    (folder / "tests.json").write_text(json.dumps([promptfoo_test(case) for case in cases], indent=1))
    settings = "prompts: [file://prompt.txt]\nproviders: [file://provider.cjs]\ntests: file://tests.json\n"
    (folder / "suite.yaml").write_text("description: replay\n" + settings)


def promptfoo_test(case):
    usage = "String(JSON.parse(output).usage.{})"
    text = "JSON.parse(output).content[0].text"
    return {
        "description": f"case {case['i']:05d}",
        "vars": {"topic": case["topic"], "audience": case["audience"], "reply": f"{case['i']:05d}"},
        "assert": [
            {"type": "contains", "value": f"token-{case['i']}.", "transform": text},
            {"type": "equals", "value": str(case["input_tokens"]), "transform": usage.format("input_tokens")},
            {"type": "equals", "value": str(case["output_tokens"]), "transform": usage.format("output_tokens")},
        ],
    }


PYTEST = '''\
import json, pathlib, pytest
from jsonpath_ng import parse

HERE = pathlib.Path(__file__).resolve().parent
CASES = json.loads((HERE / "cases.json").read_text())
REQUEST = (HERE / "request.json").read_text()
PATHS = {
    "output_text": parse("$.content[0].text"),
    "input_tokens": parse("$.usage.input_tokens"),
    "output_tokens": parse("$.usage.output_tokens"),
}

def mapped(case):
    request = json.loads(REQUEST.replace("{{topic}}", case["topic"]).replace("{{audience}}", case["audience"]))
    assert request["messages"]
    reply = json.loads((HERE / ".." / "replies" / f"{case['i']:05d}.json").read_text())
    return {name: path.find(reply)[0].value for name, path in PATHS.items()}

'''

PYTEST_ASSERTS = '''\
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['i']:05d}")
def test_case(case):
    fields = mapped(case)
    assert f"token-{case['i']}." in fields["output_text"]
    assert fields["input_tokens"] == case["input_tokens"]
    assert fields["output_tokens"] == case["output_tokens"]
'''

PYTEST_SNAPSHOTS = '''\
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['i']:05d}")
def test_case(case, snapshot):
    assert mapped(case) == snapshot
'''


def write_pytest(folder, cases):
    kept = [{name: value for name, value in case.items() if name != "reply"} for case in cases]
    (folder / "cases.json").write_text(json.dumps(kept))
    (folder / "request.json").write_text(REQUEST)
    (folder / "test_asserts.py").write_text(PYTEST + PYTEST_ASSERTS)
    (folder / "test_snapshots.py").write_text(PYTEST + PYTEST_SNAPSHOTS)


# --- all of it --------------------------------------------------------------------------------------------


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    out = Path(arguments[0]).resolve()
    write_faulty(out)
    for size in map(int, arguments[1:]) if arguments[1:] else SIZES:
        write_validate(out, size)
        write_replay(out, size)


if __name__ == "__main__":
    main(sys.argv[1:])
