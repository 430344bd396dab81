/** Two reports beside each other: what got worse and why, the lines that differ, both graphs, and the numbers. */
import { CompareGraph } from './compare-graph.js';
import { command, fill, h, name } from './dom.js';
import { counted, quoted, shown, sourceText, whole } from './format.js';
import { Graph } from './report.js';
import { lineStarts, linesOf } from './source-panel.js';

const MEASURE_NAMES = { fused: 'fused', attentions: 'attentions', kernels: 'kernels', peak: 'peak', bytes: 'moved', flops: 'operations', time: 'time', nodes: 'nodes', weights: 'weights' };

const MOST_LISTED = 200;

export class CompareView {
    constructor(app) {
        this.app = app;
        this.source = h('div.content', { tabindex: '0', 'aria-label': 'Lines that differ' });
        this.sourceHead = h('div.head', {});
        this.measures = h('div.content.padded', { tabindex: '0' });
        this.middle = h('div.pair', {});
        this.element = h('div.view.compare-view', {},
            h('section.panel', { 'aria-label': 'Source' }, this.sourceHead, this.source), h('div.splitter'),
            this.middle, h('div.splitter'),
            h('section.panel', { 'aria-label': 'Measures' }, h('div.head', {}, h('b', { text: 'Measures' }), h('span.grow'), this.lengths()), this.measures));
    }

    lengths() {
        return h('span.small.quiet', {}, Object.entries(this.app.report.head.lengths).map(([k, v]) => name(shown(k, 20) + '=' + v + ' ')));
    }

    async load() {
        const { report } = this.app;
        const [diff, graph, decisions, plan, attention, source] = await Promise.all(['diff', 'a.graph', 'a.decisions', 'a.plan', 'a.attention', 'a.source'].map(n => report.section(n)));
        this.diff = diff;
        this.before = { graph: new Graph(graph, decisions, plan, attention), source };
        this.toB = new Map(diff.optimised.pairs);
        this.toA = new Map(diff.optimised.pairs.map(([a, b]) => [b, a]));
        this.build();
    }

    show() {
        if (this.loading === undefined) {
            this.loading = this.load().then(() => {
                this.app.showVerdict();
                this.update(new Set(['tab']));
            });
        } else if (this.diff !== undefined) {
            this.update(new Set(['sel', 'theme']));
        }
    }

    build() {
        const { app, diff } = this;
        const marks = (...lists) => new Map(lists.flatMap(([nodes, sign]) => nodes.map(n => [n.id, sign])));
        const colours = () => app.colours;
        this.lostHere = diff.lost.filter(p => p.b !== undefined).map(p => p.b);
        this.b = new CompareGraph('B', diff.b.called, {
            graph: app.graph, marks: marks([diff.optimised.added, '+'], [diff.optimised.changed.map(c => c.b), '~']), colours,
            culprits: this.lostHere.map(a => a.atNode).filter(n => n >= 0),
            selected: () => app.selection(), select: box => this.pick(box),
        });
        this.a = new CompareGraph('A', diff.a.called, {
            graph: this.before.graph, marks: marks([diff.optimised.removed, '−'], [diff.optimised.changed.map(c => c.a), '~']), colours, culprits: [],
            selected: () => this.onlyA !== undefined ? [this.onlyA] : app.selection().map(b => this.partner(b)).filter(a => a !== undefined),
            select: box => this.pickBefore(box),
        });
        [this.a, this.b].forEach(pane => pane.all.addEventListener('click', () => app.state.set({ tab: { ...app.state.tab, compare: '' } })));
        fill(this.middle, this.a.element, this.b.element);
        this.writeSource();
        this.writeMeasures();
    }

    /** The box of the first graph for one of the second. */
    partner(box) {
        const g = this.app.graph;
        return g.isScope(box) || g.isOutput(box) ? this.before.graph.find(g.path(box), this.before.graph.last) : this.toA.get(box);
    }

    pick(box) {
        this.onlyA = undefined;
        this.app.select(box < 0 ? [] : [box]);
        this.a.paint();
        this.b.paint();
    }

    /** Selects what a box of the first graph is now; one that is gone is marked in the first graph alone. */
    pickBefore(box) {
        const g = this.before.graph;
        const now = box < 0 ? undefined : g.isScope(box) || g.isOutput(box) ? this.app.graph.find(g.path(box), this.app.graph.last) : this.toB.get(box);
        this.onlyA = now === undefined && box >= 0 ? box : undefined;
        this.app.select(now === undefined ? [] : [now]);
        if (this.onlyA !== undefined) {
            this.app.say(g.path(box) + ' is only in A');
        }
        this.a.paint();
        this.b.paint();
    }

