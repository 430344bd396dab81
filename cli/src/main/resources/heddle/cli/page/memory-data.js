/** What the view of memory and time draws: the kernels of a run with scopes, times and limits, and what lives when. */
import { proposed, quoted, shown } from './format.js';

const KERNEL_FAMILIES = { attention: 'attention', contraction: 'matmul', rows: 'reduction', map: 'elementwise', scatter: 'data' };

/** The kernels of one run, in the order in which they run. */
export class RunData {
    constructor(app, unfused, profile) {
        const { graph, plan } = app;
        this.graph = graph;
        this.plan = plan;
        this.unfused = unfused;
        this.profile = profile;
        this.limits = profile?.limits;
        this.isTimed = graph.hasTime;
        this.isKnown = app.report.head.work.peak !== undefined;
        this.iterations = [];
        this.scopeAt = new Map(graph.scopes.map((s, id) => [s.path, id]));
        this.kernels = plan.kernels.map((k, number) => this.kernel(k, number)).filter(k => !k.once);
        this.total = this.sum(this.kernels);
        this.kernels.forEach((k, at) => { k.at = at; });
    }

    kernel(k, number) {
        const node = this.graph.kernelNode[number];
        const scopes = node >= 0 ? this.chain(this.graph.nodes.scope[node]) : this.scopes(k.name);
        const cost = { flops: Number(k.flops), bytes: Number(k.bytes), time: k.time ?? 0 };
        return {
            ...cost, ...this.rates(cost), number, node, scopes, once: k.once, name: k.name, group: k.group, formula: { flops: k.flops, bytes: k.bytes },
            family: node >= 0 ? this.graph.family(node) : KERNEL_FAMILIES[k.family] ?? 'elementwise', layer: this.layer(scopes),
        };
    }

    /** The scopes around a kernel that is named after no node, outermost first, from its path. */
    scopes(kernelName) {
        const colon = kernelName.lastIndexOf(':');
        return this.chain(colon < 0 ? 0 : this.scopeAt.get(kernelName.slice(0, colon)) ?? 0);
    }

    chain(scope) {
        const chain = [];
        for (let s = scope; s > 0; s = this.graph.scopes[s].parent) {
            chain.unshift(s);
        }
        return chain;
    }

    /**
     * The layer that a kernel is counted in: the scope of a loop's iteration; where the iterations of a loop call several
     * functions, as `norm.0` and `attention.0`, all of one iteration; else the outermost scope. 0 for none.
     */
    layer(scopes) {
        const run = scopes.find(s => this.graph.runs.has(this.graph.runOf[s]));
        return run ?? scopes.map(s => this.iteration(s)).find(i => i !== undefined) ?? scopes[0] ?? 0;
    }

