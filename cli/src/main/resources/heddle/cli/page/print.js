/** What is printed: the verdict, the folded graph as a drawing of lines, what the rules did, the attentions, and the first kernels. */
import { fill, h, name, svg } from './dom.js';
import { bytes, counted, operations, shown, time } from './format.js';
import { GLYPHS } from './report.js';
import { routes } from './routes.js';

const MOST_KERNELS = 40;

export class PrintPage {
    constructor(app) {
        this.app = app;
        this.element = h('div.print', {});
        addEventListener('beforeprint', () => this.build());
        addEventListener('afterprint', () => fill(this.element));
    }

    build() {
        const { head } = this.app.report;
        fill(this.element,
            h('h1', {}, 'Heddle: ', name(shown(head.model))),
            h('p', { text: head.total === 0 ? 'This model has no softmax between two products.'
                : head.fused + ' of ' + counted(head.total, 'attention') + ' fused, ' + head.declined + ' declined' }),
            h('p', {}, counted(head.work.kernels, 'kernel') + ', ' + head.unfused.kernels + ' unfused'
                + (head.work.peak === undefined ? '' : '; peak ' + bytes(head.work.peak) + ', ' + bytes(head.unfused.peak) + ' unfused')
                + (typeof head.work.bytes === 'number' ? '; moved ' + bytes(head.work.bytes) + ', ' + bytes(head.unfused.bytes) + ' unfused' : '')),
            this.drawing(),
            h('h2', { text: 'Attentions' }), this.attentions(),
            h('h2', { text: 'Kernels' }), this.kernels(),
            h('p.small', {}, 'heddle inspect ', name(shown(head.file)), Object.entries(head.lengths).map(([k, v]) => ' -D ' + k + '=' + v), ' -o report.html',
                ' · Heddle ' + head.heddle + ' · ' + new Date().toISOString().slice(0, 10)));
    }

    attentions() {
        const { fused, declined } = this.app.attention;
        return h('ul', {}, declined.map(d => h('li', {}, h('b', { text: 'declined ' }), name(shown(d.node)), ': ', name(shown(d.reason, 400)), ' ', name(shown(d.remedy, 400)))),
            fused.map(a => h('li', {}, name(shown(a.node)), ', ', name(shown(a.place)), ': ',
                Object.entries(a.programs).map(([k, text]) => h('code', {}, ' ' + k + ' = ', name(shown(text, 120)), ';')))));
    }

    kernels() {
        const g = this.app.graph;
        const by = g.hasTime ? 'time' : 'flops';
        const all = g.kernels.filter(k => !k.once).sort((a, b) => (Number(b[by]) || 0) - (Number(a[by]) || 0));
        return h('table', {}, h('tr', {}, ['kernel', 'family', g.hasTime ? 'time' : '', 'operations', 'bytes'].map(text => h('th', { text }))),
            all.slice(0, MOST_KERNELS).map(k => h('tr', {}, h('td', {}, name(shown(k.name, 80))), h('td', { text: k.family }), h('td', { text: k.time > 0 ? time(k.time) : '' }),
                h('td', { text: operations(k.flops) }), h('td', { text: bytes(k.bytes) }))),
            all.length > MOST_KERNELS ? h('tr', {}, h('td', { text: 'and ' + (all.length - MOST_KERNELS) + ' more' })) : null);
    }

    /** The graph as it opens, in lines and words. */
    drawing() {
        const layout = this.app.graphView.lay(this.app.graphView.openAtFirst());
        const g = this.app.graph;
        const picture = svg('svg', { viewBox: '-10 -10 ' + (layout.width + 60) + ' ' + (layout.height + 30), role: 'img', 'aria-label': 'The folded graph' });
        const frame = (box, rx) => svg('rect', { x: layout.x[box], y: layout.y[box], width: layout.w[box], height: layout.h[box], rx, fill: '#fff', stroke: '#000' });
        const text = (box, dx, dy, what) => svg('text', { x: layout.x[box] + dx, y: layout.y[box] + dy, 'font-size': 13, fill: '#000', text: shown(what, 30) });
        layout.drawn.filter(box => layout.isOpenBox(box)).forEach(box => {
            const run = g.runs.get(g.runOf[g.scopeOf(box)]);
            picture.append(frame(box, 12), text(box, 12, 22, g.label(box) + (run === undefined ? '' : ' ×' + run.length)));
        });
        for (const e of routes(layout)) {
            const points = [];
            for (let i = 0; i < e.points.length; i += 2) {
                points.push(e.points[i] + ',' + e.points[i + 1]);
            }
            picture.append(svg('polyline', { points: points.join(' '), fill: 'none', stroke: '#000', 'stroke-width': 0.8 }));
        }
        layout.drawn.filter(box => !layout.isOpenBox(box)).forEach(box => {
            const sign = layout.isSign(box) ? '+' : GLYPHS[g.family(box)] + ' ' + g.label(box);
            picture.append(frame(box, 7), text(box, 7, layout.h[box] / 2 + 4, sign));
        });
        return picture;
    }
}
