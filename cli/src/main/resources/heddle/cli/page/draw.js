/**
 * Draws a layout on a canvas. Far away, boxes are areas of their family's colour; nearer they have glyph and name; near by, shape
 * and cost. Only what is in sight is drawn, and no text under 10 pixels.
 */
import { GLYPHS } from './report.js';
import { bytes, operations, percent, shown, time } from './format.js';
import { MONO, SANS, heatStep } from './theme.js';

const FAR = 0.3;
const NEAR = 0.75;
const LONGEST = 28;
const LEAST_TEXT = 10;

/** What a drawing shows of boxes beside their places. */
export class Drawing {
    constructor(canvas) {
        this.canvas = canvas;
        this.context = canvas.getContext('2d');
        this.widths = new Map();
    }

    /** Fits the canvas to its element. */
    resize() {
        const ratio = window.devicePixelRatio || 1;
        const { clientWidth: w, clientHeight: h } = this.canvas;
        if (this.canvas.width !== Math.round(w * ratio) || this.canvas.height !== Math.round(h * ratio)) {
            this.canvas.width = Math.round(w * ratio);
            this.canvas.height = Math.round(h * ratio);
        }
        this.ratio = ratio;
        this.width = w;
        this.height = h;
    }

    /**
     * @param scene {layout, edges, grid, at: {x, y, scale}, colours, by, stage, isDimmed, selected, near, matches, changes, heat}
     */
    draw(scene) {
        const c = this.context;
        const { x, y, scale } = scene.at;
        this.scene = scene;
        this.scale = scale;
        c.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
        c.fillStyle = scene.colours.canvas;
        c.fillRect(0, 0, this.width, this.height);
        c.setTransform(this.ratio * scale, 0, 0, this.ratio * scale, -x * scale * this.ratio, -y * scale * this.ratio);
        this.sight = { left: x, top: y, right: x + this.width / scale, bottom: y + this.height / scale };
        const seen = scene.grid.find(this.sight);
        this.scopes(seen);
        this.edges();
        if (scale < FAR) {
            this.areas(seen);
        } else {
            seen.forEach(box => this.box(box));
        }
        this.names(seen);
    }

    isOpenScope(box) {
        const { layout } = this.scene;
        return layout.graph.isScope(box) && layout.isOpen(layout.graph.scopeOf(box)) && !layout.isThin(layout.graph.scopeOf(box));
    }

    /** The grounds of open scopes, outer ones first. */
    scopes(seen) {
        const { layout, colours } = this.scene;
        const c = this.context;
        const g = layout.graph;
        for (const box of seen.filter(b => this.isOpenScope(b)).sort((a, b) => g.depth[g.scopeOf(a)] - g.depth[g.scopeOf(b)])) {
            const run = g.runs.get(g.runOf[g.scopeOf(box)]);
            c.lineWidth = 1 / Math.min(1, this.scale);
            c.strokeStyle = colours.line2;
            c.fillStyle = colours.surface;
            if (run !== undefined) {
                for (const back of [12, 6]) {
                    this.rounded(layout.x[box] + back, layout.y[box] + back, layout.w[box], layout.h[box], 12);
                    c.fill();
                    c.stroke();
                }
            }
            this.rounded(layout.x[box], layout.y[box], layout.w[box], layout.h[box], 12);
            c.fill();
            c.stroke();
            if (this.scene.selected.has(box)) {
                this.ring(box, colours.accent, 12);
            }
        }
    }

    rounded(x, y, w, h, r) {
        this.context.beginPath();
        this.context.roundRect(x, y, w, h, Math.min(r, h / 2, w / 2));
    }

    edges() {
        const { edges, colours, near } = this.scene;
        const c = this.context;
        const groups = this.scale < FAR;
        const plain = new Path2D();
        const lit = new Path2D();
        const faint = new Path2D();
        const heads = [];
        for (const e of edges) {
            if (groups && e.points.length <= 4 && !this.isGroup(e)) {
                continue;
            }
            if (!this.isInSight(e.points)) {
                continue;
            }
            const isLit = near.has(e.from) && near.has(e.to) && (this.scene.selected.has(e.from) || this.scene.selected.has(e.to));
            const isFaint = this.scene.isDimmed(e.from) || this.scene.isDimmed(e.to);
            corner(isLit ? lit : isFaint ? faint : plain, e.points, 8);
            heads.push([e, isLit ? colours.accent : colours.edge, isFaint && !isLit]);
        }
        const width = 1.4 / Math.min(1, Math.max(this.scale, 0.4));
        c.lineWidth = width;
        c.strokeStyle = colours.edge;
        c.stroke(plain);
        c.globalAlpha = 0.4;
        c.stroke(faint);
        c.globalAlpha = 1;
        c.strokeStyle = colours.accent;
        c.lineWidth = width * 1.6;
        c.stroke(lit);
        if (this.scale >= FAR) {
            for (const [e, colour, dim] of heads) {
                c.globalAlpha = dim ? 0.4 : 1;
                this.head(e, colour);
            }
            c.globalAlpha = 1;
        }
    }

