/** What the rules of a pass did, what they declined, and what to write instead. Equal decisions are one card. */
import { fill, h, name } from './dom.js';
import { counted, shown } from './format.js';

export class DecisionsPanel {
    constructor(app) {
        this.app = app;
        this.element = h('div.content.padded', { tabindex: '0', 'aria-label': 'Decisions of the pass' });
    }

    update() {
        const g = this.app.graph;
        const stage = this.app.stage();
        const s = g.stages[stage];
        const here = g.decisions.filter(d => d.stage === stage);
        fill(this.element,
            h('div.hero', { text: stage === 0 ? 'As written' : stage + ' ' + s.name }),
            stage === 0 ? h('p.small', { text: counted(s.nodes, 'node') }) : h('p.small', {},
                h('span.plus', { text: '+' + s.added }), ' added, ', h('span.minus', { text: '−' + s.removed }), ' removed, ',
                h('span.tilde', { text: '~' + s.rewritten }), ' rewritten, ' + counted(s.nodes, 'node')),
            here.length === 0 ? h('p.small.quiet', { text: stage === 0 ? '' : s.added + s.removed + s.rewritten === 0 ? 'Nothing to do.' : 'This pass has no rules.' }) : null,
            this.cards(here.filter(d => d.outcome === 'declined')),
            this.cards(here.filter(d => d.outcome === 'fired')));
    }

    cards(decisions) {
        const g = this.app.graph;
        const alike = new Map();
        for (const d of decisions) {
            const op = d.node.length > 0 ? g.nodes.op[d.node[0]] : '';
            const key = [d.rule, d.outcome, op, d.reason, d.remedy, d.from?.length].join('|');
            alike.set(key, [...alike.get(key) ?? [], d]);
        }
        return [...alike.values()].map(all => this.card(all));
    }

    card(all) {
        const g = this.app.graph;
        const d = all[0];
        const node = d.outcome === 'fired' && d.with.length > 0 ? d.with : d.node;
        const nodes = all.flatMap(one => one.outcome === 'fired' && one.with.length > 0 ? one.with : one.node);
        const place = d.node.length > 0 ? g.places(d.node[0])[0] : undefined;
        return h('div.card' + (d.outcome === 'declined' ? '.declined' : ''), {},
            all.length > 1 ? h('span.times', { text: '×' + all.length }) : null,
            h('div', {}, h('span.rule', { text: d.rule }), ' ' + d.outcome),
            h('div', {}, node.length === 0 ? '' : h('button.text-link', { onclick: () => this.app.select(nodes, true) }, name(shown(g.nodes.path[node[0]]))),
                place === undefined ? null : [', line ', h('button.line-link', {
                    text: String(this.app.facts.lines(...place)[0]), onclick: () => this.app.showLine(place[0], this.app.facts.lines(...place)[0]),
                })]),
            d.outcome === 'fired' && d.from.length > 1 ? h('div.quiet', { text: 'stands for ' + counted(d.from.length, 'node') }) : null,
            d.reason === undefined ? null : [h('div', {}, name(shown(d.reason, 500))), h('div', {}, h('b', { text: 'Instead: ' }), name(shown(d.remedy, 500)))]);
    }
}
