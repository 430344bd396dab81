/**
 * Draws a layout on a canvas. Far away, boxes are areas of their family's colour; nearer they have glyph and name; near by, shape
 * and cost. Only what is in sight is drawn, and no text under 10 pixels.
 */
import { BoxPen } from './box-pen.js';
import { shown } from './format.js';
import { LEAST_TEXT, LONGEST, NEAR } from './pen.js';
import { SANS } from './theme.js';

/** Below this scale boxes are areas. */
const FAR = 0.3;

/** What a drawing shows of boxes beside their places. */
export class Drawing extends BoxPen {
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

    /** The grounds of open scopes, outer ones first. */
    scopes(seen) {
        const { layout, colours } = this.scene;
        const c = this.context;
        const g = layout.graph;
        for (const box of seen.filter(b => layout.isOpenBox(b)).sort((a, b) => g.depth[g.scopeOf(a)] - g.depth[g.scopeOf(b)])) {
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
            if (layout.isOpenBox(box)) {
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

    box(box) {
        const { layout, colours } = this.scene;
        const g = layout.graph;
        const c = this.context;
        if (layout.isOpenBox(box)) {
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
            this.sign(box, x, y, w);
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
            if (!layout.isOpenBox(box)) {
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
            const letters = Math.min(18, Math.max(12, LEAST_TEXT / this.scale));
            const wide = this.measure(times, '600 12px ' + SANS) * letters / 12;
            c.fillStyle = colours.accent;
            this.rounded(at, y - letters - 1, wide + 16, letters + 6, 12);
            c.fill();
            this.text(times, at + 8, y, letters, colours.surface, SANS, 600);
            at += wide + 26;
        }
        if (this.scale >= NEAR) {
            const n = layout.aliveNow[scope];
            const what = run === undefined ? n + ' nodes' : 'all equal, ' + n + ' nodes each';
            if (at + this.measure(what, '12px ' + SANS) < layout.x[box] + layout.w[box] - 10) {
                this.text(what, at, y, this.letters(12), colours.ink2, SANS);
            }
            const right = this.scene.scopeNote(scope);
            this.text(right, layout.x[box] + layout.w[box] - 14 - this.measure(right, '12px ' + SANS), y, 12, colours.ink2, SANS);
        }
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
