/** Memory and time: where bytes and milliseconds go. */
import { BuffersChart } from './buffers-chart.js';
import { command, fill, h, name, svg } from './dom.js';
import { counted, proposed, quoted, shown, time } from './format.js';
import { GradientsPanel } from './gradients-panel.js';
import { HeatTable } from './heat-table.js';
import { KernelTable } from './kernel-table.js';
import { RunData } from './memory-data.js';
import { FAMILIES } from './report.js';
import { Roofline, SHAPES } from './roofline.js';

export class MemoryView {
    constructor(app) {
        this.app = app;
        this.element = h('div.view.memory-view', {});
        this.tables = new Set();
    }

    async show() {
        if (this.data === undefined) {
            this.data = null;
            const [unfused, profile] = await Promise.all([this.app.report.section('plan-unfused'), this.app.report.section('profile')]);
            this.data = new RunData(this.app, unfused, profile);
            this.make();
        }
        if (this.data !== null) {
            this.update(new Set(['sel', 'theme']));
        }
    }

    make() {
        const { app, data } = this;
        this.kernels = new KernelTable(app, data);
        this.heat = new HeatTable(app, data);
        this.buffers = data.isKnown ? new BuffersChart(app, data) : undefined;
        this.roofline = data.isTimed ? new Roofline(app, data) : undefined;
        this.gradients = app.plan.kept === undefined ? undefined : new GradientsPanel(app);
        this.panels = ['buffers', 'roofline', 'kernels', 'where'].map(id => h('section.panel.part-' + id, {}, h('div.head'), h('div.content')));
        fill(this.element, this.panels);
        this.build();
    }

    build() {
        const [buffers, roofline, kernels, where] = this.panels;
        this.fillPanel(buffers, this.buffersHead(), this.buffersContent());
        this.fillPanel(roofline, this.rooflineHead(), this.rooflineContent());
        this.fillPanel(kernels, this.kernelsHead(), this.kernels.element);
        this.kernels.build();
        this.fillPanel(where, this.whereHead(), this.whereContent());
    }

    fillPanel(panel, head, content) {
        fill(panel.children[0], head);
        fill(panel.children[1], content);
    }

    segments(key, choices, chosen) {
        return h('span.segments', { role: 'group' }, choices.map(([id, title]) => h('button', {
            text: title, 'aria-pressed': String(id === chosen), onclick: () => this.app.state.set({ tab: { ...this.app.state.tab, [key]: id } }),
        })));
    }

    /** Turns a chart into a table, and back. */
    tableButton(id) {
        return h('button.boxed', {
            text: this.tables.has(id) ? 'Chart' : 'Table', title: this.tables.has(id) ? 'Show as chart' : 'Show as table',
            onclick: () => { this.tables.has(id) ? this.tables.delete(id) : this.tables.add(id); this.build(); },
        });
    }

    table(columns, rows) {
        const selected = new Set(this.app.selection());
        return h('table.plain', {}, h('thead', {}, h('tr', {}, columns.map(c => h('th', { text: c, scope: 'col' })))),
            h('tbody', {}, rows.map(r => h('tr' + (selected.has(r.box) ? '.on' : ''), {}, r.cells.map((c, i) => h('td', {}, i === 0
                ? h('button.text-link.mono', { onclick: () => this.app.select(r.box < 0 ? [] : [r.box]) }, name(c)) : c))))));
    }

    buffersHead() {
        const chart = this.buffers;
        return [h('b', { text: 'Buffers over one run' }), h('span.quiet.small.cut', { text: 'drawn at their addresses' }), h('span.grow'),
            chart === undefined ? null : [
                h('button.boxed', { 'aria-pressed': String(chart.showsUnfused), title: 'The bytes that live in an unfused run, stretched to fit', onclick: () => { chart.toggleUnfused(); this.build(); } },
                    h('i.key.unfused'), chart.showsUnfused ? ' unfused, stretched to fit' : ' show unfused'),
                h('span.small', {}, h('i.key.outputs'), ' outputs'), this.tableButton('buffers'),
            ]];
    }

    buffersContent() {
        if (this.buffers === undefined) {
            const { head, plan } = { head: this.app.report.head, plan: this.app.plan };
            return h('div.empty-state', {}, h('p', { text: 'Where buffers lie depends on lengths that are not known: ' + head.open.join(', ') + '. Give lengths:' }),
                h('p', {}, command('heddle inspect ' + quoted(head.file) + Object.entries(head.lengths).map(([n, v]) => ' -D ' + n + '=' + v).join('') + head.open.map(n => ' -D ' + n + '=' + proposed(head, n)).join('') + ' -o report.html')),
                h('p.small', { text: counted(plan.buffers.filter(b => b.kind === 'value').length, 'value') + ', ' + counted(plan.outputs.length, 'output') + '. Sizes as formulas:' }),
                this.table(['buffer', 'type', 'bytes'], plan.buffers.filter(b => b.kind === 'value' || b.kind === 'output').slice(0, 200).map(b => ({ box: b.node, cells: [shown(b.name, 50), b.type, b.bytes + ' B'] }))));
        }
        return this.tables.has('buffers')
            ? this.table(['buffer', 'kind', 'type', 'bytes', 'array + byte', 'first launch', 'last'], this.buffers.rows()) : this.buffers.element;
    }

