// Uses HTML reports like a reader: search, keyboard, both themes, print. Any console message, error or request is a failure.
//
//   node browser.mjs SCRATCH RUN.html HOSTILE.html MANY.html
//
// SCRATCH contains playwright-core and axe-core; screenshots of the pages are saved there.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";

const [, , scratch, run, hostile, many] = process.argv;
const require = createRequire(join(scratch, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const profile = mkdtempSync(join(tmpdir(), "bedrock-check-browser-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  headless: true,
  viewport: { width: 1400, height: 1000 },
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

const heard = [];
async function open(path, hash = "") {
  const page = await context.newPage();
  page.on("console", message => heard.push(`console: ${message.text()}`));
  page.on("pageerror", error => heard.push(`error: ${error.message}`));
  page.on("dialog", dialog => { heard.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", request => { if (!request.url().startsWith("file:")) heard.push(`request: ${request.url()}`); });
  await page.goto(`file://${path}${hash}`);
  await page.waitForSelector("html[data-ready]");
  return page;
}

const shown = page => page.locator("#shown").textContent();
const title = page => page.locator("#detail .title").textContent();
const focused = page => page.evaluate(() => document.activeElement.id || document.activeElement.tagName);
async function until(page, expected) {
  await page.waitForFunction(expected => document.getElementById("shown").textContent === expected, expected, { timeout: 20_000 });
}

const tests = {
  async "a page opens with the first case that is not well"() {
    const page = await open(run);
    assert.equal(await shown(page), "7 of 7 cases");
    assert.equal(await page.locator("#list [role=option]").count(), 7);
    assert.match(await title(page), /demo::fails/);
    const finding = await page.locator("#detail .finding").first().textContent();
    assert.match(finding, /expected a string that contains `needle`/);
    assert.match(finding, /\d+ \| expect\.output_text\.contains = "needle"/);
    await page.screenshot({ path: join(scratch, "run.png"), fullPage: true });
  },

  async "what was mapped is marked where it came from"() {
    const page = await open(run, "#" + encodeURIComponent("demo::passes"));
    assert.match(await title(page), /demo::passes/);
    const marked = await page.locator("#detail .origin").evaluateAll(nodes => nodes.map(node => [node.dataset.pointer, node.textContent]));
    assert.deepEqual(marked.map(([pointer]) => pointer), ["/content/0/text", "/usage/input_tokens", "/usage/output_tokens"]);
    assert.match(marked[0][1], /The answer of demo::passes.*output_text/);
    await page.locator("#detail .json details details").first().evaluate(node => { node.open = false; });
    await page.getByRole("button", { name: "/content/0/text" }).click();
    assert.ok(await page.locator("[data-pointer='/content/0/text']").isVisible());
  },

  async "a diff shows the words, against the snapshot and the previous run"() {
    const page = await open(run, "#" + encodeURIComponent("demo::differs"));
    // The diff of the snapshot, and of two fields of the previous run.
    assert.equal(await page.locator("#detail .diff").count(), 3);
    assert.match(await page.locator("#detail .plus").first().textContent(), /Something else <b>entirely<\/b>/);
    assert.match(await page.locator("#overview").textContent(), /1 newly failing/);
    await page.getByRole("button", { name: "1 with another output" }).click();
    assert.equal(await shown(page), "1 of 7 cases");
  },

  async "search finds names, outputs, findings and requests"() {
    const page = await open(run);
    for (const [words, expected] of [["NEVER recorded", 1], ["entirely", 1], ["needle", 1], ["say warns", 1], ["bedrock-2023-05-31", 6], ["</b>", 1], ["max_tokens", 6], ["origins", 0], ["nowhere", 0], ["", 7]]) {
      await page.locator("#search").fill(words);
      await until(page, `${expected} of 7 cases`);
    }
  },

  async "an address opens its case"() {
    const page = await open(run);
    await page.keyboard.press("f");
    await page.evaluate(() => { location.hash = encodeURIComponent("other::passes"); });
    await page.waitForFunction(() => document.querySelector("#detail .title").textContent.includes("other::passes"));
    assert.equal(await shown(page), "7 of 7 cases");
    await page.keyboard.press("k");
    assert.match(decodeURIComponent(new URL(page.url()).hash), /^#demo::warns$/);
  },

  async "the filters work together"() {
    const page = await open(run);
    await page.locator("#outcome").selectOption("fails");
    assert.equal(await shown(page), "3 of 7 cases");
    await page.locator("#model").selectOption("other");
    assert.equal(await shown(page), "0 of 7 cases");
    await page.locator("#clear").click();
    await until(page, "7 of 7 cases");
    await page.getByRole("button", { name: /not recorded/ }).click();
    assert.equal(await shown(page), "1 of 7 cases");
  },

  async "all can be done by keyboard"() {
    const page = await open(run);
    await page.keyboard.press("j");
    assert.match(await title(page), /demo::differs/);
    await page.keyboard.press("k");
    await page.keyboard.press("k");
    assert.match(await title(page), /demo::passes/);
    await page.keyboard.press("ArrowDown");
    assert.match(await title(page), /demo::fails/);
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "detail");
    await page.keyboard.press("Escape");
    assert.match(await focused(page), /^row-/);
    await page.keyboard.press("f");
    assert.equal(await shown(page), "3 of 7 cases");
    await page.keyboard.press("/");
    assert.equal(await focused(page), "search");
    await page.keyboard.type("never");
    await until(page, "1 of 7 cases");
    await page.keyboard.press("Enter");
    assert.match(await title(page), /was never recorded/);
    // The Tab key reaches every control.
    await page.locator("body").evaluate(() => document.activeElement.blur());
    const reached = new Set();
    for (let press = 0; press < 60; press++) {
      await page.keyboard.press("Tab");
      reached.add(await focused(page));
    }
    for (const id of ["theme", "search", "outcome", "model", "since", "order", "clear"]) assert.ok(reached.has(id), `${id} is not reached`);
    assert.ok([...reached].some(id => id.startsWith("row-")), "the list is not reached");
  },

  async "light and dark differ, and both are readable"() {
    const page = await open(run);
    const color = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const seen = {};
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      seen[scheme] = await color();
      await readable(page, scheme);
      await page.screenshot({ path: join(scratch, `${scheme}.png`), fullPage: true });
    }
    assert.notEqual(seen.light, seen.dark);
    await page.keyboard.press("t");
    assert.equal(await color(), seen.light);
    await page.keyboard.press("t");
    assert.equal(await color(), seen.dark);
    await page.reload();
    assert.equal(await color(), seen.dark);
    await page.keyboard.press("t");
  },

  async "print shows what is not well, whole"() {
    const page = await open(run);
    await page.pdf({ path: join(scratch, "run.pdf"), format: "A4" });
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator("#printed article").count(), 3);
    assert.ok(await page.locator("#printed article").first().isVisible());
    assert.ok(!(await page.locator("#filters").isVisible()));
  },

  async "hostile answers stay text"() {
    const page = await open(hostile);
    assert.equal(await page.locator("img").count(), 0);
    const text = await page.locator("#detail").textContent();
    assert.match(text, /<\/script><script>alert\(2\)<\/script><!--/);
    assert.match(text, /\\u\{1b\}\[31mred\\u\{7\}\\u\{202e\}/);
    // The page's content security policy blocks every other script.
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.ran = true";
      document.body.append(script);
      return Boolean(globalThis.ran);
    });
    assert.equal(ran, false);
    const refused = heard.splice(0);
    assert.equal(refused.length, 1, refused.join("\n"));
    assert.match(refused[0], /Content Security Policy/);
  },

  async "ten thousand cases are as usable"() {
    const started = performance.now();
    const page = await open(many);
    const opened = performance.now() - started;
    assert.equal(await shown(page), "10,000 of 10,000 cases");
    assert.ok(await page.locator("#list [role=option]").count() <= 400);
    const searched = await page.evaluate(() => {
      const started = performance.now();
      document.getElementById("search").value = "9999 entirely";
      filter();
      return performance.now() - started;
    });
    assert.match(await shown(page), /^\d+ of 10,000 cases$/);
    await page.evaluate(() => { document.getElementById("search").value = ""; filter(); });
    const list = page.locator("#list");
    await list.evaluate(list => { list.scrollTop = list.scrollHeight; });
    await page.waitForFunction(() => document.querySelectorAll("#list [role=option]").length > 300);
    const mebibytes = (statSync(many).size / (1 << 20)).toFixed(1);
    console.log(`     ${mebibytes} MiB, opened in ${opened.toFixed(0)} ms, searched in ${searched.toFixed(0)} ms`);
  },
};

// The findings of axe-core, contrast included.
async function readable(page, scheme) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const messages = violations.flatMap(violation => violation.nodes.map(node => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
  assert.deepEqual(messages, [], `in ${scheme}:\n${messages.join("\n")}`);
}

let failed = 0;
try {
  for (const [name, test] of Object.entries(tests)) {
    heard.length = 0;
    try {
      await test();
      assert.deepEqual(heard, []);
      console.log(`ok   ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}\n${error.stack}`);
    }
  }
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
console.log(failed === 0 ? "the pages do what they should" : `${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
