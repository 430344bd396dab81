/** Everything about what is selected. */
import { command, fill, h, name, svg } from './dom.js';
import { bytes, counted, operations, percent, proposed, quoted, shown, time, whole } from './format.js';
import { GLYPHS } from './report.js';

export function glyph(family) {
    return h('span.glyph', { text: GLYPHS[family], style: { background: 'var(--' + family + ')' }, 'aria-hidden': 'true' });
}

export class NodePanel {
    constructor(app) {
        this.app = app;
        this.title = h('span', { text: 'Node' });
        this.alike = h('span.small.quiet');
        this.content = h('div.content.padded');
        this.element = h('section.panel.right', { 'aria-label': 'Details' },
            h('div.head', {}, this.title, h('span.grow'), this.alike), this.content);
    }

    update() {
        const boxes = this.app.selection();
        if (boxes.length === 0) {
            this.title.textContent = 'Model';
            fill(this.alike);
            fill(this.content, this.model());
            return;
        }
        const box = boxes[0];
        const g = this.app.graph;
        this.title.textContent = g.isScope(box) ? 'Scope' : g.isOutput(box) ? 'Output' : 'Node %' + g.nodes.number[box];
        fill(this.alike, this.others(box));
        fill(this.content, g.isScope(box) ? this.scope(box) : g.isOutput(box) ? this.output(box) : this.node(box),
            boxes.length > 1 ? h('p.small.quiet', { text: 'and ' + (boxes.length - 1) + ' more selected' }) : null);
    }

    /** Steps through nodes of the same operation. */
    others(box) {
        const g = this.app.graph;
        if (g.isScope(box) || g.isOutput(box)) {
            return [];
        }
        const like = [];
        for (let n = 0; n < g.count; n++) {
            if (g.nodes.op[n] === g.nodes.op[box] && g.isAlive(n, this.app.stage())) {
                like.push(n);
            }
        }
        const at = like.indexOf(box);
        if (like.length < 2 || at < 0) {
            return [];
        }
        const step = by => () => this.app.select([like[(at + by + like.length) % like.length]], true);
        return [h('button', { text: '‹', 'aria-label': 'The one before', onclick: step(-1) }), ' ' + (at + 1) + ' of ' + like.length + ' alike ',
            h('button', { text: '›', 'aria-label': 'The next one', onclick: step(1) })];
    }

    hero(box) {
        const g = this.app.graph;
        const declined = this.app.facts.declinedAt(box);
        return [
            h('div.hero', {}, glyph(g.family(box)), name(shown(g.label(box)))),
            h('div.path', {}, name(shown(g.path(box)))),
            g.type(box) === '' ? null : h('div.path', {}, name(shown(g.type(box)))),
            declined === undefined ? null : h('div.card.declined', {}, h('div.rule', { text: 'Not fused' }),
                h('div', {}, name(shown(declined.reason, 400))), h('div', {}, name(shown(declined.remedy, 400)))),
        ];
    }

    node(box) {
        const g = this.app.graph;
        const n = g.nodes;
        const users = g.usersAt(box, this.app.stage());
        const fused = this.app.facts.fusedAt(box);
        return [
            ...this.hero(box),
            fused === undefined ? this.attributes(box) : this.program(fused),
            ...this.written(box, fused),
            ...this.woven(box),
            ...this.cost(box, fused),
            h('h3', { text: 'Operands and consumers' }),
            h('dl.facts', {},
                g.operandsAt(box, this.app.stage()).map((o, slot) => [h('dt', { text: String(slot) }), h('dd', {}, this.link(o))]),
                h('dt', { text: 'consumers' }),
                h('dd', {}, users.length === 0 ? 'none' : users.slice(0, 8).map(u => h('div', {}, this.link(u))),
                    users.length > 8 ? 'and ' + (users.length - 8) + ' more' : null)),
            ...this.runsAs(box),
            n.made[box].length === 0 ? null : this.made(box),
        ];
    }

    link(box) {
        const g = this.app.graph;
        const type = g.type(box);
        return h('button.text-link', { onclick: () => this.app.select([box], true) },
            name(shown(g.label(box), 60)), ' ', h('code.quiet', { text: shown(type, 40) }));
    }