    isGroup(e) {
        const g = this.scene.layout.graph;
        return g.isScope(e.from) || g.isScope(e.to);
    }

    isInSight(points) {
        let left = Infinity;
        let right = -Infinity;
        let top = Infinity;
        let bottom = -Infinity;
        for (let i = 0; i < points.length; i += 2) {
            left = Math.min(left, points[i]);
            right = Math.max(right, points[i]);
            top = Math.min(top, points[i + 1]);
            bottom = Math.max(bottom, points[i + 1]);
        }
        const s = this.sight;
        return right >= s.left && left <= s.right && bottom >= s.top && top <= s.bottom;
    }

    head(e, colour) {
        const c = this.context;
        const x = e.points.at(-2);
        const y = e.points.at(-1);
        c.fillStyle = colour;
        c.beginPath();
        c.moveTo(x, y);
        c.lineTo(x - 4, y - 7);
        c.lineTo(x + 4, y - 7);
        c.fill();
        if (e.count > 1 && this.scale >= NEAR && this.isGroup(e) && this.scene.layout.graph.isScope(e.to)) {
            this.text(e.count + ' in', x + 6, y - 5, 10, this.scene.colours.ink3, SANS);
        }
    }

    /** Far away: one path for each family. */
    areas(seen) {
        const { layout, colours } = this.scene;
        const paths = new Map();
        for (const box of seen) {
            if (this.isOpenScope(box)) {
                continue;
            }
            const colour = this.fill(box);
            const path = paths.get(colour) ?? new Path2D();
            path.rect(layout.x[box], layout.y[box], layout.w[box], layout.h[box]);
            paths.set(colour, path);
        }
        for (const [colour, path] of paths) {
            this.context.fillStyle = colour;
            this.context.fill(path);
        }
        seen.filter(b => this.scene.selected.has(b) || this.scene.matches.has(b)).forEach(b => this.ring(b, colours.accent, 4));
    }

    fill(box) {
        const { layout, colours, by, heat } = this.scene;
        if (by === 'change') {
            const change = this.scene.changes(box);
            return change === '+' ? colours.added : change === '−' ? colours.removed : change === '~' ? colours.rewritten : colours.raised;
        }
        return by === 'family' ? colours.family[layout.graph.family(box)] : colours.heat[heatStep(heat(box))];
    }

    box(box) {
        const { layout, colours } = this.scene;
        const g = layout.graph;
        const c = this.context;
        if (this.isOpenScope(box)) {
            return;
        }
        const [x, y, w, h] = [layout.x[box], layout.y[box], layout.w[box], layout.h[box]];
        const absent = box < g.count && !g.isAlive(box, this.scene.stage);
        const change = this.scene.changes(box);
        c.globalAlpha = absent && change !== '−' ? 0.45 : this.scene.isDimmed(box) ? 0.55 : 1;
        if (absent) {
            c.setLineDash([4, 4]);
        }
        if (this.isPill(box)) {
            this.pill(box, x, y, w, h);
        } else if (layout.isSign(box)) {
            this.sign(box, x, y, w, h);
        } else {
            this.card(box, x, y, w, h, absent);
        }
        c.setLineDash([]);
        c.globalAlpha = 1;
        if (change !== '') {
            this.mark(box, change);
        }
        if (this.scene.declined.has(box)) {
            this.ring(box, colours.warn, 8);
        }
        if (this.scene.matches.has(box)) {
            this.ring(box, colours.accent, 8);
        }
        if (this.scene.selected.has(box)) {
            this.ring(box, colours.accent, 8, 4);
        }
    }

    isPill(box) {
        const g = this.scene.layout.graph;
        return g.isOutput(box) || (box < g.count && g.nodes.kind[box] !== '');
    }

