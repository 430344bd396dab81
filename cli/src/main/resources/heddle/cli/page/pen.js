/** Writes and draws on a canvas in the units of a drawing, none of its text too small to read. */
import { SANS } from './theme.js';

/** From this scale on there is room for second lines. */
export const NEAR = 0.75;

/** The longest name that is drawn. */
export const LONGEST = 28;

/** The smallest text, in pixels of the screen. */
export const LEAST_TEXT = 10;

export class Pen {
    constructor(canvas) {
        this.canvas = canvas;
        this.context = canvas.getContext('2d');
        this.widths = new Map();
    }

    rounded(x, y, w, h, r) {
        this.context.beginPath();
        this.context.roundRect(x, y, w, h, Math.min(r, h / 2, w / 2));
    }

    /** A size that is not too small to read. */
    letters(size) {
        return Math.max(size, LEAST_TEXT / this.scale);
    }

    glyph(sign, x, y, colour) {
        const size = Math.min(20, Math.max(13, LEAST_TEXT / this.scale));
        this.text(sign, x - this.measure(sign, '600 13px ' + SANS) * size / 26, y + size / 2.9, size, colour, SANS, 600);
    }

    /** As much of a text as has room. */
    cut(text, size, width) {
        const full = this.measure(text, '600 13px ' + SANS) * size / 13;
        return full <= width ? text : text.slice(0, Math.max(1, Math.floor(text.length * width / full) - 1)) + '…';
    }

    measure(text, font) {
        const key = font + text;
        let width = this.widths.get(key);
        if (width === undefined) {
            this.context.font = font;
            width = this.context.measureText(text).width;
            if (this.widths.size > 20000) {
                this.widths.clear();
            }
            this.widths.set(key, width);
        }
        return width;
    }

    /** Text of a size in the drawing's units; none that would be too small to read. */
    text(text, x, y, size, colour, family, weight = 400) {
        if (size * this.scale < LEAST_TEXT - 0.01) {
            return;
        }
        this.context.font = weight + ' ' + size + 'px ' + family;
        this.context.fillStyle = colour;
        this.context.fillText(text, x, y);
    }
}
