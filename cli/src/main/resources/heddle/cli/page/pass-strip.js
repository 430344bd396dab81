/** The passes as a slider. A pass that changed something has a tall mark; the largest changes have their names. */
import { drag, fill, h } from './dom.js';
import { shown } from './format.js';

export class PassStrip {
    constructor(app) {
        this.app = app;
        this.track = h('div.track', { tabindex: '0', onkeydown: event => this.key(event), onpointerdown: event => this.drag(event) });
        this.track.setAttribute('role', 'slider');
        this.track.setAttribute('aria-label', 'Pass');
        this.count = h('span.small');
        this.element = h('div.passes', {},
            h('b', { text: 'Passes' }),
            h('button.boxed', { text: '◂', 'aria-label': 'The pass before', onclick: () => app.stepPass(-1, false) }),
            h('button.boxed', { text: '▸', 'aria-label': 'The next pass', onclick: () => app.stepPass(1, false) }),
            this.track, this.count,
            h('button.boxed', { text: 'Decisions', onclick: () => app.state.set({ tab: { ...app.state.tab, left: 'passes' } }) }));
        new ResizeObserver(() => this.update()).observe(this.track);
    }

    at(stage) {
        const last = this.app.graph.last;
        return last === 0 ? 0 : stage / last;
    }

    update() {
        const g = this.app.graph;
        const stage = this.app.stage();
        const width = this.track.clientWidth;
        const changes = g.stages.map((s, i) => i === 0 ? 0 : s.added + s.removed + s.rewritten);
        const named = this.names(changes, width);
        fill(this.track,
            h('div.rail'), h('div.rail.done', { style: { width: 100 * this.at(stage) + '%' } }),
            g.stages.map((s, i) => h('button.stop' + (changes[i] > 0 || i === 0 ? '.changed' : ''), {
                tabindex: '-1', title: i + ' ' + shown(s.name), 'aria-label': shown(s.name), style: { left: 100 * this.at(i) + '%' }, onclick: () => this.app.setPass(i),
            })),
            h('div.knob', { style: { left: 100 * this.at(stage) + '%' } }),
            named.map(i => this.label(i)));
        this.count.textContent = stage + ' of ' + g.last;
        this.track.setAttribute('aria-valuemin', '0');
        this.track.setAttribute('aria-valuemax', String(g.last));
        this.track.setAttribute('aria-valuenow', String(stage));
        const s = g.stages[stage];
        this.track.setAttribute('aria-valuetext', s.name + (stage === 0 ? '' : ', ' + s.added + ' added, ' + s.removed + ' removed, ' + s.rewritten + ' rewritten'));
    }

    label(i) {
        const s = this.app.graph.stages[i];
        const kind = i === 0 ? '.first' : i === this.app.graph.last ? '.last' : '';
        return h('span.name' + kind, { style: { left: 100 * this.at(i) + '%' } },
            i === 0 ? 'as written · ' + s.nodes : shown(s.name.replace(/#\d+$/, '').replaceAll('-', ' '), 24) + ' ',
            s.added > 0 ? h('span.plus', { text: '+' + s.added + ' ' }) : null,
            s.removed > 0 ? h('span.minus', { text: '−' + s.removed + ' ' }) : null,
            s.rewritten > 0 ? h('span.tilde', { text: '~' + s.rewritten }) : null);
    }

    /** The stages whose names have room, first those that changed most, the fusion before all. */
    names(changes, width) {
        const g = this.app.graph;
        const weight = i => i === 0 || i === this.app.stage() ? 1e9 : g.stages[i].name === 'fuse-attention' ? 1e8 : changes[i];
        const order = g.stages.map((_, i) => i).filter(i => i === 0 || changes[i] > 0 || i === this.app.stage()).sort((a, b) => weight(b) - weight(a));
        const taken = [];
        for (const i of order) {
            const size = 7 * (g.stages[i].name.length + 12);
            const x = this.at(i) * width;
            const left = i === 0 ? 0 : i === g.last ? x - size : x - size / 2;
            if (taken.every(([l, r]) => left + size < l || left > r)) {
                taken.push([left, left + size]);
                taken.at(-1).push(i);
            }
        }
        return taken.map(t => t[2]);
    }

    drag(event) {
        const move = e => {
            const box = this.track.getBoundingClientRect();
            this.app.setPass(Math.round(Math.max(0, Math.min(1, (e.clientX - box.left) / box.width)) * this.app.graph.last));
        };
        drag(move);
        move(event);
    }

    key(event) {
        const step = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }[event.key];
        if (step !== undefined) {
            this.app.setPass(Math.max(0, Math.min(this.app.graph.last, this.app.stage() + step)));
            event.preventDefault();
            event.stopPropagation();
        }
    }
}
