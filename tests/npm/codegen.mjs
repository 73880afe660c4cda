// Proves that two client generators accept the schema and the example documents: the Relay compiler, which
// also checks the conventions of Relay, and GraphQL Code Generator with its client preset.
//
//   node codegen.mjs SCHEMA [DOCUMENTS]
//
// SCHEMA is a schema.graphql; DOCUMENTS is a folder of .graphql files, by default documents/ beside this
// script. Both generators see every document. What they make is thrown away. Prints {"relay": files,
// "codegen": files} and ends with status 0, or shows what was refused and ends with status 1.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parse, print } from 'graphql';

const here = import.meta.dirname;
const [schema, documents = join(here, 'documents')] = process.argv.slice(2);
if (!schema) {
  console.error('usage: node codegen.mjs SCHEMA [DOCUMENTS]');
  process.exit(2);
}

/** Relay reads documents only where programs have them: in tagged templates of a module of the same name. */
function relayModule(source) {
  const definitions = parse(source).definitions;
  const exports = definitions.map((definition, index) => `export const d${index} = graphql\`\n${print(definition)}\n\`;\n`);
  return `import { graphql } from 'relay-runtime';\n${exports.join('')}`;
}

function run(tool, script, args, cwd) {
  try {
    execFileSync(process.execPath, [join(here, 'node_modules', script), ...args], { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    console.error(`${tool} refused:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
    process.exitCode = 1;
  }
}

function relay(folder, files) {
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'relay'));
  for (const file of files) {
    const source = readFileSync(join(folder, 'documents', file), 'utf8');
    writeFileSync(join(folder, 'src', `${basename(file, '.graphql')}.ts`), relayModule(source));
  }
  const config = { src: './src', schema: './schema.graphql', language: 'typescript', artifactDirectory: './relay' };
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
  run('the Relay compiler', 'relay-compiler/cli.js', ['relay.config.json'], folder);
  return readdirSync(join(folder, 'relay'));
}

function codegen(folder) {
  const config = {
    schema: 'schema.graphql',
    documents: 'documents/*.graphql',
    generates: { 'codegen/': { preset: 'client' } },
  };
  mkdirSync(join(folder, 'codegen'));
  writeFileSync(join(folder, 'codegen.json'), JSON.stringify(config));
  run('GraphQL Code Generator', '@graphql-codegen/cli/esm/bin.js', ['--config', 'codegen.json'], folder);
  return readdirSync(join(folder, 'codegen'));
}

const folder = mkdtempSync(join(tmpdir(), 'vangnet-codegen-'));
try {
  cpSync(resolve(schema), join(folder, 'schema.graphql'));
  cpSync(resolve(documents), join(folder, 'documents'), { recursive: true });
  symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'));
  const files = readdirSync(join(folder, 'documents')).filter((file) => file.endsWith('.graphql')).sort();
  if (files.length === 0) throw new Error(`no .graphql file in ${documents}`);
  const made = { relay: relay(folder, files), codegen: codegen(folder) };
  console.log(JSON.stringify(made));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
