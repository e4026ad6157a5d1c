// The colours that programs give their lines by control sequences (ECMA-48, "select graphic rendition").

// Everything else that begins with ESC moves a cursor that is not there.
const sequence = /\x1b\[([0-9;]*)m|\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g;

/** @returns {string} The text without control sequences. */
export const plain = text => text.replace(sequence, '');

/**
 * Cuts a text into runs of one look each.
 * @param {string} text
 * @returns {{ text: string, look: string }[]} The look is a list of classes; empty for the normal one.
 */
export function runs(text) {
  const result = [];
  let at = 0;
  let colour = '';
  let bold = false;
  const add = end => end > at && result.push({ text: text.slice(at, end), look: [colour, bold ? 'bold' : ''].filter(Boolean).join(' ') });
  for (const match of text.matchAll(sequence)) {
    add(match.index);
    at = match.index + match[0].length;
    if (match[1] === undefined) {
      continue;
    }
    const codes = match[1].split(';').map(Number);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i];
      if (code === 0) {
        colour = '';
        bold = false;
      } else if (code === 1 || code === 22) {
        bold = code === 1;
      } else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
        colour = `ansi-${code % 10}`;
      } else if (code === 39) {
        colour = '';
      } else if (code === 38 || code === 48) {
        i += codes[i + 1] === 5 ? 2 : 4; // Colours of a palette or of their own: left as they are.
      }
    }
  }
  add(text.length);
  return result;
}
