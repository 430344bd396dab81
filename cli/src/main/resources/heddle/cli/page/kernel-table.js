/** The kernels of a run with what they take, in groups, sorted by any column. Only rows in sight are elements. */
import { fill, h, name } from './dom.js';
import { bytes, counted, operations, percent, shown, time } from './format.js';
import { glyph } from './node-panel.js';
import { rounded } from './roofline.js';

const KERNEL_ROW = 26;
const KERNEL_MORE = 8;

export class KernelTable {
    constructor(app, data) {
        this.app = app;
        this.data = data;
        this.open = new Set();
        this.sort = data.isTimed ? 'time' : '';
        this.up = false;
        this.active = 0;
        this.columns = this.columnsOf();
        this.header = h('div.kernel-row.header', { role: 'row' });
        this.space = h('div.kernel-space', { role: 'rowgroup' });
        this.scroll = h('div.kernel-scroll', { onscroll: () => this.window() }, this.space);
        this.foot = h('div.kernel-row.total', { role: 'row' });
        this.element = h('div.kernels', {
            role: 'treegrid', tabindex: '0', 'aria-label': 'Kernels', onkeydown: e => this.key(e), onfocus: () => this.scrollTo(this.active),
        }, this.header, this.scroll, this.foot);
        this.element.style.setProperty('--columns', 'minmax(180px, 1fr) ' + this.columns.slice(1).map(c => c.width).join(' '));
        new ResizeObserver(() => this.window()).observe(this.scroll);
    }

    columnsOf() {
        const { isTimed, limits, isKnown } = this.data;
        const number = (id, title, width, text, value = k => k[id]) => ({ id, title, width, text, value });
        const share = isTimed ? 'time' : 'bytes';
        return [
            { id: 'name', title: 'kernel', value: k => k.name },
            isTimed ? number('time', 'time', '66px', k => time(k.time)) : null,
            isKnown ? number('share', isTimed ? 'share' : 'share of bytes', isTimed ? '116px' : '140px', k => this.share(k, share), k => k[share]) : null,
            isTimed ? number('gigaflops', 'GFLOP/s', '58px', k => rounded(k.gigaflops)) : number('flops', 'flops', isKnown ? '104px' : '220px', k => isKnown ? operations(k.flops) : written(k.formula?.flops)),
            isTimed ? number('gigabytes', 'GB/s', '44px', k => rounded(k.gigabytes)) : null,
            number('bytes', 'moved', isKnown ? '66px' : '220px', k => isKnown ? bytes(k.bytes) : written(k.formula?.bytes)),
            // Of groups it would be a mean of unlike things.
            isTimed && limits !== undefined ? number('ofRoof', 'bound by, of roof', '114px', k => k.number === undefined ? '' : h('span', {}, h('span.quiet', { text: k.bound + ' ' }), percent(k.ofRoof)))
                : isKnown ? number('intensity', 'flop/byte', '76px', k => rounded(k.intensity)) : null,
        ].filter(c => c !== null);
    }

    share(k, what) {
        const part = this.data.total[what] > 0 ? k[what] / this.data.total[what] : 0;
        return [h('span.share', {}, h('span', { style: { width: 100 * part / Math.max(this.greatest, 1e-12) + '%' } })), h('span.part', { text: percent(part) })];
    }

    grouping() {
        return this.app.state.tab['memory.kernels'] ?? 'layer';
    }

    /** Writes all of it anew. */
    build() {
        const { data } = this;
        const by = this.grouping();
        const key = by === 'layer' ? k => k.layer : k => k.family;
        const groups = new Map();
        if (by !== 'flat') {
            data.kernels.forEach(k => groups.has(key(k)) ? groups.get(key(k)).push(k) : groups.set(key(k), [k]));
        }
        this.groups = [...groups].map(([id, kernels]) => ({ id, kernels, ...data.sum(kernels), at: kernels[0].at, name: by === 'layer' ? data.layerName(id) : id }));
        if (this.built !== by) {
            this.built = by;
            this.open = new Set(this.groups.length === 0 ? [] : [this.firstOpen().id]);
        }
        const what = data.isTimed ? 'time' : 'bytes';
        this.greatest = Math.max(...(by === 'flat' ? data.kernels : this.groups).map(k => k[what])) / Math.max(1, data.total[what]);
        this.order();
    }