    pill(box, x, y, w, h) {
        const { layout, colours } = this.scene;
        const c = this.context;
        c.fillStyle = colours.surface;
        c.strokeStyle = colours.ink2;
        c.lineWidth = 1;
        this.rounded(x, y, w, h, 13);
        c.fill();
        c.stroke();
        const letters = Math.max(12.5, LEAST_TEXT / this.scale);
        const label = this.cut(shown(layout.graph.label(box), LONGEST), letters, w - 16);
        if (this.scale < NEAR) {
            this.text(label, x + Math.max(8, (w - this.measure(label, '600 12.5px ' + SANS) * letters / 12.5) / 2), y + h / 2 + letters / 3, letters, colours.ink, SANS, 600);
            return;
        }
        const size = this.measure(label, '600 12.5px ' + SANS);
        const type = shown(layout.graph.type(box), 18);
        const both = size + 8 + this.measure(type, '11px ' + MONO);
        const start = x + Math.max(10, (w - both) / 2);
        this.text(label, start, y + h / 2 + 4, 12.5, colours.ink, SANS, 600);
        this.text(type, start + size + 8, y + h / 2 + 4, 11, colours.ink2, MONO);
    }

    sign(box, x, y, w) {
        const { colours } = this.scene;
        const c = this.context;
        c.fillStyle = this.tint(box);
        c.strokeStyle = this.line(box);
        c.lineWidth = 1.2;
        c.beginPath();
        c.arc(x + w / 2, y + w / 2, w / 2 - 1, 0, 2 * Math.PI);
        c.fill();
        c.stroke();
        this.text('+', x + w / 2 - 4.6, y + w / 2 + 5, 16, this.scene.by === 'family' ? colours.family.elementwise : colours.ink, SANS, 600);
    }

    tint(box) {
        const { layout, colours, by, heat } = this.scene;
        return by === 'family' ? colours.tint[layout.graph.family(box)] : by === 'change' ? colours.surface : colours.heat[heatStep(heat(box))];
    }

    line(box) {
        const { layout, colours, by } = this.scene;
        const change = this.scene.changes(box);
        if (change !== '') {
            return change === '+' ? colours.added : change === '−' ? colours.removed : colours.rewritten;
        }
        return by === 'family' ? colours.family[layout.graph.family(box)] : colours.line2;
    }

