/** What each attention computes, which blocks of it run, and the program that does it. */
import { BlockMapChart, blockCounts } from './block-map.js';
import { CodeColumn, formula, PART_ROLES, codeRows } from './code-column.js';
import { command, fill, h, math, name } from './dom.js';
import { bytes, counted, operations, shown, sourceText, whole } from './format.js';

export class AttentionView {
    constructor(app) {
        this.app = app;
        this.left = h('div.content.padded.attention-facts');
        this.leftTabs = h('div.segments', {});
        this.chart = new BlockMapChart(app, counts => this.look(counts));
        this.under = h('div', {});
        this.blocksTitle = h('span.small.quiet');
        this.blocks = h('div.content.padded.block-panel');
        this.kernelTitle = h('span.path');
        this.program = new CodeColumn('Tile program', { hover: () => {}, scrolled: () => {}, pin: roles => this.toCode(roles) });
        this.places = h('div.tile-places');
        this.note = h('p.small.block-note', { hidden: true });
        const head = (...children) => h('div.head', {}, ...children);
        this.element = h('div.view.attention-view', {},
            h('section.panel', { 'aria-label': 'What it computes' }, head('What it computes', h('span.grow'), this.leftTabs), this.left),
            h('div.splitter'),
            h('section.panel', { 'aria-label': 'Blocks' }, head('Blocks', this.blocksTitle), this.blocks),
            h('div.splitter'),
            h('section.panel', { 'aria-label': 'Tile program' }, head('Tile program', this.kernelTitle, h('span.grow'), h('button.text-link', { text: 'Code ›', onclick: () => this.toCode([]) })), this.program.element, this.note, this.places));
    }

    async show() {
        this.tiles = await this.app.report.section('tiles');
        this.build();
    }

    update(changed) {
        if (changed.has('theme')) {
            this.chart.draw();
        }
        if (this.tiles !== undefined && (changed.has('sel') || changed.has('tab'))) {
            this.build();
        }
    }

    /** All attentions, those that are declined first. */
    all() {
        const { attention } = this.app;
        return [...attention.declined.map(d => ({ ...d, declined: true })), ...attention.fused];
    }

    current(all) {
        const selected = this.app.selection();
        return all.find(a => selected.includes(a.id) || selected.includes(a.atNode)) ?? all.find(a => selected.some(box => a.woven?.includes(box))) ?? this.shown ?? all[0];
    }

    toCode(roles) {
        const kernel = this.shown?.id;
        this.app.state.set({ view: 'code', ...kernel === undefined ? {} : { sel: [this.app.graph.path(kernel)] }, tab: { ...this.app.state.tab, ...roles.length > 0 ? { code: roles[0] } : {} } });
    }

    build() {
        const all = this.all();
        const a = this.current(all);
        this.shown = a;
        if (a === undefined) {
            fill(this.left, h('p', { text: 'This model has no softmax between two products.' }));
            fill(this.blocks);
            this.program.set([]);
            fill(this.places);
            return;
        }
        const tab = this.app.state.tab.attention === 'program' ? 'program' : 'mathematics';
        fill(this.leftTabs, a.declined ? null : ['mathematics', 'program'].map(id => h('button', {
            text: id === 'program' ? 'Program' : 'Mathematics', 'aria-pressed': String(id === tab),
            onclick: () => this.app.state.set({ tab: { ...this.app.state.tab, attention: id } }),
        })));
        fill(this.left, all.length > 1 ? this.list(all, a) : null, a.declined ? this.refusal(a)
            : [tab === 'program' ? this.programs(a) : this.mathematics(a), this.parts(a), this.cost(a)]);
        this.buildBlocks(a);
        this.buildProgram(a);
    }

    list(all, current) {
        return h('div.attention-list', { role: 'listbox', 'aria-label': 'Attentions' }, all.map(a => h('button' + (a.declined ? '.declined' : ''), {
            role: 'option', 'aria-selected': String(a === current), onclick: () => { this.shown = a; a.id >= 0 ? this.app.select([a.id]) : this.build(); this.build(); },
        }, h('span', { text: a.declined ? '△' : '◈', 'aria-hidden': 'true' }), ' ', name(shown(a.id >= 0 ? this.app.graph.path(a.id) : a.node, 60)), h('span.quiet', { text: a.declined ? ' declined' : ' fused' }))));
    }

