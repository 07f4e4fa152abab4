// A whole appliance in a temporary folder: dataplane and daemon of the debug build (or of $PROGRAMS), the starter policy,
// TLS, an account for each role. The demonstration capture comes in over a cable of two virtual ends (so it needs root),
// at a pace, as from a line.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const TOP = resolve(import.meta.dirname, '../..');
const PROGRAMS = process.env.PROGRAMS ?? join(TOP, 'target/debug');
const PASSWORD = 'a bridge over nine rivers';
const FRAMES_A_SECOND = 100;
export const ROLES = ['viewer', 'customer_care', 'analyst', 'rule_author', 'approver', 'administrator'];

export async function startAppliance(site) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-console-'));
  const started = [];
  const line = await layCable();
  const appliance = {
    folder,
    url: `https://127.0.0.1:${await freePort()}`,
    password: PASSWORD,
    accounts: Object.fromEntries(ROLES.map((role) => [role, `${role.replace('_', '.')}.one`])),
    sluice: (...given) => sluice(folder, given),
    async feed() {
      const capture = join(TOP, 'tests/captures/demo.pcap');
      started.push(
        spawn('python3', [join(import.meta.dirname, 'line.py'), capture, line.far, String(FRAMES_A_SECOND)]),
      );
    },
    async stop() {
      await Promise.all(started.map(end));
      await run('ip', ['link', 'del', line.near]).catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function start(name) {
    const log = openSync(join(folder, `${name}.log`), 'a');
    // A poll core never rests; here it leaves room for the browser.
    const priority = ['-n', name === 'sluice-dataplane' ? '5' : '0'];
    const program = [join(PROGRAMS, name), '--config', join(folder, 'sluice.toml')];
    const child = spawn('nice', [...priority, ...program], { stdio: ['ignore', log, log] });
    child.log = join(folder, `${name}.log`);
    started.push(child);
    return child;
  }

  try {
    await makeCertificate(folder);
    await configure(folder, appliance.url, { device: 'net_null:no-rx=1', site });
    await copyPolicy(join(folder, 'policy'));
    const before = [await start('sluice-dataplane'), await start('sluiced')];
    await until('both processes answer', async () => (await status(folder)).dataplane.reachable, ...before);
    await sluice(folder, ['policy', 'push', join(folder, 'policy')]);
    await makeAccounts(folder, appliance.accounts);
    await Promise.all(before.map(end));

    await configure(folder, appliance.url, { device: `net_af_packet:iface=${line.near}`, site });
    const after = [await start('sluice-dataplane'), await start('sluiced')];
    await until('both processes answer', async () => (await status(folder)).dataplane.reachable, ...after);
    return appliance;
  } catch (error) {
    for (const child of started) error.message += `\n${await readFile(child.log, 'utf8')}`;
    await appliance.stop();
    throw error;
  }
}

async function configure(folder, url, { device, site }) {
  await writeFile(
    join(folder, 'sluice.toml'),
    `[paths]
run_dir = "${folder}/run"
state_dir = "${folder}/state"

[cores]
poll = [0]
housekeeping = 1
writer = 1
idle = "yield"
lock_dir = "${folder}"

[memory]
huge_pages = "off"

[watchdog]
stalled_ms = 5000

[control]
tcp = { listen = "${new URL(url).host}", certificate = "${folder}/tls.pem", key = "${folder}/tls.key" }
console = "${site}"

[[port]]
name = "capture"
device = "${device}"

[[tap]]
name = "replay"
port = "capture"
`,
  );
}

// As shipped, records of what passes say no numbers: too little to see a message's life.
async function copyPolicy(to) {
  await cp(join(TOP, 'control/policy/starter'), to, { recursive: true });
  const path = join(to, 'policy.toml');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('default_log = "summary"', 'default_log = "full"'));
}

async function makeCertificate(folder) {
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'tls.key')];
  await run('openssl', ['req', '-x509', '-days', '2', ...key, ...names, '-out', join(folder, 'tls.pem')]);
}

async function makeAccounts(folder, accounts) {
  const wanted = Object.entries(accounts).concat([
    ['administrator', 'administrator.two'],
    ['viewer', 'second.factor'],
  ]);
  for (const [role, name] of wanted) {
    const adding = sluice(folder, ['account', 'add', name, '--role', role]);
    adding.child.stdin.end(`${PASSWORD}\n`);
    await adding;
  }
}

function sluice(folder, given) {
  return run(join(PROGRAMS, 'sluice'), ['--socket', join(folder, 'run/sluiced.sock'), ...given]);
}

async function status(folder) {
  return JSON.parse((await sluice(folder, ['status', '--json'])).stdout);
}

// Two ends of a cable: the dataplane receives at one what is sent at the other.
async function layCable() {
  const line = { near: `slu${process.pid}n`, far: `slu${process.pid}f` };
  await run('ip', ['link', 'add', line.near, 'type', 'veth', 'peer', 'name', line.far]);
  for (const end of [line.near, line.far]) {
    await run('sysctl', ['-q', `net.ipv6.conf.${end}.disable_ipv6=1`]);
    await run('ip', ['link', 'set', end, 'up']);
  }
  return line;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await once(child, 'exit');
  clearTimeout(kill);
}

// Asks again until it is true: processes tell nobody that they have begun to answer.
async function until(what, question, ...children) {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (children.some((child) => child.exitCode !== null)) break;
    if (await question().catch(() => false)) return;
  }
  throw new Error(`not within 30 s: ${what}`);
}
