/** Reads the sections of the page, and gives the graph of all passes a form to ask. */

/** The sections of a report. `head` is read at once, all others when they are asked for. */
export class Report {
    constructor(root = document) {
        this.root = root;
        this.read = new Map();
        this.head = JSON.parse(root.getElementById('head').textContent);
    }

    has(name) {
        return this.root.getElementById(name) !== null;
    }

    /** A section's contents; undefined when the report does not have it. */
    section(name) {
        if (!this.read.has(name)) {
            this.read.set(name, this.unpack(name));
        }
        return this.read.get(name);
    }

    async unpack(name) {
        const element = this.root.getElementById(name);
        if (element === null) {
            return undefined;
        }
        const packed = Uint8Array.from(atob(element.textContent), c => c.charCodeAt(0));
        const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
        return JSON.parse(await new Response(stream).text());
    }
}

export const FAMILIES = ['attention', 'matmul', 'elementwise', 'reduction', 'layout', 'data'];
export const GLYPHS = { attention: '◈', matmul: '×', elementwise: 'ƒ', reduction: 'Σ', layout: '⇄', data: '▤' };

/**
 * The nodes, scopes and outputs of a model. Each is a box with a number: nodes first, then scopes, then outputs. Which boxes
 * are drawn follows from the pass and from what is unfolded; see layout.js.
 */
export class Graph {
    constructor(section, decisions, plan, attention) {
        this.section = section;
        this.stages = section.stages;
        this.decisions = decisions;
        this.kernels = plan.kernels;
        this.woven = new Map(attention.fused.map(a => [a.id, a.woven]));
        const n = section.nodes;
        this.nodes = n;
        this.count = n.path.length;
        this.scopes = section.scopes;
        this.outputs = section.outputs;
        this.firstScope = this.count;
        this.firstOutput = this.count + this.scopes.length;
        this.boxes = this.firstOutput + this.outputs.length;
        this.isPort = Uint8Array.from(n.kind, k => k === 'weight' || k === 'constant' ? 1 : 0);
        this.last = this.stages.length - 1;
        this.users = [];
        this.link();
        this.nest();
        this.findRuns();
        this.price();
        this.lower = n.path.map((path, i) => this.text(i).toLowerCase());
    }

    /** The users of each node at any stage. */
    link() {
        this.users = Array.from({ length: this.count }, () => []);
        for (let node = 0; node < this.count; node++) {
            const reads = this.nodes.operands[node].concat(...this.nodes.earlier[node].map(([, read]) => read));
            for (const from of new Set(reads.map(o => Array.isArray(o) ? o[0] : o))) {
                this.users[from].push(node);
            }
        }
    }

    nest() {
        this.children = this.scopes.map(() => []);
        this.ownNodes = this.scopes.map(() => []);
        this.scopes.forEach((s, id) => {
            if (s.parent >= 0) {
                this.children[s.parent].push(id);
            }
        });
        this.nodes.scope.forEach((s, node) => this.ownNodes[s].push(node));
        this.depth = this.scopes.map(() => 0);
        this.scopes.forEach((s, id) => {
            this.depth[id] = s.parent < 0 ? 0 : this.depth[s.parent] + 1;
        });
    }

    /** Iterations of one loop with equal contents: `layer.0 … layer.5`. Scopes of a run know the first, and their place. */
    findRuns() {
        this.runOf = this.scopes.map((_, id) => id);
        this.runs = new Map();
        for (const children of this.children) {
            let run = [];
            const close = () => {
                if (run.length > 1) {
                    run.forEach(id => { this.runOf[id] = run[0]; });
                    this.runs.set(run[0], run);
                }
                run = [];
            };
            for (const id of children) {
                const before = run.at(-1);
                const follows = before !== undefined
                    && this.scopes[before].like === this.scopes[id].like
                    && this.isNext(this.scopes[before].name, this.scopes[id].name);
                if (!follows) {
                    close();
                }
                run.push(id);
            }
            close();
        }
    }

    isNext(before, now) {
        const a = /^(.*\.)(\d+)$/.exec(before);
        const b = /^(.*\.)(\d+)$/.exec(now);
        return a !== null && b !== null && a[1] === b[1] && Number(b[2]) === Number(a[2]) + 1;
    }

    /** What each node and scope costs: a kernel's cost is that of the node it is named after. */
    price() {
        const named = new Map();
        this.nodes.path.forEach((path, id) => {
            if (this.isAlive(id, this.last)) {
                named.set(path, id);
            }
        });
        this.kernelNode = this.kernels.map(k => {
            const path = k.name.replace(/\.(pack|merge|epilogue|blocks|zeros)(\.\d+)?$/, '');
            return named.get(k.name) ?? named.get(path) ?? -1;
        });
        this.cost = {};
        for (const what of ['flops', 'bytes', 'time']) {
            const of = new Float64Array(this.boxes);
            this.kernels.forEach((k, i) => {
                const amount = k.once ? 0 : Number(k[what]);
                if (this.kernelNode[i] >= 0 && Number.isFinite(amount)) {
                    of[this.kernelNode[i]] += amount;
                }
            });
            for (let id = 0; id < this.count; id++) {
                of[this.firstScope + this.nodes.scope[id]] += of[id];
            }
            for (let id = this.scopes.length - 1; id > 0; id--) {
                of[this.firstScope + this.scopes[id].parent] += of[this.firstScope + id];
            }
            this.cost[what] = of;
        }
        this.isPriced = this.kernels.every(k => typeof k.bytes === 'number' && typeof k.flops === 'number');
        this.hasTime = this.kernels.some(k => k.time > 0);
    }