    refusal(a) {
        return h('div.card.declined', {},
            h('p', {}, h('b', { text: 'Declined: ' }), name(shown(a.reason))),
            h('p', {}, h('b', { text: 'Remedy: ' }), name(shown(a.remedy))),
            this.placeLink(a.id), a.inTheWay === '' ? null : h('p.small', {}, 'in the way: ', name(shown(a.inTheWay))));
    }

    placeLink(box) {
        const place = box < 0 ? undefined : this.app.graph.places(box)[0];
        if (place === undefined || place[0] < 0) {
            return null;
        }
        const line = this.app.facts.lines(...place)[0];
        return h('p', {}, h('button.line-link', { onclick: () => this.app.showLine(place[0], line) }, 'line ' + line), ' ', h('code', {}, name(sourceText(shown(this.app.facts.excerpt(place), 120)))));
    }

    mathematics(a) {
        return [
            h('div.mathematics', {}, a.mathematics.map(row => h('div.equation.r-' + row.role, {}, h('span.label', { text: row.name }),
                row.math === undefined ? h('span', {}, name(shown(row.words))) : formula(row.math, math)))),
            h('h3', { text: 'In words' }),
            h('p', {}, name(shown(a.mathematics.map(row => row.words).map(w => w[0].toUpperCase() + w.slice(1)).join('. ') + '.', 1200))),
            h('p.small.quiet', { text: 'Scores and probabilities live in a tile of ' + a.tiles.blockQ + ' × ' + a.tiles.blockKv + ' and are gone when it is done.' }),
        ];
    }

    programs(a) {
        return h('dl.facts', {}, Object.entries(a.programs).map(([key, text]) => [h('dt', { text: key }), h('dd', {}, h('code', {}, name(shown(text, 600))))]));
    }

    parts(a) {
        const { facts, source } = this.app;
        const lines = new Map();
        for (const p of a.parts.filter(q => q.at !== undefined && q.at[0] >= 0)) {
            const line = facts.lines(...p.at)[0];
            const key = p.at[0] + ':' + line;
            lines.set(key, [...lines.get(key) ?? [], { ...p, line }]);
        }
        return [h('h3', { text: 'Where it is written' }), h('div.code.written', {}, [...lines.values()].sort((x, y) => x[0].at[0] - y[0].at[0] || x[0].line - y[0].line).map(on => {
            const [{ at: [file], line }] = on;
            const start = facts.starts[file][line - 1];
            const text = source.files[file].text.slice(start, facts.starts[file][line] ?? undefined).trimEnd();
            const nodes = on.map(p => p.node).filter(n => n >= 0);
            const selected = this.app.selection();
            return h('button.row.r-' + PART_ROLES[on.at(-1).role] + (nodes.some(n => selected.includes(n)) ? '.hot' : ''), { title: on.map(p => p.role).join(', '), onclick: () => { this.shown = a; nodes.length > 0 && this.app.select(nodes); this.app.showLine(file, line); } },
                h('span.no', { text: String(line) }), h('span.text', { text: shown(text.trim(), 120) }), h('span.quiet', { text: [...new Set(on.map(p => p.role))].join(', ') }));
        }))];
    }

