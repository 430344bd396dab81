/**
 * Places boxes. Rows and their order come with the report; what is unfolded, and how large boxes are, is known here alone. Each
 * open scope is laid out by itself: rows below each other, and in a row each box as near to the middle of its neighbours as order
 * and gaps allow, a least-squares fit that pooling adjacent violators solves (Ayer et al. 1955).
 */

const GAP_X = 24;
const GAP_Y = 30;
const PAD = 18;
const HEAD = 34;
const LANE = 8;
const SWEEPS = 8;
const SMALL = 12;

/** A drawing: boxes with places, and edges between the boxes that are drawn. */
export class Layout {
    /**
     * @param graph
     * @param {{stage: number, open: Set<number>, kept: boolean, shown: Object, weights: boolean, narrow: ?boolean}} wanted
     *     `open` has scopes; `kept` keeps the places of nodes that the stage does not have; `shown` has the place of the shown
     *     member of each run
     */
    constructor(graph, wanted) {
        this.graph = graph;
        this.wanted = wanted;
        this.x = new Float64Array(graph.boxes);
        this.y = new Float64Array(graph.boxes);
        this.w = new Float64Array(graph.boxes);
        this.h = new Float64Array(graph.boxes);
        this.drawn = [];
        this.itemsOf = new Map();
        this.gutter = new Map();
        this.countAlive();
        this.place();
    }

    /** How many nodes of each scope there are at the stage, ports left out; and how many at any stage. */
    countAlive() {
        const g = this.graph;
        this.aliveNow = new Int32Array(g.scopes.length);
        this.ever = new Int32Array(g.scopes.length);
        for (let node = 0; node < g.count; node++) {
            if (!g.isPort[node] || this.wanted.weights) {
                this.ever[g.nodes.scope[node]]++;
                this.aliveNow[g.nodes.scope[node]] += g.isAlive(node, this.wanted.stage) ? 1 : 0;
            }
        }
        for (let s = g.scopes.length - 1; s > 0; s--) {
            this.aliveNow[g.scopes[s].parent] += this.aliveNow[s];
            this.ever[g.scopes[s].parent] += this.ever[s];
        }
    }

    /** The scope of a run that is shown for all of them. */
    member(scope) {
        const run = this.graph.runs.get(this.graph.runOf[scope]);
        return run === undefined ? scope : run[Math.min(run.length - 1, Number(this.wanted.shown[this.graph.scopes[run[0]].path] ?? 0))];
    }

    isVisible(box) {
        const g = this.graph;
        if (g.isOutput(box)) {
            return true;
        }
        if (g.isScope(box)) {
            const s = g.scopeOf(box);
            return (this.wanted.kept ? this.ever[s] : this.aliveNow[s]) > 0 && this.member(s) === s;
        }
        if (g.isPort[box] && !this.wanted.weights) {
            return false;
        }
        return this.wanted.kept || g.isAlive(box, this.wanted.stage);
    }

    isOpen(scope) {
        return this.wanted.open.has(scope) || this.isThin(scope);
    }

    /** Whether a box is a scope whose contents are drawn in it. */
    isOpenBox(box) {
        const g = this.graph;
        return g.isScope(box) && this.isOpen(g.scopeOf(box)) && !this.isThin(g.scopeOf(box));
    }

    /** A scope with one node stands for nothing but that node: it is drawn instead. */
    isThin(scope) {
        return scope > 0 && (this.wanted.kept ? this.ever : this.aliveNow)[scope] === 1;
    }

    /** A folded scope that reads like one operation: few nodes, no scopes in it. */
    isSmall(scope) {
        return this.graph.children[scope].every(c => this.aliveNow[c] === 0) && this.aliveNow[scope] <= SMALL;
    }

    /** The boxes that stand in a scope; what a thin scope holds stands in its place. */
    items(scope) {
        const g = this.graph;
        const items = [];
        const add = (box, rank, order) => items.push({ box, rank, order });
        g.ownNodes[scope].forEach(n => this.isVisible(n) && add(n, g.nodes.rank[n], g.nodes.order[n]));
        for (const child of g.children[scope]) {
            const box = g.firstScope + child;
            if (this.isVisible(box)) {
                const s = g.scopes[child];
                add(this.isThin(child) ? this.only(child) : box, s.rank, s.order);
            }
        }
        if (scope === 0) {
            this.addOutputs(items);
        }
        return items;
    }

    only(scope) {
        const own = this.graph.ownNodes[scope].find(n => this.isVisible(n));
        return own ?? this.only(this.graph.children[scope].find(c => this.isVisible(this.graph.firstScope + c)));
    }

    addOutputs(items) {
        const g = this.graph;
        g.outputs.forEach((o, i) => {
            const read = o.reads[this.wanted.kept ? g.last : this.wanted.stage];
            const reader = items.find(item => item.box === this.representative(read, 0));
            items.push({ box: g.firstOutput + i, rank: (reader?.rank ?? 0) + 1, order: (reader?.order ?? 0) + 0.5 });
        });
    }