    card(box, x, y, w, h, absent) {
        const { layout, colours, by, heat } = this.scene;
        const g = layout.graph;
        const c = this.context;
        const family = g.family(box);
        const hero = family === 'attention' && box < g.count;
        const bar = hero ? 26 : 22;
        if (g.isScope(box) && g.runs.has(g.runOf[g.scopeOf(box)])) {
            c.fillStyle = colours.surface;
            c.strokeStyle = this.line(box);
            for (const back of [6, 3]) {
                this.rounded(x + back, y + back, w, h, 7);
                c.fill();
                c.stroke();
            }
        }
        c.fillStyle = absent ? colours.canvas : this.tint(box);
        c.strokeStyle = this.line(box);
        c.lineWidth = this.scene.changes(box) === '' ? 1 : 2;
        this.rounded(x, y, w, h, 7);
        c.fill();
        c.stroke();
        const heated = by !== 'family' && by !== 'change';
        const ink = heated ? (heatStep(heat(box)) < colours.heatSwitch - 1 ? colours['heat-ink-low'] : colours['heat-ink-high']) : colours.ink;
        if (by === 'family' && !absent) {
            c.fillStyle = colours.family[family];
            c.beginPath();
            c.roundRect(x, y, bar, h, [7, 0, 0, 7]);
            c.fill();
            this.glyph(GLYPHS[family], x + bar / 2, y + h / 2, colours.glyph);
        } else {
            this.glyph(GLYPHS[family], x + bar / 2, y + h / 2, ink);
        }
        const folded = g.isScope(box) && !layout.isSmall(g.scopeOf(box));
        const two = this.scale >= NEAR;
        const size = Math.max(hero ? 15 : 13, LEAST_TEXT / this.scale);
        const label = this.cut((folded ? '▸ ' : '') + shown(g.label(box), LONGEST), size, w - bar - 12);
        this.text(label, x + bar + 8, two ? y + (hero ? 19 : 15) : y + h / 2 + size / 3, size, ink, SANS, 600);
        if (two) {
            this.second(box, x, y, w, h, bar, ink, hero);
        }
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

    /** The second line of a box, and its cost at the right. */
    second(box, x, y, w, h, bar, ink, hero) {
        const { layout, colours, by, cost, share } = this.scene;
        const g = layout.graph;
        const quiet = by === 'family' ? colours.ink2 : ink;
        if (hero) {
            this.threads(box, x + bar + 8, y + 38, quiet);
            this.text(shown(g.type(box), 24), x + bar + 20 + this.measure('attention', '600 15px ' + SANS), y + 19, 11, quiet, MONO);
        } else {
            this.text(shown(this.detail(box), Math.floor((w - bar - 16) / 6.7)), x + bar + 8, y + 29, 11, quiet, MONO);
        }
        const amount = cost(box);
        if (amount !== '') {
            const width = this.measure(amount, '11.5px ' + SANS);
            this.text(amount, x + w - 8 - width, y + (hero ? 19 : 15), 11.5, quiet, SANS);
        }
        const part = share(box);
        if (part > 0 && by === 'family') {
            this.context.fillStyle = colours.family[g.family(box)];
            this.context.fillRect(x + bar + 2, y + h - 4, Math.max(2, (w - bar - 8) * Math.min(1, part)), 3);
        }
    }

    detail(box) {
        const g = this.scene.layout.graph;
        if (!g.isScope(box)) {
            return g.type(box);
        }
        const s = g.scopeOf(box);
        const n = this.scene.layout.aliveNow[s];
        const type = this.scene.resultType(s);
        return this.scene.layout.isSmall(s) ? type : n + ' nodes' + (type === '' ? '' : ' · ' + type);
    }

    /** The glyphs of the nodes that a fused one was woven from. */
    threads(box, x, y, ink) {
        const { colours } = this.scene;
        const c = this.context;
        this.text('woven from', x, y + 11, 11, ink, SANS);
        let at = x + this.measure('woven from', '11px ' + SANS) + 8;
        for (const [family, count] of this.scene.threads(box)) {
            c.fillStyle = colours.family[family];
            c.beginPath();
            c.roundRect(at, y, 16, 16, 4);
            c.fill();
            this.text(GLYPHS[family], at + 3.8, y + 12, 11, colours.glyph, SANS, 600);
            at += 20;
            if (count > 1) {
                this.text('' + count, at - 2, y + 12, 11, ink, SANS);
                at += 6 + 6 * String(count).length;
            }
        }
    }

    /** The sign of what a pass did, beside the box. */
    mark(box, change) {
        const { layout, colours } = this.scene;
        const c = this.context;
        const x = layout.x[box] + layout.w[box] - 5;
        const y = layout.y[box] - 5;
        c.fillStyle = change === '+' ? colours.added : change === '−' ? colours.removed : colours.rewritten;
        const size = Math.max(13, Math.min(27, LEAST_TEXT / this.scale));
        c.beginPath();
        c.arc(x, y + 3, 8 * size / 13, 0, 2 * Math.PI);
        c.fill();
        this.text(change, x - 4 * size / 13, y + 3 + 4.5 * size / 13, size, colours.surface, SANS, 700);
        const h = this.scene.changedIn(box);
        if (h > 1 && this.scale >= FAR) {
            this.text('' + h, x + 10, y + 7, 11, colours.ink2, SANS, 600);
        }
    }

    ring(box, colour, radius, width = 2) {
        const { layout } = this.scene;
        const c = this.context;
        const gap = 3;
        c.strokeStyle = colour;
        c.lineWidth = width / Math.min(1, Math.max(0.5, this.scale));
        c.globalAlpha = width > 2 ? 0.45 : 1;
        this.rounded(layout.x[box] - gap, layout.y[box] - gap, layout.w[box] + 2 * gap, layout.h[box] + 2 * gap, radius + gap);
        c.stroke();
        c.globalAlpha = 1;
    }

    /** The heads of open scopes; far away, their names where they have room. */
    names(seen) {
        const { layout, colours } = this.scene;
        const g = layout.graph;
        for (const box of seen) {
            if (!this.isOpenScope(box)) {
                continue;
            }
            const size = Math.max(13, 11 / this.scale);
            const label = shown(g.label(box), LONGEST);
            if (this.scale < FAR) {
                if (layout.w[box] * this.scale > 60) {
                    this.text(label, layout.x[box] + 10, layout.y[box] + size + 6, 11 / this.scale, colours.ink, SANS, 600);
                }
                continue;
            }
            this.scopeHead(box, label);
        }
    }

    scopeHead(box, label) {
        const { layout, colours } = this.scene;
        const g = layout.graph;
        const c = this.context;
        const [x, y] = [layout.x[box] + 12, layout.y[box] + 22];
        const size = Math.min(22, Math.max(14, LEAST_TEXT / this.scale));
        this.text('▾ ' + label, x, y, size, colours.ink, SANS, 600);
        let at = x + this.measure('▾ ' + label, '600 14px ' + SANS) * size / 14 + 10;
        const scope = g.scopeOf(box);
        const run = g.runs.get(g.runOf[scope]);
        if (run !== undefined) {
            const times = '×' + run.length;
            c.fillStyle = colours.accent;
            this.rounded(at, y - 13, this.measure(times, '600 12px ' + SANS) + 16, 18, 9);
            c.fill();
            this.text(times, at + 8, y, Math.max(12, LEAST_TEXT / this.scale), colours.surface, SANS, 600);
            at += this.measure(times, '600 12px ' + SANS) + 26;
        }
        if (this.scale >= NEAR) {
            const n = layout.aliveNow[scope];
            const what = run === undefined ? n + ' nodes' : 'all equal, ' + n + ' nodes each';
            if (at + this.measure(what, '12px ' + SANS) < layout.x[box] + layout.w[box] - 10) {
                this.text(what, at, y, 12, colours.ink2, SANS);
            }
            const right = this.scene.scopeNote(scope);
            this.text(right, layout.x[box] + layout.w[box] - 14 - this.measure(right, '12px ' + SANS), y, 12, colours.ink2, SANS);
        }
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
        if (size * this.scale < 9.5) {
            return;
        }
        this.context.font = weight + ' ' + size + 'px ' + family;
        this.context.fillStyle = colour;
        this.context.fillText(text, x, y);
    }
}

/** Adds a line with rounded corners to a path. */
function corner(path, points, radius) {
    path.moveTo(points[0], points[1]);
    for (let i = 2; i < points.length - 2; i += 2) {
        const [x, y] = [points[i], points[i + 1]];
        const before = Math.hypot(x - points[i - 2], y - points[i - 1]);
        const after = Math.hypot(points[i + 2] - x, points[i + 3] - y);
        path.arcTo(x, y, points[i + 2], points[i + 3], Math.max(0, Math.min(radius, before / 2, after / 2)));
    }
    path.lineTo(points.at(-2), points.at(-1));
}

/** Which boxes are where: cells of equal size, so that a sight asks for those alone that it has. */
export class Grid {
    constructor(layout, cell = 512) {
        this.layout = layout;
        this.cell = cell;
        this.cells = new Map();
        this.large = [];
        for (const box of layout.drawn) {
            const [c0, c1] = [Math.floor(layout.x[box] / cell), Math.floor((layout.x[box] + layout.w[box]) / cell)];
            const [r0, r1] = [Math.floor(layout.y[box] / cell), Math.floor((layout.y[box] + layout.h[box]) / cell)];
            if ((c1 - c0 + 1) * (r1 - r0 + 1) > 16) {
                this.large.push(box);
                continue;
            }
            for (let c = c0; c <= c1; c++) {
                for (let r = r0; r <= r1; r++) {
                    const key = c * 65536 + r;
                    if (!this.cells.has(key)) {
                        this.cells.set(key, []);
                    }
                    this.cells.get(key).push(box);
                }
            }
        }
    }

