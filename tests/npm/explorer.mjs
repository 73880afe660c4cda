// Drives the explorer in headless Chromium as a person would, and watches what it does.
//
//   node explorer.mjs BASE_URL SCREENSHOT [--persona TEXT | --token TOKEN] [--query QUERY]
//
// Opens BASE_URL/graphiql, takes the identity (the first persona whose option holds TEXT; the one that is
// selected already without it), runs QUERY (`{ __typename }`) and saves a picture of 1280x800. Chromium is
// the program named by VANGNET_TEST_CHROMIUM, else /usr/bin/chromium. Prints one JSON line
//
//   {"title", "personas": [options], "persona", "result", "screenshot"}
//
// and ends with status 0, or names each problem on standard error and ends with status 1. Problems are: a
// request to another host, an error on the console or in a script, a failed request, no result in 15 s.

import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    persona: { type: 'string' },
    token: { type: 'string' },
    query: { type: 'string', default: '{ __typename }' },
  },
});
const [baseUrl, screenshot] = positionals;
if (!screenshot) {
  console.error('usage: node explorer.mjs BASE_URL SCREENSHOT [--persona TEXT | --token TOKEN] [--query QUERY]');
  process.exit(2);
}
const base = baseUrl.replace(/\/$/, '');
const problems = [];

/** Without personas the page asks for a token; the browser reports that answer as an error. */
const expected = (url) => values.token !== undefined && url === `${base}/demo/personas`;

function watch(page) {
  const { host } = new URL(base);
  const check = (url) => {
    const target = new URL(url);
    if (!['data:', 'blob:'].includes(target.protocol) && target.host !== host) problems.push(`request to ${url}`);
  };
  page.on('request', (request) => check(request.url()));
  page.on('websocket', (socket) => check(socket.url()));
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected(message.location().url)) problems.push(`console: ${message.text()}`);
  });
  page.on('response', (response) => {
    const failed = response.status() >= 400 && !expected(response.url());
    if (failed) problems.push(`${response.status()} ${response.url()}`);
  });
}

/** Takes an identity and waits for the editor. */
async function identify(page) {
  if (values.token !== undefined) {
    await page.getByLabel('Toegangstoken').fill(values.token);
    await page.getByRole('button', { name: 'Gebruiken' }).click();
    await page.locator('.graphiql-execute-button').waitFor();
    return { personas: [], persona: null };
  }
  const select = page.getByLabel('U werkt als');
  await select.waitFor();
  const personas = await select.locator('option').allInnerTexts();
  if (values.persona !== undefined) {
    const label = personas.find((option) => option.includes(values.persona));
    if (label === undefined) throw new Error(`no persona with ${values.persona} among: ${personas.join(', ')}`);
    await select.selectOption({ label });
  }
  await page.locator('.graphiql-execute-button').waitFor();
  return { personas, persona: await select.locator('option:checked').innerText() };
}

/** Types the query, runs it from the keyboard, and reads the answer. */
async function runQuery(page) {
  await page.locator('.graphiql-query-editor .CodeMirror').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(values.query);
  // The editor looks for the names of operations a moment after the last key.
  await page.waitForTimeout(700);
  await page.keyboard.press('Control+Enter');
  const answer = await page.waitForFunction(() => {
    const text = document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue();
    try {
      return text ? JSON.parse(text) : false;
    } catch {
      return false;
    }
  }, undefined, { timeout: 15_000 });
  return answer.jsonValue();
}

const browser = await chromium.launch({
  executablePath: process.env.VANGNET_TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});
const report = {};
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(15_000);
  watch(page);
  await page.goto(`${base}/graphiql`);
  report.title = await page.title();
  Object.assign(report, await identify(page));
  report.result = await runQuery(page);
  await page.screenshot({ path: screenshot });
  report.screenshot = screenshot;
} catch (error) {
  problems.push(error.message);
} finally {
  await browser.close();
}
if (problems.length > 0) {
  problems.forEach((problem) => console.error(problem));
  process.exitCode = 1;
} else {
  console.log(JSON.stringify(report));
}
