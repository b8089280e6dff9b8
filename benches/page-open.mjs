// How long the page takes to open from disk in a Chromium that is open already, each time in a tab and a process of its own:
// first contentful paint and load event, in milliseconds, fastest and median.
//
//     node --experimental-websocket benches/page-open.mjs [PAGE] [RUNS]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const page = resolve(process.argv[2] ?? "output/index.html");
const runs = Number(process.argv[3] ?? 15);
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
const times = [];
for (let run = 0; run < runs; run++) {
  const { targetId } = await call("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
  await pause(700);
  await call("Page.enable", {}, sessionId);
  await call("Page.navigate", { url: `file://${page}` }, sessionId);
  await pause(1500);
  const { result } = await call("Runtime.evaluate", { expression }, sessionId);
  times.push(JSON.parse(result.value));
  await call("Target.closeTarget", { targetId });
}
for (const [at, name] of ["first contentful paint", "load event"].entries()) {
  const sorted = times.map((time) => time[at]).sort((a, b) => a - b);
  console.log(`${name}: ${runs} runs, fastest ${sorted[0].toFixed(0)} ms, median ${sorted[runs >> 1].toFixed(0)} ms`);
}
line.close();
browser.kill();
await new Promise((ended) => browser.on("exit", ended));
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
process.exit(0);