    cost(a) {
        const bar = (what, { fused, unfused }, text) => {
            const known = typeof fused === 'number' && typeof unfused === 'number';
            return h('div.cost', {}, h('div', {}, h('span', { text: what }), h('span.grow'), h('b', {}, name(shown(text(fused), 60))), ' ', h('span.quiet', {}, 'unfused ', name(shown(text(unfused), 60)))),
                known ? h('div.track', { 'aria-hidden': 'true' }, h('div', { style: { width: Math.min(100, 100 * fused / Math.max(1, unfused)) + '%' } })) : null);
        };
        const visited = a.blocks === undefined ? '' : ', ' + (a.blocks.atRunTime > 0 ? 'at most ' : '') + whole(a.blocks.full + a.blocks.partial + a.blocks.atRunTime) + ' times a run,';
        return [h('h3', { text: 'Cost of one run' }), bar('bytes moved', a.bytes, bytes), bar('flops', a.flops, operations), bar('kernels', a.kernels, whole),
            h('h3', { text: 'Never stored' }),
            h('p.small', {}, h('b', {}, name(shown(whole(a.scores)))), ' scores, ', name(shown(bytes(a.scoreBytes))), ' in one array of them. Recomputed' + visited + ' instead: each row’s greatest score rescales what was summed before it.')];
    }

    buildBlocks(a) {
        if (a.declined || a.map === undefined) {
            this.blocksTitle.textContent = '';
            fill(this.blocks, h('p.quiet', { text: a.declined ? 'A declined attention runs as separate kernels, over all scores.' : 'Its kernel has no loop over blocks of keys.' }));
            return;
        }
        const { map } = a;
        const open = map.runs.some(run => run[6] > 0);
        this.blocksTitle.textContent = 'of one head' + (map.pool > 1 ? ', ' + map.pool + ' × ' + map.pool + ' blocks in a cell, shade for the share that is computed' : '');
        fill(this.blocks,
            map.example === undefined ? null : h('p.small', {}, 'Lengths are not known; drawn for ' + Object.entries(map.example).map(([k, v]) => k + '=' + v).join(', ') + '. Give lengths: ', command('-D ' + Object.keys(map.example).map(k => k + '=…').join(' -D '))),
            open ? h('p.small', { text: 'The mask reads data: what is dotted is decided by data at run time.' }) : null,
            this.chart.element,
            a.blocks === undefined ? null : blockCounts(a.blocks));
        this.chart.set(map);
    }

    /** Shows what the kernel does with the blocks of a cell. */
    look(counts) {
        const partial = counts !== undefined && counts[2] + counts[3] > 0;
        this.program.heat(partial ? 'mask' : '');
        this.note.hidden = counts === undefined;
        if (counts !== undefined) {
            fill(this.note, partial ? 'Where the block is partial, the lines of the mask run for each score.'
                : counts[1] > 0 ? 'The block is full: the lines under “masked” are left out.' : 'The loop never visits the block: nothing of it is read.');
        }
    }

    buildProgram(a) {
        const { tiles } = this;
        if (a.declined || a.kernel === undefined) {
            this.kernelTitle.textContent = '';
            this.program.set([]);
            fill(this.places);
            return;
        }
        const kernel = this.app.graph.kernels[a.kernel];
        const program = tiles.programs[tiles.kernels[a.kernel]];
        fill(this.kernelTitle, name(shown(kernel.name, 60)), ' · kernel ' + a.kernel);
        this.program.set(codeRows(program.program, tiles.classes, program.roles));
        const size = t => t.size.every(n => typeof n === 'number') ? t.size.reduce((x, y) => x * y, 4) : undefined;
        const groups = new Map();
        a.tiles.tiles.forEach(t => groups.set(t.place, [...groups.get(t.place) ?? [], t]));
        const total = list => list.every(t => size(t) !== undefined) ? bytes(list.reduce((n, t) => n + size(t), 0)) : '';
        fill(this.places, h('h3', { text: 'Where tiles live' }), h('table', {}, h('thead', {}, h('tr', {}, ['place', 'tiles', 'bytes'].map(text => h('th', { text, scope: 'col' })))),
            h('tbody', {}, [...groups].map(([place, list]) => h('tr', {}, h('td', { text: place === 'in place' ? 'read in place' : place }),
                h('td', {}, h('code', { text: list.map(t => t.name + '[' + t.size.join(', ') + ']').join(' ') })), h('td', { text: place === 'in place' ? '0' : total(list) }))))),
        h('p.small.quiet', { text: counted(a.tiles.tiles.length, 'tile') + ', blocks of ' + a.tiles.blockQ + ' × ' + a.tiles.blockKv + '.' }));
    }
}
