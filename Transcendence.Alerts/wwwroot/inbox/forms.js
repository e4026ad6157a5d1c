// The dialogs and the form of maintenance.

import { h } from '../shared/dom.js';
import { ask } from './api.js';

const durations = [[30, '30 minutes'], [60, '1 hour'], [120, '2 hours'], [240, '4 hours'], [480, '8 hours'], [1440, '1 day'], [10080, '7 days'], [43200, '30 days']];

for (const select of document.querySelectorAll('[data-durations]')) {
  select.append(...durations.map(([minutes, text]) => h('option', { value: minutes, selected: minutes === 60 }, text)));
}

/**
 * Has a form send what is in it, and says in it what went wrong.
 * @param {HTMLFormElement} form
 * @param {(fields: Record<string, string>) => Promise<void>} send
 */
function sends(form, send) {
  const [problem, submit] = [form.querySelector('[role="alert"]'), form.querySelector('.primary')];
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (submit.getAttribute('aria-disabled')) {
      return; // It is being sent. Not disabled: that would take the focus away.
    }
    submit.setAttribute('aria-disabled', 'true');
    problem.textContent = '';
    try {
      await send(Object.fromEntries(new FormData(form)));
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      submit.removeAttribute('aria-disabled');
    }
  });
}

/**
 * Makes a dialog about an alert.
 * @param {string} name The dialog's id.
 * @param {string} verb In its title.
 * @param {(alert: any, fields: Record<string, string>) => Promise<void>} send
 * @returns {(alert: any) => void} Opens it.
 */
export function dialog(name, verb, send) {
  const element = document.getElementById(name);
  const form = element.querySelector('form');
  let alert;
  sends(form, async fields => {
    await send(alert, fields);
    element.close();
  });
  element.querySelector('[data-cancel]').addEventListener('click', () => element.close());
  // The button that opened it may have been drawn anew since.
  element.addEventListener('close', () => {
    const control = document.querySelector(`#alert-${alert.id} [data-control="${name}"]`);
    (control ?? document.getElementById('active-title')).focus();
  });
  return about => {
    alert = about;
    form.reset();
    form.querySelector('[role="alert"]').textContent = '';
    document.getElementById(`${name}-title`).textContent = `${verb} ${alert.name}`;
    element.showModal();
    form.querySelector('input').focus();
  };
}

const maintenance = document.getElementById('maintenance');

/** Lists what can be stopped; what is chosen stays so. */
export function offer(services) {
  const select = maintenance.elements.service;
  const options = [['', 'Choose…'], ...services.map(service => [service, service]), ['*', 'Everything']];
  if (options.map(([value]) => value).join() !== [...select.options].map(option => option.value).join()) {
    const chosen = select.value;
    if (!options.some(([value]) => value === chosen)) {
      options.push([chosen, chosen]); // It may be gone from what is shown, and is still meant.
    }
    select.replaceChildren(...options.map(([value, text]) => h('option', { value, selected: value === chosen }, text)));
  }
}

/** @param {(service: string, endsAt: string) => Promise<void>} done */
export function startsMaintenance(done) {
  sends(maintenance, async ({ service, minutes, reason }) => {
    const { endsAt } = await ask('/api/silences', { method: 'POST', body: { service, minutes: Number(minutes), reason } });
    maintenance.elements.reason.value = '';
    await done(service, endsAt);
  });
}
