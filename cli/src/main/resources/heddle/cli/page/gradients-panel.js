/** What a budget of memory did to a backward pass: what is kept, what is computed again, and what other choices would take. */
import { fill, h, name, svg } from './dom.js';
import { bytes, counted, percent, shown } from './format.js';

const CURVE_MOST_ROWS = 20;
const CURVE_W = 420;
const CURVE_H = 190;
const CURVE_LEFT = 60;
const CURVE_BOTTOM = 34;

export class GradientsPanel {
    constructor(app) {
        this.app = app;
        this.element = h('div', {});
    }

    build() {
        const { plan } = this.app;
        const sum = list => list.reduce((a, b) => a + b, 0);
        fill(this.element,
            h('p', { text: 'Memory for gradients: ' + bytes(plan.budgetPeak) + ', without a budget ' + bytes(plan.wholePeak) + '. Inputs, weights and their gradients are not counted.' }),
            this.curve(plan),
            h('h3', { text: 'Kept for the backward pass: ' + counted(plan.kept.length, 'value') + ', ' + bytes(sum(plan.keptBytes)) }), this.list(plan.kept, plan.keptBytes),
            h('h3', { text: 'Computed again: ' + counted(plan.recomputed.length, 'operation') + ', ' + (100 * plan.extra).toFixed(1) + ' % of the forward pass' }), this.list(plan.recomputed, plan.recomputedBytes));
    }

    /** Nodes with those of equal layers together, the largest first. */
    list(nodes, sizes) {
        const { graph } = this.app;
        const selected = new Set(this.app.selection());
        const groups = new Map();
        nodes.forEach((node, i) => {
            const path = node < 0 ? 'others' : graph.nodes.path[node].replace(/(?<=[.#])\d+(?=[/:.]|$)/g, '*');
            const group = groups.get(path) ?? { nodes: [], bytes: 0 };
            group.nodes.push(node);
            group.bytes += sizes[i];
            groups.set(path, group);
        });
        const rows = [...groups].sort((a, b) => b[1].bytes - a[1].bytes);
        const rest = rows.slice(CURVE_MOST_ROWS).reduce((sum, [, g]) => sum + g.bytes, 0);
        return h('table.plain', {}, rows.slice(0, CURVE_MOST_ROWS).map(([path, g]) => h('tr' + (g.nodes.some(n => selected.has(n)) ? '.on' : ''), {},
            h('td.right', { text: bytes(g.bytes) }), h('td.right', { text: g.nodes.length + ' ×' }),
            h('td', {}, h('button.text-link.mono', { onclick: () => this.app.select(g.nodes.filter(n => n >= 0)) }, name(shown(path, 70)))))),
        rows.length > CURVE_MOST_ROWS ? h('tr', {}, h('td.right', { text: bytes(rest) }), h('td'), h('td', { text: 'in ' + (rows.length - CURVE_MOST_ROWS) + ' more' })) : null);
    }

    /** Memory against time: the plans that were tried, and the one that was taken. */
    curve({ curve, budgetPeak, extra }) {
        const mostX = Math.max(...curve.map(p => p[1]), 0.01) * 1.1;
        const mostY = Math.max(...curve.map(p => p[0])) * 1.1;
        const x = v => CURVE_LEFT + v / mostX * (CURVE_W - CURVE_LEFT - 16);
        const y = v => CURVE_H - CURVE_BOTTOM - v / mostY * (CURVE_H - CURVE_BOTTOM - 12);
        const points = [...curve].sort((a, b) => a[1] - b[1]);
        const drawing = svg('svg.curve', { viewBox: '0 0 ' + CURVE_W + ' ' + CURVE_H, role: 'img', 'aria-label': 'Memory against time of ' + points.length + ' plans' },
            svg('line.base', { x1: CURVE_LEFT, x2: CURVE_W - 16, y1: CURVE_H - CURVE_BOTTOM, y2: CURVE_H - CURVE_BOTTOM }), svg('line.base', { x1: CURVE_LEFT, x2: CURVE_LEFT, y1: 12, y2: CURVE_H - CURVE_BOTTOM }),
            svg('path.line', { d: points.map((p, i) => (i === 0 ? 'M' : 'L') + x(p[1]) + ' ' + y(p[0])).join('') }),
            points.map(p => svg('circle' + (p[0] === budgetPeak ? '.taken' : ''), { cx: x(p[1]), cy: y(p[0]), r: p[0] === budgetPeak ? 5 : 3 }, svg('title', { text: bytes(p[0]) + ', ' + percent(p[1]) + ' of the forward pass again' }))),
            svg('text.axis', { x: CURVE_LEFT - 6, y: 16, 'text-anchor': 'end', text: bytes(mostY / 1.1) }), svg('text.axis', { x: CURVE_LEFT - 6, y: CURVE_H - CURVE_BOTTOM + 4, 'text-anchor': 'end', text: '0' }),
            svg('text.axis', { x: CURVE_W - 16, y: CURVE_H - CURVE_BOTTOM + 15, 'text-anchor': 'end', text: percent(mostX / 1.1) }),
            svg('text.axis', { x: (CURVE_LEFT + CURVE_W) / 2, y: CURVE_H - 5, 'text-anchor': 'middle', text: 'computed again, of the forward pass →' }),
            svg('text.limit', { x: x(extra) + 8, y: y(budgetPeak) - 8, text: 'taken' }));
        return h('div', {}, drawing, h('details', {}, h('summary', { text: 'Show as table' }), h('table.plain', {},
            points.map(p => h('tr', {}, h('td.right', { text: bytes(p[0]) }), h('td', { text: '+ ' + (100 * p[1]).toFixed(1) + ' % of the forward pass' }))))));
    }
}
