// Markdown to elements, without innerHTML: what looks like HTML stays text, and an address that is not a web page's is no link.

import { h } from './shared/dom.js';
import { safeUrl } from './links.js';

/**
 * Headings, paragraphs, lists, quotations, code, tables, rules, emphasis, code, links.
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function markdown(text) {
  const fragment = document.createDocumentFragment();
  fragment.append(...blocks(String(text).replace(/\r\n?/g, '\n').split('\n')));
  return fragment;
}

const listItem = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const rule = /^ {0,3}([-*_])\s*(?:\1\s*){2,}$/;
const heading = /^(#{1,6})\s+(.*?)\s*#*$/;
const fence = /^ {0,3}(```+|~~~+)\s*(\S*)/;
const tableRule = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

function blocks(lines) {
  const result = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i];
    let match;
    if (!line.trim()) {
      i++;
    } else if ((match = fence.exec(line))) {
      const code = [];
      for (i++; i < lines.length && !lines[i].trim().startsWith(match[1]); i++) {
        code.push(lines[i]);
      }
      i++;
      result.push(h('pre', { tabindex: '0' }, h('code', null, code.join('\n'))));
    } else if ((match = heading.exec(line))) {
      // The page has h1, panels have h2.
      result.push(h(`h${Math.min(6, match[1].length + 2)}`, { dataset: { level: match[1].length } }, inline(match[2])));
      i++;
    } else if (rule.test(line)) {
      result.push(h('hr'));
      i++;
    } else if (line.startsWith('>')) {
      const quoted = [];
      for (; i < lines.length && lines[i].startsWith('>'); i++) {
        quoted.push(lines[i].replace(/^> ?/, ''));
      }
      result.push(h('blockquote', null, blocks(quoted)));
    } else if (listItem.test(line)) {
      const start = i;
      const [, indent, marker] = listItem.exec(line);
      // Numbers after dots are another list.
      const other = text => { const item = listItem.exec(text); return item && item[1].length <= indent.length && /\d/.test(item[2]) !== /\d/.test(marker); };
      for (i++; i < lines.length && !other(lines[i]) && (listItem.test(lines[i]) || /^\s{2,}\S/.test(lines[i]) || (!lines[i].trim() && listItem.test(lines[i + 1] ?? ''))); i++);
      result.push(list(lines.slice(start, i)));
    } else if (line.includes('|') && tableRule.test(lines[i + 1] ?? '')) {
      const start = i;
      for (i += 2; i < lines.length && lines[i].includes('|'); i++);
      result.push(table(lines.slice(start, i)));
    } else {
      const paragraph = [];
      for (; i < lines.length && lines[i].trim() && !heading.test(lines[i]) && !fence.test(lines[i]) && !(paragraph.length && listItem.test(lines[i])); i++) {
        paragraph.push(lines[i].trim());
      }
      result.push(h('p', null, inline(paragraph.join('\n'))));
    }
  }
  return result;
}

function list(lines) {
  const [, indent, marker] = listItem.exec(lines[0]);
  const items = [];
  for (const line of lines) {
    const match = listItem.exec(line);
    if (match && match[1].length <= indent.length) {
      items.push([match[3]]);
    } else {
      items.at(-1).push(line);
    }
  }
  const ordered = /\d/.test(marker);
  return h(ordered ? 'ol' : 'ul', ordered ? { start: String(parseInt(marker, 10)) } : null, items.map(([first, ...rest]) => {
    const cut = Math.min(...rest.filter(line => line.trim()).map(line => /^\s*/.exec(line)[0].length), Infinity);
    return h('li', null, inline(first), Number.isFinite(cut) ? blocks(rest.map(line => line.slice(cut))) : null);
  }));
}

function table([head, ruler, ...rows]) {
  const cells = line => line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map(cell => cell.trim().replaceAll('\\|', '|'));
  const align = cells(ruler).map(cell => (/^:-+:$/.test(cell) ? 'center' : /-:$/.test(cell) ? 'end' : 'start'));
  const row = (line, tag) => h('tr', null, cells(line).map((cell, i) => h(tag, { class: `align-${align[i] ?? 'start'}`, scope: tag === 'th' ? 'col' : undefined }, inline(cell))));
  return h('table', null, h('thead', null, row(head, 'th')), h('tbody', null, rows.map(line => row(line, 'td'))));
}

// In order: an escaped character, code, a picture, a link, <address>, bold, italic, struck, a bare address.
const inlines = /\\([\\`*_{}[\]()#+\-.!|<>~])|(`+)([\s\S]*?[^`])\2(?!`)|!\[([^\]]*)\]\(([^)\s]+)[^)]*\)|\[((?:[^\][]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]*)>?(?:\s+"[^"]*")?\s*\)|<((?:https?:\/\/|mailto:)[^\s>]+)>|(\*\*|__)(?=\S)([\s\S]*?\S)\9|(?<![\w*])([*_])(?=\S)([\s\S]*?\S)\11(?!\w)|~~(?=\S)([\s\S]*?\S)~~|\b(https?:\/\/[^\s<>"')]+[^\s<>"').,;:!?])| {2,}\n|\n/;

function inline(text) {
  const result = [];
  let rest = text;
  for (let match; (match = inlines.exec(rest));) {
    const [all, escaped, , code, pictureText, pictureUrl, linkText, linkUrl, auto, , bold, , italic, struck, bare] = match;
    result.push(rest.slice(0, match.index));
    if (escaped !== undefined) {
      result.push(escaped);
    } else if (code !== undefined) {
      result.push(h('code', null, code.trim()));
    } else if (pictureUrl !== undefined) {
      result.push(link(pictureUrl, [pictureText || pictureUrl])); // No picture of another host is ever asked for.
    } else if (linkUrl !== undefined) {
      result.push(link(linkUrl, inline(linkText)));
    } else if (auto !== undefined || bare !== undefined) {
      result.push(link(auto ?? bare, [auto ?? bare]));
    } else if (bold !== undefined) {
      result.push(h('strong', null, inline(bold)));
    } else if (italic !== undefined) {
      result.push(h('em', null, inline(italic)));
    } else if (struck !== undefined) {
      result.push(h('s', null, inline(struck)));
    } else {
      result.push(all.length > 1 ? h('br') : ' ');
    }
    rest = rest.slice(match.index + all.length);
  }
  result.push(rest);
  return result;
}

function link(url, children) {
  const href = safeUrl(url);
  return href ? h('a', { href, rel: 'noopener noreferrer' }, children) : h('span', null, children);
}
