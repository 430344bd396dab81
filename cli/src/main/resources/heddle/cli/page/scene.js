/** Gathers what the drawing shows of boxes beside their places: what is selected, found, changed, and what it costs. */
import { bytes, operations, percent, time } from './format.js';

export class Scene {
    /** @param view the graph's view */
    constructor(app, view) {
        this.app = app;
        this.view = view;
    }

    /** What was counted holds no longer. */
    forget() {
        this.changesOf = undefined;
    }

    /** The drawing of this moment. */
    now() {
        const { app, view } = this;
        const { layout } = view;
        const g = app.graph;
        const selected = new Set(app.selection());
        const near = new Set(selected);
        for (const e of selected.size > 0 ? view.edges : []) {
            if (selected.has(e.from)) { near.add(e.to); }
            if (selected.has(e.to)) { near.add(e.from); }
        }
        const matches = new Set([...app.matches].map(node => layout.drawnFor(node)));
        const by = this.view.by();
        const stage = app.stage();
        const changes = box => this.change(box);
        const searching = app.state.q !== '' && matches.size > 0;
        const isDimmed = box => searching ? !matches.has(box) && !layout.isOpenBox(box)
            : by === 'change' && stage > 0 ? changes(box) === '' && !layout.isOpenBox(box) && !selected.has(box)
                : false;
        const most = by === 'family' || by === 'change' ? 1 : view.most(by);
        const what = by === 'family' || by === 'change' ? g.hasTime ? 'time' : 'bytes' : by;
        return {
            layout, edges: view.edges, grid: view.grid, at: view.sight, colours: app.colours, by, stage, selected, near, matches, isDimmed, changes,
            changedIn: box => this.changedIn(box),
            declined: new Set([...app.facts.declined.keys()].filter(n => g.isAlive(n, stage)).map(n => layout.drawnFor(n))),
            heat: box => g.cost[by] === undefined ? 0 : g.cost[by][box] / most,
            cost: box => g.cost[what][box] > 0 ? this.short(what, g.cost[what][box]) : '',
            share: box => g.cost[what][box] / (g.cost[what][g.firstScope] || 1) * (g.runs.size > 0 ? 4 : 2),
            scopeNote: scope => this.scopeNote(scope, what),
            resultType: scope => this.resultType(scope),
            threads: box => this.threads(box),
        };
    }

    short(what, value) {
        return what === 'time' ? time(value) : what === 'bytes' ? bytes(value) : operations(Math.round(value)).replace(' billion', ' G').replace(' million', ' M').replace(' thousand', ' k');
    }

    /** What the pass did in a box: to the node, or to any in a folded scope. */
    change(box) {
        const counts = this.countChanges().get(box);
        return counts === undefined ? '' : counts['+'] > 0 ? '+' : counts['−'] > 0 ? '−' : counts['~'] > 0 ? '~' : '';
    }

    changedIn(box) {
        const counts = this.countChanges().get(box);
        return counts === undefined ? 0 : Math.max(counts['+'], counts['−'], counts['~']);
    }

    countChanges() {
        if (this.changesOf === undefined) {
            this.changesOf = new Map();
            const g = this.app.graph;
            const stage = this.app.stage();
            if (this.view.by() === 'change') {
                for (let n = 0; n < g.count; n++) {
                    const change = g.isPort[n] ? '' : g.change(n, stage);
                    if (change !== '') {
                        const box = this.view.layout.drawnFor(n);
                        const counts = this.changesOf.get(box) ?? { '+': 0, '−': 0, '~': 0 };
                        counts[change]++;
                        this.changesOf.set(box, counts);
                    }
                }
            }
        }
        return this.changesOf;
    }

    scopeNote(scope, what) {
        const g = this.app.graph;
        const run = g.runs.get(g.runOf[scope]);
        const members = run ?? [scope];
        const sum = members.reduce((s, id) => s + g.cost[what][g.firstScope + id], 0);
        const pager = run === undefined ? '' : ' ‹ ' + g.scopes[scope].name + ' ›';
        return sum > 0 ? this.short(what, sum) + ' · ' + percent(sum / g.cost[what][g.firstScope]) + ' of ' + { time: 'kernel time', bytes: 'bytes', flops: 'FLOPs' }[what] + pager : pager;
    }

    /** The type of what a scope gives: of its last node that something outside reads. */
    resultType(scope) {
        const g = this.app.graph;
        this.types ??= new Map();
        if (!this.types.has(scope)) {
            const inside = new Set();
            g.each(scope, n => inside.add(n));
            const result = [...inside].filter(n => !g.isPort[n] && g.isAlive(n, g.last) && (g.usersAt(n, g.last).some(u => !inside.has(u)) || g.outputs.some(o => o.reads[g.last] === n)));
            this.types.set(scope, result.length === 1 ? g.type(result[0]).replace(/^[a-z0-9]+/, '') : '');
        }
        return this.types.get(scope);
    }

    threads(box) {
        const g = this.app.graph;
        const all = [];
        for (const f of g.wovenFrom(box)) {
            const family = g.nodes.family[f];
            if (family === 'layout') {
                continue;
            }
            all.push([family, 1]);
        }
        const layouts = g.wovenFrom(box).filter(f => g.nodes.family[f] === 'layout').length;
        return [...all.slice(0, 7), ...layouts > 0 ? [['layout', layouts]] : []];
    }
}
