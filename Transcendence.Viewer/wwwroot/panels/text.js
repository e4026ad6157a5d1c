// The text panel: Markdown.

import { h } from '../shared/dom.js';
import { interpolate } from '../interpolation.js';
import { markdown } from '../markdown.js';

export class TextPanel {
  /** @param {import('../panel.js').Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.element = h('div', { class: 'text', tabindex: '0', role: 'region', 'aria-label': panel.title || 'Text' });
  }

  draw() {
    const { mode = 'markdown', content = '' } = this.panel.json.options ?? {};
    const text = interpolate(content, this.panel.scope);
    switch (mode) {
      case 'markdown': this.element.replaceChildren(markdown(text)); break;
      case 'code': this.element.replaceChildren(h('pre', null, h('code', null, text))); break;
      default: throw new Error(`Text in the mode "${mode}" is not drawn by this viewer: only Markdown and code are.`);
    }
    return true;
  }
}
