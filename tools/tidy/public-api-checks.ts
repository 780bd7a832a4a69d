import { posix } from 'node:path';
import * as ts from 'typescript';
import type { Findings, ProjectFile } from './project-files';

// The summary of a command stands in its definition, from where the documentation takes it.
const commandFile = /(\.commands|\/commands\/[^/]+)\.ts$/;

/**
 * Functions, classes and constants of a library's index.ts whose declaration has no doc comment.
 * Types are left to their authors: what matters there is often said at each member.
 */
export function undocumentedExports(files: readonly ProjectFile[]): Findings {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const entries = files.filter(({ path }) => /^libs\/[^/]+\/index\.ts$/.test(path));
  return entries.flatMap(({ path, text }) =>
    reexportsOf(path, text).flatMap(({ name, from }) => {
      const declaring = [`${from}.ts`, `${from}/index.ts`].find((file) => texts.has(file));
      if (declaring === undefined || commandFile.test(declaring)) return [];
      if (isDocumented(declaring, texts.get(declaring) ?? '', name)) return [];
      return [`${declaring} exports ${name} without a doc comment: say in a sentence what it is`];
    }),
  );
}

interface Reexport {
  readonly name: string;
  readonly from: string;
}

function reexportsOf(path: string, text: string): readonly Reexport[] {
  return parse(path, text).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    const { exportClause, moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
    if (!moduleSpecifier.text.startsWith('.')) return [];
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
    const from = posix.join(posix.dirname(path), moduleSpecifier.text);
    return exportClause.elements.map(({ name, propertyName }) => ({
      name: (propertyName ?? name).text,
      from,
    }));
  });
}

// What a file only passes on is documented where it is declared, which another entry checks.
function isDocumented(path: string, text: string, name: string): boolean {
  const declarations = parse(path, text).statements.filter((statement) =>
    namesOf(statement).includes(name),
  );
  return declarations.length === 0 || declarations.some(hasDocComment);
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    return statement.name === undefined ? [] : [statement.name.text];
  }
  return [];
}

function hasDocComment(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).length > 0;
}

const parsed = new Map<string, ts.SourceFile>();

function parse(path: string, text: string): ts.SourceFile {
  const known = parsed.get(path);
  if (known?.text === text) return known;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  parsed.set(path, source);
  return source;
}
