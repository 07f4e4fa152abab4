import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startAppliance, TOP } from './appliance.mjs';
import { figures } from './figures.mjs';
import { openBrowser, Suite } from './harness.mjs';
import { looks } from './looks.mjs';
import { everyRole } from './roles.mjs';
import { everyTask } from './tasks.mjs';

const { values } = parseArgs({
  options: { screenshots: { type: 'string' }, only: { type: 'string' }, figures: { type: 'boolean' } },
});
if (values.screenshots) await mkdir(values.screenshots, { recursive: true });

const suite = new Suite(values.only);
const appliance = await startAppliance(join(TOP, 'control/console/dist'));
// However it ends, no process is left behind.
for (const end of ['uncaughtException', 'SIGINT', 'SIGTERM'])
  process.once(end, async (why) => {
    console.error(why);
    await appliance.stop();
    process.exit(1);
  });
const browser = await openBrowser();
try {
  const stage = { suite, appliance, browser, screenshots: values.screenshots };
  await everyTask(stage);
  await everyRole(stage);
  await looks(stage);
  if (values.figures) await figures(stage);
} finally {
  await browser.close();
  await appliance.stop();
}
process.exitCode = suite.finish() ? 0 : 1;
