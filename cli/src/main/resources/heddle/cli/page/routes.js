/**
 * Routes edges at right angles: down from the lower side of a box, along the gap below its row, and into the upper side of the box
 * that reads it. An edge that passes rows runs beside them, in a lane of the smallest scope that both are in.
 */
import { EDGE_LANE, ROW_GAP } from './layout.js';

/** About what an open scope has around its boxes. */
const SIDE = 20;

/**
 * The edges of a layout: `{from, to, points, count, change}`.
 *
 * @param layout
 * @returns {Array<{from: number, to: number, points: number[], count: number, nodes: number[][]}>}
 */
export function routes(layout) {
    const g = layout.graph;
    const edges = new Map();
    const add = (from, to, source, target) => {
        if (from === to || isWithin(g, from, to) || isWithin(g, to, from)) {
            return;
        }
        const key = from * g.boxes + to;
        const edge = edges.get(key) ?? { from, to, count: 0, nodes: [] };
        edge.count++;
        edge.nodes.push([source, target]);
        edges.set(key, edge);
    };
    for (let node = 0; node < g.count; node++) {
        if (!g.isAlive(node, layout.wanted.stage) || (g.isPort[node] && !layout.wanted.weights)) {
            continue;
        }
        const to = layout.drawnFor(node);
        for (const read of g.operandsAt(node, layout.wanted.stage)) {
            if (!g.isPort[read] || layout.wanted.weights) {
                add(layout.drawnFor(read), to, read, node);
            }
        }
    }
    g.outputs.forEach((o, i) => {
        const read = o.reads[layout.wanted.stage];
        if (read >= 0) {
            add(layout.drawnFor(read), g.firstOutput + i, read, g.firstOutput + i);
        }
    });
    const all = [...edges.values()].filter(e => layout.isDrawn[e.from] && layout.isDrawn[e.to]);
    new Router(layout).route(all);
    return all;
}

/** Whether a box is in a scope, at any depth. */
function isWithin(g, scope, box) {
    if (!g.isScope(scope)) {
        return false;
    }
    for (let s = g.parent(box); s >= 0; s = g.scopes[s].parent) {
        if (s === g.scopeOf(scope)) {
            return true;
        }
    }
    return false;
}

class Router {
    constructor(layout) {
        this.layout = layout;
        this.g = layout.graph;
        this.lanes = new Map();
    }

    route(edges) {
        const l = this.layout;
        edges.sort((a, b) => l.y[a.from] - l.y[b.from] || a.from - b.from || l.y[b.to] - l.y[a.to] || a.to - b.to);
        const incoming = new Map();
        edges.forEach(e => incoming.set(e.to, [...incoming.get(e.to) ?? [], e]));
        // The ports of a box are in the order of where their edges come from.
        incoming.forEach(list => {
            list.sort((a, b) => l.x[a.from] + l.w[a.from] / 2 - l.x[b.from] - l.w[b.from] / 2);
            list.forEach((e, i) => { e.port = (i + 1) / (list.length + 1); });
        });
        edges.forEach(e => { e.points = this.points(e); });
    }

    points(e) {
        const l = this.layout;
        const x1 = l.x[e.from] + l.w[e.from] / 2;
        const y1 = l.y[e.from] + l.h[e.from];
        const span = Math.min(l.w[e.to] * 0.7, 120);
        const x2 = l.x[e.to] + l.w[e.to] / 2 + (e.port - 0.5) * span;
        const y2 = l.y[e.to];
        const [from, to, scope] = this.meeting(e.from, e.to);
        const near = l.y[to] - (l.y[from] + l.h[from]);
        const middle = y2 - ROW_GAP / 2 + 2;
        if (near >= 0 && near <= ROW_GAP * 1.6 && this.isLast(e.from, from) && this.isFirst(e.to, to)) {
            return Math.abs(x1 - x2) < 1 ? [x1, y1, x2, y2] : [x1, y1, x1, middle, x2, middle, x2, y2];
        }
        const x = this.lane(scope, e, y1, y2, x1);
        return [x1, y1, x1, y1 + ROW_GAP / 2 - 4, x, y1 + ROW_GAP / 2 - 4, x, middle - 4, x2, middle - 4, x2, y2];
    }

    /** The children of the smallest common scope that two boxes are in, and that scope. */
    meeting(a, b) {
        const g = this.g;
        const chain = box => {
            const all = [box];
            for (let s = g.parent(box); s > 0; s = g.scopes[s].parent) {
                if (this.layout.isDrawn[g.firstScope + s]) {
                    all.push(g.firstScope + s);
                }
            }
            return all;
        };
        const ca = chain(a);
        const cb = chain(b);
        while (ca.length > 1 && cb.length > 1 && ca.at(-1) === cb.at(-1)) {
            ca.pop();
            cb.pop();
        }
        const parent = ca.at(-1);
        let s = g.parent(parent);
        while (s > 0 && !this.layout.isDrawn[g.firstScope + s]) {
            s = g.scopes[s].parent;
        }
        return [ca.at(-1), cb.at(-1), s];
    }

    /** Whether nothing stands between the lower side of a box and that of the open scope it is in. */
    isLast(box, scope) {
        return this.bottom(scope) - this.bottom(box) <= 2 * SIDE;
    }

    /** Whether nothing stands between the upper side of an open scope and that of a box in it. */
    isFirst(box, scope) {
        return this.layout.y[box] - this.layout.y[scope] <= 3 * SIDE;
    }

    bottom(box) {
        return this.layout.y[box] + this.layout.h[box];
    }

    /** The place of an edge's long part: beside the rows of a scope, edges of one source in one lane. */
    lane(scope, e, y1, y2, x1) {
        const l = this.layout;
        const g = this.g;
        const box = scope > 0 ? g.firstScope + scope : -1;
        const right = box >= 0 ? l.x[box] + l.w[box] : l.width + 12;
        const left = box >= 0 ? l.x[box] + 10 : -2;
        const toRight = scope === 0 && x1 > (left + right) / 2;
        const key = scope + (toRight ? 'r' : 'l');
        const taken = this.lanes.get(key) ?? [];
        const top = Math.min(y1, y2);
        const bottom = Math.max(y1, y2);
        let at = taken.findIndex(t => t.source === e.from || t.bottom < top || t.top > bottom);
        if (at < 0) {
            at = taken.length;
            taken.push({ source: e.from, top, bottom });
        } else {
            const t = taken[at];
            taken[at] = { source: e.from, top: t.source === e.from ? Math.min(t.top, top) : top, bottom: t.source === e.from ? Math.max(t.bottom, bottom) : bottom };
        }
        this.lanes.set(key, taken);
        return toRight ? right + at * EDGE_LANE : left + at * EDGE_LANE;
    }
}
