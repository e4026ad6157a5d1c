// Annotations on charts: a dashed line where something happened, a tinted span while it lasted.

import { cssColor, withAlpha } from '../color.js';

/**
 * Those that are drawn at a place.
 * @param {any} u The chart.
 * @param {Array<{ from: number, to: number }>} annotations
 * @param {number} left In pixels.
 */
export function annotationsAt(u, annotations, left) {
  const [from, to] = [left - 4, left + 4].map(x => u.posToVal(x, 'x') * 1000);
  return annotations.filter(annotation => annotation.to >= from && annotation.from <= to);
}

/**
 * @param {any} u The chart.
 * @param {Array<{ from: number, to: number, color: string }>} annotations Milliseconds.
 */
export function drawAnnotations(u, annotations) {
  const { ctx, bbox } = u;
  const { min, max } = u.scales.x;
  const ratio = devicePixelRatio;
  ctx.save();
  for (const { from, to, color } of annotations) {
    const [start, end] = [from / 1000, to / 1000];
    if (end < min || start > max) {
      continue;
    }
    const [x1, x2] = [Math.max(start, min), Math.min(end, max)].map(seconds => Math.round(u.valToPos(seconds, 'x', true)));
    ctx.fillStyle = withAlpha(color, 0.1);
    ctx.fillRect(x1, bbox.top, x2 - x1, bbox.height);
    ctx.fillStyle = cssColor(color);
    ctx.fillRect(x1, bbox.top + bbox.height - 3 * ratio, Math.max(x2 - x1, 3 * ratio), 3 * ratio);
    ctx.strokeStyle = withAlpha(color, 0.8);
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 4 * ratio]);
    for (const x of x1 === x2 ? [x1] : [x1, x2]) {
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
  }
  ctx.restore();
}
