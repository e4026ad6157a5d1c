// What can be done with a resource.

import { h } from '/public/shared/dom.js';
import { ask } from './api.js';
import { confirm, say } from './feedback.js';
import { icon } from './icons.js';
import { live } from './live.js';

const running = new Set();
const keyOf = (resource, command) => `${resource.name}/${command.name}`;

/** Whether the server is carrying a command out for us. */
export const isRunning = (resource, command) => running.has(keyOf(resource, command));

/** Gives a command, after the question that it may have, and says how it went. */
export async function run(resource, command) {
  const key = keyOf(resource, command);
  if (running.has(key) || (command.confirmationMessage && !(await confirm(`${command.displayName}: ${resource.displayName}`, command.confirmationMessage, command.displayName)))) {
    return;
  }
  running.add(key);
  live.dispatchEvent(new Event('resources'));
  try {
    await ask(`/api/resources/${encodeURIComponent(resource.name)}/commands/${encodeURIComponent(command.name)}`, { method: 'POST' });
    say(`${resource.displayName}: “${command.displayName}” is done.`);
  } catch (problem) {
    say(`${resource.displayName}: “${command.displayName}” failed. ${problem.message}`, 'critical');
  } finally {
    running.delete(key);
    live.dispatchEvent(new Event('resources'));
  }
}

/** The button of a command. */
export function commandButton(resource, command, place, withText) {
  const busy = isRunning(resource, command);
  const label = busy ? `${command.displayName} is running` : command.displayName;
  return h('button', {
    type: 'button',
    class: `small ${withText ? '' : 'plain'}`,
    title: command.description ?? command.displayName,
    'aria-label': `${label}: ${resource.displayName}`,
    'aria-busy': busy ? 'true' : null,
    // Disabled by name only, so that it keeps the focus.
    'aria-disabled': busy || command.state !== 'Enabled' ? 'true' : null,
    dataset: { focus: `${place}/${resource.name}/${command.name}`, command: command.name },
    onclick: event => event.currentTarget.getAttribute('aria-disabled') !== 'true' && run(resource, command),
  }, busy ? icon('Busy') : icon(command.iconName, 'Command'), withText ? h('span', null, busy ? `${command.displayName}…` : command.displayName) : null);
}

/** The commands as entries of a menu. */
export const commandItems = (resource, commands) => commands.map(command => ({
  text: isRunning(resource, command) ? `${command.displayName}…` : command.displayName,
  icon: icon(command.iconName, 'Command'),
  title: command.description,
  disabled: command.state !== 'Enabled' || isRunning(resource, command),
  run: () => run(resource, command),
}));
