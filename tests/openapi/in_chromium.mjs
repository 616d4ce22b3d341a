// What the scripts that drive Chromium share.
import { chromium } from 'playwright-core';

/** Calls `work` with a browser, which ends with it; a failure is printed, and is that of the process. */
export async function inChromium(executablePath, work) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  let failure;
  try {
    await work(browser);
  } catch (error) {
    failure = error;
  } finally {
    await browser.close();
  }
  if (failure) {
    console.log(String(failure.stack ?? failure));
    process.exit(1);
  }
}