    update(changed) {
        if (this.diff === undefined) {
            return;
        }
        const has = (...keys) => keys.some(key => changed.has(key));
        if (has('tab') && this.focused !== this.layer()) {
            this.focusLayer();
        }
        if (has('sel')) {
            const [box] = this.app.selection();
            if (box !== undefined) {
                this.onlyA = undefined;
                this.b.reveal(box);
                this.a.reveal(this.partner(box));
            }
            this.markChanges();
        }
        this.a.paint();
        this.b.paint();
    }

    /* Moving about: both graphs at once. */

    get sight() {
        return this.b?.sight ?? { scale: 1 };
    }

    fit() {
        [this.a, this.b].forEach(pane => { pane?.fit(); pane?.paint(); });
    }

    zoom(factor) {
        [this.a, this.b].forEach(pane => pane?.zoom(factor));
    }

    /** What differs, for the key N. */
    changed() {
        if (this.diff === undefined) {
            return [];
        }
        const { lost, gained, optimised } = this.diff;
        const first = [...lost, ...gained].filter(p => p.b !== undefined).map(p => p.b.atNode >= 0 ? p.b.atNode : p.b.id).filter(n => n >= 0);
        return [...new Set([...first, ...optimised.added.map(n => n.id), ...optimised.changed.map(c => c.b.id)])].filter(n => !this.app.graph.isPort[n]);
    }

    /* The layer that is shown. */

    /** The one that the address names, else that of the first lost attention, else the first that differs. */
    layer() {
        const { diff, app } = this;
        const wanted = app.state.tab.compare;
        const all = [...diff.equalLayers, ...diff.otherLayers];
        if (wanted !== undefined && (wanted === '' || all.includes(wanted))) {
            return wanted;
        }
        const lost = diff.lost.map(p => (p.b ?? p.a).scope).map(scope => all.find(l => isIn(scope, l))).find(l => l !== undefined);
        return lost ?? diff.otherLayers[0] ?? '';
    }

    focusLayer() {
        const { app, diff } = this;
        const layer = this.layer();
        this.focused = layer;
        const inLayer = graph => n => !graph.isPort[n] && isIn(graph.scopes[graph.nodes.scope[n]].path, layer);
        const inB = [...diff.optimised.added.map(n => n.id), ...diff.optimised.changed.map(c => c.b.id)].filter(inLayer(app.graph));
        const inA = [...diff.optimised.removed.map(n => n.id), ...diff.optimised.changed.map(c => c.a.id)].filter(inLayer(this.before.graph));
        const scope = commonScope(app.graph, inB, this.before.graph, inA, layer);
        this.b.focus(scopeOfPath(app.graph, scope), inB);
        this.a.focus(scopeOfPath(this.before.graph, scope), inA);
        this.writeChips();
    }

