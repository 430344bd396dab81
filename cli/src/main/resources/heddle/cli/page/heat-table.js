/** Layers against their steps: where time, bytes or operations go. Without equal layers, scopes against families. */
import { fill, h, name } from './dom.js';
import { bytes, operations, percent, shown, time } from './format.js';
import { rounded } from './roofline.js';
import { heatStep } from './theme.js';

const HEAT_TEXT = { time: v => time(v), bytes: v => bytes(v), flops: v => operations(v) };
const HEAT_UNITS = { time: [[1e6, 'ms'], [1e3, 'µs']], bytes: [[1e6, 'MB'], [1e3, 'kB'], [1, 'B']], flops: [[1e9, 'billion'], [1e6, 'million'], [1e3, 'thousand']] };

export class HeatTable {
    constructor(app, data) {
        this.app = app;
        this.data = data;
        this.element = h('div.heat-table', {});
        this.layers = data.equalLayers();
    }

    what() {
        const asked = this.app.state.tab['memory.heat'];
        return asked === 'bytes' || asked === 'flops' ? asked : this.data.isTimed ? 'time' : 'bytes';
    }

    build() {
        const { data } = this;
        const cells = this.layers.length > 1 ? this.steps() : this.families();
        const what = this.what();
        const all = cells.rows.flatMap(r => r.cells.map(c => c[what]));
        const most = Math.max(...all, 0);
        this.unit = HEAT_UNITS[what].find(([size]) => most >= size) ?? HEAT_UNITS[what].at(-1);
        const selected = data.selected(this.app.selection());
        fill(this.element,
            h('table', { 'aria-label': 'Where ' + what + ' goes' },
                h('thead', {}, h('tr', {}, h('td'), cells.columns.map(c => h('th', { scope: 'col', title: shown(c.title) }, name(shown(c.label, 24)))))),
                h('tbody', {}, cells.rows.map(row => h('tr', {}, h('th', { scope: 'row' }, h('button', { onclick: () => this.app.select(this.data.boxesOf(row.layer)) }, name(shown(row.name, 24)))),
                    row.cells.map(cell => h('td', {}, this.cell(cell, what, most, selected))))))),
            h('div.heat-scale', {}, h('span', { text: '0' }), [1, 2, 3, 4, 5, 6].map(n => h('i.step' + n)), h('span', { text: HEAT_TEXT[what](most) }), h('span.quiet', { text: 'cells in ' + this.unit[1] })),
            this.words(cells, what).map(words => h('p', {}, words)));
    }

    cell(cell, what, most, selected) {
        if (cell.kernels.length === 0) {
            return null;
        }
        const step = most > 0 ? heatStep(cell[what] / most) + 1 : 1;
        return h('button.step' + step + (cell.kernels.some(k => selected.has(k.at)) ? '.on' : ''), {
            text: rounded(cell[what] / this.unit[0]), title: cell.kernels.map(k => shown(k.name, 80)).join('\n') + '\n' + HEAT_TEXT[what](cell[what]),
            onclick: () => this.app.select([this.data.boxOf(cell.kernels[0])].filter(box => box >= 0)),
        });
    }

    summed(kernels) {
        return { kernels, ...this.data.sum(kernels) };
    }

    /** Kernels of layers by their path in the layer. */
    steps() {
        const { data } = this;
        const columns = new Map();
        for (const k of data.kernels) {
            const path = data.within(k, k.layer);
            if (this.layers.includes(k.layer) && !columns.has(path)) {
                columns.set(path, { title: path, label: this.label(k) });
            }
        }
        const byLayer = new Map(this.layers.map(l => [l, new Map()]));
        data.kernels.forEach(k => byLayer.get(k.layer)?.set(data.within(k, k.layer), k));
        return {
            columns: [...columns.values()],
            rows: this.layers.map(layer => ({
                name: data.layerName(layer), layer,
                cells: [...columns.keys()].map(path => this.summed([byLayer.get(layer).get(path)].filter(k => k !== undefined))),
            })),
        };
    }

    /** What a step is called: as its value in the model, else its function, else its operation. */
    label(k) {
        const scope = k.scopes.at(-1);
        const operation = k.name.slice(k.name.lastIndexOf(':') + 1).replace(/#\d+/g, '');
        const part = /\.(pack|merge|epilogue|blocks|zeros)$/.exec(operation);
        if (operation.includes('.')) {
            return part === null ? operation : part[1];
        }
        if (k.family === 'attention') {
            return 'attention';
        }
        const depth = k.scopes.indexOf(k.layer) < 0 ? 0 : k.scopes.indexOf(k.layer) + 1;
        if (scope === undefined || scope === k.layer) {
            return operation;
        }
        const { let: let_, name: function_ } = this.data.graph.scopes[scope];
        return let_ !== '' && k.scopes.length - depth > 1 ? let_ : function_.replace(/(\.\d+)?(#\d+)?$/, '');
    }

    families() {
        const { data } = this;
        const scopes = [...new Set(data.kernels.map(k => k.layer))];
        const families = [...new Set(data.kernels.map(k => k.family))];
        return {
            columns: families.map(f => ({ title: f, label: f })),
            rows: scopes.map(scope => ({
                name: data.layerName(scope), layer: scope,
                cells: families.map(f => this.summed(data.kernels.filter(k => k.layer === scope && k.family === f))),
            })),
        };
    }

    /** What the table says, in sentences. */
    words(cells, what) {
        const said = [];
        const sums = cells.rows.map(r => r.cells.reduce((sum, c) => sum + c[what], 0));
        const mean = sums.reduce((a, b) => a + b, 0) / sums.length;
        if (this.layers.length > 1 && mean > 0) {
            const far = sums.map((s, i) => [Math.abs(s - mean) / mean, i]).sort((a, b) => b[0] - a[0])[0];
            said.push(far[0] <= 0.1 ? ['Layers are alike: none is more than ' + Math.max(1, Math.ceil(100 * far[0])) + ' % from the mean.']
                : [name(shown(cells.rows[far[1]].name, 40)), ' takes ' + HEAT_TEXT[what](sums[far[1]]) + ', the mean is ' + HEAT_TEXT[what](mean) + '.']);
        }
        const columns = cells.columns.map((c, i) => ({ label: c.label, ...this.data.sum(cells.rows.flatMap(r => r.cells[i].kernels)) })).sort((a, b) => b[what] - a[what]).slice(0, 2);
        if (columns.length === 2 && this.data.total[what] > 0) {
            const share = (columns[0][what] + columns[1][what]) / this.data.total[what];
            const roofs = columns.map(c => c.ofRoof).filter(r => r !== undefined).sort((a, b) => a - b);
            said.push(['Most goes to ', h('b', {}, name(shown(columns[0].label, 40))), ' and ', h('b', {}, name(shown(columns[1].label, 40))), ': ' + percent(share) + ' of all '
                + { time: 'time', bytes: 'bytes', flops: 'operations' }[what] + (what === 'time' && roofs.length === 2 ? ', at ' + percent(roofs[0]) + ' and ' + percent(roofs[1]) + ' of what this machine can' : '') + '.']);
        }
        return said;
    }
}
