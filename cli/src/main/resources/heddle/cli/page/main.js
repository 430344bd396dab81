/** Starts the page. */
import { App } from './app.js';
import { AttentionView } from './attention-view.js';
import { CodeView } from './code-view.js';
import { CompareView } from './compare-view.js';
import { h } from './dom.js';
import { quoted, shown } from './format.js';
import { MemoryView } from './memory-view.js';
import { WordsView } from './words-view.js';

/** The other views, in the order of their tabs. Each says whether its data is missing, and the command that brings it. */
const VIEWS = [
    {
        id: 'attention', title: 'Attention', isMissing: app => app.report.head.total === 0, sentence: () => 'This model has no softmax between two products.',
        command: file => 'heddle explain ' + quoted(file), make: app => new AttentionView(app),
    },
    {
        id: 'code', title: 'Code', isMissing: app => !app.report.has('tiles'), sentence: () => 'This report has no generated code.',
        command: file => 'heddle inspect ' + quoted(file) + ' -o report.html', make: app => new CodeView(app),
    },
    {
        id: 'memory', title: 'Memory & time', isMissing: app => !app.report.has('plan-unfused'), sentence: () => 'Kernels and buffers are not in this report. Write it again:',
        command: file => 'heddle inspect ' + quoted(file) + ' -o report.html', make: app => new MemoryView(app),
    },
    {
        id: 'compare', title: 'Compare', isMissing: app => !app.report.has('diff'), sentence: () => 'A comparison needs two models, or one in two versions.',
        command: file => 'heddle diff before.json ' + quoted(file) + ' -o diff.html', make: app => new CompareView(app),
    },
    {
        id: 'words', title: 'Words', isMissing: app => !app.report.has('words'), sentence: () => 'What a token looks at is known after it was watched.',
        command: file => 'heddle attend ' + quoted(file) + ' --text "The bank is near the river" --token bank -o words.html', make: app => new WordsView(app),
    },
];

/** For those who look at a report from the console, and for tests. */
const app = globalThis.heddle = new App(VIEWS);
app.start().catch(error => {
    const element = document.getElementById('static');
    element.hidden = false;
    document.getElementById('app').hidden = true;
    element.prepend(h('p', {}, h('b', { text: 'This report cannot be shown: ' }), h('bdi', { text: String(error.message ?? error) })));
    throw error;
});
