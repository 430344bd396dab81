/** The model, tile programs and generated Java side by side, and which lines of each are for the same thing. */
import { CodeColumn, PART_ROLES, ROLE_TITLES, ROLES, codeRows, cutToken } from './code-column.js';
import { drawRibbons } from './code-ribbons.js';
import { fill, h, name, svg } from './dom.js';
import { counted, shown, whole } from './format.js';
import { linesOf } from './source-panel.js';

const WHOLE_KERNEL = 'kernel';

export class CodeView {
    constructor(app) {
        this.app = app;
        this.hovered = '';
        this.opened = new Set();
        const events = { hover: roles => this.hover(roles), pin: (roles, row) => this.pin(roles, row), scrolled: column => this.scrolled(column) };
        this.columns = ['Model', 'Tile program', 'Java'].map(label => new CodeColumn(label, events));
        this.columns[0].events = { ...events, pin: (roles, row) => this.pinSource(roles, row) };
        this.ribbons = [0, 1].map(() => svg('svg.ribbons', { 'aria-hidden': 'true' }));
        this.chips = h('div.chips', { role: 'group', 'aria-label': 'Links' });
        this.choice = h('select', { 'aria-label': 'Kernel', onchange: event => this.choose(Number(event.target.value)) });
        this.file = h('span.path');
        this.facts = h('div.link-facts', { 'aria-live': 'polite' });
        [this.tileTabs, this.javaTabs] = [0, 1].map(() => h('div.segments', {}));
        this.javaName = h('span.path');
        this.tileName = h('span.small.quiet');
        const panel = (label, head, ...content) => h('section.panel', { 'aria-label': label }, h('div.head', {}, ...head), ...content);
        this.element = h('div.view.code-view', { onkeydown: event => this.key(event) },
            h('div.code-bar', {}, this.choice, this.chips, h('span.grow'), h('span.small.quiet', {}, 'hover or ', h('kbd', { text: 'Tab' }), ' links, ', h('kbd', { text: 'Enter' }), ' keeps one, ', h('kbd', { text: 'Esc' }), ' lets go')),
            panel('Model', ['Model', h('span.grow'), this.file], this.columns[0].element, this.facts),
            h('div.between', {}, this.ribbons[0]),
            panel('Tiles', ['Tiles', this.tileTabs, h('span.grow'), this.tileName], this.columns[1].element),
            h('div.between', {}, this.ribbons[1]),
            panel('Java', ['Java', this.javaTabs, h('span.grow'), this.javaName], this.columns[2].element));
        document.addEventListener('keydown', event => this.letGo(event), true);
        new ResizeObserver(() => { this.columns.forEach(c => c.draw()); this.draw(); }).observe(this.element);
    }

    async show() {
        [this.tiles, this.jvm, this.tornado] = await Promise.all(['tiles', 'java.jvm', 'java.tornado'].map(n => this.app.report.section(n)));
        this.build();
    }

    update(changed) {
        if (this.tiles !== undefined && (changed.has('sel') || changed.has('tab'))) {
            this.build();
        }
    }

    tab(key, otherwise) {
        return this.app.state.tab[key] ?? otherwise;
    }

    setTab(key, value) {
        const tab = { ...this.app.state.tab };
        if (value === '') {
            delete tab[key];
        } else {
            tab[key] = value;
        }
        this.app.state.set({ tab });
    }

    /** The kernel of the selection; of nothing selected, the first attention, or the first of all. */
    current() {
        const g = this.app.graph;
        const boxes = this.app.selection().filter(box => box < g.count);
        const all = g.kernels.flatMap((k, i) => boxes.includes(g.kernelNode[i]) ? [i] : []);
        const named = all.find(k => k === this.kernel) ?? all.find(k => g.nodes.path[g.kernelNode[k]] === g.kernels[k].name) ?? all.find(k => !g.kernels[k].once) ?? all[0];
        const computed = boxes.flatMap(box => g.nodes.kernels[box] ?? [])[0];
        const fused = this.app.attention.fused;
        const woven = fused.find(a => boxes.some(box => a.woven.includes(box)))?.kernel;
        const scoped = this.app.selection().filter(box => g.isScope(box)).flatMap(box => {
            const inside = [];
            g.each(g.scopeOf(box), n => inside.push(...g.nodes.kernels[n]));
            return inside;
        })[0];
        return named ?? computed ?? woven ?? scoped ?? this.kernel ?? fused.find(a => a.kernel !== undefined)?.kernel ?? 0;
    }

    choose(kernel) {
        this.kernel = kernel;
        const node = this.app.graph.kernelNode[kernel];
        this.app.select(node < 0 ? [] : [node]);
        this.build();
    }

