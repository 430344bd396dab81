/** Draws single boxes: nodes, folded scopes, inputs and outputs. */
import { shown } from './format.js';
import { LONGEST, NEAR, Pen } from './pen.js';
import { GLYPHS } from './report.js';
import { MONO, SANS, heatStep } from './theme.js';

export class BoxPen extends Pen {
    fill(box) {
        const { layout, colours, by, heat } = this.scene;
        if (by === 'change') {
            const change = this.scene.changes(box);
            return change === '+' ? colours.added : change === '−' ? colours.removed : change === '~' ? colours.rewritten : colours.raised;
        }
        return by === 'family' ? colours.family[layout.graph.family(box)] : colours.heat[heatStep(heat(box))];
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
        const letters = this.letters(12.5);
        const label = this.cut(shown(layout.graph.label(box), LONGEST), letters, w - 16);
        const size = this.measure(label, '600 12.5px ' + SANS) * letters / 12.5;
        const small = this.letters(11);
        const type = shown(layout.graph.type(box), 18);
        const both = size + 8 + this.measure(type, '11px ' + MONO) * small / 11;
        const hasType = this.scale >= NEAR && both <= w - 12;
        const start = x + (w - (hasType ? both : size)) / 2;
        this.text(label, start, y + h / 2 + letters / 3, letters, colours.ink, SANS, 600);
        if (hasType) {
            this.text(type, start + size + 8, y + h / 2 + letters / 3, small, colours.ink2, MONO);
        }
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
        const size = this.letters(hero ? 15 : 13);
        const label = this.cut((folded ? '▸ ' : '') + shown(g.label(box), LONGEST), size, w - bar - 12 - (two ? this.measure(this.scene.cost(box), '11.5px ' + SANS) + 8 : 0));
        this.text(label, x + bar + 8, two ? y + (hero ? 19 : 15) : y + h / 2 + size / 3, size, ink, SANS, 600);
        if (two) {
            this.second(box, x, y, w, h, bar, ink, hero);
        }
    }

    /** The second line of a box, and its cost at the right. */
    second(box, x, y, w, h, bar, ink, hero) {
        const { layout, colours, by, cost, share } = this.scene;
        const g = layout.graph;
        const quiet = by === 'family' ? colours.ink2 : ink;
        const letters = this.letters(11);
        if (hero) {
            this.threads(box, x + bar + 8, y + 38, quiet);
            const from = bar + 20 + this.measure('attention', '600 15px ' + SANS);
            const room = w - from - 16 - this.measure(this.scene.cost(box), '11.5px ' + SANS) * letters / 11;
            this.text(shown(g.type(box), Math.max(2, Math.floor(room / 6.7 * 11 / letters))), x + from, y + 19, letters, quiet, MONO);
        } else {
            this.text(shown(this.detail(box), Math.floor((w - bar - 16) / 6.7 * 11 / letters)), x + bar + 8, y + 30, letters, quiet, MONO);
        }
        const amount = cost(box);
        if (amount !== '') {
            const width = this.measure(amount, '11.5px ' + SANS) * letters / 11;
            this.text(amount, x + w - 8 - width, y + (hero ? 19 : 15), 11.5 * letters / 11, quiet, SANS);
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
        const letters = this.letters(11);
        this.text('woven from', x, y + 12, letters, ink, SANS);
        let at = x + this.measure('woven from', '11px ' + SANS) * letters / 11 + 8;
        for (const [family, count] of this.scene.threads(box)) {
            c.fillStyle = colours.family[family];
            c.beginPath();
            c.roundRect(at, y, 16, 16, 4);
            c.fill();
            this.text(GLYPHS[family], at + 8 - this.measure(GLYPHS[family], '600 11px ' + SANS) * letters / 22, y + 12, letters, colours.glyph, SANS, 600);
            at += 20;
            if (count > 1) {
                this.text('' + count, at - 2, y + 12, letters, ink, SANS);
                at += 6 + 6 * String(count).length;
            }
        }
    }
}