    /** The child of a scope that a node is in, as it is drawn; -1 for a node elsewhere. */
    representative(node, scope) {
        const g = this.graph;
        let box = node;
        let s = g.nodes.scope[node];
        while (s !== scope && s >= 0) {
            if (!this.isThin(s) || this.member(s) !== s) {
                box = g.firstScope + this.member(s);
            }
            s = g.scopes[s].parent;
        }
        return s === scope ? box : -1;
    }

    /** The box that is drawn for a node: itself, or the folded scope or the run around it. */
    drawnFor(node) {
        const g = this.graph;
        const chain = [];
        for (let s = g.nodes.scope[node]; s > 0; s = g.scopes[s].parent) {
            chain.push(s);
        }
        for (const s of chain.reverse()) {
            if (this.member(s) !== s || !this.isOpen(s)) {
                return g.firstScope + this.member(s);
            }
        }
        return node;
    }

    place() {
        const g = this.graph;
        const size = this.scope(0);
        this.width = size.w;
        this.height = size.h;
        const settle = (scope, dx, dy) => {
            for (const item of this.itemsOf.get(scope)) {
                this.x[item.box] += dx;
                this.y[item.box] += dy;
                this.drawn.push(item.box);
                if (g.isScope(item.box) && this.isOpen(g.scopeOf(item.box))) {
                    settle(g.scopeOf(item.box), this.x[item.box] + PAD + this.gutter.get(g.scopeOf(item.box)), this.y[item.box] + HEAD);
                }
            }
        };
        settle(0, this.gutter.get(0), 0);
        this.isDrawn = new Uint8Array(g.boxes);
        this.drawn.forEach(box => { this.isDrawn[box] = 1; });
    }

    /** Lays a scope out around its own origin. */
    scope(scope) {
        const items = this.items(scope).sort((a, b) => a.rank - b.rank || a.order - b.order || a.box - b.box);
        this.itemsOf.set(scope, items);
        for (const item of items) {
            this.measure(item.box);
        }
        const rows = rowsOf(items);
        const edges = this.edgesIn(scope, items);
        const lanes = lanesOf(items, rows, edges);
        this.gutter.set(scope, lanes * LANE + (lanes > 0 ? 10 : 0));
        let y = scope === 0 ? 0 : 12;
        rows.forEach(row => {
            const high = Math.max(...row.map(i => this.h[items[i].box]));
            row.forEach(i => { this.y[items[i].box] = y + (high - this.h[items[i].box]) / 2; });
            y += high + GAP_Y;
        });
        const width = this.placeRows(items, rows, edges);
        rows.forEach(row => row.forEach(i => { this.x[items[i].box] = items[i].x - this.w[items[i].box] / 2; }));
        return { w: width + this.gutter.get(scope), h: Math.max(0, y - GAP_Y) };
    }

    /** The size of a box; that of an open scope is that of what it holds. */
    measure(box) {
        const g = this.graph;
        if (g.isScope(box) && this.isOpen(g.scopeOf(box))) {
            const inner = this.scope(g.scopeOf(box));
            this.w[box] = Math.max(inner.w + 2 * PAD, g.label(box).length * 8 + (this.wanted.narrow ? 40 : 220));
            this.h[box] = inner.h + HEAD + PAD;
            // Narrow contents stand in the middle.
            const slack = this.w[box] - 2 * PAD - inner.w;
            if (slack > 0) {
                this.itemsOf.get(g.scopeOf(box)).forEach(item => { this.x[item.box] += slack / 2; });
            }
            return;
        }
        const text = Math.max(Array.from(g.label(box)).length, 4);
        if (g.isOutput(box) || (!g.isScope(box) && g.nodes.kind[box] === 'input')) {
            this.w[box] = Math.min(260, Math.min(text, 28) * 7.4 + Math.min(18, g.type(box).length) * 6.4 + 36);
            this.h[box] = 26;
        } else if (this.isSign(box)) {
            this.w[box] = 24;
            this.h[box] = 24;
        } else if (!g.isScope(box) && g.nodes.family[box] === 'attention') {
            this.w[box] = 300;
            this.h[box] = 60;
        } else {
            const second = g.isScope(box) ? 20 : Math.min(24, g.type(box).length);
            this.w[box] = Math.max(130, Math.min(240, Math.max(Math.min(text, 28) * 7.4 + 84, second * 6.6 + 44)));
            this.h[box] = 36;
        }
    }

    /** A sum of two values, as at the end of a residual, is drawn as a sign. */
    isSign(box) {
        const g = this.graph;
        return box < g.count && g.nodes.op[box] === 'add' && g.nodes.operands[box].length === 2
            && g.nodes.operands[box].every(o => !g.isPort[Array.isArray(o) ? o[0] : o]);
    }