    isAlive(node, stage) {
        const alive = this.nodes.alive[node];
        for (let i = 0; i < alive.length; i += 2) {
            if (alive[i] <= stage && stage < alive[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** What a node reads at a stage: numbers of nodes. */
    operandsAt(node, stage) {
        let operands = this.nodes.operands[node];
        this.nodes.earlier[node].forEach(([from, read], i) => {
            if (i === 0 || from <= stage) {
                operands = read;
            }
        });
        return operands.map(o => Array.isArray(o) ? o[0] : o);
    }

    /** `+` for a node that a stage added, `~` for one it rewrote, `−` for one it removed, else nothing. */
    change(node, stage) {
        if (stage === 0) {
            return '';
        }
        const now = this.isAlive(node, stage);
        const before = this.isAlive(node, stage - 1);
        return now && !before ? '+' : before && !now ? '−' : now && this.nodes.rewritten[node].includes(stage) ? '~' : '';
    }

    /** The nodes that read a node at a stage. */
    usersAt(node, stage) {
        return this.users[node].filter(u => this.isAlive(u, stage) && this.operandsAt(u, stage).includes(node));
    }

    isScope(box) {
        return box >= this.firstScope && box < this.firstOutput;
    }

    isOutput(box) {
        return box >= this.firstOutput;
    }

    scopeOf(box) {
        return box - this.firstScope;
    }

    /** The scope around a box, as a scope's number; -1 around the model. */
    parent(box) {
        return this.isOutput(box) ? 0 : this.isScope(box) ? this.scopes[this.scopeOf(box)].parent : this.nodes.scope[box];
    }

    /** The name of a box in links and in the search: its path, a slash behind that of a scope. */
    path(box) {
        return this.isOutput(box) ? 'output:' + this.outputs[box - this.firstOutput].name
            : this.isScope(box) ? this.scopes[this.scopeOf(box)].path + '/'
                : this.nodes.path[box];
    }

    /** The box of a path: of several with one path, that which is there at the stage, else the last. */
    find(path, stage) {
        this.byPath ??= this.index();
        const all = this.byPath.get(path) ?? [];
        return all.find(box => box >= this.count || this.isAlive(box, stage)) ?? all.at(-1);
    }

    index() {
        const byPath = new Map();
        for (let box = 0; box < this.boxes; box++) {
            const path = this.path(box);
            byPath.set(path, [...byPath.get(path) ?? [], box]);
        }
        return byPath;
    }

    /** What a box is called in a drawing. */
    label(box) {
        if (this.isOutput(box)) {
            return this.outputs[box - this.firstOutput].name;
        }
        if (this.isScope(box)) {
            return this.scopeLabel(this.scopeOf(box));
        }
        const kind = this.nodes.kind[box];
        const named = this.nodes.attributes[box].find(([key]) => key === 'name');
        return kind === 'input' || kind === 'weight' ? unquoted(named?.[1] ?? this.nodes.op[box]) : this.nodes.op[box];
    }

    /** The function, with the name of its value where the scope around it calls the function several times. */
    scopeLabel(scope) {
        const { name, parent, like, let: value } = this.scopes[scope];
        const calls = parent < 0 ? [] : this.children[parent].filter(c => this.scopes[c].name === name);
        const run = this.runs.get(this.runOf[scope]);
        const plain = run ? name.replace(/\.\d+$/, '') : name;
        return calls.length > 1 && value !== '' && like >= 0 ? value + ' ' + plain : plain;
    }

    type(box) {
        return this.isOutput(box) ? this.outputs[box - this.firstOutput].type
            : this.isScope(box) ? '' : this.nodes.types[box].join(', ');
    }

    family(box) {
        return this.isOutput(box) ? 'data' : this.isScope(box) ? this.scopeFamily(this.scopeOf(box)) : this.nodes.family[box];
    }

    /** The family that a scope is shown as: of the weightiest kind of node in it. */
    scopeFamily(scope) {
        this.families ??= new Map();
        if (!this.families.has(scope)) {
            const found = new Set();
            this.each(scope, node => {
                if (!this.isPort[node] && this.isAlive(node, this.last)) {
                    found.add(this.nodes.family[node]);
                }
            });
            // An attention is never hidden by what is around it.
            const order = ['attention', 'matmul', 'reduction', 'data', 'elementwise', 'layout'];
            this.families.set(scope, order.find(f => found.has(f)) ?? 'layout');
        }
        return this.families.get(scope);
    }

    /** Calls `what` with each node in a scope and the scopes in it. */
    each(scope, what) {
        this.ownNodes[scope].forEach(what);
        this.children[scope].forEach(child => this.each(child, what));
    }

    /** Everything of a node that a bare word of the search looks in. */
    text(node) {
        return [this.nodes.path[node], this.nodes.op[node], this.label(node), this.nodes.let[node]].join(' ');
    }

    /** Places of a box, innermost first: `[file, start, end]`. */
    places(box) {
        const chain = this.isOutput(box) ? undefined
            : this.isScope(box) ? this.scopes[this.scopeOf(box)].places : this.nodes.places[box];
        return chain === undefined ? [] : this.section.chains[chain].map(p => this.section.places[p]);
    }

    /** The places of equal expressions that a node computes, too. */
    mergedPlaces(node) {
        return this.nodes.merged[node].map(chain => this.section.chains[chain].map(p => this.section.places[p]));
    }

    /** The nodes that a node stands for, in the order of data: for fused attention all that went into it. */
    wovenFrom(node) {
        return (this.woven.get(node) ?? this.nodes.from[node]).filter(f => f !== node && !this.isPort[f]);
    }
}

function unquoted(text) {
    return text.startsWith('"') ? JSON.parse(text) : text;
}
