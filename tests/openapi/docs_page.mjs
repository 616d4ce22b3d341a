// Opens the docs page in Chromium, sends a request from it and looks at the answer:
// node docs_page.mjs <base url> <chromium> <screenshot.png>
import { inChromium } from './in_chromium.mjs';

const [base, executablePath, screenshot] = process.argv.slice(2);

await inChromium(executablePath, async (browser) => {
  const page = await browser.newPage({ viewport: { width: 1000, height: 1500 } });
  page.setDefaultTimeout(30000);
  const outside = [];
  const faults = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith('data:') && !url.startsWith('blob:')) outside.push(url);
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  // What the content security policy refuses is an error of the console.
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });

  const opened = await page.goto(`${base}/docs`);
  const headers = opened.headers();
  for (const name of ['content-security-policy', 'x-content-type-options', 'x-frame-options', 'referrer-policy']) {
    if (headers[name] === undefined) throw new Error(`the docs page has no ${name}`);
  }
  const operation = page.locator('#operations-Cats-CatsController_find_all');
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const answer = operation.locator('.live-responses-table');
  await answer.waitFor();
  const text = await answer.innerText();
  if (!text.includes('200') || !text.includes('Tom')) throw new Error(`no answer on the page: ${text}`);
  await page.evaluate(() => window.scrollTo(0, 130));
  await page.screenshot({ path: screenshot });
  if (outside.length > 0) throw new Error(`other hosts were asked: ${outside.join(', ')}`);
  if (faults.length > 0) throw new Error(`faults on the page: ${faults.join('; ')}`);
  console.log('answered');
});