    /** The boxes that meet a rectangle, in the order in which they are drawn. */
    find({ left, top, right, bottom }) {
        const l = this.layout;
        const meets = b => l.x[b] <= right && l.x[b] + l.w[b] >= left && l.y[b] <= bottom && l.y[b] + l.h[b] >= top;
        const cells = (Math.floor(right / this.cell) - Math.floor(left / this.cell) + 1) * (Math.floor(bottom / this.cell) - Math.floor(top / this.cell) + 1);
        if (cells > this.cells.size) {
            return l.drawn.filter(meets);
        }
        const found = new Set(this.large.filter(meets));
        for (let c = Math.floor(left / this.cell); c <= Math.floor(right / this.cell); c++) {
            for (let r = Math.floor(top / this.cell); r <= Math.floor(bottom / this.cell); r++) {
                this.cells.get(c * 65536 + r)?.forEach(b => meets(b) && found.add(b));
            }
        }
        return [...found];
    }

    /** The smallest box at a point; -1 when there is none. */
    at(x, y) {
        const l = this.layout;
        let best = -1;
        for (const b of this.find({ left: x, top: y, right: x, bottom: y })) {
            if (best < 0 || l.w[b] * l.h[b] <= l.w[best] * l.h[best]) {
                best = b;
            }
        }
        return best;
    }
}