    rooflineHead() {
        const used = new Set(this.data.kernels.map(k => k.family));
        const mark = f => h('span.small.family-key', {}, svg('svg', { viewBox: '-7 -7 14 14', 'aria-hidden': 'true' }, svg('path', { d: SHAPES[f], fill: 'var(--' + f + ')' })), f);
        return [h('b', { text: 'Roofline' }), h('span.quiet.small.cut', { text: 'each mark a kernel' }), h('span.grow'),
            this.roofline === undefined ? null : [FAMILIES.filter(f => used.has(f)).map(mark), this.tableButton('roofline')]];
    }

    rooflineContent() {
        const { head } = this.app.report;
        if (this.roofline === undefined) {
            return h('div.empty-state', {}, h('p', { text: 'No times yet. This makes a report with times, and with the limits of the machine it runs on:' }), h('p', {}, command(this.data.command(head))),
                h('p.small', { text: 'Operations and bytes of each kernel are in the table below.' }));
        }
        return this.tables.has('roofline') ? this.table(['kernel', 'family', 'flop/byte', 'GFLOP/s', 'GB/s', 'of limit'], this.roofline.rows())
            : [this.roofline.element, this.data.limits === undefined ? h('p.foot.small.quiet', { text: 'What the machine reaches at the most was not measured, so there are no limits to draw.' })
                : h('p.foot.small.quiet', { text: 'Peak: ' + this.data.limits.peak + '. Bandwidth: ' + this.data.limits.bandwidth + '. Other work on the machine lowers both.' })];
    }

    kernelsHead() {
        const { data } = this;
        const p = data.profile;
        return [h('b', { text: 'Kernels' }), this.segments('memory.kernels', [['layer', 'By layer'], ['family', 'By family'], ['flat', 'Flat']], this.kernels.grouping()),
            p === undefined ? null : h('span.small.quiet.cut', {
                title: (p.machine ?? '') + ', ' + p.java + '. Unfused times were not taken: heddle bench --vs unfused takes them.',
                text: 'medians of ' + counted(p.runs, 'run') + ' after ' + p.warmUpSeconds.toFixed(1) + ' s' + (p.settled ? '' : ', not settled') + ' · kernels ' + time(data.total.time) + ' of ' + time(p.nanos) + ' a run · '
                    + counted(p.threads, 'thread') + ' of ' + counted(p.processors, 'processor'),
            }),
            h('span.grow'), h('button.boxed', { text: 'Copy as CSV', onclick: () => { navigator.clipboard?.writeText(this.kernels.csv()); this.app.say(counted(data.kernels.length, 'kernel') + ' copied as CSV.'); } })];
    }

    part() {
        return this.gradients === undefined ? 'heat' : this.app.state.tab['memory.part'] ?? 'gradients';
    }

    whereHead() {
        const { data } = this;
        const layers = this.heat.layers.length > 1;
        const choices = [...data.isTimed ? [['time', 'Time']] : [], ['bytes', 'Bytes'], ['flops', 'FLOPs']];
        return [this.gradients === undefined ? h('b', { text: 'Where ' + (data.isTimed ? 'time goes' : 'bytes go') + ', ' + (layers ? 'layer by layer' : 'by scope') })
            : this.segments('memory.part', [['gradients', 'Gradients'], ['heat', layers ? 'Layer by layer' : 'By scope']], this.part()),
        h('span.grow'), this.part() === 'heat' && data.isKnown ? this.segments('memory.heat', choices, this.heat.what()) : null];
    }

    whereContent() {
        const part = this.part() === 'gradients' ? this.gradients : this.heat;
        if (part === this.heat && !this.data.isKnown) {
            return h('div.empty-state', {}, h('p', { text: 'Give lengths to see numbers.' }));
        }
        part.build();
        return part.element;
    }

    update(changed) {
        if (!this.data) {
            return;
        }
        if (changed.has('tab') || changed.has('theme')) {
            this.build();
        }
        if (changed.has('sel') || changed.has('theme')) {
            this.buffers?.draw();
            this.roofline?.draw();
            this.kernels.reveal();
            if (this.tables.size > 0) {
                this.build();
            } else {
                fill(this.panels[3].children[1], this.whereContent());
            }
        }
    }
}