    attributes(box) {
        const all = this.app.graph.nodes.attributes[box];
        return all.length === 0 ? null : [h('h3', { text: 'Attributes' }), h('dl.facts', {},
            all.map(([key, value]) => [h('dt', { text: key }), h('dd.mono', {}, name(shown(value, 600)))]))];
    }

    program(fused) {
        return [h('h3', { text: 'Program' }), h('dl.facts', {},
            Object.entries(fused.programs).map(([key, text]) => [h('dt', { text: key }), h('dd.mono', {}, name(shown(text, 400)))]))];
    }

    written(box, fused) {
        const g = this.app.graph;
        const rows = fused === undefined
            ? g.places(box).map((place, i) => [i === 0 ? 'here' : 'called', this.app.facts.excerpt(place), place])
            : fused.parts.filter(p => p.at !== undefined).map(p => [p.role, p.text, p.at]);
        if (rows.length === 0) {
            return [];
        }
        return [h('h3', { text: 'Written at' }), h('dl.facts', {}, rows.map(([role, text, place]) => [
            h('dt', { text: role }),
            h('dd', {}, this.line(place), ' ', h('code', {}, name(shown(text, 40)))),
        ])), ...(box < g.count ? this.merged(box) : [])];
    }

    merged(box) {
        const all = this.app.graph.mergedPlaces(box).filter(places => places.length > 0);
        return all.length === 0 ? [] : [h('p.small.quiet', {}, 'Equal expressions: ', all.slice(0, 8).map((places, i) => [i > 0 ? ', ' : '', this.line(places[0])]))];
    }

    line([file, start, end]) {
        const line = this.app.facts.lines(file, start, end)[0];
        return h('button.line-link', { text: String(line), 'aria-label': 'Line ' + line, onclick: () => this.app.showLine(file, line) });
    }

    woven(box) {
        const g = this.app.graph;
        const from = g.wovenFrom(box);
        if (from.length === 0) {
            return [];
        }
        const [stage, rule] = g.nodes.made[box];
        const layouts = from.filter(f => g.nodes.family[f] === 'layout');
        const others = from.filter(f => g.nodes.family[f] !== 'layout');
        return [
            h('h3', { text: 'Woven from ' + counted(from.length, 'node') + ' by ' + rule }),
            h('div.threads', {}, others.map(f => h('button.thread', {
                title: shown(g.nodes.path[f]), onclick: () => this.app.select([f], true, { pass: Math.max(0, stage - 1) }),
            }, glyph(g.nodes.family[f]), name(shown(g.nodes.op[f], 40)))),
            layouts.length === 0 ? null : h('span.thread', {}, glyph('layout'), counted(layouts.length, 'layout'))),
        ];
    }

    cost(box, fused) {
        if (fused !== undefined) {
            const bar = (what, text) => {
                const { fused: now, unfused: before } = fused[what];
                const share = typeof now === 'number' && typeof before === 'number' && before > 0 ? now / before : 0;
                return [h('span', { text: what }),
                    h('div', {}, svg('svg', { viewBox: '0 0 90 10', 'aria-hidden': 'true' },
                        svg('rect', { width: Math.max(2, 90 * share), height: 10, rx: 4, fill: 'var(--attention)' })), h('span.number', { text: text(now) })),
                    h('span'),
                    h('div', {}, svg('svg', { viewBox: '0 0 90 10', 'aria-hidden': 'true' }, svg('rect', { width: 90, height: 10, rx: 4, fill: 'var(--line2)' })), text(before))];
            };
            return [h('h3', { text: 'Cost of one run, and unfused' }),
                h('div.bars', {}, bar('kernels', whole), bar('bytes', bytes), bar('flops', operations)),
                h('p.small', {}, h('span.number', { text: typeof fused.scores === 'number' ? whole(fused.scores) : shown(fused.scores) }), ' scores never stored')];
        }
        return [];
    }

    runsAs(box) {
        const g = this.app.graph;
        const kernels = g.nodes.kernels[box];
        if (kernels.length === 0) {
            return [];
        }
        return [h('h3', { text: 'Runs as' }), kernels.slice(0, 4).map(k => h('dl.facts', {},
            h('dt', { text: 'kernel' }), h('dd', {}, h('button.text-link', { onclick: () => this.app.showKernel(k) }, name(shown(g.kernels[k].name)))),
            h('dt', { text: 'family' }), h('dd', { text: g.kernels[k].family }),
            g.kernels[k].time > 0 ? [h('dt', { text: 'time' }), h('dd', { text: time(g.kernels[k].time) + ' · ' + percent(g.kernels[k].time / g.cost.time[g.firstScope]) })] : null,
            h('dt', { text: 'flops' }), h('dd', {}, name(shown(operations(g.kernels[k].flops), 200))),
            h('dt', { text: 'bytes' }), h('dd', {}, name(shown(bytes(g.kernels[k].bytes), 200)))))];
    }

