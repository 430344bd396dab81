/** Words in context: what each head of each layer looks at, and how the vector of one token moves from layer to layer. */
import { fill, h, name } from './dom.js';
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
        if (changed.has('theme') && this.data !== undefined) {
            this.draw();
        }
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

    /** A head: one cell for each pair of tokens, darker for more attention. */
    square(rows, label) {
        const canvas = h('canvas', { width: 2 * SQUARE, height: 2 * SQUARE, role: 'img', 'aria-label': label });
        const c = canvas.getContext('2d');
        const { colours } = this.app;
        const cell = 2 * SQUARE / Math.max(rows.length, rows[0].length);
        c.fillStyle = colours.canvas;
        c.fillRect(0, 0, 2 * SQUARE, 2 * SQUARE);
        c.fillStyle = colours.accent;
        rows.forEach((row, i) => row.forEach((p, j) => {
            if (p > 0) {
                c.globalAlpha = Math.pow(p / 1000, 0.6);
                c.fillRect(j * cell, i * cell, cell, cell);
            }
        }));
        c.globalAlpha = 1;
        c.strokeStyle = colours.bad;
        c.lineWidth = 3;
        c.strokeRect(1.5, this.chosen * cell, 2 * SQUARE - 3, cell);
        canvas.addEventListener('pointermove', event => {
            const box = canvas.getBoundingClientRect();
            const [i, j] = [event.clientY - box.top, event.clientX - box.left].map(x => Math.floor(x / box.width * 2 * SQUARE / cell));
            canvas.title = rows[i]?.[j] === undefined ? '' : shown(this.data.tokens[i], 40) + ' → ' + shown(this.data.tokens[j], 40) + ': ' + (rows[i][j] / 1000).toFixed(3);
        });
        return canvas;
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