    /** Edges between the items of a scope, as pairs of positions. */
    edgesIn(scope, items) {
        const g = this.graph;
        const at = new Map(items.map((item, i) => [item.box, i]));
        const seen = new Set();
        const edges = [];
        const add = (from, to) => {
            if (from !== undefined && to !== undefined && from !== to && !seen.has(from * items.length + to)) {
                seen.add(from * items.length + to);
                edges.push([from, to]);
            }
        };
        const visit = node => {
            const to = at.get(this.representative(node, scope));
            if (to !== undefined) {
                for (const read of this.reads(node)) {
                    add(at.get(this.representative(read, scope)), to);
                }
            }
        };
        g.each(scope, visit);
        if (scope === 0) {
            g.outputs.forEach((o, i) => add(at.get(this.representative(o.reads[this.wanted.kept ? g.last : this.wanted.stage], 0)), at.get(g.firstOutput + i)));
        }
        return edges;
    }

    /** What a node reads; of all stages when places are kept, so that nothing moves from stage to stage. */
    reads(node) {
        const g = this.graph;
        if (!this.wanted.kept) {
            return g.isAlive(node, this.wanted.stage) ? g.operandsAt(node, this.wanted.stage) : [];
        }
        const all = g.nodes.operands[node].map(o => Array.isArray(o) ? o[0] : o);
        g.nodes.earlier[node].forEach(([, read]) => read.forEach(o => all.push(Array.isArray(o) ? o[0] : o)));
        return all;
    }

    placeRows(items, rows, edges) {
        const above = items.map(() => []);
        const below = items.map(() => []);
        for (const [from, to] of edges) {
            const [a, b] = items[from].row <= items[to].row ? [from, to] : [to, from];
            above[b].push(a);
            below[a].push(b);
        }
        items.forEach(item => { item.x = 0; });
        rows.forEach(row => this.fit(items, row, row.map(() => 0)));
        for (let sweep = 0; sweep < SWEEPS; sweep++) {
            const down = sweep % 2 === 0;
            for (const row of down ? rows : rows.toReversed()) {
                this.fit(items, row, row.map(i => {
                    const near = (down ? above : below)[i].length > 0 ? (down ? above : below)[i] : [...above[i], ...below[i]];
                    return near.length === 0 ? items[i].x : near.reduce((sum, n) => sum + items[n].x, 0) / near.length;
                }));
            }
        }
        let left = Infinity;
        let right = -Infinity;
        items.forEach(item => {
            left = Math.min(left, item.x - this.w[item.box] / 2);
            right = Math.max(right, item.x + this.w[item.box] / 2);
        });
        items.forEach(item => { item.x -= left; });
        return items.length === 0 ? 0 : right - left;
    }

    /** Puts a row's boxes as near to where they want to be as their order and the gaps between them allow. */
    fit(items, row, wanted) {
        const offset = [0];
        for (let i = 1; i < row.length; i++) {
            offset.push(offset[i - 1] + (this.w[items[row[i - 1]].box] + this.w[items[row[i]].box]) / 2 + GAP_X);
        }
        const pools = [];
        wanted.forEach((x, i) => {
            let pool = { sum: x - offset[i], count: 1 };
            while (pools.length > 0 && pools.at(-1).sum / pools.at(-1).count > pool.sum / pool.count) {
                const before = pools.pop();
                pool = { sum: before.sum + pool.sum, count: before.count + pool.count };
            }
            pools.push(pool);
        });
        let i = 0;
        for (const pool of pools) {
            for (let k = 0; k < pool.count; k++, i++) {
                items[row[i]].x = Math.round(pool.sum / pool.count + offset[i]);
            }
        }
    }
}

/** Positions of items by rows; ranks that no item has are no rows. */
function rowsOf(items) {
    const rows = [];
    items.forEach((item, i) => {
        if (i === 0 || item.rank !== items[i - 1].rank) {
            rows.push([]);
        }
        rows.at(-1).push(i);
        item.row = rows.length - 1;
    });
    return rows;
}

/** How many lanes the long edges of a scope need beside each other. */
function lanesOf(items, rows, edges) {
    const ends = [];
    const long = edges.filter(([from, to]) => Math.abs(items[to].row - items[from].row) > 1)
        .map(([from, to]) => [Math.min(items[from].row, items[to].row), Math.max(items[from].row, items[to].row), from])
        .sort((a, b) => a[0] - b[0] || a[2] - b[2]);
    for (const [from, to, source] of long) {
        const shared = ends.findIndex(e => e.source === source);
        const free = shared >= 0 ? shared : ends.findIndex(e => e.to < from);
        if (free < 0) {
            ends.push({ to, source });
        } else {
            ends[free] = { to: Math.max(to, ends[free].source === source ? ends[free].to : to), source };
        }
    }
    return ends.length;
}

export const EDGE_LANE = LANE;
export const ROW_GAP = GAP_Y;
