/**
 * The search: `query = term { ["OR"] term }`, `term = ["-"] ( key ":" value | word | '"' text '"' )`,
 * `value = text with * ? | ( ">" | "<" ) number [ unit | "%" ]`.
 */

export const KEYS = ['op', 'family', 'name', 'scope', 'shape', 'dtype', 'weight', 'line', 'file', 'kernel', 'pass', 'buffer',
    'is', 'added', 'removed', 'changed', 'origin', 'time', 'bytes', 'flops', 'consumers'];

const MEASURES = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, ns: 1, µs: 1e3, us: 1e3, ms: 1e6, s: 1e9, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** Reads a query. `terms` are lists of alternatives, of which one of each has to hold; `errors` say what is not understood. */
export function parse(text) {
    const words = text.match(/-?(?:[A-Za-z]+:)?(?:"[^"]*"?|\S+)/g) ?? [];
    const terms = [];
    const errors = [];
    let or = false;
    for (const word of words) {
        if (word === 'OR') {
            or = terms.length > 0;
            continue;
        }
        const term = one(word, errors);
        if (term === undefined) {
            continue;
        }
        if (or) {
            terms.at(-1).push(term);
        } else {
            terms.push([term]);
        }
        or = false;
    }
    return { terms, errors };
}

function one(word, errors) {
    const not = word.startsWith('-') && word.length > 1;
    const rest = not ? word.slice(1) : word;
    const match = /^([A-Za-z]+):(.*)$/.exec(rest);
    if (match === null || rest.startsWith('"')) {
        return { not, key: '', value: rest.replace(/"/g, '').toLowerCase() };
    }
    const key = match[1].toLowerCase();
    if (!KEYS.includes(key)) {
        const near = nearest(key);
        errors.push('no key ' + key + (near ? '; did you mean ' + near + '?' : '; keys are ' + KEYS.join(' ')));
        return undefined;
    }
    const value = match[2].replace(/"/g, '').toLowerCase();
    return value === '' ? undefined : { not, key, value, ...comparison(value), pattern: wildcard(value) };
}

/** The key that is most like a mistyped one. */
function nearest(key) {
    let best;
    let least = 3;
    for (const other of KEYS) {
        const d = distance(key, other);
        if (d < least) {
            least = d;
            best = other;
        }
    }
    return best;
}

function distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
            next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
        }
        row = next;
    }
    return row.at(-1);
}

function comparison(value) {
    const match = /^([<>])\s*([\d.]+)\s*([a-zµ%]*)$/.exec(value);
    if (match === null) {
        return {};
    }
    return { sign: match[1], limit: Number(match[2]) * (MEASURES[match[3]] ?? 1), share: match[3] === '%' };
}

function wildcard(value) {
    const escaped = value.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
    return new RegExp('^' + escaped + '$');
}

/** A shape: `*` is one axis, `..` any number of them. */
function matchesShape(pattern, types) {
    const wanted = pattern.split(',').map(s => s.trim());
    return types.some(type => {
        const shape = /\[(.*)\]/.exec(type.toLowerCase());
        const axes = shape === null || shape[1] === '' ? [] : shape[1].split(',').map(s => s.trim());
        return axesMatch(wanted, axes);
    });
}

function axesMatch(wanted, axes) {
    if (wanted.length === 0) {
        return axes.length === 0;
    }
    const [first, ...rest] = wanted;
    if (first === '..') {
        return axes.some((_, i) => axesMatch(rest, axes.slice(i))) || axesMatch(rest, []);
    }
    return axes.length > 0 && (first === '*' || wildcard(first).test(axes[0])) && axesMatch(rest, axes.slice(1));
}

/** The nodes that a query finds at a stage, in the order of the graph. */
export function find(query, graph, facts, stage) {
    if (query.terms.length === 0) {
        return [];
    }
    const found = [];
    const asksForPast = query.terms.flat().some(a => ['added', 'removed', 'changed', 'pass'].includes(a.key));
    for (let node = 0; node < graph.count; node++) {
        if ((asksForPast || graph.isAlive(node, stage)) && query.terms.every(t => t.some(a => holds(a, node, graph, facts, stage) !== a.not))) {
            found.push(node);
        }
    }
    return found;
}

function holds(term, node, graph, facts, stage) {
    const n = graph.nodes;
    const text = value => term.pattern.test(String(value).toLowerCase());
    switch (term.key) {
        case '': return graph.lower[node].includes(term.value) || facts.sourceOf(node).includes(term.value);
        case 'op': return text(n.op[node]);
        case 'family': return text(n.family[node]);
        case 'name': return text(graph.label(node)) || text(n.path[node]);
        case 'scope': return scopes(graph, node).some(text);
        case 'shape': return matchesShape(term.value, n.types[node]);
        case 'dtype': return n.types[node].some(t => text(t.split('[')[0]));
        case 'weight': return n.kind[node] === 'weight' && text(graph.label(node));
        case 'line': return facts.linesOf(node).some(text);
        case 'file': return facts.filesOf(node).some(f => text(f) || text(f.split('/').at(-1)));
        case 'kernel': return n.kernels[node].some(k => text(graph.kernels[k].name) || text(graph.kernels[k].family));
        case 'buffer': return facts.buffersOf(node).some(text);
        case 'pass': return n.made[node].length > 0 && isStage(term, graph, n.made[node][0]);
        case 'added': return n.made[node].length > 0 && isStage(term, graph, n.made[node][0]);
        case 'removed': return graph.stages.some((_, s) => graph.change(node, s) === '−' && isStage(term, graph, s));
        case 'changed': return n.rewritten[node].some(s => isStage(term, graph, s));
        case 'origin': return graph.wovenFrom(node).some(f => text(n.path[f]) || text(n.op[f])) || (n.made[node].length > 0 && text(n.made[node][1]));
        case 'time': case 'bytes': case 'flops': return compares(term, graph.cost[term.key][node], graph.cost[term.key][graph.firstScope]);
        case 'consumers': return compares(term, graph.usersAt(node, stage).length, 1) || text(graph.usersAt(node, stage).length);
        case 'is': return facts.is(term.value, node);
        default: return false;
    }
}

function isStage(term, graph, stage) {
    return term.pattern.test(String(stage)) || term.pattern.test(graph.stages[stage].name) || term.pattern.test(graph.stages[stage].name.split('#')[0]);
}

function compares(term, amount, total) {
    if (term.sign === undefined) {
        return false;
    }
    const value = term.share ? 100 * amount / (total || 1) : amount;
    return term.sign === '>' ? value > term.limit : value < term.limit;
}

function scopes(graph, node) {
    const all = [];
    for (let s = graph.nodes.scope[node]; s > 0; s = graph.scopes[s].parent) {
        all.push(graph.scopes[s].path, graph.scopes[s].name);
    }
    return all;
}

/** What to write instead of a key's value that nothing matches: the values that this graph has, most frequent first. */
export function suggestions(key, graph, stage, beginning) {
    const values = new Map();
    const note = v => { values.set(v, (values.get(v) ?? 0) + 1); };
    for (let node = 0; node < graph.count; node++) {
        if (!graph.isAlive(node, stage)) {
            continue;
        }
        switch (key) {
            case 'op': note(graph.nodes.op[node]); break;
            case 'family': note(graph.nodes.family[node]); break;
            case 'dtype': graph.nodes.types[node].forEach(t => note(t.split('[')[0])); break;
            case 'shape': graph.nodes.types[node].forEach(t => note(t.slice(t.indexOf('[') + 1, -1).replace(/ /g, ''))); break;
            case 'scope': scopes(graph, node).forEach(note); break;
            case 'weight': if (graph.nodes.kind[node] === 'weight') { note(graph.label(node)); } break;
            default: break;
        }
    }
    return [...values.entries()].sort((a, b) => b[1] - a[1]).map(([v]) => v)
        .map(v => ({ value: v, far: distance(beginning, v.toLowerCase().slice(0, beginning.length + 2)) }))
        .sort((a, b) => a.far - b.far).slice(0, 4).map(s => s.value);
}