    build() {
        const g = this.app.graph;
        this.kernel = this.current();
        this.fused = this.app.attention.fused.find(a => a.kernel === this.kernel);
        if (this.builtFor !== this.kernel) {
            this.opened.clear();
        }
        fill(this.choice, g.kernels.map((k, i) => h('option', { value: String(i), text: i + ' ' + shown(k.name, 60), selected: i === this.kernel })));
        this.buildTiles();
        this.buildJava();
        this.buildModel();
        this.roles = ROLES.filter(role => this.columns.some(c => c.count(role) > 0));
        if (this.roles.length === 0) {
            this.roles = [WHOLE_KERNEL];
        }
        const wanted = this.tab('code', '');
        this.pinned = this.roles.includes(wanted) ? wanted : '';
        if (this.pinned !== '' && (this.pinned !== this.settled || this.builtFor !== this.kernel)) {
            this.bring();
        } else if (this.builtFor !== this.kernel) {
            this.columns.forEach(c => { c.element.scrollTop = 0; });
            this.columns[0].align(this.roles[0], 120);
        }
        this.settled = this.pinned;
        this.builtFor = this.kernel;
        this.paint();
    }

    segments(element, key, options, now) {
        fill(element, options.map(([id, text]) => h('button', { text, 'aria-pressed': String(id === now), onclick: () => this.setTab(key, id) })));
    }

    buildTiles() {
        const which = this.tab('tiles', 'program') === 'schedule' ? 'schedule' : 'program';
        this.segments(this.tileTabs, 'tiles', [['program', 'Program'], ['schedule', 'Schedule']], which);
        const program = this.tiles.programs[this.tiles.kernels[this.kernel]];
        if (program === undefined) {
            this.columns[1].set([]);
            this.tileName.textContent = '';
            return;
        }
        const named = this.app.graph.kernels[this.kernel].name;
        fill(this.tileName, program.of === named ? '' : ['as for ', name(shown(program.of, 30))]);
        const rows = codeRows(program[which], this.tiles.classes, which === 'program' ? program.roles : {});
        this.whole(rows, which === 'program' && Object.keys(program.roles).length > 0);
        this.columns[1].set(rows);
    }

    /** Rows of a kernel without roles are one link. */
    whole(rows, hasRoles) {
        if (!hasRoles && this.fused === undefined) {
            rows.forEach(row => row.roles.push(WHOLE_KERNEL));
        }
    }

    java() {
        return this.tab('java', this.app.report.head.target === 'tornado' ? 'tornado' : 'jvm') === 'tornado' ? this.tornado : this.jvm;
    }

    buildJava() {
        const java = this.java();
        const ids = [['jvm', 'JVM'], ['tornado', 'TornadoVM']];
        this.segments(this.javaTabs, 'java', ids, java === this.tornado ? 'tornado' : 'jvm');
        const note = text => [{ no: '', parts: [[text, 'comment']], roles: [] }];
        if (java?.problem !== undefined || java === undefined) {
            this.javaName.textContent = '';
            this.columns[2].set(note(shown(java?.problem ?? 'This report has no generated code.', 400)));
            return;
        }
        const method = java.methods[java.kernels[this.kernel]];
        const rows = this.javaRows(java, method);
        fill(this.javaName, name(shown(java.name, 40)), ' · ' + counted(rows.all, 'line') + ' · ' + java.machine);
        if (method === undefined) {
            this.columns[2].set([...note('// This target has no kernel of this name: it cuts the work otherwise.'), ...rows.shown]);
        } else {
            this.columns[2].set(rows.shown);
        }
    }

    /** The lines of a kernel's methods, and folds for the others. */
    javaRows(java, method) {
        java.rows ??= linesOf(java, java.classes);
        const all = java.rows.length - 1;
        const roles = method === undefined ? new Map() : this.rolesIn(method);
        const mine = method === undefined ? [] : method.lines;
        const rows = [];
        const row = line => ({ no: line, parts: java.rows[line - 1], roles: roles.get(line) ?? [] });
        let next = 1;
        const fold = (from, to) => {
            if (to - from < 3 || this.opened.has(from)) {
                for (let line = from; line <= to; line++) { rows.push(row(line)); }
            } else {
                rows.push({ gap: '··· ' + counted(to - from + 1, 'line') + ' for other kernels, and around all', open: () => { this.opened.add(from); this.buildJava(); this.paint(); } });
            }
        };
        for (const [first, last] of mine) {
            if (first > next) { fold(next, first - 1); }
            for (let line = first; line <= last; line++) { rows.push(row(line)); }
            next = last + 1;
        }
        if (next <= all) { fold(next, all); }
        return { all, shown: rows };
    }

