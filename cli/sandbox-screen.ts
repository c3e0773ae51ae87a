// The sandbox on a terminal: takes it over, draws again and again, reads keys, and gives it back however the process ends.

import { printableData } from '../core/printable.ts';
import { keys } from '../sandbox/keys.ts';
import type { RunningSandbox } from '../sandbox/main.ts';
import { screen } from '../sandbox/terminal.ts';

const redrawMs = 250;

/** The alternate screen, no cursor, no wrapping: a line that is too long is cut rather than to push the others away. */
const takeOver = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const giveBack = '\u001b[?7h\u001b[?25h\u001b[?1049l';

const ctrlC = '\u0003';
/** What arrows and the like send. */
const escapeSequence = new RegExp(String.raw`\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O[A-Za-z])`, 'g');

/** A terminal that knows no escape sequences, or is none, gets lines instead. */
export function isScreen(): boolean {
  return process.stdout.isTTY && process.env['TERM'] !== 'dumb';
}

/** Where keys would be read as they are typed. */
function hasKeys(): boolean {
  return process.stdin.isTTY;
}

/** Redraws in place: cursor home, each line cleared to its end, the rest of the screen cleared. */
function draw(sandbox: RunningSandbox): void {
  const { stdout } = process;
  const view = {
    status: printableData(sandbox.status()),
    waiting: sandbox.waiting(),
    pageUrl: sandbox.pageUrl,
    hasKeys: hasKeys(),
  };
  // Some pseudo terminals say that they have no size.
  const size = { columns: stdout.columns || 80, rows: stdout.rows || 24, colour: stdout.hasColors() };
  stdout.write(`\u001b[H${screen(view, size).join('\u001b[K\r\n')}\u001b[K\u001b[J`);
}

/** @param typed what came at once: a key, several, or the sequence of an arrow, which starts with an escape */
function obey(typed: string, sandbox: RunningSandbox, quit: () => void): void {
  for (const key of typed.replaceAll(escapeSequence, '')) {
    // In raw mode the terminal makes no signal of it.
    if (key === ctrlC) process.kill(process.pid, 'SIGINT');
    const command = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (command === 'quit') quit();
    else if (command !== undefined) sandbox.command(command);
  }
}

/** @returns what stops reading */
function readKeys(typed: (text: string) => void): () => void {
  const { stdin } = process;
  if (!hasKeys()) return () => undefined;
  // Of a terminal that is closed meanwhile.
  stdin.on('error', () => undefined);
  stdin.setRawMode(true).setEncoding('utf8').on('data', typed).resume();
  return () => {
    stdin.off('data', typed).pause();
    // A terminal that was closed refuses it.
    if (!stdin.destroyed) stdin.setRawMode(false);
  };
}

/**
 * @param quit called when the key for it is pressed
 * @returns what gives the terminal back; an end of the process does so as well
 */
export function showOnScreen(sandbox: RunningSandbox, quit: () => void): () => void {
  const { stdout } = process;
  const redraw = (): void => draw(sandbox);
  const stopKeys = readKeys((typed) => {
    obey(typed, sandbox, quit);
    redraw();
  });
  stdout.write(takeOver);
  stdout.on('resize', redraw);
  const timer = setInterval(redraw, redrawMs);
  let isOurs = true;
  const restore = (): void => {
    if (!isOurs) return;
    isOurs = false;
    clearInterval(timer);
    stdout.off('resize', redraw);
    stdout.write(giveBack);
    stopKeys();
  };
  // The monitor runs before the error is printed, which the alternate screen would take with it.
  process.once('exit', restore).once('uncaughtExceptionMonitor', restore);
  redraw();
  return restore;
}
