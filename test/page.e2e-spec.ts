import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startHost, type TestHost } from './host-fixture.js';

const CHROMIUM = '/usr/bin/chromium';
const inBrowser = existsSync(CHROMIUM) ? describe : describe.skip;

inBrowser(`the page (needs ${CHROMIUM})`, () => {
  let host: TestHost;
  let browser: Browser;
  const complaints: string[] = [];
  beforeAll(async () => {
    host = await startHost();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await host.close();
  });

  const open = async (options: { width: number; height: number }): Promise<Page> => {
    const page = await browser.newPage({ viewport: options });
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(host.url);
    await page.locator('#connection', { hasText: /^connected$/ }).waitFor();
    return page;
  };

  it('asks, shows the agents at work, and opens a citation at its quote', async () => {
    const page = await open({ width: 1100, height: 900 });
    await page.getByRole('button', { name: 'Our VPN certificate expired, what now?' }).click();
    await page.locator('.sources li').first().waitFor();
    const steps = await page
      .locator('.agents li')
      .evaluateAll((items) => items.map((item) => item.className));
    const answer = await page.locator('.answer').innerText();
    await page.locator('.answer .cite').first().click();
    const mark = page.locator('#source-body mark');
    // First the quote alone is shown, then the whole article around it.
    await page.locator('#source-body', { hasText: /^[\s\S]{800,}/ }).waitFor();
    expect(answer).toMatch(/\[1\]/);
    expect(steps).toEqual(Array(5).fill('finished'));
    expect((await mark.innerText()).length).toBeGreaterThan(10);
    await page.close();
  });

  it('shows the API description without breaking a rule of its policy', async () => {
    const page = await browser.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${host.url}/api/docs`);
    await page.getByText('Start a run and stream it').first().waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('fits a phone, shows the last turn again after a reload, and breaks no rule of its policy', async () => {
    const page = await open({ width: 360, height: 700 });
    await page.locator('#question').fill('I cannot <b>print</b>');
    await page.keyboard.press('Enter');
    await page.locator('.agents .finished').nth(2).waitFor();
    await page.locator('.answer:not(.live) p, .handoff h3').first().waitFor();
    await page.reload();
    await page.locator('.question', { hasText: 'I cannot <b>print</b>' }).waitFor();
    const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
    expect(overflow).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
