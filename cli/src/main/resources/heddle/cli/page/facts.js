/** What is known of nodes beside the graph: where they are written, what became of them, where their results are kept. */
import { lineAt, lineStarts } from './source-panel.js';

export class Facts {
    constructor(graph, source, attention, plan) {
        this.graph = graph;
        this.source = source;
        this.plan = plan;
        this.starts = source.files.map(f => lineStarts(f.text));
        this.fused = new Map(attention.fused.filter(a => a.id >= 0).map(a => [a.id, a]));
        this.declined = new Map();
        for (const d of attention.declined) {
            if (d.id >= 0) {
                this.declined.set(d.id, d);
            }
            if (d.atNode >= 0) {
                this.declined.set(d.atNode, this.declined.get(d.atNode) ?? d);
            }
        }
        this.outputs = new Set(graph.outputs.map(o => o.reads[graph.last]));
    }

    /** The lines of a place, from 1. */
    lines(file, start, end) {
        if (file < 0 || this.starts[file] === undefined) {
            return [];
        }
        const first = lineAt(this.starts[file], start);
        const last = lineAt(this.starts[file], Math.max(start, end - 1));
        return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    }

    excerpt([file, start, end]) {
        return file < 0 ? '' : this.source.files[file].text.slice(start, end).replace(/\s+/g, ' ');
    }

    sourceOf(node) {
        this.texts ??= new Map();
        const chain = this.graph.nodes.places[node];
        if (!this.texts.has(chain)) {
            const place = this.graph.places(node)[0];
            this.texts.set(chain, place === undefined ? '' : this.excerpt(place).toLowerCase());
        }
        return this.texts.get(chain);
    }

    linesOf(node) {
        const place = this.graph.places(node)[0];
        return place === undefined ? [] : this.lines(...place);
    }

    filesOf(node) {
        return this.graph.places(node).slice(0, 1).filter(p => p[0] >= 0).map(p => this.source.files[p[0]].name);
    }

    /** Names of the buffers that hold a node's results. */
    buffersOf(node) {
        this.buffers ??= (this.plan.buffers ?? []).reduce((all, b) => all.set(b.node, [...all.get(b.node) ?? [], b.name]), new Map());
        return this.buffers.get(node) ?? [];
    }

    fusedAt(box) {
        return this.fused.get(box);
    }

    declinedAt(box) {
        return this.declined.get(box);
    }

    is(what, node) {
        switch (what) {
            case 'declined': return this.declined.has(node);
            case 'fused': return this.fused.has(node);
            case 'output': return this.outputs.has(node);
            case 'input': case 'weight': case 'constant': return this.graph.nodes.kind[node] === what;
            case 'kept': return (this.plan.kept ?? []).includes(node);
            case 'recomputed': return (this.plan.recomputed ?? []).includes(node);
            default: return false;
        }
    }
}
