/** Words in context: what each head of each layer looks at, and how the vector of one token moves from layer to layer. */
import { fill, h, name, svg } from './dom.js';
import { shown } from './format.js';

const SQUARE = 160;

export class WordsView {
    constructor(app) {
        this.app = app;
        this.tokens = h('div.tokens', { 'aria-label': 'Tokens' });
        this.layers = h('div', {});
        this.journey = h('div', {});
        this.sentence = h('p.small', {});
        this.element = h('div.view.words-view', {}, h('div.panel', {}, h('div.content.padded', { tabindex: '0' },
            this.sentence,
            h('p.small.quiet', { text: 'Each square is one head: rows are tokens that look, columns tokens that are looked at; darker is more attention. '
                + 'The outlined row is the chosen token. Point at a square, or choose a token and read below each square what it looks at most.' }),
            this.tokens, this.layers, this.journey)));
    }

    async show() {
        if (this.data === undefined) {
            this.data = await this.app.report.section('words');
            const asked = Number(this.app.state.tab.words);
            this.chosen = Number.isInteger(asked) && asked >= 0 && asked < this.data.tokens.length ? asked : this.data.position;
            fill(this.sentence, h('b', {}, '“', name(shown(this.data.text, 400)), '”'));
            this.drawJourney();
        }
        this.draw();
    }

    update(changed) {
        if (changed.has('tab') && this.data !== undefined && this.app.state.tab.words !== undefined) {
            this.chosen = Math.max(0, Math.min(this.data.tokens.length - 1, Number(this.app.state.tab.words) || 0));
            this.draw();
        }
    }

    draw() {
        fill(this.tokens, this.data.tokens.map((t, i) => h('button.token', {
            'aria-pressed': String(i === this.chosen), onclick: () => this.app.state.set({ tab: { ...this.app.state.tab, words: String(i) } }),
        }, name(shown(t, 40)))));
        fill(this.layers, this.data.layers.map((layer, l) => [
            h('h3', {}, 'Layer ' + l + (layer.scope === '' ? '' : ' · '), layer.scope === '' ? null : this.link(layer.scope)),
            h('div.heads', {}, layer.heads.map((head, n) => this.head(head, n, l))),
        ]));
    }

    /** A layer's scope, which leads to its attention in the graph. */
    link(scope) {
        const attention = this.app.attention.fused.find(a => a.node.startsWith(scope + '/') || a.node.startsWith(scope + ':'));
        return attention === undefined ? name(shown(scope)) : h('button.text-link', {
            onclick: () => { this.app.state.set({ view: 'graph' }); this.app.select([attention.id], true); },
        }, name(shown(scope)));
    }

    head(head, n, layer) {
        const row = head.rows[this.chosen];
        const most = row.indexOf(Math.max(...row));
        const says = 'head ' + n + ' · looks at ' + head.label + ' · most: ' + shown(this.data.tokens[most], 30) + ' ' + (row[most] / 1000).toFixed(2);
        return h('figure', {}, this.square(head.rows, 'Layer ' + layer + ', ' + says), h('figcaption', {}, name(says)));
    }

    square(rows, label) {
        const cell = SQUARE / Math.max(rows.length, rows[0].length);
        const box = svg('svg', { viewBox: '0 0 ' + SQUARE + ' ' + SQUARE, role: 'img', 'aria-label': label },
            svg('rect', { width: SQUARE, height: SQUARE, fill: 'var(--canvas)' }));
        rows.forEach((row, i) => row.forEach((p, j) => {
            if (p > 0) {
                box.append(svg('rect', { x: j * cell, y: i * cell, width: cell, height: cell, fill: 'var(--accent)', 'fill-opacity': Math.pow(p / 1000, 0.6).toFixed(3) },
                    svg('title', { text: shown(this.data.tokens[i], 40) + ' → ' + shown(this.data.tokens[j], 40) + ': ' + (p / 1000).toFixed(3) })));
            }
        }));
        box.append(svg('rect', { x: 0.5, y: this.chosen * cell, width: SQUARE - 1, height: cell, fill: 'none', stroke: 'var(--bad)', 'stroke-width': 1.4 }));
        return box;
    }

    drawJourney() {
        const { data } = this;
        const cell = x => h('td', { text: x.toFixed(3), style: { background: 'color-mix(in srgb, var(--accent) ' + (Math.max(0, x) * 30).toFixed(0) + '%, transparent)' } });
        fill(this.journey,
            h('h3', {}, 'How “', name(shown(data.tokens[data.position], 40)), '” moves'),
            h('p.small.quiet', { text: 'Cosine of the token’s vector, layer by layer, to its static embedding and to the same token in other sentences.' }),
            h('table.journey', {},
                h('tr', {}, h('th', {}), h('th', { text: 'static embedding' }), data.contexts.map(c => h('th', {}, 'in “', name(shown(c, 80)), '”'))),
                data.journey.map(stage => h('tr', {}, h('td', {}, name(stage.name)), [stage.toStatic, ...stage.toContexts].map(cell)))));
    }
}
