// An upload form, events that end and go on, and pages of another origin, in Chromium:
// node browser.mjs <base url> <url of a server that allows that origin> <chromium> <folder>
import { writeFileSync } from 'node:fs';
import { inChromium } from './in_chromium.mjs';

const [base, other, executablePath, folder] = process.argv.slice(2);

function require(holds, ...what) {
  if (!holds) throw new Error(what.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(' '));
}

async function events(page) {
  await page.goto(`${base}/`);
  // Two events a connection: the browser comes back with Last-Event-ID, and stops at the 204.
  await page.locator('#events[data-closed=yes]').waitFor({ state: 'attached' });
  const seen = await page.locator('#events li').allTextContents();
  const data = 'line one of ž\nline two';
  const wanted = [`message 1 ${data}`, `named 2 ${data}`, `message 3 ${data}`, `named 4 ${data}`];
  require(JSON.stringify(seen) === JSON.stringify(wanted), 'events:', seen);
}

async function upload(page) {
  const file = `${folder}/příloha (1).txt`;
  writeFileSync(file, 'from the browser: žluťoučký kůň');
  await page.goto(`${base}/`);
  await page.fill('#note', 'dvě "slova"; ano');
  await page.setInputFiles('#file', file);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url() === `${base}/upload`),
    page.click('#send'),
  ]);
  const result = await answer.json();
  require(answer.status() === 201 && result.note === 'dvě "slova"; ano' && result.name === 'příloha (1).txt' &&
    result.type === 'text/plain' && result.size === 37, 'upload:', answer.status(), result);
}

async function otherOrigin(page) {
  await page.goto(`${base}/text`);
  const send = (url) => page.evaluate(async (target) => {
    const outcome = {};
    try {
      const answer = await fetch(`${target}/echo`, {
        method: 'PUT', credentials: 'include', headers: { 'Content-Type': 'application/json', 'X-Extra': 'yes' },
        body: '{"text":"přes hranici"}',
      });
      outcome.status = answer.status;
      outcome.body = await answer.json();
      outcome.id = answer.headers.get('X-Request-Id');
      await fetch(`${target}/session`, { method: 'POST', credentials: 'include' });
      outcome.who = await (await fetch(`${target}/session`, { credentials: 'include' })).text();
    } catch (error) {
      outcome.error = String(error);
    }
    return outcome;
  }, url);
  const allowed = await send(other);
  require(allowed.status === 200 && allowed.body.text === 'přes hranici' && allowed.id && allowed.who === 'Žofie; 7',
    'another origin that is allowed:', allowed);
  // The page of the other server is none that the first one allows; it has no CORS at all.
  await page.goto(`${other}/text`);
  const refused = await send(base);
  require(refused.error && !('status' in refused), 'another origin that is not allowed:', refused);
}

await inChromium(executablePath, async (browser) => {
  for (const part of [events, upload, otherOrigin]) {
    // The page of /text has the default policy, which lets it talk to its own origin only.
    const context = await browser.newContext({ bypassCSP: part === otherOrigin });
    const page = await context.newPage();
    page.setDefaultTimeout(60000);
    await part(page);
    await context.close();
    console.log(part.name);
  }
});