    made(box) {
        const g = this.app.graph;
        const [stage, rule] = g.nodes.made[box];
        return [h('h3', { text: 'Origin' }), h('p.small', {}, 'Made by ', name(rule), ' in pass ' + stage + ', ' + g.stages[stage].name + ', from '),
            g.nodes.from[box].length === 0 ? h('p.small.quiet', { text: 'nothing that was there before' })
                : h('div', {}, g.nodes.from[box].filter(f => !g.isPort[f]).slice(0, 20).map(f => h('div.small', {}, this.link(f))))];
    }

    scope(box) {
        const g = this.app.graph;
        const scope = g.scopeOf(box);
        const run = g.runs.get(g.runOf[scope]);
        const totals = what => g.cost[what][box];
        const families = new Map();
        g.each(scope, node => {
            if (g.isAlive(node, this.app.stage()) && !g.isPort[node]) {
                families.set(g.nodes.family[node], (families.get(g.nodes.family[node]) ?? 0) + 1);
            }
        });
        return [
            ...this.hero(box),
            run === undefined ? null : h('p.small', { text: counted(run.length, 'scope') + ' with equal contents at each pass: ' + run.map(id => shown(g.scopes[id].path, 40)).join(', ') }),
            h('div.threads', {}, [...families].map(([f, n]) => h('span.thread', {}, glyph(f), f + ' ' + n))),
            h('h3', { text: 'Cost' + (run === undefined ? '' : ' of one') }),
            !g.isPriced ? h('p.small.quiet', { text: 'Costs need lengths: -D ' + this.app.report.head.open.join('=… -D ') + '=…' }) : h('dl.facts', {}, g.hasTime ? [h('dt', { text: 'time' }), h('dd', { text: time(totals('time')) })] : null,
                h('dt', { text: 'flops' }), h('dd', { text: operations(totals('flops')) }),
                h('dt', { text: 'bytes' }), h('dd', { text: bytes(totals('bytes')) })),
            ...this.written(box, undefined).slice(0, 2),
        ];
    }

    output(box) {
        const g = this.app.graph;
        const o = g.outputs[box - g.firstOutput];
        return [h('div.hero', {}, name(shown(o.name))), h('div.path', {}, name(shown(o.type))),
            h('h3', { text: 'Computed by' }), this.link(o.reads[this.app.stage()])];
    }

    model() {
        const { head } = this.app.report;
        const declined = this.app.attention.declined;
        return [
            h('div.hero', {}, name(shown(head.model))),
            h('div.path', {}, name(shown(head.file))),
            head.open.length === 0 ? null : [h('p.small', { text: (head.open.length === 1 ? 'The length ' + head.open[0] + ' is' : 'Lengths ' + head.open.join(', ') + ' are') + ' not known, so that costs are formulas. Give lengths:' }),
                command('heddle inspect ' + quoted(head.file) + ' ' + head.open.map(l => '-D ' + l + '=' + proposed(head, l)).join(' ') + ' -o report.html')],
            declined.length === 0 ? null : [h('h3', { text: 'Declined' }), declined.map(d => h('div.card.declined', {},
                h('button.text-link.rule', { onclick: () => this.app.select([d.id], true) }, name(shown(d.node))),
                h('div', {}, name(shown(d.reason, 400))), h('div', {}, name(shown(d.remedy, 400)))))],
            h('h3', { text: 'Fused attention' }),
            this.app.attention.fused.length === 0 ? h('p.small.quiet', { text: head.total === 0 ? 'This model has no softmax between two products.' : 'none' })
                : this.app.attention.fused.map(a => h('div.small', {}, h('button.text-link', { onclick: () => this.app.select([a.id], true) }, name(shown(a.node))))),
            h('p.small.quiet', { text: 'Heddle ' + head.heddle + ', target ' + head.target }),
        ];
    }
}
