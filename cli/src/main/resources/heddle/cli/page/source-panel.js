/** The text of the model beside the graph: lines of what is selected are marked, and each attention says what became of it. */
import { fill, h } from './dom.js';
import { bytes, shown, sourceText } from './format.js';

/** Lines of a file as text and classes: `[[text, class], …]` for each line. */
export function linesOf(file, classes) {
    const lines = [[]];
    const add = (text, kind) => {
        text.split('\n').forEach((part, i) => {
            if (i > 0) {
                lines.push([]);
            }
            if (part !== '') {
                lines.at(-1).push([part, kind]);
            }
        });
    };
    let at = 0;
    for (let i = 0; i < file.tokens.length; i += 3) {
        const start = at + file.tokens[i];
        add(file.text.slice(at, start), '');
        at = start + file.tokens[i + 1];
        add(file.text.slice(start, at), classes[file.tokens[i + 2]]);
    }
    add(file.text.slice(at), '');
    return lines;
}

/** Where lines begin. */
export function lineStarts(text) {
    const starts = [0];
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
        starts.push(i + 1);
    }
    return starts;
}

/** The line of an offset, from 1. */
export function lineAt(starts, offset) {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle] <= offset) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low + 1;
}

export class SourcePanel {
    constructor(app) {
        this.app = app;
        this.file = 0;
        this.element = h('div.content', { tabindex: '0', 'aria-label': 'Source of the model' });
        this.built = -1;
    }

    /** Shows the files that selected nodes are written in, and marks their lines. */
    update() {
        const { facts, source } = this.app;
        const marked = new Map();
        for (const box of this.app.selection()) {
            this.app.graph.places(box).forEach(([file, start, end], i) => {
                for (const line of facts.lines(file, start, end)) {
                    const key = file + ':' + line;
                    marked.set(key, i === 0 ? 'here' : marked.get(key) ?? 'on');
                }
            });
        }
        const first = [...marked.entries()].find(([, kind]) => kind === 'here') ?? [...marked.entries()][0];
        if (first !== undefined) {
            this.file = Number(first[0].split(':')[0]);
        }
        if (this.file < 0 || this.file >= source.files.length) {
            this.file = 0;
        }
        this.build();
        this.rows.forEach((row, i) => {
            const kind = marked.get(this.file + ':' + (i + 1));
            row.classList.toggle('here', kind === 'here');
            row.classList.toggle('on', kind === 'on');
        });
        const line = first === undefined ? undefined : this.rows[Number(first[0].split(':')[1]) - 1];
        if (line !== undefined && this.element.clientHeight > 0) {
            const box = line.getBoundingClientRect();
            const mine = this.element.getBoundingClientRect();
            if (box.top < mine.top || box.bottom > mine.bottom) {
                this.element.scrollTop += box.top - mine.top - mine.height / 3;
            }
        }
    }

    build() {
        if (this.built === this.file) {
            return;
        }
        this.built = this.file;
        const { source } = this.app;
        const file = source.files[this.file];
        this.rows = [];
        const notes = this.notes();
        const code = h('div.code', {});
        linesOf(file, source.classes).forEach((parts, i) => {
            const row = h('div.row', { onclick: () => this.app.selectLine(this.file, i + 1) },
                h('span.no', { text: String(i + 1) }),
                h('span.text', {}, parts.map(([text, kind]) => h(kind === '' ? 'span' : 'span.tok-' + kind, { text: sourceText(text) }))));
            this.rows.push(row);
            code.append(row);
            (notes.get(i + 1) ?? []).forEach(note => code.append(note));
        });
        const choice = source.files.length < 2 ? null : h('select', {
            'aria-label': 'File',
            onchange: event => { this.file = Number(event.target.value); this.build(); },
        }, source.files.map((f, i) => h('option', { value: String(i), text: shown(f.name.split('/').at(-1)), selected: i === this.file })));
        fill(this.element, choice, code);
    }

    /** Below the softmax of each attention: fused with what that saves, or declined and why. */
    notes() {
        const { attention, facts, graph } = this.app;
        const notes = new Map();
        const add = (a, make) => {
            const place = a.id < 0 ? undefined : graph.places(a.id)[0];
            if (place === undefined || place[0] !== this.file) {
                return;
            }
            const line = facts.lines(place[0], place[1], place[2]).at(-1);
            const all = notes.get(line) ?? [];
            all.push([a, make]);
            notes.set(line, all);
        };
        attention.fused.forEach(a => add(a, 'fused'));
        attention.declined.forEach(a => add(a, 'declined'));
        const made = new Map();
        for (const [line, all] of notes) {
            const fused = all.filter(([, kind]) => kind === 'fused');
            const declined = all.filter(([, kind]) => kind === 'declined');
            made.set(line, [
                ...fused.slice(0, 1).map(([a]) => h('div.note', { style: { color: 'var(--attention)' } },
                    '◈ fused' + (fused.length > 1 ? ' in ' + fused.length + ' places' : '') + ': '
                    + bytes(a.bytes.fused) + ' moved instead of ' + bytes(a.bytes.unfused))),
                ...declined.slice(0, 1).map(([a]) => h('div.note', { style: { color: 'var(--warn)' } },
                    '△ declined' + (declined.length > 1 ? ' in ' + declined.length + ' places' : '') + ': ' + shown(a.reason))),
            ]);
        }
        return made;
    }
}
