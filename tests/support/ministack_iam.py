"""Creates users and roles in MiniStack, and prints the keys of the caller as JSON.

    python ministack_iam.py URL [NAME TRUST.json POLICY.json]...

NAME, TRUST.json and POLICY.json add a role with these policies.
"""

import json
import sys

import boto3

# MiniStack does not verify root keys; they create the users whose keys it verifies.
options = dict(
    endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
)
iam, sts = boto3.client("iam", **options), boto3.client("sts", **options)
account = sts.get_caller_identity()["Account"]


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions):
    # MiniStack needs actions for Converse, which AWS does not have, and the resource `*`.
    return document({"Effect": "Allow", "Action": list(actions), "Resource": "*"})


def role(name, principal, actions, **condition):
    trust = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    trust.update(condition)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=allow(*actions))


WHOLE = ["bedrock:InvokeModel", "bedrock:Converse"]
STREAMS = ["bedrock:InvokeModelWithResponseStream", "bedrock:ConverseStream"]
STS = ["sts:AssumeRole", "sts:GetCallerIdentity"]
caller = f"arn:aws:iam::{account}:user/ci"

iam.create_user(UserName="ci")
iam.put_user_policy(UserName="ci", PolicyName="own", PolicyDocument=allow(*STS))
role("plain", caller, WHOLE + STREAMS + STS)
role("guarded", caller, WHOLE + STREAMS, Condition={"StringEquals": {"sts:ExternalId": "kore-1"}})
role("second", f"arn:aws:iam::{account}:role/plain", WHOLE + STREAMS)
role("closed", "arn:aws:iam::999999999999:root", WHOLE + STREAMS)
role("powerless", caller, ["s3:ListAllMyBuckets"])
role("no-streams", caller, WHOLE)
for name, trust, policy in zip(*[iter(sys.argv[2:])] * 3):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=open(trust, encoding="utf-8").read())
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=open(policy, encoding="utf-8").read())
key = iam.create_access_key(UserName="ci")["AccessKey"]
print(json.dumps({"account": account, "id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}))