    /** The first layer; without layers the group that takes most. */
    firstOpen() {
        const what = this.data.isTimed ? 'time' : 'bytes';
        const layers = this.data.equalLayers();
        return this.groups.find(g => layers.includes(g.id)) ?? [...this.groups].sort((a, b) => b[what] - a[what])[0];
    }

    order() {
        const column = this.columns.find(c => c.id === this.sort);
        const sorted = list => [...list].sort((a, b) => {
            const [x, y] = column === undefined ? [a.at, b.at] : [column.value(a) ?? 0, column.value(b) ?? 0];
            const order = typeof x === 'string' ? x.localeCompare(y, 'en', { numeric: true }) : x - y;
            return (column === undefined || this.up ? order : -order) || a.at - b.at;
        });
        this.rows = [];
        if (this.groups.length === 0) {
            sorted(this.data.kernels).forEach(k => this.rows.push({ kernel: k, level: 1 }));
        }
        for (const group of sorted(this.groups)) {
            this.rows.push({ group, level: 1 });
            if (this.open.has(group.id)) {
                sorted(group.kernels).forEach(k => this.rows.push({ kernel: k, level: 2, group }));
            }
        }
        this.active = Math.max(0, Math.min(this.active, this.rows.length - 1));
        fill(this.header, this.columns.map(c => h('span', { role: 'columnheader', 'aria-sort': c.id !== this.sort ? 'none' : this.up ? 'ascending' : 'descending' },
            h('button', { text: c.title + (c.id === this.sort ? this.up ? ' ↑' : ' ↓' : ''), onclick: () => this.sortBy(c.id) }))));
        fill(this.foot, this.cells({ ...this.data.total, formula: undefined }, h('span', {}, counted(this.data.total.count, 'kernel'))));
        this.element.setAttribute('aria-rowcount', this.rows.length + 2);
        this.space.style.height = this.rows.length * KERNEL_ROW + 'px';
        this.window();
    }

    sortBy(id) {
        this.up = this.sort === id ? !this.up : id === 'name';
        this.sort = id;
        this.order();
    }

    cells(k, first) {
        return this.columns.map((c, i) => h('span', { role: 'gridcell' }, i === 0 ? first : c.text(k)));
    }

    /** Makes the rows that are in sight. */
    window() {
        if (this.rows === undefined) {
            return;
        }
        const from = Math.max(0, Math.floor(this.scroll.scrollTop / KERNEL_ROW) - KERNEL_MORE);
        const to = Math.min(this.rows.length, Math.ceil((this.scroll.scrollTop + this.scroll.clientHeight) / KERNEL_ROW) + KERNEL_MORE);
        const selected = this.data.selected(this.app.selection());
        const boxes = new Set(this.app.selection());
        const bar = 12 + this.scroll.offsetWidth - this.scroll.clientWidth + 'px';
        this.header.style.paddingRight = bar;
        this.foot.style.paddingRight = bar;
        fill(this.space, this.rows.slice(from, to).map((row, i) => this.row(row, from + i, selected, boxes)));
        this.element.setAttribute('aria-activedescendant', 'kernel-' + this.active);
    }