    rolesIn(method) {
        const roles = new Map();
        const add = (runs, role) => runs.forEach(([a, b]) => { for (let l = a; l <= b; l++) { roles.set(l, [...roles.get(l) ?? [], role]); } });
        ROLES.forEach(role => add(method.roles[role] ?? [], role));
        if (this.fused === undefined && roles.size === 0) {
            add(method.lines, WHOLE_KERNEL);
        }
        return roles;
    }

    /** What is written in the model for a kernel: `{file, from, to, role, node}`. */
    written() {
        const g = this.app.graph;
        if (this.fused === undefined) {
            const nodes = g.nodes.kernels.flatMap((list, n) => list.includes(this.kernel) ? [n] : []);
            const named = g.kernelNode[this.kernel];
            return [...new Set([...nodes, ...named >= 0 ? [named] : []])].flatMap(node => [g.places(node)[0], ...g.mergedPlaces(node).map(chain => chain[0])]
                .filter(p => p !== undefined && p[0] >= 0).map(([file, from, to]) => ({ file, from, to, role: WHOLE_KERNEL, node })));
        }
        const parts = this.fused.parts.filter(p => p.at !== undefined && p.at[0] >= 0).map(p => ({ file: p.at[0], from: p.at[1], to: p.at[2], role: PART_ROLES[p.role], node: p.node }));
        const last = this.fused.woven.at(-1);
        const place = last === undefined ? undefined : g.places(last)[0];
        this.reads(parts);
        return place === undefined || place[0] < 0 ? parts : [...parts, { file: place[0], from: place[1], to: place[2], role: 'output', node: last }];
    }

    /** Adds what the pieces of an attention are made of alone: the indexes that a mask compares. */
    reads(parts) {
        const g = this.app.graph;
        const known = new Set(parts.map(p => p.node));
        const add = (node, role) => {
            for (const o of g.nodes.operands[node] ?? []) {
                const from = Array.isArray(o) ? o[0] : o;
                if (known.has(from) || !['layout', 'data', 'elementwise'].includes(g.nodes.family[from]) || ['input', 'weight', 'constant'].includes(g.nodes.kind[from])) {
                    continue;
                }
                known.add(from);
                const place = g.places(from)[0];
                if (place !== undefined && place[0] >= 0) {
                    parts.push({ file: place[0], from: place[1], to: place[2], role, node: from });
                }
                add(from, role);
            }
        };
        parts.filter(p => p.role === 'mask' && p.node >= 0).forEach(p => add(p.node, 'mask'));
    }

    buildModel() {
        const { source, facts } = this.app;
        this.places = this.written();
        const file = this.places[0]?.file ?? 0;
        this.shownFile = file;
        fill(this.file, name(shown(source.files[file].name.split('/').at(-1), 40)));
        const inFile = this.places.filter(p => p.file === file).sort((a, b) => a.to - a.from - (b.to - b.from));
        let start = 0;
        const rows = linesOf(source.files[file], source.classes).map((parts, i) => {
            start = facts.starts[file][i];
            const roles = [];
            const cut = [];
            let at = start;
            for (const [text, kind] of parts) {
                cutToken(text, kind, at, inFile, cut);
                at += text.length;
            }
            inFile.forEach(p => p.from < at && p.to > start && !roles.includes(p.role) && roles.push(p.role));
            return { no: i + 1, parts: cut, roles };
        });
        this.columns[0].set(rows);
    }

    /* Links. */

    hot() {
        return this.hovered !== '' ? this.hovered : this.pinned;
    }

    hover(roles) {
        const role = roles === '' ? '' : roles.find(r => this.roles.includes(r)) ?? '';
        if (role !== this.hovered) {
            this.hovered = role;
            this.paint();
        }
    }

    pin(roles) {
        const role = roles.find(r => this.roles.includes(r)) ?? '';
        this.keep(role === this.pinned ? '' : role);
    }

    pinSource(roles, row) {
        if (roles.length > 0) {
            this.pin(roles);
        } else {
            this.app.selectLine(this.shownFile, row.no);
        }
    }

    keep(role) {
        this.hovered = '';
        this.setTab('code', role);
        this.paint();
    }

    /** Brings the first lines of the pinned link into sight in all columns. */
    bring() {
        this.columns[0].uncover(this.pinned);
        this.columns.forEach(c => {
            const first = c.runs(this.pinned)[0];
            if (first !== undefined && (first[0] < 0 || first[1] > c.element.clientHeight)) {
                c.align(this.pinned, c.element.clientHeight / 3);
            }
        });
    }

    /** The other columns follow a column that the user scrolls, so that the pinned link stays level. */
    scrolled(column) {
        this.draw();
        if (this.pinned === '' || this.following || !column.element.matches(':hover, :focus')) {
            return;
        }
        const first = column.runs(this.pinned)[0];
        if (first !== undefined) {
            this.following = true;
            this.columns.forEach(c => c !== column && c.align(this.pinned, first[0]));
            requestAnimationFrame(() => { this.following = false; this.draw(); });
        }
    }