    /** The number of an iteration that has no scope of its own: numbers behind those of the scopes. */
    iteration(scope) {
        const { name, parent } = this.graph.scopes[scope];
        const number = /\.(\d+)(#\d+)?$/.exec(name)?.[1];
        if (number === undefined) {
            return undefined;
        }
        let at = this.iterations.findIndex(i => i.parent === parent && i.number === number);
        if (at < 0) {
            at = this.iterations.push({ parent, number, scopes: new Set() }) - 1;
        }
        this.iterations[at].scopes.add(scope);
        return this.graph.scopes.length + at;
    }

    iterationOf(layer) {
        return this.iterations[layer - this.graph.scopes.length];
    }

    /** Layers that are iterations of one loop: the longest such list. */
    equalLayers() {
        const used = new Set(this.kernels.map(k => k.layer));
        const byParent = new Map();
        this.iterations.forEach((i, at) => byParent.set(i.parent, [...byParent.get(i.parent) ?? [], this.graph.scopes.length + at]));
        return [...this.graph.runs.values(), ...byParent.values()].map(run => run.filter(l => used.has(l))).sort((a, b) => b.length - a.length)[0] ?? [];
    }

    /** What to select for a layer. */
    boxesOf(layer) {
        const scopes = layer === 0 ? [] : this.iterationOf(layer)?.scopes ?? [layer];
        return [...scopes].map(s => this.graph.firstScope + s);
    }

    /** How fast, and how near the limits of the machine. */
    rates({ flops, bytes, time }) {
        const rates = { intensity: bytes > 0 ? flops / bytes : 0, gigaflops: time > 0 ? flops / time : 0, gigabytes: time > 0 ? bytes / time : 0 };
        if (this.limits !== undefined && time > 0) {
            const fromMemory = rates.intensity * this.limits.gigabytes;
            rates.bound = fromMemory < this.limits.gigaflops ? 'memory' : 'compute';
            rates.ofRoof = rates.bound === 'memory' ? rates.gigabytes / this.limits.gigabytes : rates.gigaflops / this.limits.gigaflops;
        }
        return rates;
    }

    /** What some kernels take together. */
    sum(kernels) {
        const all = { flops: 0, bytes: 0, time: 0, count: kernels.length };
        for (const k of kernels) {
            all.flops += k.flops;
            all.bytes += k.bytes;
            all.time += k.time;
        }
        return { ...all, ...this.rates(all) };
    }

    layerName(layer) {
        const iteration = this.iterationOf(layer);
        const parent = iteration === undefined ? '' : this.graph.scopes[iteration.parent].path;
        return layer === 0 ? 'outside layers' : iteration === undefined ? this.graph.scopes[layer].path
            : (parent === '' ? '' : parent + ', ') + 'iteration ' + iteration.number;
    }

    /** A kernel's path from a layer on. */
    within(k, layer) {
        const iteration = this.iterationOf(layer);
        if (iteration !== undefined) {
            const parent = this.graph.scopes[iteration.parent].path + '/';
            return k.name.slice(k.name.startsWith(parent) ? parent.length : 0).replace('.' + iteration.number, '');
        }
        const path = layer === 0 ? '' : this.graph.scopes[layer].path;
        return path !== '' && k.name.startsWith(path) ? k.name.slice(path.length).replace(/^[/:]/, '') : k.name;
    }

    /** Values of the run that lie in arrays, and outputs, with addresses from the bottom: outputs first, then the arrays. */
    places() {
        let base = 0;
        const outputs = this.plan.outputs.map(o => {
            const buffer = this.plan.buffers.find(b => b.name === o.buffer);
            const place = { ...buffer, name: o.name, bytes: o.bytes, address: base, from: 0, to: this.kernels.length, isOutput: true };
            base += o.bytes;
            return place;
        });
        const bases = this.plan.arrays.map(a => (base += a.bytes) - a.bytes);
        const values = this.plan.buffers.filter(b => b.array !== undefined)
            .map(b => ({ ...b, address: bases[b.array] + b.offset, from: b.first, to: b.last + 1, isOutput: false }));
        values.forEach(v => { v.family = this.kernels[v.first]?.family ?? 'data'; });
        return [...outputs, ...values];
    }

    /** The bytes that are needed at each launch of a plan: its outputs, and the values that live then. */
    static live(plan, launches) {
        const change = new Float64Array(launches + 1);
        change[0] = plan.outputs.reduce((sum, o) => sum + o.bytes, 0);
        for (const b of plan.buffers) {
            if (b.array !== undefined) {
                change[b.first] += b.bytes;
                change[b.last + 1] -= b.bytes;
            }
        }
        for (let i = 1; i < launches; i++) {
            change[i] += change[i - 1];
        }
        return change.subarray(0, launches);
    }

    /** Where kernels begin on the axis of a run, and where the last ends: by time, else in steps. */
    starts() {
        const starts = [0];
        for (const k of this.kernels) {
            starts.push(starts.at(-1) + (this.isTimed ? k.time : 1));
        }
        return starts;
    }

    /** Where unfused kernels begin on the same axis: those of a layer spread over that of the fused run, else over the whole. */
    unfusedStarts(starts) {
        const other = this.unfused.kernels.map(k => this.layer(this.scopes(k.name)));
        const segments = layers => layers.reduce((all, layer, i) => {
            if (all.at(-1)?.layer === layer) {
                all.at(-1).to = i + 1;
            } else {
                all.push({ layer, from: i, to: i + 1 });
            }
            return all;
        }, []);
        let mine = segments(this.kernels.map(k => k.layer));
        let theirs = segments(other);
        if (mine.map(s => s.layer).join() !== theirs.map(s => s.layer).join()) {
            mine = [{ from: 0, to: this.kernels.length }];
            theirs = [{ from: 0, to: other.length }];
        }
        const at = new Float64Array(other.length + 1);
        theirs.forEach((s, i) => {
            const [from, to] = [starts[mine[i].from], starts[mine[i].to]];
            const isAsMany = s.to - s.from === mine[i].to - mine[i].from;
            for (let k = s.from; k <= s.to; k++) {
                at[k] = isAsMany ? starts[mine[i].from + k - s.from] : from + (to - from) * (k - s.from) / (s.to - s.from);
            }
        });
        return at;
    }

    /** The kernels that a selection of nodes and scopes is about, as positions in the run. */
    selected(boxes) {
        const g = this.graph;
        const found = new Set();
        for (const box of boxes) {
            const node = g.isOutput(box) ? g.outputs[box - g.firstOutput].reads[g.last] : box;
            const computing = g.isScope(box) ? [] : g.nodes.kernels[node] ?? [];
            for (const k of this.kernels) {
                if (k.node === node || computing.includes(k.number) || (g.isScope(box) && k.scopes.includes(g.scopeOf(box)))) {
                    found.add(k.at);
                }
            }
        }
        return found;
    }

    /** The box to select for a kernel: its node, else the scope it is in. */
    boxOf(k) {
        return k.node >= 0 ? k.node : k.scopes.length > 0 ? this.graph.firstScope + k.scopes.at(-1) : -1;
    }

    /** The command that makes this report with times. */
    command(head) {
        const lengths = [...Object.entries(head.lengths), ...head.open.map(n => [n, proposed(head, n)])].map(([n, v]) => ' -D ' + n + '=' + v).join('');
        const gradients = this.graph.stages.some(s => s.name === 'differentiate') ? ' --grad' : '';
        const budget = this.plan.budgetPeak === undefined ? '' : ' --memory-budget ' + this.plan.budgetPeak + 'B';
        const inputs = this.plan.buffers.filter(b => b.kind === 'input').map(b => ' --input ' + shown(this.graph.label(b.node)) + '=random').join('');
        return 'heddle run ' + quoted(head.file) + lengths + gradients + budget + inputs + ' --report report.html';
    }
}
