/** Around all views: what the report is about, the views, the search, and the verdict. */
import { fill, h, name, svg } from './dom.js';
import { bytes, counted, operations, shown, time, whole } from './format.js';
import { find, parse, suggestions } from './search.js';

export class Frame {
    constructor(app) {
        this.app = app;
        this.tabs = h('nav.tabs', {});
        this.tabs.setAttribute('role', 'tablist');
        this.tabs.setAttribute('aria-label', 'Views');
        this.input = h('input', {
            type: 'search', placeholder: 'Search nodes, weights, source', 'aria-label': 'Search', spellcheck: 'false', autocomplete: 'off',
            oninput: () => this.app.search(this.input.value), onkeydown: event => this.key(event), onfocus: () => this.showHits(), onblur: () => setTimeout(() => { this.hits.hidden = true; }, 150),
        });
        this.found = h('span.count');
        this.hits = h('div.hits', { hidden: true });
        this.live = h('div.visually-hidden', { 'aria-live': 'polite' });
        this.body = h('div.body');
        this.themeButton = h('button.icon', { title: 'Theme (T)', 'aria-label': 'Theme', onclick: () => app.switchTheme() });
        const { head } = app.report;
        this.top = h('header.top', {},
            h('span.brand', {}, mark(), 'Heddle'), h('span.model', {}, name(shown(head.model, 60))),
            Object.entries(head.lengths).map(([k, v]) => h('span.chip', {}, name(shown(k, 20)), '=', h('b', { text: String(v) }))),
            h('span.chip', {}, 'target ', h('b', { text: head.target })),
            this.tabs, h('span.grow'),
            h('div.search', {}, h('span', { text: '⌕', 'aria-hidden': 'true' }), this.input, this.found, this.hits),
            this.themeButton, h('button.icon', { text: '?', title: 'Keys (?)', 'aria-label': 'Keys', onclick: () => this.help() }));
        this.verdict = h('div.verdict', { 'aria-label': 'Verdict' });
        this.element = [this.top, this.verdict, this.body, this.live];
        this.writeVerdict();
    }

    /** @param own what the view that is shown says instead */
    writeVerdict(own) {
        const { app } = this;
        if (own !== undefined) {
            fill(this.verdict, own);
            this.verdict.classList.toggle('lost', own[0].classList.contains('bad'));
            return;
        }
        this.verdict.classList.remove('lost');
        const { head } = app.report;
        const pill = head.total === 0 ? ['none', 'no softmax attention']
            : head.declined === 0 ? ['good', '✓ ' + head.fused + ' of ' + counted(head.total, 'attention') + ' fused']
                : ['warn', '△ ' + head.fused + ' of ' + head.total + ' fused, ' + head.declined + ' declined'];
        const both = (what, now, before, view) => h('button', { onclick: () => app.state.set({ view }) }, what === '' ? null : what + ' ',
            h('span.number', { text: now }), before === '' ? null : h('span.quiet', { text: ' ' + before + ' unfused' }));
        fill(this.verdict,
            h('button.pill.' + pill[0], { text: pill[1], onclick: () => app.state.set({ view: 'attention' }) }),
            h('button', { onclick: () => app.state.set({ view: 'memory' }) }, h('span.number', { text: whole(head.work.kernels) }), head.work.kernels === 1 ? ' kernel' : ' kernels', h('span.quiet', { text: ' ' + head.unfused.kernels + ' unfused' })),
            head.work.peak === undefined ? null : both('peak', bytes(head.work.peak), bytes(head.unfused.peak), 'memory'),
            typeof head.work.bytes === 'number' ? both('moved', bytes(head.work.bytes), bytes(head.unfused.bytes), 'memory') : null,
            head.nanos === undefined ? null : both('', time(head.nanos) + ' a run', head.unfusedNanos === undefined ? '' : time(head.unfusedNanos), 'memory'),
            typeof head.work.flops === 'number' ? h('span', {}, h('span.number', { text: operations(head.work.flops) }), ' operations') : null,
            h('span.grow', { style: { border: '0' } }),
            h('button', { onclick: () => app.state.set({ view: 'graph', tab: { ...app.state.tab, left: 'passes' } }) }, head.declined + ' declined · ' + counted(head.passes, 'pass', 'passes')));
    }

    /** The views' tabs; those without data are dimmed, not hidden. */
    updateTabs() {
        fill(this.tabs, this.app.views.map((v, i) => {
            const b = h('button' + (v.missing ? '.empty' : ''), {
                text: v.title, id: 'tab-' + v.id, 'aria-selected': String(v.id === this.app.state.view), title: v.title + ' (' + (i + 1) + ')',
                onclick: () => this.app.state.set({ view: v.id }),
            });
            b.setAttribute('role', 'tab');
            return b;
        }));
        this.themeButton.textContent = document.documentElement.dataset.theme === 'dark' ? '☀' : '☾';
    }