    row(row, at, selected, boxes) {
        const { group, kernel, level } = row;
        const isGroup = kernel === undefined;
        const isOpen = isGroup && this.open.has(group.id);
        const on = isGroup ? typeof group.id === 'number' && this.data.boxesOf(group.id).some(b => boxes.has(b)) : selected.has(kernel.at);
        const first = isGroup
            ? h('span', {}, h('span.twist', { text: isOpen ? '▾' : '▸', 'aria-hidden': 'true' }), typeof group.id === 'string' ? glyph(group.id) : null, name(shown(group.name, 60)), h('span.quiet', { text: ' ' + group.count }))
            : h('span', {}, glyph(kernel.family), this.kernelName(kernel, group));
        return h('div.kernel-row' + (isGroup ? '.group' : '') + (on ? '.on' : '') + (at === this.active ? '.active' : ''), {
            role: 'row', id: 'kernel-' + at, 'aria-level': level, 'aria-rowindex': at + 2, 'aria-expanded': isGroup ? String(isOpen) : null, 'aria-selected': String(on),
            style: { top: at * KERNEL_ROW + 'px' }, onclick: () => { this.active = at; this.act(row); },
        }, this.cells(kernel ?? group, first));
    }

    kernelName(kernel, group) {
        const text = this.data.within(kernel, typeof group?.id === 'number' ? group.id : 0);
        const scope = kernel.scopes.at(-1);
        const let_ = scope === undefined ? '' : this.data.graph.scopes[scope].let;
        return h('span.mono', { title: shown(kernel.name) }, name(shown(text, 90)), let_ === '' ? null : h('span.quiet', {}, ' ', name(shown(let_, 24))));
    }

    act({ group, kernel }) {
        if (kernel !== undefined) {
            this.app.select([this.data.boxOf(kernel)].filter(b => b >= 0));
        } else {
            this.turn(group);
        }
    }

    turn(group) {
        this.open.has(group.id) ? this.open.delete(group.id) : this.open.add(group.id);
        this.order();
    }

    key(event) {
        const row = this.rows[this.active];
        const isGroup = row?.kernel === undefined;
        switch (event.key) {
            case 'ArrowDown': this.scrollTo(Math.min(this.rows.length - 1, this.active + 1)); break;
            case 'ArrowUp': this.scrollTo(Math.max(0, this.active - 1)); break;
            case 'Home': this.scrollTo(0); break;
            case 'End': this.scrollTo(this.rows.length - 1); break;
            case 'ArrowRight': if (isGroup && !this.open.has(row.group.id)) { this.turn(row.group); } break;
            case 'ArrowLeft':
                if (isGroup && this.open.has(row.group.id)) { this.turn(row.group); } else if (!isGroup && row.group) { this.scrollTo(this.rows.findIndex(r => r.group === row.group)); }
                break;
            case 'Enter': if (event.target !== this.element) { return; } this.act(row); break;
            default: return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    scrollTo(at) {
        this.active = at;
        const y = at * KERNEL_ROW;
        if (y < this.scroll.scrollTop) {
            this.scroll.scrollTop = y;
        } else if (y + KERNEL_ROW > this.scroll.scrollTop + this.scroll.clientHeight) {
            this.scroll.scrollTop = y + KERNEL_ROW - this.scroll.clientHeight;
        }
        this.window();
    }

    /** Brings the first selected kernel into sight, if its group is open. */
    reveal() {
        const selected = this.data.selected(this.app.selection());
        const at = this.rows.findIndex(r => r.kernel !== undefined && selected.has(r.kernel.at));
        at >= 0 && selected.size < this.data.kernels.length ? this.scrollTo(at) : this.window();
    }

    /** All kernels in the order of the run. Names have no line breaks; quotes are doubled. */
    csv() {
        const quoted = text => '"' + String(text).replaceAll('"', '""') + '"';
        const rows = this.data.kernels.map(k => [quoted(k.name), quoted(k.group), quoted(k.family), this.data.isTimed ? k.time : '', quoted(k.formula.flops), quoted(k.formula.bytes)].join(','));
        return ['kernel,group,family,nanos,flops,bytes', ...rows].join('\n') + '\n';
    }
}

/** A formula, whole in its tip. */
function written(text) {
    return text === undefined ? '' : h('span', { text, title: text });
}
