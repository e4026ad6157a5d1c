// Our own pictures, on a grid of 20 by 20, under the Fluent UI names that resources and commands have.

import { svg } from '/public/shared/dom.js';

const box = 'M10 2.5 16.5 6v8L10 17.5 3.5 14V6zM3.5 6 10 9.5 16.5 6M10 9.5v8';
const paths = {
  // Resources.
  Project: 'M3 4.5h14v11H3zM3 7.5h14M6.5 10.5l1.8 1.5-1.8 1.5M10 13.5h3.5',
  Container: box,
  Parameter: 'M12.5 7.5a4 4 0 1 0-2.2 3.6L12 12.8h2v2h2v2h1.5v-3.4l-5.4-5.3M7.5 6.6h.01',
  Box: box,
  BoxMultiple: 'M7 2.5h7l3 3v7M4 6.5h7l3 3v8H4zM11 6.5v3h3',
  AlertOn: 'M5.5 13V9a4.5 4.5 0 0 1 9 0v4l1.5 1.5H4zM8.3 16.5a1.8 1.8 0 0 0 3.4 0M2.5 8.5A7 7 0 0 1 5 4M17.5 8.5A7 7 0 0 0 15 4',
  AlertUrgent: 'M4.5 16.5h11M6 16.5V11a4 4 0 0 1 8 0v5.5M10 3v1.5M4 5.5l1 1M16 5.5l-1 1M2.5 11h1M16.5 11h1',
  Alert: 'M5.5 13V9a4.5 4.5 0 0 1 9 0v4l1.5 1.5H4zM8.3 16.5a1.8 1.8 0 0 0 3.4 0',
  DataArea: 'M3 16.5h14M3.5 13.5 8 8l3.5 3L16.5 5v8.5z',
  DataHistogram: 'M3 16.5h14M5 13.5V10M8.3 13.5V5.5M11.6 13.5V8M15 13.5V4',
  Database: 'M4 5.5c0-1.7 2.7-2.5 6-2.5s6 .8 6 2.5S13.3 8 10 8 4 7.2 4 5.5v9c0 1.7 2.7 2.5 6 2.5s6-.8 6-2.5v-9M4 10c0 1.7 2.7 2.5 6 2.5s6-.8 6-2.5',
  Globe: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM2.5 10h15M10 2.5c2.5 2 3.5 4.5 3.5 7.5s-1 5.5-3.5 7.5c-2.5-2-3.5-4.5-3.5-7.5s1-5.5 3.5-7.5',
  Resource: 'M4 4h5v5H4zM11.5 4h4.5v5h-4.5zM4 11.5h5V16H4zM11.5 11.5h4.5V16h-4.5z',
  // Commands.
  Play: 'M6 4v12l10-6z',
  Stop: 'M5 5h10v10H5z',
  ArrowCounterclockwise: 'M4 4v4h4M4.6 8A6 6 0 1 1 4 11.5',
  ArrowSync: 'M16 4.5V8h-3.5M4 15.5V12h3.5M15.6 8A6 6 0 0 0 5 7M4.4 12A6 6 0 0 0 15 13',
  Command: 'M11 2.5 4.5 11H10l-1 6.5 6.5-8.5H10z',
  // The page's own.
  Table: 'M3 4h14v12H3zM3 8h14M3 12h14M8 8v8',
  Console: 'M3 4h14v12H3zM6 8l2.5 2L6 12M10.5 12.5H14',
  Graph: 'M5 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM15 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM5 17.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM7.3 6l5.4 2.8M7.3 14l5.4-2.8',
  Menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  More: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  Close: 'M5 5l10 10M15 5 5 15',
  Theme: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14M12.5 5.2v9.6M15 7v6',
  Help: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM7.8 8a2.2 2.2 0 1 1 3.3 1.9c-.8.5-1.1.9-1.1 1.8M10 14.3v.01',
  SignOut: 'M11.5 3H4v14h7.5M8.5 10H17M14 7l3 3-3 3',
  Copy: 'M7 6.5h9V17H7zM13 6.5V3H4v10.5h3',
  Eye: 'M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z',
  EyeOff: 'M3 3l14 14M8 5.3A8 8 0 0 1 10 5c5 0 7.5 5 7.5 5a13 13 0 0 1-2.3 2.9M5 6.9A13 13 0 0 0 2.5 10S5 15 10 15c1 0 2-.2 2.8-.5',
  Up: 'M5 12.5l5-5 5 5',
  Down: 'M5 7.5l5 5 5-5',
  ToEnd: 'M5 5l5 5 5-5M5 10.5l5 5 5-5',
  Download: 'M10 3v10M6 9.5l4 4 4-4M4 17h12',
  Wrap: 'M3 5h14M3 10h11a2.5 2.5 0 0 1 0 5h-4M12 13l-2 2 2 2M3 15h4',
  Clear: 'M4 6h12M8 6V4h4v2M5.5 6l.8 10.5h7.4L14.5 6M8.5 9v5M11.5 9v5',
  Open: 'M11 4h5v5M16 4l-7.5 7.5M14 11.5V16H4V6h4.5',
  Good: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM6.5 10.3l2.4 2.4 4.6-5',
  Bad: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4',
  Attention: 'M10 3 18 16.5H2zM10 8v4M10 14.3v.01',
  Busy: 'M10 2.5a7.5 7.5 0 1 1-7.5 7.5',
  Idle: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM6.5 10h7',
  Logo: 'M2.5 11h3.5l2.5-6 3.5 10 2.5-4h3',
};

const byType = { Project: 'Project', Container: 'Container', Parameter: 'Parameter', Alerts: 'AlertOn' };

/**
 * A picture, of which a screen reader says nothing.
 * @param {string} name
 * @param {string} [fallback] The name to take when there is no picture of the first.
 * @returns {SVGElement}
 */
export function icon(name, fallback = 'Resource') {
  return svg('svg', { class: 'icon', viewBox: '0 0 20 20', 'aria-hidden': 'true' }, svg('path', { d: paths[name] ?? paths[fallback] }));
}

/** @returns {SVGElement} The picture of a resource. */
export const resourceIcon = resource => icon(resource.iconName ?? byType[resource.type] ?? 'Resource');
