// Writes a recorded run with COUNT cases: the cases of another run, repeated under unique names.
//
//   node many-cases.mjs RUN.jsonl COUNT > MANY.jsonl
import { readFileSync, writeSync } from "node:fs";

const [, , path, count] = process.argv;
const lines = readFileSync(path, "utf8").trim().split("\n").map(line => JSON.parse(line));
const cases = lines.filter(line => line.type === "case");
const [start, end] = ["start", "end"].map(type => lines.find(line => line.type === type));
const write = line => writeSync(1, JSON.stringify({ ...line }) + "\n");

write({ ...start, cases: Number(count) });
for (let index = 0; index < Number(count); index++) {
  const line = structuredClone(cases[index % cases.length]);
  line.id += ` ${index}`;
  if (line.exchange) line.exchange.latency_ms = 200 + (index * 37) % 900;
  write(line);
}
write({ ...end, cases: Number(count) });