    updateSearch() {
        const { app } = this;
        if (document.activeElement !== this.input) {
            this.input.value = app.state.q;
        }
        const n = app.matches.length;
        const all = app.graph.stages[app.stage()].nodes;
        this.found.textContent = app.state.q === '' ? '' : n === 0 ? 'none' : (app.match >= 0 ? app.match + 1 + ' of ' : '') + n + ' of ' + all;
        this.showHits();
    }

    showHits() {
        const { app } = this;
        const active = document.activeElement === this.input && app.state.q !== '';
        this.hits.hidden = !active;
        if (!active) {
            return;
        }
        const { query } = app;
        const g = app.graph;
        fill(this.hits, query.errors.map(e => h('p', {}, name(shown(e)))),
            app.matches.slice(0, 8).map((n, i) => h('button' + (i === app.match ? '.on' : ''), {
                onmousedown: () => app.goTo(i),
            }, name(shown(g.nodes.path[n], 80)))),
            app.matches.length === 0 && query.errors.length === 0 ? this.nothing() : null);
    }

    /** Why nothing is found, and what would be. */
    nothing() {
        const { query, graph, state, facts } = this.app;
        const keyed = query.terms.flat().find(t => t.key !== '' && t.value !== '');
        if (keyed === undefined) {
            return h('p', {}, 'Nothing matches ', name(shown(state.q)), '.');
        }
        const near = suggestions(keyed.key, graph, this.app.stage(), keyed.value);
        return h('p', {}, 'Nothing matches ', name(shown(state.q)), '. ', near.slice(0, 2).map(v => {
            const text = keyed.key + ':' + v;
            return [counted(find(parse(text), graph, facts, this.app.stage()).length, 'node'), ' with ', h('button.text-link', { onmousedown: () => this.app.search(text) }, name(shown(text, 60))), '. '];
        }));
    }

    key(event) {
        const { app } = this;
        if (event.key === 'Enter') {
            app.step(event.shiftKey ? -1 : 1);
        } else if (event.key === 'ArrowDown') {
            app.step(1);
        } else if (event.key === 'ArrowUp') {
            app.step(-1);
        } else if (event.key === 'Escape') {
            app.search('');
            this.input.value = '';
            this.input.blur();
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    /** Tells a screen reader, and shows for a moment. */
    say(text, visible = true) {
        this.live.textContent = text;
        if (visible) {
            this.notice?.remove();
            this.notice = h('div.notice', {}, name(shown(text)));
            this.body.append(this.notice);
            clearTimeout(this.noticed);
            this.noticed = setTimeout(() => this.notice.remove(), 4000);
        }
    }

    help() {
        const keys = [['1 – 6', 'views'], ['/ or Ctrl+K', 'search'], ['arrows', 'the nearest node that way'], ['Enter, Backspace', 'unfold, fold to the parent'],
            ['[ ]', 'the pass before, the next; with shift those that changed something'], ['Space held', 'the pass before'], ['F, 0, + −', 'fit, 100 %, zoom'],
            ['N, D', 'next match or change, next declined'], ['G, S, L', 'selection in the graph, in the source; copy a link'],
            ['C, K, T', 'colour by, keep places, theme'], ['Esc', 'clear the search, then the selection']];
        const dialog = h('dialog', { 'aria-label': 'Keys' }, h('h2', { text: 'Keys' }), h('table', {}, keys.map(([k, what]) => h('tr', {}, h('td', {}, h('kbd', { text: k })), h('td', { text: what })))),
            h('p.small.quiet', { text: 'Search keys: op family name scope shape dtype weight line file kernel pass buffer is added removed changed origin time bytes flops consumers. shape:*,N,384 has one axis for *, any for ..; time:>1%.' }),
            h('button.boxed', { text: 'Close', onclick: () => dialog.close() }));
        dialog.addEventListener('close', () => dialog.remove());
        document.body.append(dialog);
        dialog.showModal();
    }
}

/** Threads through a heddle. */
function mark() {
    const line = (x, colour) => svg('line', { x1: x, x2: x, y1: 1, y2: 17, stroke: colour, 'stroke-width': 2 });
    return svg('svg', { viewBox: '0 0 18 18', 'aria-hidden': 'true' }, line(2, 'currentColor'), line(6, 'currentColor'), line(12, 'currentColor'), line(16, 'currentColor'),
        svg('ellipse', { cx: 9, cy: 9, rx: 2.4, ry: 4.6, fill: 'none', stroke: 'var(--attention)', 'stroke-width': 1.8 }));
}
