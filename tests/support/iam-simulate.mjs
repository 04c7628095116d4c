// Evaluates policies and requests with @cloud-copilot/iam-simulate and compares its verdicts with ours.
//
//   node iam-simulate.mjs FOLDER CASES.jsonl
//
// FOLDER has the package in its node_modules. Exit 1 on any disagreement that is not a known deviation.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [folder, file] = process.argv.slice(2)
if (!folder || !file) throw new Error('usage: iam-simulate.mjs FOLDER CASES.jsonl')
const require = createRequire(join(resolve(folder), 'package.json'))
const { runSimulation, runUnsafeSimulation } = await import(
  pathToFileURL(require.resolve('@cloud-copilot/iam-simulate')).href
)

const VERDICTS = { Allowed: 'allowed', ExplicitlyDenied: 'denied', ImplicitlyDenied: 'not allowed' }

async function theirs({ kind, policy, request: { action, resource, principal, context } }) {
  const everything = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
  const trust = kind === 'trust'
  const simulation = {
    request: { principal, action, resource: { resource, accountId: '111122223333' }, contextVariables: context },
    // The caller's own policies allow assuming the role, so the trust policy decides.
    identityPolicies: [{ name: 'identity', policy: trust ? everything : policy }],
    resourcePolicy: trust ? policy : undefined,
    serviceControlPolicies: [{ orgIdentifier: 'r', policies: [{ name: 'all', policy: everything }] }],
    resourceControlPolicies: []
  }
  // Only the checked function knows which actions have no resource, and supports resource policies; only the other
  // function accepts an ARN without Region.
  if (resource !== '*' && !trust) return VERDICTS[runUnsafeSimulation(simulation, {})]
  const result = await runSimulation(simulation, {})
  const ignored = result.result?.ignoredContextKeys ?? []
  if (ignored.length > 0) return `without ${ignored.join(', ')}`
  return VERDICTS[result.overallResult] ?? JSON.stringify(result.errors)
}

const strings = value => (typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(strings))
const statements = policy => [policy.Statement].flat()
const conditions = policy =>
  statements(policy).flatMap(({ Condition }) =>
    Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values: [values].flat() }))
    )
  )
const resources = policy => statements(policy).flatMap(s => [s.Resource ?? s.NotResource ?? []].flat())
const has = (context, key) => Object.keys(context).some(name => name.toLowerCase() === key.toLowerCase())
const without = (context, value) =>
  [...value.matchAll(/\$\{([^},]+)\}/g)].some(([, key]) => key.includes(':') && !has(context, key))

// Undefined by AWS's documentation: a wildcard in the service or the resource type, a variable in `NotResource`, ...
const OPEN = /arn:aws:\*:|:\*inference|ForAnyValue.*IfExists|"NotResource":[^}]*\$\{/

// Deviations of the tool from AWS's documentation. Each entry covers as few cases as possible.
const DEVIATIONS = [
  {
    // "variables ... are instead treated as literal strings" in 2008-10-17, which is also the version of a
    // document without `Version` (IAM, "Version"). The tool replaces them in both.
    name: 'variables in version 2008-10-17',
    is: ({ policy }) => policy.Version !== '2012-10-17' && strings(policy).some(text => text.includes('${'))
  },
  {
    // "Inverted condition operators like StringNotEquals or StringNotLike do match against a null value"
    // (IAM, "Policy variables with no value"). In the tool they fail.
    name: 'negated operator and a variable without value',
    is: ({ policy, request }) =>
      conditions(policy).some(c => c.operator.includes('Not') && c.values.some(v => without(request.context, v)))
  },
  {
    // "If the `*` wildcard is the last character of a resource ARN segment, it can expand to match beyond the
    // colon boundaries" (IAM, "Resource"). The tool adds the missing segments at the end only.
    name: '`*` beyond the colon',
    is: ({ policy }) => resources(policy).some(r => r.split(':').length < 6 && /\*:/.test(r))
  },
  {
    // "NotResource matches every resource except those specified" (IAM, "NotResource"). In the tool, an ARN of
    // fewer than six segments excludes every resource: "preserve existing conservative behavior" (its source).
    name: '`NotResource` with a short ARN',
    is: ({ policy }) =>
      statements(policy).some(s => [s.NotResource ?? []].flat().some(r => r !== '*' && r.split(':').length < 6))
  },
  {
    // "You can use policy variables in any condition that involves string operators or ARN operators" (IAM,
    // "Variables and tags"). The tool splits the ARN at the colon of the variable's name.
    name: 'variable in an ARN operator',
    is: ({ policy }) =>
      conditions(policy).some(c => /Arn/.test(c.operator) && c.values.some(v => v.includes('${')))
  },
  {
    // `NotIpAddress`: "all IP addresses except the specified IP address or range" (IAM, "Condition operators").
    // In the tool it fails for an IPv6 address and a single IPv4 address, but not for a range.
    name: '`NotIpAddress` with addresses of both families',
    is: ({ policy }) =>
      conditions(policy).some(c => /NotIpAddress/.test(c.operator) && c.values.some(v => !v.includes('/')))
  },
  {
    // Not a deviation: whether the deny applies is undefined, but nothing allows the request, so it is refused in both
    // cases. Our verdict does not distinguish an explicit from an implicit refusal.
    name: 'refused either way',
    is: ({ policy, ours }, verdict) =>
      ours === 'not allowed' &&
      verdict === 'denied' &&
      statements(policy).some(s => s.Effect === 'Deny' && (s.NotPrincipal || OPEN.test(JSON.stringify(s))))
  }
]

const lines = readFileSync(file, 'utf8').trim().split('\n').map(line => JSON.parse(line))
const counts = new Map()
const count = name => counts.set(name, (counts.get(name) ?? 0) + 1)
let compared = 0
let disagreements = 0
for (const line of lines) {
  // Our verdict is `unknown` where AWS's documentation leaves it open; the tool always decides.
  if (line.ours === 'unknown') {
    count('left open by us')
    continue
  }
  compared += 1
  const verdict = await theirs(line).catch(error => `failed: ${error.message}`)
  if (verdict === line.ours) continue
  const deviation = DEVIATIONS.find(({ is }) => is(line, verdict))
  if (deviation) {
    count(`known deviation: ${deviation.name}`)
    continue
  }
  disagreements += 1
  console.log(`#${line.id} ${line.kind}: ours ${line.ours}, theirs ${verdict}`)
  console.log(`  ${JSON.stringify(line.policy)}\n  ${JSON.stringify(line.request)}`)
}
for (const [name, number] of counts) console.log(`${number} ${name}`)
console.log(`${compared} policies compared, ${disagreements} disagreements`)
process.exit(disagreements === 0 && compared > 0 ? 0 : 1)
