// How long the page takes to open from disk in a Chromium that is open already, each time in a tab and a process of its own, by turns with
// an empty page: first contentful paint and load event, in milliseconds. Writes the table of benches/README.md between its two marks.
//
//     node --experimental-websocket benches/page-open.mjs [RUNS]
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const runs = Number(process.argv[2] ?? 15);
/** What the load event may take, in milliseconds. */
const BOUND = 100;
const MARKS = ["<!-- page -->\n", "<!-- end of page -->\n"];
const pause = (time) => new Promise((done) => setTimeout(done, time));

const profile = mkdtempSync(join(tmpdir(), "page-open-"));
const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", ...quiet, "--remote-debugging-port=0", `--user-data-dir=${profile}`];
const browser = spawn("chromium", [...flags, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
const address = await new Promise((found) => {
  let said = "";
  browser.stderr.on("data", (words) => {
    said += words;
    const match = said.match(/DevTools listening on (ws:\S+)/);
    if (match) found(match[1]);
  });
});

const line = new WebSocket(address);
await new Promise((open) => (line.onopen = open));
const waiting = new Map();
line.onmessage = ({ data }) => {
  const { id, result } = JSON.parse(data);
  waiting.get(id)?.(result);
  waiting.delete(id);
};
let last = 0;
const call = (method, params = {}, sessionId) =>
  new Promise((answered) => {
    waiting.set(++last, answered);
    line.send(JSON.stringify({ id: last, method, params, sessionId }));
  });

// Its own beginning is over by then.
await pause(2500);
const expression = `JSON.stringify([
  performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
  performance.getEntriesByType("navigation")[0].loadEventEnd,
])`;
const empty = join(profile, "empty.html");
writeFileSync(empty, "<!DOCTYPE html><title>empty</title>.");
const pages = [join(root, "output/index.html"), empty];
const times = pages.map(() => []);
for (let run = 0; run < runs * pages.length; run++) {
  const of = run % pages.length;
  const { targetId } = await call("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
  await pause(700);
  await call("Page.enable", {}, sessionId);
  await call("Page.navigate", { url: `file://${pages[of]}` }, sessionId);
  await pause(1500);
  const { result } = await call("Runtime.evaluate", { expression }, sessionId);
  times[of].push(JSON.parse(result.value));
  await call("Target.closeTarget", { targetId });
}
const figures = (of, at) => {
  const sorted = times[of].map((time) => time[at]).sort((a, b) => a - b);
  return { fastest: sorted[0], words: `${sorted[0].toFixed(0)} | ${sorted[runs >> 1].toFixed(0)}` };
};
const names = ["first contentful paint", "load event"];
const version = execFileSync("chromium", ["--version"], { encoding: "utf8" }).trim().split(" ").slice(0, 2).join(" ");
const load = figures(0, 1).fastest;
const table = [
  `| of ${runs}, in ms | fastest | median |`,
  "|---|---:|---:|",
  ...names.map((name, at) => `| this review's page, ${(statSync(pages[0]).size / 1e6).toFixed(2)} MB: ${name} | ${figures(0, at).words} |`),
  ...names.map((name, at) => `| an empty page, by turns with it: ${name} | ${figures(1, at).words} |`),
  "",
  `${version}, without a graphics card.`,
  "",
].join("\n");
const document = join(root, "benches/README.md");
const [before, rest] = readFileSync(document, "utf8").split(MARKS[0]);
writeFileSync(document, before + MARKS[0] + table + MARKS[1] + rest.split(MARKS[1])[1]);
process.stdout.write(table);
line.close();
browser.kill();
await new Promise((ended) => browser.on("exit", ended));
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
if (load > BOUND) console.error(`missed: the page takes ${load.toFixed(0)} ms, not ${BOUND}`);
process.exit(load > BOUND ? 1 : 0);
