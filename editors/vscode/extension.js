// Starts `heddle lsp` for models, and stops it with the editor.
const vscode = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');

let client;

function start() {
    const settings = vscode.workspace.getConfiguration('heddle');
    const options = settings.get('javaOptions');
    const server = {
        command: settings.get('command'),
        args: ['lsp'],
        transport: TransportKind.stdio,
        options: { env: options ? { ...process.env, HEDDLE_JAVA_OPTS: options } : process.env }
    };
    const wanted = {
        documentSelector: [
            { scheme: 'file', language: 'heddle' },
            { scheme: 'untitled', language: 'heddle' }
        ],
        synchronize: { configurationSection: 'heddle' },
        initializationOptions: { lengths: settings.get('lengths') }
    };
    client = new LanguageClient('heddle', 'Heddle', server, wanted);
    return client.start().catch(error => vscode.window.showErrorMessage(
        `Heddle's language server does not start (${error.message}). The setting heddle.command names the command.`));
}

async function stop() {
    const running = client;
    client = undefined;
    if (running && running.needsStop()) {
        await running.stop();
    }
}

exports.activate = context => {
    context.subscriptions.push(vscode.commands.registerCommand('heddle.restart', async () => {
        await stop();
        await start();
    }));
    return start();
};

exports.deactivate = stop;
