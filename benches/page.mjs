// Prints the size of HTML reports and the time that a browser needs for them, as medians of five, in a Markdown table.
//
//   node page.mjs BEDROCK_CHECK RUN.jsonl SCRATCH [SIZE…]
//
// RUN.jsonl is a recorded run whose cases are repeated up to each SIZE. SCRATCH contains playwright-core, as
// tests/support/browser.sh installs it. Each page is opened from a file in a new profile.
import { execFileSync } from "node:child_process";
import { openSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [, , binary, run, scratch, ...sizes] = process.argv;
const { chromium } = createRequire(join(scratch, "package.json"))("playwright-core");
const many = join(dirname(fileURLToPath(import.meta.url)), "../tests/support/many-cases.mjs");
const TIMES = 5;

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];
const mebibytes = path => (statSync(path).size / (1 << 20)).toFixed(1);
const timed = work => { const started = performance.now(); work(); return performance.now() - started; };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

async function used(path) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  const page = await context.newPage();
  const started = performance.now();
  await page.goto(`file://${path}`);
  await page.waitForSelector("html[data-ready]");
  const open = performance.now() - started;
  const [search, jump] = await page.evaluate(() => {
    const timed = work => { const started = performance.now(); work(); document.body.offsetHeight; return performance.now() - started; };
    const field = document.getElementById("search");
    field.value = "nowhere to be found";
    const search = timed(filter);
    field.value = "";
    filter();
    return [search, timed(() => open(rows.length - 1))];
  });
  await context.close();
  return { open, search, jump };
}

console.log("| cases | JSON Lines, MiB | page, MiB | `report --to html`, ms | opened, ms | searched, ms | last case shown, ms |");
console.log("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
for (const size of sizes.length ? sizes : ["100", "1000", "10000"]) {
  const [lines, page] = [join(scratch, `page-${size}.jsonl`), join(scratch, `page-${size}.html`)];
  execFileSync("node", [many, run, size], { stdio: ["ignore", openSync(lines, "w"), "inherit"] });
  const made = [], seen = [];
  for (let time = 0; time < TIMES; time++) {
    made.push(timed(() => execFileSync(binary, ["report", lines, "--to", "html", "--output", page])));
    seen.push(await used(page));
  }
  const of = name => median(seen.map(times => times[name])).toFixed(0);
  console.log(`| ${Number(size).toLocaleString("en")} | ${mebibytes(lines)} | ${mebibytes(page)} | ${median(made).toFixed(0)} | ${of("open")} | ${of("search")} | ${of("jump")} |`);
}
await browser.close();
