/** What a view says that has no data: what is missing, and the command that brings it. */
import { command, h } from './dom.js';

export class EmptyView {
    constructor(app, sentence, line) {
        this.element = h('div.view', {}, h('div.empty-state', {}, h('p', { text: sentence }), line === '' ? null : h('p', {}, command(line))));
    }

    show() {
        // It is complete.
    }

    update() {
        // There is nothing that could change.
    }
}