    writeChips() {
        const { diff, app } = this;
        const layers = app.graph.scopes.map(s => s.path).filter(p => diff.equalLayers.includes(p) || diff.otherLayers.includes(p));
        for (const pane of [this.a, this.b]) {
            fill(pane.chips, layers.map(path => {
                const differs = diff.otherLayers.includes(path);
                return h('button.layer-chip' + (differs ? '.differs' : ''), {
                    'aria-pressed': String(path === this.focused),
                    onclick: () => app.state.set({ tab: { ...app.state.tab, compare: path } }),
                }, h('b', {}, name(shown(path, 24))), h('span', { text: differs ? '! differs' : '= equal' }));
            }));
            pane.chips.hidden = layers.length === 0;
            pane.chips.querySelector('[aria-pressed="true"]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
            pane.all.hidden = this.focused === '';
        }
    }

    /* Words and numbers. */

    /** What stands in the strip below the top. */
    verdict() {
        const { diff } = this;
        if (diff === undefined) {
            return [h('span.quiet', { text: 'Comparing …' })];
        }
        const worse = diff.lost.length > 0;
        const pill = worse ? ['bad', '! ' + diff.verdict] : diff.equal ? ['good', '= No difference'] : ['none', diff.verdict];
        const change = (what, key) => {
            const m = diff.measures.find(one => one.name === key);
            return m?.a === undefined || m.b === undefined || typeof m.a !== 'number' ? null
                : h('span', {}, what + ' ', h('span.number' + (key !== 'fused' && m.b > m.a ? '.worse' : ''), { text: m.a === m.b ? m.textB : m.textA + ' → ' + m.textB }));
        };
        const { renamed, equal } = diff.written;
        return [h('span.pill.' + pill[0], { text: pill[1] }),
            worse ? h('span.mono', {}, name(shown((diff.lost[0].b ?? diff.lost[0].a).scope || (diff.lost[0].b ?? diff.lost[0].a).node, 60))) : null,
            diff.equal ? h('span', { text: counted(equal, 'node') + ' equal, ' + whole(renamed) + ' of them renamed' }) : null,
            change('fused', 'fused'), change('peak', 'peak'), change('kernels', 'kernels'), change('moved', 'bytes'),
            diff.limits.length === 0 ? null : h('span', { text: counted(diff.limits.filter(l => !l.met).length, 'limit') + ' failed' }),
            h('span.grow', { style: { border: '0' } }),
            this.changed().length === 0 ? null : h('button', { onclick: () => this.app.nextOf(this.changed()) }, h('kbd', { text: 'N' }), ' next of ' + counted(this.changed().length, 'change'))];
    }

    writeSource() {
        const { app, diff } = this;
        const plus = diff.sources.reduce((n, s) => n + s.added, 0);
        const minus = diff.sources.reduce((n, s) => n + s.removed, 0);
        fill(this.sourceHead, h('b', { text: 'Model' }), h('span.path', {}, name(shown(app.report.head.file.split('/').at(-1), 40))), h('span.grow'),
            plus + minus === 0 ? h('span.small.quiet', { text: 'same lines' })
                : [h('span.minus', { text: '−' + minus }), ' ', h('span.plus', { text: '+' + plus }), h('span.small.quiet', { text: ' lines' })]);
        fill(this.source, diff.sources.map(s => this.fileDiff(s)),
            h('div.reasons', {},
                diff.lost.map(p => this.reason(p, 'lost')),
                diff.declined.filter(p => p.a === undefined).map(p => this.reason(p, 'new')),
                diff.gained.map(p => h('div.card', {}, h('div.rule', { text: '✓ fused now' }), h('div.path', {}, name(shown(p.b.node))))),
                diff.sources.length === 0 && diff.lost.length === 0 ? h('p.quiet', { text: 'The lines of both models are the same.' }) : null,
                h('h3', { text: 'In CI' }), h('p', {}, command(this.ciCommand())),
                diff.limits.some(l => !l.met) ? h('p.small.worse', { text: 'exit code 4' }) : null));
    }

    /** What repeats the comparison: models with their own options, or with the lengths of the page. */
    ciCommand() {
        const { diff } = this;
        const sides = [['a', diff.a.called], ['b', diff.b.called]].map(([side, called]) => {
            const at = called.indexOf(' -');
            return at < 0 ? [quoted(called), ''] : [quoted(called.slice(0, at)), ' --' + side + ' ' + quoted(called.slice(at + 1))];
        });
        const own = sides.map(([, options]) => options).join('');
        const lengths = Object.entries(this.app.report.head.lengths).map(([k, v]) => ' -D ' + k + '=' + v).join('');
        // The peak is a number only where all lengths are known; else the command would be refused.
        const peak = diff.measures.find(m => m.name === 'peak');
        const limits = typeof peak?.a === 'number' && typeof peak.b === 'number' ? 'unfused,kernels,peak:+5% ' : 'unfused,kernels ';
        return 'heddle diff --fail-on ' + limits + sides.map(([file]) => file).join(' ') + (own === '' ? lengths : own);
    }

    fileDiff(file) {
        const { app, before } = this;
        // The models are compared with each other, whatever they are called; a file that only A has is not in B.
        const now = app.source.files.findIndex(f => f.name === file.file);
        const was = before.source.files.findIndex((f, i) => now === 0 ? i === 0 : now < 0 ? f.name === file.file : f.name.split('/').at(-1) === file.file.split('/').at(-1));
        const linesB = app.source.files[now] === undefined ? [] : linesOf(app.source.files[now], app.source.classes);
        const linesA = before.source.files[was] === undefined ? [] : linesOf(before.source.files[was], before.source.classes);
        const culprits = this.culprits(now);
        const row = ([sign, a, b, text]) => {
            const parts = (sign === '-' ? linesA[a - 1] : linesB[b - 1]) ?? [[text, '']];
            const marks = sign === '-' ? [] : culprits.filter(c => c.line === b);
            return h('div.row' + (sign === '+' ? '.line-added' : sign === '-' ? '.line-removed' : ''), sign === '-' ? {} : { onclick: () => app.selectLine(now, b) },
                h('span.no', { text: String(sign === '-' ? a : b) }), h('span.sign', { text: sign === '-' ? '−' : sign }),
                h('span.text', {}, underlined(parts, marks).map(([part, kind, under]) => h('span' + (kind === '' ? '' : '.tok-' + kind) + (under ? '.culprit' : ''), { text: sourceText(part) }))));
        };
        return h('div', {}, this.diff.sources.length < 2 ? null : h('h3', {}, name(shown(file.file))),
            file.hunks.map(hunk => h('div.code.hunk', {}, hunk.map(row))));
    }

    /** Where in a file of the second model something is in the way: line, and columns from and to. */
    culprits(file) {
        const { app } = this;
        const starts = app.source.files[file] === undefined ? [0] : lineStarts(app.source.files[file].text);
        return this.lostHere.flatMap(a => a.atNode < 0 ? [] : app.graph.places(a.atNode).slice(0, 1)).filter(p => p[0] === file).map(([, start, end]) => {
            const line = app.facts.lines(file, start, end)[0];
            return { line, from: start - starts[line - 1], to: end - starts[line - 1] };
        });
    }

    reason(pair, kind) {
        const { app } = this;
        const one = pair.b ?? pair.a;
        if (pair.b === undefined) {
            return h('div.card.lost', {}, h('div.rule', { text: '! attention lost' }), h('div.path', {}, name(shown(one.node))), h('p', { text: 'The model has no attention in its place.' }));
        }
        const [place] = one.atNode < 0 ? [] : app.graph.places(one.atNode);
        const line = place === undefined ? undefined : app.facts.lines(...place)[0];
        return h('div.card.lost', {},
            h('div.rule', { text: kind === 'lost' ? 'Declined by fuse-attention' : 'New, and not fused' }),
            h('p', {}, name(shown(one.reason)), '.'),
            line === undefined ? null : h('p', {}, 'in the way: ', h('code', {}, name(shown(app.graph.label(one.atNode)))), ' at ',
                h('button.line-link', { text: 'line ' + line, onclick: () => app.showLine(place[0], line) })),
            h('p.remedy', {}, h('b', { text: 'Try ' }), name(shown(one.remedy))));
    }

    writeMeasures() {
        const { diff } = this;
        const worse = m => typeof m.a === 'number' && typeof m.b === 'number' && (m.name === 'fused' ? m.b < m.a : !['attentions', 'nodes', 'weights'].includes(m.name) && m.b > m.a);
        const rows = diff.measures.filter(m => m.a !== undefined || m.b !== undefined);
        const table = h('table.measures', {}, h('thead', {}, h('tr', {}, ['', 'A', 'B', ''].map(t => h('th', { text: t, scope: 'col' })))),
            h('tbody', {}, rows.map(m => h('tr', {}, h('th', { text: MEASURE_NAMES[m.name] ?? m.name, scope: 'row' }), h('td', { text: brief(m.textA) }), h('td', {}, h('b', { text: brief(m.textB) })),
                h('td' + (worse(m) ? '.worse' : ''), { text: m.change })))));
        const g = diff.optimised;
        const count = (label, n, kind = '') => [h('dt' + kind, { text: label }), h('dd' + kind, { text: whole(n) })];
        fill(this.measures, table, h('h3', { text: 'Optimised graph' }),
            h('dl.facts', {}, count('equal', g.equal), count('renamed', g.renamed), count('~ changed', g.changed.length, '.tilde'), count('+ only in B', g.added.length, '.plus'), count('− only in A', g.removed.length, '.minus')),
            h('h3', { text: 'Changes' }), this.changeCards(),
            this.nodeList('+ only in B', g.added, this.app.graph, id => this.pick(id)), this.nodeList('− only in A', g.removed, this.before.graph, id => this.pickBefore(id)),
            diff.limits.length === 0 ? null : [h('h3', { text: 'Limits' }), h('ul.limits', {}, diff.limits.map(l => h('li', {},
                h('span.' + (l.met ? 'met' : 'worse'), { text: l.met ? '✓ ' : '× ' }), h('span', { text: l.limit + (l.met ? ' met' : ' failed') }), h('div.small.quiet', {}, name(shown(l.why))))))]);
    }

    changeCards() {
        const { app, diff } = this;
        this.cards = [];
        const card = (kind, title, text, id) => {
            const element = h('button.card.change' + kind, { onclick: id === undefined ? undefined : () => this.pick(id), disabled: id === undefined }, h('b', { text: title }), h('div.path', {}, name(shown(text))));
            if (id !== undefined) {
                this.cards.push([id, element]);
            }
            return element;
        };
        const cards = [
            ...diff.lost.map(p => card('.lost', '! attention lost', (p.b ?? p.a).node, p.b === undefined ? undefined : p.b.atNode >= 0 ? p.b.atNode : p.b.id)),
            ...diff.gained.map(p => card('', '✓ attention fused', p.b.node, p.b.id)),
            ...diff.optimised.changed.filter(c => !app.graph.isPort[c.b.id]).slice(0, 12).map(c => card('', '~ changed', c.b.path + ': ' + c.what, c.b.id)),
            diff.equalLayers.length === 0 ? null : card('', '= ' + counted(diff.equalLayers.length, 'layer') + ' equal', shown(diff.equalLayers.join(', '), 120)),
            diff.equal ? card('', '= No difference', counted(diff.written.equal, 'node') + ' as written are equal, ' + whole(diff.written.renamed) + ' of them renamed') : null,
        ];
        return cards;
    }

    /** Nodes by name, for the keyboard and for those who do not see the graphs. */
    nodeList(title, all, graph, pick) {
        const nodes = all.filter(n => !graph.isPort[n.id]);
        const ports = all.length - nodes.length;
        return all.length === 0 ? null : h('details.node-list', {}, h('summary', { text: title + ': ' + counted(nodes.length, 'node') }),
            nodes.slice(0, MOST_LISTED).map(n => h('button.path', { onclick: () => pick(n.id) }, name(shown(n.path, 80)))),
            nodes.length > MOST_LISTED ? h('p.small.quiet', { text: 'and ' + (nodes.length - MOST_LISTED) + ' more' }) : null,
            ports > 0 ? h('p.small.quiet', { text: 'and ' + whole(ports) + ' weights or constants' }) : null);
    }

    markChanges() {
        const selected = this.app.selection();
        this.cards.forEach(([id, element]) => element.classList.toggle('on', selected.includes(id)));
    }
}

/** An amount with a short unit: the table is narrow. */
function brief(text) {
    return shown(text.replace(' trillion', ' T').replace(' billion', ' G').replace(' million', ' M').replace(' thousand', ' k'), 14);
}

/** Whether a scope is a layer or in it; all are in the model, which has no name. */
function isIn(path, layer) {
    return layer === '' || path === layer || path.startsWith(layer + '/');
}

function scopeOfPath(graph, path) {
    return Math.max(0, graph.scopes.findIndex(s => s.path === path));
}

/** The path of the smallest scope that both graphs have and that all nodes are in; that of the layer when none differs. */
function commonScope(graphB, nodesB, graphA, nodesA, layer) {
    const paths = [...nodesB.map(n => graphB.scopes[graphB.nodes.scope[n]].path), ...nodesA.map(n => graphA.scopes[graphA.nodes.scope[n]].path)];
    let path = paths[0] ?? layer;
    const isShared = p => p === '' || (graphB.scopes.some(s => s.path === p) && graphA.scopes.some(s => s.path === p));
    while (path !== '' && !(isShared(path) && paths.every(p => isIn(p, path)))) {
        path = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    }
    return path;
}

/** The parts of a line, cut where marks begin and end: `[text, class, whether it is marked]`. */
function underlined(parts, marks) {
    const cut = [];
    let at = 0;
    for (const [text, kind] of parts) {
        let from = 0;
        while (from < text.length) {
            const inside = marks.some(m => m.from <= at + from && at + from < m.to);
            const edge = Math.min(text.length, ...marks.flatMap(m => [m.from - at, m.to - at]).filter(e => e > from));
            cut.push([text.slice(from, edge), kind, inside]);
            from = edge;
        }
        at += text.length;
    }
    return cut;
}