    key(event) {
        if (event.target instanceof HTMLSelectElement) {
            return;
        }
        if (event.key === 'Tab' && event.target.closest('.code-column') !== null) {
            const at = this.roles.indexOf(this.hot()) + (event.shiftKey ? -1 : 1);
            if (at < 0 || at >= this.roles.length) {
                this.hover('');
                return;
            }
            this.hovered = this.roles[at];
            this.paint();
            this.columns.forEach(c => { const run = c.runs(this.hovered)[0]; run !== undefined && (run[0] < 0 || run[1] > c.element.clientHeight) && c.align(this.hovered, c.element.clientHeight / 3); });
            this.app.say(this.sentence(this.hovered), false);
        } else if (event.key === 'Enter' && this.hovered !== '' && !(event.target instanceof HTMLButtonElement)) {
            this.keep(this.hovered);
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    /** Lets go of a link, wherever the focus is; the next Escape clears the selection. */
    letGo(event) {
        if (event.key === 'Escape' && !this.element.hidden && this.hot() !== '' && !(event.target instanceof HTMLInputElement)) {
            this.keep('');
            event.preventDefault();
            event.stopPropagation();
        }
    }

    paint() {
        const hot = this.hot();
        this.columns.forEach(c => c.heat(hot));
        const fresh = this.roles.join() + hot + this.pinned;
        if (fresh !== this.painted) {
            this.painted = fresh;
            fill(this.chips, this.roles.map(role => h('button.chip-role.r-' + role + (role === hot ? '.hot' : ''), {
                text: ROLE_TITLES[role], 'aria-pressed': String(role === this.pinned), onclick: () => this.keep(role === this.pinned ? '' : role),
                onmouseenter: () => this.hover([role]), onmouseleave: () => this.hover(''),
            })));
        }
        this.explain(hot);
        this.draw();
    }

    sentence(role) {
        const lines = this.columns[2].count(role);
        return ROLE_TITLES[role] + ': ' + counted(this.places.filter(p => p.role === role).length, 'place') + ' in the model, '
            + counted(this.columns[1].count(role), 'line') + ' of the ' + (this.tab('tiles', 'program') === 'schedule' ? 'schedule' : 'tile program') + ', ' + counted(lines, 'line') + ' of Java';
    }

    /** The facts of a link, below the model. */
    explain(role) {
        const g = this.app.graph;
        if (role === '') {
            fill(this.facts, h('p.small.quiet', { text: this.fused === undefined ? 'All lines are of one kernel.' : 'Each colour is a part of the attention. Rest on a line to see what else is for the same.' }));
            return;
        }
        const nodes = [...new Set(this.places.filter(p => p.role === role).map(p => p.node))].filter(n => n >= 0);
        const node = this.fused?.id ?? g.kernelNode[this.kernel];
        const pass = node >= 0 ? g.stages.find((_, s) => g.isAlive(node, s))?.name : undefined;
        const blocks = this.fused?.blocks;
        fill(this.facts,
            h('h3.r-' + role, { text: this.sentence(role).split(':')[0] }),
            h('p', { text: this.sentence(role).split(': ')[1] + '.' + (role === 'mask' && blocks !== undefined ? ' It decides which blocks run at all; ' + (blocks.atRunTime > 0 ? 'which of ' + whole(blocks.total) + ' is known when the model runs.' : 'inside a block it costs something in ' + whole(blocks.partial) + ' of ' + whole(blocks.total) + '.') : '') }),
            nodes.length === 0 ? null : h('h3', { text: 'Where it came from' }),
            nodes.length === 0 ? null : h('p', {}, nodes.slice(0, 8).map((n, i) => [i > 0 ? ', ' : '', h('button.text-link', { onclick: () => this.app.select([n]) }, name(shown(g.label(n), 40)), h('code', { text: ' %' + g.nodes.number[n] }))]),
                nodes.length > 8 ? ' and ' + (nodes.length - 8) + ' more' : '', this.fused === undefined || pass === undefined ? null : [', taken in by ', h('b', {}, name(shown(pass)))]),
            node < 0 ? null : h('p', {}, h('button.text-link', { text: 'Show in the graph', onclick: () => { this.app.select([node]); this.app.state.set({ view: 'graph' }); } })));
    }

    /** Ribbons between neighbouring columns. */
    draw() {
        if (this.roles === undefined || this.element.hidden) {
            return;
        }
        const hot = this.hot();
        this.ribbons.forEach((drawing, i) => drawRibbons(drawing, this.columns[i], this.columns[i + 1], this.roles, hot));
    }
}
